"""What is kept for ever is kept small, and can be read for ever."""

import hashlib
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, col, select

from exchange.db import Database
from federation.ledger import journal, originals, packing
from federation.ledger.journal import JournalEntry

RELEASED = {1: "6dba0455d7a015657eef1c4dc65b141e6987b92d971118b24359f5afa7ca5daf"}


@given(st.binary(max_size=400))
def test_every_byte_comes_back(plain: bytes) -> None:
    assert packing.unpack(packing.pack(plain)) == plain
    assert len(packing.pack(plain)) <= len(plain) + 1


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=40), max_size=9))
def test_json_comes_back_and_is_never_taken_for_something_packed(value: dict[str, str]) -> None:
    plain = json.dumps(value).encode()
    assert packing.unpack(plain) == plain
    assert json.loads(packing.unpack(packing.pack(plain))) == value


@pytest.mark.parametrize("number", sorted(RELEASED))
def test_a_dictionary_stays_as_it_was_released(number: int) -> None:
    """Every row that was packed with it depends on every letter."""
    assert hashlib.sha256(packing.words(number)).hexdigest() == RELEASED[number]


def test_a_message_becomes_a_fifth_and_smaller_than_without_the_dictionary() -> None:
    message = json.dumps(
        {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://ulm.example/ns/v1"],
            "type": "Create",
            "actor": "https://ulm.example/communities/ulm",
            "to": ["https://www.w3.org/ns/activitystreams#Public"],
            "object": {"type": "Article", "summary": "Ein Dach für alle.", "practice": {"type": "Practice"}},
        }
    ).encode()
    packed = packing.pack(message)
    assert packed[0] == packing.NEWEST
    assert 3 * len(packed) < len(message)
    assert 2 * len(packed) < len(zlib.compress(message))


@pytest.mark.parametrize(
    "kept", [b"\x01", b"\x01\x00", b"\x01garbage", b"\x1fx", packing.pack(b"a" * 99)[:-1]]
)
def test_what_is_not_whole_says_so(kept: bytes) -> None:
    with pytest.raises(ValueError, match=r"kept|dictionary"):
        packing.unpack(kept)


def _say(session: Session, number: int, obj: object) -> None:
    body = json.dumps({"type": "Create", "object": obj, "filler": "Bürgerenergie " * 30}, ensure_ascii=False)
    journal.append(
        session,
        direction="in",
        actor="https://ulm.example/actor",
        activity_id=f"https://ulm.example/{number}",
        kind="Create",
        object_id="https://ulm.example/one",
        body=body.encode(),
    )


def test_the_journal_gives_back_the_bytes_that_came(database: Database) -> None:
    with database.writing() as session:
        _say(session, 1, {"id": "https://ulm.example/one"})
    with database.reading() as session:
        [row] = journal.after(session, 0)
        kept = session.connection().execute(text("SELECT body FROM journal")).scalar_one()
        assert "Bürgerenergie".encode() in row.body
        assert 2 * len(bytes(kept)) < len(row.body)
        [light] = journal.after(session, 0, bodies=False)
        assert light.object_id == "https://ulm.example/one"


def test_rows_from_before_anything_was_packed_are_read_as_they_are(database: Database) -> None:
    with database.writing() as session:
        _say(session, 1, "https://ulm.example/one")
        old = b'{"type": "Create", "object": "https://ulm.example/old"}'
        session.connection().execute(text("UPDATE journal SET body = :old"), {"old": old})
    with database.reading() as session:
        row = session.exec(select(JournalEntry).where(col(JournalEntry.number) == 1)).one()
        assert (row.body, row.activity["object"]) == (old, "https://ulm.example/old")


def test_what_came_in_an_activity_is_kept_once_and_found_with_its_proof(database: Database) -> None:
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": "https://ulm.example/k",
    }
    thing = {"id": "https://ulm.example/one", "content": "é", "proof": proof}
    with database.writing() as session:
        originals.keep(session, thing, told=True)
        _say(session, 1, thing)
        _say(session, 2, {"id": "https://ulm.example/one"})
    with database.reading() as session:
        row = session.get_one(originals.Original, thing["id"])
        assert (row.packed, originals.signed(session, thing["id"])) == (b"", thing)
    newer = thing | {"content": "è"}
    with database.writing() as session:
        originals.keep(session, newer)
        assert originals.signed(session, thing["id"]) == newer
        originals.forget(session, thing["id"])
        assert originals.signed(session, thing["id"]) is None
