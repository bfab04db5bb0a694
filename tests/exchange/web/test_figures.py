"""Figures as people type them: read in their language, and the same again when nothing was changed."""

import pytest

from exchange.web.frame import figures
from tests.exchange.web.world import Visitor, logged_in
from tests.rig import House, complete


@pytest.mark.parametrize(
    ("typed", "language", "is_"),
    [
        ("12.500", "de", 12500),
        ("12.500", "nl", 12500),
        ("12,500", "en", 12500),
        ("12.500", "en", 12.5),
        ("12 500,50", "fr", 12500.5),
        ("8.400,50", "it", 8400.5),
        ("0.125", "de", 0.125),
        ("0,125", "de", 0.125),
        ("1’250.75", "de-CH", 1250.75),
        ("5.193", "und", 5.193),
        ("about ten", "de", "about ten"),
    ],
)
def test_a_figure_is_read_as_its_language_writes_it(typed: str, language: str, is_: object) -> None:
    assert figures.read(typed, language) == is_


@pytest.mark.parametrize("language", ["de", "en", "fr", "pt-BR", "und", "no such language"])
@pytest.mark.parametrize("value", [0.125, 1.125, 12.5, 44.695, 5.1933, 8400.5, 12500, 1234.125, 0.0])
def test_a_figure_that_is_shown_and_sent_again_stays_the_same(value: float, language: str) -> None:
    assert figures.read(figures.written(value, language), language) == value


@pytest.mark.parametrize(
    ("amount", "told"),
    [(8400.5, "8.400,50 EUR"), (8400, "8.400 EUR"), (8400.0, "8.400 EUR"), (0.125, "0,125 EUR")],
)
def test_an_amount_with_cents_has_both_their_digits(house: House, amount: float, told: str) -> None:
    cost = {"items": [{"text": {"de": "Bau"}, "amount": amount, "currency": "EUR"}]}
    practice = house.publish("ulm", complete({"language": "de", "title": {"de": "Ein Steg"}, "cost": cost}))
    for page in ("", "/sheet"):
        shown = Visitor(house, "de").see(f"/practices/{practice.key}{page}").text
        assert told in " ".join(shown.split())


def test_saving_a_draft_again_changes_none_of_its_figures(house: House) -> None:
    officer = logged_in(house, "arvieu")
    path = officer.post("/desk/practices/new", {"language": "fr"}).location
    officer.post(path, {"part": "means", "cost.staff.fte": "0,125", "go": "save"})
    for _ in range(2):
        field = officer.see(f"{path}?part=means").find("input", {"name": "cost.staff.fte"})
        assert field["value"] == "0,125"
        officer.post(path, {"part": "means", "cost.staff.fte": field["value"], "go": "save"})


def test_degrees_have_no_thousands(house: House) -> None:
    officer = logged_in(house, "arvieu")
    path = officer.post("/desk/practices/new", {"language": "fr"}).location
    place = {"place.0.name": "Four", "place.0.lat": "44.695", "place.0.lon": "0,123"}
    assert officer.post(path, {"part": "what", "language": "fr", "go": "save", **place}).status_code == 303
    page = officer.see(f"{path}?part=what")
    assert page.find("input", {"name": "place.0.lat"})["value"] == "44,695"
    assert page.find("input", {"name": "place.0.lon"})["value"] == "0,123"


def test_what_an_adoption_cost_is_read_in_the_language_it_is_told_in(house: House) -> None:
    practice = house.publish("ulm", complete({"language": "de", "title": "Ein Ofen für alle"}))
    path = f"/practices/{practice.key}"
    adopter = logged_in(house, "saillans")
    sent = {"stage": "ad-adapting", "costText": "Holz", "costCurrency": "EUR"}
    adopter.post(f"{path}/adopt", {**sent, "costAmount": "12.500", "language": "de"})
    assert "12,500 EUR" in Visitor(house).see(path).text
    adopter.post(f"{path}/adopt", {**sent, "costAmount": "8.400,50", "language": "de"})
    form = adopter.see(f"{path}/adopt")
    assert form.find(id="f-costAmount")["value"] == "8400,5"
    wrong = adopter.post(f"{path}/adopt", {**sent, "costAmount": "8", "costCurrency": "€", "language": "de"})
    assert wrong.status_code == 422
    assert "Write the currency as three capitals, such as EUR." in wrong.text
