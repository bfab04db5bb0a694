"""Every page in a real browser: nothing hidden from those who do not see, nothing that needs a wide screen."""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.exchange.web.world import PASSWORD
from tests.rig import House

SAILLANS = "/practices/saillans-collegial-council"
PUBLIC = [
    "/",
    "/practices",
    "/practices?q=energy&theme=th-energy",
    "/practices?q=zzzz",
    SAILLANS,
    "/communities",
    "/communities/saillans",
    "/communities/saillans/similar",
    "/bridging",
    "/gaps",
    "/map",
    "/map?zoom=FR",
    "/growth",
    "/components",
    "/federation",
    "/login",
    "/help/search",
    "/help/facts",
    "/privacy",
    "/accessibility",
    "/consultations",
    f"{SAILLANS}/adopters",
    "/nowhere",
]
OFFICERS = [
    "/desk",
    "/desk/practices/new",
    "/desk/federation/follow",
    "/desk/seeks",
    "/desk/account",
    f"{SAILLANS}/rate",
    f"{SAILLANS}/adopt",
]
FIND = """options => axe.run(document, options).then(found => found.violations.map(
    one => `${one.id}: ${JSON.stringify(one.nodes.slice(0, 3).map(node => node.target))}`))"""
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
PARTS = ["what", "why", "people", "means", "effect", "others"]


class Reader:
    """One person's browser, which remembers what it complained about."""

    def __init__(self, browser: Any, house: House, **context: Any) -> None:
        self.house = house
        self.context = browser.new_context(**{"locale": "en-GB", "reduced_motion": "reduce", **context})
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def open(self, path: str) -> Any:
        self.page.goto(self.house.origin + path)
        return self.page

    def log_in(self, mailbox: str) -> None:
        self.open("/login")
        self.page.fill("#f-mailbox", mailbox)
        self.page.fill("#f-password", PASSWORD)
        self.page.press("#f-password", "Enter")
        self.page.wait_for_url("**/desk")

    def barriers(self, **options: Any) -> list[str]:
        """What axe finds on the page that is open, as rule and places."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        # The page sums up what it found: to carry everything that passed over here takes longer than axe.
        return self.page.evaluate(FIND, {"resultTypes": ["violations"], **options})

    def barriers_by_day_and_night(self) -> list[str]:
        """The same, and once more in the dark: what differs there is colour, so only that is looked at again."""
        by_day = self.barriers()
        self.page.emulate_media(color_scheme="dark")
        by_night = self.barriers(runOnly={"type": "rule", "values": RULES_OF_COLOUR})
        self.page.emulate_media(color_scheme="light")
        return by_day + [f"dark: {one}" for one in by_night]


@pytest.mark.parametrize("part", range(3))
def test_public_pages_have_no_barrier_and_load_nothing_forbidden(
    chromium: Any, house: House, part: int
) -> None:
    """A third of the pages each, in a language of its own."""
    reader = Reader(chromium, house, locale=["en-GB", "it-IT", "es-ES"][part])
    found = {}
    for path in PUBLIC[part::3]:
        reader.open(path)
        if barriers := reader.barriers_by_day_and_night():
            found[path] = barriers
    assert found == {}
    assert [c for c in reader.complaints if "404" not in c] == []
    reader.context.close()


@pytest.mark.parametrize("part", range(2))
def test_officers_pages_have_no_barrier(chromium: Any, house: House, mailbox: str, part: int) -> None:
    reader = Reader(chromium, house, locale=["de-DE", "fr-FR"][part])
    reader.log_in(mailbox)
    reader.open("/desk/practices/new").click("main button")
    draft = reader.page.url.removeprefix(house.origin)
    paths = [*OFFICERS, *(f"{draft}?part={p}&checked=1" for p in PARTS), f"{draft}/check", f"{draft}/preview"]
    found = {}
    for path in paths[part::2]:
        reader.open(path)
        reader.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        if barriers := reader.barriers_by_day_and_night():
            found[path] = barriers
    assert found == {}
    assert reader.complaints == []
    reader.context.close()


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_no_page_is_wider_than_a_small_phone(chromium: Any, house: House, mailbox: str, locale: str) -> None:
    reader = Reader(chromium, house, viewport={"width": 320, "height": 640}, locale=locale)
    reader.log_in(mailbox)
    wide = []
    for path in PUBLIC + OFFICERS:
        reader.open(path)
        if reader.page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    assert wide == []
    reader.context.close()


def test_at_400_percent_and_in_forced_colours_nothing_is_lost(
    chromium: Any, house: House, mailbox: str
) -> None:
    """A screen of 1280 by 1024 at 400 % is one of 320 by 256, in the colours that the reader's system forces."""
    reader = Reader(
        chromium,
        house,
        viewport={"width": 320, "height": 256},
        device_scale_factor=4,
        forced_colors="active",
        locale="es-ES",
    )
    reader.log_in(mailbox)
    found = {}
    for path in ("/", "/practices?q=energy", SAILLANS, f"{SAILLANS}/rate"):
        page = reader.open(path)
        if barriers := reader.barriers():
            found[path] = barriers
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            found[path] = ["wide"]
    assert found == {}
    page.focus("#f-comment")
    edges = page.evaluate(
        "(s => [s.outlineStyle, s.borderTopStyle])(getComputedStyle(document.querySelector('#f-comment')))"
    )
    assert edges == ["solid", "solid"]
    page = reader.open("/privacy?done=saved")
    motion = "getComputedStyle(document.querySelector('.note')).animationName"
    assert page.evaluate(motion) == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(motion) == "arrive"
    reader.context.close()


def test_a_keyboard_reaches_the_content_first(chromium: Any, house: House) -> None:
    reader = Reader(chromium, house)
    reader.open("/")
    reader.page.keyboard.press("Tab")
    assert reader.page.evaluate("document.activeElement.textContent") == "Skip to the content"
    reader.page.keyboard.press("Enter")
    assert reader.page.evaluate("document.activeElement.id") == "content"
    reader.context.close()


def test_the_first_view_is_light_and_asks_nobody_else(chromium: Any, house: House) -> None:
    reader = Reader(chromium, house)
    sizes: dict[str, int] = {}
    reader.page.on("response", lambda r: sizes.update({r.url: len(r.body()) if r.ok else 0}))
    reader.open("/")
    reader.page.wait_for_load_state("networkidle")
    assert all(url.startswith(house.origin) for url in sizes)
    assert len(sizes) <= 15
    assert sum(sizes.values()) < 150_000
    reader.context.close()


@pytest.mark.parametrize(
    ("locale", "done"), [("fr-FR", "Votre avis est publié."), ("es-ES", "Su valoración está publicada.")]
)
def test_a_review_by_keyboard_only_without_scripts(
    chromium: Any, house: House, mailbox: str, locale: str, done: str
) -> None:
    reader = Reader(chromium, house, locale=locale, java_script_enabled=False)
    reader.log_in(mailbox)
    page = reader.open(SAILLANS + "/rate")
    page.focus("input[name=relation]")
    page.keyboard.press("Space")
    page.focus("input[name='ratings.rc-effectiveness'][value='5']")
    page.keyboard.press("Space")
    page.focus("#f-comment")
    page.keyboard.type("Clair.")
    page.locator("main .buttons button").first.press("Enter")
    page.wait_for_url("**?done=rated#reviews")
    assert "Clair." in page.inner_text("main")
    assert done in page.inner_text("[role=status]")
    reader.context.close()
