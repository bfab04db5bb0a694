"""Likes, boosts and reports from anywhere; how much of all of it is taken, and when it is forgotten."""

import json
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from exchange.arrivals import gestures, replies
from exchange.catalogue import shelf
from exchange.catalogue.people import moderate
from exchange.catalogue.practices import withdraw
from exchange.models.comment import Comment
from exchange.models.endorsement import Endorsement
from exchange.models.practice import Practice
from exchange.models.report import Report
from exchange.models.review import Review
from federation.base import now
from federation.ledger import arrivals, journal
from federation.ledger.hosts import Host
from federation.others import peers
from tests.exchange.web.world import logged_in
from tests.journeys.point_10.heard import WORDS, all_of, page, said
from tests.outsider import Outsider
from tests.rig import House, Rig


def test_likes_and_boosts_are_counted_once_and_taken_back(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    like = fedi.activity(ana, "Like", practice.uri)
    boost = fedi.activity(ana, "Announce", practice.uri)
    bo = fedi.actor("bo", type="Person")
    for activity in (like, boost, fedi.activity(ana, "Like", practice.uri)):
        fedi.post(house, activity, signer=ana)
    fedi.say(house, bo, "Like", practice.uri)
    rig.settle()
    shown = page(house, practice).find("section", {"aria-labelledby": "comments"})
    assert ("2 likes" in shown.text, "1 boost" in shown.text) == (True, True)
    assert all_of(house, Review) == []
    fedi.say(house, bo, "Undo", like["id"])
    fedi.say(house, bo, "Undo", {"id": like["id"], "type": "Like", "actor": ana, "object": practice.uri})
    rig.settle()
    assert sorted(e.actor for e in all_of(house, Endorsement)) == sorted([ana, ana, bo])
    fedi.say(house, ana, "Undo", like)
    fedi.say(house, ana, "Undo", boost["id"])
    rig.settle()
    assert [e.actor for e in all_of(house, Endorsement)] == [bo]


@pytest.mark.parametrize("whole", [True, False])
def test_an_undo_that_overtakes_its_like_has_the_last_word(
    whole: bool, rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    like = fedi.activity(ana, "Like", practice.uri)
    fedi.say(house, ana, "Undo", like if whole else like["id"])
    rig.settle()
    fedi.post(house, like, signer=ana)
    rig.settle()
    assert all_of(house, Endorsement) == []


def test_nobody_fills_the_list_of_comments(
    rig: Rig,
    house: House,
    fedi: Outsider,
    ana: str,
    practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replies, "WAITING_PER_AUTHOR", 3)
    monkeypatch.setattr(replies, "PER_HOST_AND_DAY", 5)
    bo = fedi.actor("bo", type="Person")
    for author in (ana, bo):
        for number in range(5):
            key = f"{author[-2:]}{number}"
            fedi.say(house, author, "Create", fedi.note(key, author, practice.uri, WORDS))
        rig.settle()
    kept = [c.author for c in all_of(house, Comment)]
    assert (kept.count(ana), kept.count(bo)) == (3, 2)
    assert {a.state for a in all_of(house, arrivals.Arrival)} == {"done"}
    assert all(a.body == b"" for a in all_of(house, arrivals.Arrival))
    with house.instance.database.reading() as session:
        assert session.get_one(Host, fedi.host).refused_count == 5


def test_nobody_fills_the_lists_of_likes_and_reports(
    rig: Rig, house: House, fedi: Outsider, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gestures, "PER_HOST_AND_DAY", 2)
    monkeypatch.setattr(gestures, "REPORTS_PER_HOST_AND_DAY", 2)
    for number in range(4):
        somebody = fedi.actor(f"p{number}", type="Person")
        fedi.say(house, somebody, "Like", practice.uri)
        fedi.say(house, somebody, "Flag", practice.uri, content="Again")
    rig.settle()
    assert (len(all_of(house, Endorsement)), len(all_of(house, Report))) == (2, 2)


def test_a_report_reaches_the_operator_escaped(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    relay = fedi.actor("relay", type="Application")
    fedi.say(
        house,
        relay,
        "Flag",
        [f"{house.origin}/communities/ulm", practice.uri, "https://elsewhere.example/x"],
        content="<script>alert(1)</script>Wrong &lt;img src=x onerror=alert(2)&gt;",
    )
    fedi.say(house, relay, "Flag", "https://elsewhere.example/x", content="Not about us")
    rig.settle()
    [report] = all_of(house, Report)
    assert report.about == [f"{house.origin}/communities/ulm", practice.uri]
    assert "Reports" not in logged_in(house, "ulm").see("/desk").text
    operator = logged_in(house, "ulm", "admin")
    answer = operator.get("/desk").text
    assert "Wrong &lt;img src=x onerror=alert(2)&gt;" in answer
    assert ("<script>alert" in answer, "<img src=x" in answer) == (False, False)
    form = operator.see("/desk").find("section", {"aria-labelledby": "reports"}).form
    assert logged_in(house, "arvieu").post(form["action"]).status_code == 403
    assert operator.post(form["action"]).location == "/desk?done=report-done"
    assert operator.see("/desk").find("section", {"aria-labelledby": "reports"}) is None


def test_who_deletes_themselves_leaves_nothing(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    said(fedi, house, rig, ana, practice)
    fedi.say(house, ana, "Like", practice.uri)
    fedi.say(house, ana, "Flag", practice.uri, content="Wrong")
    rig.settle()
    assert fedi.say(house, ana, "Delete", ana) == 202
    rig.settle()
    for model in (Comment, Endorsement, Report):
        assert all_of(house, model) == []


@pytest.mark.parametrize(("status", "left"), [(410, 0), (404, 1)])
def test_whose_host_says_that_they_are_gone_needs_no_key_to_say_so(
    status: int, left: int, rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    said(fedi, house, rig, ana, practice)
    with house.instance.database.writing() as session:
        key = session.get_one(peers.RemoteKey, f"{ana}#main-key")
        key.checked_at = now() - timedelta(days=8)
        session.add(key)
    peers.forget_lately()
    fedi.server.serve("/ana", status=status)
    assert fedi.say(house, ana, "Delete", ana) == (202 if status == 410 else 401)
    rig.settle()
    assert len(all_of(house, Comment)) == left


def test_of_a_person_nothing_is_kept_beyond_handle_address_and_words(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    comment = said(
        fedi, house, rig, ana, practice, attachment=[{"type": "Image", "url": "https://x.example/me"}]
    )
    kept = comment.model_dump(
        exclude={"id", "key", "practice_id", "published_at", "modified_at", "received_at"}
    )
    assert kept == {
        "uri": f"{fedi.origin}/notes/1",
        "author": ana,
        "host": fedi.host,
        "handle": f"ana@{fedi.host}",
        "text": WORDS,
        "language": "und",
        "state": "waiting",
    }
    with house.instance.database.reading() as session:
        assert "Lives somewhere" not in json.dumps(session.get_one(peers.RemoteActor, ana).document)
        assert [row.kind for row in journal.after(session, 0) if row.direction == "in"] == []
        assert {a.body for a in session.exec(select(arrivals.Arrival))} == {b""}


def test_a_withdrawn_practice_takes_what_was_said_about_it_along(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    said(fedi, house, rig, ana, practice)
    fedi.say(house, ana, "Like", practice.uri)
    rig.settle()
    with house.instance.database.writing() as session:
        withdraw.withdraw(session, shelf.practice(session, practice.uri))
    fedi.say(house, ana, "Create", fedi.note("2", ana, practice.uri, WORDS))
    rig.settle()
    assert (all_of(house, Comment), all_of(house, Endorsement)) == ([], [])


def test_a_reply_leaves_the_ratings_and_the_index_alone(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    before = house.instance.engine.seen()
    said(fedi, house, rig, ana, practice)
    fedi.say(house, ana, "Like", practice.uri)
    rig.settle()
    assert house.find("roof").hits[0].stored["reviews"] == 0
    assert house.instance.engine.seen() >= before

    def counted(session: Session) -> int:
        return moderate.endorsements(session, practice)["like"]

    with house.instance.database.reading() as session:
        assert counted(session) == 1
    assert all_of(house, Comment)[0].received_at <= now()
