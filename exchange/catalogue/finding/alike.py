"""Hits in the order of how like ours their owners are: an order that no index holds, because everybody has another.

The owners of what was found are put in order by `likeness`, nearest first, and the page is cut from what
each of them has, newest first. Our own practices stand last: nobody looks for what they did themselves.
Pages of this order count positions; they are as stable as what is held about the communities.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlmodel import Session

from exchange.catalogue.communities import likeness
from exchange.models.community import Community
from search.engine import Engine, Hit, Hits, Query

OWNERS = "community"
PORTION = 100
MOST_OWNERS = 900  # that an engine counts in a facet; beyond, those most like us are asked for by name
ORDINARY, OWN = 1.0, 2.0  # distances: of whom nothing is known, and our own, which comes last


def find(engine: Engine, query: Query, session: Session, home: Community) -> Hits:
    """The page of the query in that order."""
    plain = replace(query, sort="newest", arrange=None, after="")
    everything = engine.find(replace(plain, per_page=0, page=1, facets=(*query.facets, OWNERS)))
    far = likeness.distances(session, home) | {home.uri: OWN}
    counts = dict(everything.facets.get(OWNERS, ()))
    if len(counts) >= MOST_OWNERS:
        near = sorted(far, key=lambda uri: (far[uri], uri))[:MOST_OWNERS]
        counts |= _counted(engine, plain, near)
    owners = sorted(counts, key=lambda uri: (far.get(uri, ORDINARY), uri))
    hits = list(_cut(engine, plain, owners, counts))
    facets = {name: everything.facets[name] for name in query.facets if name in everything.facets}
    return replace(everything, hits=hits, facets=facets, after="", before=None, sort="like")


def _counted(engine: Engine, plain: Query, owners: list[str]) -> dict[str, int]:
    wanted = _of(plain, tuple(owners))
    return dict(engine.find(replace(wanted, per_page=0, page=1, facets=(OWNERS,))).facets.get(OWNERS, ()))


def _cut(engine: Engine, plain: Query, owners: list[str], counts: dict[str, int]) -> Iterator[Hit]:
    """The hits of the page, owner by owner."""
    skip, wanted, rank = (max(plain.page, 1) - 1) * plain.per_page, plain.per_page, 0
    for uri in owners:
        if wanted <= 0:
            return
        if skip >= counts[uri]:
            skip, rank = skip - counts[uri], rank + counts[uri]
            continue
        for page in range(skip // PORTION + 1, -(-counts[uri] // PORTION) + 1):
            found = engine.find(replace(_of(plain, (uri,)), page=page, per_page=PORTION, facets=()))
            for at, hit in enumerate(found.hits):
                place = (page - 1) * PORTION + at
                if place >= skip and wanted > 0:
                    wanted -= 1
                    yield replace(hit, rank=rank + place + 1)
            if wanted <= 0:
                return
        skip, rank = 0, rank + counts[uri]


def _of(plain: Query, owners: tuple[str, ...]) -> Query:
    """What these owners have of it; owners that the reader chose stay the only ones."""
    chosen = plain.filters.get(OWNERS)
    both = tuple(uri for uri in owners if uri in chosen) if chosen else owners
    return replace(plain, filters={**plain.filters, OWNERS: both or ("",)})
