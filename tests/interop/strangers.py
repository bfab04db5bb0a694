"""An instance of other software, played from a document of `documents/`.

Each document was written for these tests, in the shape that its software documents for what it sends. It
holds actors, an object, the answer to a Follow, and a story: what the software says to us, what we answer
and what comes of it. `$there` is its origin, `$us` a community of ours, `$instance` our own actor,
`$practice` a practice of ours, `$follow` the id of a Follow of ours, `$pem` its public key.
"""

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import requests

from federation import keys
from federation.wire.activity import ACTIVITY_JSON
from tests.federation.foreign import RSA, Foreign, reply, signed
from tests.rig import House

DOCUMENTS = {path.stem: path for path in sorted((Path(__file__).parent / "documents").glob("*.json"))}
PEM = keys.to_pem(RSA.public_key())


def read(software: str, **names: str) -> dict[str, Any]:
    """The document about a software, with the names of this world in it."""
    text = DOCUMENTS[software].read_text(encoding="utf-8")
    for name, value in {**names, "pem": PEM}.items():
        text = text.replace(f"${name}", json.dumps(value)[1:-1])
    return json.loads(text)


class Stranger:
    """A server that has the actors of a document, and says what its story says."""

    def __init__(self, software: str, server: Foreign, house: House, practice: str) -> None:
        self.server = server
        self.house = house
        self.software = software
        self.names = {
            "there": server.origin,
            "practice": practice,
            "us": f"{house.origin}/communities/ostana",
            "instance": house.instance.node.instance_actor,
        }
        self.document = read(software, **self.names)
        for path, document in (self.document["actors"] | self.document.get("keys", {})).items():
            self._serve(path, document)
        for path, document in self.document["actors"].items():
            for inbox in (document["inbox"], document["endpoints"]["sharedInbox"]):
                server.serve(inbox.removeprefix(server.origin), status=202)
            server.finger(document["preferredUsername"], server.origin + path)

    @property
    def speaker(self) -> str:
        """The actor whom one follows there."""
        return self.server.origin + str(self.document["speaker"])

    def actor(self, uri: str) -> dict[str, Any]:
        return self.document["actors"][uri.removeprefix(self.server.origin)]

    def say(self, activity: dict[str, Any]) -> int:
        """Deliver an activity to our community, signed by its actor; what our inbox answers."""
        body = json.dumps(activity).encode()
        inbox = f"{self.names['us']}/inbox"
        headers = signed(inbox, body, key_id=self.actor(activity["actor"])["publicKey"]["id"])
        answer = requests.post(
            inbox.replace(self.house.origin, f"http://127.0.0.1:{self.house.port}"),
            body,
            headers={**headers, "Host": self.house.origin.removeprefix("http://")},
            timeout=20,
        )
        return answer.status_code

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """What we have sent there, of one kind of activity."""
        told = [json.loads(seen.body) for seen in self.server.seen if seen.method == "POST"]
        return [activity for activity in told if activity["type"] == kind]

    def _serve(self, path: str, document: dict[str, Any]) -> None:
        """Answer with an actor; where the software asks for a signature on every fetch, so does this."""
        self.server.serve(path, document)
        if not self.document.get("signed"):
            return
        open_route = self.server.routes[path]

        def route(handler: BaseHTTPRequestHandler) -> None:
            if "Signature" in handler.headers:
                open_route(handler)
            else:
                reply(handler, 401, b"", {"Content-Type": ACTIVITY_JSON})

        self.server.routes[path] = route
