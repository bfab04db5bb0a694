"""A whole instance, and a neighbour that it follows and that means harm; everything is said over real HTTP."""

import copy
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlmodel import Session, col, select

from exchange.models.base import now
from exchange.models.practice import Practice
from exchange.worker import work_until_quiet
from federation.ledger.arrivals import Arrival
from federation.ledger.relations import Follow
from federation.wire.activity import ACTIVITY_JSON, PUBLIC
from tests.federation.foreign import RSA, Foreign, instance, signed
from tests.rig import House, Rig, complete, seed

WRONG: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**19,
    -(10**19),
    1e308,
    0.1,
    "",
    " ",
    "x" * 70_000,
    "\u202e\u200b\u2066",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999Z",
    [],
    [[]],
    [None],
    [{}],
    {},
    {"id": None},
    {"id": {}},
    {"": ""},
    {"en": {"en": []}},
)


class Stage:
    """The attacked house with one practice, and the neighbour with two actors."""

    def __init__(self, house: House, neighbour: Foreign) -> None:
        self.house = house
        self.neighbour = neighbour
        self.count = 0
        house.community("ulm", "Ulm", "DE", population=126329, degurba="dg-1")
        self.practice: Practice = house.publish("ulm", complete(seed("loos-solar-plan")))
        self.actor = neighbour.actor(
            "mayor", community={"type": "Community", "name": {"en": "Elsewhere"}, "country": "FR"}
        )["id"]
        with house.instance.database.writing() as session:
            follow = Follow(
                follower=house.instance.node.instance_actor,
                followed=self.actor,
                activity_id=f"{house.origin}/activities/0",
                state="accepted",
                at=now(),
            )
            session.add(follow)

    # ----------------------------------------------------------------- what the neighbour could say

    def _thing(self, path: str) -> dict[str, Any]:
        """A thing of the house, as if the neighbour had said it."""
        text = json.dumps(self.house.document(path), ensure_ascii=False)
        community = f"{self.house.origin}/communities/ulm"
        text = text.replace(community, self.actor)
        thing: dict[str, Any] = json.loads(text.replace(self.house.origin, self.neighbour.origin))
        return {name: value for name, value in thing.items() if name != "proof"}  # it was over other words

    def practice_node(self) -> dict[str, Any]:
        return self._thing(self.practice.uri)

    def note(self, kind: str) -> dict[str, Any]:
        """A review or an adoption of the house's practice."""
        inner: dict[str, Any] = {
            "review": {
                "type": "Review",
                "itemReviewed": self.practice.uri,
                "itemVersion": 1,
                "relation": "rr-peer",
                "conflict": False,
                "reviewRating": [{"type": "Rating", "reviewAspect": "rc-effectiveness", "ratingValue": 4}],
                "reviewBody": {"en": "Good."},
            },
            "adoption": {
                "type": "Adoption",
                "adopts": self.practice.uri,
                "adoptedVersion": 1,
                "stage": "ad-decided",
                "documentedBy": "owner",
                "adopter": self.actor,
                "since": "2024",
                "adaptationType": "at-adapt",
                "changes": {"kept": {"en": "All."}},
                "reason": {"cause": "lc-law", "text": {"en": "A law."}},
                "outcome": {"en": "Well."},
                "help": ["hp-visit"],
                "note": "A note.",
            },
        }
        return {
            "id": f"{self.neighbour.origin}/{kind}s/1",
            "type": "Note",
            "attributedTo": self.actor,
            "inReplyTo": self.practice.uri,
            "to": [PUBLIC],
            "content": "<p>Words.</p>",
            "published": "2026-01-01T00:00:00Z",
            "updated": "2026-01-02T00:00:00Z",
            kind: inner[kind],
        }

    def activity(self, kind: str, thing: Any, **more: Any) -> dict[str, Any]:
        self.count += 1
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.neighbour.origin}/activities/{self.count}",
            "type": kind,
            "actor": self.actor,
            "to": [PUBLIC],
            "object": thing,
            **more,
        }

    # ----------------------------------------------------------------- saying it

    def post(self, body: bytes, *, path: str = "/inbox", headers: dict[str, str] | None = None) -> int:
        """Deliver bytes signed by the neighbour's actor; the status of the answer."""
        url = self.house.origin + path
        sent = signed(url, body, key_id=f"{self.actor}#main-key", key=RSA)
        status, _head, _text = self.raw("POST", path, {**sent, **(headers or {})}, body)
        return status

    def say(self, activity: Any) -> int:
        return self.post(json.dumps(activity, ensure_ascii=True).encode())

    def raw(
        self, method: str, target: str, headers: dict[str, str], body: bytes = b"", *, length: bool = True
    ) -> tuple[int, str, bytes]:
        """One request, letter for letter: status, head and body of the answer; status 0 when there is none."""
        lines = [
            f"{method} {target} HTTP/1.1",
            *(f"{k}: {v}" for k, v in headers.items()),
            "Connection: close",
        ]
        if not any(name.lower() == "host" for name in headers):
            lines.append(f"Host: {self.house.name}.localhost:{self.house.port}")
        if body and length:
            lines.append(f"Content-Length: {len(body)}")
        return self.send("\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body)

    def send(self, data: bytes, *, seconds: float = 10) -> tuple[int, str, bytes]:
        return talk(self.house.port, data, seconds=seconds)

    # ----------------------------------------------------------------- what came of it

    def settle(self) -> None:
        work_until_quiet(self.house.instance)

    def arrivals(self) -> list[Arrival]:
        with self.house.instance.database.reading() as session:
            return list(session.exec(select(Arrival).order_by(col(Arrival.id))))

    def unjudged(self) -> list[str]:
        """Why arrivals are neither done nor refused: each would end among the dead letters."""
        return [
            f"{a.activity_id}: {a.state} {a.error}"
            for a in self.arrivals()
            if a.state not in ("done", "refused")
        ]

    def lives(self) -> bool:
        """Whether pages, documents and the search still answer."""
        return all(
            self.house.get(path).status_code == 200
            for path in ("/", "/practices", "/nodeinfo/2.1", "/federation")
        )

    def reading(self) -> Any:
        return self.house.instance.database.reading()

    def find(self, session: Session, model: Any, uri: str) -> Any:
        return session.exec(select(model).where(model.uri == uri)).first()


def talk(port: int, data: bytes, *, seconds: float = 10) -> tuple[int, str, bytes]:
    """Send bytes to a port and read until the other end hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):  # it answered before it had read everything
            connection.sendall(data)
        answer = bytearray()
        with suppress(ConnectionResetError, TimeoutError):
            while chunk := connection.recv(65536):
                answer += chunk
    head, _, body = bytes(answer).partition(b"\r\n\r\n")
    words = head.split(None, 2)
    return int(words[1]) if len(words) > 1 else 0, head.decode("latin-1"), body


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a document, the document itself left out."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield (*path, key)
        yield from places(below, (*path, key))


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with another value at that path."""
    made = copy.deepcopy(document)
    here = made
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return made


@contextmanager
def stage(rig: Rig) -> Iterator[Stage]:
    with instance() as neighbour:
        yield Stage(rig.instance("attacked"), neighbour)


__all__ = ["ACTIVITY_JSON", "WRONG", "Stage", "changed", "places", "stage", "talk"]
