"""Is it the owner's own word? The proofs of objects are checked before anybody believes in the objects.

An object that comes from its own origin may lack a proof: the sender's signature or the origin vouches
for it. One that comes through others is believed for its proof alone, else it is fetched from where it
lives.
"""

from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from federation.errors import InvalidSignature, Quarantined, Refused, TryLater
from federation.keys import VerifiedKey
from federation.ledger.memory import Memory
from federation.node import Incoming, Node
from federation.others import peers
from federation.wire import proofs
from federation.wire.activity import ids_of, origin_of

_lately: Memory[bool] = Memory(seconds=10)


def check(node: Node, document: dict[str, Any]) -> bool:
    """True when a document carries a proof by its owner that holds; False when it carries none.

    Raises Refused with the reason when the proof does not hold. Goes to the network for a key that is
    not known: never inside a session.
    """
    key_id = proofs.claimed_key(document)
    if key_id is None or origin_of(key_id) is None:
        return False
    try:
        _verify(node, document, peers.resolve_key(node, key_id))
    except InvalidSignature:
        _verify(node, document, peers.resolve_key(node, key_id, refresh=True))
    return True


def _verify(node: Node, document: dict[str, Any], key: VerifiedKey) -> None:
    if not node.is_ours(key.owner) and not _asserts(node, key):
        raise InvalidSignature("The key of the proof is not one for what its owner publishes.")
    proofs.verify_object(document, key)


def _asserts(node: Node, key: VerifiedKey) -> bool:
    """Whether the owner lists the key for what it publishes (`assertionMethod`, FEP-521a)."""
    if _lately.get(node.database, key.id):
        return True
    with node.database.reading() as session:
        owner = session.get(peers.RemoteActor, key.owner)
    listed = owner is not None and key.id in ids_of(owner.document.get("assertionMethod"))
    return listed and _lately.put(node.database, key.id, True)


def proven(incoming: Incoming, said: dict[str, Any] | None, checked: "Future[bool] | None") -> Incoming:
    """The activity with what its object's proof is worth; Refused when a proof is that does not hold.

    What was passed on with a proof is as good as fetched from its origin. A boost with a bad proof is a
    pointer to the object, no more and no less.
    """
    if said is None or checked is None:
        return incoming
    try:
        holds = checked.result()
    except (TryLater, Quarantined):
        raise
    except Refused:
        if incoming.kind in proofs.PASSED_ON or isinstance(incoming.object, dict):
            raise
        holds = False
    if not holds or (isinstance(incoming.object, dict) and incoming.kind in proofs.PASSED_ON):
        return incoming
    return replace(incoming, fetched={**incoming.fetched, str(said["id"]): said})
