"""The part of the federation page for those who govern: who is in trouble and why, who asks, what was given up."""

import re
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, request, url_for
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response

from exchange.messages import N_, NotAllowed, NotFound, Refusal
from exchange.models.base import now
from exchange.web.frame import guard
from exchange.web.frame.blueprints import admin, public
from exchange.web.frame.language import gettext
from exchange.web.frame.reach import database, instance
from federation.ledger import arrivals, hosts, lease, outbox
from federation.ledger.arrivals import Arrival
from federation.ledger.outbox import Delivery
from federation.ledger.relations import Follow
from federation.neighbours import accepting, health, knocking
from federation.neighbours.health import Health
from federation.others import quarantine
from federation.wire.activity import host_of

MOST = 100  # rows of a table


@dataclass(frozen=True)
class Changed:
    """A host whose actors have keys that nobody announced, and the actors."""

    host: str
    owners: list[str]
    since: datetime


@dataclass(frozen=True)
class Desk:
    """What those who govern see of the exchange."""

    hosts: list[Health]
    asking: list[Follow]
    changed: list[Changed]
    deliveries: list[Delivery]  # those that were given up
    arrivals: list[Arrival]


def desk(session: Session) -> Desk:
    """The state of things."""
    node = instance().node
    return Desk(
        hosts=health.of_all(session, node, MOST),
        asking=knocking.waiting(session, node)[:MOST],
        changed=_changed(session)[:MOST],
        deliveries=_dead(session, Delivery),
        arrivals=_dead(session, Arrival),
    )


def _changed(session: Session) -> list[Changed]:
    found: dict[str, Changed] = {}
    for row in quarantine.waiting(session):
        host = host_of(row.owner) or ""
        one = found.setdefault(host, Changed(host, [], row.quarantined_at or now()))
        if row.owner and row.owner not in one.owners:
            one.owners.append(row.owner)
    return list(found.values())


def _dead(session: Session, table: type[Delivery] | type[Arrival]) -> list:  # type: ignore[type-arg]
    query = select(table).where(col(table.state) == lease.DEAD).order_by(col(table.id).desc()).limit(MOST)
    return list(session.exec(query))


@admin.post("/desk/federation/answer")
@guard.officers_only
def answer_question() -> Response:
    """Let in who has asked, or say no."""
    _check()
    who, yes = request.form.get("who", "")[:2000], request.form.get("answer") == "yes"
    with database().writing() as session:
        try:
            knocking.answer(session, instance().node, who, accept=yes)
        except knocking.NobodyAsked as error:
            raise NotFound(N_("Nobody there is waiting for an answer.")) from error
    return redirect(url_for("public.federation", done="answered"), 303)


@admin.post("/desk/federation/keys")
@guard.officers_only
def answer_keys() -> Response:
    """Believe the changed keys of a host's actors, or do not; the people there have been asked."""
    _check()
    host, yes = request.form.get("host", "")[:300], request.form.get("answer") == "yes"
    if yes and request.form.get("asked") != "yes":
        raise Refusal(N_("First ask the people there, and say here that you did."))
    with database().writing() as session:
        if not (accepting.accept if yes else accepting.refuse)(session, host):
            raise NotFound(N_("No changed key from there waits for an answer."))
    return redirect(url_for("public.federation", done="answered"), 303)


@admin.post("/desk/federation/retry")
@guard.officers_only
def try_again() -> Response:
    """Try again what was given up, all of it or what concerns one host."""
    _check()
    host = request.form.get("host", "")[:300] or None
    with database().writing() as session:
        outbox.revive(session, host)
        arrivals.revive(session, host)
        if host:
            outbox.hasten(session, host)
        hosts.probe(session, host)
    return redirect(url_for("public.federation", done="retried"), 303)


@public.app_template_filter("reason")
def reason(text: str | None) -> str:
    """Why something failed, in the reader's language as far as the sentence is known; details as they are."""
    found = re.fullmatch(r"(?s)(.*?\.)( \(.*\))?", text or "")
    return gettext(found[1]) + (found[2] or "") if found else text or ""


def _check() -> None:
    if not guard.may_govern():
        raise NotAllowed(N_("Only coordinators and administrators tend the exchange with others."))
