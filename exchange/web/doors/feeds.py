"""The search page in other forms, at the same address with another ending: a feed, a table, a map."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, send_file

from exchange.catalogue.files.listing import COLUMNS, Listing
from exchange.catalogue.finding import find as finding
from exchange.catalogue.finding import saved
from exchange.catalogue.finding.find import SearchParams
from exchange.translation import LANGUAGES
from exchange.vocabulary import sheetfiles
from exchange.web.doors import atom
from exchange.web.frame.blueprints import public
from exchange.web.frame.language import current, gettext
from exchange.web.frame.reach import database, instance, settings

ENTRIES = 50  # in a page of a feed, when it does not say
FRESH = 300  # seconds
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Pairs = list[tuple[str, str]]


@public.get("/practices.atom")
def practices_atom() -> Response:
    """The practices of a query as a feed, the last changed first."""
    return as_feed(_given("lang"), request.path, _language(), "public")


@public.get("/practices.csv")
def practices_csv() -> Response:
    """The practices of a query as a table, line by line."""
    made = _listing()
    return _file(made, Response(sheetfiles.stream_csv(COLUMNS, made.rows()), mimetype="text/csv"), "csv")


@public.get("/practices.xlsx")
def practices_xlsx() -> Response:
    """The same as a workbook."""
    made = _listing()
    book = TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    sheetfiles.stream_xlsx(book, COLUMNS, made.rows())
    book.seek(0)
    return _file(made, send_file(book, mimetype=XLSX), "xlsx")


@public.get("/practices.geojson")
def practices_geojson() -> Response:
    """The same as places on a map."""
    made = _listing()
    body = Response(_collection(made.features()), mimetype="application/geo+json")
    return _file(made, body, "geojson")


def as_feed(pairs: Pairs, path: str, language: str, cached: str, title: str = "") -> Response:
    """A feed of the query in `pairs`, whose own address is `path` with the arguments of this request."""
    given = {name: [v for k, v in pairs if k == name] for name, _value in pairs}
    given.setdefault("sort", ["updated"])
    given.setdefault("per_page", [str(ENTRIES)])
    params = SearchParams.from_args(given)
    with database().reading() as session:
        found = finding.find(instance().engine, params, language=language, session=session)
    own = [(k, v) for k, v in _given() if k != "page"]
    query = [(k, v) for k, v in pairs if k not in ("page", "per_page")]
    links = {"self": _address(path, own, found.page), "alternate": _address("/practices", query)}
    links["first"] = _address(path, own)
    links["last"] = _address(path, own, min(found.pages, finding.MOST_PAGES))
    if found.page > 1:
        links["previous"] = _address(path, own, found.page - 1)
    if found.page < min(found.pages, finding.MOST_PAGES):
        links["next"] = _address(path, own, found.page + 1)
    body = atom.feed(
        id=links["first"],
        title=title or _title(params, language),
        author=settings().name,
        language=language,
        links=links,
        items=found.items,
        origin=settings().origin,
    )
    made = Response(body, content_type=f"{atom.MEDIA_TYPE}; charset=utf-8")
    made.last_modified = datetime.fromisoformat(atom.updated(found.items))
    made.headers["Cache-Control"] = f"{cached}, max-age={FRESH}"
    made.headers["Content-Language"] = language
    made.vary.add("Accept-Language")
    if cached == "public":
        made.headers["Access-Control-Allow-Origin"] = "*"
    made.add_etag()
    made.make_conditional(request)
    return made


def _title(params: SearchParams, language: str) -> str:
    return f"{settings().name}: {saved.described(params, language) or gettext('All practices')}"[:300]


def _listing() -> Listing:
    params = SearchParams.from_args(request.args)
    return Listing(instance().engine, database(), params, _language(), settings().origin)


def _file(made: Listing, answer: Response, ending: str) -> Response:
    headers = answer.headers
    headers["Content-Disposition"] = f'attachment; filename="practices.{ending}"'
    headers["Cache-Control"] = "public, no-cache"
    headers["Access-Control-Allow-Origin"] = "*"
    headers["X-Total-Count"] = str(made.total)
    if made.more:
        following = _address(request.path, [(k, v) for k, v in _given() if k != "page"], made.params.page + 1)
        headers["Link"] = f'<{following}>; rel="next"'
    answer.vary.add("Accept-Language")
    return answer


def _collection(features: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield '{"type": "FeatureCollection", "features": ['
    for number, feature in enumerate(features):
        yield (",\n" if number else "\n") + json.dumps(feature, ensure_ascii=False)
    yield "\n]}\n"


def _language() -> str:
    """The language that the address names, since a feed reader does not know its reader's."""
    wanted = request.args.get("lang", "")
    return wanted if wanted in LANGUAGES else current()


def _given(*without: str) -> Pairs:
    return [(k, v) for k, v in request.args.items(multi=True) if v and k not in without]


def _address(path: str, pairs: Sequence[tuple[str, str]], page: int = 1) -> str:
    told = [*pairs, *([("page", str(page))] if page > 1 else [])]
    return settings().origin + path + ("?" + urlencode(told) if told else "")
