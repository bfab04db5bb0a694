"""The pages that compare, as a reader and an officer meet them, and the same for programs."""

import csv
import io
import re
from xml.etree import ElementTree

import pytest
import yaml
from bs4 import BeautifulSoup

from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster
from exchange.catalogue.communities import reference
from exchange.catalogue.people import officers
from exchange.web.practices import citing
from tests.exchange.web.world import PASSWORD, Visitor, logged_in
from tests.rig import House

SAILLANS = "/practices/saillans-collegial-council"
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
    svg = ElementTree.fromstring(picture.data)
    drawn = [one for one in svg.iter("{http://www.w3.org/2000/svg}g") if "arrow" in one.get("class", "")]
    across = [flow for flow in told["adoptions"]["flows"] if flow["from"] != flow["to"]]
    assert 0 < len(drawn) == sum(flow["n"] > 0 for flow in across) < len(across)
    assert "(0)" not in picture.text


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
    table = list(csv.DictReader(io.StringIO(visitor.get("/gaps.csv").data.decode("utf-8-sig"))))
    assert len(squares) == len(table) == 23 * 3
    told = {(row["theme"], row["degurba"]): int(row["practices"]) for row in table}
    assert told["th-participation", "dg-3"] == 2
    first = next(a for a in squares if "degurba=dg-3" in a["href"] and "th-participation" in a["href"])
    assert first["aria-label"] == "Participation and local democracy, Countryside: 2 practices"
    assert any(a["href"] == "/desk/practices/new" for a in squares)
    assert ElementTree.fromstring(visitor.get("/gaps.svg").data).find(".//{*}style") is not None


def test_a_square_of_a_clusters_gap_map_leads_to_what_its_members_have(
    house: House, visitor: Visitor
) -> None:
    with house.instance.database.writing() as session:
        made = cluster.found(session, house.origin, slug="valleys", name={"en": "Valleys of the south"})
        for slug in ("saillans", "loos-en-gohelle"):
            cluster.admit(session, made, shelf.community(session, slug).uri)
    page = visitor.see("/gaps?cluster=valleys")
    squares = [a for a in page.find("svg", class_="gaps").find_all("a") if "degurba" in a["href"]]
    assert len(squares) >= 2
    for square in squares:
        found = visitor.see(square["href"])
        shown = square["aria-label"].partition(": ")[2]
        assert found.h2.text == shown
        assert {a.text.strip() for a in found.select(".card .tag-sign bdi")} <= {
            "Saillans",
            "Loos-en-Gohelle",
        }
        assert "Valleys of the south" in found.find(id="results").text
        assert found.find("input", {"name": "cluster"})["value"] == "valleys"
    listed = visitor.see("/clusters/valleys").find("a", string="All practices of its members")["href"]
    everything = visitor.see(listed).h2.text
    assert everything == visitor.see("/practices?community=saillans,loos-en-gohelle").h2.text
    assert visitor.see("/practices?cluster=valleys&community=ulm").h2.text == "0 practices"
    assert "Valleys of the south" in visitor.see("/map?cluster=valleys").main.text
    api = "/api/v1/practices?cluster="
    assert visitor.get(f"{api}valleys").get_json()["total"] == int(everything.split()[0])
    assert visitor.get(f"{api}{made.uri}").get_json()["total"] == int(everything.split()[0])
    for wrong in (
        f"{api}nowhere",
        "/practices?cluster=nowhere",
        "/map?cluster=nowhere",
        "/practices.atom?cluster=nowhere",
    ):
        assert visitor.get(wrong).status_code in (400, 404), wrong


def test_whoever_names_a_place_sees_what_worked_in_places_like_it(house: House, visitor: Visitor) -> None:
    form = visitor.see("/").find("form", class_="ask")
    assert form["action"] == "/places"
    page = visitor.see("/places?place=SAILLANS")
    assert page.h1.text == "What worked in places like Saillans?"
    done = [link.text for link in page.select(".cards h3 a")]
    assert "Citizen solar plan on municipal roofs" in done
    assert not any("Collegial" in title for title in done)  # its own are no news to it
    energy = visitor.see("/places?place=saillans&theme=th-energy")
    assert 0 < len(energy.select(".cards h3 a")) < len(done)
    kept = energy.find("form", class_="compare")
    assert kept.find("input", {"name": "place"})["value"] == "saillans"
    some = visitor.see("/places?population=1%20200&degurba=dg-3&theme=th-participation")
    assert "Collegial village council" in some.main.text
    assert "≈ Number of inhabitants: 1,250, here 1,200" in some.main.text


def test_a_place_of_official_statistics_is_chosen_among_its_namesakes(house: House, visitor: Visitor) -> None:
    lines = [
        "country,lau_code,name,population,degurba,nuts3_2016,area_m2,coastal",
        "DE,01,Neustadt,900,3,DE724,10000000,no",
        "DE,02,Neustadt (Wied),6331,2,DEB18,10000000,no",
        "FR,26289,Saillans,1250,3,FRK23,15000000,no",
    ]
    table = house.data / "units.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    reference.import_reference(house.instance.database, table)
    page = visitor.see("/places?place=neustadt&theme=th-energy")
    assert page.h1.text == "Which “neustadt” do you mean?"
    links = [link["href"] for link in page.select("ul.feed a")]
    assert links == ["/places?unit=DE:02&theme=th-energy", "/places?unit=DE:01&theme=th-energy"]
    assert visitor.see(links[1]).h1.text == "What worked in places like Neustadt?"
    assert visitor.see("/places?place=neust").h1.text == "Which “neust” do you mean?"
    assert visitor.see("/places?place=Saillans").h1.text == "What worked in places like Saillans?"  # not two


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("place=Atlantis", 400, "No place called “Atlantis” is known here."),
        ("place=%25", 400, "No place called “%” is known here."),
        ("population=many", 400, "Write the number of inhabitants in figures"),
        ("population=" + "9" * 400, 400, "Write the number of inhabitants in figures"),
        ("degurba=dg-9", 400, "is not one of the choices here"),
        ("country=XX", 400, "is not the code of a country"),
        ("theme=th-nothing&degurba=dg-3", 400, "th-nothing"),
        ("at=nowhere", 404, "There is no community"),
        ("unit=DE:nothing", 404, "There is no local unit"),
    ],
)
def test_a_place_that_is_not_understood_is_said(
    visitor: Visitor, query: str, status: int, sentence: str
) -> None:
    answer = visitor.get(f"/places?{query}")
    assert answer.status_code == status
    assert sentence in answer.text


def test_practices_stand_side_by_side_and_what_differs_is_marked(visitor: Visitor) -> None:
    results = visitor.see("/practices?q=energy")
    boxes = results.select("input[name=p][form=compare]")
    assert results.find("form", id="compare")["action"] == "/compare"
    assert len(boxes) > 1
    keys = [box["value"] for box in boxes[:2]]
    page = visitor.see(f"/compare?p={keys[0]}&p={keys[1]}&p={keys[0]}")
    titles = [head.a.text for head in page.select("thead th")[1:]]
    assert len(titles) == 2
    rows = {row.th.contents[0].strip(): row for row in page.select("tbody tr")}
    kinds = [cell.text.strip() for cell in rows["Kind of place"].find_all("td")]
    assert kinds == ["Town or suburb", "Rural area"]
    assert "differs" in rows["Kind of place"]["class"]
    assert "differs" in rows["Kind of place"].th.text
    assert rows["Size"].get("class") is None  # 6,600 and 7,405 are of one class
    assert "differs" not in rows["What came out"].get("class", [])
    away = page.select("thead .away")[0]["href"]
    assert [head.a.text for head in visitor.see(away).select("thead th")[1:]] == titles[1:]
    more = visitor.see(away).select(".add-one ul a[href^='/compare']")[0]["href"]
    assert len(visitor.see(more).select("thead th")) == 3
    found = visitor.see(f"/compare?p={keys[0]}&q=council").select(".add-one ul")[0]
    assert "Collegial village council" in found.text


def test_side_by_side_shows_how_often_each_mark_was_given(visitor: Visitor) -> None:
    page = visitor.see("/compare?p=saillans-collegial-council")
    strips = page.select("td svg.strip")
    told = visitor.get("/api/v1/practices/saillans-collegial-council/reviews").get_json()
    counts = [one["counts"] for one in told["ratings"] if one["n"]]
    assert [strip["aria-label"].partition(": ")[2] for strip in strips[: len(counts)]] == [
        ", ".join(map(str, one)) for one in counts
    ]
    assert "Stopped after start: 1" in page.text


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("", 200, "Choose up to 4 practices"),
        ("p=nothing", 400, "There is no practice “nothing” here."),
        ("p=nothing&p=saillans-collegial-council", 400, "Collegial village council"),
        ("p=1&p=2&p=3&p=4&p=5", 400, "At most 4 practices stand side by side"),
        ("p=saillans-collegial-council&q=" + "x" * 600, 200, "Collegial village council"),
    ],
)
def test_a_comparison_of_nothing_or_of_too_much_is_explained(
    visitor: Visitor, query: str, status: int, sentence: str
) -> None:
    answer = visitor.get(f"/compare?{query}")
    assert answer.status_code == status
    assert sentence in answer.text


def test_a_decision_sheet_says_what_a_council_asks(visitor: Visitor) -> None:
    page = visitor.see(SAILLANS).select_one(".actions a[href$='/sheet']")
    sheet = visitor.see(page["href"]).article
    text = " ".join(sheet.text.split())
    assert "Collegial village council with open commissions" in sheet.h1.text
    assert "Political change: Revision of the local land-use plan" in text
    assert "One resident in four" in text or "About one resident in four" in text
    assert "2 adoptions, 1 of them ended" in text
    assert "5 voices" in text
    assert "(Adopter)" in text or "(Visitor)" in text
    assert sheet.footer.a["href"].startswith(visitor.house.origin)
    code = sheet.footer.find(role="img")
    assert code["aria-label"] == "QR code: the address of this practice"
    assert {tag.name for tag in code.find_all(True)} == {"svg", "path"}
    assert "<style" not in str(code)
    assert visitor.get("/practices/nothing/sheet").status_code == 404


@pytest.mark.parametrize(
    "typed", ["social.example.org", "@me@social.example.org", "https://Social.Example.org/@me"]
)
def test_sharing_shows_the_way_to_ones_own_server_and_asks_nobody(visitor: Visitor, typed: str) -> None:
    form = visitor.see(f"{SAILLANS}/share").main.form
    page = visitor.post(form["action"], {"server": typed})
    links = re.findall(r'href="(https://[^"]+)"', page.text)
    assert [link.partition("?")[0] for link in links] == [
        "https://social.example.org/authorize_interaction",
        "https://social.example.org/share",
    ]
    assert "uri=http%3A%2F%2F" in links[0]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "localhost",
        "a b.example",
        "javascript:alert(1)",
        "evil.example\\@x",
        "1.2.3.4",
        "é" * 300,
        "[::1]",
    ],
)
def test_what_is_no_server_is_refused_in_a_sentence(visitor: Visitor, typed: str) -> None:
    answer = visitor.post(f"{SAILLANS}/share", {"server": typed})
    assert answer.status_code == 422
    assert "Write the name of your server" in answer.text


def test_who_acts_for_no_community_is_not_led_to_what_only_a_community_may(house: House) -> None:
    with house.instance.database.writing() as session:
        _made, token = officers.invite(session, "lead@hub.localhost", None, "coordinator")
        officers.accept_invitation(session, token, PASSWORD)
    lead = Visitor(house)
    lead.log_in("lead@hub.localhost")
    for path in ("/gaps", "/practices?q=nothing+like+this"):
        assert lead.see(path).find("a", href="/desk/seeks") is None, path
        assert logged_in(house, "ulm").see(path).find("a", href="/desk/seeks"), path
    assert Visitor(house).see("/gaps").find("a", href="/desk/seeks")


def test_a_practice_is_cited_and_taken_along(visitor: Visitor) -> None:
    page = visitor.see(SAILLANS)
    assert "Saillans (2" in page.find(class_="cited").text
    entry = visitor.get(f"{SAILLANS}/cite.bib")
    assert entry.mimetype == "application/x-bibtex"
    assert entry.text == page.pre.text
    assert "author = {{Saillans}}" in entry.text
    kept = yaml.safe_load(visitor.get(f"{SAILLANS}/export.yaml").data)
    assert [one["id"] for one in kept["practices"]] == ["saillans-collegial-council"]
    assert len(kept["adoptions"]) == 2
    for ending in ("json", "csv", "xlsx"):
        taken = visitor.get(f"{SAILLANS}/export.{ending}")
        assert taken.status_code == 200
        assert f".{ending}" in taken.headers["Content-Disposition"]
    assert visitor.get(f"{SAILLANS}/export.pdf").status_code == 404


def test_what_means_something_in_bibtex_is_written_as_text_and_the_site_is_that_of_the_owner(
    house: House,
) -> None:
    with house.instance.database.reading() as session:
        practice = shelf.practice(session, "saillans-collegial-council")
        owner = shelf.community_of(session, practice)
    practice.title_texts = {"fr": "50 % & \\input{x} $1_000\n} }"}
    with house.app.test_request_context():
        entry = citing.bibtex(practice, owner)
        practice.uri, practice.local = "https://villages.example/practices/1", False
        away = citing.bibtex(practice, owner), citing.citation(practice, owner)
    assert "howpublished = {Towns}" in entry
    assert "howpublished = {villages.example}" in away[0]
    assert away[1].endswith("villages.example. https://villages.example/practices/1")
    assert r"title = {{50 \% \& \textbackslash{}input\{x\} \$1\_000 \} \}}}," in entry
