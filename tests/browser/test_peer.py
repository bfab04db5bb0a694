"""A peer's way through the pages: a place like ours, practices side by side, one page for the council, follow."""

import re
from typing import Any

import pytest

from tests.browser.test_pages import SAILLANS, Reader
from tests.rig import House

PAGES = re.compile(rb"/Type\s*/Page\b(?!s)")


@pytest.mark.parametrize(
    ("script", "scheme", "locale", "words"),
    [
        (True, "light", "en-GB", ("Compare those that are ticked", "Decision sheet", "differs")),
        (False, "dark", "de-DE", ("Die angehakten vergleichen", "Beschlussblatt", "weicht ab")),
    ],
)
def test_a_peer_finds_compares_prints_and_follows(
    chromium: Any,
    house: House,
    mailbox: str,
    script: bool,
    scheme: str,
    locale: str,
    words: tuple[str, str, str],
) -> None:
    reader = Reader(chromium, house, java_script_enabled=script, color_scheme=scheme, locale=locale)
    page = reader.open("/")
    page.fill("#f-place", "saillans")
    page.press("#f-place", "Enter")
    page.wait_for_url("**/places?place=saillans")
    assert "Saillans" in page.inner_text("h1")
    assert page.locator(".cards .card").count() > 1
    barriers = {"places": script and reader.barriers()}
    page = reader.open("/practices?theme=th-energy")
    if script:  # what is ticked stays so while the list is narrowed
        page.locator("li.card", has_text="Loos-en-Gohelle").locator("input[name=p]").check()
        page.check("input[name=country][value=DE]")
        page.wait_for_url("**country=DE*")
        page.locator("form[aria-busy]").wait_for(state="detached")
        page.locator("#results input[name=p]").first.check()
    else:
        for box in page.locator("input[name=p]").all()[:2]:
            box.check()
    page.get_by_role("button", name=words[0]).click()
    page.wait_for_url("**/compare?p=*&p=*")
    assert page.locator("thead th").count() == 3
    assert words[2] in page.locator("tr.differs th").first.inner_text()
    barriers["compare"] = script and reader.barriers()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.locator("td").first.bounding_box()["width"] > 200  # below each other, nothing to push
    reader.open(SAILLANS)
    page.get_by_role("link", name=words[1]).click()
    page.wait_for_url("**/sheet")
    barriers["sheet"] = script and reader.barriers()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.locator("[data-print]").is_visible() == script
    assert len(PAGES.findall(page.pdf(prefer_css_page_size=True))) == 1
    reader.log_in(mailbox)
    reader.open(SAILLANS)
    page.locator(".actions button").click()
    page.wait_for_url("**?done=follows")
    reader.open("/desk")
    assert page.locator(".followed li").count() == 1
    page.locator(".followed button").click()
    page.wait_for_url("**/desk?done=follows-not")
    reader.open("/")
    barriers["home"] = script and reader.barriers()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert {name: found for name, found in barriers.items() if found} == {}
    assert reader.complaints == []
    reader.context.close()
