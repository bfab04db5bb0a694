"""Commands that compare: communities like one of ours, and what goes between kinds of community."""

from typing import Any

import click

from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster as clusters
from exchange.catalogue.communities import likeness
from exchange.catalogue.communities.likeness import lists
from exchange.catalogue.measures import bridging as measures
from exchange.catalogue.measures.bridging import told
from exchange.cli.base import Command, language, opened, reading
from exchange.cli.output import print_json, print_table, say

LISTS = ("like", "bridge", "adopted", "anywhere")


@click.command(cls=Command)
@click.argument("ref", metavar="SLUG|@NAME@HOST|URL")
@click.option(
    "--list", "wanted", type=click.Choice(LISTS), default="like", show_default=True,
    help="Communities like it; practices on its themes from another kind or size of place; practices that "
    "somebody like it took up; or places like it anywhere in Europe.",
)  # fmt: skip
@click.option("--theme", metavar="th-…", help="Weigh as fits a theme.")
@click.option("--weights", metavar="NAME:FACTOR,…", default="", help="Such as population:2,country:0.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True, help="How many.")
@reading
def similar(ref: str, wanted: str, theme: str | None, weights: str, limit: int, as_json: bool) -> None:
    """Show communities like one that we know, what speaks for each and what against."""
    factors = likeness.read_factors(weights)
    weighed = likeness.weights(likeness.read_theme(theme or ""), factors)
    with opened() as instance, instance.database.reading() as session:
        found = shelf.community(session, ref)
        rows = [
            lists.told(one, language()) for one in lists.named(session, wanted, found, weighed, limit=limit)
        ]
    if as_json:
        return print_json({"id": found.uri, "list": wanted, "weights": weighed, "items": rows})
    print_table(
        ("likeness", "known", "place", "country", "practice", "near", "far"),
        [_cells(row) for row in rows],
        empty="Nothing is known yet to compare with.",
    )


@click.command(cls=Command)
@click.option("--cluster", "slug", metavar="SLUG", help="Only what members of a cluster have part in.")
@click.option(
    "--by",
    type=click.Choice(["year", "quarter"]),
    default="year",
    show_default=True,
    help="How long a period is, over time.",
)
@reading
def bridging(slug: str | None, by: str, as_json: bool) -> None:
    """Show what goes between countryside, towns and cities, against what chance would let go."""
    with opened() as instance, instance.database.reading() as session:
        only = clusters.cluster(session, slug) if slug else None
        found = measures.bridging(session, cluster=only, by=by)
    if as_json:
        return print_json(told.told(found))
    for source, one in found.exchanges.items():
        say(f"{source}: {one.placed} between places of a known kind, {one.unplaced} others")
        if one.cross_share is None or one.cross_chance is None:
            continue
        say(
            f"  across kinds {one.cross_share:.0%}, by chance {one.cross_chance:.0%}; E-I index {one.ei:+.2f}"
        )
        for flow in one.flows:
            if flow.ratio is not None:
                say(f"  {flow.origin} to {flow.taker}: {flow.n}, {flow.ratio:.1f} times what chance gives")
    kept, reach = found.representation, found.reach
    if kept.rural_share is not None:
        say(f"{kept.rural_share:.0%} of {kept.practices} practices are rural; of Europe's places 78 % are.")
    say(f"Of {reach.practices} practices of places under 5,000, {reach.taken_up} were taken up elsewhere.")


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    practice = row.get("practice")
    return (
        f"{round(100 * row['likeness'])} %",
        f"{round(100 * row['certainty'])} %",
        row["name"],
        row["country"],
        practice["title"] if practice else "",
        "; ".join(reason["text"] for reason in row["near"]),
        "; ".join(reason["text"] for reason in row["far"]),
    )
