"""A town on bovine and an instance of ours: what either signs is accepted by the other."""

import json

import pytest
import requests

from federation import keys
from federation.ledger import relations
from federation.others import webfinger
from federation.wire import signatures
from tests.interop.peers import Peer
from tests.rig import House, Rig, complete

pytestmark = [pytest.mark.interop, pytest.mark.slow]


@pytest.fixture
def house(live: Rig) -> House:
    made = live.instance("piedmont")
    made.community("ostana", "Ostana", "IT")
    return made


def _village(house: House) -> str:
    return f"{house.origin}/communities/ostana"


def _follow(bovine: Peer, house: House) -> int:
    """The town asks to follow the village; what our inbox answers."""
    town = bovine.ready["actor"]
    activity = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{town}/follows/{house.port}",
        "type": "Follow",
        "actor": town,
        "object": _village(house),
    }
    return int(bovine.ask("post", inbox=f"{_village(house)}/inbox", activity=activity))


def test_it_finds_a_community_by_its_handle_and_reads_it(bovine: Peer, house: House) -> None:
    found = bovine.ask("find", handle=f"ostana@{house.origin.removeprefix('http://')}")
    assert found == _village(house)
    assert bovine.ask("fetch", url=found)["preferredUsername"] == "ostana"


def test_we_find_it_by_its_handle(bovine: Peer, house: House) -> None:
    town = bovine.ready["actor"]
    assert webfinger.resolve(house.instance.client, f"town@{town.split('/')[2]}") == town


def test_its_follow_is_taken_and_it_believes_what_comes_of_it(bovine: Peer, live: Rig, house: House) -> None:
    town = bovine.ready["actor"]
    assert _follow(bovine, house) == 202
    live.settle()
    with house.instance.database.reading() as session:
        relation = relations.between(session, town, _village(house))
    assert relation is not None
    assert relation.state == "accepted"
    practice = house.publish("ostana", complete({}))
    live.settle()
    heard = bovine.all("activity")
    assert [(e["kind"], e["sender"], e["believed"]) for e in heard] == [
        ("Accept", _village(house), True),
        ("Create", _village(house), True),
    ]
    assert heard[1]["activity"]["object"]["id"] == practice.uri


def test_what_it_signs_for_somebody_else_is_refused(bovine: Peer, house: House) -> None:
    town = bovine.ready["actor"]
    activity = {
        "id": f"{town}/follows/1",
        "type": "Follow",
        "actor": town.replace("/town", "/mayor"),
        "object": _village(house),
    }
    assert bovine.ask("post", inbox=f"{_village(house)}/inbox", activity=activity) == 403


def test_it_refuses_what_was_changed_on_the_way(bovine: Peer, house: House) -> None:
    town = bovine.ready["actor"]
    inbox, host = f"{town}/inbox", town.split("/")[2]
    with house.instance.database.reading() as session:
        key_id, key = keys.signing_key(session, _village(house), "rsa")
    body = json.dumps({"type": "Like", "actor": _village(house), "object": town}).encode()
    headers = signatures.sign(method="POST", url=inbox, body=body, key_id=key_id, private_key=key)
    for sent, status in ((body, 202), (body.replace(b"Like", b"Flag"), 401)):
        answer = requests.post(
            f"http://127.0.0.1:{bovine.ready['port']}/town/inbox",
            sent,
            headers={**headers, "Host": host},
            timeout=20,
        )
        assert answer.status_code == status
