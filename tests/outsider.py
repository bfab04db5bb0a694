"""Somebody on the Fediverse whom nobody here wrote: actors on a server of their own, speaking signed HTTP.

with outsider() as fedi:
    ana = fedi.actor("ana", type="Person")
    fedi.say(house, ana, "Create", fedi.note("1", ana, practice.uri, "<p>How much was it?</p>"))
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import requests

from federation.wire.activity import PUBLIC
from tests.federation.foreign import RSA, Foreign, instance, signed
from tests.rig import House


class Outsider:
    """A server with as many actors as a test names; all of them hold the same key."""

    def __init__(self, server: Foreign) -> None:
        self.server = server
        self.origin = server.origin
        self.host = server.host
        self._numbers = count(1)

    def actor(self, name: str, **changes: Any) -> str:
        """An actor with an inbox, found by WebFinger; its address."""
        document = self.server.actor(name, **changes)
        self.server.serve(f"/{name}/inbox", status=202)
        return str(document["id"])

    def town(self, name: str, **changes: Any) -> str:
        """An actor that describes itself as a community."""
        profile = {"type": "Community", "name": {"en": name.capitalize()}, "country": "FR"}
        return self.actor(name, community=profile, **changes)

    def note(self, key: str, author: str, about: str, text: str, **more: Any) -> dict[str, Any]:
        """A plain public reply."""
        return {
            "id": f"{self.origin}/notes/{key}",
            "type": "Note",
            "attributedTo": author,
            "inReplyTo": about,
            "to": [PUBLIC],
            "content": text,
            "published": "2026-01-01T10:00:00Z",
            **more,
        }

    def copied(self, house: House, path: str, author: str, **more: Any) -> dict[str, Any]:
        """A thing of a house, as if it stood here under the same path and were the author's; without a proof."""
        document = {k: v for k, v in house.document(path).items() if k != "proof"}
        text = json.dumps(document).replace(document["attributedTo"], author)
        return {**json.loads(text.replace(house.origin, self.origin)), **more}

    def activity(self, actor: str, kind: str, thing: Any, **more: Any) -> dict[str, Any]:
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{self.origin}/activities/{next(self._numbers)}",
            "type": kind,
            "actor": actor,
            "to": [PUBLIC],
            "object": thing,
            **more,
        }

    def say(self, house: House, actor: str, kind: str, thing: Any, **more: Any) -> int:
        """Put an activity into the shared inbox of a house; the status of the answer."""
        return self.post(house, self.activity(actor, kind, thing, **more), signer=actor)

    def post(self, house: House, activity: dict[str, Any], *, signer: str, key: Any = RSA) -> int:
        url = f"{house.origin}/inbox"
        body = json.dumps(activity).encode()
        headers = signed(url, body, key_id=f"{signer}#main-key", key=key)
        answer = requests.post(f"http://127.0.0.1:{house.port}/inbox", data=body, headers=headers, timeout=10)
        return answer.status_code

    def told(self, name: str) -> list[dict[str, Any]]:
        """What was put into an actor's own inbox, or into the shared one."""
        inboxes = (f"/{name}/inbox", "/inbox")
        return [json.loads(s.body) for s in self.server.seen if s.method == "POST" and s.target in inboxes]


@contextmanager
def outsider() -> Iterator[Outsider]:
    """A server for the length of a test."""
    with instance() as server:
        server.serve("/inbox", status=202)
        yield Outsider(server)
