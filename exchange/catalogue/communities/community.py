"""Found a community on this instance, and keep its profile true."""

import re
from typing import Any

from sqlmodel import Session, select

from exchange.catalogue.announce import say
from exchange.catalogue.communities import reference
from exchange.messages import N_, Message, Problem, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from exchange.vocabulary import concepts, names
from exchange.vocabulary.activitystreams import community_profile
from federation import actor
from federation.actor import LocalActor

SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{0,62}$")
MUNICIPALITY = "ck-municipality"
LONGEST_NAME = 120  # characters, as in a form and in a file
RESERVED = {"instance", "actor", "admin", "root", "www"}


def found(
    session: Session,
    origin: str,
    *,
    slug: str,
    name: str | dict[str, str],
    country: str,
    population: int | None = None,
    degurba: str | None = None,
    lat: float | None = None,
    lon: float | None = None,
    kind: str = MUNICIPALITY,
    profile: dict[str, Any] | None = None,
) -> Community:
    """A new community with its actor and keys. `degurba` is "dg-1" … "dg-3"; `country` two capitals.

    What nobody has told comes from the reference units, when the community is one of them: by the codes
    in its profile, or a municipality by its name where only one in the country has it.
    """
    texts = {"und": name} if isinstance(name, str) else dict(name)
    problems = _problems(session, slug, texts, country, population, degurba, lat, lon, kind)
    if problems:
        raise Refusal(problems)
    told = {"population": population, "degurba": degurba, "profile": profile or {}}
    units = reference.match(
        session,
        country,
        codes=[unit["code"] for unit in (profile or {}).get("lau") or []],
        name=list(texts.values()) if kind == MUNICIPALITY else (),
    )
    known = reference.filled(told, reference.facts(units))
    made = actor.create(session, origin, "Organization", slug)
    community = Community(
        uri=made.uri,
        slug=slug,
        local=True,
        instance=origin,
        name=texts,
        kind=kind,
        country=country,
        population_class=concepts.population_class(known["population"]),
        lat=lat,
        lon=lon,
        **known,
        url=made.uri,
    )
    session.add(community)
    session.flush()
    return community


def change_profile(session: Session, community: Community, **fields: Any) -> Community:
    """Change what is known of a community of ours and tell its followers."""
    changed = {k: v for k, v in fields.items() if getattr(community, k) != v}
    if not changed:
        return community
    merged = {k: changed.get(k, getattr(community, k)) for k in ("name", "country", "population", "degurba")}
    problems = _problems(
        None,
        community.slug,
        merged["name"],
        merged["country"],
        merged["population"],
        merged["degurba"],
        changed.get("lat", community.lat),
        changed.get("lon", community.lon),
        changed.get("kind", community.kind),
    )
    if problems:
        raise Refusal(problems)
    for field, value in changed.items():
        setattr(community, field, value)
    community.population_class = concepts.population_class(community.population)
    community.modified_at = now()
    session.add(community)
    session.flush()
    say(session, "Update", community, describe(session, community))
    return community


def describe(session: Session, community: Community) -> dict[str, Any]:
    """The actor document of a community of ours."""
    return actor.document(session, community.uri, community_profile(community), community.instance)


def _problems(
    session: Session | None,
    slug: str,
    name: dict[str, str],
    country: str,
    population: int | None,
    degurba: str | None,
    lat: float | None,
    lon: float | None,
    kind: str,
) -> list[Problem]:
    found: list[Problem] = []

    def wrong(path: str, msgid: str, **params: Any) -> None:
        found.append(Problem(path, Message(msgid, params)))

    if isinstance(slug, str) and slug in RESERVED:
        wrong("slug", N_("“%(slug)s” is kept for the instance itself."), slug=slug)
    elif not isinstance(slug, str) or not SLUG.match(slug):
        wrong("slug", N_("A short name has small letters, digits and hyphens, 63 at most."))
    elif (
        session and session.exec(select(Community.id).where(Community.slug == slug, Community.local)).first()
    ):
        wrong("slug", N_("There is already a community “%(slug)s” here."), slug=slug)
    elif session and session.exec(select(LocalActor.uri).where(LocalActor.handle == slug)).first():
        wrong("slug", N_("The name “%(slug)s” is taken here."), slug=slug)
    if not any(isinstance(t, str) and t.strip() for t in name.values()):
        wrong("name", N_("Give the community its name."))
    elif any(isinstance(text, str) and len(text) > LONGEST_NAME for text in name.values()):
        wrong("name", N_("A name has at most %(limit)s characters."), limit=LONGEST_NAME)
    if not isinstance(country, str) or not re.fullmatch(r"[A-Z]{2}", country):
        wrong("country", N_("Write the country as two capital letters, such as FR."))
    elif not names.is_country(country):
        wrong("country", N_("“%(value)s” is not the code of a country."), value=country)
    if population is not None and (
        isinstance(population, bool) or not isinstance(population, int) or not 0 <= population < 100_000_000
    ):
        wrong("population", N_("The population is a whole number of inhabitants."))
    if degurba is not None and degurba not in concepts.scheme("degurba-l1"):
        wrong("degurba", N_("The degree of urbanisation is 1 (city), 2 (town or suburb) or 3 (rural)."))
    if kind not in concepts.scheme("community-kind"):
        wrong("kind", N_("This kind of community is not in the list."))
    if (lat is None) != (lon is None) or (
        lat is not None and not (-90 <= lat <= 90 and -180 <= (lon or 0) <= 180)
    ):
        wrong("lat", N_("A place needs a latitude from -90 to 90 and a longitude from -180 to 180."))
    return found
