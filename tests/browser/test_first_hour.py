"""The first hour: an operator sets a site up; an officer comes by a link and tells a practice, which arrives elsewhere."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from exchange.catalogue import shelf
from exchange.catalogue.people import begin, officers
from tests.browser.hands import Keys, Pointer
from tests.browser.test_pages import Reader
from tests.exchange.web.world import PASSWORD
from tests.rig import Rig

NEXT = "main button[name=go][value=next]"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
TOLD = {
    "fr": ("Des vélos-cargos à la bibliothèque", "La ville prête des vélos-cargos avec la carte de lecteur."),
    "de": ("Lastenräder in der Bücherei", "Die Stadt verleiht Lastenräder mit dem Leseausweis."),
}


@pytest.fixture(scope="module")
def rig(
    create_tables: Any, templates: Callable[[Any], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rig]:
    template, urls = templates(create_tables), []

    def new() -> str:
        urls.append(template.copy())
        return urls[-1]

    with Rig(tmp_path_factory.mktemp("hour"), new) as made:
        villages, neighbour = (made.instance(name, search="memory") for name in ("villages", "neighbour"))
        villages.community("saillans", "Saillans", "FR", population=1300, degurba="dg-3")
        villages.community("ulm", "Ulm", "DE", population=126329, degurba="dg-1")
        neighbour.community("ostana", "Ostana", "IT", population=85, degurba="dg-3")
        neighbour.follow(villages)
        made.settle()
        yield made
    for url in urls:
        template.drop(url)


@pytest.mark.parametrize(("language", "slug", "by_keys"), [("fr", "saillans", True), ("de", "ulm", False)])
def test_from_the_link_to_a_practice_that_arrives_at_a_neighbours(
    chromium: Any, rig: Rig, language: str, slug: str, by_keys: bool
) -> None:
    villages, neighbour = rig.houses[:2]
    with villages.instance.database.writing() as session:
        of = shelf.community(session, slug)
        _made, token = officers.invite(session, f"mobility@{slug}.example", of, "officer")
    reader = Reader(chromium, villages, locale=language, java_script_enabled=by_keys)
    page = reader.open(f"/welcome/{token}")
    hand = Keys(page) if by_keys else Pointer(page)
    title, summary = TOLD[language]
    hand.write("password", PASSWORD)
    hand.write("again", PASSWORD)
    hand.press("main form button")
    assert "/desk?done=welcome" in page.url
    hand.press("a[href='/desk/practices/new']")
    hand.press("main form button")
    assert page.input_value("[name=language]") == language
    full = _percent(page)
    hand.write("title", title)
    hand.write("summary", summary)
    hand.tick("theme", "th-mobility")
    hand.choose("status", "st-operating")
    hand.choose("maturity", "mat-3")
    hand.write("startDate", "2021")
    hand.press(NEXT)
    assert full < _percent(page)
    for name in ("problem", "context", "solution"):
        hand.write(name, f"{summary} ({name})")
    hand.press(NEXT)
    hand.choose("engagement.level", "pl-3")
    hand.write("engagement.process", summary)
    hand.write("inclusion.measures", summary)
    hand.press(NEXT)
    hand.choose("cost.class", "pc-2")
    hand.choose("dataProtection.personalData", "no")
    hand.press(NEXT)
    hand.choose("evidenceLevel", "ev-1")
    hand.write("lesson.0.text", summary)
    hand.choose("lesson.0.cause", "lc-people")
    hand.press(NEXT)
    hand.write("contactRole.0.role", "Mobility office")
    hand.write("contactRole.0.url", f"mobility@{slug}.example")
    hand.press("main button[name=go][value=preview]")
    assert page.inner_text("h1") == title
    hand.press("main a[href$='/check']")
    assert page.query_selector(".errors") is None
    hand.press("main form[action$='/publish'] button")
    assert "?done=published" in page.url
    assert (page.inner_text("h1"), reader.complaints) == (title, [])
    barriers = by_keys and reader.barriers()
    reader.context.close()
    rig.settle()
    peer = Reader(chromium, neighbour, locale=language, java_script_enabled=by_keys)
    page = peer.open("/")
    hand = Keys(page) if by_keys else Pointer(page)
    hand.write("q", title)
    hand.press(".search-box button")
    hand.press("#results a[href^='/practices/']")
    assert page.inner_text("h1") == title
    assert slug.capitalize() in page.inner_text("main")
    assert (barriers or [], peer.complaints) == ([], [])
    peer.context.close()


def _percent(page: Any) -> int:
    found = re.search(r"\d+", page.inner_text("#meter-words"))
    assert found
    return int(found[0])


def test_an_operator_sets_a_site_up_dresses_it_and_invites_by_keyboard(chromium: Any, rig: Rig) -> None:
    sierra = rig.instance("sierra", search="memory", mail="none")
    with sierra.instance.database.writing() as session:
        secret = begin.link(session)
    reader = Reader(chromium, sierra, locale="es")
    page = reader.open(f"/setup/{secret}")
    hand = Keys(page)
    assert page.inner_text("h1") == "Poner en marcha esta instancia"
    hand.write("name", "Pueblos de la Sierra")
    hand.write("contact", "oficina@sierra.example")
    hand.write("community.name", "Arbejales")
    hand.to("[name='community.country']")
    page.keyboard.type("Espa")
    assert page.input_value("[name='community.country']") == "ES"
    hand.write("community.population", "1 240")
    hand.choose("community.degurba", "dg-3")
    hand.write("mailbox", "oficina@sierra.example")
    hand.write("password", PASSWORD)
    hand.write("again", PASSWORD)
    hand.press("main form button:not([type])")
    assert "/desk/instance?done=set-up" in page.url
    hand.press("a[href='/desk/instance/backups']")
    hand.press("main form button")
    assert "done=backup-made" in page.url
    hand.press("a[href='/desk/instance/site']")
    hand.write("colour", "#ffcc00")
    hand.press("form[action$='/dress'] button")
    assert "su contraste con la página (#fbfaf6) es 1,4" in page.inner_text("#e-colour")
    barriers = {"refused": reader.barriers()}
    hand.write("colour", "#003399")
    page.set_input_files("#f-crest", {"name": "escudo.svg", "mimeType": "image/svg+xml", "buffer": SVG})
    hand.press("form[action$='/dress'] button")
    assert page.evaluate("getComputedStyle(document.querySelector('main a')).color") == "rgb(0, 51, 153)"
    assert page.evaluate("document.querySelector('a.brand img').naturalWidth") > 0
    barriers["dressed"] = reader.barriers()
    hand.press("a[href='/desk/officers']")
    hand.write("mailbox", "clima@sierra.example")
    hand.choose("community", "arbejales")
    hand.press("#invite ~ form button, [aria-labelledby=invite] form button")
    link = page.inner_text("main code")
    hand.press(".bottom a[href='/accessibility']")
    assert page.inner_text("h1") == "Declaración de accesibilidad"
    assert "oficina@sierra.example" in page.inner_text("main")
    reader.open(link.removeprefix(sierra.origin))
    assert "clima@sierra.example" in page.inner_text("main")
    assert {name: found for name, found in barriers.items() if found} == {}
    assert [told for told in reader.complaints if "422" not in told] == []
    reader.context.close()
