"""Adoptions: who takes a practice up, how far they are, and what comes out."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, col

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now


class Adoption(ExchangeTable, table=True):
    """One adoption. It lives on the adopter's instance; the origin confirms it.

    `publisher_id` is the community that publishes the record. Where others documented an adoption,
    the adopter may have no actor anywhere: then `adopter_id` is empty and `adopter` is
    {name, country}. `record` holds stageDates, changes, reason, outcome, help … as they were given.
    """

    __tablename__ = "adoption"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    uri: str = Field(unique=True)
    slug: str | None = Field(default=None, index=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    practice_version: int = 1
    publisher_id: int = Field(foreign_key="community.id", index=True)
    adopter_id: int | None = Field(default=None, foreign_key="community.id", index=True)
    adopter: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    local: bool = Field(index=True)
    stage: str
    confirmed: bool | None = None  # None: the origin has not answered, it is claimed
    documented_by: str = "owner"
    own_practice: str | None = Field(default=None, index=True)  # as in the record: found from both ends
    heeded_version: int = 0  # the adopter's officer has looked at what is new up to this version
    record: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    issued_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    modified_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def counts(self) -> bool:
        """Whether the practice was taken up by this: it stands, and did not go the other way round."""
        standing = self.withdrawn_at is None and self.confirmed is not False
        return standing and not self.record.get("inverse")


# Which adoptions stand, for questions to the database. What the owner contests is shown beside the practice,
# and is counted nowhere until the owner confirms it or lifts the contest; what is only claimed counts.
STANDING = (col(Adoption.withdrawn_at).is_(None), col(Adoption.confirmed).is_not(False))
