"""Revise a practice: a new version beside the old ones, and the Update that carries it everywhere."""

from typing import Any

from sqlmodel import Session, select

from exchange.catalogue.announce import clusters_of, say
from exchange.catalogue.practices import links
from exchange.catalogue.practices.publish import accept, keep_version, put_aside, write
from exchange.messages import N_, NotAllowed, Refusal
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Draft, Practice
from exchange.vocabulary.activitystreams import practice_object
from exchange.vocabulary.record import PracticeRecord


def revise(
    session: Session,
    practice: Practice,
    data: dict[str, Any] | PracticeRecord,
    *,
    note: str = "",
    draft: Draft | None = None,
) -> Practice:
    """Publish `data` as the next version of a practice of ours; nothing happens when nothing changed.

    Its adopters are told as well as the followers: whoever built on a practice should hear that it moved.
    """
    if not practice.local:
        raise NotAllowed(N_("Only its owner changes a practice."))
    if practice.state != PUBLISHED:
        raise Refusal(N_("This practice has been withdrawn."))
    community = session.get_one(Community, practice.community_id)
    record = links.by_their_ids(session, accept(data, practice.documented_by), community.instance)
    if draft is not None:
        session.delete(draft)
    if record.data() == practice.record:
        return practice
    put_aside(session, practice)
    practice.version += 1
    write(practice, record)
    session.add(practice)
    keep_version(session, practice, note)
    groups = clusters_of(session, community)
    told = practice_object(practice, community, groups)
    say(session, "Update", community, told, groups=groups, also=adopters(session, practice))
    return practice


def adopters(session: Session, practice: Practice) -> list[str]:
    """The actors that adopt a practice, as far as they have an actor."""
    query = (
        select(Community.uri)
        .join(Adoption, Adoption.adopter_id == Community.id)  # type: ignore[arg-type]
        .where(Adoption.practice_id == practice.id, Adoption.withdrawn_at == None)  # noqa: E711
    )
    return list(session.exec(query))
