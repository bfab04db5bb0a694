"""What its origin shows as a Tombstone ends here (FEP-4f05), and who does not want to be found is not (FEP-5feb)."""

from typing import Any

import requests

from tests.journeys.point_3.said import article, held, published, states
from tests.outsider import Outsider
from tests.rig import House, Rig


def stone(uri: str) -> dict[str, Any]:
    return {"id": uri, "type": "Tombstone", "deleted": "2026-11-01T00:00:00Z"}


def another(house: House, fedi: Outsider, town: str, title: str) -> dict[str, Any]:
    """A second practice of the town."""
    uri = f"{fedi.origin}/practices/00000000-0000-4000-8000-000000000002"
    made = article(fedi, house, town, title, id=uri)
    return {**made, "practice": {**made["practice"], "id": f"{uri}#practice"}}


def test_an_update_to_a_tombstone_is_a_delete(rig: Rig, house: House, fedi: Outsider, town: str) -> None:
    thing = published(rig, house, fedi, town)
    assert fedi.say(house, town, "Update", stone(thing["id"])) == 202
    rig.settle()
    assert held(house, thing["id"]).state == "withdrawn"
    assert house.titles("bridge") == []
    fedi.say(house, town, "Create", thing)
    rig.settle()
    assert held(house, thing["id"]).state == "withdrawn"


def test_a_neighbours_tombstone_ends_nothing(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    thing = published(rig, house, fedi, town)
    fedi.say(house, mallory, "Update", stone(thing["id"]))
    rig.settle()
    assert held(house, thing["id"]).state == "published"
    assert states(house)[-1] == "refused"


def test_a_moderator_ends_what_its_origin_shows_as_ended(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    thing, other = published(rig, house, fedi, town), another(house, fedi, town, "A ferry")
    fedi.say(house, town, "Create", other)
    for document in (stone(thing["id"]), other):
        fedi.server.serve(document["id"][len(fedi.origin) :], document)
    for uri in (thing["id"], other["id"]):
        assert fedi.say(house, mallory, "Delete", uri) == 202
    rig.settle()
    assert held(house, thing["id"]).state == "withdrawn"
    assert held(house, other["id"]).state == "published"
    fedi.say(house, town, "Update", {**thing, "updated": "2091-01-01T00:00:00Z"})
    rig.settle()
    assert held(house, thing["id"]).state == "withdrawn"


def test_who_does_not_want_to_be_found_is_not_and_is_again_after_a_change_of_mind(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = published(rig, house, fedi, town)
    assert house.titles("bridge") == ["A bridge"]
    actor = requests.get(town.replace(fedi.host, f"127.0.0.1:{fedi.server.port}"), timeout=5).json()
    fedi.say(house, town, "Update", {**actor, "indexable": False})
    rig.settle()
    assert house.titles("bridge") == []
    assert house.titles() == ["A roof for all"]
    assert held(house, thing["id"]).state == "published"
    assert "A bridge" in house.get(f"/practices/{held(house, thing['id']).key}").text

    fedi.say(house, town, "Create", another(house, fedi, town, "A second bridge"))
    rig.settle()
    assert house.titles("bridge") == []
    fedi.say(house, town, "Update", {**actor, "indexable": True})
    rig.settle()
    assert sorted(house.titles("bridge")) == ["A bridge", "A second bridge"]


def test_whose_collection_a_collection_is_stands_in_it(house: House) -> None:
    uri = f"{house.origin}/communities/ulm"
    for name in ("outbox", "followers", "following"):
        told = house.document(f"/communities/ulm/{name}")
        assert told[f"{name}Of"] == uri
        assert {f"{name}Of": {"@id": f"https://w3id.org/fep/5711#{name}Of", "@type": "@id"}} in told[
            "@context"
        ]
    practice = house.document(
        house.document("/actor/outbox?page=0")["orderedItems"][0]["object"]["id"][len(house.origin) :]
    )
    for name, kind in (("replies", "OrderedCollection"), ("likes", "Collection"), ("shares", "Collection")):
        told = house.document(practice[name][len(house.origin) :])
        assert (told["type"], told["id"], told[f"{name}Of"]) == (kind, practice[name], practice["id"])
        assert told["totalItems"] == 0


def test_replies_likes_and_boosts_of_a_practice_are_counted_and_named_as_far_as_they_are_public(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    path = house.document("/actor/outbox?page=0")["orderedItems"][0]["object"]["id"][len(house.origin) :]
    uri = f"{house.origin}{path}"
    fedi.say(house, town, "Like", uri)
    fedi.say(house, town, "Announce", uri, to=["as:Public"])
    rig.settle()
    house.review(uri, by=house.community("mere", "Mere", "IE").slug, openness=4)
    rig.settle()
    likes, shares = house.document(f"{path}/likes"), house.document(f"{path}/shares")
    assert (likes["totalItems"], shares["totalItems"]) == (1, 1)
    assert town not in str(likes) + str(shares)
    [reply] = house.document(f"{path}/replies")["orderedItems"]
    assert house.document(reply[len(house.origin) :])["inReplyTo"] == uri
