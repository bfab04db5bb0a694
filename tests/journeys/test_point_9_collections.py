"""Collections of a cluster: in an order, with a word for each, told to who follows it (FEP-7aa9)."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from sqlmodel import delete, select

from exchange import mending
from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster, collect, collections
from exchange.messages import Refusal
from exchange.models.collection import Collection
from exchange.vocabulary.activitystreams.collection import MOST
from federation.ledger import lease
from federation.ledger.arrivals import Arrival
from federation.ledger.outbox import Delivery
from federation.neighbours import followers
from federation.wire.activity import PUBLIC
from tests.journeys.hostile.stage import WRONG, changed, places
from tests.outsider import Outsider, outsider
from tests.rig import House, Rig, complete

ORDERS = list(permutations(range(4)))[::3]  # in which four words about a collection arrive


@pytest.fixture
def fedi() -> Iterator[Outsider]:
    with outsider() as somebody:
        yield somebody


@pytest.fixture
def hub(rig: Rig) -> House:
    made = rig.instance("hub", search="memory")
    made.community("ulm", "Ulm", "DE")
    with made.instance.database.writing() as session:
        cluster.found(session, made.origin, slug="solar-towns", name={"en": "Solar towns"})
    return made


def _practice(house: House, by: str, title: str) -> str:
    return house.publish(by, complete({"language": "en", "title": title})).uri


def _begin(house: House, **more: Any) -> str:
    with house.instance.database.writing() as session:
        group = cluster.cluster(session, "solar-towns")
        return collect.begin(session, group, {"en": "Roofs", "de": "Dächer"}, **more).uri


def _put(house: House, collection: str, practice: str, **words: str) -> None:
    with house.instance.database.writing() as session:
        held = collections.collection(session, collection)
        collect.put(session, held, shelf.practice(session, practice), words)


def _change(house: House, uri: str, **more: Any) -> None:
    with house.instance.database.writing() as session:
        collect.change(session, collections.collection(session, uri), **more)


def _remove(house: House, uri: str) -> None:
    with house.instance.database.writing() as session:
        collect.remove(session, collections.collection(session, uri))


def _follow(house: House, actor: str) -> None:
    node = house.instance.node
    with house.instance.database.writing() as session:
        followers.follow(session, node, local_actor=node.instance_actor, target_actor=actor)


def _held(house: House) -> list[tuple[dict[str, str], dict[str, str], list[tuple[str, dict[str, str]]]]]:
    with house.instance.database.reading() as session:
        return [
            (one.title, one.summary, [(i.practice, i.words) for i in collections.items(session, one)])
            for one in collections.all_(session)
        ]


def test_what_is_lost_on_the_way_is_put_right_at_night(rig: Rig, hub: House) -> None:
    reader, group = rig.instance("reader", search="memory"), f"{hub.origin}/clusters/solar-towns"
    practice = _practice(hub, "ulm", "A roof for all")
    kept, gone = _begin(hub), _begin(hub)
    _follow(reader, group)
    rig.settle()
    for uri in (kept, gone):
        _put(hub, uri, practice)
    rig.settle()
    assert len(_held(reader)) == 2
    reader.stop()
    _change(hub, kept, title={"en": "Walls"})
    _remove(hub, gone)
    with hub.instance.database.writing() as session:
        session.exec(delete(Delivery))
    reader.start()
    rig.settle()
    assert [title["en"] for title, _summary, _items in _held(reader)] == ["Roofs", "Roofs"]
    mending.mend(reader.instance, group)
    assert [title for title, _summary, _items in _held(reader)] == [{"en": "Walls"}]
    mending.mend(reader.instance, group)
    assert len(_held(reader)) == 1


def test_a_collection_is_told_changed_and_taken_back(rig: Rig, hub: House, fedi: Outsider) -> None:
    group, ana = f"{hub.origin}/clusters/solar-towns", fedi.actor("ana", type="Person")
    fedi.say(hub, ana, "Follow", group)
    one, two = _practice(hub, "ulm", "A roof for all"), _practice(hub, "ulm", "A second roof")
    uri = _begin(hub, summary={"en": "What worked."})
    rig.settle()
    assert [a["type"] for a in fedi.told("ana")] == ["Accept"]  # nothing is in it yet
    assert hub.get(uri, accept="application/activity+json").status_code == 404
    assert hub.document("/clusters/solar-towns/collections")["totalItems"] == 0

    _put(hub, uri, one, en="Read this first.")
    rig.settle()
    added, note = sorted(fedi.told("ana")[1:], key=lambda a: str(a["type"]))
    assert (added["type"], added["actor"], added["target"]) == ("Add", group, f"{group}/collections")
    told = added["object"]
    assert told == hub.document(uri)
    assert (told["type"], told["id"], told["attributedTo"]) == ("FeaturedCollection", uri, group)
    assert (told["name"], told["nameMap"]) == ("Roofs", {"en": "Roofs", "de": "Dächer"})
    assert (told["summaryMap"], told["totalItems"]) == ({"en": "What worked."}, 1)
    assert (told["sensitive"], told["discoverable"]) == (False, True)
    [item] = told["orderedItems"]
    assert (item["type"], item["featuredObject"], item["featuredObjectType"]) == (
        "FeaturedItem",
        one,
        "Article",
    )
    assert told["curated"]["words"] == [{"practice": one, "text": {"en": "Read this first."}}]
    assert told["proof"]["verificationMethod"].startswith(f"{group}#")
    assert (note["type"], note["object"]["type"]) == ("Create", "Note")
    assert uri in note["object"]["content"]
    assert one in note["object"]["content"]
    assert [(tag["type"], tag["href"], tag["name"]) for tag in note["object"]["tag"]] == [
        ("Link", uri, "Roofs"),
        ("Link", one, "A roof for all"),
    ]
    kind = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
    assert {tag["mediaType"] for tag in note["object"]["tag"]} == {kind}
    assert hub.document(note["object"]["id"]) == note["object"]

    _put(hub, uri, two)
    _change(hub, uri, items=[(two, {}), (one, {"en": "Then this."})])
    _change(hub, uri, items=[(two, {}), (one, {"en": "Then this."})])  # nothing new, nobody is told
    rig.settle()
    updates = fedi.told("ana")[3:]
    assert [(a["type"], len(a["object"]["orderedItems"])) for a in updates] == [("Update", 2), ("Update", 2)]
    assert [i["featuredObject"] for i in updates[-1]["object"]["orderedItems"]] == [two, one]
    assert hub.document("/clusters/solar-towns/collections")["orderedItems"] == [uri]
    assert hub.document(group)["featuredCollections"] == f"{group}/collections"

    _remove(hub, uri)
    _remove(hub, uri)
    rig.settle()
    last = fedi.told("ana")[5:]
    assert sorted(a["type"] for a in last) == ["Delete", "Delete", "Remove"]
    [removed] = [a for a in last if a["type"] == "Remove"]
    assert (removed["object"], removed["target"]) == (uri, f"{group}/collections")
    for gone in (uri, f"{uri}/note"):
        assert hub.get(gone, accept="application/activity+json").status_code == 410
    listed = hub.document("/clusters/solar-towns/outbox?page=0")["orderedItems"]
    assert [a["type"] for a in listed if uri in str(a)] == ["Remove"]


def test_who_follows_a_cluster_holds_its_collections_with_practices_from_a_third_place(
    rig: Rig, hub: House
) -> None:
    far, third = rig.instance("far", search="memory"), rig.instance("third", search="memory")
    third.community("ostana", "Ostana", "IT")
    hub.follow(third)
    rig.settle()
    one, two = _practice(hub, "ulm", "A roof for all"), _practice(third, "ostana", "A roof in the hills")
    rig.settle()
    early = _begin(hub)
    _put(hub, early, two, it="Per chi sta in alto.")
    rig.settle()
    assert _held(far) == []
    _follow(far, f"{hub.origin}/clusters/solar-towns")
    rig.settle()
    expected = ({"en": "Roofs", "de": "Dächer"}, {}, [(two, {"it": "Per chi sta in alto."})])
    assert _held(far) == [expected]  # read from the past of the cluster
    assert far.titles() == ["A roof in the hills"]  # and what it names, from a place that far does not follow
    assert far.practice(two).local is False
    _put(hub, early, one)
    rig.settle()
    assert [len(items) for _t, _s, items in _held(far)] == [2]
    assert sorted(far.titles()) == ["A roof for all", "A roof in the hills"]
    assert (
        far.get(f"/collections/{_key(far)}", accept="application/activity+json").headers["Location"] == early
    )
    _remove(hub, early)
    rig.settle()
    assert _held(far) == []
    assert far.get(f"/collections/{_key(far)}").status_code == 410
    assert sorted(far.titles()) == ["A roof for all", "A roof in the hills"]


def _key(house: House) -> str:
    with house.instance.database.reading() as session:
        return session.exec(select(Collection.key)).one()


def test_what_may_be_put_into_a_collection(hub: House) -> None:
    uri, practice = _begin(hub), _practice(hub, "ulm", "A roof for all")
    for more in (
        {"title": {}},
        {"title": {"en": "x" * 121}},
        {"summary": {"en": "x" * 601}},
        {"summary": {"nonsense!": "x"}},
        {"items": [(practice, {"en": "x" * 301})]},
        {"items": [(f"{practice}x", {})]},
        {"items": [(practice, {})] * (MOST + 1)},
    ):
        with pytest.raises(Refusal):
            _change(hub, uri, **more)
    assert _held(hub) == []
    _change(hub, uri, items=[(practice, {})])
    assert len(_held(hub)) == 1


# --------------------------------------------------------------------- what others may say


def _collection(fedi: Outsider, owner: str, *items: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{fedi.origin}/collections/1",
        "type": "FeaturedCollection",
        "attributedTo": owner,
        "to": [PUBLIC],
        "name": "Roofs",
        "totalItems": len(items),
        "published": "2026-01-01T10:00:00Z",
        "updated": "2026-01-01T10:00:00Z",
        "orderedItems": [
            {"id": f"{fedi.origin}/items/{n}", "type": "FeaturedItem", "featuredObject": uri, "featuredObjectType": "Article"}
            for n, uri in enumerate(items)
        ],
        **more,
    }  # fmt: skip


@pytest.fixture
def group(hub: House, fedi: Outsider) -> str:
    """A cluster elsewhere that the hub follows."""
    uri = fedi.actor("group", type="Group")
    _follow(hub, uri)
    with hub.instance.database.writing() as session:
        relation = followers.between(session, hub.instance.node.instance_actor, uri)
        assert relation is not None
        relation.state = "accepted"
        session.add(relation)
    return uri


def test_whatever_the_order_and_repetition_the_end_is_the_same(
    rig: Rig, hub: House, fedi: Outsider, group: str
) -> None:
    roof = _practice(hub, "ulm", "A roof for all")
    target = f"{group}/collections"
    for number, order in enumerate(ORDERS):
        said = _collection(fedi, group, roof, id=f"{fedi.origin}/collections/{number}")
        newer = {**said, "name": "Better roofs", "updated": "2026-02-01T10:00:00Z"}
        newest = {**newer, "orderedItems": [], "updated": "2026-03-01T10:00:00Z"}
        words = [
            fedi.activity(group, "Add", said, target=target),
            fedi.activity(group, "Update", newer),
            fedi.activity(group, "Update", newest),
            fedi.activity(group, "Remove", said["id"], target=target),
        ]
        kept = [words[at] for at in order]
        if number % 2:
            kept = [word for word in kept if word["type"] != "Remove"]
        for word in [*kept, *kept]:
            assert fedi.post(hub, word, signer=group) == 202
    rig.settle()
    assert _held(hub) == [({"und": "Better roofs"}, {}, [])] * (len(ORDERS) // 2)


def test_only_the_cluster_itself_is_heard_and_only_when_it_is_followed(
    rig: Rig, hub: House, fedi: Outsider, group: str
) -> None:
    other, person = fedi.actor("other", type="Group"), fedi.actor("person", type="Person")
    target, said = f"{group}/collections", _collection(fedi, group)
    fedi.say(hub, other, "Add", {**said, "attributedTo": other}, target=f"{other}/collections")
    fedi.say(hub, other, "Add", said, target=target)
    fedi.say(hub, person, "Create", {**said, "attributedTo": person})
    fedi.say(hub, group, "Add", {**said, "attributedTo": other}, target=target)
    fedi.say(hub, group, "Add", {**said, "id": f"{hub.origin}/collections/1"}, target=target)
    fedi.say(hub, group, "Add", said, target=f"{other}/collections")
    fedi.say(hub, other, "Announce", said["id"])
    rig.settle()
    assert _held(hub) == []
    fedi.say(hub, group, "Add", said, target=target)
    rig.settle()
    assert len(_held(hub)) == 1
    newer = {**said, "name": "Mine", "updated": "2026-02-01T10:00:00Z"}
    fedi.say(hub, other, "Update", {**newer, "attributedTo": other})
    fedi.say(hub, other, "Update", newer)
    fedi.say(hub, other, "Remove", said["id"], target=f"{other}/collections")
    fedi.say(hub, other, "Delete", said["id"])
    rig.settle()
    assert [title for title, _s, _i in _held(hub)] == [{"und": "Roofs"}]
    fedi.say(hub, group, "Delete", group)
    rig.settle()
    assert _held(hub) == []


def test_shapes_that_mean_harm_are_refused_and_what_is_named_is_read_under_guard(
    rig: Rig, hub: House, fedi: Outsider, group: str
) -> None:
    target = f"{group}/collections"
    roof = _practice(hub, "ulm", "A roof for all")
    town = fedi.town("town")
    real = fedi.copied(hub, roof.removeprefix(hub.origin), town)
    note = {"id": f"{fedi.origin}/notes/1", "type": "Note", "attributedTo": town, "content": "x"}
    stolen = {
        **real,
        "id": f"{fedi.origin}/practices/stolen",
        "attributedTo": f"{hub.origin}/communities/ulm",
    }
    for thing in (real, note, stolen):
        fedi.server.serve(thing["id"].removeprefix(fedi.origin), thing)
    named = (real["id"], note["id"], stolen["id"], f"{fedi.origin}/missing", "http://10.0.0.1/x", roof)
    good = _collection(fedi, group, *named, curated={
        "type": "CuratedCollection", "title": {"en": "Roofs"}, "words": [{"practice": roof, "text": {"en": "Ours"}}],
    })  # fmt: skip
    count = 0
    for path in places(good):
        for value in WRONG[count % 11 :: 11]:
            count += 1
            bad = changed(good, path, value)
            if path != ("id",):
                bad["id"] = f"{good['id']}-{count}"
            assert 200 <= fedi.say(hub, group, "Add", bad, target=target) < 500, (path, value)
    crowd = [f"{fedi.origin}/many/{n}" for n in range(MOST + 1)]
    refused = fedi.activity(
        group, "Add", _collection(fedi, group, *crowd, id=f"{good['id']}-x"), target=target
    )
    fedi.post(hub, refused, signer=group)
    fedi.say(hub, group, "Add", good, target=target)
    rig.settle()
    with hub.instance.database.reading() as session:
        states = {one.activity_id: one.state for one in session.exec(select(Arrival))}
        assert set(states.values()) <= {lease.DONE, lease.REFUSED, lease.WAITING}
        assert states[refused["id"]] == lease.REFUSED
        kept = collections.collection(session, good["id"])
        shown = [one.title for _i, one, _o in collections.shown(session, kept) if one is not None]
        assert shown == ["A roof for all", "A roof for all"]
        [(words, _p, _o)] = [one for one in collections.shown(session, kept) if one[0].practice == roof]
        assert words.words == {"en": "Ours"}
