"""The pages that compare, as a reader and an officer meet them, and the same for programs."""

import csv
import io
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from tests.exchange.web.world import Visitor, logged_in
from tests.rig import House

PAGES = (
    "/communities/saillans/similar",
    "/communities/saillans/similar?list=bridge&theme=th-energy",
    "/communities/saillans/similar?list=adopted",
    "/communities/saillans/similar?list=anywhere&population=4&country=0",
    "/bridging",
    "/gaps",
    "/map",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_comparison_speaks_the_language_of_the_browser(house: House, path: str) -> None:
    headings = {Visitor(house, language).see(path).h1.text for language in ("en", "fr", "de", "es", "it")}
    assert len(headings) == 5


@pytest.mark.parametrize(
    "path",
    [
        "/communities/saillans/similar?population=many",
        "/communities/saillans/similar?population=99",
        "/communities/saillans/similar?theme=th-nothing",
        "/api/v1/communities/saillans/similar?weights=size:1",
        "/api/v1/communities/saillans/similar?list=best",
        "/api/v1/communities/saillans/similar?limit=0",
        "/api/v1/bridging?by=day",
        "/map?country=Atlantis",
        "/map.svg?theme=th-nothing",
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/communities/none/similar",
        "/gaps?cluster=none",
        "/bridging.svg?cluster=none",
        "/map.png",
        "/api/v1/gaps?cluster=x",
    ],
)
def test_what_is_not_there_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_a_village_finds_places_like_it_with_reasons_and_moves_the_weights(visitor: Visitor) -> None:
    page = visitor.see("/communities/saillans/similar")
    names = [row.th.text for row in page.find("tbody").find_all("tr")]
    assert "Arvieu" in names[0]
    assert "Number of inhabitants: 822, here 1,250" in page.text
    told = visitor.get("/api/v1/communities/saillans/similar?limit=2").get_json()
    assert [one["name"] for one in told["items"]] == ["Arvieu", told["items"][1]["name"]]
    assert told["items"][0]["near"][0]["attribute"] == "population"
    moved = visitor.get("/api/v1/communities/saillans/similar?weights=population:0,degurba:0").get_json()
    assert moved["weights"]["population"] == 0
    bridges = visitor.get("/api/v1/communities/saillans/similar?list=bridge").get_json()["items"]
    assert {one["degurba"] for one in bridges} <= {"dg-1", "dg-2"}
    assert bridges


def test_the_picture_of_bridging_says_what_its_table_says(visitor: Visitor) -> None:
    told = visitor.get("/api/v1/bridging").get_json()
    assert told["representation"]["by_kind"]["rural"] == 3
    assert told["ratings"]["placed"] > 0
    picture = visitor.get("/bridging.svg")
    assert picture.mimetype == "image/svg+xml"
    assert ElementTree.fromstring(picture.data).tag.endswith("svg")


def test_what_is_sought_is_said_on_the_desk_and_shows_in_the_map(house: House, visitor: Visitor) -> None:
    officer = logged_in(house, "arvieu", language="fr")
    assert officer.post("/desk/seeks", {"seeks.0.theme": "th-nothing"}).status_code == 422
    themeless = officer.post("/desk/seeks", {"seeks.0.problem": "Chauffer l'école"})
    refused = BeautifulSoup(themeless.text, "html.parser")
    where = refused.find(class_="errors").a["href"].removeprefix("#")
    assert refused.find(id=where)["aria-invalid"] == "true"
    assert "Chauffer l'école" in refused.find("textarea").text
    answer = officer.post(
        "/desk/seeks", {"seeks.0.theme": "th-energy", "seeks.0.problem": "Chauffer l'école"}
    )
    assert answer.status_code == 303
    page = officer.see("/desk/seeks")
    assert "Chauffer l'école" in page.find("textarea").text
    assert page.find("ul", class_="cards") is not None
    assert "Chauffer l'école" in visitor.see("/communities/arvieu").text
    (cell,) = [
        one
        for one in visitor.get("/api/v1/gaps").get_json()["items"]
        if (one["theme"], one["kind"]) == ("th-energy", "rural")
    ]
    assert cell["seekers"] == 1
    assert visitor.get("/desk/seeks").status_code == 302
    officer.post("/desk/seeks", {"seeks.0.theme": "", "seeks.0.problem": "Chauffer l'école"})
    assert "Chauffer l'école" not in officer.see("/desk/seeks").text


def test_the_gap_map_is_a_picture_a_table_and_two_files(visitor: Visitor) -> None:
    page = visitor.see("/gaps")
    squares = page.find("svg", class_="gaps").find_all("a")
    rows = list(csv.DictReader(io.StringIO(visitor.get("/gaps.csv").text)))
    assert len(squares) == len(rows) == 23 * 3
    told = {(row["theme"], row["degurba"]): int(row["practices"]) for row in rows}
    assert told["th-participation", "dg-3"] == 2
    first = next(a for a in squares if "degurba=dg-3" in a["href"] and "th-participation" in a["href"])
    assert first["aria-label"] == "Participation and local democracy, Countryside: 2 practices"
    assert any(a["href"] == "/desk/practices/new" for a in squares)
    assert ElementTree.fromstring(visitor.get("/gaps.svg").data).find(".//{*}style") is not None


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
