"""Forgotten passwords, invitations and questions: what the pages say, and what arrives in a real mailbox."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from exchange.catalogue import shelf
from exchange.catalogue.people import officers
from exchange.models.base import now
from exchange.web.frame.limits import LoginLimits
from exchange.worker import mailing
from tests.exchange.web.world import Visitor, logged_in, officer
from tests.mailbox import MailServer, mail_server
from tests.rig import House, Rig, complete


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


@pytest.fixture(autouse=True)
def posting(house: House, server: MailServer) -> Iterator[None]:
    """The house sends mail while these tests run, and counts anew for each of them."""
    before = house.instance.settings
    house.instance.settings = before.model_copy(
        update={"mail": server.url, "mail_from": "post@towns.example"}
    )
    house.app.extensions["login_limits"] = LoginLimits()
    mailing.send_due(house.instance)
    server.letters.clear()
    yield
    house.instance.settings = before


def link(server: MailServer) -> str:
    found = re.search(r"http://\S+(/welcome/\S+)", server.text())
    assert found
    return found[1]


def test_a_forgotten_password_is_set_anew_and_the_old_one_lives_until_then(
    house: House, server: MailServer
) -> None:
    mailbox, visitor = officer(house.instance, "arvieu"), Visitor(house, "de")
    assert "/login/forgotten" in visitor.get("/login").text
    visitor.see("/login/forgotten")
    known = visitor.post("/login/forgotten", {"mailbox": mailbox.upper()})
    unknown = visitor.post("/login/forgotten", {"mailbox": "nobody@towns.localhost"})
    assert known.text.replace(mailbox.upper(), "") == unknown.text.replace("nobody@towns.localhost", "")
    mailing.send_due(house.instance)
    assert [letter["To"] for letter in server.letters] == [mailbox]
    assert Visitor(house).log_in(mailbox).status_code == 303
    address = link(server)
    assert mailbox in visitor.see(address).text
    new = "new meadow seven lamps"
    assert visitor.post(address, {"password": new, "again": new}).status_code == 303
    assert Visitor(house).log_in(mailbox).status_code == 422
    assert Visitor(house).log_in(mailbox, new).status_code == 303
    assert visitor.get(address).status_code == 404


def test_a_mailbox_is_not_flooded_and_a_refusal_says_nothing_of_who_is_known(house: House) -> None:
    known = officer(house.instance, "ulm")
    answers = {
        mailbox: [Visitor(house).post("/login/forgotten", {"mailbox": mailbox}).status_code for _ in range(4)]
        for mailbox in (known, "nobody@towns.localhost")
    }
    assert set(map(tuple, answers.values())) == {(200, 200, 200, 429)}
    assert Visitor(house).post("/login/forgotten", {"mailbox": "no mailbox"}).status_code == 422


def test_who_runs_the_site_is_named_where_no_mail_is_sent(house: House, server: MailServer) -> None:
    house.instance.settings = house.instance.settings.model_copy(update={"mail": "none"})
    mailbox = officer(house.instance, "ulm")
    page = Visitor(house).see("/login/forgotten")
    assert "sends no mail" in page.text
    assert page.find("input", {"name": "mailbox"}) is None
    Visitor(house).post("/login/forgotten", {"mailbox": mailbox})
    mailing.send_due(house.instance)
    assert server.letters == []


def test_an_administrator_invites_from_the_web_and_others_do_not(house: House, server: MailServer) -> None:
    admin = logged_in(house, "ulm", "admin")
    given = {"mailbox": "new@saillans.example", "community": "saillans", "role": "officer"}
    assert admin.post("/desk/officers", given).status_code == 303
    assert "new@saillans.example" in admin.see("/desk/officers").text
    mailing.send_due(house.instance)
    assert server.letters[0]["To"] == "new@saillans.example"
    assert "Saillans" in server.text()
    assert Visitor(house).get(link(server)).status_code == 200
    wrong = admin.post("/desk/officers", {**given, "mailbox": "x", "role": "king"})
    assert wrong.status_code == 422
    for role in ("officer", "editor", "coordinator"):
        other = logged_in(house, "saillans", role)
        assert other.get("/desk/officers").status_code == 403
        assert other.post("/desk/officers", given).status_code == 403


def test_the_link_is_shown_once_where_no_mail_is_sent(house: House) -> None:
    house.instance.settings = house.instance.settings.model_copy(update={"mail": "none"})
    admin = logged_in(house, "ulm", "admin")
    answer = admin.post("/desk/officers", {"mailbox": "b@ulm.example", "community": "ulm", "role": "editor"})
    address = re.search(r"/welcome/[\w-]+", answer.text)
    assert address
    assert Visitor(house).get(address[0]).status_code == 200
    assert "/welcome/" not in admin.get("/desk/officers").text


def test_a_question_reaches_the_office_and_the_desk_and_nobody_else(house: House, server: MailServer) -> None:
    practice = house.publish("ulm", complete({"title": {"en": "A roof of our own"}}))
    visitor = Visitor(house)
    assert visitor.see(f"/practices/{practice.key}").find("a", href=f"/practices/{practice.key}/ask")
    asked = {"mailbox": "who@asks.example", "name": "Office of Hillfoot", "text": "How long?\n<b>Really</b>"}
    answer = visitor.post(f"/practices/{practice.key}/ask", asked)
    assert answer.status_code == 303
    assert "on its way" in visitor.see(answer.location).text
    mailing.send_due(house.instance)
    (letter,) = server.letters
    assert (letter["To"], letter["Reply-To"]) == ("energy@town.example", "who@asks.example")
    assert "A roof of our own" in letter["Subject"]
    assert " > How long?\n > <b>Really</b>" in server.text()
    assert "who@asks" not in visitor.get(f"/practices/{practice.key}").text
    desk = logged_in(house, "ulm").see("/desk")
    assert "<b>Really</b>" in desk.text
    form = desk.select_one("form[action^='/desk/questions/']")
    assert form
    settle = str(form["action"])
    assert logged_in(house, "saillans").post(settle).status_code == 403
    assert "asks.example" not in logged_in(house, "saillans").get("/desk").text
    assert logged_in(house, "ulm").post(settle).status_code == 303
    assert "asks.example" not in logged_in(house, "ulm").get("/desk").text


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"mailbox": "nowhere"}, "mailbox"),
        ({"text": "  \n"}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"name": "n" * 121}, "name"),
    ],
)
def test_a_question_that_cannot_be_answered_is_given_back(
    house: House, given: dict[str, str], path: str
) -> None:
    practice = house.publish("ulm", complete({}))
    asked = {"mailbox": "who@asks.example", "text": "How long?", **given}
    answer = Visitor(house).post(f"/practices/{practice.key}/ask", asked)
    assert answer.status_code == 422
    assert f'id="e-{path}"' in answer.text
    assert asked["text"][:3000].strip() in answer.text


def test_a_question_that_is_sent_again_after_a_step_back_arrives_once(
    house: House, server: MailServer
) -> None:
    practice = house.publish("ulm", complete({}))
    asked = {"mailbox": "who@asks.example", "text": "How wide is it?"}
    path = f"/practices/{practice.key}/ask"
    for once in ("one", "two"):  # each page has a word of its own
        assert Visitor(house).post(path, {**asked, "once": once}).location == f"{path}?done=asked"
    mailing.send_due(house.instance)
    assert len(server.letters) == 1
    Visitor(house).post(path, {**asked, "mailbox": "other@asks.example"})
    Visitor(house).post(path, {**asked, "text": "How high is it?"})
    with time_machine.travel(now() + timedelta(hours=1)):
        Visitor(house).post(path, asked)
        mailing.send_due(house.instance)
    assert len(server.letters) == 4


def test_questions_come_in_moderation_and_not_from_machines(house: House, server: MailServer) -> None:
    practice = house.publish("ulm", complete({}))
    asked = {"mailbox": "who@asks.example", "text": "How long?"}
    path = f"/practices/{practice.key}/ask"
    assert Visitor(house).post(path, {**asked, "website": "https://spam.example"}).status_code == 200
    statuses = [Visitor(house).post(path, {**asked, "text": f"How long? {n}"}).status_code for n in range(11)]
    assert statuses == [303] * 10 + [429]
    mailing.send_due(house.instance)
    assert len(server.letters) == 10


def test_a_practice_without_an_owner_who_reads_says_so_and_one_from_elsewhere_leads_there(
    house: House, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    page = Visitor(house).see("/practices/saillans-collegial-council/ask")
    with house.instance.database.reading() as session:
        saillans = any(c and c.slug == "saillans" for _o, c in officers.officers(session))
    assert (page.find("textarea") is not None) is saillans
    with Rig(tmp_path, new_database) as rig:
        here, there = rig.instance("here", search="memory"), rig.instance("there", search="memory")
        there.community("hillfoot", "Hillfoot", "IE")
        here.follow(there)
        rig.settle()
        uri = there.publish("hillfoot", complete({})).uri
        rig.settle()
        key = here.practice(uri).key
        page = Visitor(here).see(f"/practices/{key}/ask")
        assert [a["href"] for a in page.select("main .buttons a")] == [f"{uri}/ask", uri]
        assert Visitor(there).see(f"{uri}/ask".removeprefix(there.origin)).h1.text == "Ask the owner"
        assert page.find("textarea") is None
        answer = Visitor(here).post(f"/practices/{key}/ask", {"mailbox": "a@b.example", "text": "Why?"})
        assert answer.status_code == 400
        with (
            here.instance.database.writing() as session
        ):  # other software has other addresses, and no such page
            shelf.practice(session, key).uri = f"{there.origin}/objects/12"
        page = Visitor(here).see(f"/practices/{key}/ask")
        assert [a["href"] for a in page.select("main .buttons a")] == [f"{there.origin}/objects/12"]
