"""The pages of communities: their town sign, what they did, whom they learned from and who learned from them."""

from collections.abc import Iterable

from flask import Response, render_template, request
from sqlmodel import Session, col, select

from exchange.catalogue import shelf
from exchange.catalogue.clusters import belonging, cluster
from exchange.catalogue.communities import sign
from exchange.catalogue.judging import voices
from exchange.models.adoption import Adoption
from exchange.models.cluster import Cluster
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.web.drawing import downloads
from exchange.web.find import followed
from exchange.web.frame.blueprints import public
from exchange.web.frame.language import current
from exchange.web.frame.reach import database

PER_PAGE = 60
COLUMNS = ("address", "name", "country", "degurba", "population_class", "population", "practices")


@public.get("/communities")
def communities() -> str:
    """All communities that this instance knows, or those of a cluster, by name."""
    page = min(max(request.args.get("page", 1, type=int), 1), 10_000)
    with database().reading() as session:
        numbers = shelf.numbers(session)
        wanted, of, found = _asked(session)
    pages = max(1, -(-len(found) // PER_PAGE))
    page = min(page, pages)
    return render_template(
        "communities.html",
        communities=found[(page - 1) * PER_PAGE : page * PER_PAGE],
        total=len(found),
        numbers=numbers,
        words=wanted,
        cluster=of,
        page=page,
        pages=pages,
    )


@public.get("/communities.csv")
def communities_csv() -> Response:
    """The same as a table to take along, all of them."""
    with database().reading() as session:
        numbers = shelf.numbers(session)
        _wanted, of, found = _asked(session)
    rows = (
        {name: getattr(one, name) for name in COLUMNS[2:-1]}
        | {"address": one.uri, "name": one.called(current()), "practices": numbers.get(one.id or 0, 0)}
        for one in found
    )
    return downloads.csv(COLUMNS, rows, of.slug if of else "communities")


def _asked(session: Session) -> tuple[str, Cluster | None, list[Community]]:
    """The words and the cluster of this request, and the communities that they leave."""
    words = request.args.get("q", "").strip()[:100]
    slug = request.args.get("cluster", "").strip()[:100]
    of = cluster.cluster(session, slug) if slug else None
    members = set(cluster.members(session, of)) if of else None
    found = [
        one
        for one in shelf.communities(session)
        if _matches(one, words) and (members is None or one.uri in members)
    ]
    return words, of, found


@public.get("/communities/<ref>")
def community(ref: str) -> str:
    """One community: its sign, profile, practices, and its twins."""
    with database().reading() as session:
        found = shelf.community(session, ref)
        own = shelf.practices_of(session, found)
        taken_up = [
            (a, p, session.get_one(Community, p.community_id)) for a, p in shelf.adopted_by(session, found)
        ]
        by_others = adoptions_of_all(session, [p.id for p in own if p.id is not None])
        lent = [(one, _at(session, one.receiver)) for one in voices.holding(session, found)]
        spoken_for = voices.spoken_for(session, found)
        served = sign.served(session, found)
        clusters = belonging.clusters_of(session, found)
        is_followed = followed.is_followed(session, f"community:{found.uri}")
    return render_template(
        "community.html",
        community=found,
        practices=own,
        taken_up=taken_up,
        voice_lent=lent,
        voice_of=spoken_for,
        served=served,
        clusters=clusters,
        is_followed=is_followed,
        by_others=by_others,
        learned_from=_distinct(
            owner for a, _p, owner in taken_up if a.counts and not shelf.is_hearsay(a, found)
        ),
        learned_by=_distinct_names((a, c) for a, _p, c in by_others if a.counts),
    )


def adoptions_of_all(
    session: Session, practice_ids: list[int], limit: int = 200
) -> list[tuple[Adoption, Practice, Community | None]]:
    """The adoptions of several practices, the last moved first, with the adopter where it has a page."""
    query = (
        select(Adoption, Practice, Community)
        .join(Practice, Practice.id == Adoption.practice_id)  # type: ignore[arg-type]
        .join(Community, Community.id == Adoption.adopter_id, isouter=True)  # type: ignore[arg-type]
        .where(col(Adoption.practice_id).in_(practice_ids), Adoption.withdrawn_at == None)  # noqa: E711
        .order_by(col(Adoption.modified_at).desc(), col(Adoption.id).desc())
    )
    return list(session.exec(query.limit(limit)))


def _at(session: Session, uri: str) -> Community | None:
    return session.exec(select(Community).where(Community.uri == uri)).first()


def _matches(community: Community, words: str) -> bool:
    return not words or any(words.casefold() in name.casefold() for name in community.name.values())


def _distinct(owners: Iterable[Community]) -> list[Community]:
    return list({owner.id: owner for owner in owners}.values())


def _distinct_names(
    adopters: Iterable[tuple[Adoption, Community | None]],
) -> list[tuple[str, str, Community | None]]:
    """(name, country, community where there is one) of each adopter once."""
    found: dict[tuple[str, str], Community | None] = {}
    for adoption, community in adopters:
        name = community.called() if community else str(adoption.adopter.get("name", ""))
        where = community.country if community else str(adoption.adopter.get("country", ""))
        found[(name, where)] = found.get((name, where)) or community
    return [(name, where, community) for (name, where), community in found.items() if name]
