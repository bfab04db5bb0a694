"""How an instance is governed: the links by which it is first set up, and what was decided about what came in."""

from datetime import datetime

from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now

COMMENT, REPORT, CORRECTION = "comment", "report", "correction"
YES, NO = "yes", "no"


class SetupLink(ExchangeTable, table=True):
    """A link with which an instance is set up in the browser, once; only its hash is kept.

    One that was used stays, as the memory that the instance is set up.
    """

    __tablename__ = "setup_link"

    token_hash: str = Field(primary_key=True)
    until: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Decision(ExchangeTable, table=True):
    """What was decided about a comment, a report or a request to correct, by whom and why.

    `subject` is the key of what was decided about, `about` the address of the practice or whatever it
    concerned. `officer_id` is empty for the command line, and for an account that has been deleted since.
    """

    __tablename__ = "decision"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    kind: str = Field(index=True)
    subject: str = Field(index=True)
    about: str = ""
    answer: str  # yes: shown, upheld, taken up; no: hidden, rejected
    reason: str = ""
    community_id: int | None = Field(default=None, foreign_key="community.id", index=True)
    officer_id: int | None = Field(default=None, foreign_key="officer.id", index=True)
    decided_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
