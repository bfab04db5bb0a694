"""Commands about clusters: communities that point out each other's practices."""

import click

from exchange.catalogue import cluster as grouping
from exchange.catalogue import shelf
from exchange.cli.base import Group, opened, reading
from exchange.cli.output import print_json, print_table, say
from exchange.models.cluster import ASKED


@click.group(cls=Group)
def cluster() -> None:
    """Clusters: add, list, members, practices pointed out."""


@cluster.command("add")
@click.argument("slug")
@click.option("--name", required=True, help="The name as people write it.")
def add(slug: str, name: str) -> None:
    """Add a cluster to this instance; SLUG is its short name in addresses and handles."""
    with opened() as instance, instance.database.writing() as session:
        made = grouping.found(session, instance.origin, slug=slug, name=name)
        handle, address = f"@{made.slug}@{instance.settings.host}", made.uri
    say(f"{handle}  {address}")


@cluster.command("list")
@reading
def list_(as_json: bool) -> None:
    """List the clusters of this instance."""
    with opened() as instance, instance.database.reading() as session:
        rows = [
            {
                "id": one.uri,
                "key": one.slug,
                "name": one.called(),
                "members": grouping.members(session, one),
                "asked": grouping.members(session, one, ASKED),
                "practices": [practice.uri for practice, _owner in grouping.practices(session, one)],
            }
            for one in grouping.clusters(session)
        ]
    if as_json:
        return print_json(rows)
    print_table(
        ("key", "name", "members", "asked", "practices"),
        [(r["key"], r["name"], len(r["members"]), len(r["asked"]), len(r["practices"])) for r in rows],
        empty="There is no cluster here yet: `jumelage cluster add` makes one.",
    )


@cluster.command("admit")
@click.argument("slug")
@click.argument("community", metavar="SLUG|@NAME@HOST|URL")
@click.option("--no", "refused", is_flag=True, help="Say no, or end a membership.")
def admit(slug: str, community: str, refused: bool) -> None:
    """Take a community into a cluster; who has asked to join is told."""
    with opened() as instance, instance.database.writing() as session:
        found = grouping.cluster(session, slug)
        member = community if community.startswith("http") else shelf.community(session, community).uri
        (grouping.leave if refused else grouping.admit)(session, found, member)
    say(f"{member} is {'no ' if refused else 'a '}member.")


@cluster.command("curate")
@click.argument("slug")
@click.argument("practice", metavar="PRACTICE")
@click.option("--no", "dropped", is_flag=True, help="Point it out no longer.")
def curate(slug: str, practice: str, dropped: bool) -> None:
    """Point out a member's practice to all who follow the cluster."""
    with opened() as instance, instance.database.writing() as session:
        found, told = grouping.cluster(session, slug), shelf.practice(session, practice)
        (grouping.drop if dropped else grouping.curate)(session, found, told)
        address = told.uri
    say(f"{address} is pointed out{' no longer' if dropped else ''}.")
