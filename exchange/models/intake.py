"""A file that an officer has handed in, until its records have become drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now
from federation.ledger.packing import PackedJson


class Intake(ExchangeTable, table=True):
    """The table that a file held, and which field each of its columns was said to be ("": a note)."""

    __tablename__ = "intake"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    community_id: int = Field(foreign_key="community.id", index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True, ondelete="CASCADE")
    name: str  # of the file
    language: str  # of its texts
    rows: list[dict[str, str]] = Field(default_factory=list, sa_type=PackedJson)
    mapping: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)

    def columns(self) -> list[str]:
        """The columns in the order of the file."""
        return list(self.mapping)

    def example(self, column: str) -> Any:
        """What stands in the first cell of a column that has something in it."""
        return next((row[column] for row in self.rows if column in row), "")
