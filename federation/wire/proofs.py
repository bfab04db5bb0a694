"""Proofs inside of objects: who published this, also after it was relayed or exported (FEP-8b32).

The proof is `eddsa-jcs-2022` of W3C Data Integrity: an Ed25519 signature over the canonical JSON
(RFC 8785) of the proof's own settings and of the document without its proof. What is signed is the
plain JSON that we read, so nothing can be reshaped under the signature.
"""

import hashlib
from datetime import datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature as CryptographyInvalid
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from federation.base import now
from federation.errors import InvalidSignature
from federation.keys import VerifiedKey
from federation.wire import multibase
from federation.wire.activity import as_list, id_of, ids_of, same_origin, without_tree_signature
from federation.wire.request import NEWEST

SUITE = "eddsa-jcs-2022"
MAX_PROOFS = 5
PASSED_ON = ("Create", "Update")  # what another than the owner may repeat, given a proof
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"


def sign_object(
    document: dict[str, Any], *, key_id: str, private_key: Ed25519PrivateKey, created: datetime | None = None
) -> dict[str, Any]:
    """A copy of the document with its proof as the last property; an earlier proof is replaced."""
    unsigned = bare(document)
    proof: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "verificationMethod": key_id,
        "proofPurpose": "assertionMethod",
        "created": (created or now()).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if "@context" in unsigned:
        proof = {"@context": unsigned["@context"], **proof}
    signature = private_key.sign(_hashed(unsigned, proof))
    return {**unsigned, "proof": {**proof, "proofValue": multibase.encode(signature)}}


def claimed_key(document: dict[str, Any]) -> str | None:
    """The id of the key with which a document says it was signed; None when it carries no proof of ours."""
    proofs = _proofs(document)
    return id_of(proofs[0].get("verificationMethod")) if proofs else None


def carried(activity: dict[str, Any]) -> dict[str, Any] | None:
    """The object inside an activity, as it came, when it claims to carry a proof."""
    said = activity.get("object")
    return said if isinstance(said, dict) and id_of(said) and claimed_key(said) else None


def passed_on(activity: dict[str, Any], actor: str, ours: str) -> dict[str, Any] | None:
    """The object that a Create or Update of somebody else than its origin repeats with its owner's proof."""
    said = carried(activity)
    if said is None or activity.get("type") not in PASSED_ON:
        return None
    return None if same_origin(said["id"], actor) or same_origin(said["id"], ours) else said


def verify_object(document: dict[str, Any], key: VerifiedKey, *, at: datetime | None = None) -> None:
    """Raise InvalidSignature unless `key` signed this document and its owner is who the document is of.

    `key` is what `peers.resolve_key(claimed_key(document))` gave.
    """
    proofs = _proofs(document)
    if not proofs:
        raise InvalidSignature("The object carries no proof.")
    _check_owner(document, key)
    for proof in proofs:  # in whatever order they stand, none may be wrong
        if id_of(proof.get("verificationMethod")) != key.id or not isinstance(
            key.public_key, Ed25519PublicKey
        ):
            raise InvalidSignature("The proof of the object was made with another key.")
        check_proof(document, proof, key.public_key, at=at)


def check_proof(
    document: dict[str, Any], proof: dict[str, Any], key: Ed25519PublicKey, *, at: datetime | None = None
) -> None:
    """The rules of the cryptosuite and the mathematics, whoever the key belongs to."""
    if proof.get("proofPurpose") != "assertionMethod":
        raise InvalidSignature("The proof of the object is made for another purpose.")
    moment = at or now()
    created, expires = _time(proof, "created"), _time(proof, "expires")
    if (created and created > moment + NEWEST) or (expires and expires <= moment):
        raise InvalidSignature("The proof of the object does not hold at this time.")
    unsigned = bare(document)
    if "@context" in proof:
        # Who passes a document on may add a context at its end; it is not part of what was signed.
        signed, present = as_list(proof["@context"]), as_list(unsigned.get("@context"))
        if present[: len(signed)] != signed:
            raise InvalidSignature("The proof of the object was made in another context.")
        unsigned["@context"] = proof["@context"]
    settings = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        signature = multibase.decode(str(proof.get("proofValue")))
        key.verify(signature, _hashed(unsigned, settings))
    except (ValueError, CryptographyInvalid) as error:
        raise InvalidSignature("The proof does not fit the object.") from error


def _check_owner(document: dict[str, Any], key: VerifiedKey) -> None:
    """The signer is the author, and the object lies on the author's origin (FEP-fe34)."""
    owners = ids_of(document.get("attributedTo")) or ids_of(document.get("actor"))
    document_id = id_of(document)
    if key.owner not in owners and (owners or key.owner != document_id):
        raise InvalidSignature("The proof of the object was made by somebody else.")
    if document_id is not None and not same_origin(document_id, key.owner):
        raise InvalidSignature("The object does not lie on the host of its author.")


def _proofs(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The proofs of our suite; one of another suite, or that cannot be read as one, is none to us."""
    return [
        proof
        for proof in as_list(document.get("proof"))[:MAX_PROOFS]
        if isinstance(proof, dict)
        and proof.get("type") == "DataIntegrityProof"
        and proof.get("cryptosuite") == SUITE
    ]


def bare(document: dict[str, Any]) -> dict[str, Any]:
    """What a proof is over: all but the proof itself, and but the signature of a tree that others add."""
    return {k: v for k, v in without_tree_signature(document).items() if k != "proof"}


def _hashed(unsigned: dict[str, Any], settings: dict[str, Any]) -> bytes:
    try:
        return b"".join(hashlib.sha256(rfc8785.dumps(part)).digest() for part in (settings, unsigned))
    except (ValueError, RecursionError) as error:
        raise InvalidSignature("The object cannot be written in canonical form.") from error


def _time(proof: dict[str, Any], name: str) -> datetime | None:
    text = proof.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidSignature("A time in the proof of the object cannot be read.") from error
    if moment.tzinfo is None:
        raise InvalidSignature("A time in the proof of the object cannot be read.")
    return moment
