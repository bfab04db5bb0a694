"""Commands with which a community judges and takes up what others did."""

import re

import click

from exchange.catalogue import adopt as adopting
from exchange.catalogue import lookup, shelf
from exchange.catalogue import review as reviewing
from exchange.cli.base import Command, opened, reading
from exchange.cli.output import print_json, say
from exchange.vocabulary import concepts

_RATING = re.compile(r"^(?:rc-)?([a-z-]+)=([1-5]|n/?a)$", re.IGNORECASE)


@click.command(cls=Command)
@click.argument("practice")
@click.option("--by", "slug", required=True, metavar="SLUG", help="The community that judges.")
@click.option("--relation", required=True, metavar="rr-…", help="How it knows the practice.")
@click.option(
    "--criterion",
    "ratings",
    multiple=True,
    required=True,
    metavar="rc-…=N",
    help="1 to 5, or n/a; repeat for each criterion.",
)
@click.option("--comment", help="Needed with a 1 or a 2.")
@click.option("--conflict", is_flag=True, help="The reviewer has an interest of its own in the practice.")
@reading
def review(
    practice: str,
    slug: str,
    relation: str,
    ratings: tuple[str, ...],
    comment: str | None,
    conflict: bool,
    as_json: bool,
) -> None:
    """Rate PRACTICE (address, key or imported name); a second time changes the first."""
    with opened() as instance, instance.database.writing() as session:
        written = reviewing.review(
            session,
            shelf.practice(session, practice),
            shelf.community(session, slug),
            relation=_prefixed("rr-", relation),
            ratings=dict(_rating(text) for text in ratings),
            conflict=conflict,
            comment=comment,
        )
        found = {"id": written.uri, "key": written.key}
    print_json(found) if as_json else say(found["id"])


@click.command(cls=Command)
@click.argument("practice")
@click.option("--by", "slug", required=True, metavar="SLUG", help="The community that adopts.")
@click.option("--stage", required=True, metavar="ad-…", help="How far it is.")
@click.option("--reason", help="Why it was not pursued or was stopped.")
@click.option("--cause", metavar="lc-…", help="The kind of reason.")
@click.option("--adaptation", metavar="at-…", help="How closely it follows the practice.")
@click.option("--since", metavar="DATE", help="When it began: 2024, 2024-05 or 2024-05-31.")
@click.option("--changes", help="What it does differently.")
@click.option("--outcome", help="What came out.")
@click.option("--note", help="Anything else, in a line.")
@reading
def adopt(
    practice: str,
    slug: str,
    stage: str,
    reason: str | None,
    cause: str | None,
    adaptation: str | None,
    since: str | None,
    changes: str | None,
    outcome: str | None,
    note: str | None,
    as_json: bool,
) -> None:
    """Record that a community takes PRACTICE up, or how far it has come."""
    why = {"cause": _prefixed("lc-", cause) if cause else None, "text": reason}
    record = {
        "reason": {name: value for name, value in why.items() if value},
        "adaptationType": _prefixed("at-", adaptation) if adaptation else None,
        "since": since,
        "changes": changes,
        "outcome": outcome,
        "note": note,
    }
    with opened() as instance, instance.database.writing() as session:
        made = adopting.adopt(
            session,
            shelf.practice(session, practice),
            shelf.community(session, slug),
            stage=_prefixed("ad-", stage),
            **{name: value for name, value in record.items() if value},
        )
        found = {"id": made.uri, "key": made.key, "stage": made.stage}
    print_json(found) if as_json else say(found["id"])


@click.command(cls=Command)
@click.argument("adoption")
@click.option("--no", "deny", is_flag=True, help="Say that it is not so.")
def confirm(adoption: str, deny: bool) -> None:
    """Confirm, as the origin of a practice, that ADOPTION (address or key) is so."""
    with opened() as instance, instance.database.writing() as session:
        found = lookup.adoption(session, adoption)
        adopting.confirm(session, found, yes=not deny)
        address = found.uri
    say(f"{address} is {'not confirmed' if deny else 'confirmed'}.")


def _rating(text: str) -> tuple[str, int | None]:
    found = _RATING.match(text.strip())
    if not found:
        known = ", ".join(concept.id for concept in concepts.scheme("rating-criteria"))
        raise click.BadParameter(
            f"write rc-…=1 to 5 or n/a; the criteria are {known}", param_hint="--criterion"
        )
    name, value = f"rc-{found[1].lower()}", found[2]
    return name, int(value) if value.isdigit() else None


def _prefixed(prefix: str, value: str) -> str:
    """A concept's identifier, also when only its second half was typed."""
    return value if value.startswith(prefix) else prefix + value
