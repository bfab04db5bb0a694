"""The search page as a feed, a table and a map: the same query, for other programs."""

import csv
import io
from typing import Any
from xml.etree import ElementTree

import pytest
import python_calamine

from exchange.catalogue import listing, publish, shelf
from exchange.catalogue.find import SearchParams
from tests.exchange.web.world import Visitor
from tests.rig import House, complete

A = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
BOMB = '=HYPERLINK("https://evil.example";"Click")'


@pytest.fixture(scope="module")
def bomb(house: House) -> str:
    """A practice whose title a spreadsheet would run."""
    with house.instance.database.writing() as session:
        owner = shelf.community(session, "ulm")
        made = publish.publish(
            session, owner, complete({"title": {"en": BOMB, "de": "\x0bHarmlos & <fein>"}})
        )
    house.instance.index_once()
    return made.uri


def table(visitor: Visitor, query: str = "", **headers: str) -> list[dict[str, str]]:
    answer = visitor.get(f"/practices.csv{query}", **headers)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "practices.csv" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def atom(visitor: Visitor, query: str = "", **headers: str) -> ElementTree.Element:
    answer = visitor.get(f"/practices.atom{query}", **headers)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    return ElementTree.fromstring(answer.data)


def test_a_feed_has_what_every_reader_needs_and_says_it_in_the_readers_language(
    house: House, visitor: Visitor, bomb: str
) -> None:
    root = atom(visitor, "?theme=th-energy&lang=fr")
    assert root.get(LANG) == "fr"
    assert "Énergie" in root.findtext(f"{A}title", "")
    assert root.findtext(f"{A}author/{A}name") == house.instance.settings.name
    links = {link.get("rel"): link.get("href", "") for link in root.findall(f"{A}link")}
    assert links["self"] == f"{house.origin}/practices.atom?theme=th-energy&lang=fr"
    assert links["alternate"] == f"{house.origin}/practices?theme=th-energy"
    entries = root.findall(f"{A}entry")
    changed = [entry.findtext(f"{A}updated", "") for entry in entries]
    assert len(entries) >= 3
    assert changed == sorted(changed, reverse=True)
    assert root.findtext(f"{A}updated") == changed[0]
    first = next(entry for entry in entries if entry.findtext(f"{A}id") == bomb)
    assert first.findtext(f"{A}author/{A}name") == "Ulm"
    assert first.find(f"{A}link").get("href", "").startswith(f"{house.origin}/practices/")  # type: ignore[union-attr]
    ids = [entry.findtext(f"{A}id") for entry in entries]
    assert len(set(ids)) == len(ids)


def test_letters_that_xml_has_not_do_not_break_a_feed(visitor: Visitor, bomb: str) -> None:
    titles = [e.findtext(f"{A}title") for e in atom(visitor, "?lang=de").findall(f"{A}entry")]
    assert "Harmlos & <fein>" in titles


def test_the_pages_of_a_feed_lead_to_each_other_and_show_each_practice_once(visitor: Visitor) -> None:
    query, seen = "?per_page=4", []
    while query:
        root = atom(visitor, query)
        seen += [e.findtext(f"{A}id") for e in root.findall(f"{A}entry")]
        links = {link.get("rel"): link.get("href", "") for link in root.findall(f"{A}link")}
        query = "?" + links["next"].partition("?")[2] if "next" in links else ""
    assert len(seen) == len(set(seen)) == len(table(visitor))
    assert "previous" in links
    assert links["last"] == links["self"]


def test_a_feed_that_has_not_changed_is_not_sent_again(visitor: Visitor) -> None:
    first = visitor.get("/practices.atom")
    assert first.last_modified is not None
    again = visitor.get("/practices.atom", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = visitor.get("/practices.atom?lang=it", **{"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_a_table_holds_what_the_search_finds_in_all_languages(visitor: Visitor) -> None:
    rows = table(visitor, "?theme=th-energy&sort=title&lang=de")
    page = visitor.see("/practices?theme=th-energy&sort=title")
    assert len(rows) == len(page.select("ol.cards > li"))
    assert set(listing.COLUMNS) == set(rows[0])
    loos = next(row for row in rows if row["community"].startswith("Loos"))
    assert loos["country.name"] == "Frankreich"
    assert loos["title.fr"] == loos["title"]
    assert loos["title.en"]
    assert "Energie" in loos["themes.name"]


def test_no_cell_runs_as_a_formula(visitor: Visitor, bomb: str) -> None:
    cells = next(row for row in table(visitor) if row["address"] == bomb)
    assert cells["title"] == cells["title.en"] == f"'{BOMB}"
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(visitor.get("/practices.xlsx").data))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == list(listing.COLUMNS)
    assert f"'{BOMB}" in next(row for row in rows if row[0] == bomb)
    assert len(rows) == len(table(visitor)) + 1


def test_a_map_places_each_practice_where_its_community_is(visitor: Visitor) -> None:
    answer = visitor.get("/practices.geojson?community=saillans")
    assert answer.mimetype == "application/geo+json"
    found: dict[str, Any] = answer.get_json(force=True)
    assert found["type"] == "FeatureCollection"
    longitude, latitude = found["features"][0]["geometry"]["coordinates"]
    assert (round(latitude), round(longitude)) == (45, 5)
    assert found["features"][0]["properties"]["country"] == "FR"
    assert visitor.get("/practices.geojson?q=nothinglikethat").get_json(force=True)["features"] == []


def test_a_file_goes_through_many_portions_and_has_pages(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [row["address"] for row in table(visitor, "?sort=title")]
    monkeypatch.setattr(listing, "PORTION", 3)
    assert [row["address"] for row in table(visitor, "?sort=title")] == whole
    monkeypatch.setattr(listing, "MOST", 6)
    answer = visitor.get("/practices.csv?sort=title")
    assert answer.headers["X-Total-Count"] == str(len(whole))
    assert f"<{house.origin}/practices.csv?sort=title&page=2>" in answer.headers["Link"]
    parts = [
        [row["address"] for row in table(visitor, f"?sort=title&page={n}")]
        for n in range(1, len(whole) // 6 + 2)
    ]
    assert [address for part in parts for address in part] == whole


@pytest.mark.parametrize("ending", ["atom", "csv", "xlsx", "geojson"])
@pytest.mark.parametrize(
    "query", ["country=nowhere", "page=0", "page=11", "sort=loudest", "near=1", "q=" + "x" * 600]
)
def test_what_cannot_be_understood_is_refused_with_a_sentence(
    visitor: Visitor, ending: str, query: str
) -> None:
    answer = visitor.get(f"/practices.{ending}?{query}")
    assert answer.status_code == (200 if (ending, query) == ("atom", "page=11") else 400)


def test_the_search_page_leads_to_its_feed_and_files(house: House, visitor: Visitor) -> None:
    page = visitor.see("/practices?q=energy&country=FR&page=1")
    assert page.find("link", type="application/atom+xml")
    for link in page.select("p.exports a"):
        assert "q=energy&country=FR&lang=en" in link["href"]
        assert visitor.get(str(link["href"])).status_code == 200
    params = SearchParams.from_args({"q": "energy"})
    assert listing.Listing(house.instance.engine, house.instance.database, params, "en", house.origin).total
