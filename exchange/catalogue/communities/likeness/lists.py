"""The three lists of a community: like us, a bridge to another kind of place, and what places like us took up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, String, case, cast, col, or_, select

from exchange.catalogue.communities import likeness, reference
from exchange.catalogue.communities.likeness import Likeness, Reason, reasons
from exchange.catalogue.communities.likeness.attributes import values
from exchange.messages import N_, Refusal
from exchange.models.adoption import STANDING, Adoption
from exchange.models.community import Community
from exchange.models.practice import OTHERS, PUBLISHED, Practice
from exchange.models.territory import ReferenceUnit

LOOKED_THROUGH = 20_000  # practices, and adoptions, the newest: more than that nobody waits for
ALIKE = 0.25  # an adopter that is farther away than this is nobody “like us”
STEPS = 2  # classes of population between two places that make them of another size
SIZE = ("population", "degurba", "density", "fua")
INVERSE = ("true", "1", 1)  # as the databases write that an adoption went the other way round
EXACT = 6  # digits of a logarithm that is to be shown as the number it was


@dataclass(frozen=True)
class Place:
    """Somewhere like ours: a community that we know, or only a unit of official statistics."""

    likeness: Likeness
    community: Community | None = None
    unit: ReferenceUnit | None = None


@dataclass(frozen=True)
class Found:
    """A practice that fits, its owner, and why: the shared themes, or the adopter who is like us."""

    practice: Practice
    owner: Community
    likeness: Likeness
    themes: tuple[str, ...] = ()
    adoption: Adoption | None = None
    adopter: Community | None = None
    adopter_name: str = ""


def like_us(
    session: Session, community: Community, weights: Mapping[str, float], *, limit: int = 10
) -> list[Place]:
    """The communities that are most like this one, nearest first."""
    found = _like(session, community, weights, limit)
    known = _by_uri(session, [uri for uri, _, _ in found])
    exact = likeness.own_values(session, community, EXACT)
    return [
        Place(_explained(session, exact, known[uri], weights, d, w), known[uri])
        for uri, d, w in found
        if uri in known
    ]


def near_us(
    session: Session, community: Community, weights: Mapping[str, float], *, limit: int = 10
) -> list[Community]:
    """The same communities without the reasons, which take longest to find."""
    uris = [uri for uri, _, _ in _like(session, community, weights, limit)]
    known = _by_uri(session, uris)
    return [known[uri] for uri in uris if uri in known]


def _like(
    session: Session, community: Community, weights: Mapping[str, float], limit: int
) -> list[tuple[str, float, float]]:
    return likeness.like(
        likeness.own_values(session, community),
        likeness.communities_table(session),
        weights,
        limit=limit,
        without=community.uri,
        region=likeness.region_of(community.profile or {}),
    )


def like_us_anywhere(
    session: Session, community: Community, weights: Mapping[str, float], *, limit: int = 10
) -> list[Place]:
    """The reference units that are most like this community, whether anybody there is on the exchange or not."""
    own = likeness.own_values(session, community)
    itself = {
        (unit.country, unit.code)
        for unit in reference.match(
            session, community.country, codes=_codes(community), name=community.name.values()
        )
    }
    found = likeness.like(
        own,
        likeness.reference_table(session),
        weights,
        limit=limit + len(itself),
        region=likeness.region_of(community.profile or {}),
    )
    units = reference.by_codes(session, [key for key, _, _ in found])
    exact = likeness.own_values(session, community, EXACT)
    return [
        Place(likeness.explained(key, exact, _of_unit(units[key]), weights, d, w), unit=units[key])
        for key, d, w in found
        if key not in itself
    ][:limit]


def bridges(
    session: Session,
    community: Community,
    weights: Mapping[str, float],
    *,
    themes: Iterable[str] = (),
    limit: int = 10,
) -> list[Found]:
    """Practices on our themes from places of another kind or size, those that share most themes first.

    Our themes are those of our practices and of what we seek, or `themes`. Among practices that share as
    many, those come first whose owner is like us in all that is not size.
    """
    ours = set(themes) or themes_of(session, community)
    if not ours:
        return []
    query = (
        select(Practice.id, Practice.themes, Community.uri, Community.degurba, Community.population_class)  # type: ignore[call-overload]
        .join(Community, Community.id == Practice.community_id)
        .where(Practice.state == PUBLISHED, Practice.community_id != community.id)
        .where(or_(*(cast(col(Practice.themes), String).contains(f'"{theme}"') for theme in sorted(ours))))
        .order_by(col(Practice.issued_at).desc())
        .limit(LOOKED_THROUGH)
    )
    rest = {k: (0.0 if k in SIZE else v) for k, v in weights.items()}
    total = sum(rest.values())
    beside = {k: v / total for k, v in rest.items()} if total else dict(weights)
    far = likeness.distances(session, community, beside)
    chosen = sorted(
        (-len(ours & set(told)), far.get(uri, 1.0), -key, key, uri)
        for key, told, uri, degurba, size in session.exec(query)
        if ours & set(told) and _another(community, degurba, size)
    )[:limit]
    found = _with_owners(session, [key for *_, key, _ in chosen])
    exact = likeness.own_values(session, community, EXACT)
    return [
        Found(p, o, _compared(session, exact, o, weights), themes=tuple(t for t in p.themes if t in ours))
        for p, o in (found[key] for *_, key, _ in chosen)
    ]


def adopted_by_alike(
    session: Session, community: Community, weights: Mapping[str, float], *, limit: int = 10
) -> list[Found]:
    """Practices that somebody like us took up and we did not, by how like us the adopter is.

    An adopter of whom only the name is known is looked up among the reference units.
    """
    mine = select(Adoption.practice_id).where(Adoption.adopter_id == community.id)
    if community.local:  # what an owner elsewhere tells of us is not what we did (`shelf.is_hearsay`)
        mine = mine.where(or_(col(Adoption.documented_by) != OTHERS, col(Adoption.local)))
    taken = set(session.exec(mine)) if community.id is not None else set()
    record: Any = col(Adoption.record)
    nameless = case((col(Adoption.adopter_id).is_(None), col(Adoption.adopter)))
    query = (
        select(Adoption.id, Practice.id, Community.uri, nameless, record["inverse"].as_string())  # type: ignore[call-overload]
        .join(Practice, Practice.id == Adoption.practice_id)
        .join(Community, Community.id == Adoption.adopter_id, isouter=True)
        .where(*STANDING, Practice.state == PUBLISHED, Practice.community_id != community.id)
        .order_by(col(Adoption.issued_at).desc())
        .limit(LOOKED_THROUGH)
    )
    far = likeness.distances(session, community, weights)
    own = likeness.own_values(session, community)
    met: dict[tuple[str, str], float] = {}
    near: list[tuple[float, int, int]] = []
    for key, practice, uri, adopter, inverse in session.exec(query):
        if inverse in INVERSE or practice in taken or uri == community.uri:
            continue
        if uri is not None:
            distance = far.get(uri, 1.0)
        else:
            who = (str(adopter.get("name") or ""), str(adopter.get("country") or ""))
            if who not in met:
                met[who] = _far_off(session, who, own, weights)
            distance = met[who]
        if distance <= ALIKE:
            near.append((distance, key, practice))
    once: dict[int, int] = {}
    for _, key, practice in sorted(near):
        once.setdefault(practice, key)
    chosen = (
        select(Adoption, Practice, Community)
        .join(Practice, Practice.id == Adoption.practice_id)  # type: ignore[arg-type]
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(col(Adoption.id).in_(list(once.values())[:limit]))
    )
    rows = {a.id: (a, p, owner) for a, p, owner in session.exec(chosen)}
    return [_taken_up(session, community, rows[key], weights) for key in list(once.values())[:limit]]


def _far_off(
    session: Session, who: tuple[str, str], own: tuple[Any, ...], weights: Mapping[str, float]
) -> float:
    """How far away an adopter is of whom only (name, country) is known; 1 when nothing is known of it."""
    unit = _named(session, *who)
    if unit is None:
        return 1.0
    distance, known = _apart(own, _of_unit(unit, digits=2), weights)
    return likeness.cautious(distance, known) if known else 1.0


def _taken_up(
    session: Session,
    community: Community,
    row: tuple[Adoption, Practice, Community],
    weights: Mapping[str, float],
) -> Found:
    """An adoption by somebody like us, with the reasons."""
    adoption, practice, owner = row
    exact = likeness.own_values(session, community, EXACT)
    adopter = session.get(Community, adoption.adopter_id) if adoption.adopter_id else None
    if adopter is not None:
        compared = _compared(session, exact, adopter, weights)
        return Found(practice, owner, compared, adoption=adoption, adopter=adopter)
    name, country = str(adoption.adopter.get("name") or ""), str(adoption.adopter.get("country") or "")
    unit = _named(session, name, country)
    if unit is None:  # cannot be: it was near enough a moment ago
        raise LookupError(name)
    own = likeness.own_values(session, community)
    compared = likeness.explained(
        (unit.country, unit.code),
        exact,
        _of_unit(unit),
        weights,
        *_apart(own, _of_unit(unit, digits=2), weights),
    )
    return Found(practice, owner, compared, adoption=adoption, adopter_name=name)


def named(
    session: Session,
    which: str,
    community: Community,
    weights: Mapping[str, float],
    *,
    themes: Iterable[str] = (),
    limit: int = 10,
) -> list[Place] | list[Found]:
    """One of the lists by name: like, anywhere, bridge or adopted; Refusal for another name."""
    if which == "like":
        return like_us(session, community, weights, limit=limit)
    if which == "anywhere":
        return like_us_anywhere(session, community, weights, limit=limit)
    if which == "bridge":
        return bridges(session, community, weights, themes=themes, limit=limit)
    if which == "adopted":
        return adopted_by_alike(session, community, weights, limit=limit)
    raise Refusal(N_("“%(value)s” is not one of the choices here."), value=which[:80])


def told(one: Place | Found, language: str) -> dict[str, Any]:
    """A row of a list as programs read it: {name, country, population, degurba, likeness, certainty, distance,
    near, far, …}, with `practice` in the lists of practices. `near` and `far` are [{attribute, distance, text}].
    """
    compared = one.likeness
    place: Any = one.unit or one.community if isinstance(one, Place) else one.adopter or one.owner
    who = place.name if isinstance(place, ReferenceUnit) else place.called(language)
    row: dict[str, Any] = {
        "id": place.uri if isinstance(place, Community) else None,
        "code": place.code if isinstance(place, ReferenceUnit) else None,
        "name": one.adopter_name or who if isinstance(one, Found) else who,
        "country": place.country,
        "population": place.population,
        "degurba": place.degurba,
        "likeness": round(1 - compared.distance, 4),
        "distance": round(compared.distance, 4),
        "certainty": round(compared.certainty, 4),
        "near": [_reason(r, language) for r in compared.near],
        "far": [_reason(r, language) for r in compared.far],
    }
    if isinstance(one, Found):
        title = one.practice.title_texts.get(language) or one.practice.title
        row["practice"] = {"id": one.practice.uri, "key": one.practice.key, "title": title}
        row["owner"] = {"id": one.owner.uri, "name": one.owner.called(language), "country": one.owner.country}
        row["themes"] = list(one.themes)
        if one.adoption is not None:
            row["stage"] = one.adoption.stage
            if one.adopter is None:
                row |= {"id": None, "country": str(one.adoption.adopter.get("country", ""))}
                row |= {"population": None, "degurba": None}
    return row


def _reason(reason: Reason, language: str) -> dict[str, Any]:
    text = reasons.sentence(reason, language)
    return {"attribute": reason.attribute, "distance": round(reason.distance, 4), "text": text}


def themes_of(session: Session, community: Community) -> set[str]:
    """What a community works on and what it looks for."""
    told = session.exec(
        select(Practice.themes).where(Practice.community_id == community.id, Practice.state == PUBLISHED)
    )
    sought = {w["theme"] for w in (community.profile or {}).get("seeks") or [] if w.get("theme")}
    return {theme for themes in told for theme in themes} | sought


def _another(community: Community, degurba: str | None, size: str | None) -> bool:
    if degurba and community.degurba and degurba != community.degurba:
        return True
    if size and community.population_class:
        return abs(int(size[4:]) - int(community.population_class[4:])) >= STEPS
    return False


def _codes(community: Community) -> list[str]:
    return [u["code"] for u in (community.profile or {}).get("lau") or [] if u.get("code")]


def _named(session: Session, name: str, country: str) -> ReferenceUnit | None:
    """The reference unit of an adopter that is only a name and a country."""
    found = reference.match(session, country, name=name) if name and country else []
    return found[0] if found else None


def _of_unit(unit: ReferenceUnit, digits: int = EXACT) -> tuple[Any, ...]:
    told = reference.facts([unit])
    columns = {"population": unit.population, "degurba": unit.degurba, "country": unit.country}
    profile = told | {"lauYear": unit.year if unit.fua_role == "outside" else None}
    return values(columns, profile, digits)


def _apart(own: tuple[Any, ...], other: tuple[Any, ...], weights: Mapping[str, float]) -> tuple[float, float]:
    (distance,), (known,) = likeness.Table([("", "", other)]).compare(own, weights)
    return distance, known


def _compared(
    session: Session, exact: tuple[Any, ...], other: Community, weights: Mapping[str, float]
) -> Likeness:
    theirs = likeness.own_values(session, other, EXACT)
    return likeness.explained(other.uri, exact, theirs, weights, *_apart(exact, theirs, weights))


def _explained(
    session: Session,
    exact: tuple[Any, ...],
    other: Community,
    weights: Mapping[str, float],
    d: float,
    w: float,
) -> Likeness:
    theirs = likeness.own_values(session, other, EXACT)
    return likeness.explained(other.uri, exact, theirs, weights, d, w)


def _by_uri(session: Session, uris: list[str]) -> dict[str, Community]:
    return {c.uri: c for c in session.exec(select(Community).where(col(Community.uri).in_(uris)))}


def _with_owners(session: Session, ids: list[int]) -> dict[int, tuple[Practice, Community]]:
    query = (
        select(Practice, Community)
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(col(Practice.id).in_(ids))
    )
    return {p.id: (p, o) for p, o in session.exec(query) if p.id is not None}
