"""What we know about other instances as hosts: alive or suspended, how they sign, what was refused."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Field, Session, col

from federation.base import FederationTable, UtcDateTime, now
from federation.ledger.rows import ensure
from federation.ledger.rules import judge, normal, verdict

__all__ = [
    "Host",
    "delivered",
    "dialect",
    "failed",
    "heard_from",
    "judge",
    "known",
    "normal",
    "probe",
    "refused",
    "remember_dialect",
    "verdict",
]


class Host(FederationTable, table=True):
    """Another instance, by `host[:port]`."""

    __tablename__ = "host"

    host: str = Field(primary_key=True)
    dialect: str = "cavage"  # how we sign towards it: cavage | rfc9421
    state: str = "ok"  # ok | suspended
    last_in: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_out: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str | None = None
    failures: int = 0
    next_probe: datetime | None = Field(default=None, sa_type=UtcDateTime)
    software: str | None = None
    instance_actor: str | None = None
    refused_count: int = 0  # of what it has proven to be its own
    last_refusal: str | None = None
    unproven_count: int = 0  # of what claimed to come from it; anybody can do that
    last_unproven: str | None = None
    throttled_count: int = 0  # requests beyond its budget
    skew_seconds: int | None = None  # by how much its clock was ahead of ours when it last signed
    signs: str | None = None  # the dialect in which it last signed


def known(session: Session, host: str) -> Host:
    """The row of a host, made when this is the first we hear of it."""
    return ensure(session, Host, host)


def dialect(session: Session, host: str) -> str:
    """The signature dialect that this host is known to understand."""
    row = session.get(Host, host)
    return row.dialect if row else "cavage"


def remember_dialect(session: Session, host: str, name: str) -> None:
    """Sign in this dialect towards the host from now on."""
    row = known(session, host)
    if row.dialect != name:
        row.dialect = name
        session.add(row)


def heard_from(
    session: Session, host: str, *, skew_seconds: int | None = None, signs: str | None = None
) -> bool:
    """A verified request came from the host: it lives. True when that reopened a suspended one."""
    row = known(session, host)
    reopened = row.state == "suspended"
    row.last_in = now()
    row.skew_seconds = skew_seconds if skew_seconds is not None else row.skew_seconds
    row.signs = signs or row.signs
    if reopened:
        row.state, row.failures, row.next_probe = "ok", 0, None
    session.add(row)
    return reopened


def delivered(session: Session, host: str) -> None:
    """The host took a delivery."""
    row = known(session, host)
    row.last_out, row.last_error = now(), None
    row.state, row.failures, row.next_probe = "ok", 0, None
    session.add(row)


def failed(session: Session, host: str, reason: str, *, next_probe: datetime | None = None) -> Host:
    """The host did not take a delivery; with `next_probe` it is suspended until then."""
    row = known(session, host)
    row.failures += 1
    row.last_error = reason[:500]
    if next_probe is not None:
        row.state, row.next_probe = "suspended", next_probe
    session.add(row)
    return row


def probe(session: Session, host: str | None = None) -> None:
    """Do not wait for the next probe of a host that did not answer; of any, when none is named."""
    waiting = update(Host).where(col(Host.next_probe).is_not(None))
    if host is not None:
        waiting = waiting.where(col(Host.host) == host)
    session.connection().execute(waiting.values(next_probe=now()))


def refused(session: Session, host: str, reason: str) -> None:
    """Something from the host was refused; operators see how often and why last."""
    row = known(session, host)
    row.refused_count += 1
    row.last_refusal = reason[:500]
    session.add(row)
