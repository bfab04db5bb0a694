"""Lists of domains to block that others keep: read, weighed, subscribed to, and given up again.

Two shapes are read: CSV with the columns of Mastodon's export (`#domain,#severity,#public_comment` and
others), and JSON, either a list of domains or of objects as Mastodon's API gives them. Only what a list
wants suspended is blocked here; we have nothing between talking and not talking.
"""

import csv
import io
import json
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Field, Session, col, select

from federation.base import FederationTable, UtcDateTime, now
from federation.errors import BadDocument, FetchError
from federation.ledger import relations, rules
from federation.ledger.rules import Rule
from federation.neighbours import parting

if TYPE_CHECKING:
    from federation.node import Node

log = logging.getLogger(__name__)

MOST_BYTES = 8 * 1024 * 1024
MOST_DOMAINS = 100_000
NO_DOMAIN = "This is not the name of a domain."
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+(:\d{1,5})?")
_COMMENTS = ["public_comment", "comment", "reason"]


class BlockList(FederationTable, table=True):
    """A list that is followed: read anew every day, when it has a web address."""

    __tablename__ = "block_list"

    source: str = Field(primary_key=True)  # a web address, or the path of a file
    added_at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime = Field(sa_type=UtcDateTime)  # last attempt
    domains: int = 0
    error: str | None = None


@dataclass
class Reading:
    """What a list says: domain → reason; and what of it is of no use, with the reason why."""

    domains: dict[str, str] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Change:
    """What a list does, or would do: domains newly blocked, no longer blocked, and who of ours is hit."""

    added: list[str]
    removed: list[str]
    partners: list[str]
    skipped: list[tuple[str, str]]


def read(text: str, own_host: str) -> Reading:
    """Take a list apart. Raises BadDocument when it is none. Our own host is never in it."""
    found = Reading()
    for domain, severity, reason in _rows(text):
        name = rules.normal(domain) if domain.isprintable() else ""
        if len(name) > 253 or not _DOMAIN.fullmatch(name):
            found.skipped.append((domain[:100], NO_DOMAIN))
        elif rules.covers(name, own_host):
            found.skipped.append((name, "This is our own host."))
        elif severity not in ("", "suspend"):
            found.skipped.append((name, "The list does not want it suspended."))
        else:
            found.domains.setdefault(name, reason[:500])
        if len(found.domains) > MOST_DOMAINS:
            raise BadDocument("The list names too many domains.")
    unread = [domain for domain, why in found.skipped if why == NO_DOMAIN]
    if not text.strip() or (unread and len(unread) == len(found.skipped) and not found.domains):
        raise BadDocument("Nothing in it can be read as a list of domains.")
    return found


def _rows(text: str) -> Iterable[tuple[str, str, str]]:
    text = text.removeprefix("\ufeff").strip()
    if text[:1] in ("[", "{"):
        return _json(text)
    if text[:1] == "<":
        raise BadDocument("This is a page, not a list of domains.")
    try:
        return _csv(text)
    except csv.Error as error:
        raise BadDocument("The list cannot be read.", detail=str(error)[:200]) from error


def _json(text: str) -> list[tuple[str, str, str]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadDocument("The list cannot be read.", detail=str(error)[:200]) from error
    if not isinstance(data, list):
        raise BadDocument("The list cannot be read.", detail="it is not a list")
    rows = []
    for item in data:
        known: Any = {"domain": item} if isinstance(item, str) else item
        if not isinstance(known, dict) or not isinstance(known.get("domain"), str):
            raise BadDocument("The list cannot be read.", detail="an entry has no domain")
        rows.append((known["domain"], *(_text(known, *names) for names in (["severity"], _COMMENTS))))
    return rows


def _text(item: dict[str, Any], *names: str) -> str:
    return next((item[name].strip() for name in names if isinstance(item.get(name), str)), "")


def _csv(text: str) -> list[tuple[str, str, str]]:
    lines = [row for row in csv.reader(io.StringIO(text)) if row and any(cell.strip() for cell in row)]
    if not lines:
        return []
    heads = [cell.strip().lstrip("#").strip().lower() for cell in lines[0]]
    if "domain" not in heads:
        return [(row[0].strip(), "", "") for row in lines if not row[0].startswith("#")]
    rows = []
    for line in lines[1:]:
        row = dict(zip(heads, line, strict=False))
        rows.append((row["domain"].strip(), _text(row, "severity"), _text(row, *_COMMENTS)))
    return rows


def plan(session: Session, node: "Node", source: str, reading: Reading) -> Change:
    """What subscribing to this list, or reading it anew, would change."""
    before = set(session.exec(select(Rule.domain).where(Rule.source == source)))
    added = [domain for domain in reading.domains if domain not in before]
    hit = {
        host
        for host in relations.partners(session, node.origin)
        if (rule := rules.word(session, host)) is None or not rule.allowed or rule.source != rules.OPERATOR
        if any(domain in reading.domains for domain in rules.names(host))
    }
    return Change(added, sorted(before - set(reading.domains)), sorted(hit), reading.skipped)


def subscribe(
    session: Session, node: "Node", source: str, reading: Reading, *, hold_back: bool = False
) -> Change:
    """Block what a list names; what it named before and names no more is free again.

    With `hold_back` nobody with whom we exchange is cut off: a list that changes by itself is not to
    part us from those whom an operator has chosen.
    """
    change = plan(session, node, source, reading)
    domains = dict(reading.domains)
    if hold_back:
        before = set(session.exec(select(Rule.domain).where(Rule.source == source)))
        for domain in [
            d for d in domains if d not in before and any(rules.covers(d, h) for h in change.partners)
        ]:
            del domains[domain]
            change.added.remove(domain)
            change.skipped.append((domain, "We exchange with it; only the operator parts us."))
    at = now()
    for row in session.exec(select(Rule).where(Rule.source == source)).all():
        if row.domain not in domains:
            session.delete(row)
        elif row.reason != domains[row.domain]:
            row.reason = domains[row.domain]
            session.add(row)
    for domain in change.added:
        session.add(Rule(domain=domain, source=source, allowed=False, reason=domains[domain], at=at))
    followed = session.get(BlockList, source) or BlockList(source=source, added_at=at, read_at=at)
    followed.read_at, followed.domains, followed.error = at, len(domains), None
    session.add(followed)
    session.flush()
    parting.part(session, node, change.added)
    return change


def give_up(session: Session, source: str) -> int | None:
    """Undo a list: its words are forgotten, those of the operator and of other lists stay. None: not known."""
    followed = session.get(BlockList, source)
    if followed is None:
        return None
    words = session.exec(select(Rule).where(Rule.source == source)).all()
    for row in words:
        session.delete(row)
    session.delete(followed)
    session.flush()
    return len(words)


def subscribed(session: Session) -> list[BlockList]:
    """The lists that are followed."""
    return list(session.exec(select(BlockList).order_by(col(BlockList.added_at))))


def fetch(node: "Node", address: str) -> Reading:
    """A list from the web. Whoever keeps it is no peer, so the rules about peers do not concern it."""
    document = node.client.get(
        address, accept="text/csv, application/json", signed=False, limit=MOST_BYTES, peer=False
    )
    try:
        return read(document.body.decode("utf-8"), node.host)
    except UnicodeDecodeError as error:
        raise BadDocument("The list cannot be read.", detail="it is not UTF-8") from error


def refresh(node: "Node", before: datetime) -> int:
    """Read the lists anew that were last read before a moment; how many."""
    with node.database.reading() as session:
        due = [row.source for row in subscribed(session) if row.read_at < before and "://" in row.source]
    for source in due:
        try:
            reading = fetch(node, source)
            with node.database.writing() as session:
                if session.get(BlockList, source) is not None:
                    subscribe(session, node, source, reading, hold_back=True)
        except FetchError as error:
            _note(node, source, str(error))
        except Exception as error:  # the other lists are read all the same, and this one not every hour
            log.exception("the list %s cannot be followed", source)
            _note(node, source, f"{type(error).__name__}: {error}")
    return len(due)


def _note(node: "Node", source: str, error: str) -> None:
    with node.database.writing() as session:
        if row := session.get(BlockList, source):
            row.read_at, row.error = now(), error[:500]
            session.add(row)
