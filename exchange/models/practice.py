"""Practices and their versions: what a community did, as it told it each time."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now
from federation.ledger.packing import PackedJson

PUBLISHED, WITHDRAWN = "published", "withdrawn"
OWNER, OTHERS = "owner", "others"


class Practice(ExchangeTable, table=True):
    """One practice in its newest version; remote ones are copies that only their owner changes.

    `record` is `PracticeRecord.data()`. The columns repeat what lists need, so that a list never
    reads whole records. A withdrawn practice keeps its row, emptied, as the memory of a tombstone.
    """

    __tablename__ = "practice"
    __table_args__ = (
        Index("ix_practice_state_issued", "state", "issued_at"),  # what is new, and how much there is
        Index("ix_practice_community_state", "community_id", "state"),  # counted without reading the records
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    uri: str = Field(unique=True)
    slug: str | None = Field(default=None, index=True)  # the name it had where it was imported from
    community_id: int = Field(foreign_key="community.id")
    local: bool = Field(index=True)
    state: str = Field(default=PUBLISHED)
    version: int = 1
    language: str = "und"
    title: str = ""
    title_texts: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    summary_texts: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    themes: list[str] = Field(default_factory=list, sa_type=JSON)
    status: str | None = None
    maturity: str | None = None
    evidence_level: str | None = None
    documented_by: str = OWNER  # "others": written down by third parties, not by the community itself
    incomplete: bool = False
    record: dict[str, Any] = Field(default_factory=dict, sa_type=PackedJson)
    issued_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    modified_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    review_due: date | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_reason: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # its origin said it is still so


class PracticeVersion(ExchangeTable, table=True):
    """A version that was published; it stays readable as long as the practice is not withdrawn.

    `record` is None while this is the practice as it stands: then the practice holds it.
    """

    __tablename__ = "practice_version"
    __table_args__ = (UniqueConstraint("practice_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    number: int
    digest: str  # sha-256 of the canonical record, hexadecimal
    record: dict[str, Any] | None = Field(default=None, sa_type=PackedJson)
    note: str = ""  # what changed, in the publisher's words
    published_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

    def words(self, practice: Practice) -> dict[str, Any]:
        """The record as it was in this version of the practice."""
        return practice.record if self.record is None else self.record


class Draft(ExchangeTable, table=True):
    """What an officer has begun and not yet published; may hold anything that fits the form."""

    __tablename__ = "draft"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    practice_id: int | None = Field(default=None, foreign_key="practice.id", index=True)
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    saved_by: int | None = Field(default=None, foreign_key="officer.id")  # whoever kept it last
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    aside: list[list[str]] | None = Field(default=None, sa_type=JSON)  # what was taken in and fits no field
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    modified_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
