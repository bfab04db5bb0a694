"""The people who work here, as functions: officers with a role mailbox, their sessions, and API tokens."""

from datetime import datetime

from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, now

ROLES = ("officer", "editor", "coordinator", "admin")
SCOPES = ("read", "write", "admin")


class Officer(ExchangeTable, table=True):
    """Someone who may act for a community: a function mailbox, never a person's name."""

    __tablename__ = "officer"

    id: int | None = Field(default=None, primary_key=True)
    mailbox: str = Field(unique=True)
    community_id: int | None = Field(default=None, foreign_key="community.id", index=True)
    role: str = "officer"
    password_hash: str | None = None  # argon2id; empty until the invitation was used
    invitation_hash: str | None = Field(default=None, index=True)  # sha-256 of the one-time link's token
    invitation_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    language: str = "en"
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_before_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the visit before this one


class LoginSession(ExchangeTable, table=True):
    """A log-in that is still valid; the browser holds only the token, we hold its hash."""

    __tablename__ = "login_session"

    token_hash: str = Field(primary_key=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class ApiToken(ExchangeTable, table=True):
    """A token with which a program acts for a community; only its hash is kept."""

    __tablename__ = "api_token"

    token_hash: str = Field(primary_key=True)
    community_id: int | None = Field(default=None, foreign_key="community.id", index=True)
    scope: str = "read"
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Idempotency(ExchangeTable, table=True):
    """The answer once given to an API request with an `Idempotency-Key`, to be given again."""

    __tablename__ = "idempotency"

    token_hash: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_digest: str
    status: int
    body: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
