"""Point 2, object integrity: what is published carries its owner's proof, and keeps it wherever it goes."""

import json
from typing import Any

import pytest

from exchange.catalogue import lookup, shelf
from exchange.catalogue.communities import keyring
from exchange.catalogue.files import exports, imports
from exchange.catalogue.practices import revise, withdraw
from exchange.fetching import fetch_now
from federation import keys
from federation.arriving import backfill
from federation.errors import InvalidSignature
from federation.ledger import journal, originals
from federation.ledger.hosts import Host
from federation.neighbours import followers
from federation.wire import proofs
from tests.federation.foreign import EDWARDS
from tests.outsider import Outsider, outsider
from tests.rig import House, Rig, complete, seed

TITLE = "Plan solaire citoyen sur les toits communaux"


def _publishing(rig: Rig) -> tuple[House, House, str]:
    """One who publishes, another who follows, and the address of a practice."""
    a, b = rig.instance("adria"), rig.instance("bergen")
    a.community("loos-en-gohelle", "Loos-en-Gohelle", "FR", population=6600)
    b.community("ulm", "Ulm", "DE", population=126329)
    b.follow(a)
    rig.settle()
    uri = a.publish("loos-en-gohelle", complete(seed("loos-solar-plan"))).uri
    rig.settle()
    return a, b, uri


def _holds(house: House, document: dict[str, Any]) -> bool:
    """Whether a document carries a proof that the keys in its author's own document bear out."""
    key_id = proofs.claimed_key(document)
    assert key_id
    with house.instance.database.reading() as session:
        key = keys.find(session, key_id)
    assert key is not None
    listed = house.document(document["attributedTo"])["assertionMethod"]
    assert key_id in [one["id"] for one in listed]
    proofs.verify_object(document, key)
    return True


def _kept(house: House, uri: str) -> dict[str, Any] | None:
    with house.instance.database.reading() as session:
        return originals.signed(session, uri)


def test_a_practice_a_review_and_an_adoption_are_signed_by_their_owners(rig: Rig) -> None:
    a, b, uri = _publishing(rig)
    b.review(uri, "ulm", openness=4)
    b.adopt(uri, "ulm", "ad-watching")
    with b.instance.database.reading() as session:
        practice = shelf.practice(session, uri)
        [(review, _)] = shelf.reviews_of(session, practice)
        [adoption] = shelf.adoptions_of(session, practice)
    for house, thing in ((a, uri), (b, review.uri), (b, adoption.uri)):
        served = house.document(thing)
        assert _holds(house, served)
        assert served["proof"]["verificationMethod"] == f"{served['attributedTo']}#ed25519-key"
        assert served["proof"]["@context"] == served["@context"]
        shown = [item["object"] for item in house.document("/actor/outbox?page=0")["orderedItems"]]
        assert served in shown
        with house.instance.database.reading() as session:
            sent = journal.about(session, thing)[-1].activity["object"]
        assert json.dumps(sent) == json.dumps(served)


def test_the_proof_stays_with_the_copy_for_inspection_and_export(rig: Rig) -> None:
    a, b, uri = _publishing(rig)
    signed = a.document(uri)
    assert _kept(b, uri) == signed
    with b.instance.database.reading() as session:
        found = lookup.inspect(session, uri)
        exported = json.loads(exports.export(session, format="json"))
    assert found
    assert found["proof"] == signed["proof"]
    [record] = exported["practices"]
    assert _holds(a, record["signed"])


def test_an_export_with_proofs_is_taken_in_elsewhere_as_words_of_ones_own(rig: Rig) -> None:
    a, _, uri = _publishing(rig)
    with a.instance.database.reading() as session:
        exported = exports.export(session, format="json")
    c = rig.instance("como")
    report = imports.import_file(c.instance.database, c.origin, exported, kind="json")
    assert (len(report.entered), report.refused) == (1, [])
    rig.settle(c)
    [hit] = c.find().hits
    assert hit.id != uri
    assert _holds(c, c.document(hit.id))


def test_a_revision_brings_its_own_proof_and_a_withdrawal_takes_it_away(rig: Rig) -> None:
    a, b, uri = _publishing(rig)
    first = a.document(uri)
    with a.instance.database.writing() as session:
        held = shelf.practice(session, uri)
        revise.revise(session, held, held.record | {"title": {"fr": "Le soleil en commun"}})
    rig.settle()
    kept = _kept(b, uri)
    assert kept
    assert kept["proof"] != first["proof"]
    assert kept == a.document(uri)
    with a.instance.database.writing() as session:
        withdraw.withdraw(session, shelf.practice(session, uri))
    rig.settle()
    assert _kept(b, uri) is None
    assert _kept(a, uri) is None


def test_what_is_read_from_an_outbox_keeps_its_proof(rig: Rig) -> None:
    a, _, uri = _publishing(rig)
    late = rig.instance("late")
    late.follow(a)
    rig.settle()
    assert _kept(late, uri) == a.document(uri)


def test_after_a_rotation_everything_is_signed_with_the_new_key_and_nothing_else_changes(rig: Rig) -> None:
    a, b, uri = _publishing(rig)
    before = a.document(uri)
    with a.instance.database.writing() as session:
        keyring.rotate(session, shelf.community(session, "loos-en-gohelle"))
    rig.settle()
    after = a.document(uri)
    assert proofs.bare(after) == proofs.bare(before)
    assert after["proof"]["verificationMethod"].endswith("#ed25519-key-2")
    assert _holds(a, after)
    assert _holds(a, before), "the old key holds until the overlap is over"
    late = rig.instance("late")
    late.follow(a)
    rig.settle()
    assert _kept(late, uri) == after
    with b.instance.database.writing() as session:
        backfill.start(session, a.instance.node.instance_actor)
    rig.settle()
    assert _kept(b, uri) == after
    assert b.titles() == [TITLE]


# --------------------------------------------------------------------- from servers that nobody here wrote


def _town(fedi: Outsider, house: House, name: str = "arvieu") -> str:
    """A community out there that the house follows."""
    town = fedi.town(name)
    node = house.instance.node
    with house.instance.database.writing() as session:
        followers.follow(session, node, local_actor=node.instance_actor, target_actor=town)
    return town


def _accept(fedi: Outsider, house: House, town: str, rig: Rig) -> None:
    rig.settle()
    follow = next(item for item in fedi.told(town.rpartition("/")[2]) if item["type"] == "Follow")
    assert fedi.say(house, town, "Accept", follow["id"]) == 202
    rig.settle()


def _practice(fedi: Outsider, a: House, uri: str, town: str) -> dict[str, Any]:
    """A practice of the town, with nothing of the proof of the one it was modelled on."""
    return proofs.bare(fedi.copied(a, uri, town))


def _signed(document: dict[str, Any], town: str, key: Any = EDWARDS) -> dict[str, Any]:
    return proofs.sign_object(document, key_id=f"{town}#ed25519-key", private_key=key)


def _refused(house: House, host: str) -> tuple[int, str | None]:
    with house.instance.database.reading() as session:
        row = session.get(Host, host)
        assert row is not None
        return row.refused_count, row.last_refusal


def test_a_proof_of_another_server_is_checked_kept_and_a_bad_one_refused(rig: Rig) -> None:
    a, b, uri = _publishing(rig)
    with outsider() as fedi:
        town = _town(fedi, b)
        _accept(fedi, b, town, rig)
        unproven = _practice(fedi, a, uri, town)
        signed = _signed(unproven, town)
        forged = {**signed, "name": "Something else"}
        assert fedi.say(b, town, "Create", forged) == 202
        rig.settle()
        assert len(b.titles()) == 1
        count, reason = _refused(b, fedi.host)
        assert (count, reason) == (1, "The proof does not fit the object.")
        assert fedi.say(b, town, "Create", {**signed, "signature": {"type": "RsaSignature2017"}}) == 202
        rig.settle()
        assert len(b.titles()) == 2
        kept = _kept(b, signed["id"])
        assert kept is not None
        assert kept["proof"] == signed["proof"]
        assert "signature" not in kept


def test_an_object_without_a_proof_is_taken_for_its_senders_word_and_known_as_unproven(rig: Rig) -> None:
    a, b, uri = _publishing(rig)
    with outsider() as fedi:
        town = _town(fedi, b)
        _accept(fedi, b, town, rig)
        said = _practice(fedi, a, uri, town)
        assert fedi.say(b, town, "Create", said) == 202
        rig.settle()
        assert len(b.titles()) == 2
        assert _kept(b, said["id"]) is None
        with b.instance.database.reading() as session:
            found = lookup.inspect(session, said["id"])
        assert found is not None
        assert found["proof"] is None


def test_a_key_that_is_not_for_publishing_proves_nothing(rig: Rig) -> None:
    a, b, uri = _publishing(rig)
    with outsider() as fedi:
        town = _town(fedi, b)
        _accept(fedi, b, town, rig)
        document = proofs.sign_object(
            _practice(fedi, a, uri, town), key_id=f"{town}#main-key", private_key=EDWARDS
        )
        assert fedi.say(b, town, "Create", document) == 202
        rig.settle()
        assert len(b.titles()) == 1
        assert _refused(b, fedi.host)[1] == "The key of the proof is not one for what its owner publishes."


def test_what_somebody_passes_on_is_believed_for_its_proof_alone(rig: Rig) -> None:
    """A relay repeats what a third party published: the proof counts, who repeats it does not."""
    a, b, uri = _publishing(rig)
    with outsider() as relay, outsider() as origin:
        voice = _town(relay, b, "voice")
        _accept(relay, b, voice, rig)
        town = origin.town("arvieu")
        said = _practice(origin, a, uri, town)
        assert relay.say(b, voice, "Create", said) == 403
        forged = {**_signed(said, town), "name": "Something else"}
        assert relay.say(b, voice, "Create", forged) == 401
        assert relay.say(b, voice, "Create", _signed(said, f"{relay.origin}/voice")) == 401
        rig.settle()
        assert len(b.titles()) == 1
        signed = _signed(said, town)
        assert relay.say(b, voice, "Create", signed) == 202
        rig.settle()
        assert len(b.titles()) == 2
        assert _kept(b, signed["id"]) == signed
        assert origin.server.count("/" + signed["id"].partition("/practices/")[2]) == 0


def test_a_boost_with_a_bad_proof_is_a_pointer_to_the_origin(rig: Rig) -> None:
    a, b, uri = _publishing(rig)
    with outsider() as relay, outsider() as origin:
        voice = _town(relay, b, "voice")
        _accept(relay, b, voice, rig)
        town = origin.town("arvieu")
        signed = _signed(_practice(origin, a, uri, town), town)
        path = signed["id"].removeprefix(origin.origin)
        origin.server.serve(path, signed)
        forged = {
            **signed,
            "name": "Something else",
            "practice": {**signed["practice"], "title": {"fr": "X"}},
        }
        assert relay.say(b, voice, "Announce", forged) == 202
        rig.settle()
        assert origin.server.count(path) == 1
        assert b.titles() == [TITLE, TITLE]
        assert _kept(b, signed["id"]) == signed


def test_a_boost_with_a_good_proof_needs_no_fetch(rig: Rig) -> None:
    a, b, uri = _publishing(rig)
    with outsider() as relay, outsider() as origin:
        voice = _town(relay, b, "voice")
        _accept(relay, b, voice, rig)
        town = origin.town("arvieu")
        signed = _signed(_practice(origin, a, uri, town), town)
        assert relay.say(b, voice, "Announce", signed) == 202
        rig.settle()
        assert origin.server.count(signed["id"].removeprefix(origin.origin)) == 0
        assert b.titles() == [TITLE, TITLE]


def test_what_is_fetched_with_a_bad_proof_is_refused(rig: Rig) -> None:
    a, b, uri = _publishing(rig)
    with outsider() as origin:
        town = origin.town("arvieu")
        signed = _signed(_practice(origin, a, uri, town), town, key=EDWARDS)
        path = signed["id"].removeprefix(origin.origin)
        origin.server.serve(path, {**signed, "summary": "another"})
        with pytest.raises(InvalidSignature, match="does not fit the object"):
            fetch_now(b.instance, signed["id"])
        origin.server.serve(path, signed)
        assert fetch_now(b.instance, signed["id"])
        assert _kept(b, signed["id"]) == signed
