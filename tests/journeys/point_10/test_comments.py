"""A reply from anywhere is read by the owner of the practice before anybody else reads it."""

from typing import Any

import pytest

from exchange.catalogue.people import moderate
from exchange.models.comment import Comment
from exchange.models.practice import Practice
from exchange.models.review import Review
from federation.ledger import arrivals
from tests.exchange.web.world import Visitor, logged_in
from tests.journeys.point_10.heard import WORDS, all_of, page, said
from tests.outsider import Outsider
from tests.rig import House, Rig


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
