"""Collections: practices that a cluster has put together, in an order and with a word for each (FEP-7aa9)."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now


class Collection(ExchangeTable, table=True):
    """One collection of a cluster, ours or another's. `owner` is the cluster's actor; texts are {language: text}.

    A collection is told to others from the moment that something is in it (`told_at`).
    """

    __tablename__ = "collection"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    uri: str = Field(unique=True)
    owner: str = Field(index=True)
    owner_name: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    local: bool
    title: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    summary: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    issued_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    modified_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    def called(self, language: str = "en") -> str:
        """The title in the reader's language, else the first there is."""
        return self.title.get(language) or next(iter(self.title.values()), "")


class Collected(ExchangeTable, table=True):
    """One practice in a collection, by its address, whether we hold it or not; `words` are {language: text}."""

    __tablename__ = "collected"
    __table_args__ = (UniqueConstraint("collection_id", "practice"),)

    id: int | None = Field(default=None, primary_key=True)
    collection_id: int = Field(foreign_key="collection.id", ondelete="CASCADE")
    practice: str = Field(index=True)
    place: int
    words: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
