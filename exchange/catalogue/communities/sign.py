"""A community signs commitments of the manifestos, with date and decision; its practices show which it serves."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, col, select

from exchange.catalogue.communities.community import change_profile
from exchange.messages import N_, Message, NotAllowed, NotFound, Problem, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.vocabulary import completeness, concepts
from exchange.vocabulary.concepts import Concept
from exchange.vocabulary.fields import to_come
from exchange.vocabulary.profile import Signature


@dataclass(frozen=True)
class Served:
    """A commitment that a community has signed, or that its practices serve without a signature."""

    commitment: Concept
    signed: Mapping[str, Any] | None
    practices: list[Practice]


@dataclass(frozen=True)
class Tally:
    """How one commitment stands over all that this instance knows."""

    commitment: Concept
    signatories: int = 0
    practices: int = 0
    communities: int = 0  # whose practices serve it


@dataclass(frozen=True)
class Manifesto:
    """A manifesto with its commitments and how they stand."""

    name: str
    labels: Mapping[str, str]
    tallies: list[Tally] = field(default_factory=list)


MANIFESTOS = ("inclusive-smart-cities", "responsible-digital-territories", "smart-city-charta")


def sign(
    session: Session, community: Community, commitment: str, *, date: str = "", document: str = ""
) -> Community:
    """Sign a commitment, or change what is said of the signature; followers are told.

    `date` is EDTF (2024, 2024-05, 2024-05-31), `document` an address. Raises Refusal at the field.
    """
    _check(community)
    if commitment not in concepts.commitments():
        raise Refusal([Problem("commitment", Message(N_("There is no such commitment.")))])
    told = {"commitment": commitment, "date": date or None, "document": document or None}
    try:
        made = Signature.model_validate({name: value for name, value in told.items() if value})
    except ValidationError as error:
        raise Refusal(completeness.problems(error)) from error
    if made.date and to_come(made.date, now().date()):
        raise Refusal([Problem("date", Message(N_("This date is still to come.")))])
    others = [one for one in signatures(community) if one["commitment"] != commitment]
    entry = {name: value for name, value in made.model_dump(mode="json").items() if value}
    return _keep(session, community, [*others, entry])


def unsign(session: Session, community: Community, commitment: str) -> Community:
    """Take a signature back."""
    _check(community)
    kept = [one for one in signatures(community) if one["commitment"] != commitment]
    if len(kept) == len(signatures(community)):
        raise NotFound(N_("This commitment is not signed."))
    return _keep(session, community, kept)


def signatures(community: Community) -> list[dict[str, Any]]:
    """What a community has signed: [{commitment, date, document}], as far as they are known."""
    known = concepts.commitments()
    told = (community.profile or {}).get("signed") or []
    return [one for one in told if isinstance(one, dict) and one.get("commitment") in known]


def served(session: Session, community: Community) -> list[Served]:
    """Every commitment that a community has signed or serves, in the order of the manifestos.

    Where it has signed and nothing serves the commitment, `practices` is empty: that is where to go on.
    """
    signed = {one["commitment"]: one for one in signatures(community)}
    serving: dict[str, list[Practice]] = defaultdict(list)
    query = select(Practice).where(Practice.community_id == community.id, Practice.state == PUBLISHED)
    for practice in session.exec(query.order_by(col(Practice.issued_at).desc())):
        for commitment in practice.record.get("commitment") or ():
            serving[commitment].append(practice)
    return [
        Served(one, signed.get(one.id), serving.get(one.id, []))
        for one in concepts.commitments().values()
        if one.id in signed or one.id in serving
    ]


def tally(session: Session) -> list[Manifesto]:
    """Signatories and practices for each commitment, over all that this instance knows."""
    signatories: Counter[str] = Counter()
    for profile in session.exec(select(Community.profile).where(col(Community.gone).is_(False))):
        signatories.update({str(one.get("commitment")) for one in (profile or {}).get("signed") or ()})
    practices: Counter[str] = Counter()
    owners: dict[str, set[int]] = defaultdict(set)
    told = select(Practice.community_id, Practice.record).where(Practice.state == PUBLISHED)
    for owner, record in session.exec(told):
        for commitment in concepts.with_broader(record.get("commitment") or ()):
            practices[commitment] += 1
            owners[commitment].add(owner)
    return [
        Manifesto(
            name,
            concepts.scheme(name).labels,
            [
                Tally(one, signatories[one.id], practices[one.id], len(owners[one.id]))
                for one in _nested(list(concepts.scheme(name)))
            ],
        )
        for name in MANIFESTOS
    ]


def _nested(commitments: list[Concept]) -> list[Concept]:
    """Each with what is narrower right behind it."""
    known = {one.id for one in commitments}
    top = [one for one in commitments if one.broader not in known]
    return [one for head in top for one in (head, *(part for part in commitments if part.broader == head.id))]


def signatories(session: Session, commitment: str) -> list[tuple[Community, dict[str, Any]]]:
    """Who has signed one commitment, by name, with what is said of the signature."""
    found = []
    for community in session.exec(select(Community).where(col(Community.gone).is_(False))):
        found += [(community, one) for one in signatures(community) if one["commitment"] == commitment]
    return sorted(found, key=lambda pair: pair[0].called().casefold())


def _check(community: Community) -> None:
    if not community.local:
        raise NotAllowed(N_("Only the instance of a community publishes for it."))


def _keep(session: Session, community: Community, told: list[dict[str, Any]]) -> Community:
    order = list(concepts.commitments())
    profile = {name: value for name, value in (community.profile or {}).items() if name != "signed"}
    if told:
        profile["signed"] = sorted(told, key=lambda one: order.index(one["commitment"]))
    return change_profile(session, community, profile=profile)
