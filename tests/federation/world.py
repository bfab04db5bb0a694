"""A small world: instances in one process that speak real HTTP with each other over loopback."""

import json
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import time_machine
from sqlmodel import Session, col, select

from exchange.db import Database
from federation import actor, keys
from federation.arriving import backfill, inbox
from federation.errors import Refused, TooMany
from federation.leaving.delivery import deliver_due
from federation.ledger import hosts, outbox
from federation.ledger.arrivals import Arrival
from federation.ledger.budgets import Budgets
from federation.ledger.hosts import Host
from federation.neighbours import collections, followers
from federation.neighbours.followers import Follow
from federation.node import Incoming, Node
from federation.others import webfinger
from federation.others.client import Client
from federation.wire import signatures
from federation.wire.activity import ACTIVITY_JSON

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


class Notebook:
    """The simplest host application: it remembers the last word about every object."""

    def __init__(self) -> None:
        self.notes: dict[str, Any] = {}
        self.heard: list[tuple[str, str | None]] = []
        self.fetched: list[dict[str, Any]] = []
        self.accepted: list[str] = []
        self.wanted: Callable[[Incoming], list[str]] = lambda incoming: []
        self.before: Callable[[Incoming], None] = lambda incoming: None

    def wants(self, session: Session, incoming: Incoming) -> list[str]:
        return self.wanted(incoming)

    def handle(self, session: Session, incoming: Incoming) -> bool:
        self.before(incoming)
        self.heard.append((incoming.kind, incoming.object_id))
        self.fetched.append(incoming.fetched)
        if incoming.kind in ("Create", "Update") and isinstance(incoming.object, dict):
            self.notes[incoming.object["id"]] = incoming.object.get("content")
            return True
        if incoming.kind == "Delete":
            return self.notes.pop(incoming.object_id, None) is not None
        return False

    def followed(self, session: Session, actor_uri: str) -> None:
        self.accepted.append(actor_uri)


class Instance:
    """A node with a web server before it, and with the few verbs that tests need."""

    def __init__(self, name: str, database: Database) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._request_class())
        self.server.daemon_threads = True
        self.stopped = False
        self.name = name
        self.origin = f"http://{name}.localhost:{self.server.server_port}"
        self.host = urlsplit(self.origin).netloc
        self.notebook = Notebook()
        client = Client(origin=self.origin, lab=True, signer=self._signer, allowed=self._talks_with)
        self.node = Node(self.origin, database, client, self.notebook, lab=True, budgets=Budgets(0))
        self.city = f"{self.origin}/communities/{name}"
        self.actor = self.node.instance_actor
        self.requests: deque[tuple[str, str]] = deque(maxlen=10_000)
        self.bodies: list[bytes] = []
        self.answer: Callable[[str, str], int | tuple[int, dict[str, str]] | None] = lambda method, path: None
        self.documents: dict[str, dict[str, Any]] = {}
        with database.writing() as session:
            actor.create(session, self.origin, "Application", "instance")
            actor.create(session, self.origin, "Organization", name)
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def _signer(self) -> tuple[str, Any]:
        with self.node.database.reading() as session:
            return keys.signing_key(session, self.actor)

    def _talks_with(self, host: str) -> bool:
        with self.node.database.reading() as session:
            return hosts.verdict(session, self.node, host)

    def stop(self) -> None:
        """The machine is off: nobody answers, not on open connections either."""
        self.stopped = True
        self.server.shutdown()
        self.server.server_close()

    def close(self) -> None:
        if not self.stopped:
            self.stop()
        self.node.client.close()
        self.node.database.close()

    def follow(self, other: str) -> None:
        with self.node.database.writing() as session:
            followers.follow(session, self.node, local_actor=self.actor, target_actor=other)

    def unfollow(self, other: str) -> None:
        with self.node.database.writing() as session:
            followers.unfollow(session, self.node, local_actor=self.actor, target_actor=other)

    def deliveries(self) -> list[outbox.Delivery]:
        with self.node.database.reading() as session:
            return outbox.backlog(session)

    def known_host(self, host: str) -> Host | None:
        with self.node.database.reading() as session:
            return session.get(Host, host)

    def relations(self) -> list[Follow]:
        with self.node.database.reading() as session:
            return followers.following(session, self.actor)

    def say(self, key: str, text: str, kind: str = "Create") -> str:
        """Publish, change or delete a note of this instance's city; the id of the activity."""
        thing = f"{self.origin}/notes/{key}"
        said: dict[str, Any] = {"id": thing, "type": "Note", "attributedTo": self.city, "content": text}
        if kind == "Delete":
            said = {"id": thing, "type": "Tombstone"}
        with self.node.database.writing() as session:
            return outbox.send(
                session,
                actor=self.city,
                activity={"type": kind, "actor": self.city, "to": [PUBLIC], "object": said},
                followers_of=[self.city, self.actor],
            ).activity_id

    def post(self, to: "Instance", activity: dict[str, Any], *, actor: str = "", path: str = "/inbox") -> int:
        """Put any activity into another's inbox, signed by this instance's city; the answer's status."""
        with self.node.database.reading() as session:
            key_id, key = keys.signing_key(session, actor or self.city)
        body = json.dumps(activity, ensure_ascii=False).encode()
        url = to.origin + path
        headers = signatures.sign(method="POST", url=url, body=body, key_id=key_id, private_key=key)
        return self.node.client.post(url, body, headers).status

    def arrivals(self) -> list[Arrival]:
        with self.node.database.reading() as session:
            return list(session.exec(select(Arrival).order_by(col(Arrival.id))))

    def note(self, key: str, text: str, kind: str = "Create", number: int = 1) -> dict[str, Any]:
        """An activity of this instance's city about a note, not sent."""
        thing = f"{self.origin}/notes/{key}"
        return {
            "id": f"{self.origin}/activities/{kind}-{key}-{number}",
            "type": kind,
            "actor": self.city,
            "to": [PUBLIC],
            "object": {"id": thing, "type": "Note", "attributedTo": self.city, "content": text}
            if kind != "Delete"
            else thing,
        }

    def get(self, path: str) -> dict[str, Any] | None:
        """What is served at a path."""
        url = self.origin + path
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        page = int(query["page"][0]) if "page" in query else None
        owner, _, last = f"{self.origin}{parts.path}".rpartition("/")
        with self.node.database.reading() as session:
            if url in self.documents:
                return self.documents[url]
            if parts.path == "/.well-known/webfinger":
                return webfinger.answer(session, self.origin, query["resource"][0])
            if "/activities/" in parts.path:
                return collections.activity(session, url)
            if last in ("outbox", "followers", "following"):
                return getattr(collections, last)(session, owner, page)
            if session.get(actor.LocalActor, url):
                return actor.document(session, url, {"name": self.name}, self.origin)
        return None

    def _request_class(self) -> type[BaseHTTPRequestHandler]:
        instance = self

        class Request(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.refused():
                    return
                instance.bodies.append(body)
                try:
                    receipt = inbox.receive(
                        instance.node,
                        method="POST",
                        target=self.path,
                        headers=list(self.headers.items()),
                        body=body,
                    )
                except TooMany as refusal:
                    self.reply(429, {}, {"Retry-After": str(math.ceil(refusal.seconds))})
                except Refused as refusal:
                    self.reply(refusal.status, {"title": refusal.reason, "detail": refusal.detail})
                else:
                    self.reply(receipt.status, {})

            def do_GET(self) -> None:
                if self.refused():
                    return
                found = instance.get(self.path)
                self.reply(200 if found is not None else 404, found or {})

            def refused(self) -> bool:
                if instance.stopped:
                    self.close_connection = True
                    return True
                instance.requests.append((self.command, self.path))
                answer = instance.answer(self.command, self.path)
                if answer is None:
                    return False
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.reply(status, {}, headers)
                return True

            def reply(self, status: int, data: dict[str, Any], headers: dict[str, str] | None = None) -> None:
                body = json.dumps(data, ensure_ascii=False).encode()
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Type", ACTIVITY_JSON)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                return

        return Request


class World:
    """All instances of a test, and the passing of time: `settle` lets everything happen that is due."""

    def __init__(self, new_database: Callable[[], str]) -> None:
        self._new_database = new_database
        self._clock = time_machine.travel(datetime.now(UTC), tick=True)
        self._now = self._clock.start()
        self.instances: dict[str, Instance] = {}

    def __getitem__(self, name: str) -> Instance:
        if name not in self.instances:
            self.instances[name] = Instance(name, Database(self._new_database()))
        return self.instances[name]

    def settle(self) -> int:
        """Work until nothing is due anywhere; how much was done."""
        total = 0
        while done := sum(self._work(instance.node) for instance in self.instances.values()):
            total += done
        return total

    def later(self, **units: float) -> int:
        """Let time pass, then everything happen that is due."""
        self._now.shift(timedelta(**units))
        return self.settle()

    @staticmethod
    def _work(node: Node) -> int:
        return deliver_due(node) + inbox.handle_due(node) + int(backfill.step(node))

    def close(self) -> None:
        for instance in self.instances.values():
            instance.close()
        self._clock.stop()


@contextmanager
def took_less_than(seconds: float) -> Iterator[None]:
    """Fails when what is inside takes longer."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds
