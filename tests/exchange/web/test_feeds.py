"""What is published, for other programs: the search page as a feed, a table and a map; all of it as linked data."""

import csv
import io
import re
from typing import Any
from xml.etree import ElementTree

import pytest
import python_calamine
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, SKOS

from exchange.catalogue import shelf
from exchange.catalogue.files import harvest, listing
from exchange.catalogue.finding.find import SearchParams
from exchange.catalogue.practices import publish, withdraw
from exchange.vocabulary import concepts
from exchange.vocabulary.graphs import DCAT, HYDRA, VCARD
from exchange.web.doors import harvesting
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
        held = [{"title": 'A \\ "file"', "url": 'https://files.example/a"><b>{}^`|', "licence": "ask us"}]
        title = {"en": BOMB, "de": "\x0bHarmlos & <fein>"}
        made = publish.publish(session, owner, complete({"title": title, "attachment": held}))
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


@pytest.fixture(scope="module")
def catalogue(house: House, bomb: str) -> Graph:
    """The catalogue in both forms, read back, and without what leads to the other pages."""
    found = []
    for ending, kind in (("ttl", "text/turtle"), ("jsonld", "application/ld+json")):
        answer = Visitor(house).get(f"/catalogue.{ending}")
        assert (answer.status_code, answer.mimetype) == (200, kind)
        made = Graph().parse(data=answer.data, format=kind)
        (view,) = made.subjects(RDF.type, HYDRA.PartialCollectionView)
        made.remove((view, None, None))
        made.remove((None, None, view))
        found.append(made)
    assert set(found[0]) == set(found[1])
    return found[0]


def test_the_catalogue_has_what_dcat_ap_demands_of_every_node(catalogue: Graph) -> None:
    demanded = {  # mandatory and, where we know them always, recommended properties of DCAT-AP 3.0
        DCAT.Catalog: (*(DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.language), FOAF.homepage,
                       DCAT.dataset, DCAT.themeTaxonomy, DCTERMS.modified, DCTERMS.spatial, DCAT.service),
        DCAT.Dataset: (*(DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.issued, DCTERMS.modified),
                       *(DCTERMS.language, DCTERMS.identifier, DCTERMS.license, DCTERMS.spatial, DCTERMS.temporal),
                       *(DCTERMS.provenance, DCTERMS.accessRights, DCAT.theme, DCAT.keyword, DCAT.version),
                       *(DCAT.landingPage, DCAT.distribution)),
        DCAT.Distribution: (DCAT.accessURL, DCTERMS.title, DCTERMS.license),
        DCAT.DataService: (DCAT.endpointURL, DCTERMS.title),
        FOAF.Agent: (FOAF.name,),
        VCARD.Organization: (VCARD.fn,),
        SKOS.Concept: (),
        SKOS.ConceptScheme: (DCTERMS.title,),
    }  # fmt: skip
    for kind, properties in demanded.items():
        nodes = set(catalogue.subjects(RDF.type, kind))
        assert nodes, kind
        lacking = [
            (node, one) for node in nodes for one in properties if not list(catalogue.objects(node, one))
        ]
        assert lacking == []
    # Whatever these lead to is of the class that the profile asks for.
    for leads, kind in ((DCTERMS.publisher, FOAF.Agent), (DCTERMS.spatial, DCTERMS.Location),
                        (DCAT.contactPoint, VCARD.Kind), (FOAF.page, FOAF.Document), (DCTERMS.license, DCTERMS.LicenseDocument),
                        (DCTERMS.temporal, DCTERMS.PeriodOfTime), (DCAT.landingPage, FOAF.Document),
                        (DCAT.theme, SKOS.Concept), (DCAT.distribution, DCAT.Distribution)):  # fmt: skip
        assert [o for o in set(catalogue.objects(None, leads)) if (o, RDF.type, kind) not in catalogue] == []
    for ours in catalogue.subjects(DCTERMS.title, Literal("API")):
        assert catalogue.value(ours, DCTERMS["format"])
        assert catalogue.value(ours, DCAT.mediaType)
    assert not [node for triple in catalogue for node in triple if isinstance(node, BNode)]


def test_the_catalogue_says_what_the_record_says(house: House, catalogue: Graph, bomb: str) -> None:
    graph = catalogue
    eu, voc = "http://publications.europa.eu/resource/authority/", "urn:practices:voc:"
    node = URIRef(bomb)
    assert set(graph.objects(node, DCTERMS.title)) == {
        Literal(BOMB, lang="en"),
        Literal("Harmlos & <fein>", lang="de"),
    }
    assert set(graph.objects(node, DCAT.theme)) == {
        URIRef(f"{eu}data-theme/ENER"),
        URIRef(f"{voc}th-energy"),
    }
    assert Literal("Énergie", lang="fr") in graph.objects(node, DCAT.keyword)
    assert set(graph.objects(node, DCTERMS.language)) == {URIRef(f"{eu}language/{x}") for x in ("ENG", "DEU")}
    assert graph.value(node, DCTERMS.license) == URIRef(f"{eu}licence/CC_BY_4_0")
    owner = graph.value(node, DCTERMS.publisher)
    assert owner == graph.value(node, DCTERMS.creator) == URIRef(f"{house.origin}/communities/ulm")
    assert graph.value(owner, DCTERMS.type) == URIRef("http://purl.org/adms/publishertype/LocalAuthority")
    assert URIRef(f"{eu}country/DEU") in graph.objects(node, DCTERMS.spatial)
    centroid = str(graph.value(URIRef(f"{owner}#place"), DCAT.centroid))
    assert re.fullmatch(r"POINT\(9\.9\d+ 48\.3\d+\)", centroid)
    contact = graph.value(node, DCAT.contactPoint)
    assert graph.value(contact, VCARD.hasEmail) == URIRef("mailto:energy@town.example")
    period = graph.value(node, DCTERMS.temporal)
    assert str(graph.value(period, DCAT.startDate)) == "2019"
    assert {str(graph.value(d, DCAT.accessURL)) for d in graph.objects(node, DCAT.distribution)} == {
        bomb,
        f"{house.origin}/api/v1/practices/{bomb.rpartition('/')[2]}",
        "https://files.example/a%22%3E%3Cb%3E%7B%7D%5E%60%7C",
    }
    # What others documented has no creator of that name, and says so.
    others = set(graph.subjects(RDF.type, DCAT.Dataset)) - {node}
    assert others
    for one in others:
        said = {str(text) for text in graph.objects(URIRef(f"{one}#provenance"), RDFS.label)}
        assert any("has not written it" in text for text in said)
        assert (one, DCTERMS.creator, None) not in graph


def test_the_pages_of_the_catalogue_lead_to_each_other_and_withdrawn_practices_leave_them(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest, "SIZE", 5)

    def walk() -> list[list[str]]:
        pages, address = [], "/catalogue.jsonld"
        while address:
            answer = visitor.get(address.removeprefix(house.origin))
            made = Graph().parse(data=answer.data, format="json-ld")
            assert '; rel="last"' in answer.headers["Link"]
            (view,) = made.subjects(RDF.type, HYDRA.PartialCollectionView)
            pages.append(sorted(map(str, made.subjects(RDF.type, DCAT.Dataset))))
            totals.append(int(str(made.value(view, HYDRA.totalItems))))
            assert (view, RDF.type, HYDRA.PagedCollection) in made
            assert made.value(view, HYDRA.nextPage) == made.value(view, HYDRA.next)
            address = str(made.value(view, HYDRA.next) or "")
        assert view == made.value(view, HYDRA.last)
        return pages

    totals: list[int] = []
    before = walk()
    assert sum(map(len, before)) == len({one for page in before for one in page}) == totals[0]
    first, last = visitor.get("/catalogue.ttl"), visitor.get("/catalogue.ttl?page=2")
    gone = before[0][0]
    with house.instance.database.writing() as session:
        withdraw.withdraw(session, shelf.practice(session, gone))
    house.instance.index_once()
    after = walk()
    assert after == [[one for one in page if one != gone] for page in before]
    assert totals[-1] == totals[0] - 1
    for held in (first, last):
        again = visitor.get("/catalogue.ttl?page=1", **{"If-None-Match": held.headers["ETag"]})
        assert again.status_code == 200
    fresh = visitor.get("/catalogue.ttl")
    assert fresh.last_modified is not None
    assert visitor.get("/catalogue.ttl", **{"If-None-Match": fresh.headers["ETag"]}).status_code == 304
    assert visitor.get("/catalogue.jsonld", **{"If-None-Match": fresh.headers["ETag"]}).status_code == 200
    assert visitor.get("/catalogue.ttl?page=99").status_code == 404
    assert visitor.get("/catalogue.ttl?page=-1").status_code == 400


def test_one_page_is_made_at_a_time_and_who_waits_too_long_is_told_when_to_come_back(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvesting, "PATIENCE", 0.01)
    with harvesting._building:
        answer = visitor.get("/catalogue.ttl")
        assert (answer.status_code, answer.mimetype) == (503, "text/html")
        assert "Retry-After" in answer.headers
        assert "ETag" not in answer.headers
    assert visitor.get("/catalogue.ttl").status_code == 200


def test_the_vocabularies_are_skos(visitor: Visitor) -> None:
    answer = visitor.get("/vocabularies.jsonld")
    graph = Graph().parse(data=answer.data, format="json-ld")
    assert {str(s) for s in graph.subjects(RDF.type, SKOS.ConceptScheme)} == {
        f"urn:practices:voc:{name}" for name in concepts.schemes()
    }
    energy = URIRef("urn:practices:voc:th-energy")
    for one in graph.subjects(RDF.type, SKOS.Concept):
        assert {label.language for label in graph.objects(one, SKOS.prefLabel)} == set(concepts.LANGUAGES)
        assert graph.value(one, SKOS.inScheme)
    assert graph.value(energy, SKOS.exactMatch) == URIRef(
        "http://publications.europa.eu/resource/authority/data-theme/ENER"
    )
    assert set(graph.objects(energy, SKOS.relatedMatch)) == {
        URIRef(f"http://metadata.un.org/sdg/{goal}") for goal in (7, 13)
    }
    assert Literal("Energiewende", lang="de") in set(graph.objects(energy, SKOS.altLabel))
    village = URIRef("urn:practices:voc:dg2-13")
    assert graph.value(village, SKOS.broadMatch) == URIRef("urn:practices:voc:dg-3")
    assert graph.value(village, SKOS.notation) == Literal("13")
    assert graph.value(URIRef("urn:practices:voc:isc-a3-1"), SKOS.broader)
    assert visitor.get("/vocabularies.jsonld", **{"If-None-Match": answer.headers["ETag"]}).status_code == 304
    one = Graph().parse(data=visitor.get("/vocabularies/themes.ttl").data, format="turtle")
    assert set(one) < set(graph)
    assert visitor.get("/vocabularies/nonsense.ttl").status_code == 404


@pytest.mark.parametrize(
    ("path", "accept", "where"),
    [
        ("/catalogue", "text/html", "/practices"),
        ("/catalogue", "text/turtle", "/catalogue.ttl"),
        ("/catalogue?page=2", "application/ld+json", "/catalogue.jsonld?page=2"),
        ("/vocabularies/themes", "text/turtle", "/vocabularies/themes.ttl"),
        ("/vocabularies", "application/ld+json", "/vocabularies.jsonld"),
        ("/vocabularies/themes", "*/*", "/api/v1/vocabularies/themes"),
    ],
)
def test_an_address_without_an_ending_leads_to_the_form_that_is_preferred(
    house: House, visitor: Visitor, path: str, accept: str, where: str
) -> None:
    answer = visitor.get(path, Accept=accept)
    assert (answer.status_code, answer.headers["Location"]) == (303, house.origin + where)
    assert "Accept" in answer.headers["Vary"]


def test_the_pages_and_the_api_lead_to_the_catalogue_and_the_vocabularies(visitor: Visitor) -> None:
    for page in ("/", "/practices"):
        links = {one["href"] for one in visitor.see(page).select("link[rel=alternate]")}
        assert {"/catalogue.ttl", "/catalogue.jsonld"} <= links
    for path in ("/api/v1/vocabularies", "/api/v1/vocabularies/themes"):
        assert '.ttl>; rel="alternate"; type="text/turtle"' in visitor.get(path).headers["Link"]
