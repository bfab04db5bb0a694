"""Reading what a recount needs: each review as it was signed, and what the owner's instance says it counts."""

from contextlib import suppress
from typing import Any

from exchange import fetching
from exchange.catalogue import shelf
from exchange.catalogue.judging import audit
from exchange.catalogue.judging.audit import Audit
from exchange.instance import Instance
from exchange.messages import Refusal
from federation.errors import FederationError, FetchError, Refused
from federation.ledger import originals
from federation.others import proving

MOST = 2_000  # reviews that one audit reads at their origins


def recount(instance: Instance, ref: str) -> Audit:
    """Count the reviews of a practice again, and say where its owner's count differs.

    What is held without a proof, or not held and counted by the owner, is read at its origin first.
    Raises NotFound when the practice is not known here. Goes to the network: never inside a session.
    """
    with instance.database.reading() as session:
        practice = shelf.practice(session, ref)
        held = [review.uri for review, _ in shelf.reviews_of(session, practice)]
        uri, local = practice.uri, practice.local
    theirs = _their_count(instance, uri, held) if not local else None
    told: dict[str, dict[str, Any]] = {}
    holds: dict[str, bool | None] = {}
    with instance.database.reading() as session:
        held = [review.uri for review, _ in shelf.reviews_of(session, shelf.practice(session, ref))]
        told = {one: signed for one in held if (signed := originals.signed(session, one)) is not None}
    for one in held:
        holds[one] = _proven(instance, told[one]) if one in told else None
    with instance.database.reading() as session:
        practice = shelf.practice(session, ref)
        if local:
            theirs = audit.owners_count(session, practice)
        return audit.recount(session, practice, proofs=holds, originals=told, theirs=theirs)


def _their_count(instance: Instance, uri: str, held: list[str]) -> dict[str, Any] | None:
    """The owner's collection of reviews; what it counts and we lack is read on the way."""
    try:
        found = instance.client.get_object(f"{uri}/reviews").json
    except FetchError:
        return None
    listed = [one for one in found.get("orderedItems") or [] if isinstance(one, str)]
    for one in [one for one in listed if one not in held][:MOST]:
        with suppress(FederationError, Refusal):
            fetching.fetch_now(instance, one)
    return found


def _proven(instance: Instance, document: dict[str, Any]) -> bool | None:
    try:
        return proving.check(instance.node, document) or None
    except Refused:
        return False
    except FetchError:
        return None
