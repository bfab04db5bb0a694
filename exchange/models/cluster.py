"""Clusters: communities that work on something together, and the practices that they point out to others."""

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, now

ASKED, MEMBER, REFUSED = "asked", "member", "refused"


class Cluster(ExchangeTable, table=True):
    """One cluster of this instance. `uri` is its actor, a `Group` (FEP-1b12); `name` is {language: text}."""

    __tablename__ = "cluster"

    id: int | None = Field(default=None, primary_key=True)
    uri: str = Field(unique=True)
    slug: str = Field(unique=True)
    name: dict[str, str] = Field(sa_type=JSON)
    summary: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

    def called(self, language: str = "en") -> str:
        """The name in the reader's language, else the first there is."""
        return self.name.get(language) or next(iter(self.name.values()), self.slug)


class Membership(ExchangeTable, table=True):
    """A community that belongs to a cluster or has asked to, by its actor; it may live anywhere."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("cluster_id", "member"),)

    id: int | None = Field(default=None, primary_key=True)
    cluster_id: int = Field(foreign_key="cluster.id")
    member: str = Field(index=True)
    state: str = MEMBER
    activity_id: str | None = None  # the Join that asked
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Belonging(ExchangeTable, table=True):
    """A community of ours and a cluster, here or elsewhere, to which it belongs or has asked to."""

    __tablename__ = "belonging"
    __table_args__ = (UniqueConstraint("community_id", "cluster"),)

    id: int | None = Field(default=None, primary_key=True)
    community_id: int = Field(foreign_key="community.id")
    cluster: str = Field(index=True)  # the actor
    name: dict[str, str] = Field(sa_type=JSON)
    state: str = ASKED
    activity_id: str | None = None  # the Join that asked; none where a coordinator here took it in unasked
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class Curated(ExchangeTable, table=True):
    """A practice that a cluster points out; `announcements` are what it said, to be undone one day."""

    __tablename__ = "curated"
    __table_args__ = (UniqueConstraint("cluster_id", "practice_id"),)

    id: int | None = Field(default=None, primary_key=True)
    cluster_id: int = Field(foreign_key="cluster.id")
    practice_id: int = Field(foreign_key="practice.id", index=True)
    announcements: list[str] = Field(default_factory=list, sa_type=JSON)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
