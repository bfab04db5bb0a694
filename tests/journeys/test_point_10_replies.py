"""Replies, likes, boosts and reports from anywhere: read by the owner first, apart from ratings, and within limits."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from exchange import gestures, replies
from exchange.catalogue import moderate, shelf, withdraw
from exchange.models.comment import Comment
from exchange.models.endorsement import Endorsement
from exchange.models.practice import Practice
from exchange.models.report import Report
from exchange.models.review import Review
from federation import arrivals, journal, peers
from federation.base import now
from federation.hosts import Host
from tests.exchange.web.world import Visitor, logged_in
from tests.outsider import Outsider, outsider
from tests.rig import House, Rig, complete

WORDS = "<p>How much did it <em>cost</em>?</p>"


@pytest.fixture
def fedi() -> Iterator[Outsider]:
    with outsider() as somebody:
        yield somebody


@pytest.fixture
def house(rig: Rig) -> House:
    made = rig.instance("ulm", search="memory")
    made.community("ulm", "Ulm", "DE")
    made.community("arvieu", "Arvieu", "FR")
    return made


@pytest.fixture
def practice(house: House) -> Practice:
    return house.publish("ulm", complete({"language": "en", "title": "A roof for all"}))


@pytest.fixture
def ana(fedi: Outsider) -> str:
    return fedi.actor("ana", type="Person", summary="<p>Lives somewhere</p>")


def all_of(house: House, model: Any) -> list[Any]:
    with house.instance.database.reading() as session:
        return list(session.exec(select(model).order_by(model.id)))


def page(house: House, practice: Practice) -> Any:
    return Visitor(house).see(f"/practices/{practice.key}")


def said(fedi: Outsider, house: House, rig: Rig, author: str, practice: Practice, **more: Any) -> Comment:
    """A reply that has arrived."""
    assert fedi.say(house, author, "Create", fedi.note("1", author, practice.uri, WORDS, **more)) == 202
    rig.settle()
    [comment] = all_of(house, Comment)
    return comment


def test_a_citizens_reply_waits_until_its_practices_owner_shows_it(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    comment = said(fedi, house, rig, ana, practice, contentMap={"en": WORDS})
    assert (comment.state, comment.language, comment.text) == ("waiting", "en", WORDS)
    assert page(house, practice).find(id="comments") is None
    desk = logged_in(house, "ulm").see("/desk")
    waiting = desk.find("section", {"aria-labelledby": "comments"})
    assert "How much did it cost?" in waiting.text
    owner = logged_in(house, "ulm", "editor")
    assert owner.post(waiting.form["action"], {"answer": "show"}).location == "/desk?done=comment-shown"
    shown = page(house, practice).find("section", {"aria-labelledby": "comments"})
    link = shown.find("a", href=ana)
    assert link.text == f"@ana@{fedi.host}"
    assert link["rel"] == ["nofollow", "ugc", "noopener"]
    assert shown.find("em").text == "cost"
    assert "aria-labelledby" in shown.attrs
    assert "How much" not in page(house, practice).find("section", {"aria-labelledby": "reviews"}).text
    assert all_of(house, Review) == []
    again = owner.see(f"/practices/{practice.key}").find("section", {"aria-labelledby": "comments"}).form
    assert owner.post(again["action"], {"answer": "hide"}).location == "/desk?done=comment-hidden"
    assert page(house, practice).find(id="comments") is None


def test_nobody_else_decides_about_a_comment(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    comment = said(fedi, house, rig, ana, practice)
    other = logged_in(house, "arvieu")
    assert "How much" not in other.see("/desk").text
    path = f"/desk/comments/{comment.key}/answer"
    assert other.post(path, {"answer": "show"}).status_code == 403
    anybody = Visitor(house).post(path, {"answer": "show"})
    assert "Log in" in anybody.text
    admin = logged_in(house, "arvieu", "admin")
    assert "How much" in admin.see("/desk").text
    assert admin.post("/desk/comments/none/answer", {"answer": "show"}).status_code == 404
    assert admin.post(path, {"answer": "show"}, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert all_of(house, Comment)[0].state == "waiting"


def test_a_handle_that_does_not_lead_back_is_not_shown(
    rig: Rig, house: House, fedi: Outsider, practice: Practice
) -> None:
    fedi.actor("mayor")
    liar = fedi.actor("liar", type="Person", preferredUsername="mayor")
    fedi.server.finger("mayor", f"{fedi.origin}/mayor")
    comment = said(fedi, house, rig, liar, practice)
    assert comment.handle == ""
    with house.instance.database.writing() as session:
        moderate.show(session, moderate.comment(session, comment.uri))
    shown = page(house, practice).find("section", {"aria-labelledby": "comments"})
    assert shown.find("a", href=liar).text == f"{fedi.host}/liar"


def test_nothing_that_a_reply_brings_along_runs_or_vouches(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    html = (
        "<p onclick='x()'>Look<script>alert(1)</script><img src=x onerror=alert(1)><style>p{}</style>"
        "<a href='javascript:alert(1)'>here</a> <a href='https://shop.example/' rel='me'>there</a>"
        "<iframe src=//x></iframe><form action=/desk><button>ok</button></form>\u202egnp.exe</p>"
    )
    assert fedi.say(house, ana, "Create", fedi.note("1", ana, practice.uri, html)) == 202
    rig.settle()
    [comment] = all_of(house, Comment)
    for forbidden in ("script", "alert", "onclick", "img", "iframe", "form", "style", "javascript", "\u202e"):
        assert forbidden not in comment.text
    with house.instance.database.writing() as session:
        row = session.get_one(Comment, comment.id)
        row.text = "<p>old</p><script>alert(2)</script>"  # as if an older version had let it in
        moderate.show(session, row)
    shown = page(house, practice).find("section", {"aria-labelledby": "comments"})
    assert (shown.find("script"), "alert" in str(shown)) == (None, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"to": ["https://there.example/ana/followers"]},
        {"to": []},
        {"content": ""},
        {"content": "<p> <br></p>"},
        {"content": "x" * 30_000},
        {"content": 7},
        {"type": "Article"},
        {"type": "Question"},
        {"inReplyTo": "https://there.example/notes/7"},
        {"inReplyTo": None},
        {"inReplyTo": []},
    ],
    ids=str,
)
def test_what_is_no_public_reply_to_a_practice_is_passed_over(
    changes: dict[str, Any], rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    note = fedi.note("1", ana, practice.uri, WORDS) | changes
    assert fedi.say(house, ana, "Create", note, to=note["to"]) == 202
    rig.settle()
    assert all_of(house, Comment) == []
    assert all_of(house, arrivals.Arrival)[-1].state == "done"


def test_its_author_changes_a_reply_and_then_it_is_read_anew(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    comment = said(fedi, house, rig, ana, practice)
    with house.instance.database.writing() as session:
        moderate.show(session, moderate.comment(session, comment.uri))
    newer = fedi.note("1", ana, practice.uri, "<p>Buy this.</p>", updated="2026-01-03T10:00:00Z")
    fedi.say(house, ana, "Update", newer)
    stale = fedi.note("1", ana, practice.uri, "<p>Too late.</p>", updated="2026-01-02T10:00:00Z")
    fedi.say(house, ana, "Update", stale)
    rig.settle()
    [changed] = all_of(house, Comment)
    assert (changed.text, changed.state) == ("<p>Buy this.</p>", "waiting")
    with house.instance.database.writing() as session:
        moderate.hide(session, moderate.comment(session, comment.uri))
    fedi.say(house, ana, "Update", newer | {"content": "<p>Please?</p>", "updated": "2026-01-04T10:00:00Z"})
    rig.settle()
    assert all_of(house, Comment)[0].state == "hidden"


def test_a_reply_that_is_public_no_longer_is_forgotten(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    comment = said(fedi, house, rig, ana, practice)
    private = fedi.note("1", ana, practice.uri, WORDS) | {"to": [f"{ana}/followers"]}
    fedi.say(house, ana, "Update", private | {"updated": "2026-01-03T10:00:00Z"}, to=[f"{ana}/followers"])
    rig.settle()
    assert comment.uri
    assert all_of(house, Comment) == []


def test_its_author_takes_a_reply_back_for_good(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    comment = said(fedi, house, rig, ana, practice)
    mallory = fedi.actor("mallory", type="Person")
    fedi.say(house, mallory, "Delete", {"id": comment.uri, "type": "Tombstone"})
    fedi.say(house, mallory, "Update", fedi.note("1", mallory, practice.uri, "<p>Not hers.</p>"))
    rig.settle()
    assert all_of(house, Comment)[0].text == WORDS
    fedi.say(house, ana, "Delete", {"id": comment.uri, "type": "Tombstone"})
    fedi.say(house, ana, "Create", fedi.note("1", ana, practice.uri, WORDS))
    rig.settle()
    assert all_of(house, Comment) == []


def test_a_delete_that_overtakes_its_create_has_the_last_word(
    rig: Rig, house: House, fedi: Outsider, ana: str, practice: Practice
) -> None:
    fedi.say(house, ana, "Like", practice.uri)
    fedi.say(house, ana, "Delete", f"{fedi.origin}/notes/1")
    rig.settle()
    fedi.say(house, ana, "Create", fedi.note("1", ana, practice.uri, WORDS))
    rig.settle()
    assert all_of(house, Comment) == []


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
    assert ("<script" in answer, "<img src=x" in answer) == (False, False)
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
