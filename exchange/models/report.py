"""Reports: what somebody elsewhere asks the operator to look at."""

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now


class Report(ExchangeTable, table=True):
    """One `Flag`: who sent it, what of ours it is about, and why, in plain text."""

    __tablename__ = "report"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    reporter: str = Field(index=True)
    host: str = Field(index=True)
    about: list[str] = Field(default_factory=list, sa_type=JSON)
    text: str = ""
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
