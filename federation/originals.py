"""The words of others as they signed them: kept whole, so that anybody can check them after us.

A copy in the catalogue leaves out what we do not know; the proof is over every letter. The row of an
object is missing when its owner did not sign it.
"""

import json
import zlib
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary
from sqlmodel import Field, Session

from federation import journal, proofs
from federation.activity import id_of
from federation.base import FederationTable, UtcDateTime, now
from federation.rows import ensure


class Original(FederationTable, table=True):
    """One object of another instance with its proof, compressed; `packed` is its JSON."""

    __tablename__ = "original"

    uri: str = Field(primary_key=True)
    packed: bytes = Field(default=b"", sa_type=LargeBinary)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(zlib.decompress(self.packed))
        return found


def keep(session: Session, document: dict[str, Any]) -> None:
    """Keep an object whose proof has been checked; one without a proof takes the older one's place."""
    uri = id_of(document)
    if uri is None:
        return
    if proofs.claimed_key(document) is None:
        return forget(session, uri)
    row = ensure(session, Original, uri)
    row.packed = zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())
    row.at = now()
    session.add(row)
    session.flush()


def renew(session: Session, document: dict[str, Any]) -> bool:
    """The same words under a newer proof, as when their owner has new keys; False when they are others."""
    row = session.get(Original, id_of(document) or "")
    held = row.document if row else {}
    if not held or proofs.claimed_key(document) is None or held.get("proof") == document.get("proof"):
        return False
    if proofs.bare(held) != proofs.bare(document):
        return False
    keep(session, document)
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
    document = row.document if row else journal.word(session, uri)
    return document if document is not None and proofs.claimed_key(document) else None
