"""The search page and its twin in the API: facets, orders, pages that go on, reasons, suggestions."""

import json
import re
from typing import Any

import pytest

from tests.exchange.web.world import Visitor, logged_in
from tests.rig import House


@pytest.fixture(scope="module")
def settled(house: House) -> House:
    while house.instance.index_once():
        pass
    return house


def asked(house: House, path: str) -> dict[str, Any]:
    answer = Visitor(house).get(path, Accept="application/json")
    assert answer.status_code == 200, answer.text[:500]
    return json.loads(answer.text)


def rows(found: dict[str, Any], facet: str) -> dict[str, dict[str, Any]]:
    return {row["value"]: row for row in found["facets"][facet]}


def test_counts_say_what_choosing_a_value_would_bring(settled: House) -> None:
    everything = asked(settled, "/api/v1/practices")
    one, other = [row["value"] for row in everything["facets"]["theme"]][:2]
    chosen = asked(settled, f"/api/v1/practices?theme={one}")
    assert chosen["total"] == rows(everything, "theme")[one]["count"]
    assert rows(chosen, "theme")[other]["count"] == rows(everything, "theme")[other]["count"]
    both = asked(settled, f"/api/v1/practices?theme={one}&theme={other}")
    narrowed = asked(settled, f"/api/v1/practices?theme={one}&country=FR")
    assert both["total"] >= chosen["total"]
    assert narrowed["total"] == rows(chosen, "country")["FR"]["count"]
    for value, row in rows(narrowed, "theme").items():
        assert row["count"] == asked(settled, f"/api/v1/practices?theme={value}&country=FR")["total"], value


def test_who_serves_a_part_of_a_commitment_serves_the_whole(settled: House) -> None:
    found = asked(settled, "/api/v1/practices")
    narrower = [row for row in found["facets"]["commitment"] if row.get("broader")]
    assert narrower
    for row in narrower:
        parent = rows(found, "commitment")[row["broader"]]
        assert parent["count"] >= row["count"]
        assert asked(settled, f"/api/v1/practices?commitment={row['broader']}")["total"] == parent["count"]
    order = [row["value"] for row in found["facets"]["commitment"]]
    at = order.index(narrower[0]["value"])
    before = found["facets"]["commitment"][at - 1]
    assert narrower[0]["broader"] in (before["value"], before.get("broader"))


def test_a_chosen_value_stays_in_sight_and_a_long_list_can_be_searched(settled: House) -> None:
    page = Visitor(settled).see("/practices?country=PT&country=FR&find.theme=zzz&theme=th-energy")
    assert page.find(id="c-country-PT")["checked"] is not None
    themes = [box["value"] for box in page.find_all("input", {"name": "theme"})]
    assert themes == ["th-energy"]
    found = Visitor(settled).see("/practices?find.theme=ENERG")
    assert {box["value"] for box in found.find_all("input", {"name": "theme"})} == {"th-energy"}


def test_pages_go_on_behind_what_was_shown(settled: House) -> None:
    first = asked(settled, "/api/v1/practices?per_page=3&sort=newest")
    second = asked(settled, f"/api/v1/practices?per_page=3&sort=newest&page=2&after={first['after']}")
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}
    page = Visitor(settled).see("/practices?per_page=3&sort=newest")
    following = page.find("a", rel="next")["href"]
    assert f"after={first['after']}" in following
    there = Visitor(settled).see(following)
    assert [a["href"] for a in there.select(".card h3 a")] == [item["path"] for item in second["items"]]
    back = there.find("a", rel="prev")["href"]
    assert [a["href"] for a in Visitor(settled).see(back).select(".card h3 a")] == [
        item["path"] for item in first["items"]
    ]
    assert Visitor(settled).get("/practices?after=nonsense").status_code == 400


def test_the_nearest_and_the_most_alike_depend_on_who_asks(settled: House) -> None:
    near = asked(settled, "/api/v1/practices?sort=nearest&home=ulm&per_page=50")
    far = [item["distance_km"] for item in near["items"] if item["distance_km"] is not None]
    assert far == sorted(far)
    assert near["items"][0]["community"]["key"] == "ulm"
    alike = asked(settled, "/api/v1/practices?sort=like&home=saillans&per_page=50")
    assert alike["total"] == len(alike["items"]) == near["total"]
    owners = [item["community"]["key"] for item in alike["items"]]
    assert owners[-1] == "saillans"
    assert len({item["id"] for item in alike["items"]}) == alike["total"]
    assert owners.index("arvieu") < owners.index("ulm")
    first = asked(settled, "/api/v1/practices?sort=like&home=saillans&per_page=2")["items"]
    second = asked(settled, "/api/v1/practices?sort=like&home=saillans&per_page=2&page=2")["items"]
    assert [one["id"] for one in first + second] == [one["id"] for one in alike["items"][:4]]
    options = logged_in(settled, "ulm", "editor").see("/practices").find("select", id="f-sort").text
    assert "Most like Ulm" in options
    assert "Nearest to Ulm" in options


@pytest.mark.parametrize("wish", ["sort=like", "sort=nearest", "sort=like&home=atlantis"])
def test_an_order_that_needs_a_place_says_so(settled: House, wish: str) -> None:
    for path in ("/practices", "/api/v1/practices"):
        assert Visitor(settled).get(f"{path}?{wish}").status_code == 400


def test_a_hit_says_why_it_is_here(settled: House) -> None:
    item = asked(settled, "/api/v1/practices?q=canteen&explain=1")["items"][0]
    assert item["rank"] == 1
    assert sum(one["score"] for one in item["reasons"]) == pytest.approx(item["score"], rel=0.01)
    page = Visitor(settled, "de").see("/practices?q=canteen&explain=1")
    reasons = re.sub(r"\s+", " ", page.find("details", class_="why").text)
    assert "„canteen“ steht hier:" in reasons
    assert "th-food" not in reasons
    plain = Visitor(settled).see("/practices?q=canteen").find("details", class_="why")
    assert "explain=1" in plain.find("a", class_="ask-why")["href"]
    assert "reasons" not in asked(settled, "/api/v1/practices?q=canteen")["items"][0]


def test_a_mistake_is_shown_where_it_stands(settled: House) -> None:
    page = Visitor(settled).see("/practices?q=canteen+population:<b>many")
    assert page.find(class_="warning").mark.text.strip() == "population:<b>many"


def test_suggestions_name_themes_communities_and_practices(settled: House) -> None:
    found = asked(settled, "/api/v1/suggest?q=Energ&lang=de")["items"]
    title = next(
        one
        for one in asked(settled, "/api/v1/suggest?q=collegi&lang=fr")["items"]
        if one["kind"] == "practice"
    )
    assert "/practices/" in title["path"]
    theme = next(one for one in found if one["value"] == "th-energy")
    assert (theme["text"], theme["path"]) == ("Energie", "/practices?theme=th-energy")
    town = asked(settled, "/api/v1/suggest?q=saill&lang=fr")["items"][0]
    assert (town["kind"], town["text"]) == ("community", "Saillans")
    for one in [*found, town, title]:
        assert Visitor(settled).get(one["path"]).status_code == 200, one
    assert "Saillans" in Visitor(settled).see(town["path"]).find(class_="chips").text


@pytest.mark.parametrize(
    ("typed", "language", "value"),
    [
        ("scuol", "it", "th-education"),  # a label that no page shows
        ("mens", "it", "th-food"),  # a word of the reader's own language before one of another
        ("szko", "en", "th-education"),
        ("partecipa", "it", "th-participation"),  # a theme before a commitment
        ("водос", "fr", "th-water"),
        ("public transp", "en", "th-mobility"),
    ],
)
def test_a_theme_is_suggested_by_whatever_it_is_called(
    settled: House, typed: str, language: str, value: str
) -> None:
    found = asked(settled, f"/api/v1/suggest?q={typed}&lang={language}")["items"]
    assert found[0]["value"] == value


def test_a_word_that_has_just_begun_takes_no_suggestion_away(settled: House) -> None:
    whole = asked(settled, "/api/v1/suggest?q=public transport&lang=en")["items"]
    assert whole
    assert asked(settled, "/api/v1/suggest?q=public transport f&lang=en")["items"] == whole


@pytest.mark.parametrize("typed", ["", "e", '"', "OR", "a b c d e f g", "zzzz", "%00", "(" * 40, "x" * 4000])
def test_nothing_that_is_typed_breaks_the_suggestions(settled: House, typed: str) -> None:
    answer = Visitor(settled).client.get(
        "/api/v1/suggest", query_string={"q": typed}, base_url=settled.origin
    )
    assert answer.status_code == 200
    assert answer.json["items"] == [] or typed == "OR"  # a word like others


def test_what_has_no_box_is_told_kept_and_taken_away(settled: House) -> None:
    page = Visitor(settled).see("/practices?topography=coast&near=48.4,10,3000&q=a")
    chips = [chip.text for chip in page.select(".chips a")]
    assert any("Coast" in chip for chip in chips)
    assert any("near:48.4,10~3000km" in chip for chip in chips)
    hidden = {str(field["name"]): field["value"] for field in page.select("#search input[type=hidden]")}
    assert hidden == {"topography": "tp-coast", "near": "48.4,10,3000"}
    away = [str(chip["href"]) for chip in page.select(".chips a")]
    assert any("topography" not in link and "near" in link for link in away)
    assert any("topography" in link and "near" not in link for link in away)


def test_a_refused_question_is_not_in_the_heading_of_all_practices(settled: House) -> None:
    answer = Visitor(settled).get("/practices?q=solar&country=nowhere")
    assert answer.status_code == 400
    assert '<h1 id="about">All practices</h1>' in answer.text
    assert 'value="solar"' in answer.text


@pytest.mark.parametrize("sort", ["nearest", "like", "loudest"])
def test_a_refused_order_takes_no_word_away(settled: House, sort: str) -> None:
    """As when somebody was logged out meanwhile: like and nearest need a community."""
    total = asked(settled, "/api/v1/practices?q=solar&country=FR")["total"]
    answer = Visitor(settled).get(f"/practices?q=solar&country=FR&sort={sort}")
    assert answer.status_code == 400
    assert "about “solar”</h1>" in answer.text
    assert f"{total} practice" in answer.text
    for other in ("&home=nobody", "&page=0"):
        answer = Visitor(settled).get(f"/practices?q=solar&sort={sort}{other}")
        assert answer.status_code == 400
        assert '<h1 id="about">All practices</h1>' in answer.text


def test_a_text_without_any_of_the_words_is_shown_in_the_language_that_serves_best(settled: House) -> None:
    page = Visitor(settled, "it").see("/practices?q=enerġija")
    cards = page.select("ol.cards > li")
    assert cards
    for card in cards:
        if card.mark is None:
            texts = [one.get("lang") for one in card.find_all("p", recursive=False) if not one.get("class")]
            assert set(texts) <= {"en", "it"}, card.h3.text


@pytest.mark.parametrize("typed", ["saillans", "Saillans", "SAILLANS"])
def test_a_community_is_known_in_a_question_by_what_it_is_called(settled: House, typed: str) -> None:
    found = asked(settled, f"/api/v1/practices?q=community:{typed}")
    names = {item["community"]["name"] for item in found["items"]}
    assert (len(names), found["mistakes"]) == (1, []), (names, found["mistakes"])


def test_a_community_that_nobody_knows_is_said_with_those_that_are_called_nearly_so(settled: House) -> None:
    found = asked(settled, "/api/v1/practices?q=canteen+community:sailans")
    assert [one["message"] for one in found["mistakes"]] == [
        "“sailans” is none of the values of “community:”. Did you mean Saillans?"
    ]
    page = Visitor(settled).see("/practices?q=adopted_by:nobodyatall")
    assert page.find(class_="warning").mark.text.strip() == "adopted_by:nobodyatall"


def test_the_language_of_the_text_that_is_shown_is_the_one_that_is_named(settled: House) -> None:
    """The word stands in the French summary alone, which is shown although there is one in English."""
    marked = [
        card for card in Visitor(settled).see("/practices?q=habitants").select("ol.cards > li") if card.mark
    ]
    french = [card for card in marked if card.mark.find_parent("p").get("lang") == "fr"]
    assert french
    for card in french:
        assert "in French" in [one.text for one in card.select("ul.meta > li")], card.h3.text
