"""A town with two neighbours on one instance, without any network."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session

from exchange.catalogue.communities import community
from exchange.db import Database
from exchange.models.community import Community
from federation import actor, keys

ORIGIN = "https://practices.example"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session on an instance that hosts Loos-en-Gohelle, Arvieu and Nantes."""
    with database.writing() as open_session:
        actor.create(open_session, ORIGIN, "Application", "instance")
        yield open_session


def _found(session: Session, slug: str, name: str, population: int) -> Community:
    return community.found(session, ORIGIN, slug=slug, name=name, country="FR", population=population)


@pytest.fixture
def loos(session: Session) -> Community:
    return _found(session, "loos-en-gohelle", "Loos-en-Gohelle", 6600)


@pytest.fixture
def arvieu(session: Session) -> Community:
    return _found(session, "arvieu", "Arvieu", 822)


@pytest.fixture
def nantes(session: Session) -> Community:
    return _found(session, "nantes", "Nantes", 325000)


@pytest.fixture(scope="module")
def one_key() -> Any:
    return keys.rsa.generate_private_key(65537, 2048)


@pytest.fixture
def quick_keys(monkeypatch: pytest.MonkeyPatch, one_key: Any) -> None:
    """Making an RSA key takes longer than everything else here; one is enough for all."""
    monkeypatch.setattr(keys.rsa, "generate_private_key", lambda *_, **__: one_key)


@pytest.fixture
def instance(database: Database) -> Database:
    with database.writing() as session:
        actor.create(session, ORIGIN, "Application", "instance")
    return database
