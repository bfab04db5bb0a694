"""The map and the other pictures of the pages: what they show stands in words, in a table, and in files."""

import csv
import gzip
import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import template_rendered

from tests.exchange.web.world import Visitor, logged_in
from tests.rig import House, complete


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_map_its_table_and_its_files_say_the_same(visitor: Visitor) -> None:
    page = visitor.see("/map")
    places, flows = (len(t.find("tbody").find_all("tr")) for t in page.find_all("table"))
    told, went = rows(visitor.get("/map.csv")), rows(visitor.get("/map/adoptions.csv"))
    assert (places, flows) == (sum(r["practices"] + r["took_up"] != "" for r in told), len(went))
    saillans = next(r for r in told if r["name"] == "Saillans")
    assert (saillans["practices"], saillans["taken_up_by_others"]) == ("1", "2")
    assert {(r["from_name"], r["from_country"]) for r in went} >= {
        ("Saillans", "FR"),
        ("Mouans-Sartoux", "FR"),
    }
    svg = ElementTree.fromstring(visitor.get("/map.svg").data)
    arrows = [g for g in svg.iter("{http://www.w3.org/2000/svg}g") if "flow" in g.get("class", "")]
    legend, undrawn = (
        2,
        int(re.search(r"(\d+) adoptions? ha", page.aside.text).group(1))
        if "no arrow" in page.aside.text
        else 0,
    )  # type: ignore[union-attr]
    assert sum(int(r["adoptions"]) for r in went) - undrawn >= len(arrows) - legend > 0
    assert page.find("svg", class_="map").find("desc").text in page.find("p", class_="lead").text


def test_the_map_of_a_search_shows_what_the_search_finds(visitor: Visitor) -> None:
    found = visitor.get("/api/v1/practices?country=DE").get_json()
    told = rows(visitor.get("/map.csv?country=DE"))
    assert sum(int(r["practices"] or 0) for r in told) == found["total"]
    assert {r["country"] for r in told if r["practices"]} == {"DE"}
    page = visitor.see("/map?country=DE")
    assert page.find("option", selected=True)["value"] == "DE"
    circles = page.select("svg.map a")
    assert {"Ulm: 1 practice", "Treuenbrietzen: 1 practice"} <= {
        a["aria-label"].replace(" (Ortsteil Feldheim, ~135 inh.)", "") for a in circles
    }
    beside = visitor.see("/practices?country=DE").select_one("figure.beside img")["src"]  # type: ignore[index]
    assert visitor.see(circles[0]["href"]).h2.text == "1 practice"
    image = visitor.get(beside)
    assert image.headers["Content-Disposition"].startswith("inline")
    again = visitor.get(beside, **{"If-None-Match": image.headers["ETag"]})
    assert (image.status_code, again.status_code) == (200, 304)


def test_an_officer_sees_their_own_place_on_the_map(house: House) -> None:
    signs = logged_in(house, "arvieu").see("/map").select("svg.map .own-place text")
    assert [sign.text for sign in signs] == ["Arvieu"]
    assert not Visitor(house).see("/map").select(".own-place")


PICTURES = ("/map", "/gaps", "/bridging", "/growth", "/practices/saillans-collegial-council")


@pytest.mark.parametrize("path", PICTURES)
def test_every_picture_has_words_a_table_and_files(house: House, path: str) -> None:
    page = Visitor(house, "de").see(path)
    for svg in page.select("svg.picture"):
        assert svg.find("title").text.strip()
        assert svg.find("desc").text.strip()
    assert page.select("details table")
    for ending, count in ((".svg", 2), (".csv", 2)) if "council" in path else ((".svg", 1), (".csv", 1)):
        files = [
            a["href"] for a in page.select("main a[href]") if a["href"].partition("?")[0].endswith(ending)
        ]
        assert len(files) >= count, (path, ending)
        for one in files:
            answer = Visitor(house, "de").get(one)
            assert answer.status_code == 200, one
            if ending == ".svg":
                root = ElementTree.fromstring(answer.data)
                assert root.find("{http://www.w3.org/2000/svg}desc").text  # type: ignore[union-attr]
            else:
                assert len(rows(answer)) > 0, one


def test_growth_and_ratings_count_what_is_there(house: House) -> None:
    visitor = Visitor(house)
    last = rows(visitor.get("/growth.csv"))[-1]
    counts = visitor.get("/api/v1/practices").get_json()["total"]
    assert (int(last["practices"]), last["instances"]) == (counts, "1")
    told = rows(visitor.get("/practices/saillans-collegial-council/ratings.csv"))
    first = next(row for row in told if row["who"] == "all")
    assert sum(int(first[str(step)]) for step in range(1, 6)) + int(first["not_applicable"]) == 5
    line = rows(visitor.get("/practices/saillans-collegial-council/lineage.csv"))
    assert {row["stage"] for row in line} == {"ad-piloting", "ad-stopped"}
    assert visitor.get("/practices/none/ratings.svg").status_code == 404
    assert rows(visitor.get("/federation.csv")) == []


def test_a_page_is_remembered_for_a_moment_and_no_change_is_missed(house: House) -> None:
    visitor = Visitor(house)
    first = visitor.get("/gaps")
    again = visitor.get("/gaps", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert visitor.get("/gaps", **{"Accept-Language": "fr"}).data != first.data
    officer = logged_in(house, "ulm")
    assert officer.get("/gaps").headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in officer.get("/gaps").headers
    visitor.get("/gaps")
    sought = {"seeks.0.theme": "th-energy", "seeks.0.problem": "Who comes?"}
    assert officer.post("/desk/seeks", sought).status_code == 303
    assert visitor.get("/gaps").data != first.data


def test_a_page_that_many_ask_for_at_once_is_made_once(house: House) -> None:
    made: list[str] = []

    def count(_app: Any, template: Any, **_more: Any) -> None:
        made.append(template.name)
        time.sleep(0.1)  # long enough that all others come meanwhile

    house.publish("ulm", complete({"language": "en", "title": "News that make a page anew"}))
    start, visitors = Barrier(12), [Visitor(house) for _ in range(12)]

    def ask(visitor: Visitor) -> Any:
        start.wait(20)
        return visitor.get("/practices?q=anew")

    with template_rendered.connected_to(count, house.app), ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(ask, visitors))
    assert {(one.status_code, one.data) for one in answers} == {(200, answers[0].data)}
    assert made.count("practices.html") == 1


def test_a_house_wears_its_colour_and_crest(house: House, tmp_path: Any, monkeypatch: Any) -> None:
    crest = tmp_path / "crest.svg"
    crest.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>')
    dressed = house.instance.settings.model_copy(update={"colour": "#003399", "crest": crest})
    monkeypatch.setattr(house.instance, "settings", dressed)
    visitor = Visitor(house)
    page = visitor.see("/?dressed")
    sheet = page.select_one('link[href^="/house.css"]')["href"]  # type: ignore[index]
    assert "--verdigris: #003399" in visitor.get(sheet).text
    assert visitor.get(sheet).headers["Cache-Control"].endswith("immutable")
    shown = visitor.get(page.select_one("a.brand img")["src"])  # type: ignore[index]
    assert (shown.mimetype, "sandbox" in shown.headers["Content-Security-Policy"]) == ("image/svg+xml", True)
    assert "--verdigris: #003399" in visitor.get("/gaps.svg").text


def test_what_a_visitor_gets_is_packed_and_what_an_officer_gets_is_not(house: House) -> None:
    visitor, officer = Visitor(house), logged_in(house, "loos-en-gohelle")
    packed = {"Accept-Encoding": "br, gzip;q=0.8"}
    plain = visitor.get("/communities")
    page = visitor.get("/communities", **packed)
    assert (page.headers["Content-Encoding"], "Accept-Encoding" in page.headers["Vary"]) == ("gzip", True)
    assert gzip.decompress(page.data) == plain.data
    assert len(page.data) < len(plain.data) / 2
    again = visitor.get("/communities", **packed, **{"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Encoding" not in visitor.get("/communities", **{"Accept-Encoding": "gzip;q=0"}).headers
    assert "Content-Encoding" not in officer.get("/communities", **packed).headers
    sheet = visitor.see("/").select_one('link[rel="stylesheet"]')["href"]  # type: ignore[index]
    assert gzip.decompress(visitor.get(sheet, **packed).data) == visitor.get(sheet).data


def test_there_is_no_street_map_unless_the_operator_names_its_tiles(house: House, visitor: Visitor) -> None:
    assert visitor.get("/map/streets").status_code == 404
    assert "/map/streets" not in visitor.get("/map").text
    told = visitor.get("/map/places.geojson?country=FR").get_json()["features"]
    by_name = {one["properties"]["name"]: one for one in told}
    saillans = by_name["Saillans"]["properties"]
    assert (saillans["practices"], saillans["taken_up_by_others"]) == (1, 2)
    assert visitor.see(saillans["list"]).h2.text == "1 practice"
    before = house.instance.settings
    house.instance.settings = before.model_copy(update={"tiles": "https://tiles.example/{z}/{x}/{y}.png"})
    try:
        page = visitor.get("/map/streets?country=FR")
        assert (page.status_code, visitor.get("/map/streets?sort=nonsense").status_code) == (200, 400)
        images = re.search(r"img-src ([^;]*);", page.headers["Content-Security-Policy"])
        assert images is not None
        assert images[1] == "'self' https://tiles.example data:"
        assert "country=FR" in page.text.partition("data-places=")[2].partition(">")[0]
        assert "openstreetmap.org/copyright" in page.text
        for path in ("/", "/map", "/practices"):
            assert "tiles.example" not in visitor.get(path).headers["Content-Security-Policy"]
        assert "tiles.example" in visitor.get("/privacy").text
    finally:
        house.instance.settings = before
    assert "tiles.example" not in visitor.get("/privacy").text
