"""Who may publish, change and delete what, tried over signed HTTP by those who may not (FEP-fe34)."""

import pytest
from sqlmodel import select

from exchange.catalogue import shelf
from exchange.models.practice import Practice
from exchange.models.review import Review
from federation.ledger import arrivals
from tests.journeys.point_3.said import (
    all_of,
    article,
    held,
    newer,
    ours,
    published,
    states,
)
from tests.outsider import Outsider
from tests.rig import House, Rig


def test_a_neighbour_on_the_same_host_does_not_change_a_practice(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    thing = published(rig, house, fedi, town)
    changed = newer(thing, "Mine now")
    assert fedi.say(house, mallory, "Update", changed) == 202
    as_own = newer(article(fedi, house, mallory), "Mine now") | {"id": thing["id"]}
    assert fedi.say(house, mallory, "Update", as_own) == 202
    rig.settle()
    assert held(house, thing["id"]).title == "A bridge"
    assert states(house)[-2:] == ["refused", "refused"]


def test_an_actor_that_is_only_called_actor_does_not_speak_for_the_host(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = published(rig, house, fedi, town)
    impostor = fedi.town("users/actor", preferredUsername="impostor")
    fedi.say(house, impostor, "Update", newer(thing, "Mine now"))
    fedi.say(house, impostor, "Delete", thing["id"])
    rig.settle()
    assert (held(house, thing["id"]).title, held(house, thing["id"]).state) == ("A bridge", "published")


def test_the_owner_of_a_practice_stays_its_owner(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    thing = published(rig, house, fedi, town)
    given = newer(article(fedi, house, mallory), "A present") | {"id": thing["id"]}
    given["practice"]["id"] = f"{thing['id']}#practice"
    fedi.say(house, town, "Update", given)
    inner = newer(thing, "A present")
    inner["practice"]["community"] = mallory
    fedi.say(house, town, "Update", inner)
    rig.settle()
    assert held(house, thing["id"]).title == "A bridge"
    with house.instance.database.reading() as session:
        assert shelf.community_of(session, held(house, thing["id"])).uri == town


def test_the_record_inside_belongs_to_the_object_around_it(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = published(rig, house, fedi, town)
    other = newer(thing, "Smuggled")
    other["practice"]["id"] = f"{ours(house).uri}#practice"
    fedi.say(house, town, "Update", other)
    rig.settle()
    assert (held(house, thing["id"]).title, ours(house).title) == ("A bridge", "A roof for all")


def test_a_short_name_does_not_lead_to_another_practice_than_the_key_that_it_copies(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    mine = article(fedi, house, mallory, "A trap", id=f"{fedi.origin}/practices/trap")
    mine["practice"]["id"] = f"{mine['id']}#practice"
    fedi.say(house, mallory, "Create", mine)
    rig.settle()
    key = held(house, published(rig, house, fedi, town)["id"]).key
    named = newer(mine, "A trap")
    fedi.say(house, mallory, "Update", {**named, "practice": {**named["practice"], "slug": key}})
    rig.settle()
    assert held(house, mine["id"]).slug == key
    assert "A bridge" in house.get(f"/practices/{key}").text
    assert house.get(f"/api/v1/practices/{key}", accept="application/json").json()["title"] == "A bridge"


def test_a_stale_update_does_not_win(rig: Rig, house: House, fedi: Outsider, town: str) -> None:
    thing = published(rig, house, fedi, town)
    fedi.say(house, town, "Update", newer(thing, "Third", 3, "2090-01-03"))
    fedi.say(house, town, "Update", newer(thing, "Second", 2, "2090-01-02"))
    fedi.say(house, town, "Update", newer(thing, "Same version, older", 3, "2090-01-01"))
    fedi.say(house, town, "Create", thing)
    rig.settle()
    assert (held(house, thing["id"]).title, held(house, thing["id"]).version) == ("Third", 3)


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_an_embedded_object_of_another_origin_is_not_believed(
    kind: str, rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str
) -> None:
    victim = elsewhere.town("victim")
    thing = article(elsewhere, house, victim)
    assert fedi.say(house, town, kind, thing) == 403
    assert fedi.say(house, town, kind, article(fedi, house, town) | {"attributedTo": victim}) == 403
    assert fedi.say(house, town, kind, article(fedi, house, town) | {"attributedTo": [town, victim]}) == 403
    rig.settle()
    assert [p.local for p in all_of(house, Practice)] == [True]


def test_a_review_does_not_smuggle_in_a_practice_under_a_strangers_name(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str
) -> None:
    victim = elsewhere.town("victim")
    forged = article(fedi, house, victim)
    fedi.server.serve(forged["id"].removeprefix(fedi.origin), forged)
    note = fedi.note("1", town, forged["id"], "<p>Good.</p>", updated="2026-01-02T00:00:00Z")
    review = {
        "type": "Review",
        "itemReviewed": forged["id"],
        "relation": "rr-peer",
        "reviewRating": [{"type": "Rating", "reviewAspect": "rc-effectiveness", "ratingValue": 4}],
    }
    fedi.say(house, town, "Create", note | {"review": review})
    rig.settle()
    assert fedi.server.count(forged["id"].removeprefix(fedi.origin)) == 1
    assert held(house, forged["id"]) is None
    assert all_of(house, Review) == []
    assert states(house)[-1] == "refused"


def test_what_a_review_embeds_of_a_practice_is_not_believed(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    practice = ours(house)
    inner = {
        "type": "Review",
        "itemReviewed": {**house.document(practice.uri), "name": "Worthless"},
        "relation": "rr-peer",
        "reviewRating": [{"type": "Rating", "reviewAspect": "rc-effectiveness", "ratingValue": 4}],
    }
    fedi.say(house, town, "Create", fedi.note("1", town, practice.uri, "<p>Good.</p>") | {"review": inner})
    rig.settle()
    assert ours(house).title == "A roof for all"
    assert len(all_of(house, Review)) == 1


def test_our_own_ids_never_come_from_outside(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str
) -> None:
    practice = ours(house)
    document = house.document(practice.uri)
    community = document["attributedTo"]
    for kind in ("Create", "Update", "Delete", "Undo", "Move"):
        assert fedi.say(house, town, kind, document) == 403
        assert fedi.say(house, town, kind, practice.uri) == 403
    assert fedi.say(house, town, "Update", {"id": community, "type": "Organization"}) == 403
    own = fedi.activity(community, "Update", document) | {"id": f"{house.origin}/activities/1"}
    assert fedi.post(house, own, signer=town) == 403
    assert fedi.post(house, own, signer=community) in (401, 403)
    assert fedi.post(house, fedi.activity(town, "Like", practice.uri) | {"id": own["id"]}, signer=town) == 403
    rig.settle()
    assert (ours(house).title, ours(house).version, ours(house).state) == ("A roof for all", 1, "published")


def test_nobody_uses_up_the_activity_id_of_another(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str, mallory: str
) -> None:
    create = fedi.activity(town, "Create", article(fedi, house, town))
    stranger = elsewhere.town("stranger")
    assert elsewhere.post(house, create | {"actor": stranger}, signer=stranger) == 403
    assert elsewhere.post(house, create, signer=stranger) == 403
    poison = fedi.activity(mallory, "Like", ours(house).uri) | {"id": create["id"]}
    assert fedi.post(house, poison, signer=mallory) == 202  # an id on the own host, but under another's name
    rig.settle()
    assert fedi.post(house, create, signer=town) == 202
    rig.settle()
    assert held(house, create["object"]["id"]).title == "A bridge"


def test_an_actor_describes_itself_alone(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    published(rig, house, fedi, town)
    profile = {"type": "Community", "name": {"en": "Fooled"}, "country": "FR"}
    document = fedi.server.actor("town", community=profile)
    assert fedi.say(house, mallory, "Update", document) == 403
    rig.settle()
    with house.instance.database.reading() as session:
        assert shelf.community(session, town).called() == "Town"
    moved_inbox = document | {"inbox": "https://evil.example/inbox"}
    fedi.say(house, town, "Update", moved_inbox)
    rig.settle()
    assert states(house)[-1] == "refused"


def test_nobody_deletes_what_is_anothers(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str, mallory: str
) -> None:
    thing = published(rig, house, fedi, town)
    stranger = elsewhere.town("stranger")
    assert elsewhere.say(house, stranger, "Delete", thing["id"]) == 403
    assert fedi.say(house, mallory, "Delete", thing["id"]) == 202
    assert fedi.say(house, mallory, "Delete", town) == 202
    rig.settle()
    assert held(house, thing["id"]).state == "published"
    with house.instance.database.reading() as session:
        assert not shelf.community(session, town).gone


def test_what_was_deleted_does_not_come_back(rig: Rig, house: House, fedi: Outsider, town: str) -> None:
    thing = published(rig, house, fedi, town)
    fedi.say(house, town, "Delete", {"id": thing["id"], "type": "Tombstone"})
    for kind in ("Create", "Update"):
        fedi.say(house, town, kind, newer(thing, "Back", 9))
    rig.settle()
    kept = held(house, thing["id"])
    assert (kept.state, kept.record) == ("withdrawn", {})


def test_a_delete_that_comes_first_keeps_its_create_out(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = article(fedi, house, town)
    fedi.say(house, town, "Delete", thing["id"])
    rig.settle()
    with house.instance.database.writing() as session:  # as when what had arrived was forgotten long since
        for row in session.exec(select(arrivals.Arrival)):
            session.delete(row)
    fedi.say(house, town, "Create", thing)
    rig.settle()
    assert held(house, thing["id"]) is None


def test_nobody_keeps_anothers_practice_out_by_deleting_it_in_advance(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    thing = article(fedi, house, town)
    fedi.say(house, mallory, "Delete", thing["id"])
    rig.settle()
    fedi.say(house, town, "Create", thing)
    rig.settle()
    assert held(house, thing["id"]).title == "A bridge"
