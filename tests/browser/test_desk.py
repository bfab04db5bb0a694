"""A coordinator at the desk, and somebody from the town who has no account: in two languages each, and without a script."""

from typing import Any

import pytest

from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster
from exchange.translation import gettext_for
from exchange.worker import work_until_quiet
from tests.browser.test_pages import SAILLANS, Reader
from tests.exchange.web.world import officer
from tests.rig import House


@pytest.fixture(scope="module")
def led(house: House) -> str:
    """The address of a cluster of the house in which Ulm and Saillans are members."""
    with house.instance.database.writing() as session:
        made = cluster.found(session, house.origin, slug="open-towns", name={"it": "Comuni aperti"})
        for slug in ("ulm", "saillans"):
            cluster.admit(session, made, shelf.community(session, slug).uri)
    return "/clusters/open-towns"


@pytest.mark.parametrize(("language", "script"), [("it", True), ("de", False)])
def test_a_coordinator_collects_asks_and_sees_what_is_missing(
    chromium: Any, house: House, mailbox: str, led: str, language: str, script: bool
) -> None:
    reader = Reader(chromium, house, locale=language, color_scheme="dark", java_script_enabled=script)
    barriers_of = reader.barriers if script else list  # axe is a script
    title = f"Decidere insieme ({language})"
    reader.page.set_default_timeout(8000)
    reader.log_in(mailbox)
    page = reader.open(led)
    assert page.inner_text("h1") == "Comuni aperti"
    page.fill("#f-collection", title)
    page.get_by_role("button", name=gettext_for(language)("Begin a collection")).click()
    page.wait_for_url("**/collections/*/edit")
    reader.open(SAILLANS)
    page.locator("details", has=page.locator("#f-into")).locator("summary").click()
    page.select_option("#f-into", label=title)
    page.fill("#f-word", "Chiede molto tempo, e ne vale la pena.")
    page.locator("form[action$='/collect'] button").click()
    page.wait_for_url("**?done=collected")
    assert page.inner_text("h1") == title
    assert page.locator("ol.cards .card").count() == 1
    barriers = {"collection": barriers_of()}
    reader.open(led)
    page.locator(f"a[href='{led}/calls/consultation']").click()
    page.locator("main form .buttons button").click()
    assert page.locator(".errors li").count() == 3  # a title, a question and a theme are needed
    barriers["refused"] = barriers_of()
    page.fill("#f-title", "Chi partecipa la sera?")
    page.fill("#f-words", "Come raggiungete chi lavora fino a tardi?")
    page.select_option("#f-theme", "th-participation")
    page.locator("main form .buttons button").click()
    page.wait_for_url("**/consultations/*?done=call-opened")
    page.fill("#f-title", "Al mercato, non in municipio")
    page.fill("#f-text", "Il sabato al mercato vengono tutti.")
    page.locator("[aria-labelledby=add] button").click()
    page.wait_for_url("**done=contributed*")
    work_until_quiet(house.instance)
    page.reload()
    assert (
        "Al mercato, non in municipio" in page.locator("[aria-labelledby=said] .card h3").first.inner_text()
    )
    barriers["consultation"] = barriers_of()
    page.fill("#f-synthesis", "Dove la gente è già.")
    page.locator("button[name=do][value=close]").click()
    page.wait_for_url("**done=call-closed*")
    assert "Dove la gente è già." in page.inner_text("main")
    reader.open(f"/gaps?cluster={led.rpartition('/')[2]}")
    assert page.locator(f"a[href='{led}/calls/campaign']").is_visible()
    reader.open("/gaps").click("figure summary")
    there = page.locator("figure td a").first
    many = int(there.inner_text())
    there.click()
    page.wait_for_url("**/practices?*theme=th-*")
    assert page.locator("#results .card").count() == many
    barriers["gaps"] = barriers_of()
    assert {name: found for name, found in barriers.items() if found} == {}
    assert [told for told in reader.complaints if "422" not in told] == []
    reader.context.close()


@pytest.mark.parametrize(("language", "script"), [("en", False), ("fr", True)])
def test_somebody_from_the_town_tells_the_owner_what_is_wrong_and_shares_it(
    chromium: Any, house: House, language: str, script: bool
) -> None:
    reader = Reader(chromium, house, locale=language, java_script_enabled=script)
    said = gettext_for(language)
    page = reader.open("/")
    page.fill("#q", "Saillans")
    page.press("#q", "Enter")
    page.locator("#results .card", has_text="Saillans").locator("a[href^='/practices/']").first.click()
    page.get_by_role("link", name=said("Tell the owner")).click()
    page.get_by_role("button", name=said("Send it to the owner")).click()
    assert page.locator(".errors a").get_attribute("href") == "#f-text"
    wrong = f"The council meets on Thursdays, not on Tuesdays ({language})."
    page.fill("#f-text", wrong)
    page.fill("#f-source", "https://saillans.example/agenda")
    page.get_by_role("button", name=said("Send it to the owner")).click()
    page.wait_for_url("**?done=asked")
    assert page.inner_text("main [role=status]")
    page.get_by_role("link", name=said("Share it")).click()
    page.fill("#f-server", "@somebody@social.example")
    page.get_by_role("button", name=said("Show the way there")).click()
    assert (
        page.locator("main a[rel~=external]")
        .first.get_attribute("href")
        .startswith("https://social.example/")
    )
    reader.context.close()
    owner = Reader(chromium, house, locale=language, java_script_enabled=script)
    owner.log_in(officer(house.instance, "saillans", "officer" if script else "editor"))
    page = owner.page
    asked = page.locator("[aria-labelledby=corrections] li", has_text=wrong)
    assert "https://saillans.example/agenda" in asked.inner_text()
    asked.locator("button[value=yes]").click()
    page.wait_for_url("**/revise")
    owner.context.close()


def test_what_is_typed_in_one_language_waits_until_it_is_chosen_again(
    chromium: Any, house: House, mailbox: str, led: str
) -> None:
    reader = Reader(chromium, house, locale="en")
    reader.log_in(mailbox)
    page = reader.open(led)
    page.fill("#f-collection", "Waiting words")
    page.get_by_role("button", name="Begin a collection").click()
    page.wait_for_url("**/collections/*/edit")
    tongues = page.get_by_role("navigation", name="Language of the words")
    page.fill("#f-summary", "In English, half writ")
    tongues.get_by_role("link", name="French").click()
    page.wait_for_url("**?language=fr")
    assert page.input_value("#f-summary") == ""
    page.fill("#f-summary", "En français")
    tongues.get_by_role("link", name="English").click()
    page.wait_for_url("**?language=en")
    assert page.input_value("#f-summary") == "In English, half writ"
    assert page.input_value("#f-title") == "Waiting words"
    tongues.get_by_role("link", name="French").click()
    page.wait_for_url("**?language=fr")
    assert page.input_value("#f-summary") == "En français"
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url("**?done=saved-collection")
    reader.context.close()


def test_what_is_typed_stays_when_the_language_of_the_page_changes(
    chromium: Any, house: House, mailbox: str
) -> None:
    reader = Reader(chromium, house, locale="fr")
    reader.log_in(mailbox)
    page = reader.open(f"{SAILLANS}/adopt")
    page.check("[name=stage][value=ad-operating]")
    page.fill("#f-changed", "Moins de réunions.")
    page.get_by_text(gettext_for("fr")("More about it")).click()
    page.fill("#f-note", "Depuis l’été.")
    page.fill("#f-on", "soon")
    page.locator("main form .buttons button").last.click()
    page.wait_for_selector(".errors")
    for language in ("de", "it"):  # from a form that was refused, then from the page as it comes
        page.locator(f".languages button[value={language}]").click()
        page.wait_for_selector(f"html[lang={language}]")
        assert page.is_checked("[name=stage][value=ad-operating]")
        assert page.input_value("#f-changed") == "Moins de réunions."
        assert page.input_value("main [name=language]") == "fr"
        assert page.locator("#f-note").is_visible()
    reader.open(f"{SAILLANS}/adopt")
    assert page.input_value("#f-changed") == ""
    reader.open("/desk/seeks")
    page.locator("main textarea").first.fill("Etwas gegen die Hitze.")
    page.locator(".languages button[value=en]").click()
    page.wait_for_selector("html[lang=en]")
    assert page.locator("main textarea").first.input_value() == "Etwas gegen die Hitze."
    assert page.input_value("[name='seeks.0.language']") == "it"  # of the page on which it was written
    reader.open("/desk/account")
    page.fill("#f-old", "a word of mine")
    page.locator(".languages button[value=de]").click()
    page.wait_for_selector("html[lang=de]")
    assert page.input_value("#f-old") == ""
    reader.context.close()
