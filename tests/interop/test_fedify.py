"""A town on Fedify and an instance of ours: they find, follow, read and believe each other."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from sqlmodel import select

from exchange.catalogue import shelf
from exchange.catalogue.practices import revise, withdraw
from exchange.models.comment import Comment
from exchange.models.endorsement import Endorsement
from federation import keys
from federation.keys import VerifiedKey
from federation.ledger import relations
from federation.ledger.relations import Follow
from federation.neighbours import followers
from federation.others import webfinger
from federation.others.peers import resolve_key
from federation.wire import proofs, signatures
from tests.interop.peers import Peer, PeerError
from tests.rig import House, Rig, complete

pytestmark = [pytest.mark.interop, pytest.mark.slow]

TITLES = {"fr": "Un toit solaire", "en": "A solar roof"}
RECORD = {"language": "fr", "title": TITLES, "summary": {"fr": "Des voisins paient les panneaux."}}


@dataclass
class Meeting:
    """One of the towns, and a village of ours."""

    peer: Peer
    dialect: str
    rig: Rig
    house: House
    knocks: list[tuple[str, str, int]]  # how what came to our inboxes was signed, and what we answered

    @property
    def town(self) -> str:
        return str(self.peer.ready["actors"][self.dialect])

    @property
    def village(self) -> str:
        return f"{self.house.origin}/communities/ostana"

    @property
    def handle(self) -> str:
        return f"@ostana@{self.house.origin.removeprefix('http://')}"

    def ask(self, what: str, /, **told: Any) -> Any:
        return self.peer.ask(what, town=self.dialect, **told)

    def settle(self) -> None:
        self.rig.settle()

    def heard(self, kind: str, **like: Any) -> dict[str, Any]:
        """An activity that Fedify has verified."""
        return self.peer.saw("activity", town=self.dialect, kind=kind, **like)

    def relation(self, follower: str, followed: str) -> Follow | None:
        with self.house.instance.database.reading() as session:
            return relations.between(session, follower, followed)

    def befriend(self) -> str:
        """The town follows the village; the id of its Follow."""
        follow = self.ask("follow", whom=self.handle)
        self.settle()
        self.heard("Accept", actor=self.village)
        return str(follow)


@pytest.fixture(params=signatures.DIALECTS)
def meeting(request: pytest.FixtureRequest, fedify: Peer, live: Rig) -> Meeting:
    """In each dialect: the town speaks it, and understands nothing else."""
    house = live.instance("piedmont")
    house.community("ostana", "Ostana", "IT", population=85)
    knocks: list[tuple[str, str, int]] = []
    inside = house.app.wsgi_app

    def watched(environ: dict[str, Any], start: Any) -> Any:
        def answered(status: str, *rest: Any) -> Any:
            if environ["REQUEST_METHOD"] == "POST":
                dialect = "rfc9421" if "HTTP_SIGNATURE_INPUT" in environ else "cavage"
                knocks.append((environ["PATH_INFO"], dialect, int(status.split()[0])))
            return start(status, *rest)

        return inside(environ, answered)

    house.app.wsgi_app = watched  # type: ignore[method-assign]
    return Meeting(fedify, request.param, live, house, knocks)


def test_it_finds_a_community_by_its_handle_and_knows_its_keys(meeting: Meeting) -> None:
    found = meeting.ask("find", what=meeting.handle)
    assert (found["kind"], found["id"], found["name"]) == ("Organization", meeting.village, "Ostana")
    assert found["username"] == "ostana"
    assert found["inbox"] == f"{meeting.village}/inbox"
    assert found["keys"] == [f"{meeting.village}#main-key"]
    assert found["assertions"] == [f"{meeting.village}#ed25519-key"]


def test_we_find_it_by_its_handle_and_the_way_back(meeting: Meeting) -> None:
    host = meeting.town.split("/")[2]
    assert webfinger.resolve(meeting.house.instance.client, f"@town@{host}") == meeting.town


def test_it_can_read_what_we_run(meeting: Meeting) -> None:
    for version in ("2.0", "2.1"):
        told = meeting.house.get(f"/nodeinfo/{version}").json()
        read = meeting.ask("software", told=told)
        assert (read["software"]["name"], read["protocols"]) == ("jumelage", ["activitypub"])
        assert read["usage"]["users"]["total"] == 1
        del told["protocols"]
        assert meeting.ask("software", told=told) is None


def test_it_reads_our_outbox_to_the_end(meeting: Meeting) -> None:
    made = [meeting.house.publish("ostana", complete(RECORD)).uri for _ in range(3)]
    for actor in (meeting.village, meeting.house.instance.node.instance_actor):
        read = meeting.ask("walk", url=f"{actor}/outbox")
        assert read == {"total": 3, "found": [["Create", uri] for uri in reversed(made)]}


def test_it_follows_a_community_and_reads_what_becomes_of_a_practice(meeting: Meeting) -> None:
    meeting.befriend()
    relation = meeting.relation(meeting.town, meeting.village)
    assert relation is not None
    assert relation.state == "accepted"

    practice = meeting.house.publish("ostana", complete(RECORD))
    meeting.settle()
    said = meeting.heard("Create", actor=meeting.village)["object"]
    assert (said["kind"], said["id"], said["by"]) == ("Article", practice.uri, meeting.village)
    assert said["name"] == TITLES["fr"]
    assert dict(said["names"]).items() >= TITLES.items()
    assert said["content"].startswith("<p>")
    assert said["url"] == practice.uri
    assert said["published"]

    with meeting.house.instance.database.writing() as session:
        changed = complete({**RECORD, "title": {"fr": "Deux toits solaires"}})
        revise.revise(session, shelf.practice(session, practice.uri), changed)
    meeting.settle()
    assert meeting.heard("Update", actor=meeting.village)["object"]["name"] == "Deux toits solaires"

    with meeting.house.instance.database.writing() as session:
        withdraw.withdraw(session, shelf.practice(session, practice.uri))
    meeting.settle()
    gone = meeting.heard("Delete", actor=meeting.village)["object"]
    assert (gone["kind"], gone["id"]) == ("Tombstone", practice.uri)
    assert meeting.peer.all("unverified") == meeting.peer.all("error") == []


def test_what_we_send_goes_out_in_the_dialect_it_takes(meeting: Meeting) -> None:
    meeting.befriend()
    meeting.house.publish("ostana", complete(RECORD))
    meeting.settle()
    meeting.heard("Create", actor=meeting.village)
    posts = [(e["dialect"], e["status"]) for e in meeting.peer.all("request", method="POST")]
    # The first of ours was refused where the town takes the newer dialect only; the later ones never.
    refused = [("cavage", 401)] if meeting.dialect == "rfc9421" else []
    assert posts == [*refused, (meeting.dialect, 202), (meeting.dialect, 202)]


def test_what_it_sends_is_taken_in_its_first_dialect(meeting: Meeting) -> None:
    meeting.befriend()
    assert [(dialect, status) for _path, dialect, status in meeting.knocks] == [(meeting.dialect, 202)]


def test_it_takes_its_follow_back_and_hears_no_more(meeting: Meeting) -> None:
    follow = meeting.befriend()
    meeting.ask("unfollow", whom=meeting.village, follow=follow)
    meeting.settle()
    assert meeting.relation(meeting.town, meeting.village) is None
    meeting.peer.forget()
    meeting.house.publish("ostana", complete(RECORD))
    meeting.settle()
    assert meeting.peer.all("request", method="POST") == []


def test_we_follow_it_and_take_our_follow_back(meeting: Meeting) -> None:
    node = meeting.house.instance.node
    us = node.instance_actor
    with node.database.writing() as session:
        followers.follow(session, node, local_actor=us, target_actor=meeting.town)
    meeting.settle()
    assert meeting.heard("Follow", actor=us)["object"]["id"] == meeting.town
    relation = meeting.relation(us, meeting.town)
    assert relation is not None
    assert relation.state == "accepted"

    with node.database.writing() as session:
        followers.unfollow(session, node, local_actor=us, target_actor=meeting.town)
    meeting.settle()
    assert meeting.heard("Undo", actor=us)["object"]["kind"] == "Follow"


def test_its_reply_becomes_a_comment_that_it_changes_and_takes_back(meeting: Meeting) -> None:
    practice = meeting.house.publish("ostana", complete(RECORD))

    def say(verb: str, words: str) -> list[Comment]:
        told = {"number": meeting.dialect, "content": f"<p>{words}</p>", "about": practice.uri}
        meeting.ask("say", verb=verb, to=meeting.village, **told)
        meeting.settle()
        with meeting.house.instance.database.reading() as session:
            return list(session.exec(select(Comment)))

    (comment,) = say("Create", "May we see that roof?")
    assert (comment.author, comment.text) == (meeting.town, "<p>May we see that roof?</p>")
    (comment,) = say("Update", "May we see that roof in May?")
    assert comment.text == "<p>May we see that roof in May?</p>"
    assert say("Delete", "") == []
    assert meeting.knocks == [("/communities/ostana/inbox", meeting.dialect, 202)] * 3


def test_its_like_is_counted(meeting: Meeting) -> None:
    practice = meeting.house.publish("ostana", complete(RECORD))
    meeting.ask("like", what=practice.uri, to=meeting.village)
    meeting.settle()
    with meeting.house.instance.database.reading() as session:
        (endorsement,) = session.exec(select(Endorsement))
    assert (endorsement.actor, endorsement.kind) == (meeting.town, "like")


def test_a_body_that_was_changed_on_the_way_is_believed_by_neither(meeting: Meeting) -> None:
    meeting.befriend()
    host = meeting.town.split("/")[2]
    inbox = f"{meeting.town}/inbox"
    told = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "type": "Delete",
        "id": f"{meeting.house.origin}/activities/1",
        "actor": meeting.village,
    }
    with meeting.house.instance.database.reading() as session:
        key_id, key = keys.signing_key(session, meeting.village, "rsa")
    for object_id, status in (("1", 202), ("2", 401)):
        body = json.dumps({**told, "object": f"{meeting.house.origin}/practices/1"}).encode()
        headers = signatures.sign(
            method="POST", url=inbox, body=body, key_id=key_id, private_key=key, dialect=meeting.dialect
        )
        body = body.replace(b"/practices/1", b"/practices/" + object_id.encode())
        answer = requests.post(
            inbox.replace(host, f"127.0.0.1:{meeting.peer.ready['port']}"),
            body,
            headers={**headers, "Host": host},
            timeout=20,
        )
        assert answer.status_code == status, answer.text


def test_it_believes_the_proofs_in_what_we_serve_and_no_others(meeting: Meeting) -> None:
    practice = meeting.house.publish("ostana", complete(RECORD))
    meeting.house.community("ulm", "Ulm", "DE")
    meeting.house.review(practice.uri, "ulm", replicability=4)
    meeting.house.adopt(practice.uri, "ulm", "ad-decided", adaptationType="at-adapt", since="2026-02")
    with meeting.house.instance.database.reading() as session:
        held = shelf.practice(session, practice.uri)
        ((review, _by),) = shelf.reviews_of(session, held)
        (adoption,) = shelf.adoptions_of(session, held)
    for address in (practice.uri, review.uri, adoption.uri):
        document = meeting.house.document(address)
        assert document["proof"]["cryptosuite"] == "eddsa-jcs-2022"
        assert meeting.ask("believe", document=document) is True
        assert meeting.ask("believe", document={**document, "content": "Something else"}) is False


def test_we_believe_the_proof_in_its_object_and_no_other(meeting: Meeting) -> None:
    note = meeting.ask("prove", content="We have a roof too.")
    key: VerifiedKey = resolve_key(meeting.house.instance.node, str(proofs.claimed_key(note)))
    assert key.owner == meeting.town
    proofs.verify_object(note, key)
    with pytest.raises(proofs.InvalidSignature):
        proofs.verify_object({**note, "content": "We have none."}, key)


def test_a_town_that_shows_its_notes_to_known_readers_shows_them_to_us(meeting: Meeting) -> None:
    said = meeting.ask("say", verb="Create", number="2", content="Only for readers.", to=meeting.village)
    meeting.ask("show", closed=True)
    found = meeting.house.instance.client.get_object(said["note"]).json
    meeting.ask("show", closed=False)
    assert "Only for readers." in json.dumps(found)
    meeting.peer.saw("read", town=meeting.dialect, by=meeting.house.instance.node.instance_actor)


def test_an_instance_that_shows_its_documents_to_known_readers_shows_them_to_it(
    live: Rig, fedify: Peer
) -> None:
    house = live.instance("closed", signed_fetch=True)
    house.community("ostana", "Ostana", "IT")
    practice = house.publish("ostana", complete(RECORD))
    for dialect in signatures.DIALECTS:
        found = fedify.ask("fetch", town=dialect, url=practice.uri, signed=True)
        assert found["id"] == practice.uri
        with pytest.raises(PeerError):
            fedify.ask("fetch", town=dialect, url=practice.uri, signed=False)
