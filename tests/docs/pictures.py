"""Takes the pictures of docs/pictures from a running demo: `python -m tests.docs.pictures [PORT]`.

Each page is taken on a desk in light and in dark, and on a phone, in the language of those who would look
at it. `docs/pictures.md` shows them all.
"""

import base64
import json
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from exchange.cli.demo.cast import HOUSES, PASSWORD, House
from tests.architecture.sources import ROOT

PLACE = ROOT / "docs" / "pictures"
QUALITY = 72
WAYS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
}


@dataclass(frozen=True)
class Picture:
    """One page: its short name, whose instance it is on, its address, the language, and what it shows."""

    name: str
    house: str
    path: str
    language: str
    shows: str
    officer: bool = False


def pictures(first_port: int) -> list[Picture]:
    """All of them; addresses that nobody can know before are asked for at the running demo."""
    hub, france = _Asked("hub", first_port), _Asked("france", first_port)
    energy = [item["key"] for item in hub("/practices?q=energy")["items"][:3]]
    arvieu = france("/practices?community=arvieu")["items"][0]["key"]
    collection = hub("/collections")["items"][0]["key"]
    consultation = hub("/consultations")["items"][0]["key"]
    campaign = hub("/campaigns")["items"][0]["key"]
    together = "&".join(f"p={key}" for key in energy)
    return [
        Picture("home", "france", "/", "en", "The home page of an instance, for who comes for the first time"),
        Picture("search", "hub", "/practices?q=energy", "en", "A search for “energy” on a cluster's instance"),
        Picture("practice", "france", f"/practices/{arvieu}", "fr", "A practice with what became of it"),
        Picture("compare", "hub", f"/compare?{together}", "de", "Three practices side by side"),
        Picture("sheet", "hub", f"/practices/{energy[0]}/sheet", "es", "The decision sheet for a council"),
        Picture("places", "europe", "/places?degurba=dg-3", "it", "What worked in places of the same kind"),
        Picture("community", "europe", "/communities/ostana", "it", "A community under its town sign"),
        Picture("communities", "hub", "/communities", "es", "All communities that an instance knows"),
        Picture("map", "hub", "/map", "fr", "Where it was done, and where it went"),
        Picture("bridging", "hub", "/bridging", "en", "What goes between countryside, towns and cities"),
        Picture("gaps", "hub", "/gaps", "de", "Where nobody has told anything yet"),
        Picture("growth", "hub", "/growth", "es", "How the exchange grows"),
        Picture("federation", "gemeinden", "/federation", "de", "With whom an instance exchanges"),
        Picture("cluster", "hub", "/clusters/rural-innovation", "fr", "A cluster with what it leads"),
        Picture("collection", "hub", f"/collections/{collection}", "it", "A collection, with a word for each"),
        Picture("consultation", "hub", f"/consultations/{consultation}", "en", "A question to communities"),
        Picture("campaign", "hub", f"/campaigns/{campaign}", "de", "A campaign, and what has come of it"),
        Picture("news", "france", "/", "fr", "An officer's home page: what is new for their town", officer=True),
        Picture("desk", "gemeinden", "/desk", "de", "An officer's desk", officer=True),
        Picture("draft", "europe", "/desk/practices/new", "it", "An officer begins to tell a practice", officer=True),
        Picture("instance", "france", "/desk/instance", "fr", "How an instance is, for who runs it", officer=True),
        Picture("components", "hub", "/components", "en", "The parts that all pages are made of"),
    ]  # fmt: skip


def gallery(taken: list[Picture]) -> Iterator[str]:
    """The lines of the page that shows them."""
    yield "# Pictures\n\nThe pages of `./run demo`, on a desk in light and dark and on a phone."
    yield "They are taken by `./run python -m tests.docs.pictures`.\n"
    for one in taken:
        yield f"## {one.shows}\n"
        yield f"![{one.shows}, in light](pictures/{one.name}-light.webp)\n"
        yield f"![{one.shows}, in dark](pictures/{one.name}-dark.webp)\n"
        yield f"![{one.shows}, on a phone](pictures/{one.name}-phone.webp)\n"


class _Asked:
    """The API of one instance of the demo."""

    def __init__(self, name: str, first_port: int) -> None:
        self.port = first_port + [house.name for house in HOUSES].index(name)
        self.host = f"{name}.localhost:{self.port}"

    def __call__(self, path: str) -> Any:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1{path}", headers={"Host": self.host}
        )
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return json.load(answer)


def take(browser: Browser, one: Picture, way: str, first_port: int) -> bytes:
    """One page as a picture of one screen, in WebP; AssertionError where it does not answer or sticks out."""
    house: House = next(house for house in HOUSES if house.name == one.house)
    origin = house.origin(first_port + HOUSES.index(house))
    context = browser.new_context(locale=one.language, **WAYS[way])
    page = context.new_page()
    if one.officer:
        page.goto(f"{origin}/login")
        page.fill("[name=mailbox]", house.mailbox)
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button").first.click()
        page.wait_for_url(lambda address: "/login" not in address)
    answer = page.goto(origin + one.path)
    assert answer is not None
    assert answer.status == 200, (one.name, answer.status)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), one.name
    taking = context.new_cdp_session(page)
    shot = taking.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    context.close()
    return base64.b64decode(shot["data"])


def main(port: str = "8001") -> None:
    wanted = pictures(int(port))
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for one in wanted:
            for way in WAYS:
                (PLACE / f"{one.name}-{way}.webp").write_bytes(take(browser, one, way, int(port)))
        browser.close()
    (PLACE.parent / "pictures.md").write_text("\n".join(gallery(wanted)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
