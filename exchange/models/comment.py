"""Comments: what people anywhere on the Fediverse reply to a practice of ours, shown once somebody here agrees."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now

WAITING, SHOWN, HIDDEN = "waiting", "shown", "hidden"
_NAMELESS = text("handle IS NULL")


class Comment(ExchangeTable, table=True):
    """One reply. Of its author nothing is kept but the address and the handle that leads there.

    `text` is limited HTML, cleaned when it came. `handle` is None until it has been asked for, and ""
    when WebFinger did not lead back to the author.
    """

    __tablename__ = "comment"
    # Few at a time have no name yet, and after each commit the worker asks which.
    __table_args__ = (
        Index("ix_comment_nameless", "author", sqlite_where=_NAMELESS, postgresql_where=_NAMELESS),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    uri: str = Field(unique=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    author: str = Field(index=True)
    host: str = Field(index=True)
    handle: str | None = None
    text: str
    language: str = "und"
    state: str = Field(default=WAITING, index=True)
    published_at: datetime = Field(sa_type=UtcDateTime)
    modified_at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
