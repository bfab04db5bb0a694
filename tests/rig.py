"""Several instances in one process, speaking real HTTP with real signatures over loopback.

    with Rig(tmp_path, new_database) as rig:
        france, ulm = rig.instance("france"), rig.instance("ulm")
        loos = france.community("loos-en-gohelle", "Loos-en-Gohelle", "FR")
        ulm.follow(france)
        rig.settle()

Each instance is served by waitress in a thread under a name of its own on `localhost`; what its worker
would do is done by `settle()`, in order and to the end, so that a test reads like a story.
"""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import requests
import yaml
from flask import Flask

from exchange.app import create_app
from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt
from exchange.catalogue.communities import community
from exchange.catalogue.judging import review
from exchange.catalogue.practices import publish
from exchange.cli.strict import strict_server
from exchange.instance import Instance
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.vocabulary.thesaurus import thesaurus
from exchange.worker import work_until_quiet
from federation.neighbours import followers
from search.engine import Hits, Query

SEEDS = Path(__file__).parent.parent / "exchange" / "seeds" / "practices.yaml"


class House:
    """One instance with its web server."""

    def __init__(self, name: str, data: Path, database_url: str, **settings: Any) -> None:
        self.name = name
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.origin = f"http://{name}.localhost:{self.port}"
        self.data = data
        settings = {"lab": True, "name": name.capitalize(), **settings}
        self.instance = Instance.over(database_url, data, origin=self.origin, **settings)
        self._serve()

    def _serve(self) -> None:
        self.app: Flask = create_app(self.instance)
        # A map of its own: by default all servers of a process share one, and with it their events.
        self.map: dict[int, Any] = {}
        self.server = strict_server(self.app, self.map, sockets=[self.socket], threads=4)
        self.open = True
        self.thread = threading.Thread(target=self._answer, daemon=True)
        self.thread.start()

    def _answer(self) -> None:
        while self.open:
            self.server.asyncore.loop(timeout=0.05, map=self.map, count=1)
        self.server.task_dispatcher.shutdown(timeout=1)
        self.server.asyncore.close_all(self.map)

    def stop(self) -> None:
        """The machine is off: nobody answers at its address."""
        self.open = False
        self.thread.join(5)

    def start(self) -> None:
        """It is there again, at the same address."""
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", self.port))
        self._serve()

    def close(self) -> None:
        self.stop()
        self.instance.close()

    # ----------------------------------------------------------------- what people do

    def community(self, slug: str, name: str, country: str, **more: Any) -> Community:
        with self.instance.database.writing() as session:
            return community.found(session, self.origin, slug=slug, name=name, country=country, **more)

    def publish(self, slug: str, record: dict[str, Any], **more: Any) -> Practice:
        """The community with that short name publishes a record, and its index knows it at once."""
        with self.instance.database.writing() as session:
            return publish.publish(session, shelf.community(session, slug), record, **more)

    def review(self, uri: str, by: str, **ratings: Any) -> None:
        with self.instance.database.writing() as session:
            criteria = {
                f"rc-{k}": v for k, v in ratings.items() if k not in ("relation", "comment", "conflict")
            }
            review.review(
                session,
                shelf.practice(session, uri),
                shelf.community(session, by),
                relation=ratings.get("relation", "rr-peer"),
                ratings=criteria,
                comment=ratings.get("comment"),
                conflict=ratings.get("conflict", False),
            )

    def adopt(self, uri: str, by: str, stage: str, **record: Any) -> None:
        with self.instance.database.writing() as session:
            practice, adopter = shelf.practice(session, uri), shelf.community(session, by)
            adopt.adopt(session, practice, adopter, stage=stage, **record)

    def follow(self, other: "House") -> None:
        """This instance's actor follows the other's."""
        node = self.instance.node
        with self.instance.database.writing() as session:
            followers.follow(
                session,
                node,
                local_actor=node.instance_actor,
                target_actor=other.instance.node.instance_actor,
            )

    # ----------------------------------------------------------------- what people see

    def get(self, path: str, *, accept: str = "text/html", **more: Any) -> requests.Response:
        """A page or document over real HTTP, as a browser or other software would get it."""
        url = path.replace(self.origin, "") if path.startswith(self.origin) else path
        headers = {"Host": f"{self.name}.localhost:{self.port}", "Accept": accept, **more.pop("headers", {})}
        return requests.get(
            f"http://127.0.0.1:{self.port}{url}", headers=headers, timeout=10, allow_redirects=False, **more
        )

    def document(self, path: str) -> dict[str, Any]:
        """The ActivityPub document at a path."""
        answer = self.get(path, accept="application/activity+json")
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.json()

    def find(self, text: str = "", **query: Any) -> Hits:
        return self.instance.engine.find(Query(text=text, thesaurus=thesaurus(), **query))

    def titles(self, text: str = "") -> list[str]:
        return [hit.stored["title"][hit.stored["language"]] for hit in self.find(text, per_page=100).hits]

    def practice(self, uri: str) -> Practice:
        with self.instance.database.reading() as session:
            return shelf.practice(session, uri)


class Rig:
    """A small world of instances."""

    def __init__(self, place: Path, new_database: Callable[[], str]) -> None:
        self.place = place
        self.new_database = new_database
        self.houses: list[House] = []

    def __enter__(self) -> "Rig":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for house in self.houses:
            house.close()

    def instance(self, name: str, **settings: Any) -> House:
        house = House(name, self.place / name, self.new_database(), **settings)
        self.houses.append(house)
        return house

    def settle(self, *houses: House) -> None:
        """Let every worker work until nothing is left to do anywhere."""
        while sum(work_until_quiet(house.instance) for house in houses or self.houses):
            pass


def seed(slug: str) -> dict[str, Any]:
    """The record of a real practice from the seeds, without the names it has there."""
    found = next(p for p in seeds()["practices"] if p["id"] == slug)
    return {k: v for k, v in found.items() if k not in ("id", "community")}


def seeds() -> dict[str, Any]:
    """The seeds as they are shipped."""
    return yaml.load(SEEDS.read_text(encoding="utf-8"), yaml.CSafeLoader)


def complete(record: dict[str, Any]) -> dict[str, Any]:
    """A record with everything that an owner must say before publishing it."""
    language = record.get("language", "en")

    def text(words: str) -> dict[str, str]:
        return {language: words}

    return {
        "language": language,
        "title": text("A solar roof owned by its neighbours"),
        "summary": text("Neighbours pay for panels on the school roof and share what they earn."),
        "theme": ["th-energy"],
        "status": "st-operating",
        "maturity": "mat-4",
        "startDate": "2019",
        "problem": text("Power was dear and nobody here owned any of it."),
        "context": text("The roof faces south and belongs to the municipality."),
        "solution": text("A cooperative rents the roof for twenty years."),
        "evidenceLevel": "ev-2",
        "lesson": [{"text": text("The lease took a year."), "cause": "lc-law"}],
        "contactRole": [{"role": "Energy office", "url": "energy@town.example"}],
        "licence": "CC-BY-4.0",
        **record,
        "engagement": {
            "level": "pl-4",
            "process": text("Three evenings in the school."),
            **record.get("engagement", {}),
        },
        "inclusion": {"measures": text("Shares from ten euros."), **record.get("inclusion", {})},
        "cost": {"class": "pc-3", **record.get("cost", {})},
        "dataProtection": {"personalData": False, **record.get("dataProtection", {})},
    }
