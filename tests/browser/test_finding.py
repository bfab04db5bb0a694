"""Searching at once with a script: results swapped in place, the address kept, suggestions by keyboard."""

from typing import Any

import pytest

from tests.browser.test_pages import Reader
from tests.rig import House


@pytest.mark.parametrize(("locale", "energy"), [("en-GB", "Energy"), ("de-DE", "Energie")])
def test_a_box_changes_the_results_in_place_and_the_way_back_is_kept(
    chromium: Any, house: House, locale: str, energy: str
) -> None:
    reader = Reader(chromium, house, locale=locale)
    page = reader.open("/practices")
    before = page.inner_text("#found")
    page.evaluate("window.still = true")
    page.focus("#c-theme-th-energy")
    page.keyboard.press("Space")
    page.wait_for_url("**/practices?theme=th-energy")
    page.wait_for_selector(".chips")
    assert energy in page.inner_text(".chips")
    assert page.evaluate("window.still && document.activeElement.id") == "c-theme-th-energy"
    assert page.inner_text("#told") == page.inner_text("#found") != before
    assert reader.barriers() == []
    page.go_back()
    page.wait_for_selector(".chips", state="detached")
    assert page.inner_text("#found") == before
    assert reader.complaints == []
    reader.context.close()


def test_suggestions_are_chosen_by_keyboard_alone(chromium: Any, house: House) -> None:
    reader = Reader(chromium, house, viewport={"width": 390, "height": 800}, color_scheme="dark")
    page = reader.open("/practices")
    page.focus("#f-q")
    page.keyboard.type("ener")
    page.wait_for_selector("#suggestions li")
    assert page.get_attribute("#f-q", "aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    chosen = page.get_attribute("#f-q", "aria-activedescendant")
    assert page.get_attribute(f"#{chosen}", "aria-selected") == "true"
    assert reader.barriers() == []
    page.keyboard.press("Escape")
    assert page.get_attribute("#f-q", "aria-expanded") == "false"
    assert page.input_value("#f-q") == "ener"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/practices?theme=th-energy")
    assert reader.complaints == []
    reader.context.close()


def test_why_a_hit_is_here_is_told_when_it_is_asked(chromium: Any, house: House) -> None:
    reader = Reader(chromium, house)
    page = reader.open("/practices?q=canteen")
    page.click("details.why summary >> nth=0")
    page.wait_for_selector("text=“canteen” stands here:")
    assert page.url.endswith("q=canteen")
    assert reader.barriers() == []
    reader.context.close()


def test_without_a_script_everything_is_there(chromium: Any, house: House) -> None:
    reader = Reader(chromium, house, java_script_enabled=False)
    page = reader.open("/practices?q=canteen")
    page.check("#c-theme-th-food") if page.query_selector("#c-theme-th-food") else None
    page.locator("#facets button[data-plain]").click()
    page.wait_for_url("**/practices?q=canteen**")
    page.click("details.why summary >> nth=0")
    page.click("a.ask-why >> nth=0")
    page.wait_for_url("**explain=1**")
    assert "“canteen” stands here:" in page.inner_text("#results")
    reader.context.close()
