"""A practice after its publication, over three instances: claimed, contested, lifted, confirmed; told anew; lost and found."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine
from sqlmodel import delete, select

from exchange.catalogue import shelf
from exchange.catalogue.adoption import handshake, reminders
from exchange.catalogue.practices import revise
from exchange.models.adoption import Adoption
from exchange.models.base import now
from exchange.models.handshake import AdoptionAnswer
from exchange.models.practice import Practice
from federation.ledger import journal
from federation.ledger.hosts import Host
from federation.node import Incoming
from tests.rig import House, Rig, complete


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.now(UTC), tick=True) as travelling:
        yield travelling


def lineage(house: House, uri: str) -> Any:
    """What an instance tells of a lineage, without what is its own view of the others."""
    key = house.practice(uri).key
    data = house.get(f"/api/v1/practices/{key}/lineage", accept="application/json").json()
    stations = [
        {k: v for k, v in one.items() if k not in ("answers", "last_seen")} for one in data["stations"]
    ]
    for one in stations:
        one["community"] = one["community"] and one["community"]["id"]
    return {**data, "stations": stations}


def say(house: House, state: str, reason: str = "") -> None:
    """The owner answers the only adoption it has."""
    with house.instance.database.writing() as session:
        found = session.exec(select(Adoption).where(Adoption.local == False)).one()  # noqa: E712
        handshake.answer(session, found, state, reason={"fr": reason} if reason else None)


def standing(houses: Iterable[House]) -> set[bool | None]:
    found = set()
    for house in houses:
        with house.instance.database.reading() as session:
            found |= set(session.exec(select(Adoption.confirmed)))
    return found


def world(rig: Rig) -> tuple[House, House, House, Practice, Practice]:
    """A village, a metropolis, and somebody who follows both; a practice of each."""
    village, city, reader = (rig.instance(name, search="memory") for name in ("village", "city", "reader"))
    village.community("arvieu", "Arvieu", "FR", degurba="dg-3", population=800)
    city.community("ulm", "Ulm", "DE", degurba="dg-1", population=126000)
    practice = village.publish("arvieu", complete({"language": "fr"}))
    own = city.publish("ulm", complete({"language": "de", "title": {"de": "Ein Dach für alle"}}))
    for one, other in ((village, city), (city, village), (reader, village), (reader, city)):
        one.follow(other)
    rig.settle()
    return village, city, reader, practice, own


@pytest.mark.slow
def test_an_adoption_is_contested_and_confirmed_and_everybody_tells_the_same_in_any_order(rig: Rig) -> None:
    village, city, reader, practice, own = world(rig)
    houses = (village, city, reader)
    city.adopt(practice.uri, "ulm", "ad-piloting", adaptationType="at-adapt", ownPractice=own.uri)
    rig.settle()
    for state, shown, reason in (
        ("contested", False, "Ulm n'a encore rien décidé."),
        ("open", None, ""),
        ("confirmed", True, ""),
    ):
        before = standing(houses)
        say(village, state, reason)
        rig.settle()
        assert standing(houses) == {shown} != before
        told = [lineage(house, practice.uri) for house in houses]
        assert told[0] == told[1] == told[2]
        [line] = told[0]["lines"]
        assert (line["from"], line["to"], line["stage"]) == (practice.uri, own.uri, "ad-piloting")
        assert line["state"] == {"open": "claimed"}.get(state, state)
        assert line["reason"] == ({"fr": reason} if reason else {})
        page = reader.get(f"/practices/{reader.practice(practice.uri).key}").text
        assert ("n&#39;a encore rien décidé" in page) is bool(reason)
    the_adopter_hears_of_a_new_version(rig, village, city, practice)
    say(village, "contested", "Plus.")
    rig.settle()
    any_order_gives_the_same(village, city, reader, practice)


def the_adopter_hears_of_a_new_version(rig: Rig, village: House, city: House, practice: Practice) -> None:
    with village.instance.database.writing() as session:
        held = shelf.practice(session, practice.uri)
        changed = held.record | {"cost": {"class": "pc-4"}, "objectives": {"fr": "Moins de charges."}}
        revise.revise(session, held, changed, note="Nouveau devis")
    rig.settle()
    with city.instance.database.reading() as session:
        [news] = reminders.news(session, shelf.community(session, "ulm"))
    assert (news.follows, news.newest) == (1, 2)
    assert [c.field for c in news.changes or []] == ["objectives", "cost.class"]
    key = city.practice(practice.uri).key
    told = city.get(f"/api/v1/practices/{key}/differences?from=1&to=2", accept="application/json").json()
    fields = [(c["field"], c["change"]) for c in told["changes"]]
    assert fields == [("objectives", "added"), ("cost.class", "changed")]
    assert "Moins de charges." in city.get(f"/practices/{key}/differences?from=1&to=2").text


def any_order_gives_the_same(village: House, city: House, reader: House, practice: Practice) -> None:
    said = []
    for house in (city, village):
        with house.instance.database.reading() as session:
            rows = [row for row in journal.after(session, 0, 1000) if row.direction == "out"]
        said += [
            row for row in rows if row.kind in ("Add", "Remove") or "/adoptions/" in (row.object_id or "")
        ]
    assert [row.kind for row in said] == ["Create", "Remove", "Remove", "Add", "Remove"]
    expected = lineage(reader, practice.uri)
    assert expected["lines"][0]["reason"] == {"fr": "Plus."}
    for order in list(permutations(said))[::11]:
        with reader.instance.database.writing() as session:
            session.exec(delete(AdoptionAnswer))
            session.exec(delete(Adoption))
            for row in order:
                said_so = Incoming(row.activity, row.actor, row.body, now(), via="backfill")
                reader.instance.node.handlers.handle(session, said_so)
        assert lineage(reader, practice.uri) == expected, [row.kind for row in order]


def test_who_was_off_for_a_day_sees_the_same_and_a_lost_one_keeps_its_place(
    clock: time_machine.Traveller, rig: Rig
) -> None:
    village, city, reader, practice, own = world(rig)
    reader.stop()
    city.adopt(practice.uri, "ulm", "ad-operating", adaptationType="at-adapt", ownPractice=own.uri)
    rig.settle(village, city)
    say(village, "contested", "Pas encore.")
    rig.settle(village, city)
    say(village, "confirmed")
    rig.settle(village, city)
    clock.shift(timedelta(days=1))
    reader.start()
    rig.settle()
    clock.shift(timedelta(hours=13))
    rig.settle()
    assert lineage(reader, practice.uri) == lineage(village, practice.uri)
    before = lineage(reader, own.uri)
    village.stop()  # the origin is lost: its station stays, and says since when
    with reader.instance.database.writing() as session:
        session.get_one(Host, village.origin.partition("://")[2]).state = "suspended"
        session.get_one(Host, village.origin.partition("://")[2]).failures = 5
    assert lineage(reader, own.uri) == before
    key = reader.practice(own.uri).key
    data = reader.get(f"/api/v1/practices/{key}/lineage", accept="application/json").json()
    lost = next(one for one in data["stations"] if one["id"] == practice.uri)
    assert lost["answers"] is False
    assert lost["last_seen"]
    assert "last seen" in reader.get(f"/practices/{key}").text
