"""An instance with two communities and one practice, and a client for its API."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from exchange import api, config, schema
from exchange.catalogue import community, officers, publish, shelf
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


@pytest.fixture
def programs(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Programs]:
    data = tmp_path / "instance"
    data.mkdir()
    url = new_database()
    settings = config.load(data, origin=ORIGIN, name="Practices", database=url, search="memory")
    database = Database(url)
    schema.stamp(database)
    with database.writing() as session:
        actor.create(session, ORIGIN, "Application", "instance")
    database.close()
    instance = Instance(settings)
    with instance.database.writing() as session:
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
        made = publish.publish(session, loos, complete(SOLAR))
        tokens = {
            "loos": officers.issue_token(session, loos, "write"),
            "ulm": officers.issue_token(session, ulm, "write"),
            "reader": officers.issue_token(session, ulm, "read"),
            "admin": officers.issue_token(session, None, "admin"),
        }
        key = made.key
        assert shelf.practice(session, key)
    app = Flask("exchange")
    app.json.sort_keys = False  # type: ignore[attr-defined]
    api.register(app, instance)
    found = Programs(instance, app.test_client(), tokens, key)
    found.index()
    yield found
    instance.close()
