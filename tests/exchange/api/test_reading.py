"""What the API shows, as programs read it."""

import pytest
from sqlmodel import select

from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt
from exchange.models.practice import Practice
from tests.exchange.api.conftest import ORIGIN, Programs


def test_a_search_has_items_and_facets_in_the_shape_that_is_promised(programs: Programs) -> None:
    found = programs.get("/v1/practices?q=solaire").json
    assert found["total"] == 1
    item = found["items"][0]
    assert item["title"] == "Plan solaire citoyen"
    assert item["community"]["name"] == "Loos-en-Gohelle"
    assert item["community"]["country"] == "FR"
    assert item["community"]["population_class"] == "pop-4"
    assert item["themes"] == ["th-energy"]
    assert (item["reviews"], item["adoptions"]) == (0, 0)
    assert "<mark>panels</mark>" in programs.get("/v1/practices?q=panels").json["items"][0]["snippet"]
    assert found["facets"]["theme"] == [
        {"value": "th-energy", "label": "Energy", "count": 1, "selected": False}
    ]
    assert found["facets"]["country"][0]["label"] == "France"


def test_titles_and_labels_are_in_the_language_that_is_asked_for(programs: Programs) -> None:
    english = programs.get("/v1/practices", headers={"Accept-Language": "en"}).json
    german = programs.get("/v1/practices", headers={"Accept-Language": "de-AT,de;q=0.9"}).json
    assert english["items"][0]["title"] == "Citizen solar plan"
    assert german["items"][0]["title"] == "Citizen solar plan"  # there is no German title
    assert german["items"][0]["title_language"] == "en"
    alone = programs.get(f"/v1/practices/{german['items'][0]['key']}", headers={"Accept-Language": "de"}).json
    assert alone["title"] == "Citizen solar plan"
    assert german["facets"]["theme"][0]["label"] == "Energie"
    assert german["facets"]["country"][0]["label"] == "Frankreich"


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("theme=th-energy", 1),
        ("theme=energy", 1),
        ("theme=th-water", 0),
        ("theme=th-water&theme=th-energy", 1),
        ("theme=th-water,th-energy", 1),
        ("country=fr", 1),
        ("country=DE", 0),
        ("degurba=2", 1),
        ("degurba=dg-1,dg-3", 0),
        ("language=fr", 1),
        ("population_class=pop-4", 1),
        ("maturity=mat-4&evidence=ev-2", 1),
        ("instance=practices.example", 1),
        ("instance=https://practices.example", 1),
        ("community=loos", 1),
        ("community=@loos@practices.example", 1),
        ("community=ulm", 0),
        ("adopted_by=ulm", 0),
        ("q=&sort=newest&page=1&per_page=5&unknown=whatever", 1),
    ],
)
def test_filters_narrow_and_forgive_a_missing_prefix(programs: Programs, query: str, total: int) -> None:
    answer = programs.get(f"/v1/practices?{query}")
    assert answer.status_code == 200, answer.json
    assert answer.json["total"] == total


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("theme=nonsense", "theme"),
        ("country=XX1", "country"),
        ("degurba=9", "degurba"),
        ("sort=best", "sort"),
        ("sort=nearest", "sort"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=one", "page"),
        ("page=99999999999999999999", "page"),
        ("per_page=1000", "per_page"),
        ("near=here", "near"),
        ("near=91,0", "near"),
        ("near=48,11,0", "near"),
        ("near=nan,0", "near"),
        ("q=" + "x" * 600, "q"),
        ("language=français!", "language"),
        ("theme=" + ",".join(["th-energy"] * 60), "theme"),
    ],
)
def test_a_wrong_value_is_refused_at_its_parameter(programs: Programs, query: str, path: str) -> None:
    answer = programs.get(f"/v1/practices?{query}")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert [error["path"] for error in answer.json["errors"]] == [path]
    assert answer.json["errors"][0]["message"]


def test_what_is_passed_over_of_a_question_is_said_where_it_stands_in_the_readers_language(
    programs: Programs,
) -> None:
    typed = "energy population:many (wind"
    found = programs.get("/v1/practices", query_string={"q": typed}, headers={"Accept-Language": "de"}).json
    assert [(m["message"], typed[m["position"] :][: m["length"]]) for m in found["mistakes"]] == [
        ("„many“ ist keine Zahl, mit der „population:“ etwas anfangen kann.", "population:many"),
        ("Diese „(“ wird nie geschlossen.", "("),
    ]
    assert programs.get("/v1/practices?q=energy").json["mistakes"] == []


@pytest.mark.parametrize("name", ["FR", "fr", "France", "Frankreich", "Francia"])
def test_a_country_of_a_question_may_be_called_by_its_name(programs: Programs, name: str) -> None:
    by_code = programs.get("/v1/practices?country=FR").json["total"]
    assert by_code > 0
    assert programs.get("/v1/practices", query_string={"q": f"country:{name}"}).json["total"] == by_code


def test_a_selected_value_stays_in_its_facet_also_when_nothing_has_it(programs: Programs) -> None:
    rows = programs.get("/v1/practices?theme=th-water").json["facets"]["theme"]
    assert {"value": "th-water", "label": "Water", "count": 0, "selected": True} in rows
    assert any(row["value"] == "th-energy" and not row["selected"] for row in rows)


def test_a_practice_is_shown_whole(programs: Programs) -> None:
    found = programs.get(f"/v1/practices/{programs.practice}").json
    assert found["record"]["problem"] == {"fr": "Power was dear and nobody here owned any of it."}
    assert found["version"] == 1
    assert found["local"] is True
    assert found["id"] == f"{ORIGIN}/practices/{programs.practice}"
    assert len(found["ratings"]) == 8


def test_reviews_adoptions_and_versions_hang_below_a_practice(programs: Programs) -> None:
    below = f"/v1/practices/{programs.practice}"
    assert programs.get(f"{below}/reviews").json["total"] == 0
    assert programs.get(f"{below}/adoptions").json["items"] == []
    versions = programs.get(f"{below}/versions").json
    assert [version["number"] for version in versions["items"]] == [1]
    assert programs.get(f"{below}/versions/1").json["record"]["language"] == "fr"
    assert programs.get(f"{below}/versions/2").status_code == 404
    assert programs.get(f"{below}/versions/first").status_code == 404


def test_adoptions_come_in_pages_to_who_asks_for_one(programs: Programs) -> None:
    with programs.instance.database.writing() as session:
        found = shelf.practice(session, programs.practice)
        for number in range(7):
            adopter = {"name": f"Place {number}", "country": "DE"}
            adopt.document_adoption(session, found, adopter, stage="ad-piloting")
    path = f"/v1/practices/{programs.practice}/adoptions"
    whole = programs.get(path).json
    assert (whole["total"], len(whole["items"]), "page" in whole) == (7, 7, False)
    answer = programs.get(f"{path}?page=2&per_page=3")
    assert {**answer.json, "items": 0} == {"total": 7, "page": 2, "per_page": 3, "items": 0}
    assert answer.json["items"] == whole["items"][3:6]
    address = f"<{ORIGIN}/api{path}?page={{}}&per_page=3>"
    assert answer.headers["Link"] == ", ".join(
        (f'{address.format(1)}; rel="prev"', f'{address.format(3)}; rel="next"')
    )
    assert programs.get(f"{path}?page=9").json["items"] == []
    assert programs.get(f"{path}?page=0").status_code == programs.get(f"{path}?per_page=x").status_code == 400


def test_communities_and_vocabularies_can_be_read(programs: Programs) -> None:
    assert [c["key"] for c in programs.get("/v1/communities").json["items"]] == ["loos", "ulm"]
    loos = programs.get("/v1/communities/loos").json
    assert loos["handle"] == "@loos@practices.example"
    assert loos["practices"][0]["key"] == programs.practice
    themes = programs.get("/v1/vocabularies/themes", headers={"Accept-Language": "it"}).json
    assert {"th-energy": "Energia"}.items() <= {c["id"]: c["label"] for c in themes["concepts"]}.items()
    assert programs.get("/v1/vocabularies/nothing").status_code == 404
    assert programs.get("/v1/communities?local=perhaps").status_code == 400


def test_only_an_admin_token_inspects(programs: Programs) -> None:
    uri = f"{ORIGIN}/practices/{programs.practice}"
    assert programs.get(f"/v1/inspect?uri={uri}").status_code == 401
    refused = programs.get(f"/v1/inspect?uri={uri}", by="loos")
    assert (refused.status_code, refused.json["detail"]) == (403, "This needs a token of scope admin.")
    found = programs.get(f"/v1/inspect?uri={uri}", by="admin").json
    assert (found["kind"], found["state"], found["version"]) == ("practice", "published", 1)
    assert found["author"] == f"{ORIGIN}/communities/loos"
    assert set(found) == {
        *("kind", "id", "author", "origin", "version", "content", "proof", "received", "state")
    }
    assert programs.get("/v1/inspect?uri=https://elsewhere.example/1", by="admin").status_code == 404
    assert programs.get("/v1/inspect", by="admin").status_code == 400


def test_an_unchanged_answer_is_not_sent_again(programs: Programs) -> None:
    path = f"/v1/practices/{programs.practice}"
    first = programs.get(path)
    again = programs.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    with programs.instance.database.reading() as session:
        practice = session.exec(select(Practice)).one()
    assert first.last_modified == practice.modified_at.replace(microsecond=0)


def test_any_page_in_a_browser_may_read_but_not_write(programs: Programs) -> None:
    assert programs.get("/v1/practices").headers["Access-Control-Allow-Origin"] == "*"
    preflight = programs("OPTIONS", "/v1/practices")
    assert "POST" not in preflight.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Origin" not in programs.post("/v1/practices", {}).headers


def test_the_instance_says_that_it_lives_and_is_ready(programs: Programs) -> None:
    assert programs.client.get("/healthz").json == {"status": "ok"}
    ready = programs.client.get("/readyz")
    assert (ready.status_code, ready.json["behind"]) == (200, 0)
