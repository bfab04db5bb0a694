"""The map over streets: it is there when the operator names a tile server, and nobody else is ever asked."""

import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.test_pages import Reader
from tests.rig import House


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


GREY = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress((b"\0" + b"\xdd" * 256) * 256))
    + _chunk(b"IEND", b"")
)


class Tiles(ThreadingHTTPServer):
    """A tile server that remembers what it was asked and by whom."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, str | None]] = []
        super().__init__(("127.0.0.1", 0), _Tile)

    @property
    def template(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{{z}}/{{x}}/{{y}}.png"


class _Tile(BaseHTTPRequestHandler):
    server: Tiles

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Referer"], self.headers["Cookie"]))
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        with suppress(BrokenPipeError):  # the map had moved on
            self.wfile.write(GREY)

    def log_message(self, *_said: Any) -> None:
        pass


@pytest.fixture
def tiles(house: House) -> Iterator[Tiles]:
    server = Tiles()
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    before = house.instance.settings
    house.instance.settings = before.model_copy(
        update={"tiles": server.template, "tiles_credit": "Mountain maps https://maps.example/about"}
    )
    yield server
    house.instance.settings = before
    server.shutdown()
    server.server_close()
    running.join()


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
def test_a_peer_walks_over_the_streets_by_keyboard_and_only_the_tile_server_is_asked(
    chromium: Any, house: House, tiles: Tiles, locale: str
) -> None:
    reader = Reader(chromium, house, locale=locale)
    page, hosts = reader.page, set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    reader.open("/map?country=FR")
    assert urlsplit(tiles.template.split("{")[0]).netloc in page.inner_text("aside"), "it says so before"
    assert (tiles.asked, len(hosts)) == ([], 1)
    page.click("aside a[href*='/map/streets']")
    page.wait_for_selector(".streets-place")
    page.wait_for_selector(".leaflet-tile-loaded")
    assert len(hosts) == 2
    assert {(referer, cookie) for _path, referer, cookie in tiles.asked} == {(f"{house.origin}/", None)}
    places = page.eval_on_selector_all(
        ".streets-place", "all => all.map(one => one.getAttribute('aria-label'))"
    )
    assert any(one.startswith("Saillans: ") for one in places)
    assert reader.barriers_by_day_and_night() == []
    page.focus(".streets-place[aria-label^='Saillans']")
    page.keyboard.press("Enter")
    page.click(".leaflet-popup a[href*='community=']")
    page.wait_for_url("**/practices?*")
    assert "Saillans" in page.inner_text("#results")
    assert reader.complaints == []
    reader.context.close()


def test_it_holds_on_a_small_phone_without_scripts_and_without_places(
    chromium: Any, house: House, tiles: Tiles
) -> None:
    phone = Reader(chromium, house, viewport={"width": 320, "height": 640}, locale="es-ES")
    page = phone.open("/map/streets?q=zzzz")
    page.wait_for_selector("#streets-told:not(:empty)")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert phone.barriers() == []
    phone.context.close()
    bare = Reader(chromium, house, java_script_enabled=False)
    assert "needs JavaScript" in bare.open("/map/streets").inner_text("#streets")
    assert [path for path, referer, _cookie in tiles.asked if referer is None] == []
    bare.context.close()
