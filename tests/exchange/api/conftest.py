"""An instance with two communities and one practice, and a client for its API."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from exchange import config, schema
from exchange.app import create_app
from exchange.catalogue.communities import community
from exchange.catalogue.people import officers
from exchange.catalogue.practices import publish
from exchange.db import Database
from exchange.instance import Instance
from federation import actor
from tests.rig import complete

ORIGIN = "https://practices.example"
SOLAR = {"language": "fr", "title": {"fr": "Plan solaire citoyen", "en": "Citizen solar plan"}}


@dataclass
class Programs:
    """The API as programs meet it: `as_loos(...)`, `as_ulm(...)`, `as_admin(...)` and without a token."""

    instance: Instance
    client: FlaskClient
    tokens: dict[str, str]
    practice: str

    def __call__(self, method: str, path: str, *, by: str | None = None, **more: Any) -> Any:
        headers = dict(more.pop("headers", {}))
        if by:
            headers["Authorization"] = f"Bearer {self.tokens[by]}"
        return self.client.open(f"/api{path}", method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self("GET", path, **more)

    def post(self, path: str, body: Any, **more: Any) -> Any:
        return self("POST", path, json=body, **more)

    def index(self) -> None:
        while self.instance.index_once():
            pass


_made: dict[str, str] = {}  # the tokens of the template, and the key of its practice


def _fill(database: Database) -> None:
    """Tables, the instance, its communities with their keys, a practice and the tokens; made only once."""
    schema.create(database)
    with database.writing() as session:
        actor.create(session, ORIGIN, "Application", "instance")
        loos = community.found(
            session,
            ORIGIN,
            slug="loos",
            name="Loos-en-Gohelle",
            country="FR",
            population=6600,
            degurba="dg-2",
        )
        ulm = community.found(
            session, ORIGIN, slug="ulm", name="Ulm", country="DE", population=126_329, degurba="dg-1"
        )
        _made["practice"] = publish.publish(session, loos, complete(SOLAR)).key
        _made["loos"] = officers.issue_token(session, loos, "write")
        _made["ulm"] = officers.issue_token(session, ulm, "write")
        _made["reader"] = officers.issue_token(session, ulm, "read")
        _made["admin"] = officers.issue_token(session, None, "admin")


@pytest.fixture(scope="session")
def create_tables() -> Callable[[Database], None]:
    return _fill


@pytest.fixture
def programs(data_dir: Path, database_url: str) -> Iterator[Programs]:
    data_dir.mkdir()
    instance = Instance(
        config.load(data_dir, origin=ORIGIN, name="Practices", database=database_url, search="memory")
    )
    found = Programs(instance, create_app(instance).test_client(), _made, _made["practice"])
    found.index()
    yield found
    instance.close()
