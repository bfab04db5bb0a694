"""Who may do what on the pages, and what the pages allow a browser to do."""

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from exchange.catalogue import shelf
from exchange.catalogue.people import leave, officers
from exchange.models.officer import LoginSession, Officer
from exchange.web.frame.limits import LoginLimits
from tests.exchange.web.world import PASSWORD, Visitor, logged_in, officer
from tests.rig import House, complete

SAILLANS = "/practices/saillans-collegial-council"


def test_pages_allow_nothing_from_elsewhere_and_nothing_inline(visitor: Visitor) -> None:
    headers = visitor.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_static_files_may_be_kept_for_ever_because_their_address_changes(visitor: Visitor) -> None:
    sheet = visitor.see("/").find("link", rel="stylesheet")["href"]
    assert "immutable" in visitor.get(sheet).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "own"}, 403),
        ({"Origin": "own"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_a_form_must_come_from_our_own_page(house: House, headers: dict[str, str], status: int) -> None:
    visitor = logged_in(house, "ulm")
    sent = {name: house.origin if value == "own" else value for name, value in headers.items()}
    answer = visitor.client.post(
        "/desk/practices/new", data={"language": "de"}, headers=sent, base_url=house.origin
    )
    assert answer.status_code == status


def test_a_program_without_a_cookie_may_send_a_form(house: House) -> None:
    mailbox = officer(house.instance, "ulm", "editor")
    client = house.app.test_client()
    answer = client.post("/login", data={"mailbox": mailbox, "password": PASSWORD}, base_url=house.origin)
    assert answer.status_code == 303


@pytest.mark.parametrize(("town", "meanwhile"), [("arvieu", "changed"), ("mouans-sartoux", "removed")])
def test_what_happens_to_an_account_while_somebody_logs_in_is_not_undone(
    house: House, monkeypatch: pytest.MonkeyPatch, town: str, meanwhile: str
) -> None:
    mailbox = officer(house.instance, town, "editor")
    tried = officers.authenticate

    def slowly(session: Session, mailbox: str, password: str) -> Officer | None:
        known = tried(session, mailbox, password)
        with house.instance.database.writing() as other:
            if meanwhile == "removed":
                leave.remove(other, mailbox)
            else:
                held = other.exec(select(Officer).where(Officer.mailbox == mailbox)).one()
                held.password_hash, held.role = "another", "officer"
                other.add(held)
        return known

    monkeypatch.setattr(officers, "authenticate", slowly)
    assert Visitor(house).log_in(mailbox).status_code == 422
    with house.instance.database.reading() as session:
        found = session.exec(select(Officer).where(Officer.mailbox == mailbox)).first()
        if meanwhile == "removed":
            assert found is None
        else:
            assert found is not None
            assert (found.password_hash, found.role) == ("another", "officer")
            assert not session.exec(select(LoginSession).where(LoginSession.officer_id == found.id)).all()


@pytest.mark.parametrize("accept", ["text/html", "application/activity+json"])
def test_who_finds_the_database_busy_is_told_when_to_come_again(
    house: House, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr(shelf, "counts", locked)
    answer = Visitor(house).get("/federation?busy", Accept=accept)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "locked" not in answer.text


def test_the_session_cookie_is_for_this_site_only_and_out_of_reach_of_scripts(house: House) -> None:
    cookie = Visitor(house).log_in(officer(house.instance, "saillans")).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_a_log_in_begins_with_a_new_token_and_ends_on_the_server(house: House) -> None:
    visitor = logged_in(house, "saillans")
    first = visitor.cookies["session"]
    visitor.log_in(officer(house.instance, "saillans"))
    second = visitor.cookies["session"]
    assert first != second
    visitor.post("/logout")
    for token in (first, second):
        visitor.client.set_cookie("session", token, domain="towns.localhost")
        assert visitor.get("/desk").status_code == 302


def test_a_wrong_password_and_an_unknown_mailbox_sound_the_same(house: House) -> None:
    known = officer(house.instance, "arvieu")
    answers = [
        Visitor(house).log_in(mailbox, "not the password").text.replace(mailbox, "")
        for mailbox in (known, "nobody@nowhere.localhost")
    ]
    assert "do not belong together" in answers[0]
    assert answers[0] == answers[1]


def test_the_sixth_wrong_password_in_a_minute_is_not_tried(house: House) -> None:
    mailbox = officer(house.instance, "mouans-sartoux")
    visitor = Visitor(house)
    statuses = [visitor.log_in(mailbox, f"wrong {n}").status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]
    answer = visitor.log_in(mailbox)
    assert answer.status_code == 429
    assert mailbox in answer.text


def test_another_mailbox_from_the_same_address_may_still_be_tried() -> None:
    limits = LoginLimits()
    for _ in range(6):
        last = limits.allows("192.0.2.1", "a@town.example")
    assert not last
    assert limits.allows("192.0.2.1", "b@town.example")
    assert limits.allows("192.0.2.2", "a@town.example")


def test_an_address_that_tries_many_mailboxes_is_stopped() -> None:
    limits = LoginLimits()
    allowed = [limits.allows("192.0.2.1", f"{n}@town.example") for n in range(40)]
    assert allowed.count(True) == 30


def test_those_who_log_in_come_back_to_the_page_they_wanted(house: House) -> None:
    visitor = Visitor(house)
    mailbox = officer(house.instance, "ulm")
    wanted = visitor.get(f"{SAILLANS}/rate").location
    assert wanted.startswith("/login?next=")
    page = visitor.see(wanted)
    hidden = page.main.find("input", {"name": "next"})["value"]
    answer = visitor.post("/login", {"mailbox": mailbox, "password": PASSWORD, "next": hidden})
    assert answer.location == f"{SAILLANS}/rate"


def test_an_officer_reaches_nothing_of_another_community(house: House) -> None:
    practice = house.publish("arvieu", complete({"language": "en", "title": "A field for everybody"}))
    owner, stranger = logged_in(house, "arvieu"), logged_in(house, "ulm")
    draft = owner.post("/desk/practices/new", {"language": "fr"}).location
    for path in (
        draft,
        *(f"{draft}/{page}" for page in ("preview", "check", "discard")),
        *(f"/practices/{practice.key}/{page}" for page in ("revise", "withdraw")),
    ):
        assert owner.get(path).status_code == 200, path
        assert stranger.get(path).status_code == 403, path
        assert Visitor(house).get(path).status_code == 302, path
    for path in (
        draft,
        *(f"{draft}/{page}" for page in ("publish", "discard")),
        *(f"/practices/{practice.key}/{page}" for page in ("revise", "withdraw")),
    ):
        assert stranger.post(path, {"title": "Mine now"}).status_code == 403, path
        assert Visitor(house).post(path, {"title": "Mine now"}).status_code == 401, path
    assert owner.get(draft).status_code == 200
    assert owner.get(f"/practices/{practice.key}").status_code == 200


def test_an_officer_does_not_confirm_adoptions_of_others_practices(house: House) -> None:
    page = Visitor(house).see(SAILLANS)
    key = page.select_one("li[id^=adoption-]")["id"].removeprefix("adoption-")
    stranger = logged_in(house, "ulm")
    assert stranger.post(f"/desk/adoptions/{key}/answer", {"answer": "yes"}).status_code == 403


def test_only_those_who_govern_follow_and_unfollow(house: House) -> None:
    plain, coordinator = logged_in(house, "ulm"), logged_in(house, "ulm", "coordinator")
    assert plain.get("/desk/federation/follow").status_code == 403
    assert plain.post("/desk/federation/unfollow", {"actor": "https://a.example/actor"}).status_code == 403
    assert coordinator.get("/desk/federation/follow").status_code == 200


def test_what_is_too_large_is_refused_in_words(house: House) -> None:
    visitor = logged_in(house, "ulm")
    answer = visitor.post("/login", {"mailbox": "x" * 5_000_000})
    assert answer.status_code == 413
    assert "larger than this site takes" in answer.text


def test_an_invitation_sets_a_password_once(house: House) -> None:
    from exchange.catalogue import shelf
    from exchange.catalogue.people import officers

    with house.instance.database.writing() as session:
        _made, token = officers.invite(session, "roads@ulm.localhost", shelf.community(session, "ulm"))
    visitor = Visitor(house, "fr")
    path = f"/welcome/{token}"
    assert "roads@ulm.localhost" in visitor.see(path).main.text
    assert visitor.post(path, {"password": "short", "again": "short"}).status_code == 422
    assert visitor.post(path, {"password": PASSWORD, "again": PASSWORD + "!"}).status_code == 422
    answer = visitor.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert answer.location == "/desk?done=welcome"
    assert visitor.see("/desk").h1.text == "Votre bureau"
    assert visitor.get(path).status_code == 404


def test_who_has_a_whole_network_of_addresses_has_the_tries_of_one() -> None:
    limits = LoginLimits()
    network, others = "2606:4700:10:1", "2606:4700:10:2"
    tries = [limits.allows(f"{network}::{number:x}", "officer@town.example") for number in range(1, 9)]
    assert tries == [True] * 5 + [False] * 3
    assert limits.allows(f"{others}::1", "officer@town.example")
    limits.forget(f"{network}::ffff", "officer@town.example")
    assert limits.allows(f"{network}::9", "officer@town.example")


def test_a_form_is_answered_wherever_its_sender_says_it_comes_from(house: House) -> None:
    visitor = Visitor(house)
    for before in ("http://[", "http://[::1", "//", "http://a]b/", "x" * 5000):
        answer = visitor.post("/login", {"mailbox": "x", "password": "y"}, Referer=before)
        assert answer.status_code in (422, 429), before
