"""One practice over five instances: adopted, contested, judged directly and by a lent voice, improved; told alike by all.

A village tells what it did; a metropolis takes it up; a county judges it, and a hamlet lends the county its
voice; somebody else reads. What they know of it does not depend on the order in which they heard it, nor on
having been there when it was said.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from sqlmodel import delete, select

from exchange import meeting
from exchange.catalogue import shelf
from exchange.catalogue.adoption import handshake
from exchange.catalogue.judging import delegate, judgement
from exchange.catalogue.practices import revise
from exchange.models.adoption import Adoption
from exchange.models.base import now
from exchange.models.delegation import Delegation
from exchange.models.handshake import AdoptionAnswer
from exchange.models.practice import Practice
from exchange.models.review import Review
from federation.ledger import journal
from federation.ledger.journal import JournalEntry
from federation.node import Incoming
from tests.rig import House, Rig, complete

ORDERS = 6


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime.now(UTC), tick=True) as travelling:
        yield travelling


def told(house: House, uri: str) -> dict[str, Any]:
    """What an instance tells of a practice: its text, its lineage and its figures, without its own view of others."""
    key = house.practice(uri).key
    lineage = house.get(f"/api/v1/practices/{key}/lineage", accept="application/json").json()
    for station in lineage["stations"]:
        del station["answers"], station["last_seen"]
        station["community"] = station["community"] and station["community"]["id"]
    with house.instance.database.reading() as session:
        practice = shelf.practice(session, uri)
        judged = judgement.judged(session, practice)
        adoptions = session.exec(select(Adoption).where(Adoption.practice_id == practice.id))
        return {
            "version": practice.version,
            "record": practice.record,
            "lineage": lineage,
            "adopted": [(one.uri, one.stage, one.confirmed) for one in adoptions],
            "voices": sorted((voice.of.slug, voice.by.slug) for voice in judged.voices),
            "figures": [
                (one.criterion, one.counts, one.same_class, one.weighed, one.lent, one.by_relation)
                for one in judged.distributions
            ],
        }


def answer(house: House, state: str, reason: str = "") -> None:
    with house.instance.database.writing() as session:
        found = session.exec(select(Adoption).where(Adoption.local == False)).one()  # noqa: E712
        handshake.answer(session, found, state, reason={"fr": reason} if reason else None)


def improve(house: House, practice: Practice) -> None:
    with house.instance.database.writing() as session:
        held = shelf.practice(session, practice.uri)
        revise.revise(session, held, held.record | {"cost": {"class": "pc-4"}}, note="Après deux hivers")


def lend(house: House, giver: str, theme: str, receiver: str) -> None:
    met = meeting.meet(house.instance, receiver)
    with house.instance.database.writing() as session:
        delegate.delegate(session, shelf.community(session, giver), theme, shelf.community(session, met))


@pytest.mark.slow
def test_five_instances_tell_the_same_of_a_practice_however_they_heard_of_it(
    clock: time_machine.Traveller, rig: Rig
) -> None:
    houses = [
        rig.instance(name, search="memory") for name in ("village", "city", "county", "hamlet", "reader")
    ]
    village, city, county, hamlet, reader = houses
    village.community("arvieu", "Arvieu", "FR", degurba="dg-3", population=800)
    city.community("ulm", "Ulm", "DE", degurba="dg-1", population=126_000)
    county.community("diois", "Pays Diois", "FR", degurba="dg-3", population=12_000)
    hamlet.community("saillans", "Saillans", "FR", degurba="dg-3", population=1_300)
    for one in houses:
        for other in houses[:4]:
            if one is not other:
                one.follow(other)
    rig.settle()
    practice = village.publish("arvieu", complete({"language": "fr"}))
    own = city.publish("ulm", complete({"language": "de", "title": {"de": "Ein Dach für alle"}}))
    rig.settle()

    city.adopt(practice.uri, "ulm", "ad-piloting", adaptationType="at-adapt", ownPractice=own.uri)
    rig.settle()
    answer(village, "contested", "Ulm n'a encore rien décidé.")
    rig.settle()
    assert {told(house, practice.uri)["lineage"]["lines"][0]["state"] for house in houses} == {"contested"}

    reader.stop()
    lend(hamlet, "saillans", practice.themes[0], county.origin + "/communities/diois")
    rig.settle(*houses[:4])
    county.review(practice.uri, "diois", effectiveness=4, replicability=3)
    city.review(practice.uri, "ulm", relation="rr-adopter", effectiveness=5)
    improve(village, practice)
    city.adopt(
        practice.uri,
        "ulm",
        "ad-operating",
        adaptationType="at-adapt",
        ownPractice=own.uri,
    )
    rig.settle(*houses[:4])
    answer(village, "confirmed")
    rig.settle(*houses[:4])
    clock.shift(timedelta(days=1))
    reader.start()
    rig.settle()
    clock.shift(timedelta(hours=13))  # what was not delivered is tried again after twelve
    rig.settle()

    expected = told(village, practice.uri)
    assert expected["version"] == 2
    assert [line["state"] for line in expected["lineage"]["lines"]] == ["confirmed"]
    assert [(stage, confirmed) for _uri, stage, confirmed in expected["adopted"]] == [("ad-operating", True)]
    assert expected["voices"] == [("diois", "diois"), ("saillans", "diois"), ("ulm", "ulm")]
    assert ("rc-effectiveness", [0, 0, 0, 2, 1], 1) in [
        (c, n, lent) for c, n, _s, _w, lent, _r in expected["figures"]
    ]
    for house in houses[1:]:
        assert told(house, practice.uri) == expected, house.name
    _in_any_order(reader, _said(houses[:4]), practice.uri, expected)


def _said(houses: Sequence[House]) -> list[JournalEntry]:
    """Everything that was said after the two practices were told."""
    said = []
    for house in houses:
        with house.instance.database.reading() as session:
            said += [row for row in journal.after(session, 0, 1000) if row.direction == "out"]
    about = ("/reviews/", "/adoptions/", "/delegations/")
    return [row for row in said if any(part in (row.object_id or "") for part in about)]


def _in_any_order(house: House, said: Sequence[JournalEntry], uri: str, expected: dict[str, Any]) -> None:
    assert {row.kind for row in said} >= {"Create", "Update", "Add", "Remove"}
    for number in range(ORDERS):
        order = Random(number).sample(list(said), len(said))
        with house.instance.database.writing() as session:
            for kept in (AdoptionAnswer, Adoption, Review, Delegation):
                session.exec(delete(kept))
            for row in order:
                heard = Incoming(row.activity, row.actor, row.body, now(), via="backfill")
                house.instance.node.handlers.handle(session, heard)
        assert told(house, uri) == expected, [(row.kind, row.object_id) for row in order]
