"""Commands about who may act: officers with a mailbox, and programs with a token."""

import click

from exchange.catalogue import shelf
from exchange.catalogue.people import leave, letters, officers
from exchange.cli.base import Group, opened, reading
from exchange.cli.output import print_json, print_table, say
from exchange.models.officer import ROLES, SCOPES


@click.group(cls=Group)
def officer() -> None:
    """Officers: the people, as functions, who act for a community."""


@officer.command("add")
@click.argument("mailbox")
@click.option("--community", "slug", metavar="SLUG", help="For whom; coordinators and admins need none.")
@click.option(
    "--role", type=click.Choice(ROLES), default="officer", show_default=True, help="What they may do."
)
@reading
def add_officer(mailbox: str, slug: str | None, role: str, as_json: bool) -> None:
    """Invite an officer (or again one who lost the password): prints a link that works once.

    Where the instance sends mail, the link is also sent to the mailbox.
    """
    with opened() as instance, instance.database.writing() as session:
        owner = shelf.community(session, slug) if slug else None
        made, secret = officers.invite(session, mailbox, owner, role)
        link = f"{instance.settings.origin}/welcome/{secret}"
        until = made.invitation_until
        sent = letters.invitation(session, instance.settings, made, owner, secret) is not None
        found = {"mailbox": made.mailbox, "role": made.role, "link": link, "valid_until": until, "sent": sent}
    if as_json:
        return print_json(found)
    if sent and instance.settings.mail_way != "console":  # else it stands where `serve` runs, and here
        say("The link is on its way to the mailbox as well.")
    say(f"{found['mailbox']} sets a password here, once, until {until:%Y-%m-%d %H:%M} UTC:\n{link}")


@officer.command("list")
@reading
def list_officers(as_json: bool) -> None:
    """List who may act here, for whom, and when they were here last."""
    with opened() as instance, instance.database.reading() as session:
        rows = [
            {
                "mailbox": one.mailbox,
                "role": one.role,
                "community": owner.slug if owner else None,
                "has_password": one.password_hash is not None,
                "last_seen": one.last_seen_at,
            }
            for one, owner in officers.officers(session)
        ]
    if as_json:
        return print_json(rows)
    print_table(
        ("mailbox", "role", "community", "last seen"),
        [(r["mailbox"], r["role"], r["community"] or "", r["last_seen"] or "not yet") for r in rows],
        empty="Nobody may act here yet.",
    )


@officer.command("remove")
@click.argument("mailbox")
def remove_officer(mailbox: str) -> None:
    """Erase the account of an officer who has left; what they published stays the community's."""
    with opened() as instance, instance.database.writing() as session:
        gone = leave.remove(session, mailbox)
    say(f"{gone.mailbox} may act here no longer.")


@click.group(cls=Group)
def token() -> None:
    """Tokens: how programs use the API for a community."""


@token.command("add")
@click.option("--community", "slug", metavar="SLUG", help="For whom; an admin token needs none.")
@click.option(
    "--scope", type=click.Choice(SCOPES), default="read", show_default=True, help="What the program may do."
)
@reading
def add_token(slug: str | None, scope: str, as_json: bool) -> None:
    """Make an API token and print it, this once."""
    if slug is None and scope != "admin":
        raise click.UsageError("Name the community the token acts for: --community SLUG.")
    if slug is not None and scope == "admin":
        raise click.UsageError("An admin token belongs to no community: leave --community out.")
    with opened() as instance, instance.database.writing() as session:
        owner = shelf.community(session, slug) if slug else None
        secret = officers.issue_token(session, owner, scope)
    if as_json:
        return print_json({"token": secret, "scope": scope, "community": slug})
    say(secret)
