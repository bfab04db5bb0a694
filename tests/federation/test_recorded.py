"""Requests and objects recorded from other software are believed, and only as they were recorded."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from federation import keys
from federation.errors import InvalidSignature
from federation.wire import multibase, proofs, request, signatures

FEDIFY: dict[str, Any] = json.loads((Path(__file__).parent / "recorded" / "fedify.json").read_text())


@pytest.mark.parametrize("recorded", FEDIFY["requests"], ids=signatures.DIALECTS)
def test_a_delivery_of_fedify_is_believed_in_both_dialects(recorded: dict[str, Any]) -> None:
    headers = [(name, value) for name, value in recorded["headers"]]
    body = recorded["body"].encode()
    sent = request.parse_date(dict(headers)["date"])
    claim = signatures.read(headers)
    situation: dict[str, Any] = {
        "method": "POST",
        "target": FEDIFY["target"],
        "origin": FEDIFY["origin"],
        "headers": headers,
        "body": body,
        "at": sent + timedelta(seconds=2),
    }
    key = keys.load_public(FEDIFY["rsa"])
    signatures.verify(claim, key, **situation)
    for change in (
        {"body": body + b" "},
        {"target": "/other"},
        {"origin": "https://elsewhere.example"},
        {"at": sent + timedelta(hours=2)},
    ):
        with pytest.raises(InvalidSignature):
            signatures.verify(claim, key, **{**situation, **change})


def test_a_proof_of_fedify_is_believed() -> None:
    note = FEDIFY["note"]
    key_id = str(proofs.claimed_key(note))
    key = keys.VerifiedKey(key_id, FEDIFY["actor"], multibase.decode_key(FEDIFY["ed25519"]), "ed25519")
    proofs.verify_object(note, key)
    with pytest.raises(InvalidSignature):
        proofs.verify_object({**note, "content": "changed"}, key)
