"""Publish a practice: the record, its first version, and the Create that tells the others."""

import hashlib
from datetime import timedelta
from typing import Any

import rfc8785
from pydantic import ValidationError
from sqlmodel import Session, select

from exchange.catalogue.announce import clusters_of, say
from exchange.catalogue.practices import evidence, links
from exchange.messages import N_, Message, NotAllowed, Problem, Refusal
from exchange.models.base import new_key, now
from exchange.models.community import Community
from exchange.models.practice import OTHERS, OWNER, Draft, Practice, PracticeVersion
from exchange.vocabulary import completeness
from exchange.vocabulary.activitystreams import practice_object
from exchange.vocabulary.record import PracticeRecord

NOT_CLAIMED = N_(
    "Nobody claims this level: it follows when two adopters have told what came out and you have confirmed them."
)
REVIEW_AFTER = timedelta(days=365)  # record-schema: reviewDue = modified + 12 months


def publish(
    session: Session,
    community: Community,
    data: dict[str, Any] | PracticeRecord,
    *,
    documented_by: str = OWNER,
    slug: str | None = None,
    draft: Draft | None = None,
) -> Practice:
    """Publish `data` as a practice of `community` and return it.

    Raises Refusal with a Problem at each field that is wrong or, for an owner's own record, still
    missing. What others documented may lack required fields and is marked incomplete.
    """
    if not community.local:
        raise NotAllowed(N_("Only the instance of a community publishes for it."))
    if slug is not None and _taken(session, slug):
        raise Refusal(
            [Problem("slug", Message(N_("There is already a practice “%(slug)s” here."), {"slug": slug}))]
        )
    record = links.by_their_ids(session, accept(data, documented_by), community.instance)
    key = draft.key if draft is not None else new_key()  # so that a form sent twice finds what it made
    practice = Practice(
        key=key,
        uri=f"{community.instance}/practices/{key}",
        slug=slug,
        community_id=community.id,  # type: ignore[arg-type]
        local=True,
        version=1,
        documented_by=documented_by,
    )
    write(practice, record)
    practice.issued_at = practice.modified_at  # apart by a hair, Mastodon would show it as edited
    session.add(practice)
    session.flush()
    keep_version(session, practice)
    if draft is not None:
        session.delete(draft)
    groups = clusters_of(session, community)
    say(session, "Create", community, practice_object(practice, community, groups), groups=groups)
    return practice


def _taken(session: Session, slug: str) -> bool:
    """Whether a practice of this instance has that short name, by which files know it again."""
    return session.exec(select(Practice.id).where(Practice.slug == slug, Practice.local)).first() is not None


def check(data: Any) -> tuple[PracticeRecord | None, list[Problem]]:
    """The record, when it can be read at all, and all that an owner must still mend before publishing."""
    if isinstance(data, PracticeRecord):
        return data, completeness.missing(data)
    try:
        record = completeness.read(data)
    except ValidationError as error:
        return None, completeness.problems(error)
    return record, completeness.missing(record)


def accept(data: Any, documented_by: str) -> PracticeRecord:
    """The record if the rules let it in, else Refusal."""
    if documented_by not in (OWNER, OTHERS):
        raise ValueError(documented_by)
    record, problems = check(data)
    if record is None or (documented_by == OWNER and problems):
        raise Refusal(problems)
    if documented_by == OWNER and record.evidence_level == evidence.BY_RULE:
        raise Refusal([Problem("evidenceLevel", Message(NOT_CLAIMED))])
    if not record.title.get(record.language):
        raise Refusal([Problem("title", Message(completeness.REQUIRED["title"]))])
    return record


def write(practice: Practice, record: PracticeRecord) -> None:
    """Bring the row of a practice in line with `record`; the columns repeat what lists need."""
    practice.record = record.data()
    practice.language = record.language
    practice.title = record.title.get(record.language) or next(iter(record.title.values()), "")
    practice.title_texts = record.title
    practice.summary_texts = record.summary
    practice.themes = list(record.theme)
    practice.status = record.status
    practice.maturity = record.maturity
    practice.evidence_level = record.evidence_level  # until `evidence.settle` has asked the adoptions
    practice.incomplete = bool(completeness.missing(record))
    practice.modified_at = now()
    practice.review_due = (practice.modified_at + REVIEW_AFTER).date()


def keep_version(session: Session, practice: Practice, note: str = "") -> PracticeVersion:
    """Note the practice as it stands now under its version number; its words are in the practice itself."""
    version = PracticeVersion(practice_id=practice.id, number=practice.version, digest="")  # type: ignore[arg-type]
    return _renew(session, version, practice, note)


def put_aside(session: Session, practice: Practice) -> None:
    """Keep the words of a practice under its version number, before newer ones take their place."""
    version = _version(session, practice)
    if version is not None and version.record is None:
        version.record = practice.record
        session.add(version)


def keep_newer(session: Session, practice: Practice) -> PracticeVersion:
    """Note a practice that was there before as it stands now; its number may be the one it had."""
    version = _version(session, practice)
    return keep_version(session, practice) if version is None else _renew(session, version, practice)


def _version(session: Session, practice: Practice) -> PracticeVersion | None:
    return session.exec(
        select(PracticeVersion).where(
            PracticeVersion.practice_id == practice.id, PracticeVersion.number == practice.version
        )
    ).first()


def _renew(session: Session, version: PracticeVersion, practice: Practice, note: str = "") -> PracticeVersion:
    version.digest, version.record = digest(practice.record), None
    version.note, version.published_at = note or version.note, practice.modified_at
    session.add(version)
    session.flush()
    links.keep(session, practice)
    evidence.settle(session, practice)
    return version


def digest(record: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of a record, in hexadecimal."""
    return hashlib.sha256(rfc8785.dumps(record)).hexdigest()
