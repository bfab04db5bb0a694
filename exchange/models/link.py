"""Links: what practices say of each other, by address, so that it can be asked from both ends."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from exchange.models.base import ExchangeTable

BASED_ON, SAME_AS = "basedOn", "sameAs"


class PracticeLink(ExchangeTable, table=True):
    """A practice names an address that it was built on, or under which another catalogue has it.

    The links of a withdrawn practice stay: whoever came after it still came after it.
    """

    __tablename__ = "practice_link"
    __table_args__ = (UniqueConstraint("practice_id", "kind", "target"),)

    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    kind: str
    target: str = Field(index=True)
