"""A community says what it looks for; what others did on those themes is matched with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session, col, select

from exchange.catalogue.communities import likeness
from exchange.catalogue.communities.community import change_profile
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.vocabulary import completeness
from exchange.vocabulary.profile import Wish
from exchange.vocabulary.texts import filled

MOST = 20
LOOKED_THROUGH = 20_000  # practices, the newest
_WISHES = TypeAdapter(list[Wish])


@dataclass(frozen=True)
class Match:
    """A wish, and the practices on its theme, those from places most like ours first."""

    theme: str
    problem: Mapping[str, str]
    practices: Sequence[tuple[Practice, Community]]
    total: int


def seek(session: Session, community: Community, wishes: list[dict[str, Any]]) -> Community:
    """Say what a community of ours looks for, in place of what it said before; its followers are told.

    A wish is {theme, problem: {language: text}}, the problem may be left out. Raises Refusal at the field.
    """
    if not community.local:
        raise NotAllowed(N_("Only the instance of a community publishes for it."))
    if len(wishes) > MOST:
        raise Refusal(N_("At most %(limit)s values at once."), limit=MOST)
    if bare := [n for n, w in enumerate(wishes) if isinstance(w, dict) and not w.get("theme")]:
        raise Refusal(
            [Problem(f"seeks.{n}.theme", Message(N_("Choose the theme that it belongs to."))) for n in bare]
        )
    try:
        read = _WISHES.validate_python(wishes)
    except ValidationError as error:
        found = completeness.problems(error)
        raise Refusal([Problem(f"seeks.{one.path}", one.message) for one in found]) from error
    told = [filled(w.model_dump(by_alias=True, mode="json", exclude_none=True)) for w in read]
    once = {(w["theme"], str(w.get("problem"))): w for w in told}
    profile = {k: v for k, v in (community.profile or {}).items() if k != "seeks"}
    if once:
        profile["seeks"] = list(once.values())
    return change_profile(session, community, profile=profile)


def sought(community: Community) -> list[dict[str, Any]]:
    """What a community looks for, as it said."""
    return [w for w in (community.profile or {}).get("seeks") or [] if isinstance(w, dict) and w.get("theme")]


def matches(session: Session, community: Community, *, limit: int = 5) -> list[Match]:
    """For each thing a community looks for, what others did on its theme."""
    wishes = sought(community)
    if not wishes:
        return []
    query = (
        select(Practice.id, Practice.themes, Community.uri)  # type: ignore[call-overload]
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(Practice.state == PUBLISHED, Practice.community_id != community.id)
        .order_by(col(Practice.issued_at).desc())
        .limit(LOOKED_THROUGH)
    )
    told = list(session.exec(query))
    found = []
    for wish in wishes:
        far = likeness.distances(session, community, likeness.weights(wish["theme"]))
        fitting = sorted((far.get(uri, 1.0), key) for key, themes, uri in told if wish["theme"] in themes)
        ids = [key for _, key in fitting[:limit]]
        pairs = (
            select(Practice, Community)
            .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
            .where(col(Practice.id).in_(ids))
        )
        shown = {p.id: (p, owner) for p, owner in session.exec(pairs)}
        found.append(
            Match(wish["theme"], wish.get("problem") or {}, [shown[key] for key in ids], len(fitting))
        )
    return found
