"""What every table of the exchange shares."""

import uuid
from datetime import UTC, datetime

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from federation.base import NAMING, UtcDateTime

__all__ = ["ExchangeTable", "UtcDateTime", "new_key", "now"]


class ExchangeTable(SQLModel):
    """Base of the exchange's tables; they live in a MetaData of their own."""

    metadata = MetaData(naming_convention=NAMING)


def new_key() -> str:
    """A key that is never given twice: the last part of an object's address."""
    return str(uuid.uuid4())


def now() -> datetime:
    return datetime.now(UTC)
