"""Calls of clusters: consultations, in which communities say something, and campaigns, in which they do something."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, new_key, now

CONSULTATION, CAMPAIGN = "consultation", "campaign"
MEMBERS, EVERYBODY = "members", "everybody"  # who may take part
BOTH, PRACTICES, ADOPTIONS = "both", "practices", "adoptions"  # what the aim of a campaign counts


class Call(ExchangeTable, table=True):
    """One call of a cluster, ours or another's. `owner` is the cluster's actor; texts are {language: text}.

    `words` is the question of a consultation, the goal of a campaign. `aim` is {number, counts, place} of a
    campaign, `members` whom the cluster had when it last spoke, and `backers`, of one elsewhere, who takes
    part by its word; `tally` is what a consultation came to,
    from the day on which it was closed with its `synthesis`.
    """

    __tablename__ = "cluster_call"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    uri: str = Field(unique=True)
    kind: str = Field(index=True)
    owner: str = Field(index=True)
    owner_name: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    local: bool
    title: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    words: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    theme: str = ""
    opens_on: date
    closes_on: date
    open_to: str = MEMBERS
    aim: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    members: list[str] = Field(default_factory=list, sa_type=JSON)
    backers: list[str] = Field(default_factory=list, sa_type=JSON)
    synthesis: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    tally: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    issued_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    modified_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    def called(self, language: str = "en") -> str:
        """The title in the reader's language, else the first there is."""
        return self.title.get(language) or next(iter(self.title.values()), "")


class Contribution(ExchangeTable, table=True):
    """What a community says to a consultation (`call` is its address), or to a contribution there (`answers`).

    It is never changed, only taken back: those who support it support these very words.
    """

    __tablename__ = "contribution"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(default_factory=new_key, unique=True)
    uri: str = Field(unique=True)
    call: str = Field(index=True)
    answers: str | None = None
    author: str = Field(index=True)
    local: bool
    title: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    text: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    refused: dict[str, str] | None = Field(
        default=None, sa_type=JSON(none_as_null=True)
    )  # the cluster's reason
    issued_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Entry(ExchangeTable, table=True):
    """A contribution, by its address, that the cluster has taken into a consultation, and what it did with it.

    `hidden` is the reason for which it is not shown. One that was moved leaves its entry behind: `moved_to`
    and `moved_from` are the addresses of consultations. `backers`, of one elsewhere, are who supports it by
    its cluster's word.
    """

    __tablename__ = "call_entry"
    __table_args__ = (UniqueConstraint("call_id", "contribution"),)

    id: int | None = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="cluster_call.id", ondelete="CASCADE")
    contribution: str = Field(index=True)
    answers: str | None = None
    author: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    hidden: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    moved_to: str | None = None
    moved_from: str | None = None
    backers: list[str] = Field(default_factory=list, sa_type=JSON)


class Backing(ExchangeTable, table=True):
    """A community that supports a contribution, or takes part in a campaign: once, until it takes that back.

    Of calls of ours these are all of them, of calls elsewhere those of our own communities alone.
    """

    __tablename__ = "call_backing"
    __table_args__ = (UniqueConstraint("subject", "community"),)

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(index=True)  # the address of the contribution or the campaign
    community: str = Field(index=True)
    activity_id: str | None = None  # the Like or Join that said so, where it came here
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
