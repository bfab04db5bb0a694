"""What this instance publishes as linked data: the catalogue for data portals (DCAT-AP), the vocabularies (SKOS)."""

import hashlib
import threading
from functools import lru_cache

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from exchange import version
from exchange.catalogue.files import harvest
from exchange.catalogue.files.harvest import Page
from exchange.messages import N_, NotFound, Refusal
from exchange.translation import gettext_for
from exchange.vocabulary import concepts
from exchange.web.frame.asked_for import preferred
from exchange.web.frame.blueprints import public
from exchange.web.frame.failures import page as failure
from exchange.web.frame.reach import database, settings

ENDINGS = {"text/turtle": "ttl", "application/ld+json": "jsonld"}
MEDIA_TYPES = {ending: media for media, ending in ENDINGS.items()}
PATIENCE = 10.0  # seconds that a harvester waits for another one's page
WORDS = {
    "about": N_("Practices of communities, told so that others can do them again: what was done, what it cost, "
                "what came out and what went wrong."),
    "service": N_("Practices, what others think of them and who took them up, for programs"),
    "page": N_("The practice as a page to read"),
    "owner": N_("Told by the community itself."),
    "others": N_("Documented by others from public sources; the community itself has not written it."),
}  # fmt: skip

_building = threading.Lock()


@public.get("/catalogue")
def catalogue() -> BaseResponse:
    """The catalogue in the form that the request prefers; people are shown the practices."""
    kind = preferred("text/html", *ENDINGS)
    where = "/practices" if kind in (None, "text/html") else f"/catalogue.{ENDINGS[kind]}"
    return _other(where)


@public.get("/catalogue.<any(ttl, jsonld):ending>")
def catalogue_file(ending: str) -> BaseResponse:
    """A page of the catalogue; whoever asks again and nothing has changed is told so before it is made."""
    with database().reading() as session:
        page = harvest.page(session, _number())
        countries, changed = harvest.countries(session), harvest.changed(session)
    made = Response(content_type=f"{MEDIA_TYPES[ending]}; charset=utf-8")
    made.set_etag(_digest(page.state, ending, countries, changed if page.number == 1 else "", _about()))
    made.last_modified = changed
    _open_to_all(made)
    address = f"{settings().origin}/catalogue.{ending}"
    there = {"first": 1, "last": page.last, "prev": page.number - 1, "next": page.number + 1}
    links = [f'<{address}?page={n}>; rel="{name}"' for name, n in there.items() if 1 <= n <= page.last]
    made.headers["Link"] = ", ".join(links)
    if made.make_conditional(request).status_code == 304:
        return made
    if not _building.acquire(timeout=PATIENCE):  # a graph takes memory, so there is one at a time
        busy = failure(503)
        busy.headers["Retry-After"] = str(int(PATIENCE))
        return busy
    try:
        made.set_data(_catalogue(page, ending, countries, changed))
    finally:
        _building.release()
    return made


@public.get("/vocabularies")
@public.get("/vocabularies/<name>")
def vocabulary(name: str = "") -> BaseResponse:
    """The vocabularies, or one, in the form that the request prefers: JSON as of the API, Turtle or JSON-LD."""
    _schemes(name)
    kind = preferred("application/json", *ENDINGS)
    path = f"/vocabularies/{name}" if name else "/vocabularies"
    return _other(f"{path}.{ENDINGS[kind]}" if kind in ENDINGS else f"/api/v1{path}")


@public.get("/vocabularies.<any(ttl, jsonld):ending>")
@public.get("/vocabularies/<name>.<any(ttl, jsonld):ending>")
def vocabulary_file(ending: str, name: str = "") -> Response:
    """All concept schemes, or one, as SKOS."""
    _schemes(name)
    body, digest = _vocabularies(name, ending)
    made = Response(body, content_type=f"{MEDIA_TYPES[ending]}; charset=utf-8")
    made.set_etag(digest)
    _open_to_all(made)
    made.make_conditional(request)
    return made


def _catalogue(page: Page, ending: str, countries: tuple[str, ...], changed: object) -> str:
    from exchange.vocabulary import dcat, graphs

    own = settings()
    say = {language: gettext_for(language) for language in own.languages}
    with database().reading() as session:
        practices = harvest.practices(session, page.ids)
    made = dcat.catalogue(
        dcat.Catalogue(
            origin=own.origin,
            name=own.name,
            contact=own.contact,
            languages=own.languages,
            words={name: {code: put(told) for code, put in say.items()} for name, told in WORDS.items()},
            countries=countries,
            # On the first page alone, so that the others stay as they are when something else changes.
            modified=changed if page.number == 1 else None,  # type: ignore[arg-type]
        ),
        practices,
        dcat.Place(page.number, page.last, harvest.SIZE, page.total, f"{own.origin}/catalogue.{ending}"),
    )
    return graphs.written(made, ending)


@lru_cache(8)
def _vocabularies(name: str, ending: str) -> tuple[str, str]:
    """The file, which is the same as long as the program is, and a digest of what it says."""
    from exchange.vocabulary import graphs, skos

    made = skos.vocabularies(_schemes(name))
    return graphs.written(made, ending), _digest(ending, *sorted(line.n3() for t in made for line in t))


def _schemes(name: str) -> list[concepts.Scheme]:
    found = [one for one in concepts.schemes().values() if name in ("", one.name)]
    if not found:
        raise NotFound(N_("There is no vocabulary “%(name)s”."), name=name[:80])
    return found


def _number() -> int:
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Refusal(N_("A page is a whole number, from 1 on."))
    return int(given)


def _about() -> tuple[str, ...]:
    own = settings()
    return (version(), own.origin, own.name, own.contact, *own.languages)


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


def _open_to_all(made: Response) -> None:
    made.headers["Cache-Control"] = "public, no-cache"
    made.headers["Access-Control-Allow-Origin"] = "*"


def _other(path: str) -> BaseResponse:
    """See there; which place that is depends on what was asked for."""
    query = request.query_string.decode("ascii", "ignore")
    made = redirect(f"{settings().origin}{path}" + (f"?{query}" if query else ""), 303)
    made.vary.add("Accept")
    made.headers["Access-Control-Allow-Origin"] = "*"
    return made
