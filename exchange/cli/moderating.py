"""Commands about what people elsewhere say: comments that wait to be read, and reports."""

import click

from exchange.catalogue import shelf
from exchange.catalogue.people import moderate
from exchange.cli.base import Group, opened, reading
from exchange.cli.output import print_json, print_table, say
from exchange.vocabulary import hypertext


@click.group(cls=Group)
def comment() -> None:
    """Comments from anywhere on the Fediverse: list, show, hide."""


@comment.command("list")
@click.option("--of", "slug", metavar="SLUG", help="Only those on the practices of this community.")
@reading
def list_(slug: str | None, as_json: bool) -> None:
    """List the comments that wait to be read."""
    with opened() as instance, instance.database.reading() as session:
        owner = shelf.community(session, slug) if slug else None
        rows = [
            {
                "key": one.key,
                "id": one.uri,
                "practice": practice.uri,
                "author": one.author,
                "handle": one.handle or None,
                "text": hypertext.plain(one.text),
                "received": one.received_at,
            }
            for one, practice in moderate.waiting(session, owner)
        ]
    if as_json:
        return print_json(rows)
    print_table(
        ("key", "author", "practice", "text"),
        [(r["key"], r["handle"] or r["author"], r["practice"], str(r["text"])[:80]) for r in rows],
        empty="No comment waits to be read.",
    )


@comment.command("show")
@click.argument("key", metavar="KEY|URL")
def show(key: str) -> None:
    """Let everybody read a comment."""
    with opened() as instance, instance.database.writing() as session:
        moderate.show(session, moderate.comment(session, key))
    say("The comment is shown.")


@comment.command("hide")
@click.argument("key", metavar="KEY|URL")
def hide(key: str) -> None:
    """Let nobody read a comment, or nobody any longer."""
    with opened() as instance, instance.database.writing() as session:
        moderate.hide(session, moderate.comment(session, key))
    say("The comment is hidden.")


@click.group(cls=Group)
def report() -> None:
    """What others ask the operator to look at: list, done."""


@report.command("list")
@reading
def list_reports(as_json: bool) -> None:
    """List the reports that nobody has settled yet."""
    with opened() as instance, instance.database.reading() as session:
        rows = [
            one.model_dump(include={"key", "reporter", "about", "text", "received_at"})
            for one in moderate.reports(session)
        ]
    if as_json:
        return print_json(rows)
    print_table(
        ("key", "reporter", "about", "text"),
        [(r["key"], r["reporter"], " ".join(r["about"]), r["text"][:80]) for r in rows],
        empty="No report waits.",
    )


@report.command("done")
@click.argument("key")
def done(key: str) -> None:
    """Say that a report has been dealt with."""
    with opened() as instance, instance.database.writing() as session:
        moderate.settle(session, key)
    say("The report is settled.")
