"""Whatever is thrown at the API, it answers with a problem document and never breaks."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.api.openapi import FILES, OPERATIONS, document
from tests.exchange.api.conftest import Programs

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = (
    "record",
    "language",
    "title",
    "theme",
    "ratings",
    "relation",
    "comment",
    "stage",
    "reason",
    "practice",
    "by",
)
BODIES = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), JSON, max_size=6)
QUIET = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def _fine(answer: Any) -> None:
    assert answer.status_code < 500, (answer.request.path, answer.data[:500])
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        assert answer.mimetype == "application/problem+json"
        problem = json.loads(answer.data)
        assert problem["status"] == answer.status_code
        assert problem["title"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"text"', "application/json", 400),
        (b"\xff\xfe{}", "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b'{"a": 1e999}', "application/json", 422),
        (b'{"a": ' + b"9" * 5000 + b"}", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "application/json", 400),
        (b'{"language": "fr", "title": {"fr": "\\ud800"}}', "application/json", 422),
        (b'{"language": "fr", "title": {"fr": "\\u0000"}}', "application/json", 422),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b'{"x": "' + b"x" * 1_100_000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_no_record_is_refused_with_the_right_status(
    programs: Programs, body: bytes, kind: str, status: int
) -> None:
    answer = programs("POST", "/v1/practices", data=body, content_type=kind, by="loos")
    _fine(answer)
    assert answer.status_code == status


def test_an_unknown_address_and_a_wrong_method_are_problems_too(programs: Programs) -> None:
    missing = programs.get("/v1/nothing/here")
    _fine(missing)
    assert missing.status_code == 404
    patched = programs("PATCH", "/v1/practices")
    _fine(patched)
    assert patched.status_code == 405
    assert set(patched.headers["Allow"].replace(" ", "").split(",")) >= {"GET", "POST"}
    with_a_line_end = programs.post("/v1/practices/%0A", {})
    _fine(with_a_line_end)
    assert with_a_line_end.status_code == 405
    assert programs.get("/v1/practices/none").json["detail"] == "There is no practice “none” here."


def test_problems_are_told_in_the_language_of_the_reader(programs: Programs) -> None:
    body = {"language": "fr", "colour": "green"}
    english = programs.post("/v1/practices", body, by="loos").json
    french = programs.post("/v1/practices", body, by="loos", headers={"Accept-Language": "fr"}).json
    assert english["errors"][0]["path"] == french["errors"][0]["path"] == "colour"
    assert english["errors"][0]["message"] == "There is no field of this name."
    assert french["errors"][0]["message"] != "There is no field of this name."


@pytest.mark.parametrize("ref", ["x" * 600, "%ff%fe", "..%2f..%2fetc", "'; DROP TABLE practice; --", "%0a"])
def test_a_name_of_nothing_is_not_found(programs: Programs, ref: str) -> None:
    for path in (
        *(f"/v1/practices/{ref}", f"/v1/practices/{ref}/reviews", f"/v1/practices/{ref}/versions/1"),
        *(f"/v1/communities/{ref}", f"/v1/reviews/{ref}", f"/v1/adoptions/{ref}", f"/v1/vocabularies/{ref}"),
    ):
        answer = programs.get(path)
        _fine(answer)
        assert answer.status_code == 404, path


@QUIET
@given(
    method=st.sampled_from(METHODS),
    operation=st.sampled_from(OPERATIONS),
    ref=st.text(min_size=1, max_size=30),
    query=st.dictionaries(
        st.sampled_from(("q", "theme", "near", "page", "sort", "uri", "local")), st.text(max_size=30)
    ),
    by=st.sampled_from((None, "loos", "ulm", "reader", "admin")),
    body=BODIES,
)
def test_nonsense_never_breaks_it(
    programs: Programs, method: str, operation: Any, ref: str, query: Any, by: str | None, body: Any
) -> None:
    known = quote(ref.encode("utf-8", "replace"), safe="")
    path = operation[1].replace("{ref}", known).replace("{number}", known).replace("{name}", known)
    more: dict[str, Any] = (
        {"data": json.dumps(body), "content_type": "application/json"} if method != "GET" else {}
    )
    _fine(programs(method, path, query_string=query, by=by, **more))


@QUIET
@given(body=BODIES, operation=st.sampled_from([o for o in OPERATIONS if o[4]]))
def test_nonsense_about_a_real_practice_never_breaks_it(
    programs: Programs, body: Any, operation: Any
) -> None:
    path = operation[1].replace("{ref}", programs.practice)
    _fine(programs(operation[0].upper(), path, json=body, by="loos"))


def test_the_description_names_every_route_and_no_other(programs: Programs) -> None:
    described = {
        (method.upper(), path)
        for path, methods in document("https://x.example")["paths"].items()
        for method in methods
    }
    files = {("GET", path) for path, *_ in FILES}
    found = {programs.client.get(path.replace("{name}", "themes")).status_code for _, path in files}
    assert found == {200}
    routed = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in programs.client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api.unknown"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == routed | files


def test_the_description_resolves_and_is_served(programs: Programs) -> None:
    served = programs.get("/openapi.json").json
    assert served["openapi"].startswith("3.1")
    names = set(served["components"]["schemas"])
    used = {part.partition('"')[0] for part in json.dumps(served).split("#/components/schemas/")[1:]}
    assert used <= names
    page = programs.get("/").get_data(as_text=True)
    assert "/api/v1/practices" in page
    assert "script" not in page
