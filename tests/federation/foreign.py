"""Another instance for tests: a real HTTP server on this machine that answers what it is told to."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from federation import keys
from federation.others.client import Client
from federation.wire import multibase, signatures
from federation.wire.activity import ACTIVITY_JSON

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EDWARDS = ed25519.Ed25519PrivateKey.generate()

Route = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    client: tuple[str, int]

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass
class Foreign:
    """Its routes by path; `seen` holds every request in order."""

    port: int
    routes: dict[str, Route] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"there.localhost:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def serve(
        self,
        path: str,
        content: Any = b"",
        *,
        status: int = 200,
        kind: str = ACTIVITY_JSON,
        headers: dict[str, str] | None = None,
    ) -> str:
        """Answer this path with JSON or bytes; its URL."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()

        def route(handler: BaseHTTPRequestHandler) -> None:
            reply(handler, status, body, {"Content-Type": kind, **(headers or {})})

        self.routes[path] = route
        return self.origin + path

    def actor(self, name: str = "mayor", *, key: Any = RSA, **changes: Any) -> dict[str, Any]:
        """Serve an actor with a key, found by WebFinger too; its document."""
        uri = f"{self.origin}/{name}"
        document = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": uri,
            "type": "Organization",
            "preferredUsername": name,
            "inbox": f"{uri}/inbox",
            "endpoints": {"sharedInbox": f"{self.origin}/inbox"},
            "publicKey": {
                "id": f"{uri}#main-key",
                "owner": uri,
                "publicKeyPem": keys.to_pem(key.public_key()),
            },
            "assertionMethod": [
                {
                    "id": f"{uri}#ed25519-key",
                    "type": "Multikey",
                    "controller": uri,
                    "publicKeyMultibase": multibase.encode_key(EDWARDS.public_key()),
                }
            ],
            **changes,
        }
        self.serve(f"/{name}", document)
        self.finger(name, uri)
        return document

    def finger(self, name: str, uri: str, *, subject: str | None = None) -> None:
        """Let WebFinger lead from a name here to an actor."""
        link = {"rel": "self", "type": ACTIVITY_JSON, "href": uri}
        jrd = {"subject": subject or f"acct:{name}@{self.host}", "links": [link]}
        path = f"/.well-known/webfinger?resource=acct%3A{name}%40{self.host.replace(':', '%3A')}"
        self.serve(path, jrd, kind="application/jrd+json")

    def count(self, path: str) -> int:
        return sum(request.target == path for request in self.seen)


def reply(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    if "Content-Length" not in headers:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


@contextmanager
def instance() -> Iterator[Foreign]:
    """A server for the length of a test."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            other.seen.append(
                Seen(self.command, self.path, list(self.headers.items()), body, self.client_address)
            )
            route = other.routes.get(self.path)
            if route is None:
                reply(self, 404, b"", {})
                return
            route(self)

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            return None

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Clients that hang up are part of the game."""

    server = Server(("127.0.0.1", 0), Handler)
    other = Foreign(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield other
    finally:
        server.shutdown()
        server.server_close()


def client(**options: Any) -> Client:
    """A client in a laboratory that signs as `http://here.localhost/actor`."""
    return Client(
        origin="http://here.localhost",
        lab=True,
        signer=lambda: ("http://here.localhost/actor#main-key", RSA),
        **options,
    )


def signed(url: str, body: bytes, *, key_id: str, key: Any = RSA, dialect: str = "cavage") -> dict[str, str]:
    """The headers of a delivery."""
    return signatures.sign(method="POST", url=url, body=body, key_id=key_id, private_key=key, dialect=dialect)
