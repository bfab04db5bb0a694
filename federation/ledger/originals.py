"""The words of others as they signed them: kept whole, so that anybody can check them after us.

A copy in the catalogue leaves out what we do not know; the proof is over every letter. The row of an
object is missing when its owner did not sign it. What came inside of an activity is in the journal
already and is not kept a second time.
"""

import json
from datetime import datetime
from typing import Any

from sqlmodel import Field, Session

from federation.base import FederationTable, UtcDateTime, now
from federation.ledger import journal
from federation.ledger.packing import Packed
from federation.ledger.rows import replace
from federation.wire import proofs
from federation.wire.activity import id_of, without_tree_signature


class Original(FederationTable, table=True):
    """One object of another instance with its proof; `packed` is its JSON, empty when the journal has it."""

    __tablename__ = "original"

    uri: str = Field(primary_key=True)
    packed: bytes = Field(default=b"", sa_type=Packed)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


def keep(session: Session, document: dict[str, Any], *, told: bool = False) -> None:
    """Keep an object whose proof has been checked; one without a proof takes the older one's place.

    `told`: it is the object of the activity that is being judged, and will be in its journal row.
    """
    uri = id_of(document)
    if uri is None:
        return
    if proofs.claimed_key(document) is None:
        return forget(session, uri)
    values = {"packed": b"" if told else json.dumps(document, ensure_ascii=False).encode(), "at": now()}
    replace(session, Original, uri, **values)


def renew(session: Session, document: dict[str, Any], *, told: bool = False) -> bool:
    """The same words under a newer proof, as when their owner has new keys; False when they are others."""
    row = session.get(Original, id_of(document) or "")
    held = _document(session, row) if row else None
    if not held or proofs.claimed_key(document) is None or held.get("proof") == document.get("proof"):
        return False
    if proofs.bare(held) != proofs.bare(document):
        return False
    keep(session, document, told=told)
    return True


def forget(session: Session, uri: str) -> None:
    """The object has been taken back, or is said without a proof now."""
    row = session.get(Original, uri)
    if row is not None:
        session.delete(row)
        session.flush()


def signed(session: Session, uri: str) -> dict[str, Any] | None:
    """An object with its proof, ours or another's, as anybody can check it; None when there is no proof."""
    row = session.get(Original, uri)
    document = _document(session, row) if row else journal.word(session, uri)
    return document if document is not None and proofs.claimed_key(document) else None


def _document(session: Session, row: Original) -> dict[str, Any] | None:
    if row.packed:
        found: dict[str, Any] = json.loads(row.packed)
        return found
    heard = journal.heard(session, row.uri)
    return without_tree_signature(heard) if heard else None
