"""Proofs inside of objects: the vector of FEP-8b32, and everything that must not pass."""

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from federation.errors import InvalidSignature
from federation.keys import VerifiedKey
from federation.wire import multibase, proofs
from federation.wire.activity import parse
from tests.federation.foreign import EDWARDS, RSA

# fep/8b32/fep-8b32.feature
SECRET = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
ALICE = "https://server.example/users/alice"
KEY_ID = f"{ALICE}#ed25519-key"
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"]
CREATED = datetime(2023, 2, 24, 23, 36, 38, tzinfo=UTC)
VALUE = "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL"
ACTIVITY: dict[str, Any] = {
    "@context": CONTEXT,
    "id": "https://server.example/activities/1",
    "type": "Create",
    "actor": ALICE,
    "object": {
        "id": "https://server.example/objects/1",
        "type": "Note",
        "attributedTo": ALICE,
        "content": "Hello world",
        "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962},
    },
}


def alice() -> VerifiedKey:
    key = multibase.decode_key(PUBLIC)
    return VerifiedKey(KEY_ID, ALICE, key, "ed25519")


def secret() -> Ed25519PrivateKey:
    # multicodec ed25519-priv is 0x1300, written as the varint 80 26
    data = multibase.decode(SECRET)
    assert data.startswith(b"\x80\x26")
    return Ed25519PrivateKey.from_private_bytes(data[2:])


def test_signing_gives_the_vector_of_the_fep() -> None:
    signed = proofs.sign_object(ACTIVITY, key_id=KEY_ID, private_key=secret(), created=CREATED)
    assert signed["proof"] == {
        "@context": CONTEXT,
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": KEY_ID,
        "proofPurpose": "assertionMethod",
        "proofValue": VALUE,
        "created": "2023-02-24T23:36:38Z",
    }
    assert "proof" not in ACTIVITY


def test_the_vector_of_the_fep_is_verified_after_a_trip_over_the_wire() -> None:
    signed = proofs.sign_object(ACTIVITY, key_id=KEY_ID, private_key=secret(), created=CREATED)
    wire = json.dumps(signed, indent=3, sort_keys=True).encode()
    document = parse(wire)
    assert proofs.claimed_key(document) == KEY_ID
    proofs.verify_object(document, alice())
    assert isinstance(alice().public_key, Ed25519PublicKey)


def signed(**changes: Any) -> dict[str, Any]:
    return proofs.sign_object({**ACTIVITY, **changes}, key_id=KEY_ID, private_key=secret(), created=CREATED)


def refused(document: dict[str, Any], key: VerifiedKey | None = None) -> str:
    with pytest.raises(InvalidSignature) as caught:
        proofs.verify_object(document, key or alice())
    return caught.value.reason


@pytest.mark.parametrize(
    "path",
    [
        ("object", "content"),
        ("object", "location", "latitude"),
        ("type",),
        ("object", "id"),
        ("proof", "created"),
    ],
)
def test_no_part_of_a_signed_object_can_be_changed(path: tuple[str, ...]) -> None:
    document = copy.deepcopy(signed())
    place = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = "2020-01-01T00:00:00Z"
    assert refused(document) == "The proof does not fit the object."


def test_nothing_can_be_added_or_taken_away_but_a_context_at_the_end() -> None:
    document = signed()
    assert refused({**document, "summary": "more"}) == "The proof does not fit the object."
    assert refused({k: v for k, v in document.items() if k != "type"}) == "The proof does not fit the object."
    proofs.verify_object({**document, "@context": [*CONTEXT, "https://relay.example/ns"]}, alice())
    for context in (["https://relay.example/ns", *CONTEXT], CONTEXT[:1], "https://relay.example/ns"):
        assert (
            refused({**document, "@context": context})
            == "The proof of the object was made in another context."
        )


def test_a_proof_by_somebody_else_is_refused() -> None:
    document = signed()
    mallory = VerifiedKey(KEY_ID, "https://server.example/users/mallory", alice().public_key, "ed25519")
    assert refused(document, mallory) == "The proof of the object was made by somebody else."
    other_id = VerifiedKey("https://server.example/k", ALICE, alice().public_key, "ed25519")
    assert refused(document, other_id) == "The proof of the object was made with another key."
    wrong = VerifiedKey(KEY_ID, ALICE, EDWARDS.public_key(), "ed25519")
    assert refused(document, wrong) == "The proof does not fit the object."
    kind = VerifiedKey(KEY_ID, ALICE, RSA.public_key(), "rsa")
    assert refused(document, kind) == "The proof of the object was made with another key."


def test_an_object_on_another_host_than_its_author_is_refused() -> None:
    document = signed(id="https://elsewhere.example/activities/1")
    assert refused(document) == "The object does not lie on the host of its author."


@pytest.mark.parametrize(
    "proof",
    [
        None,
        "text",
        [],
        {},
        {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"},
        {"type": "RsaSignature2017", "cryptosuite": "eddsa-jcs-2022"},
    ],
)
def test_a_document_without_a_proof_of_this_kind_is_refused(proof: Any) -> None:
    document = {**ACTIVITY, "proof": proof}
    assert proofs.claimed_key(document) is None
    assert refused(document) == "The object carries no proof."


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"proofPurpose": "authentication"}, "The proof of the object is made for another purpose."),
        ({"proofValue": "z111"}, "The proof does not fit the object."),
        ({"proofValue": 5}, "The proof does not fit the object."),
        ({"proofValue": "mAAAA"}, "The proof does not fit the object."),
        ({"created": "yesterday"}, "A time in the proof of the object cannot be read."),
        ({"created": "2999-01-01T00:00:00Z"}, "The proof of the object does not hold at this time."),
        ({"expires": "2024-01-01T00:00:00Z"}, "The proof of the object does not hold at this time."),
        ({"expires": "2999-01-01T00:00:00"}, "A time in the proof of the object cannot be read."),
        ({"verificationMethod": {"id": KEY_ID}}, "The proof does not fit the object."),
    ],
)
def test_a_proof_with_other_settings_is_refused(change: dict[str, Any], reason: str) -> None:
    document = signed()
    assert refused({**document, "proof": {**document["proof"], **change}}) == reason


def test_of_several_proofs_the_readable_one_counts() -> None:
    document = signed()
    proofs.verify_object({**document, "proof": [{"type": "Other"}, document["proof"]]}, alice())


def test_of_several_proofs_of_the_owner_none_may_be_wrong_in_whatever_order() -> None:
    signed = proofs.sign_object(ACTIVITY, key_id=KEY_ID, private_key=secret(), created=CREATED)
    good = signed["proof"]
    bad = good | {"proofValue": proofs.multibase.encode(bytes(64))}
    proofs.verify_object(signed | {"proof": [good, good]}, alice())
    for several in ([good, bad], [bad, good], [good, good | {"verificationMethod": f"{ALICE}#other"}]):
        with pytest.raises(InvalidSignature):
            proofs.verify_object(signed | {"proof": several}, alice())


def test_a_number_that_has_no_canonical_form_is_refused() -> None:
    document = signed()
    document["big"] = 2**60
    assert refused(document) == "The object cannot be written in canonical form."


def test_a_new_proof_replaces_the_old_one() -> None:
    first = signed()
    again = proofs.sign_object(
        first, key_id=KEY_ID, private_key=secret(), created=CREATED + timedelta(seconds=1)
    )
    assert again["proof"]["proofValue"] != first["proof"]["proofValue"]
    proofs.verify_object(again, alice())
