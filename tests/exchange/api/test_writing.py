"""What programs may change, and that asking twice does it once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlmodel import select

from exchange.models.practice import Practice
from tests.exchange.api.conftest import ORIGIN, SOLAR, Programs
from tests.rig import complete

GOOD = {"relation": "rr-peer", "ratings": {"rc-effectiveness": 4, "rc-openness": None}}


def _count(programs: Programs) -> int:
    with programs.instance.database.reading() as session:
        return len(session.exec(select(Practice)).all())


def test_a_practice_is_published_revised_and_withdrawn(programs: Programs) -> None:
    made = programs.post("/v1/practices", complete({"language": "de"}), by="ulm")
    assert made.status_code == 201, made.json
    assert made.headers["Location"] == f"/api/v1/practices/{made.json['key']}"
    assert made.json["community"]["key"] == "ulm"
    path = f"/v1/practices/{made.json['key']}"

    record = made.json["record"] | {"maturity": "mat-5"}
    changed = programs("PUT", path, json={"record": record, "note": "It grew up."}, by="ulm")
    assert (changed.status_code, changed.json["version"], changed.json["maturity"]) == (200, 2, "mat-5")
    assert programs.get(f"{path}/versions").json["items"][0]["note"] == "It grew up."

    gone = programs("DELETE", path, by="ulm")
    assert (gone.status_code, gone.data) == (204, b"")
    assert programs.get(path).status_code == 410
    assert programs("PUT", path, json=record, by="ulm").status_code == 410
    programs.index()
    assert programs.get("/v1/practices?language=de").json["total"] == 0


def test_a_short_name_is_that_of_one_practice(programs: Programs) -> None:
    named = {"record": complete({"language": "de"}), "slug": "roof"}
    first = programs.post("/v1/practices", named, by="ulm")
    assert first.status_code == 201, first.json
    for who in ("loos", "ulm"):
        again = programs.post("/v1/practices", named, by=who)
        assert (again.status_code, [one["path"] for one in again.json["errors"]]) == (422, ["slug"])
    assert programs.get("/v1/practices/roof").json["id"] == first.json["id"]


def test_what_an_owner_owes_is_named_field_by_field(programs: Programs) -> None:
    answer = programs.post("/v1/practices", {"language": "fr", "title": {"fr": "Un titre"}}, by="loos")
    assert answer.status_code == 422
    paths = {error["path"] for error in answer.json["errors"]}
    assert {"summary", "theme", "lesson", "contactRole"} <= paths
    german = programs.post(
        "/v1/practices",
        {"language": "fr", "colour": "green"},
        by="loos",
        headers={"Accept-Language": "de"},
    )
    assert german.json["errors"][0]["path"] == "colour"


def test_a_review_is_written_once_and_then_changed(programs: Programs) -> None:
    path = f"/v1/practices/{programs.practice}/reviews"
    first = programs.post(path, GOOD, by="ulm")
    assert first.status_code == 201, first.json
    second = programs.post(
        path, GOOD | {"ratings": {"rc-effectiveness": 2}, "comment": "It was late."}, by="ulm"
    )
    assert second.json["id"] == first.json["id"]
    shown = programs.get(path).json
    assert shown["total"] == 1
    effectiveness = next(d for d in shown["ratings"] if d["criterion"] == "rc-effectiveness")
    assert effectiveness["counts"] == [0, 1, 0, 0, 0]
    assert programs("DELETE", f"/v1/reviews/{first.json['key']}", by="loos").status_code == 403
    assert programs("DELETE", f"/v1/reviews/{first.json['key']}", by="ulm").status_code == 204
    assert programs("DELETE", f"/v1/reviews/{first.json['key']}", by="ulm").status_code == 410
    assert programs.get(path).json["total"] == 0
    assert programs.get(f"/v1/reviews/{first.json['key']}").status_code == 410


def test_the_rules_of_rating_hold_here_too(programs: Programs) -> None:
    path = f"/v1/practices/{programs.practice}/reviews"
    own = programs.post(path, GOOD, by="loos")
    assert (own.status_code, own.json["errors"][0]["path"]) == (422, "by")
    silent = programs.post(path, GOOD | {"ratings": {"rc-openness": 1}}, by="ulm")
    assert silent.json["errors"][0]["path"] == "comment"
    for ratings in ({}, [], "all good", {"rc-openness": 6}, {"rc-openness": True}, {"rc-nothing": 3}):
        assert programs.post(path, GOOD | {"ratings": ratings}, by="ulm").status_code == 422
    for comment in (5, ["x"], {"en": 3}, {"not a language": "x"}):
        assert programs.post(path, GOOD | {"comment": comment}, by="ulm").status_code == 422


def test_an_adoption_moves_on_and_its_origin_confirms_it(programs: Programs) -> None:
    uri = f"{ORIGIN}/practices/{programs.practice}"
    made = programs.post("/v1/adoptions", {"practice": uri, "stage": "ad-assessing"}, by="ulm")
    assert made.status_code == 201, made.json
    moved = programs.post(
        f"/v1/practices/{programs.practice}/adoptions",
        {"stage": "ad-rejected", "reason": {"text": "No roof faces south."}},
        by="ulm",
    )
    assert (moved.json["id"], moved.json["stage"]) == (made.json["id"], "ad-rejected")
    for day in (2024, True, ["2024"], {}, "soon"):
        wrong = programs.post("/v1/adoptions", {"practice": uri, "stage": "ad-watching", "on": day}, by="ulm")
        assert (wrong.status_code, "date" in wrong.json["errors"][0]["message"]) == (422, True), day
    unexplained = programs.post(
        "/v1/adoptions", {"practice": uri, "stage": "ad-stopped", "reason": {}}, by="ulm"
    )
    assert unexplained.status_code in (201, 422)  # the earlier reason may stand
    confirmation = f"/v1/adoptions/{made.json['key']}/confirmation"
    assert programs("PUT", confirmation, json={"confirmed": True}, by="ulm").status_code == 403
    assert programs("PUT", confirmation, json={"confirmed": "yes"}, by="loos").status_code == 422
    confirmed = programs("PUT", confirmation, json={"confirmed": True}, by="loos")
    assert confirmed.json["confirmed"] is True
    assert programs.get(f"/v1/practices/{programs.practice}/adoptions").json["items"][0]["confirmed"] is True
    programs.index()
    assert programs.get("/v1/practices?adopted_by=ulm").json["total"] == 1


def test_a_short_name_is_given_once_whoever_asks(programs: Programs) -> None:
    record = complete({"language": "de"})
    assert programs.post("/v1/practices", {"record": record, "slug": "roof"}, by="ulm").status_code == 201
    for by in ("ulm", "loos"):
        again = programs.post("/v1/practices", {"record": record, "slug": "roof"}, by=by)
        assert (again.status_code, again.json["errors"][0]["path"]) == (422, "slug")


def test_the_same_key_publishes_once(programs: Programs) -> None:
    before = _count(programs)
    record = complete({"language": "de"})
    first = programs.post("/v1/practices", record, by="ulm", headers={"Idempotency-Key": "a1"})
    again = programs.post("/v1/practices", record, by="ulm", headers={"Idempotency-Key": "a1"})
    assert first.json["id"] == again.json["id"]
    assert again.status_code == 201
    assert _count(programs) == before + 1
    other = programs.post(
        "/v1/practices", complete({"language": "it"}), by="ulm", headers={"Idempotency-Key": "a1"}
    )
    assert other.status_code == 422
    foreign = programs.post("/v1/practices", record, by="loos", headers={"Idempotency-Key": "a1"})
    assert foreign.json["id"] != first.json["id"]
    assert (
        programs.post("/v1/practices", record, by="ulm", headers={"Idempotency-Key": "x" * 201}).status_code
        == 400
    )


def test_an_adoption_is_taken_back_once(programs: Programs) -> None:
    made = programs.post(f"/v1/practices/{programs.practice}/adoptions", {"stage": "ad-piloting"}, by="ulm")
    path, headers = f"/v1/adoptions/{made.json['key']}", {"Idempotency-Key": "back"}
    assert programs("DELETE", path, by="ulm", headers=headers).status_code == 204
    assert programs("DELETE", path, by="ulm").status_code == 410
    assert programs("DELETE", path, by="loos").status_code == 403
    assert programs("DELETE", path, by="ulm", headers=headers).status_code == 204  # the same request again


def test_a_refusal_is_not_remembered_under_its_key(programs: Programs) -> None:
    bad = programs.post("/v1/practices", {"language": "de"}, by="ulm", headers={"Idempotency-Key": "b"})
    good = programs.post(
        "/v1/practices", complete({"language": "de"}), by="ulm", headers={"Idempotency-Key": "b"}
    )
    assert (bad.status_code, good.status_code) == (422, 201)


def test_a_token_acts_for_its_own_community_alone(programs: Programs) -> None:
    path, record = f"/v1/practices/{programs.practice}", complete(SOLAR)
    assert programs("PUT", path, json=record).status_code == 401
    assert programs("PUT", path, json=record, by="reader").status_code == 403
    assert programs("PUT", path, json=record, by="ulm").status_code == 403
    assert programs("DELETE", path, by="ulm").status_code == 403
    assert (
        programs.post("/v1/practices", {"record": record, "community": "loos"}, by="ulm").status_code == 403
    )
    wrong = programs.get(path, headers={"Authorization": "Bearer jml_wrong"})
    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"].startswith("Bearer")
    assert programs.get(path, headers={"Authorization": "Basic bG9vczp4"}).status_code == 401


def test_a_token_of_the_instance_names_the_community(programs: Programs) -> None:
    assert programs.post("/v1/practices", complete({"language": "de"}), by="admin").status_code == 400
    body = {"record": {"language": "de", "title": {"de": "Dorfladen"}}, "community": "ulm"}
    documented = programs.post("/v1/practices", body | {"documentedBy": "others"}, by="admin")
    assert (documented.status_code, documented.json["incomplete"]) == (201, True)
    own_words = programs.post("/v1/practices", body | {"documentedBy": "others"}, by="ulm")
    assert own_words.status_code == 403
    assert programs.post("/v1/practices", body | {"community": "nowhere"}, by="admin").status_code == 404


def test_pages_of_results_name_the_next_one(programs: Programs) -> None:
    for number in range(3):
        body = programs.get(f"/v1/practices/{programs.practice}").json["record"]
        body["title"] = {"fr": f"Plan solaire numéro {number}"}
        assert programs.post("/v1/practices", body, by="loos").status_code == 201
    programs.index()
    answer = programs.get("/v1/practices?per_page=2&q=plan")
    assert answer.json["total"] == 4
    address = answer.headers["Link"].removeprefix("<").partition('>; rel="next"')[0]
    assert f"page=2&after={answer.json['after']}" in address
    last = programs.get(address.partition("/api")[2])
    assert 'rel="next"' not in last.headers["Link"]
    seen = {item["id"] for page in (answer, last) for item in page.json["items"]}
    assert len(seen) == 4


def _together(programs: Programs, method: str, path: str, by: str, bodies: list[Any]) -> list[Any]:
    """The answers to requests that are made at the same moment."""
    start = Barrier(len(bodies))
    clients = [programs.client.application.test_client() for _ in bodies]
    headers = {"Authorization": f"Bearer {programs.tokens[by]}"}

    def ask(client: Any, body: Any) -> Any:
        start.wait(20)
        return client.open(f"/api{path}", method=method, json=body, headers=headers)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(ask, clients, bodies))


def test_what_is_said_several_times_at_the_same_moment_is_said_once(programs: Programs) -> None:
    path = f"/v1/practices/{programs.practice}"
    steps: list[Any] = [{"stage": "ad-assessing", "note": f"Word {n}"} for n in range(4)]
    adopted = _together(programs, "POST", f"{path}/adoptions", "ulm", steps)
    judged = _together(programs, "POST", f"{path}/reviews", "ulm", [GOOD] * 4)
    for answers in (adopted, judged):
        assert {answer.status_code for answer in answers} <= {200, 201}, [a.json for a in answers]
        assert len({answer.json["id"] for answer in answers}) == 1
    assert (
        programs.get(f"{path}/adoptions").json["total"],
        programs.get(f"{path}/reviews").json["total"],
    ) == (1, 1)


def test_of_revisions_at_the_same_moment_each_becomes_a_version(programs: Programs) -> None:
    path = f"/v1/practices/{programs.practice}"
    records = [complete({**SOLAR, "title": {"fr": f"Plan {n}"}}) for n in range(4)]
    answers = _together(programs, "PUT", path, "loos", records)
    assert [answer.status_code for answer in answers] == [200] * 4, [a.json for a in answers]
    assert sorted(answer.json["version"] for answer in answers) == [2, 3, 4, 5]
    told = programs.get(f"{path}/versions").json["items"]
    assert sorted(one["number"] for one in told) == [1, 2, 3, 4, 5], told
