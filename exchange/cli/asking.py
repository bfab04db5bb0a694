"""Commands that ask: search the catalogue, look at one address, fetch it anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from exchange.catalogue.finding import find as finding
from exchange.catalogue.lookup import inspect as look
from exchange.cli.base import Command, fail, gettext, language, opened, reading
from exchange.cli.output import print_json, print_table, say
from exchange.messages import NotNow, Problem, Refusal


class Asking(Command):
    """Takes `-nuclear` for a part of the question, and `--nuclear` for an option that does not exist."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {name for one in self.get_params(ctx) for name in one.opts}
        for arg in args:
            name = arg.partition("=")[0]
            if name.startswith("--") and name != "--" and not any(o.startswith(name) for o in known):
                raise click.NoSuchOption(name, ctx=ctx)
        return super().parse_args(ctx, args)


@click.command(cls=Asking, context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1)
@click.option("--theme", multiple=True, metavar="th-…", help="A theme (repeatable, as are the others).")
@click.option("--country", multiple=True, metavar="CC", help="The country of the owner.")
@click.option("--degurba", multiple=True, metavar="1-3", help="1 city, 2 town or suburb, 3 rural.")
@click.option("--population-class", multiple=True, metavar="pop-…", help="The size of the owner.")
@click.option("--language", "languages", multiple=True, metavar="LL", help="The original language.")
@click.option("--maturity", multiple=True, metavar="mat-…", help="How mature it is.")
@click.option("--evidence", multiple=True, metavar="ev-…", help="How well it is evidenced.")
@click.option("--commitment", multiple=True, metavar="ID", help="A commitment that it serves.")
@click.option(
    "--adopted-by",
    multiple=True,
    metavar="COMMUNITY",
    help="Who took it up: short name, @name@host or address.",
)
@click.option(
    "--instance", "instances", multiple=True, metavar="HOST", help="The instance on which it was published."
)
@click.option("--cluster", multiple=True, metavar="NAME", help="A cluster that is led here: its members.")
@click.option(
    "--near", metavar="LAT,LON[,KM]", help="Only near a place, 50 km around it if not said otherwise."
)
@click.option("--sort", metavar="|".join(finding.SORTS), help="In which order.")
@click.option(
    "--home", metavar="COMMUNITY", help="The community that asks, for the orders “nearest” and “like”."
)
@click.option(
    "--explain", is_flag=True, default=None, help="Say why each is found (with --json, in numbers)."
)
@click.option("--page", metavar="N", help="Which page of the answers.")
@click.option("--limit", metavar="N", help="How many at most (1 to 100, usually 20).")
@reading
def search(
    query: tuple[str, ...],
    languages: tuple[str, ...],
    instances: tuple[str, ...],
    limit: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Search the practices that this instance knows, as the pages do."""
    given = options | {
        "q": " ".join(query),
        "language": languages,
        "instance": instances,
        "per_page": limit,
    }
    params = _params(given)
    with opened() as instance:
        while instance.index_once():
            pass
        if instance.index.is_held_by_another_version():
            fail("The search index of this version is not built yet, and another process holds the index. When that "
                 "is a server of another version, restart it.")  # fmt: skip
        with instance.database.reading() as session, _named_as_typed():
            found = finding.find(instance.engine, params, language=language(), session=session)
    if as_json:
        return print_json(found.data(gettext()))
    print_table(
        ("practice", "community", "country", "evidence", "adoptions", "reviews", "address"),
        [
            (
                item["title"],
                item["community"].get("name"),
                item["community"].get("country"),
                item["evidence_level"],
                item["adoptions"],
                item["reviews"],
                item["id"],
            )
            for item in found.items
        ],
        empty="Nothing was found.",
    )
    if params.explain:
        for number, item in enumerate(found.items, 1):
            click.echo(f"{number}. {item['title']}: {_why(item)}")
    if found.did_you_mean:
        click.echo(f"Did you mean “{found.did_you_mean}”?", err=True)
    for mistake in found.mistakes:
        click.echo(mistake.render(gettext()), err=True)
    if found.total > len(found.items):
        click.echo(f"{len(found.items)} of {found.total}; --page and --limit show more.", err=True)


def _why(item: dict[str, Any]) -> str:
    """What a hit owes its place to, in one line."""
    parts = [f"“{one['word']}” in {one['field']} {one['score']:g}" for one in item.get("reasons", ())]
    if item["place"]:
        parts.append(
            f"a place is kept for it ({item['place']}), by its words alone it would be {item['rank']}"
        )
    return "; ".join(parts) or "by the order alone"


def _params(given: dict[str, Any]) -> finding.SearchParams:
    with _named_as_typed():
        return finding.SearchParams.from_args(given)


@contextmanager
def _named_as_typed() -> Iterator[None]:
    """A wrong option is a wrong use of the command, and named as it was typed."""
    try:
        yield
    except NotNow:  # nothing is wrong with the question
        raise
    except Refusal as refusal:
        named = {"per_page": "limit", "q": "QUERY"}
        text = "; ".join(str(_as_option(problem, named)) for problem in refusal.problems)
        raise click.UsageError(text) from refusal


def _as_option(problem: Problem, named: dict[str, str]) -> str:
    name = named.get(problem.path, problem.path)
    option = name if name.isupper() else f"--{name.replace('_', '-')}"
    return f"{option}: {problem.message.render(gettext())}"


@click.command(cls=Command)
@click.argument("uri")
@reading
def inspect(uri: str, as_json: bool) -> None:
    """Show what this instance holds about URI."""
    with opened() as instance, instance.database.reading() as session:
        found = look(session, uri)
    _show(uri, found, as_json)


@click.command(cls=Command)
@click.argument("uri")
@reading
def fetch(uri: str, as_json: bool) -> None:
    """Fetch URI from its origin now, and show what this instance holds then."""
    from exchange.fetching import fetch_now

    with opened() as instance:
        fetch_now(instance, uri)
        while instance.index_once():
            pass
        with instance.database.reading() as session:
            found = look(session, uri)
    _show(uri, found, as_json)


def _show(uri: str, found: dict[str, Any] | None, as_json: bool) -> None:
    if found is None:
        fail(f"Nothing is held about {uri[:300]}.")
    if as_json:
        return print_json(found)
    for name, value in found.items():
        if isinstance(value, dict):
            for part, inner in value.items():
                say(f"{name}.{part}\t{inner}")
        elif value is not None:
            say(f"{name}\t{value}")
