"""Once a day, and when somebody is there again: what others list is compared with what we hold, and mended.

Deliveries end after a week. Whoever was away for longer pulls what it has missed: what is listed and
not held is read, what is held and not listed is asked for at its origin, and forgotten where that says
so too. What a cluster has put together and what it asks is in no catalogue: each of these is read anew.
"""

from contextlib import suppress
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from exchange import fetching
from exchange.catalogue.practices import provenance
from exchange.instance import Instance
from exchange.messages import Refusal
from exchange.models.call import Call
from exchange.models.collection import Collection
from federation.arriving import backfill
from federation.arriving.backfill import Reconciliation
from federation.errors import FederationError, FetchError, Gone, NotFound
from federation.ledger import journal, reading

log = structlog.get_logger()

MOST_LED = 100  # collections and calls of one cluster that are read anew in one night
MOST_ASKED = 500  # vanished things that are asked for in one night, of one actor


def mend_due(instance: Instance) -> int:
    """Compare with one actor that is due; 0 when nobody is."""
    with instance.database.reading() as session:
        if reading.to_compare(session) is None:
            return 0
    with instance.database.writing() as session:
        actor = reading.take_comparison(session)
    if actor is None:
        return 0
    try:
        mend(instance, actor)
    except FetchError as error:
        log.warning("could not be compared", actor=actor, error=str(error))
    return 1


def mend(instance: Instance, actor: str) -> Reconciliation:
    """Make what we hold of an actor what its outbox lists. Raises FetchError when that cannot be read."""
    found = backfill.reconcile(instance.node, actor)
    with instance.database.reading() as session:
        led = _led(session, actor)
    for uri in [*found.vanished[:MOST_ASKED], *led]:
        _ask(instance, uri)
    with instance.database.writing() as session:
        reading.compared(session, actor, missing=len(found.missing), vanished=len(found.vanished))
        provenance.stood_by(session, actor, found.vanished)
        if found.missing:
            reading.start(session, actor)
    return found


def _led(session: Session, actor: str) -> list[str]:
    """The collections, consultations and campaigns of a cluster elsewhere that we hold and that go on; the newest first."""
    held: list[tuple[datetime, str]] = []
    for model in (Collection, Call):
        query = select(model.modified_at, model.uri).where(
            model.owner == actor, col(model.local).is_(False), col(model.withdrawn_at).is_(None)
        )
        held += session.exec(query.order_by(col(model.modified_at).desc()).limit(MOST_LED))
    return [uri for _at, uri in sorted(held, reverse=True)[:MOST_LED]]


def _ask(instance: Instance, uri: str) -> None:
    """Ask the origin for something once more. Its outbox answered: a 404 is meant so."""
    try:
        fetching.fetch_now(instance, uri)
    except (Gone, NotFound):
        with suppress(Gone):  # we may hold nothing of it but the journal's word
            fetching.forget(instance, uri)
        with instance.database.writing() as session:
            journal.lost(session, uri)
    except (FederationError, Refusal) as error:
        log.info("vanished from its outbox, and still there or not to be had", uri=uri, error=str(error))
