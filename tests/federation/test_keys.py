"""Actors get their keys, replace them, and weak keys of others are not believed."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from exchange.db import Database
from federation import keys

ACTOR = "https://here.example/communities/ulm"


def test_a_new_actor_has_an_rsa_and_an_ed25519_key(database: Database) -> None:
    with database.writing() as session:
        keys.create(session, ACTOR)
    with database.reading() as session:
        key_id, private = keys.signing_key(session, ACTOR)
        assert key_id == f"{ACTOR}#main-key"
        assert isinstance(private, rsa.RSAPrivateKey)
        assert private.key_size == 2048
        key_id, private = keys.signing_key(session, ACTOR, "ed25519")
        assert key_id == f"{ACTOR}#ed25519-key"
        assert isinstance(private, ed25519.Ed25519PrivateKey)
        found = keys.find(session, key_id)
        assert found is not None
        assert (found.owner, found.kind) == (ACTOR, "ed25519")
        assert found.public_key == private.public_key()
        with pytest.raises(LookupError):
            keys.signing_key(session, "https://here.example/nobody")


def test_the_old_key_signs_until_a_new_one_has_been_announced(database: Database) -> None:
    with database.writing() as session:
        keys.create(session, ACTOR)
        new = keys.rotate(session, ACTOR)
        assert keys.signing_key(session, ACTOR)[0] == f"{ACTOR}#main-key"
        rsa_ids = [key.id for key in keys.usable(session, ACTOR) if key.kind == "rsa"]
        assert rsa_ids == [f"{ACTOR}#main-key", new.id]


def test_after_the_overlap_only_the_new_key_holds(database: Database) -> None:
    with database.writing() as session:
        keys.create(session, ACTOR)
        new = keys.rotate(session, ACTOR, overlap=timedelta(0))
        newest = keys.rotate(session, ACTOR, overlap=timedelta(0))
        assert new.id != newest.id
        assert keys.signing_key(session, ACTOR)[0] == newest.id
        assert keys.find(session, f"{ACTOR}#main-key") is None
        assert [key.kind for key in keys.usable(session, ACTOR)].count("rsa") == 1


def _pem(key: object) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()  # type: ignore[attr-defined]


def test_weak_and_foreign_kinds_of_keys_are_refused() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    for pem in (
        _pem(weak),
        _pem(curve),
        "no key",
        "",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - any of its messages
            keys.load_public(pem)
