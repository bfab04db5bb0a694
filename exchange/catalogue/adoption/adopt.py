"""Adopt a practice: who takes it up, how far they are, why they stopped; and the handshake with its origin."""

from typing import Any

from sqlmodel import Session, select

from exchange.catalogue.adoption import adoption_rules
from exchange.catalogue.adoption.handshake import answer
from exchange.catalogue.announce import say
from exchange.catalogue.practices import evidence
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.adoption import Adoption
from exchange.models.base import new_key, now
from exchange.models.community import Community
from exchange.models.handshake import CONFIRMED, CONTESTED
from exchange.models.practice import OTHERS, PUBLISHED, Practice
from exchange.vocabulary.activitystreams import adoption_object, tombstone
from federation.ledger import originals

KEPT = ("stageDates", "history")  # by the instance, whatever the record says
MOST_STEPS = 60  # that the way of an adoption remembers


def adopt(
    session: Session,
    practice: Practice,
    by: Community,
    *,
    stage: str,
    on: str | None = None,
    version: int | None = None,
    **record: Any,
) -> Adoption:
    """Record that `by` adopts `practice`, or move its adoption on to another stage.

    `on` is the day on which the stage was reached (2024, 2024-05 or 2024-05-31), today when it is not
    said. `version` is the version of the practice that is followed: the newest at first, and afterwards
    the one that it was until another is named. `record` holds the other fields of an adoption under the names of the schema (since,
    adaptationType, changes, reason, outcome, help, ownPractice, through, note). Raises Refusal with a
    Problem at each field: a reason is due when it was not pursued or stopped.
    """
    if not by.local:
        raise NotAllowed(N_("Only the instance of a community publishes for it."))
    if practice.community_id == by.id:
        raise Refusal(N_("A community does not adopt its own practice."))
    if practice.state != PUBLISHED:
        raise Refusal(N_("This practice has been withdrawn."))
    found = session.exec(
        select(Adoption).where(
            Adoption.practice_id == practice.id,
            Adoption.adopter_id == by.id,
            Adoption.documented_by != OTHERS,
            Adoption.withdrawn_at == None,  # noqa: E711
        )
    ).first()
    if version is not None and not 1 <= version <= practice.version:
        raise Refusal([Problem("version", Message(N_("There is no such version of the practice.")))])
    dated = {"stageDates": _dates(found, record) | {stage: on}} if on else {}
    merged = adoption_rules.read(stage, (found.record if found else {}) | record | dated).data()
    told = list(found.record.get("history") or ()) if found else []
    follows = version or (found.practice_version if found else practice.version)
    today = now().date().isoformat()
    step = _way(told, stage, follows, on and merged["stageDates"][stage], today)[-1]
    if on or step["date"] != today:  # where the adopter is it may be tomorrow already
        adoption_rules.check_began(merged.get("since"), step["date"], "on" if on else "since")
    kind = "Update" if found else "Create"
    if found is None:
        found = _new(practice, by, stage)
        found.adopter_id = by.id
    found.adopter = {"name": by.called(), "country": by.country}
    if version is not None:
        found.practice_version = version
        found.heeded_version = max(found.heeded_version, practice.version)
    return _tell(session, kind, found, practice, by, stage, merged, on)


def document_adoption(
    session: Session,
    practice: Practice,
    adopter: dict[str, Any],
    *,
    stage: str,
    slug: str | None = None,
    adopter_community: Community | None = None,
    **record: Any,
) -> Adoption:
    """Record an adoption that is known from elsewhere; the practice's own instance publishes it as such.

    `adopter` is {name, country}. `record` may say `inverse: true`: then the practice's owner is the
    one who took the idea over, and it does not count as an adoption of the practice.
    """
    owner = session.get_one(Community, practice.community_id)
    if not owner.local:
        raise NotAllowed(N_("Only the instance of a community publishes for it."))
    record = adoption_rules.read(stage, record, documented=True).data()
    found = None
    if slug:
        found = session.exec(
            select(Adoption).where(Adoption.slug == slug, Adoption.practice_id == practice.id)
        ).first()
    unchanged = (stage, record, adopter)
    if (
        found
        and (found.stage, {k: v for k, v in found.record.items() if k not in KEPT}, found.adopter)
        == unchanged
    ):
        return found
    kind = "Update" if found else "Create"
    if found is None:
        found = _new(practice, owner, stage)
        found.slug, found.documented_by = slug, OTHERS
    found.adopter = dict(adopter)
    found.adopter_id = adopter_community.id if adopter_community else None
    return _tell(session, kind, found, practice, owner, stage, record)


def confirm(
    session: Session, adoption: Adoption, *, yes: bool = True, reason: dict[str, str] | None = None
) -> None:
    """The origin of the practice says that the adoption is so, or contests it and says why."""
    answer(session, adoption, CONFIRMED if yes else CONTESTED, reason=reason)


def withdraw_adoption(session: Session, adoption: Adoption) -> None:
    """Take an adoption of ours back, as when it was recorded by mistake."""
    if not adoption.local:
        raise NotAllowed(N_("Only its author takes an adoption back."))
    if adoption.withdrawn_at is not None:
        return
    erase(session, adoption)
    publisher = session.get_one(Community, adoption.publisher_id)
    practice = session.get_one(Practice, adoption.practice_id)
    owner = session.get_one(Community, practice.community_id)
    say(session, "Delete", publisher, tombstone(adoption.uri, "Note", adoption.modified_at), also=[owner.uri])


def erase(session: Session, adoption: Adoption) -> None:
    """Leave of an adoption only that it was there."""
    adoption.withdrawn_at = adoption.modified_at = now()
    adoption.record, adoption.own_practice = {}, None
    session.add(adoption)
    originals.forget(session, adoption.uri)
    session.flush()
    evidence.settle(session, session.get_one(Practice, adoption.practice_id))


def _new(practice: Practice, publisher: Community, stage: str) -> Adoption:
    key = new_key()
    return Adoption(
        key=key,
        uri=f"{publisher.instance}/adoptions/{key}",
        practice_id=practice.id,  # type: ignore[arg-type]
        practice_version=practice.version,
        publisher_id=publisher.id,  # type: ignore[arg-type]
        local=True,
        stage=stage,
        heeded_version=practice.version,
    )


def heed(session: Session, adoption: Adoption) -> None:
    """The adopter has seen what is new in the practice, and stays with the version that it follows."""
    if not adoption.local:
        raise NotAllowed(N_("Only its author changes an adoption."))
    adoption.heeded_version = session.get_one(Practice, adoption.practice_id).version
    session.add(adoption)
    session.flush()


def _dates(found: Adoption | None, record: dict[str, Any]) -> dict[str, Any]:
    given = record.get("stageDates")
    held = found.record.get("stageDates") if found else None
    return dict(given if isinstance(given, dict) else held or {})


def _way(
    told: list[dict[str, Any]], stage: str, version: int, on: str | None, today: str
) -> list[dict[str, Any]]:
    """The way of an adoption with the step that it takes now; a stage may be reached more than once."""
    last = told[-1] if told else {}
    if (last.get("stage"), last.get("version")) == (stage, version):
        return [*told[:-1], last | {"date": on}] if on else told
    return [*told, {"stage": stage, "date": on or today, "version": version}][-MOST_STEPS:]


def _tell(
    session: Session,
    kind: str,
    adoption: Adoption,
    practice: Practice,
    publisher: Community,
    stage: str,
    record: dict[str, Any],
    on: str | None = None,
) -> Adoption:
    dates = dict(record.get("stageDates") or {})
    if adoption.documented_by != OTHERS:  # when a third party moved on is not known to the day
        today = now().date().isoformat()
        dates.setdefault(stage, on or today)
        told = list((adoption.record or {}).get("history") or ())
        record = record | {"history": _way(told, stage, adoption.practice_version, on, today)}
    adoption.stage = stage
    adoption.record = record | ({"stageDates": dates} if dates else {})
    adoption.own_practice = record.get("ownPractice")
    adoption.modified_at = now() if kind == "Update" else adoption.issued_at
    session.add(adoption)
    session.flush()
    evidence.settle(session, practice)
    owner = session.get_one(Community, practice.community_id)
    adopter = session.get(Community, adoption.adopter_id) if adoption.adopter_id else None
    say(
        session,
        kind,
        publisher,
        adoption_object(adoption, practice.uri, publisher, adopter, owner=owner.uri),
        also=[owner.uri],
    )
    return adoption
