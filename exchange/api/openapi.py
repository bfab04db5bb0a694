"""The description of the API: OpenAPI 3.1, and the same as a page to read."""

from functools import cache
from html import escape
from typing import Any

from flask import Response

from exchange import version
from exchange.api import schemas
from exchange.api.answers import answer
from exchange.api.blueprint import api, instance
from exchange.catalogue.finding.find import FILTERS, MOST_PAGES, MOST_PER_PAGE, SORTS

PROBLEMS = {
    400: "The request cannot be understood",
    401: "A valid token is needed",
    403: "The token may not do that",
    404: "There is nothing here",
    410: "It has been withdrawn",
    413: "The body is too large",
    415: "The body is not JSON",
    422: "The rules of the exchange refuse it; `errors` says where and why",
}
_READ, _WRITE = (400, 401, 404), (400, 401, 403, 404, 410, 413, 415, 422)

# (method, path, summary, answer, body, statuses of problems)
OPERATIONS: tuple[tuple[str, str, str, str, str | None, tuple[int, ...]], ...] = (
    ("get", "/v1/practices", "Search practices, with facets", "SearchResults", None, (400, 401)),
    ("post", "/v1/practices", "Publish a practice", "PracticeInFull", "NewPractice", _WRITE),
    ("get", "/v1/practices/{ref}", "One practice with its record", "PracticeInFull", None, (*_READ, 410)),
    ("put", "/v1/practices/{ref}", "Publish its next version", "PracticeInFull", "NewPractice", _WRITE),
    ("delete", "/v1/practices/{ref}", "Withdraw it", "", None, (401, 403, 404, 410)),
    ("get", "/v1/practices/{ref}/reviews", "Its reviews and their distributions", "Reviews", None, (*_READ, 410)),
    ("post", "/v1/practices/{ref}/reviews", "Review it", "Review", "NewReview", _WRITE),
    ("get", "/v1/practices/{ref}/adoptions", "Who took it up", "Adoptions", None, (*_READ, 410)),
    ("post", "/v1/practices/{ref}/adoptions", "Adopt it, or say how far it has come", "Adoption", "NewAdoption", _WRITE),
    ("get", "/v1/practices/{ref}/versions", "Its versions", "Versions", None, (*_READ, 410)),
    ("get", "/v1/practices/{ref}/versions/{number}", "One version with its record", "Version", None, (*_READ, 410)),
    ("get", "/v1/practices/{ref}/differences", "What changed between two versions", "Differences", None, (*_READ, 410)),
    ("get", "/v1/practices/{ref}/lineage", "What it came from, and what came from it", "Lineage", None, _READ),
    ("get", "/v1/practices/{ref}/provenance", "Where it comes from and who signed it", "Provenance", None, (*_READ, 410)),
    ("post", "/v1/reviews", "Review a practice named by its address", "Review", "NewReview", _WRITE),
    ("get", "/v1/reviews/{ref}", "One review", "Review", None, (*_READ, 410)),
    ("delete", "/v1/reviews/{ref}", "Take a review back", "", None, (401, 403, 404, 410)),
    ("post", "/v1/adoptions", "Adopt a practice named by its address", "Adoption", "NewAdoption", _WRITE),
    ("get", "/v1/adoptions/{ref}", "One adoption", "Adoption", None, (*_READ, 410)),
    ("delete", "/v1/adoptions/{ref}", "Take an adoption back", "", None, (401, 403, 404, 410)),
    ("put", "/v1/adoptions/{ref}/confirmation", "Confirm it, as the origin", "Adoption", "Confirmation", _WRITE),
    ("get", "/v1/suggest", "Suggestions while typing", "Suggestions", None, (401,)),
    ("get", "/v1/communities", "Communities", "Communities", None, (400, 401)),
    ("get", "/v1/communities/{ref}", "One community with its practices", "CommunityInFull", None, _READ),
    ("get", "/v1/commitments", "Commitments, who signed them and what serves them", "Commitments", None, (401,)),
    ("get", "/v1/communities/{ref}/similar", "Places like it, and practices that follow from that", "Similar", None, (400, 401, 404)),
    ("get", "/v1/bridging", "What goes between countryside, towns and cities", "Bridging", None, (400, 401, 404)),
    ("get", "/v1/gaps", "Theme by kind of place: what is there, missing and sought", "Gaps", None, (401, 404)),
    ("get", "/v1/collections", "Collections of clusters", "Collections", None, (401,)),
    ("get", "/v1/collections/{ref}", "One collection with its practices", "CollectionInFull", None, (*_READ, 410)),
    ("get", "/v1/consultations", "Consultations of clusters", "Consultations", None, (401,)),
    ("get", "/v1/consultations/{ref}", "One consultation with what was said", "ConsultationInFull", None, (*_READ, 410)),
    ("post", "/v1/consultations/{ref}/contributions", "Say something to it, or comment a contribution", "Contribution", "NewContribution", _WRITE),
    ("put", "/v1/consultations/{ref}/support", "Stand behind a contribution, or no longer", "Support", "NewSupport", _WRITE),
    ("delete", "/v1/contributions/{ref}", "Take a contribution back", "", None, (401, 403, 404)),
    ("get", "/v1/campaigns", "Campaigns of clusters", "Campaigns", None, (401,)),
    ("get", "/v1/campaigns/{ref}", "One campaign with what has come", "CampaignInFull", None, (*_READ, 410)),
    ("put", "/v1/campaigns/{ref}/participation", "Take part in it, or no longer", "Participation", "NewParticipation", _WRITE),
    ("get", "/v1/vocabularies", "The concept schemes", "Vocabularies", None, (401,)),
    ("get", "/v1/vocabularies/{name}", "One concept scheme", "Vocabulary", None, (401, 404)),
    ("get", "/v1/inspect", "What is held about an address (admin token)", "Inspection", None, (400, 401, 403, 404)),
)  # fmt: skip

# What stands beside the API for other programs: (path, summary, what it is given out as, statuses of problems)
FILES: tuple[tuple[str, str, tuple[str, ...], tuple[int, ...]], ...] = (
    ("/catalogue.ttl", "What is published here as a DCAT-AP 3 catalogue, in pages of 100", ("text/turtle",), (400, 404)),
    ("/catalogue.jsonld", "The same as JSON-LD", ("application/ld+json",), (400, 404)),
    ("/vocabularies.ttl", "The concept schemes as SKOS", ("text/turtle",), ()),
    ("/vocabularies.jsonld", "The same as JSON-LD", ("application/ld+json",), ()),
    ("/vocabularies/{name}.ttl", "One concept scheme as SKOS", ("text/turtle",), (404,)),
    ("/vocabularies/{name}.jsonld", "The same as JSON-LD", ("application/ld+json",), (404,)),
    ("/metrics", "Figures for monitoring (from the machine itself, or an admin token)",
     ("text/plain", "application/openmetrics-text"), (403,)),
)  # fmt: skip

_DESCRIPTIONS = {
    "q": "Words, “phrases”, -without, OR, (parentheses), begin*, field:value, population:<5000, started:2018..2022, near:48.1,11.6~100km, like:ID.",
    "theme": "Concepts of the vocabulary `themes`; the prefix `th-` may be left out.",
    "country": "Two letters, of ISO 3166 or Eurostat.",
    "degurba": "`dg-1` city, `dg-2` town or suburb, `dg-3` rural; or 1, 2, 3.",
    "language": "The original language of the practice.",
    "adopted_by": "Address, short name or @name@host of a community.",
    "community": "The owner: address, short name or @name@host.",
    "weights": "Times an attribute's usual weight, 0 to 10: `population:2,country:0`.",
    "cluster": "Only what the members of a cluster have part in.",
    "list": "Communities like it; places like it anywhere in Europe; practices on its themes from another "
    "kind or size of place; practices that somebody like it took up.",
    "instance": "The host of the instance on which it was published.",
    "after": "The cursor of the page before: goes on behind what was shown, whatever changed meanwhile.",
    "home": "The community that asks: address, short name or @name@host. For the orders `nearest` and `like`.",
    "explain": "Says of each hit which word in which text it owes its score.",
}


@cache
def document(origin: str) -> dict[str, Any]:
    """The description of the API of the instance at `origin`."""
    paths: dict[str, dict[str, Any]] = {}
    for method, path, summary, shown, taken, problems in OPERATIONS:
        paths.setdefault(f"/api{path}", {})[method] = _operation(
            method, path, summary, shown, taken, problems
        )
    for path, summary, kinds, problems in FILES:
        paths[path] = {"get": _file(path, summary, kinds, problems)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Jumelage",
            "version": version(),
            "description": "Practices of communities, what others think of them and who took them up. Reading "
            "is open. Errors are RFC 9457 problem documents, in the language of Accept-Language.",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": origin}],
        "paths": paths,
        "components": {
            "schemas": schemas.all_schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


@api.get("/openapi.json")
def described() -> Response:
    """The description for programs."""
    return answer(document(instance().settings.origin))


@api.get("/")
def page() -> Response:
    """The description for people."""
    rows = "".join(
        f"<tr><td><code>{escape(method.upper())}</code></td><td><code>/api{escape(path)}</code></td>"
        f"<td>{escape(summary)}</td></tr>"
        for method, path, summary, *_ in OPERATIONS
    )
    rows += "".join(
        f"<tr><td><code>GET</code></td><td><code>{escape(path)}</code></td><td>{escape(summary)}</td></tr>"
        for path, summary, *_ in FILES
    )
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>API – Jumelage</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<main><h1>API</h1><p>Reading is open to everybody. What changes something takes "
        "<code>Authorization: Bearer …</code>; a token is made with <code>jumelage token add</code>. With an "
        "<code>Idempotency-Key</code>, asking twice does it once. Errors are RFC 9457 problem documents.</p>"
        '<p><a href="/api/openapi.json">OpenAPI 3.1</a></p>'
        "<table><thead><tr><th>Method</th><th>Path</th><th>What it does</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></main></html>"
    )
    return Response(body, mimetype="text/html", headers={"Content-Security-Policy": "default-src 'none'"})


def _operation(
    method: str, path: str, summary: str, shown: str, taken: str | None, problems: tuple[int, ...]
) -> dict[str, Any]:
    status = "204" if not shown else "201" if method == "post" else "200"
    found: dict[str, Any] = {
        "operationId": f"{method}{path.replace('/v1', '').replace('/', '_').replace('{', '').replace('}', '')}",
        "summary": summary,
        "parameters": _parameters(method, path),
        "responses": {status: _response(summary, shown)}
        | {str(code): _response(PROBLEMS[code], "Problem", "application/problem+json") for code in problems},
    }
    if taken:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(taken)}}}
    if method != "get" or path == "/v1/inspect":
        found["security"] = [{"token": []}]
    else:
        found["security"] = [{}, {"token": []}]
    return found


def _file(path: str, summary: str, kinds: tuple[str, ...], problems: tuple[int, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": "get" + path.translate(str.maketrans("/.", "__", "{}")),
        "summary": summary,
        "responses": {
            "200": {
                "description": summary,
                "content": {kind: {"schema": {"type": "string"}} for kind in kinds},
            }
        }
        | {str(code): {"description": PROBLEMS[code]} for code in problems},
        "security": [{}, {"token": []}] if path == "/metrics" else [{}],
    }
    found["parameters"] = _parameters("get", path)
    if path.startswith("/catalogue"):
        found["parameters"].append(_parameter("page", {"type": "integer", "minimum": 1}))
    return found


def _parameters(method: str, path: str) -> list[dict[str, Any]]:
    found = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in ("ref", "number", "name")
        if f"{{{name}}}" in path
    ]
    if method != "get":
        found.append(
            _parameter("Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 200}, "header")
        )
    if (method, path) == ("get", "/v1/practices"):
        many = {"type": "array", "items": {"type": "string"}}
        found += [
            _parameter("q", {"type": "string", "maxLength": 500}),
            _parameter("near", {"type": "string"}),
        ]
        found += [_parameter(name, many) for name in FILTERS]
        found += [
            _parameter("sort", {"enum": list(SORTS)}),
            _parameter("page", {"type": "integer", "minimum": 1, "maximum": MOST_PAGES}),
            _parameter("per_page", {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE}),
            *(_parameter(name, {"type": "string"}) for name in ("after", "home")),
            _parameter("explain", {"type": "boolean"}),
        ]
    if (method, path) == ("get", "/v1/practices/{ref}/adoptions"):
        found += [
            _parameter("page", {"type": "integer", "minimum": 1, "maximum": MOST_PAGES})
            | {"description": "Without `page` and `per_page` all of them come at once."},
            _parameter(
                "per_page", {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": 20}
            ),
        ]
    if path == "/v1/suggest":
        found += [_parameter("q", {"type": "string"}), _parameter("lang", {"type": "string"})]
    if path == "/v1/communities":
        found.append(_parameter("local", {"type": "boolean"}))
    if path == "/v1/communities/{ref}/similar":
        found += [
            _parameter("list", {"enum": ["like", "anywhere", "bridge", "adopted"], "default": "like"}),
            _parameter("theme", {"type": "string"}) | {"description": "Weigh as fits a theme."},
            _parameter("weights", {"type": "string"}),
            _parameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}),
        ]
    if path in ("/v1/bridging", "/v1/gaps"):
        found.append(_parameter("cluster", {"type": "string"}))
    if path == "/v1/bridging":
        found.append(_parameter("by", {"enum": ["year", "quarter"], "default": "year"}))
    if path == "/v1/practices/{ref}/differences":
        found += [_parameter(name, {"type": "integer", "minimum": 1}) for name in ("from", "to")]
    if (method, path) == ("delete", "/v1/practices/{ref}"):
        found += [_parameter("reason", {"type": "string"}), _parameter("language", {"type": "string"})]
    if path == "/v1/inspect":
        found.append(_parameter("uri", {"type": "string"}) | {"required": True})
    return found


def _parameter(name: str, schema: dict[str, Any], where: str = "query") -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "in": where, "schema": schema}
    if name in _DESCRIPTIONS:
        found["description"] = _DESCRIPTIONS[name]
    return found


def _response(text: str, shown: str, kind: str = "application/json") -> dict[str, Any]:
    return {"description": text} | ({"content": {kind: {"schema": _ref(shown)}}} if shown else {})


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
