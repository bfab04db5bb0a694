"""Commands about communities: those that live on this instance, and all that it knows."""

from pathlib import Path
from typing import Any

import click

from exchange.catalogue import shelf
from exchange.catalogue.communities import community as founding
from exchange.catalogue.communities import seek as seeking
from exchange.catalogue.communities import sign as signing
from exchange.catalogue.communities.likeness import read_theme
from exchange.catalogue.files import imports, territory
from exchange.cli.base import Group, language, opened, reading
from exchange.cli.files import reference_taken_in, taken_in
from exchange.cli.output import print_json, print_table, say
from exchange.instance import Instance
from exchange.models.community import Community
from exchange.vocabulary import concepts


@click.group(cls=Group)
def community() -> None:
    """Communities: add, list, show, seek, import, sign."""


@community.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="The name as people write it.")
@click.option("--country", required=True, metavar="CC", help="Two letters, such as FR.")
@click.option("--lau", metavar="CODE", help="The code of the local administrative unit (LAU).")
@click.option("--population", type=click.IntRange(0), metavar="N", help="Number of inhabitants.")
@click.option("--degurba", type=click.IntRange(1, 3), help="1 city, 2 town or suburb, 3 rural.")
@click.option("--lat", type=float, help="Latitude.")
@click.option("--lon", type=float, help="Longitude.")
def add(
    slug: str,
    name: str,
    country: str,
    lau: str | None,
    population: int | None,
    degurba: int | None,
    lat: float | None,
    lon: float | None,
) -> None:
    """Add a community to this instance; SLUG is its short name in addresses and handles."""
    with opened() as instance, instance.database.writing() as session:
        made = founding.found(
            session,
            instance.settings.origin,
            slug=slug,
            name=name,
            country=country.upper(),
            population=population,
            degurba=f"dg-{degurba}" if degurba else None,
            lat=lat,
            lon=lon,
            profile={"lau": [{"code": lau, "name": name}]} if lau else None,
        )
        handle, address = shelf.handle(made), made.uri
        told = (made.profile or {}).get("populationSource") if population is None else None
        people = made.population
    say(f"{handle}  {address}")
    if told and people is not None:
        click.echo(f"{people} inhabitants and its kind of place are from the {told}.", err=True)


@community.command("list")
@click.option("--all", "everybody", is_flag=True, help="Also those of other instances.")
@reading
def list_(everybody: bool, as_json: bool) -> None:
    """List the communities of this instance."""
    with opened() as instance, instance.database.reading() as session:
        found = shelf.communities(session, local=None if everybody else True)
        if as_json:
            return print_json([described(one) for one in found])
    print_table(
        ("name", "handle", "country", "population", "degurba", "address"),
        [(c.called(language()), shelf.handle(c), c.country, c.population, c.degurba, c.uri) for c in found],
        empty="There is no community here yet: `jumelage community add` makes one.",
    )


@community.command("show")
@click.argument("ref", metavar="SLUG|@NAME@HOST|URL")
@reading
def show(ref: str, as_json: bool) -> None:
    """Show one community and its practices."""
    with opened() as instance, instance.database.reading() as session:
        found = shelf.community(session, ref)
        practices = shelf.practices_of(session, found)
        data = described(found) | {
            "profile": found.profile,
            "practices": [{"id": p.uri, "key": p.key, "title": p.title} for p in practices],
        }
    if as_json:
        return print_json(data)
    for name, value in data.items():
        if name == "practices":
            for practice in practices:
                say(f"practice\t{practice.key}\t{practice.title}")
        elif value not in (None, {}, []):
            say(f"{name}\t{value}")


@community.command("seek")
@click.argument("slug")
@click.option("--theme", "themes", multiple=True, metavar="th-…", help="What it looks for (repeatable).")
@click.option(
    "--problem", "problems", multiple=True, metavar="TEXT", help="Which problem, one for each theme."
)
@click.option("--language", "tongue", default="und", metavar="LL", help="In which language the problems are.")
@reading
def seek_(slug: str, themes: tuple[str, ...], problems: tuple[str, ...], tongue: str, as_json: bool) -> None:
    """Say what a community looks for, in place of what it said before; without --theme, nothing.

    What others did on these themes is listed on its desk, and the gap map shows that it is sought.
    """
    if len(problems) > len(themes):
        raise click.UsageError("There are more problems than themes.")
    wishes: list[dict[str, Any]] = [{"theme": read_theme(theme)} for theme in themes]
    for wish, problem in zip(wishes, problems, strict=False):
        if problem.strip():
            wish["problem"] = {tongue: problem}
    with opened() as instance, instance.database.writing() as session:
        found = shelf.community(session, slug)
        seeking.seek(session, found, wishes)
        told = seeking.sought(found)
    if as_json:
        return print_json({"id": found.uri, "seeks": told})
    say(f"{found.called(language())} looks for {', '.join(w['theme'] for w in told) or 'nothing'}.")


@community.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--only", multiple=True, metavar="SLUG", help="From a file of ours: only these (repeatable).")
@click.option(
    "--code", multiple=True, metavar="LAU", help="From Eurostat's table: only these units (repeatable)."
)
@click.option("--country", multiple=True, metavar="CC", help="From Eurostat's table: only these countries.")
@click.option("--limit", type=click.IntRange(1), help="From Eurostat's table: at most so many.")
@click.option(
    "--year",
    type=click.IntRange(1990, 2200),
    default=territory.YEAR,
    show_default=True,
    help="Of which year Eurostat's table is; it does not say so itself.",
)
@reading
def import_(
    file: Path,
    only: tuple[str, ...],
    code: tuple[str, ...],
    country: tuple[str, ...],
    limit: int | None,
    year: int,
    as_json: bool,
) -> None:
    """Take in communities from FILE: YAML, JSON, CSV or XLSX; or Eurostat's table of local units (LAU).

    The units of Eurostat's table become what communities are matched and compared with. Only those chosen
    by --code, --country or --limit are founded as communities of this instance, at most 1,000 at a time.
    """
    if territory.recognises(file) and not (code or country or limit):
        return reference_taken_in(file, year, as_json)

    def take(instance: Instance, progress: imports.Progress) -> imports.Report:
        if territory.recognises(file):
            return territory.import_territory(
                instance.database,
                instance.origin,
                file,
                codes=set(code) or None,
                countries={c.upper() for c in country} or None,
                limit=limit,
                year=year,
                progress=progress,
            )
        return imports.import_file(
            instance.database, instance.origin, file, only=set(only) or None, progress=progress
        )

    taken_in(file, take, as_json)


def described(one: Community) -> dict[str, Any]:
    """A community as the API and `--json` show it."""
    return {
        "id": one.uri,
        "key": one.slug,
        "handle": shelf.handle(one),
        "name": one.called(language()),
        "names": one.name,
        "kind": one.kind,
        "country": one.country,
        "population": one.population,
        "population_class": one.population_class,
        "degurba": one.degurba,
        "lat": one.lat,
        "lon": one.lon,
        "instance": one.instance,
        "local": one.local,
    }


@community.command("sign")
@click.argument("slug")
@click.argument("commitment")
@click.option("--date", default="", metavar="DATE", help="When: 2024, 2024-05 or 2024-05-31.")
@click.option("--document", default="", metavar="URL", help="The decision that says so.")
@click.option("--withdraw", is_flag=True, help="Take the signature back.")
def sign(slug: str, commitment: str, date: str, document: str, withdraw: bool) -> None:
    """Sign COMMITMENT of a manifesto for the community SLUG."""
    with opened() as instance, instance.database.writing() as session:
        found = shelf.community(session, slug)
        if withdraw:
            signing.unsign(session, found, commitment)
        else:
            signing.sign(session, found, commitment, date=date, document=document)
        label = concepts.commitments()[commitment].label(language())
    say(f"{slug} {'no longer stands by' if withdraw else 'has signed'}: {label}")
