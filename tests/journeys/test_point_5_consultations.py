"""A consultation and a campaign over three instances: asked by a cluster, spoken in by communities of others."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from exchange.arrivals import consulting, contributing
from exchange.catalogue import shelf
from exchange.catalogue.clusters import call as calling
from exchange.catalogue.clusters import calls, cluster, consult, contribute, join, progress
from exchange.fetching import fetch_now
from exchange.messages import NotAllowed, Refusal
from exchange.models.base import now
from exchange.models.call import CAMPAIGN, CONSULTATION, EVERYBODY, MEMBERS, Call
from exchange.models.cluster import ASKED
from federation.neighbours import followers
from federation.node import Incoming
from federation.wire.activity import PUBLIC
from tests.exchange.web.world import logged_in
from tests.outsider import Outsider, outsider
from tests.rig import House, Rig, complete

TODAY = date.today()
SOON = TODAY + timedelta(days=30)


@pytest.fixture
def fedi() -> Iterator[Outsider]:
    with outsider() as somebody:
        yield somebody


@pytest.fixture
def hub(rig: Rig) -> House:
    """Where the cluster is led."""
    made = rig.instance("hub", search="memory")
    made.community("ulm", "Ulm", "DE", degurba="dg-1")
    with made.instance.database.writing() as session:
        led = cluster.found(session, made.origin, slug="quiet-towns", name={"en": "Quiet towns"})
        cluster.admit(session, led, f"{made.origin}/communities/ulm")
    return made


@contextmanager
def _led(house: House, uri: str) -> Iterator[tuple[Session, Call]]:
    with house.instance.database.writing() as session:
        yield session, calls.call(session, uri)


def _open(house: House, kind: str = CONSULTATION, **more: Any) -> str:
    with house.instance.database.writing() as session:
        led = cluster.cluster(session, "quiet-towns")
        said = {
            "title": {"en": "Quieter streets", "fr": "Des rues plus calmes"},
            "words": {"en": "What made your streets quieter?"},
            "theme": "th-mobility",
            "opens_on": TODAY,
            "closes_on": SOON,
        }
        return calling.open_(session, led, kind, **{**said, **more}).uri


def _say(
    house: House, by: str, uri: str, title: str = "", text: str = "Words.", on: str | None = None
) -> str:
    with _led(house, uri) as (session, call):
        place = shelf.community(session, by)
        said = contribute.contribute(
            session, place, call, title={"en": title} if title else {}, text={"en": text}, answers=on
        )
        return said.uri


def _support(house: House, by: str, uri: str, *, no: bool = False) -> None:
    with house.instance.database.writing() as session:
        verb = contribute.support_no_more if no else contribute.support
        verb(session, shelf.community(session, by), calls.contribution(session, uri))


def _join(house: House, by: str, uri: str, *, no: bool = False) -> None:
    with _led(house, uri) as (session, call):
        (contribute.leave if no else contribute.join)(session, shelf.community(session, by), call)


def _shown(house: House, uri: str) -> list[tuple[str, int, list[str]]]:
    """Title, support and comments of what can be read in a consultation, in its order."""
    with house.instance.database.reading() as session:
        return [
            (
                next(iter(one.words.title.values())),
                len(one.backers),
                [next(iter(c.words.text.values())) for c in one.comments if c.words],
            )
            for one in calls.shown(session, calls.call(session, uri))
            if one.words and one.readable
        ]


def _call(house: House, uri: str) -> Call:
    with house.instance.database.reading() as session:
        return calls.call(session, uri)


def test_a_consultation_and_a_campaign_over_three_instances(rig: Rig, hub: House) -> None:
    hills, watch = rig.instance("hills", search="memory"), rig.instance("watch", search="memory")
    hills.community("ostana", "Ostana", "IT", degurba="dg-3")
    watch.community("arvieu", "Arvieu", "FR", degurba="dg-3")
    group = f"{hub.origin}/clusters/quiet-towns"
    with hills.instance.database.writing() as session:
        join.join(session, shelf.community(session, "ostana"), group, {"en": "Quiet towns"})
    hub.follow(hills)
    uri, other = _open(hub), _open(hub, title={"en": "Quieter nights"}, open_to=EVERYBODY)
    aim = {"number": "2", "counts": "practices", "place": "rural"}
    campaign = _open(hub, CAMPAIGN, open_to=EVERYBODY, theme="th-energy", aim=aim)
    rig.settle()
    document = hub.document(campaign)
    for asker, heard in ((hills, True), (watch, False)):  # it may come before the answer to who has asked
        early = Incoming({"type": "Create", "object": document}, group, b"", now())
        with asker.instance.database.reading() as session:
            assert consulting.cares(session, early, document, CAMPAIGN) is heard
    with hub.instance.database.writing() as session:
        led = cluster.cluster(session, "quiet-towns")
        [asked] = cluster.members(session, led, ASKED)
        cluster.admit(session, led, asked)
    rig.settle()

    told = _call(hills, uri)  # a new member is told
    assert (told.title["fr"], told.local) == ("Des rues plus calmes", False)
    for asked in (uri, other, campaign):  # whoever is no member reads it where it is
        fetch_now(watch.instance, asked)
    with pytest.raises(NotAllowed):
        _say(watch, "arvieu", uri, "We are no member")
    for title, text in (("", "x"), ("x" * 101, "x"), ("x", ""), ("x", "x" * 701)):
        with pytest.raises(Refusal):
            _say(hills, "ostana", uri, title, text)
    own = _say(hub, "ulm", uri, "Thirty everywhere", "We lowered the limit in one night.")
    far = _say(hills, "ostana", uri, "Only residents drive in", "A gate at the village's end.")
    for house, by in ((hills, "ostana"), (watch, "arvieu")):
        _join(house, by, campaign)
    rig.settle()

    node = watch.instance.node
    with watch.instance.database.writing() as session:  # and whoever follows late reads what was said before
        followers.follow(session, node, local_actor=node.instance_actor, target_actor=group)
    _say(hub, "ulm", uri, text="Who pays for the gate?", on=far)
    with pytest.raises(Refusal):
        _say(hub, "ulm", uri, text="x" * 301, on=far)
    _support(hub, "ulm", far)
    _support(hub, "ulm", far)
    with pytest.raises(Refusal):
        _support(hills, "ostana", far)
    _support(hills, "ostana", own)
    stray = _say(watch, "arvieu", other, "Lamps off at eleven")
    hills.publish("ostana", complete({"language": "en", "title": "A mill", "theme": ["th-energy"]}))
    _join(watch, "arvieu", campaign, no=True)
    rig.settle()
    top = ("Only residents drive in", 1, ["Who pays for the gate?"])
    for house in (hub, hills, watch):
        assert sorted(_shown(house, uri)) == [top, ("Thirty everywhere", 1, [])], house.name
    assert hub.document(f"{uri}/contributions")["totalItems"] == 3
    with hub.instance.database.reading() as session:
        came = progress.progress(session, calls.call(session, campaign))
    assert [(r.place, r.called, r.practices) for r in came.rows] == [
        ("rural", 1, 1),
        ("town", 0, 0),
        ("city", 1, 0),
    ]
    assert (came.reached, [one.slug for one in came.rows[2].awaited]) == (1, ["ulm"])
    assert hub.document(campaign)["campaign"]["takingPart"] == [f"{hills.origin}/communities/ostana"]

    with _led(hub, other) as (session, call):
        asked_too = calls.call(session, uri)
        consult.move(session, call, stray, asked_too)
        consult.hide(session, asked_too, own, {"de": "Steht schon in der anderen."})
        calling.close(session, asked_too, {"en": "Gates work where few people drive."})
        calling.close(session, calls.call(session, campaign), {"en": "One of two."})
    rig.settle()
    for house in (hub, hills, watch):
        closed = _call(house, uri)
        assert closed.synthesis == {"en": "Gates work where few people drive."}
        assert closed.tally == {
            "contributions": 2,
            "supports": 1,
            "communities": 3,
            "countries": 3,
            "places": {"rural": 2, "town": 0, "city": 1},
        }
        assert _shown(house, uri) == [top, ("Lamps off at eleven", 0, [])], house.name
        assert _shown(house, other) == []
        with house.instance.database.reading() as session:
            [trace] = calls.entries(session, calls.call(session, other))
            kept = {e.contribution: e for e in calls.entries(session, closed)}
        assert (trace.moved_to, kept[stray].moved_from) == (uri, other)
        assert kept[own].hidden == {"de": "Steht schon in der anderen."}
    said = hub.document(uri)
    assert (said["type"], said["attributedTo"], "Question" in str(said)) == ("Article", group, False)
    assert said["content"].index(far) < said["content"].index(stray)  # in order of support
    assert [tag["href"] for tag in said["tag"]][:2] == [far, stray]
    for late in (
        lambda: _say(hub, "ulm", uri, "Too late"),
        lambda: _support(hub, "ulm", stray),
        lambda: _join(hills, "ostana", campaign),
    ):
        with pytest.raises(Refusal):
            late()

    with hills.instance.database.writing() as session:
        contribute.take_back(session, calls.contribution(session, far))
    with _led(hub, other) as (session, call):
        calling.remove(session, call)
    rig.settle()
    for house in (hub, hills, watch):
        assert [t for t, _n, _c in _shown(house, uri)] == ["Lamps off at eleven"], house.name
        assert _call(house, other).title == {}
    for gone in (other, far.replace(hills.origin, "")):
        house = hub if gone == other else hills
        assert house.get(gone, accept="application/activity+json").status_code == 410


def test_who_speaks_too_late_reads_why_it_was_not_taken_in(rig: Rig, hub: House, fedi: Outsider) -> None:
    hills = rig.instance("hills", search="memory")
    hills.community("ostana", "Ostana", "IT", degurba="dg-3")
    uri = _open(hub, open_to=EVERYBODY)
    fetch_now(hills.instance, uri)
    with _led(hub, uri) as (session, call):
        calling.close(session, call, {"en": "Thirty everywhere."})
    late = _say(hills, "ostana", uri, "A gate")  # Ostana has not heard of its end
    page = logged_in(hills, "ostana", language="it")
    where = f"/consultations/{_call(hills, uri).key}"
    assert "inviato" in page.see(where).text.casefold()
    fedi.say(hills, fedi.actor("thief", type="Group"), "Reject", late, summaryMap={"en": "Nonsense."})
    rig.settle()
    told = page.see(where).text
    assert "È finita, e non si aggiunge più nulla." in told
    assert "Nonsense" not in told
    assert _shown(hub, uri) == []
    with hub.instance.database.reading() as session:
        assert contributing.contribution_at(session, late) is None  # of what is refused nothing is kept


def test_what_others_may_not_say(
    rig: Rig, hub: House, fedi: Outsider, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, other = fedi.town("town"), fedi.town("other")
    person, group = fedi.actor("person", type="Person"), fedi.actor("group", type="Group")
    uri, closed = _open(hub, open_to=EVERYBODY), _open(hub, open_to=MEMBERS)
    own = _say(hub, "ulm", uri, "Thirty everywhere")

    def said(key: str, by: str = town, about: str = uri, **more: Any) -> dict[str, Any]:
        words = {"title": {"en": key}, "text": {"en": "x"}, **more}
        return fedi.note(key, by, words.get("answers", about), "<p>x</p>") | {
            "contribution": {"type": "Contribution", "consultation": about, **words}
        }

    for key, by, more in (
        ("long", town, {"title": {"en": "x" * 101}}),
        ("longer", town, {"text": {"en": "x" * 701}}),
        ("bare", town, {"title": {}}),
        ("person", person, {}),
        ("member", town, {"about": closed}),
        ("nowhere", town, {"about": f"{uri}0"}),
        ("under", town, {"answers": f"{own}0"}),
        ("mine", town, {"attributedTo": other}),
    ):
        note = said(key, by, **{k: v for k, v in more.items() if k != "attributedTo"})
        fedi.say(hub, by, "Create", note | {k: v for k, v in more.items() if k == "attributedTo"})
    fedi.say(hub, person, "Like", own)
    fedi.say(hub, town, "Add", own, target=f"{group}/contributions")
    fedi.say(hub, group, "Update", hub.document(uri) | {"updated": "2099-01-01T00:00:00Z"})
    rig.settle()
    assert _shown(hub, uri) == [("Thirty everywhere", 0, [])]
    assert _shown(hub, closed) == []

    good, late = said("good"), said("late", answers=own, text={"en": "Said late."})
    like = fedi.activity(other, "Like", f"{fedi.origin}/notes/good")
    undone = fedi.activity(other, "Like", own)
    fedi.post(hub, fedi.activity(other, "Undo", undone), signer=other)  # it overtakes its Like
    fedi.post(hub, undone, signer=other)
    fedi.say(hub, town, "Create", good)
    fedi.say(hub, town, "Create", good | {"content": "<p>Other words</p>"})
    rig.settle()
    fedi.post(hub, like, signer=other)
    fedi.say(hub, other, "Like", f"{fedi.origin}/notes/good")
    fedi.say(hub, town, "Create", late)
    rig.settle()
    assert _shown(hub, uri) == [("good", 1, []), ("Thirty everywhere", 0, ["Said late."])]
    again = fedi.activity(other, "Like", own)
    fedi.post(hub, again, signer=other)
    fedi.post(hub, fedi.activity(other, "Undo", again), signer=other)
    monkeypatch.setattr(contributing, "PER_DAY", 2)
    fedi.say(hub, other, "Like", own)  # once too often in one day
    fedi.say(hub, other, "Delete", good["id"])
    rig.settle()
    assert [n for _t, n, _c in _shown(hub, uri)] == [1, 0]  # and nobody deletes for others
    fedi.say(hub, town, "Delete", good["id"])
    fedi.say(hub, town, "Create", good)
    rig.settle()
    assert [t for t, _n, _c in _shown(hub, uri)] == ["Thirty everywhere"]
    fedi.say(hub, town, "Delete", town)
    rig.settle()
    assert _shown(hub, uri) == [("Thirty everywhere", 0, [])]

    # A cluster elsewhere is believed about its own call, and not about whom our communities support.
    asked, uri = uri, f"{fedi.origin}/consultations/1"
    note = {"id": f"{fedi.origin}/notes/1", "attributedTo": other}
    told = {
        "id": uri, "type": "Article", "attributedTo": group, "to": [PUBLIC], "name": "Roofs",
        "published": "2026-01-01T10:00:00Z", "updated": "2026-01-02T10:00:00Z",
        "consultation": {
            "type": "Consultation", "title": {"en": "Roofs"}, "question": {"en": "Which?"}, "theme": "th-energy",
            "opens": TODAY.isoformat(), "closes": SOON.isoformat(), "openTo": "everybody",
            "contributions": [{
                "contribution": note["id"], "author": note["attributedTo"], "accepted": "2026-01-02T09:00:00Z",
                "supportedBy": [f"{hub.origin}/communities/ulm", f"{fedi.origin}/town"],
            }, {
                "contribution": own, "author": f"{hub.origin}/communities/ulm", "accepted": "2026-01-02T09:00:00Z",
                "supportedBy": [town, other],
            }],
        },
    }  # fmt: skip
    fedi.say(hub, group, "Create", told)
    rig.settle()
    with hub.instance.database.reading() as session:
        assert calls.at(session, uri) is None  # nobody here follows it or belongs to it
    fedi.server.serve("/consultations/1", told)
    officer = logged_in(hub, "ulm")
    page = officer.post("/desk/calls", {"address": uri}).location
    assert "Read it anew" in officer.see(page).text
    with hub.instance.database.reading() as session:
        held = calls.at(session, uri)
        assert held is not None
        assert calls.backers(session, held, calls.entries(session, held))[note["id"]] == [
            f"{fedi.origin}/town"
        ]
        there = calls.entry(session, own)
        assert there is not None
        assert there[1].local  # what was said to us is not said to them because they list it
    assert (_shown(hub, uri), _shown(hub, asked)) == ([], [("Thirty everywhere", 0, [])])
    older = told | {
        "updated": "2026-01-01T11:00:00Z",
        "name": "x",
        "consultation": {**told["consultation"], "title": {"en": "x"}},
    }
    fedi.say(hub, group, "Update", older)
    fedi.say(hub, fedi.actor("thief", type="Group"), "Delete", uri)
    rig.settle()
    assert _call(hub, uri).title == {"en": "Roofs"}
    fedi.say(hub, group, "Delete", uri)
    fedi.say(hub, group, "Update", told | {"updated": "2026-03-01T10:00:00Z"})
    rig.settle()
    assert _call(hub, uri).withdrawn_at is not None


def test_what_was_said_to_another_cluster_is_not_moved_to_ones_own(hub: House, fedi: Outsider) -> None:
    group, ghost = fedi.actor("group", type="Group"), f"{fedi.origin}/ghost"  # nobody answers for the author
    asked = {
        "own": f"{fedi.origin}/consultations/2",
        "foreign": "https://elsewhere.example/consultations/2",
        "ours": _open(hub),
    }
    for key, uri in asked.items():
        note = fedi.note(key, ghost, uri, "<p>x</p>") | {
            "contribution": {
                "type": "Contribution", "consultation": uri, "title": {"en": key}, "text": {"en": "x"},
            }
        }  # fmt: skip
        fedi.server.serve(f"/notes/{key}", note)
    call = {
        "id": f"{fedi.origin}/consultations/1", "type": "Article", "attributedTo": group, "to": [PUBLIC],
        "name": "Roofs", "published": "2026-01-01T10:00:00Z", "updated": "2026-01-02T10:00:00Z",
        "consultation": {
            "type": "Consultation", "title": {"en": "Roofs"}, "question": {"en": "Which?"}, "theme": "th-energy",
            "opens": TODAY.isoformat(), "closes": SOON.isoformat(), "openTo": "everybody",
            "contributions": [
                {"contribution": f"{fedi.origin}/notes/{key}", "author": ghost, "movedFrom": uri,
                 "accepted": "2026-01-02T09:00:00Z"}
                for key, uri in asked.items()
            ],
        },
    }  # fmt: skip
    fedi.server.serve("/consultations/1", call)
    fetch_now(hub.instance, call["id"])
    with hub.instance.database.reading() as session:
        listed = calls.entries(session, calls.call(session, call["id"]))
    assert [one.contribution for one in listed] == [f"{fedi.origin}/notes/own"]
