"""A database that is away and a disk without room: everybody is told so and when to come again, and then it is over."""

from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import errors
from sqlalchemy.exc import OperationalError

from exchange.hindrance import AWAY
from federation.arriving import inbox
from tests.exchange.web.world import Visitor, officer
from tests.rig import House

JSON = "application/activity+json"


@pytest.fixture
def away(house: House) -> Iterator[pytest.MonkeyPatch]:
    """The server of the database has been stopped, as far as whoever wants a connection can see."""

    def connect() -> Any:
        raise OperationalError("", {}, errors.AdminShutdown("terminating connection"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(house.instance.database.engine.pool, "connect", connect)
        yield patch


PAGES = (
    "/",
    "/practices",
    "/communities",
    "/communities/saillans",
    "/practices/saillans-collegial-council",
    "/desk",
    "/desk/instance",
    "/practices.csv",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_its_database_says_so_and_is_back_with_it(
    house: House, request: pytest.FixtureRequest, path: str
) -> None:
    visitor = Visitor(house, "fr")
    visitor.log_in(officer(house.instance, "saillans", "admin"))
    before = visitor.get(path).status_code
    away = request.getfixturevalue("away")
    answer = visitor.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Ce site ne peut pas répondre pour le moment" in answer.text
    assert "</html>" in answer.text
    assert "terminating" not in answer.text
    away.undo()
    assert visitor.get(path).status_code == before < 400


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize("path", ["/login", "/login/forgotten"])
def test_a_form_that_is_sent_meanwhile_is_answered_so_too(house: House, path: str) -> None:
    sent = {"mailbox": "it@ulm.localhost", "password": "seven quiet lamps", "again": "seven quiet lamps"}
    answer = Visitor(house, "de").post(path, sent)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


@pytest.mark.usefixtures("away")
@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/metrics", "*/*"),
        ("/api/v1/practices", "*/*"),
        ("/communities/saillans", JSON),
        ("/communities/saillans/outbox", JSON),
        ("/actor", JSON),
        ("/nodeinfo/2.1", "*/*"),
    ],
)
def test_programs_get_a_problem_in_the_language_that_they_asked_in(
    house: House, path: str, accept: str
) -> None:
    answer = Visitor(house, "fr").get(path, Accept=accept)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["title"] == "Ce site ne peut pas répondre pour le moment"


@pytest.mark.usefixtures("away")
def test_whoever_watches_the_instance_is_told_when_to_look_again(house: House) -> None:
    visitor = Visitor(house)
    assert visitor.get("/healthz").status_code == 200
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_an_inbox_without_its_database_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise OperationalError("", {}, errors.AdminShutdown("terminating connection"))

    monkeypatch.setattr(inbox, "receive", stopped)
    answer = Visitor(house).client.post("/inbox", data=b"{}", content_type=JSON)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.get_json(force=True)["title"] == AWAY.title


def test_settings_for_which_there_is_no_room_are_no_mistake_of_who_said_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    visitor = Visitor(house)
    visitor.log_in(officer(house.instance, "saillans", "admin"))
    monkeypatch.setattr(house.instance, "change", full)
    answer = visitor.post("/desk/instance/dress", {"colour": "#225588"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "There is no room left on this site" in answer.text
    assert "nothing was changed" in answer.text


def test_any_file_that_finds_no_room_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("exchange.catalogue.shelf.counts", full)
    answer = Visitor(house).get("/nodeinfo/2.0")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_a_fault_of_ours_is_not_put_on_the_database(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file")

    monkeypatch.setattr("exchange.catalogue.shelf.counts", wrong)
    assert Visitor(house).get("/nodeinfo/2.0").status_code == 500
    assert Visitor(house).get("/federation?broken").status_code == 500
