"""Those who run an instance decide with a reason, see what a word would do, and leave when they want; so do officers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event
from sqlmodel import select

from exchange.catalogue.clusters import cluster
from exchange.catalogue.finding import saved
from exchange.catalogue.people import officers
from exchange.catalogue.practices import draft
from exchange.models.governing import Decision
from exchange.models.mail import Mail
from exchange.models.officer import Officer
from exchange.models.practice import Draft
from exchange.models.saved import SavedSearch
from exchange.translation import gettext_for
from exchange.web.frame.limits import LoginLimits
from federation.ledger import rules
from federation.ledger.relations import Follow
from tests.exchange.web.hamlets import AT, OTHER, OWNER
from tests.exchange.web.world import PASSWORD, Visitor, logged_in

LIST = "#domain,#severity,#public_comment\nspam.example,suspend,Spam\nquiet.example,silence,\n"


@pytest.fixture(scope="module")
def admin(hamlets: Any) -> Visitor:
    return logged_in(hamlets[0], OWNER, "admin")


def table(admin: Visitor) -> str:
    return admin.see("/desk/moderation").select_one("#decided").parent.get_text(" ", strip=True)


def test_who_decided_what_and_why_is_written_down(hamlets: Any, admin: Visitor) -> None:
    house, keys = hamlets
    house.instance.settings = house.instance.settings.model_copy(update={"mail": "console"})
    page = admin.see("/desk/moderation")
    assert [section["aria-labelledby"] for section in page.select("main section")] == [
        "comments",
        "reports",
        "corrections",
        "decided",
    ]
    back = "/desk/moderation?done="
    comment = f"/desk/comments/{keys['comments']}/answer"
    here = {"from": "moderation"}
    assert admin.post(comment, here | {"answer": "hide", "reason": "An advertisement"}).location.startswith(
        back
    )
    assert admin.post(comment, here | {"answer": "show"}).location.startswith(back)
    report = f"/desk/reports/{keys['reports']}/done"
    for answer in ("no", "yes"):  # the second finds it settled
        admin.post(report, here | {"answer": answer, "reason": "The sum is right"})
    correction = f"/desk/corrections/{keys['corrections']}/settle"
    assert admin.post(correction, here | {"answer": "no", "reason": "x" * 501}).status_code == 400
    sent = here | {"answer": "no", "reason": "Era il 2018, davvero."}
    assert admin.post(correction, sent).location.startswith(back)
    told = table(admin)
    for words in (
        "An advertisement",
        "comment shown",
        "report rejected",
        "Era il 2018",
        f"admin@{OWNER}.localhost",
    ):
        assert words in told, words
    with house.instance.database.reading() as session:
        assert len(session.exec(select(Decision)).all()) == 4
        (letter,) = session.exec(select(Mail).where(Mail.kind == "correction")).all()
    assert letter.recipient == "ana@town.example"
    assert "> Era il 2018, davvero." in letter.body
    assert "lascia la pratica com’è" in letter.body
    stranger = logged_in(house, OTHER, "coordinator")
    assert "An advertisement" not in stranger.see("/desk/moderation").text
    assert logged_in(house, OTHER).get("/desk/moderation").status_code == 403


def test_a_block_is_shown_before_it_holds_and_taken_back(hamlets: Any, admin: Visitor) -> None:
    house, _ = hamlets
    node = house.instance.node
    with house.instance.database.writing() as session:
        session.add(
            Follow(
                follower=node.instance_actor,
                followed="https://spam.example/actor",
                state="accepted",
                activity_id="https://spam.example/a/1",
                at=AT,
            )
        )
    path = "/desk/federation/rules"
    for wrong in ("", "not a host", node.host):
        assert admin.post(path, {"host": wrong, "word": "block"}).status_code == 422, wrong
    asked = {"host": "https://Spam.example/", "word": "block", "reason": "Advertisements"}
    answer = admin.post(path, asked)
    assert "it would end" in answer.text
    assert _rule(house, "spam.example") is None
    assert admin.post(path, asked | {"go": "do"}).location == f"{path}?done=judged"
    assert _rule(house, "spam.example") == (False, "Advertisements")
    with house.instance.database.reading() as session:
        assert (
            session.exec(select(Follow).where(Follow.followed == "https://spam.example/actor")).first()
            is None
        )
    assert "Advertisements" in admin.see(path).text
    assert admin.post(f"{path}/undo", {"name": "spam.example"}).status_code == 303
    assert admin.post(f"{path}/undo", {"name": "spam.example"}).status_code == 404
    assert _rule(house, "spam.example") is None
    assert admin.post(f"{path}/lists", {"source": "file:///etc/passwd"}).status_code == 422


def test_a_page_of_the_instance_is_for_administrators(hamlets: Any, admin: Visitor) -> None:
    coordinator = logged_in(hamlets[0], OTHER, "coordinator")
    for path in ("/desk/instance", "/desk/instance/backups", "/desk/officers"):
        assert admin.get(path).status_code == 200, path
        assert coordinator.get(path).status_code == 403, path
    assert coordinator.post("/desk/instance/backups").status_code == 403


def test_an_officer_takes_along_and_erases_what_is_kept(hamlets: Any) -> None:
    house, _ = hamlets
    logged_in(house, OWNER, "coordinator")  # to whom stays what the two share
    leaver = logged_in(house, OTHER, "coordinator")
    mailbox = f"coordinator@{OTHER}.localhost"
    path = leaver.post("/desk/practices/new", {"language": "en"}).location
    with house.instance.database.writing() as session:
        own = session.exec(select(Officer).where(Officer.mailbox == mailbox)).one()
        shared = saved.save(session, own, "q=boat", name="Boats")
        saved.share(session, own, shared, cluster.cluster(session, "ovens"))
        saved.save(session, own, "q=oven", name="Only mine")
    kept = json.loads(leaver.get("/desk/account/data.json").text)
    assert kept["account"]["mailbox"] == mailbox
    assert {one["name"] for one in kept["searches"]} == {"Boats", "Only mine"}
    assert [one["key"] for one in kept["drafts"]] == [path.rsplit("/", 1)[1]]
    assert "hash" not in json.dumps(kept).replace("argon2id hash", "")
    assert leaver.post("/desk/account/delete", {"password": "not this one, no"}).status_code == 422
    answer = leaver.post("/desk/account/delete", {"password": PASSWORD})
    assert answer.location == "/?done=account-gone"
    assert leaver.cookies == {}
    assert leaver.log_in(mailbox).status_code == 422
    with house.instance.database.reading() as session:
        letters = session.exec(select(Mail).where(Mail.recipient == mailbox)).all()
        assert [one.kind for one in letters] == ["account-deleted"], "the one letter that is left tells of it"
        assert {one.name for one in session.exec(select(SavedSearch))} == {"Boats", "Ovens"}
        left = session.exec(select(Draft).where(Draft.key == path.rsplit("/", 1)[1])).one()
        assert (left.officer_id, left.saved_by) == (None, None)
        assert draft.saved_by(session, left) is None


def test_the_last_administrator_is_refused_in_words(hamlets: Any, admin: Visitor) -> None:
    house, _ = hamlets
    with house.instance.database.writing() as session:  # one who has not come yet does not count
        officers.invite(session, "next@town.example", None, "admin")
    assert "last administrator" in admin.see("/desk/account/delete").main.text
    answer = admin.post("/desk/account/delete", {"password": PASSWORD})
    assert answer.status_code == 403
    assert "last administrator" in answer.text
    assert admin.get("/desk").status_code == 200


def test_another_password_ends_every_other_log_in(hamlets: Any) -> None:
    house, _ = hamlets
    here = logged_in(house, OTHER, "editor")
    there = Visitor(house)
    there.log_in(f"editor@{OTHER}.localhost")
    sent = {"old": PASSWORD, "password": "five lamps in a boat", "again": "five lamps in a boat"}
    assert here.post("/desk/account/password", sent | {"old": "something else here"}).status_code == 422
    assert here.post("/desk/account/password", sent | {"again": "five lamps"}).status_code == 422
    assert here.post("/desk/account/password", sent).status_code == 303
    assert here.get("/desk").status_code == 200
    assert there.get("/desk").status_code == 302
    with house.instance.database.reading() as session:
        assert session.exec(select(Mail).where(Mail.kind == "password-changed")).one()
    assert there.log_in(f"editor@{OTHER}.localhost", "five lamps in a boat").status_code == 303


def test_whether_a_mailbox_is_known_shows_nowhere(hamlets: Any) -> None:
    """The same answer, and the same statements in the database, whoever asks for a new password."""
    house, _ = hamlets
    house.app.extensions["login_limits"] = LoginLimits()
    house.instance.settings = house.instance.settings.model_copy(update={"mail": "console"})
    known, unknown = f"officer@{OWNER}.localhost", "nobody@elsewhere.example"
    said, letters, work = [], [], []
    for mailbox in (known, unknown):
        with statements(house) as done:
            answer = Visitor(house).post("/login/forgotten", {"mailbox": mailbox})
        said.append((answer.status_code, answer.text.replace(mailbox, "")))
        work.append(len(done))
        with house.instance.database.reading() as session:
            letters.append(len(session.exec(select(Mail).where(Mail.recipient == mailbox)).all()))
    assert said[0] == said[1]
    assert letters == [1, 0]
    assert work[0] == work[1]


@contextmanager
def statements(house: Any) -> Iterator[list[str]]:
    """What the database is told meanwhile."""
    told: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        told.append(statement)

    engine = house.instance.database.engine
    event.listen(engine, "before_cursor_execute", hear)
    yield told
    event.remove(engine, "before_cursor_execute", hear)


def test_nobody_is_sent_elsewhere(hamlets: Any) -> None:
    house, _ = hamlets
    visitor = logged_in(house, OTHER)
    sent = {"mailbox": f"officer@{OTHER}.localhost", "password": PASSWORD}
    for elsewhere in (
        *("https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"),
        *("javascript:alert(1)", "%2F%2Fevil.example", " //evil.example", "https:/evil.example"),
    ):
        assert visitor.post("/language", {"next": elsewhere, "language": "it"}).location == "/", elsewhere
        assert visitor.get(f"/login?next={quote(elsewhere)}").location == "/desk", elsewhere
    assert visitor.post("/login", sent | {"next": "//evil.example"}).location == "/desk"


def _rule(house: Any, domain: str) -> tuple[bool, str] | None:
    with house.instance.database.reading() as session:
        found = session.get(rules.Rule, (domain, rules.OPERATOR))
        return (found.allowed, found.reason) if found else None


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "it"])
def test_what_is_not_there_or_broke_is_said_in_ones_language(
    hamlets: Any, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, _ = hamlets
    reader = Visitor(house, language)
    monkeypatch.setattr("exchange.catalogue.shelf.newest", lambda *_args, **_more: 1 / 0)
    for path, status, title in (
        ("/nothing/here", 404, "There is no such page"),
        ("/", 500, "Something broke on our side"),
    ):
        answer = reader.get(path)
        page = BeautifulSoup(answer.text, "html.parser")
        assert answer.status_code == status
        assert (page.html["lang"], page.h1.text) == (language, gettext_for(language)(title))
        assert "ZeroDivisionError" not in answer.text
        assert "Set-Cookie" not in answer.headers
