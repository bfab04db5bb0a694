"""Commands about practices: in from files, out to files, list, show, withdraw."""

from pathlib import Path
from typing import Any

import click
from sqlmodel import col, select

from exchange.catalogue import shelf
from exchange.catalogue.files import exports, imports
from exchange.catalogue.judging import judgement
from exchange.catalogue.practices import withdraw as withdrawing
from exchange.cli.base import Group, fail, language, opened, reading
from exchange.cli.files import taken_in
from exchange.cli.output import print_json, print_table, say, write_whole
from exchange.models.community import Community
from exchange.models.practice import OTHERS, OWNER, PUBLISHED, WITHDRAWN, Practice

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=Group)
def practice() -> None:
    """Practices: import, export, list, show, withdraw."""


@practice.command("import")
@click.argument("file", type=_FILE)
@click.option("--format", "kind", type=click.Choice(exports.FORMATS), help="Usually told by the file itself.")
@click.option("--community", metavar="SLUG", help="All records belong to this community.")
@click.option(
    "--only", multiple=True, metavar="SLUG", help="Take only this community's records (repeatable)."
)
@click.option(
    "--documented-by", type=click.Choice((OWNER, OTHERS)), help="Whose words records are that do not say it."
)
@reading
def import_(
    file: Path,
    kind: str | None,
    community: str | None,
    only: tuple[str, ...],
    documented_by: str | None,
    as_json: bool,
) -> None:
    """Take in practices, their communities and adoptions from FILE: YAML, JSON, CSV or XLSX."""
    taken_in(
        file,
        lambda instance, progress: imports.import_file(
            instance.database,
            instance.origin,
            file,
            kind=kind,
            community=community,
            documented_by=documented_by,
            only=set(only) or None,
            progress=progress,
        ),
        as_json,
    )


@practice.command("export")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--format", "kind", type=click.Choice(exports.FORMATS), help="Usually told by the file's name.")
@click.option("--community", metavar="SLUG", help="Only its practices.")
@click.option("--all", "everything", is_flag=True, help="Also what came from other instances.")
def export(file: Path, kind: str | None, community: str | None, everything: bool) -> None:
    """Write the practices of this instance to FILE (- for the terminal)."""
    kind = kind or {"yml": "yaml"}.get(file.suffix[1:].lower(), file.suffix[1:].lower())
    if kind not in exports.FORMATS:
        raise click.UsageError(f"Say in which format: --format {'|'.join(exports.FORMATS)}.")
    with opened() as instance, instance.database.reading() as session:
        query = select(Practice).where(Practice.state == PUBLISHED).order_by(col(Practice.id))
        if community:
            query = query.where(Practice.community_id == shelf.community(session, community).id)
        elif not everything:
            query = query.where(Practice.local)
        chosen = list(session.exec(query))
        content = exports.export(session, format=kind, practices=chosen)
    if str(file) == "-":
        click.echo(content, nl=False)
        return
    write_whole(file, content)
    click.echo(f"{len(chosen)} practice{'s are' if len(chosen) != 1 else ' is'} in {file}.", err=True)


@practice.command("list")
@click.option("--community", metavar="SLUG", help="Only its practices.")
@click.option("--local", is_flag=True, help="Only what was published here.")
@reading
def list_(community: str | None, local: bool, as_json: bool) -> None:
    """List the practices that this instance holds, newest first."""
    with opened() as instance, instance.database.reading() as session:
        query = (
            select(Practice, Community)
            .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
            .where(Practice.state == PUBLISHED)
            .order_by(col(Practice.issued_at).desc(), col(Practice.id).desc())
        )
        if community:
            query = query.where(Practice.community_id == shelf.community(session, community).id)
        if local:
            query = query.where(Practice.local)
        rows = list(session.exec(query))
    if as_json:
        return print_json([summary(found, owner) for found, owner in rows])
    print_table(
        ("key", "title", "community", "version", "published", "marked"),
        [
            (
                found.key,
                found.title_texts.get(language()) or found.title,
                owner.called(language()),
                found.version,
                found.issued_at.date(),
                "documented by others" if found.documented_by == OTHERS else "",
            )
            for found, owner in rows
        ],
        empty="There are no practices here yet.",
    )


@practice.command("show")
@click.argument("ref", metavar="ID")
@reading
def show(ref: str, as_json: bool) -> None:
    """Show one practice by address, key or imported name."""
    with opened() as instance, instance.database.reading() as session:
        found = shelf.practice(session, ref)
        owner = shelf.community_of(session, found)
        reviews = [
            {
                "id": r.uri,
                "by": shelf.handle(by),
                "relation": r.relation,
                "ratings": r.ratings,
                "comment": r.comment,
            }
            for r, by in shelf.reviews_of(session, found)
        ]
        adoptions: list[dict[str, Any]] = [
            {
                "id": a.uri,
                "adopter": a.adopter,
                "stage": a.stage,
                "confirmed": a.confirmed,
                "record": a.record,
            }
            for a in shelf.adoptions_of(session, found)
        ]
        ratings = [
            {"criterion": d.criterion, "n": d.n, "counts": d.counts}
            for d in judgement.distributions(session, found)
            if d.n
        ]
    data = summary(found, owner) | {
        "record": found.record,
        "reviews": reviews,
        "ratings": ratings,
        "adoptions": adoptions,
    }
    if as_json:
        return print_json(data)
    if found.state == WITHDRAWN:
        fail("This practice has been withdrawn.")
    say(f"{found.title}\n{owner.called(language())} ({owner.country}), version {found.version}, {found.uri}")
    if found.documented_by == OTHERS:
        say("Documented by others" + (", incomplete." if found.incomplete else "."))
    for name, value in found.record.items():
        if name != "title":
            say(f"\n{name}\n  {_readable(value)}")
    for adoption in adoptions:
        say(f"\nadopted\t{adoption['adopter']['name']}\t{adoption['stage']}")
    for review in reviews:
        say(f"\nreviewed\t{review['by']}\t{review['ratings']}")


@practice.command("withdraw")
@click.argument("ref", metavar="ID")
@click.option("--reason", help="Why; it stays readable in place of the practice.")
@click.option("--language", default="und", metavar="CODE", help="The language of the reason.")
def withdraw(ref: str, reason: str | None, language: str) -> None:
    """Withdraw a practice of this instance; a tombstone stays."""
    with opened() as instance, instance.database.writing() as session:
        found = shelf.practice(session, ref)
        address, before = found.uri, found.state
        withdrawing.withdraw(session, found, reason={language: reason} if reason else None)
    say(f"{address} is withdrawn." if before == PUBLISHED else f"{address} had been withdrawn already.")


def summary(found: Practice, owner: Community) -> dict[str, object]:
    """A practice as in a list."""
    return {
        "id": found.uri,
        "key": found.key,
        "slug": found.slug,
        "title": found.title,
        "titles": found.title_texts,
        "language": found.language,
        "community": {
            "id": owner.uri,
            "key": owner.slug,
            "name": owner.called(language()),
            "country": owner.country,
        },
        "themes": found.themes,
        "version": found.version,
        "state": found.state,
        "local": found.local,
        "documented_by": found.documented_by,
        "incomplete": found.incomplete,
        "issued": found.issued_at,
        "modified": found.modified_at,
    }


def _readable(value: object) -> str:
    if isinstance(value, dict):
        return "\n  ".join(f"{name}: {_readable(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "\n  ".join(f"- {_readable(inner)}" for inner in value)
    return str(value)
