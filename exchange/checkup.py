"""Whether an instance is well, as far as it can be seen from inside: what is looked at, how it is, what to do."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import select

from exchange import schema, vault
from exchange.catalogue.people import begin, letters
from exchange.config import Settings, misspelt
from exchange.db import Database
from exchange.instance import Instance
from exchange.messages import N_, Message
from federation import keys
from federation.actor import LocalActor
from federation.ledger import outbox
from search.errors import EngineAway

MEGABYTE, GIGABYTE = 1024**2, 1024**3
LITTLE_SPACE = 500 * MEGABYTE
MANY_BEHIND = 1000
LONG_AGO = timedelta(days=8)  # without a backup


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` is None when it is well, `grave` when it stops the work."""

    what: str
    state: Message
    advice: Message | None = None
    grave: bool = False

    def plain(self, gettext: Callable[[str], str] = str) -> dict[str, Any]:
        """{what, state, advice, grave, ok} as text."""
        return {
            "what": gettext(self.what),
            "state": self.state.render(gettext),
            "advice": self.advice.render(gettext) if self.advice else "",
            "grave": self.grave,
            "ok": self.advice is None,
        }


def finding(what: str, state: str, advice: str = "", *, grave: bool = False, **params: Any) -> Finding:
    """A finding whose sentences share what fills their gaps."""
    return Finding(what, Message(state, params), Message(advice, params) if advice else None, grave)


def of_settings(found: Settings) -> Iterator[Finding]:
    """What is to be said before the database is opened."""
    yield finding(N_("settings"), N_("%(origin)s in %(data)s"), origin=found.origin, data=str(found.data))
    for name in misspelt():
        advice = N_("see docs/configuration.md for the names that count")
        yield finding(N_("settings"), N_("%(name)s is the name of no setting"), advice, name=name)
    if found.lab:
        advice = N_("never in the open: remove JUMELAGE_LAB, and lab in jumelage.toml")
        yield finding(N_("lab mode"), N_("on"), advice)
    free = shutil.disk_usage(found.data).free
    advice = N_("make room before it is full") if free < LITTLE_SPACE else ""
    large = free >= 10 * GIGABYTE
    told = N_("%(size)s GB free") if large else N_("%(size)s MB free")
    yield finding(N_("disk"), told, advice, size=free // (GIGABYTE if large else MEGABYTE))


def of_tables(found: Settings, explain: Callable[[BaseException], str] = str) -> Finding:
    """Whether the database answers, and is of this version."""
    what = N_("database")
    try:
        database = Database(found.database)
        try:
            held, newest = schema.version(database), schema.newest()
        finally:
            database.close()
    except Exception as error:
        why = explain(error) or str(error)
        return finding(what, "%(why)s", N_("see to the database first"), grave=True, why=why)
    if held != newest:
        advice = N_("run jumelage upgrade") if held else N_("make an instance with jumelage init")
        if held and held not in schema.versions():
            advice = N_("a newer program made them: put it back")
        return finding(what, N_("its tables are of version %(version)s"), advice, grave=True, version=held)
    return finding(what, N_("tables of version %(version)s"), version=held)


def of_instance(instance: Instance) -> Iterator[Finding]:
    """What an open instance says of itself; nothing leaves it."""
    yield _index(instance)
    yield _keys(instance)
    yield _queue(instance)
    yield _backup(instance.settings)
    with instance.database.reading() as session:
        if not begin.is_done(session):
            advice = N_("open the link that the start of the service prints, or run jumelage officer add")
            yield finding(N_("set-up"), N_("nobody may act here yet"), advice)


def _index(instance: Instance) -> Finding:
    what = N_("index")
    try:
        with instance.database.reading() as session:
            state = instance.index.state(session)
    except EngineAway as error:
        return finding(what, "%(why)s", N_("see to the search server"), grave=True, why=str(error))
    if state["trouble"]:
        told = N_("make room, or see the log")
        return finding(what, "%(engine)s: %(trouble)s", told, grave=True, **state)
    late = N_("is jumelage serve or worker running?") if state["behind"] > MANY_BEHIND else ""
    text = N_("%(engine)s, %(documents)s practices, %(behind)s behind the journal")
    return finding(what, text, late, **state)


def _keys(instance: Instance) -> Finding:
    what, advice = N_("keys"), N_("restore a backup")
    with instance.database.reading() as session:
        actors = session.exec(select(LocalActor.uri)).all()
        lacking = [uri for uri in actors if {k.kind for k in keys.usable(session, uri)} < {"rsa", "ed25519"}]
    if instance.node.instance_actor not in actors:
        return finding(what, N_("the instance has no actor"), advice, grave=True)
    if lacking:
        return finding(what, N_("missing for %(actors)s"), advice, grave=True, actors=", ".join(lacking))
    return finding(what, N_("every actor has its own (%(count)s)"), count=len(actors))


def _queue(instance: Instance) -> Finding:
    with instance.database.reading() as session:
        waiting, dead = outbox.count(session)
    advice = N_("jumelage queue shows them, --retry HOST tries again") if dead else ""
    text = N_("%(waiting)s deliveries wait, %(dead)s were given up")
    return finding(N_("queue"), text, advice, waiting=waiting, dead=dead)


def _backup(own: Settings) -> Finding:
    what, advice = N_("backup"), N_("make one: jumelage backup, or on the page of the instance")
    made = vault.last(own)
    if made is None:
        return finding(what, N_("none was made yet"), advice)
    old = datetime.now(UTC) - made.at > LONG_AGO
    day, size = f"{made.at:%Y-%m-%d}", max(1, made.size // MEGABYTE)
    text = N_("the last is of %(day)s, %(size)s MB")
    return finding(what, text, advice if old else "", day=day, size=size)


def mail(instance: Instance) -> Finding:
    """How letters leave, and how many were given up."""
    own, what = instance.settings, N_("mail")
    if not own.sends_mail:
        return finding(what, N_("none is sent: links for passwords are handed over by hand"))
    way = own.mail_way if "@" not in own.mail_way else own.mail_way.rpartition("@")[2]
    with instance.database.reading() as session:
        dead = letters.dead(session)
    advice = N_("jumelage queue --dead shows them, queue retry tries again") if dead else ""
    text = N_("by %(way)s from %(sender)s, %(dead)s letters were given up")
    return finding(what, text, advice, way=way, sender=own.mail_sender, dead=dead)
