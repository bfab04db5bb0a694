"""What was said to a few is not published, and a cluster puts no words into the mouths of others."""

from datetime import date
from typing import Any

import pytest

from exchange.catalogue import shelf
from exchange.catalogue.clusters import call as calling
from exchange.catalogue.clusters import calls, cluster, contribute
from exchange.models.adoption import Adoption
from exchange.models.call import CONSULTATION, EVERYBODY
from exchange.models.practice import Practice
from exchange.models.review import Review
from federation.ledger import arrivals
from federation.wire.activity import PUBLIC
from tests.journeys.point_3.said import all_of, article, follow, held, newer, ours, published, states
from tests.outsider import Outsider
from tests.rig import House, Rig

DAYS = {"opens_on": date(2026, 1, 1), "closes_on": date(2099, 1, 1)}


def _rated(fedi: Outsider, house: House, town: str) -> dict[str, Any]:
    review = {
        "type": "Review",
        "itemReviewed": ours(house).uri,
        "relation": "rr-peer",
        "reviewRating": [{"type": "Rating", "reviewAspect": "rc-effectiveness", "ratingValue": 4}],
    }
    return fedi.note("1", town, ours(house).uri, "<p>Good.</p>") | {"review": review}


def test_what_is_addressed_to_followers_or_to_nobody_is_not_published(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    few, nobody = {"to": [f"{town}/followers"], "cc": []}, {"to": None, "cc": None}
    for number, audience in enumerate((few, nobody)):
        for thing in (article(fedi, house, town), _rated(fedi, house, town)):
            told = thing | audience | {"id": f"{thing['id']}{number}"}
            told = {k: v for k, v in told.items() if v is not None}
            if "practice" in told:
                told["practice"].pop("id", None)
            assert fedi.say(house, town, "Create", told, **audience) == 202
    served = article(fedi, house, town) | few
    fedi.server.serve(served["id"].removeprefix(fedi.origin), served)
    fedi.say(house, town, "Create", served["id"], **few)
    fedi.say(house, fedi.town("other"), "Announce", served["id"])
    rig.settle()
    assert [p.local for p in all_of(house, Practice)] == [True]
    assert all_of(house, Review) == []
    assert states(house)[-6:-1] == ["refused"] * 5
    told = [a.error for a in all_of(house, arrivals.Arrival) if a.state == "refused"]
    assert all("not addressed to everybody" in why for why in told)


def test_what_was_for_everybody_and_is_now_for_a_few_ends_here(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = published(rig, house, fedi, town)
    few = {"to": [f"{town}/followers"], "cc": []}
    fedi.say(house, fedi.town("other"), "Update", newer(thing, "Hidden by others") | few, **few)
    rig.settle()
    assert (held(house, thing["id"]).title, held(house, thing["id"]).state) == ("A bridge", "published")
    fedi.say(house, town, "Update", newer(thing, "Among ourselves") | few, **few)
    fedi.say(house, town, "Update", thing)  # an older word does not bring it back
    rig.settle()
    gone = held(house, thing["id"])
    assert (gone.state, "Among" in str(gone.record)) == ("withdrawn", False)
    assert house.get(f"/practices/{gone.key}").status_code == 410


def test_that_it_was_once_for_a_few_comes_too_late_after_a_newer_word(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = published(rig, house, fedi, town)
    few = {"to": [f"{town}/followers"], "cc": []}
    fedi.say(house, town, "Update", newer(thing, "For everybody again", version=3, updated="2090-03-01"))
    fedi.say(house, town, "Update", newer(thing, "Among ourselves", updated="2090-02-01") | few, **few)
    rig.settle()
    kept = held(house, thing["id"])
    assert (kept.title, kept.state) == ("For everybody again", "published")


@pytest.mark.parametrize("spelled", [PUBLIC, "as:Public", "Public"])
def test_everybody_is_everybody_in_each_spelling_and_on_either_of_the_two(
    spelled: str, rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = article(fedi, house, town)
    bare = {k: v for k, v in thing.items() if k not in ("to", "cc")}
    fedi.say(house, town, "Create", bare, to=[], cc=spelled)
    fedi.say(house, town, "Update", newer(thing, "A ford") | {"to": spelled}, to=[])
    rig.settle()
    assert held(house, thing["id"]).title == "A ford"


def test_a_version_is_not_rewritten(rig: Rig, house: House, fedi: Outsider, town: str) -> None:
    thing = published(rig, house, fedi, town)
    fedi.say(house, town, "Update", newer(thing, "Rewritten", 1))
    same = {**thing, "updated": "2091-01-01T00:00:00Z"}
    fedi.say(house, town, "Update", same)
    rig.settle()
    kept = held(house, thing["id"])
    assert (kept.title, kept.modified_at.year) == ("A bridge", 2091)
    assert states(house)[-2:] == ["refused", "done"]


def test_the_instance_changes_what_it_deletes_also_when_only_the_community_is_followed(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = published(rig, house, fedi, town)
    instance = fedi.actor("actor", type="Application")
    fedi.say(house, instance, "Update", newer(thing, "Corrected"))
    fedi.say(
        house, instance, "Create", article(fedi, house, town) | {"id": f"{thing['id']}0"}
    )  # nothing new by it
    rig.settle()
    assert held(house, thing["id"]).title == "Corrected"
    assert held(house, f"{thing['id']}0") is None


def test_an_owner_elsewhere_tells_of_an_adoption_of_ours_without_speaking_for_us(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = published(rig, house, fedi, town)
    adoption = {
        "type": "Adoption",
        "adopts": thing["id"],
        "stage": "ad-decided",
        "documentedBy": "others",
        "adopter": f"{house.origin}/communities/ulm",
    }
    fedi.say(house, town, "Create", fedi.note("9", town, thing["id"], "<p>x</p>") | {"adoption": adoption})
    rig.settle()
    [kept] = all_of(house, Adoption)
    with house.instance.database.reading() as session:
        ulm = shelf.community(session, "ulm")
        assert shelf.is_hearsay(kept, ulm)
    page = house.get("/communities/ulm", accept="text/html").text
    assert "What it took up from others" in page
    assert "documented by others" in page
    learned = page.split("Learned from")[1].split("Learned here")[0]
    assert "Town" not in learned


def test_a_cluster_lists_nothing_that_its_authors_have_not_said_there(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str
) -> None:
    with house.instance.database.writing() as session:
        led = cluster.found(session, house.origin, slug="here", name={"en": "Here"})
        said = {"title": {"en": "Roofs"}, "words": {"en": "Which?"}, "theme": "th-energy", **DAYS}
        asked = calling.open_(session, led, CONSULTATION, open_to=EVERYBODY, **said)
        ulm = shelf.community(session, "ulm")
        own = contribute.contribute(session, ulm, asked, title={"en": "Ours"}, text={"en": "x"}, answers=None)
        own_uri, us = own.uri, ulm.uri
    group = fedi.actor("group", type="Group")
    follow(rig, house, fedi, group)
    uri, victim = f"{fedi.origin}/consultations/1", elsewhere.town("victim")

    def served(key: str, about: str, author: str = victim) -> str:
        words = {"type": "Contribution", "consultation": about, "title": {"en": key}, "text": {"en": "x"}}
        note = elsewhere.note(key, author, about, "<p>x</p>") | {"contribution": words}
        elsewhere.server.serve(f"/notes/{key}", note)
        return str(note["id"])

    good, stray = served("good", uri), served("stray", f"{fedi.origin}/consultations/2")
    unread = f"{fedi.origin}/notes/unread"
    practice = article(elsewhere, house, victim)
    elsewhere.server.serve(practice["id"].removeprefix(elsewhere.origin), practice)
    listed = [
        (good, victim), (f"{good}#again", victim), (stray, victim), (practice["id"], victim),
        (f"{house.origin}/contributions/nothing", us), (f"{fedi.origin}/notes/2", us), (own_uri, us),
        (own_uri, f"{house.origin}/communities/other"), (ours(house).uri, us), (good, us), (unread, town),
    ]  # fmt: skip
    told = {
        "id": uri, "type": "Article", "attributedTo": group, "to": [PUBLIC], "name": "Roofs",
        "published": "2026-01-01T10:00:00Z", "updated": "2026-01-02T10:00:00Z",
        "consultation": {
            "type": "Consultation", "title": {"en": "Roofs"}, "question": {"en": "Which?"}, "theme": "th-energy",
            "opens": "2026-01-01", "closes": "2099-01-01", "openTo": "everybody",
            "contributions": [
                {
                    "contribution": one, "author": by, "accepted": "2026-01-02T09:00:00Z",
                    "supportedBy": [us.replace("http://", "HTTP://"), town],
                }
                for one, by in listed
            ],
        },
    }  # fmt: skip
    fedi.say(house, group, "Create", told)
    rig.settle()
    with house.instance.database.reading() as session:
        call = calls.call(session, uri)
        shown = calls.shown(session, call)
        assert [(one.entry.contribution, one.entry.backers) for one in shown] == [
            (good, [town]),
            (unread, [town]),
        ]
        assert [one.author and one.author.uri for one in shown] == [
            victim,
            None,
        ]  # nobody's name over unread words
        key = call.key
    page = house.get(f"/consultations/{key}", accept="text/html").text
    assert "cannot be checked here" in page
    assert "Ulm" not in page.split('id="said"')[1].split("<aside")[0].split("<footer")[0]
