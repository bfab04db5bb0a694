"""Commands about clusters: communities that point out each other's practices."""

import click

from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster as grouping
from exchange.catalogue.clusters import collect as collecting
from exchange.catalogue.clusters import collections
from exchange.catalogue.clusters import join as joining
from exchange.cli.base import Group, opened, reading
from exchange.cli.output import print_json, print_table, say
from exchange.messages import N_, Refusal
from exchange.models.cluster import ASKED


@click.group(cls=Group)
def cluster() -> None:
    """Clusters: add, list, members, practices pointed out, collections; join and leave."""


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
        member = community if "://" in community else shelf.community(session, community).uri
        (grouping.refuse if refused else grouping.admit)(session, found, member)
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


@cluster.command("collect")
@click.argument("slug")
@click.argument("practice", metavar="PRACTICE")
@click.option("--title", help="Of a new collection, or of one of the cluster's.")
@click.option("--into", metavar="KEY", help="The key or address of a collection, instead of its title.")
@click.option("--words", default="", help="A word about the practice, in at most 300 characters.")
@click.option(
    "--language", default="und", metavar="LANGUAGE", help="The language of title and words, such as fr."
)
@click.option("--no", "out", is_flag=True, help="Take the practice out of the collection.")
def collect(
    slug: str, practice: str, title: str | None, into: str | None, words: str, language: str, out: bool
) -> None:
    """Put PRACTICE at the end of a collection of the cluster SLUG, or give it another word there."""
    if (title is None) is (into is None):
        raise click.UsageError("Say which collection: --title TEXT or --into KEY.")
    with opened() as instance, instance.database.writing() as session:
        found, told = grouping.cluster(session, slug), shelf.practice(session, practice)
        own = collections.all_(session, owner=found.uri, unfinished=True)
        kept = next((one for one in own if into in (one.key, one.uri) or title in one.title.values()), None)
        if kept is None and (title is None or out):
            raise Refusal(N_("There is no collection “%(ref)s” here."), ref=(into or title or "")[:200])
        kept = kept or collecting.begin(session, found, {language: title or ""})
        if out:
            collecting.take_out(session, kept, told.uri)
        else:
            collecting.put(session, kept, told, {language: words} if words else {})
        address, number = kept.uri, len(collections.items(session, kept))
    say(f"{address}: {number} practice{'' if number == 1 else 's'}")


@cluster.command("join")
@click.argument("slug")
@click.argument("cluster", metavar="CLUSTER")
def join(slug: str, cluster: str) -> None:
    """Ask for the community SLUG to be taken into CLUSTER: a short name here, @NAME@HOST or an address."""
    from exchange.meeting import meet_cluster

    with opened() as instance:
        uri, name = meet_cluster(instance, cluster)
        with instance.database.writing() as session:
            row = joining.join(session, shelf.community(session, slug), uri, name)
            state = row.state
    say(f"{uri}: {state}")


@cluster.command("leave")
@click.argument("slug")
@click.argument("cluster", metavar="CLUSTER")
def leave(slug: str, cluster: str) -> None:
    """Belong to CLUSTER no longer, or ask no more: a short name here, @NAME@HOST or an address."""
    from exchange.meeting import meet_cluster

    with opened() as instance:
        uri = cluster if "://" in cluster else meet_cluster(instance, cluster)[0]
        with instance.database.writing() as session:
            joining.leave(session, shelf.community(session, slug), uri)
    say(f"{slug} does not belong to {uri} any more.")
