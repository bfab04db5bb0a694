"""A town on bovine for the tests: it signs and verifies with bovine alone; runs in an environment of its own.

Commands come in as JSON lines, answers and events go out as JSON lines (`tests/interop/peers.py`).
"""

import asyncio
import json
import sys
from typing import Any

import aiohttp
from aiohttp import web
from bovine.clients import lookup_uri_with_webfinger
from bovine.clients.signed_http import SignedHttpClient
from bovine.crypto import build_validate_http_signature_raw, generate_rsa_public_private_key
from bovine.crypto.types import CryptographicIdentifier
from bovine.utils import webfinger_response_json

ACTIVITY = "application/activity+json"


def tell(**line: Any) -> None:
    print(json.dumps(line), flush=True)


class Town:
    """An actor with its keys, what it has heard, and what the tests ask of it."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self.session = session
        self.host = f"bovine.localhost:{port}"
        self.actor = f"http://{self.host}/town"
        self.public, private = generate_rsa_public_private_key()
        self.client = SignedHttpClient(session, f"{self.actor}#main-key", private)
        self.validate = build_validate_http_signature_raw(self.key)

    async def key(self, key_id: str) -> CryptographicIdentifier:
        """Whose key it is, by its owner's document, fetched with a signature of ours."""
        answer = await self.client.get(key_id.partition("#")[0])
        document = await answer.json(content_type=None)
        return CryptographicIdentifier.from_public_key(document["publicKey"])

    # ------------------------------------------------------------- what others ask for

    async def describe(self, _request: web.Request) -> web.Response:
        document = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.actor,
            "type": "Person",
            "preferredUsername": "town",
            "name": "A town on bovine",
            "inbox": f"{self.actor}/inbox",
            "outbox": f"{self.actor}/outbox",
            "publicKey": {"id": f"{self.actor}#main-key", "owner": self.actor, "publicKeyPem": self.public},
        }
        return web.json_response(document, content_type=ACTIVITY)

    async def finger(self, _request: web.Request) -> web.Response:
        return web.json_response(webfinger_response_json(f"acct:town@{self.host}", self.actor))

    async def hear(self, request: web.Request) -> web.Response:
        """Let bovine say who sent this."""
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}

        async def told() -> bytes:
            return body

        sender = await self.validate("post", str(request.url), headers, told)
        activity = json.loads(body)
        believed = sender is not None and sender == activity["actor"]
        tell(event="activity", kind=activity["type"], sender=sender, believed=believed, activity=activity)
        return web.Response(status=202 if believed else 401)

    # ------------------------------------------------------------- what the tests ask for

    async def post(self, inbox: str, activity: dict[str, Any]) -> int:
        answer = await self.client.post(inbox, json.dumps(activity))
        return answer.status

    async def fetch(self, url: str) -> dict[str, Any]:
        answer = await self.client.get(url)
        answer.raise_for_status()
        return await answer.json(content_type=None)

    async def find(self, handle: str) -> str | None:
        origin = "http://" + handle.partition("@")[2]
        return (await lookup_uri_with_webfinger(self.session, f"acct:{handle}", domain=origin))[0]


class Home(aiohttp.abc.AbstractResolver):
    """Whatever ends in .localhost is this machine."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[Any]:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": 2, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        """There is nothing to close."""


async def commands(town: Town) -> None:
    """Do what is asked, one thing after the other, until nobody asks any more."""
    reader = asyncio.StreamReader(limit=2**24)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    while line := await reader.readline():
        told = json.loads(line)
        number, ask = told.pop("command"), told.pop("ask")
        try:
            tell(answer=number, value=await getattr(town, ask)(**told))
        except Exception as error:
            tell(answer=number, error=repr(error))


async def main() -> None:
    """Serve on a free port of this machine."""
    app = web.Application()
    runner = web.AppRunner(app)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=Home())) as session:
        # The port is known only when the site listens, and the routes want to know it.
        town: list[Town] = []
        app.router.add_get("/town", lambda request: town[0].describe(request))
        app.router.add_get("/.well-known/webfinger", lambda request: town[0].finger(request))
        app.router.add_post("/town/inbox", lambda request: town[0].hear(request))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        town.append(Town(session, port))
        tell(event="ready", port=port, actor=town[0].actor)
        await commands(town[0])
        await runner.cleanup()


asyncio.run(main())
