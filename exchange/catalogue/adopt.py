"""Adopt a practice: who takes it up, how far they are, why they stopped; and the handshake with its origin."""

from typing import Any

from sqlmodel import Session, select

from exchange.catalogue import adoption_rules
from exchange.catalogue.announce import say
from exchange.messages import N_, NotAllowed, Refusal
from exchange.models.adoption import Adoption
from exchange.models.base import new_key, now
from exchange.models.community import Community
from exchange.models.practice import OTHERS, PUBLISHED, Practice
from exchange.vocabulary.activitystreams import adoption_object, tombstone
from federation import originals


def adopt(session: Session, practice: Practice, by: Community, *, stage: str, **record: Any) -> Adoption:
    """Record that `by` adopts `practice`, or move its adoption on to another stage.

    `record` holds the other fields of an adoption under the names of the schema (since,
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
    merged = adoption_rules.read(stage, (found.record if found else {}) | record).data()
    kind = "Update" if found else "Create"
    if found is None:
        found = _new(practice, by, stage)
        found.adopter_id = by.id
    found.adopter = {"name": by.called(), "country": by.country}
    found.practice_version = practice.version
    return _tell(session, kind, found, practice, by, stage, merged)


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
        and (found.stage, {k: v for k, v in found.record.items() if k != "stageDates"}, found.adopter)
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


def confirm(session: Session, adoption: Adoption, *, yes: bool = True) -> None:
    """The origin of the practice says that the adoption is so, or that it is not."""
    practice = session.get_one(Practice, adoption.practice_id)
    owner = session.get_one(Community, practice.community_id)
    if not practice.local:
        raise NotAllowed(N_("Only the origin of a practice confirms its adoptions."))
    if adoption.confirmed is yes:
        return
    adoption.confirmed = yes
    adoption.modified_at = now()
    session.add(adoption)
    session.flush()
    publisher = session.get_one(Community, adoption.publisher_id)
    say(
        session,
        "Add" if yes else "Remove",
        owner,
        adoption.uri,
        also=[publisher.uri],
        target=f"{practice.uri}/adoptions",
    )


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
    adoption.record = {}
    session.add(adoption)
    originals.forget(session, adoption.uri)
    session.flush()


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
    )


def _tell(
    session: Session,
    kind: str,
    adoption: Adoption,
    practice: Practice,
    publisher: Community,
    stage: str,
    record: dict[str, Any],
) -> Adoption:
    today = now().date().isoformat()
    dates = dict((adoption.record or {}).get("stageDates") or {})
    if adoption.documented_by != OTHERS:  # when a third party moved on is not known to the day
        dates.setdefault(stage, today)
    adoption.stage = stage
    adoption.record = record | ({"stageDates": dates} if dates else {})
    adoption.modified_at = now()
    session.add(adoption)
    session.flush()
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
