"""Fetching one thing from its origin, when somebody asks for it now."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exchange.catalogue import shelf
from exchange.catalogue.lookup import inspect
from exchange.catalogue.practices import withdraw
from exchange.fetching import fetch_now
from federation.errors import AddressRefused, FederationError, Gone, NotFound
from federation.ledger import hosts
from tests.rig import House, Rig, complete


@pytest.fixture
def houses(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[tuple[House, House]]:
    """Two instances that do not follow each other."""
    with Rig(tmp_path, new_database) as rig:
        france, ulm = rig.instance("france"), rig.instance("ulm")
        france.community("loos", "Loos-en-Gohelle", "FR")
        ulm.community("ulm", "Ulm", "DE")
        yield france, ulm


def _state(house: House, uri: str) -> str | None:
    with house.instance.database.reading() as session:
        found = inspect(session, uri)
    return found["state"] if found else None


def test_a_practice_is_fetched_with_its_owner_and_found_then(houses: tuple[House, House]) -> None:
    france, ulm = houses
    made = france.publish("loos", complete({"language": "fr", "title": {"fr": "Plan solaire"}}))
    assert fetch_now(ulm.instance, made.uri)
    assert not fetch_now(ulm.instance, made.uri)  # nothing has changed since
    ulm.instance.index_once()
    assert ulm.titles("solaire") == ["Plan solaire"]
    with ulm.instance.database.reading() as session:
        assert shelf.community_of(session, shelf.practice(session, made.uri)).called() == "Loos-en-Gohelle"


def test_a_review_brings_the_practice_that_it_is_about(houses: tuple[House, House]) -> None:
    france, ulm = houses
    made = france.publish("loos", complete({"language": "fr"}))
    france.community("saillans", "Saillans", "FR")
    france.review(made.uri, "saillans", effectiveness=4)
    with france.instance.database.reading() as session:
        ((written, _by),) = shelf.reviews_of(session, shelf.practice(session, made.uri))
    assert fetch_now(ulm.instance, written.uri)
    with ulm.instance.database.reading() as session:
        ((held, by),) = shelf.reviews_of(session, shelf.practice(session, made.uri))
    assert (held.ratings, by.slug) == ({"rc-effectiveness": 4}, "saillans")


def test_what_its_origin_has_withdrawn_is_withdrawn_here_too(houses: tuple[House, House]) -> None:
    france, ulm = houses
    made = france.publish("loos", complete({"language": "fr"}))
    fetch_now(ulm.instance, made.uri)
    with france.instance.database.writing() as session:
        withdraw.withdraw(session, shelf.practice(session, made.uri))
    assert fetch_now(ulm.instance, made.uri)
    assert _state(ulm, made.uri) == "withdrawn"


def test_what_we_never_held_and_is_gone_stays_unknown(houses: tuple[House, House]) -> None:
    france, ulm = houses
    made = france.publish("loos", complete({"language": "fr"}))
    with france.instance.database.writing() as session:
        withdraw.withdraw(session, shelf.practice(session, made.uri))
    with pytest.raises(Gone):
        fetch_now(ulm.instance, made.uri)
    assert _state(ulm, made.uri) is None


def test_nothing_is_fetched_from_where_we_do_not_go(houses: tuple[House, House]) -> None:
    france, ulm = houses
    made = france.publish("loos", complete({"language": "fr"}))
    with pytest.raises(NotFound):
        fetch_now(ulm.instance, f"{france.origin}/practices/nothing")
    with pytest.raises(AddressRefused):
        fetch_now(france.instance, made.uri)
    for uri in ("", "nonsense", "https://10.0.0.1/practice", "urn:uuid:1", "http://192.168.1.1/"):
        with pytest.raises(FederationError):
            fetch_now(ulm.instance, uri)
    with ulm.instance.database.writing() as session:
        hosts.judge(session, france.origin.partition("://")[2], False)
    with pytest.raises(AddressRefused):
        fetch_now(ulm.instance, made.uri)
    assert _state(ulm, made.uri) is None
