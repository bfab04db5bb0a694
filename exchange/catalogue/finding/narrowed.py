"""Whose practices a search is narrowed to: communities by their short names, and the members of clusters."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress

from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster as clusters
from exchange.catalogue.measures.bridging.edges import members_of
from exchange.messages import NotFound, Problem, Refusal

OWNERS = ("community", "adopted_by")
CLUSTER = "cluster"
Filters = Mapping[str, Sequence[str]]


def addresses(session: Session, filters: Filters) -> dict[str, tuple[str, ...]]:
    """The filters with the short names of communities replaced by their addresses, and clusters by their members.

    The index knows nothing of clusters, because members come and go without a change to any practice:
    who is one now stands beside the other owners that were asked for, under `community`. Raises Refusal
    at `cluster` when there is no such cluster here.
    """
    found = {name: tuple(values) for name, values in filters.items()}
    for name in set(OWNERS) & set(found):
        found[name] = tuple(_community(session, value) for value in found[name])
    if CLUSTER in found:
        members = _members(session, found[CLUSTER])
        asked = found.get("community")
        within = [uri for uri in asked if uri in members] if asked else sorted(members)
        found["community"] = (
            tuple(within) or found[CLUSTER]
        )  # nobody's practices are those of a cluster itself
    return found


def new_in(session: Session, refs: Iterable[str], joined: Collection[tuple[str, str]]) -> frozenset[str]:
    """Of those who have just joined, as (cluster, member), who belongs to these clusters and did not before."""
    if not joined:
        return frozenset()
    before: set[str] = set()
    new: set[str] = set()
    for ref in refs:
        one = clusters.cluster(session, ref)
        came = {member for cluster, member in joined if cluster == one.uri}
        new |= came
        before |= members_of(session, one) - came
    return frozenset(new - before)


def called(session: Session, filters: Filters, language: str) -> dict[str, str]:
    """The names of the communities and clusters in the filters, by what names them there."""
    found = {}
    for ref in (ref for name in OWNERS for ref in filters.get(name, ())):
        with suppress(NotFound):
            found[ref] = shelf.community(session, ref).called(language)
    for ref in filters.get(CLUSTER, ()):
        with suppress(NotFound):
            found[ref] = clusters.cluster(session, ref).called(language)
    return found


def _community(session: Session, value: str) -> str:
    try:
        return shelf.community(session, value).uri
    except NotFound:
        return value


def _members(session: Session, refs: Iterable[str]) -> set[str]:
    try:
        return {uri for ref in refs for uri in members_of(session, clusters.cluster(session, ref))}
    except NotFound as error:
        raise Refusal([Problem(CLUSTER, error.problems[0].message)]) from error
