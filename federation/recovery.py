"""The start after a crash: what the dead process had in its hands is given back at once.

Only for who knows that no other process works on the instance: where several share a database, leases run
out by themselves, and giving them back would take work out of the hands of the living.
"""

from sqlalchemy import update
from sqlmodel import Session, col

from federation.ledger import lease
from federation.ledger.arrivals import Arrival
from federation.ledger.outbox import Delivery
from federation.ledger.reading import Backfill


def give_back(session: Session) -> int:
    """Release every lease; the number of things that were under way."""
    held = update(Backfill).where(col(Backfill.leased_until).is_not(None)).values(leased_until=None)
    return (
        lease.release(session, Delivery)
        + lease.release(session, Arrival)
        + session.connection().execute(held).rowcount
    )
