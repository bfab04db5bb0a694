"""How well an effect is known: the owner says so up to level 4, the last step is said by adopters alone.

Level 5, “confirmed in other places”, follows by rule from two adoptions: of two communities other than
the owner, told by themselves, confirmed by the owner, each with what came out, and none of them worse
than at the origin. Nobody can claim it; it comes and goes with the adoptions.
"""

from sqlmodel import Session, select

from exchange.models.adoption import Adoption
from exchange.models.practice import OTHERS, PUBLISHED, Practice

CLAIMED_AT_MOST, BY_RULE = "ev-4", "ev-5"
ENOUGH = 2  # adoptions


def witnesses(session: Session, practice: Practice) -> list[Adoption]:
    """The adoptions that bear a practice out, one of each adopter, by their addresses."""
    query = select(Adoption).where(
        Adoption.practice_id == practice.id,
        Adoption.documented_by != OTHERS,
        Adoption.confirmed == True,  # noqa: E712
        Adoption.withdrawn_at == None,  # noqa: E711
        Adoption.publisher_id != practice.community_id,
    )
    found = sorted((a for a in session.exec(query) if _bears_out(a)), key=lambda a: a.uri)
    return list({a.publisher_id: a for a in found}.values())


def _bears_out(adoption: Adoption) -> bool:
    outcome = adoption.record.get("outcome")
    if not isinstance(outcome, dict) or outcome.get("compared") == "worse":
        return False
    return bool(outcome.get("results") or outcome.get("text")) and not adoption.record.get("inverse")


def level(session: Session, practice: Practice) -> str | None:
    """The level that is shown: the owner's own up to 4, and 5 where two adoptions bear it out."""
    if len(witnesses(session, practice)) >= ENOUGH:
        return BY_RULE
    claimed = practice.record.get("evidenceLevel")
    return CLAIMED_AT_MOST if claimed == BY_RULE else claimed


def settle(session: Session, practice: Practice) -> None:
    """Bring the level that lists and search show in line with the adoptions."""
    if practice.state != PUBLISHED:
        return
    found = level(session, practice)
    if practice.evidence_level != found:
        practice.evidence_level = found
        session.add(practice)
        session.flush()
