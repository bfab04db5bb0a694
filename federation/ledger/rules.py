"""With whom we talk: the operator's word about a domain, and the words of lists that the operator trusts."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.orm import object_session
from sqlmodel import Field, Session, col, select

from federation.base import FederationTable, UtcDateTime, now
from federation.ledger.memory import Memory
from federation.wire.activity import host_of

if TYPE_CHECKING:
    from federation.node import Node

OPERATOR = ""  # as a source

# Hosts that nobody has judged and that an allowlist keeps out, except for one word: the question whether
# they may come in. See `admitted`.
_admitted: ContextVar[frozenset[str]] = ContextVar("admitted", default=frozenset())


class Rule(FederationTable, table=True):
    """A domain and everything below it is allowed or blocked; each source has its own word."""

    __tablename__ = "domain_rule"

    domain: str = Field(primary_key=True)
    source: str = Field(default=OPERATOR, primary_key=True)  # or the address of a list
    allowed: bool
    reason: str = ""
    at: datetime = Field(sa_type=UtcDateTime)


def judge(session: Session, host: str, allowed: bool | None, *, reason: str = "") -> None:
    """The operator's word about a domain and everything below it; None takes it back."""
    domain = normal(host)
    row = session.get(Rule, (domain, OPERATOR))
    if allowed is None:
        if row is not None:
            session.delete(row)
        session.flush()
        return
    row = row or Rule(domain=domain, allowed=allowed, at=now())
    row.allowed, row.reason, row.at = allowed, reason[:500], now()
    session.add(row)
    session.flush()


def word(session: Session, host: str) -> Rule | None:
    """The rule that decides about a host: the closest domain's, the operator's before that of a list."""
    near = names(host)
    found = session.exec(select(Rule).where(col(Rule.domain).in_(near))).all()
    nearest = sorted(found, key=lambda rule: (near.index(rule.domain), rule.source != OPERATOR, rule.allowed))
    return nearest[0] if nearest else None


def verdict(session: Session, node: "Node", host: str) -> bool:
    """Whether we talk with a host: the word about the closest domain decides, then the mode."""
    return _decided(node, host, _said(session, host))


def heeded(node: "Node", host: str) -> bool:
    """`verdict` for whoever is at the door and opens no session for it.

    A rule that this process changes holds from its commit on; one that another process changes, after a
    second at most.
    """

    def look() -> bool | None:
        with node.database.reading() as session:
            return _said(session, host)

    return _decided(node, host, _words.ask(node.database, host, look))


def _decided(node: "Node", host: str, said: bool | None) -> bool:
    return said if said is not None else node.mode != "allowlist" or host in _admitted.get()


def _said(session: Session, host: str) -> bool | None:
    """What the rules say about a host; None when no rule is about it."""
    rule = word(session, host) if _judged(session, host) else None
    return rule.allowed if rule is not None else None


_words: Memory[bool | None] = Memory(seconds=1)


def _changed(_mapper: Any, _connection: Any, rule: Rule) -> None:
    event.listen(object_session(rule), "after_commit", _ask_again)


def _ask_again(_session: Any) -> None:
    _words.clear()


for _change in ("after_insert", "after_update", "after_delete"):
    event.listen(Rule, _change, _changed)


_DOMAINS = Rule.__table__.c.domain  # type: ignore[attr-defined]


def _judged(session: Session, host: str) -> bool:
    """Whether any rule is about a host; asked for each request, and about most hosts there is none."""
    found = select(_DOMAINS).where(_DOMAINS.in_(names(host))).limit(1)
    return session.connection().execute(found).first() is not None


@contextmanager
def admitted(host: str) -> Iterator[None]:
    """Talk with a host that nobody has judged, as long as this lasts; who is blocked stays blocked.

    In allowlist mode a stranger may ask to be let in, and is told the answer. Both need its key and its
    inbox, and nothing else of it.
    """
    token = _admitted.set(_admitted.get() | {host})
    try:
        yield
    finally:
        _admitted.reset(token)


def rules(session: Session) -> list[Rule]:
    """All rules, the operator's own first."""
    return list(session.exec(select(Rule).order_by(col(Rule.source), col(Rule.domain))))


def covers(domain: str, host: str) -> bool:
    """Whether a host lies in a domain."""
    return domain in names(host)


def normal(host: str) -> str:
    """A domain as operators may write it, in the one spelling of the table."""
    text = host.strip().lower().removeprefix("*.").rstrip(".")
    return host_of(f"https://{text}/") or text


def names(host: str) -> list[str]:
    """`a.b.example:8000` is judged under that name, then a.b.example, b.example and example."""
    bare = host if host.startswith("[") else host.partition(":")[0]
    labels = bare.split(".")
    parents = [".".join(labels[start:]) for start in range(len(labels))]
    return list(dict.fromkeys([host, *parents]))
