"""Letters reach a real mail server once, over a safe line, or wait, or are given up where somebody sees it."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlmodel import select

from exchange.catalogue.people import letters
from exchange.config import ConfigurationError, Settings, load
from exchange.models.mail import Mail
from exchange.worker import mailing, work_until_quiet
from exchange.worker.postman import MailFailed, on_the_way
from federation.ledger import lease
from tests.mailbox import PASSWORD, MailServer, certificate, mail_server
from tests.rig import House, Rig

ORIGIN = "https://town.example"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, new_database: Callable[[], str], server: MailServer) -> Iterator[House]:
    with Rig(tmp_path, new_database) as rig:
        yield rig.instance("adria", search="memory", mail=server.url, contact="it@adria.example")


def post(
    house: House,
    to: str = "office@hillfoot.example",
    then: Callable[[object], None] = lambda letter: None,
    **more: Any,
) -> None:
    with house.instance.database.writing() as session:
        told = {"language": "fr", "subject": "Élan\r\nBcc: x@evil.example", "paragraphs": ["Ça va. " * 30]}
        then(letters.post(session, house.instance.settings, kind="digest", to=to, **{**told, **more}))


def waiting(house: House) -> list[Mail]:
    with house.instance.database.reading() as session:
        return list(session.exec(select(Mail)))


def test_a_letter_is_plain_text_in_the_readers_language_and_its_row_is_gone(
    house: House, server: MailServer
) -> None:
    post(house, headers={"List-Unsubscribe": "<https://adria.example/x>"}, reply_to="who@asks.example")
    assert work_until_quiet(house.instance) >= 1
    (letter,) = server.letters
    assert letter["Subject"] == "Élan Bcc: x@evil.example"
    assert letter["Bcc"] is None
    assert str(letter["From"]) == "Adria <it@adria.example>"
    assert (letter["Reply-To"], letter["Auto-Submitted"]) == ("who@asks.example", "auto-generated")
    assert letter["List-Unsubscribe"] == "<https://adria.example/x>"
    assert letter.get_content_type() == "text/plain"
    lines = server.text().splitlines()
    assert lines[0] == "Bonjour,"
    assert max(map(len, lines)) <= 72
    assert waiting(house) == []


def test_a_change_that_is_undone_sends_no_letter(house: House, server: MailServer) -> None:
    def undo(_letter: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        post(house, then=undo)
    mailing.send_due(house.instance)
    assert server.letters == []


def test_a_server_that_is_busy_gets_it_later_and_one_that_refuses_never(
    house: House, server: MailServer
) -> None:
    post(house)
    server.answer = "451 Come back"
    assert mailing.send_due(house.instance) == 1
    (row,) = waiting(house)
    assert (row.state, row.attempts, row.last_error) == (lease.WAITING, 1, "451 Come back")
    assert mailing.send_due(house.instance) == 0
    server.answer = "250 OK"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        assert mailing.send_due(house.instance) == 1
    assert (len(server.letters), waiting(house)) == (1, [])
    post(house)
    server.answer = "550 Nobody of that name"
    mailing.send_due(house.instance)
    (row,) = waiting(house)
    assert (row.state, row.last_error) == (lease.DEAD, "550 Nobody of that name")


def test_an_address_that_cannot_be_one_holds_nothing_up(house: House, server: MailServer) -> None:
    post(house, to="büro@hügel.example")  # this server does not speak SMTPUTF8 over an old line, or it does
    post(house, to="no address")
    post(house)
    mailing.send_due(house.instance)
    assert "office@hillfoot.example" in [letter["To"] for letter in server.letters]
    assert all(row.state == lease.DEAD for row in waiting(house))


def test_a_server_that_is_away_for_five_days_ends_it_and_the_operator_may_begin_anew(
    house: House, server: MailServer
) -> None:
    post(house)
    settings = house.instance.settings
    house.instance.settings = settings.model_copy(update={"mail": "smtp://127.0.0.1:9"})
    mailing.send_due(house.instance)
    (row,) = waiting(house)
    assert row.state == lease.WAITING
    assert "refused" in row.last_error
    with time_machine.travel(datetime.now(UTC) + timedelta(days=5, hours=1)):
        mailing.send_due(house.instance)
    assert waiting(house)[0].state == lease.DEAD
    house.instance.settings = settings
    with house.instance.database.writing() as session:
        assert letters.revive(session) == 1
    mailing.send_due(house.instance)
    assert len(server.letters) == 1


def test_what_a_dead_worker_held_is_sent_by_another(house: House, server: MailServer) -> None:
    post(house)
    assert len(mailing._take(house.instance)) == 1
    assert mailing.send_due(house.instance) == 0
    with time_machine.travel(datetime.now(UTC) + mailing.LEASE + timedelta(seconds=1)):
        assert mailing.send_due(house.instance) == 1
    assert len(server.letters) == 1


def test_no_letter_and_no_password_goes_over_an_open_line(tmp_path: Path) -> None:
    with mail_server() as open_line:
        settings = load(tmp_path, origin=ORIGIN, mail=open_line.url, mail_from="post@town.example")
        with pytest.raises(MailFailed, match="no STARTTLS"), on_the_way(settings):
            pass


def test_a_line_is_encrypted_before_the_log_in_and_its_certificate_is_checked(tmp_path: Path) -> None:
    file = certificate(tmp_path)
    with mail_server(file, logs_in=True) as server:
        host = server.url.removeprefix("smtp://")

        def way(password: str, ca: Path | None = file) -> Settings:
            address = f"smtp://post%40town.example:{password}@{host}"
            return load(tmp_path, origin=ORIGIN, mail=address, mail_from="post@town.example", ca=ca)

        with on_the_way(way(PASSWORD.decode().replace(" ", "%20"))) as send:
            assert send
        with pytest.raises(MailFailed, match="535"), on_the_way(way("wrong")):
            pass
        with pytest.raises(MailFailed, match="not trusted"), on_the_way(way("wrong", None)):
            pass


def test_letters_are_laid_into_a_directory(tmp_path: Path, new_database: Callable[[], str]) -> None:
    with Rig(tmp_path, new_database) as rig:
        house = rig.instance("adria", search="memory", mail=f"file:{tmp_path}/mail", contact="it@a.example")
        post(house)
        mailing.send_due(house.instance)
        (file,) = (tmp_path / "mail").glob("*.eml")
    assert b"To: office@hillfoot.example" in file.read_bytes()


@pytest.mark.parametrize(
    ("mail", "told"),
    [
        ("pigeon", "JUMELAGE_MAIL must be console, none"),
        ("smtp://", "JUMELAGE_MAIL must be console, none"),
        ("smtp://h:99999", "JUMELAGE_MAIL is not an address"),
        ("file:mail", "JUMELAGE_MAIL must name a whole path"),
        ("smtp://mail.town.example", "JUMELAGE_MAIL_FROM is needed"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused(tmp_path: Path, mail: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(told)):
        load(tmp_path, origin=ORIGIN, mail=mail)


def test_mail_is_off_unless_it_is_set_and_the_password_is_not_shown(tmp_path: Path) -> None:
    assert not load(tmp_path, origin=ORIGIN).sends_mail
    lab = load(tmp_path, origin="http://a.localhost", lab=True)
    assert (lab.mail_way, lab.sends_mail) == ("console", True)
    hidden = load(tmp_path, origin=ORIGIN, mail="smtp://u:secret@h", mail_from="a@b.example")
    assert "secret" not in repr(hidden)


def test_a_running_worker_sends_at_once(house: House, server: MailServer) -> None:
    from exchange.worker import Worker

    worker = Worker(house.instance)
    worker.start()
    try:
        post(house)
        end = time.monotonic() + 10
        while not server.letters and time.monotonic() < end:
            time.sleep(0.02)
    finally:
        worker.stop()
    assert len(server.letters) == 1
