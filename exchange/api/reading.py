"""What the API shows: practices and what became of them, communities, vocabularies."""

from typing import Any

from flask import Response, request
from sqlmodel import Session

from exchange.api import paging, shapes
from exchange.api.access import check_token, holder
from exchange.api.answers import answer
from exchange.api.blueprint import api, database, instance, reader_language
from exchange.api.problems import ApiProblem
from exchange.catalogue import lookup, shelf
from exchange.catalogue.clusters import collections as collecting
from exchange.catalogue.communities import sign
from exchange.catalogue.finding import find as finding
from exchange.catalogue.finding import suggest as suggesting
from exchange.catalogue.judging import answer as answering
from exchange.catalogue.judging import judgement
from exchange.messages import N_, NotFound
from exchange.models.community import Community
from exchange.models.practice import WITHDRAWN, Practice
from exchange.translation import LANGUAGES, gettext_for
from exchange.vocabulary import concepts

LONGEST = 500


@api.before_request
def _check() -> None:
    check_token()


@api.get("/v1/practices")
def practices() -> Response:
    """Search, with facets."""
    params = finding.SearchParams.from_args(request.args)
    language = reader_language()
    with database().reading() as session:
        found = finding.find(instance().engine, params, language=language, session=session)
    made = answer(found.data(gettext_for(language or "en")))
    made.headers.extend(_links(found))
    return made


@api.get("/v1/suggest")
def suggest() -> Response:
    """What may be meant by what has been typed so far."""
    wanted = request.args.get("lang", "")
    language = wanted if wanted in LANGUAGES else reader_language() or "en"
    made = answer({"items": suggesting.suggest(instance().engine, request.args.get("q", ""), language)})
    made.cache_control.max_age = 60
    return made


@api.get("/v1/practices/<ref>")
def practice(ref: str) -> Response:
    """One practice with its whole record."""
    with database().reading() as session:
        found = held(session, ref)
        judged = judgement.distributions(session, found)
        data = shapes.practice_in_full(session, found, reader_language(), judged)
    made = answer(data)
    made.last_modified = found.modified_at
    return made


@api.get("/v1/practices/<ref>/reviews")
def reviews(ref: str) -> Response:
    """The reviews of a practice, and their distributions."""
    language = reader_language()
    with database().reading() as session:
        found = held(session, ref)
        judged = judgement.judged(session, found)
        given = shelf.reviews_of(session, found)
        said = answering.of_all(session, [one for one, _ in given])
        items = [
            shapes.review(one, by, found, language)
            | {
                "speaks_for": [
                    shapes.voice(voice, language)
                    for voice in judged.voices
                    if voice.lent and voice.review.id == one.id
                ],
                "answer": said[one.id].text if one.id in said else None,
            }
            for one, by in given
        ]
    figures = [shapes.distribution(one, language) for one in judged.distributions]
    return answer(
        {"total": len(items), "items": items, "ratings": figures, "voices": shapes.standing(judged)}
    )


@api.get("/v1/practices/<ref>/adoptions")
def adoptions(ref: str) -> Response:
    """Who took a practice up."""
    with database().reading() as session:
        found = held(session, ref)
        taken = shelf.adoptions_of(session, found)
        part = paging.part(len(taken))
        items = [
            shapes.adoption(session, one, reader_language()) for one in (part.of(taken) if part else taken)
        ]
    made = answer({"total": len(taken), **(part.data() if part else {}), "items": items})
    made.headers.extend(part.links() if part else {})
    return made


@api.get("/v1/practices/<ref>/versions")
def versions(ref: str) -> Response:
    """The versions of a practice, newest first."""
    with database().reading() as session:
        found = held(session, ref)
        items = [shapes.version(one, found) for one in shelf.versions_of(session, found)]
    return answer({"total": len(items), "items": items})


@api.get("/v1/practices/<ref>/versions/<number>")
def version(ref: str, number: str) -> Response:
    """One version with its whole record."""
    with database().reading() as session:
        found = held(session, ref)
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise NotFound(N_("This practice has no version %(number)s here."), number=number[:20])
        one = shelf.version(session, found, int(number))
        data = shapes.version(one, found) | {"record": one.words(found)}
    return answer(data)


@api.get("/v1/reviews/<ref>")
def review(ref: str) -> Response:
    """One review."""
    with database().reading() as session:
        found = lookup.review(session, plain(ref))
        if found.withdrawn_at is not None:
            raise ApiProblem(410)
        of = session.get_one(Practice, found.practice_id)
        by = session.get_one(Community, found.community_id)
        return answer(shapes.review(found, by, of, reader_language()))


@api.get("/v1/adoptions/<ref>")
def adoption(ref: str) -> Response:
    """One adoption."""
    with database().reading() as session:
        found = lookup.adoption(session, plain(ref))
        if found.withdrawn_at is not None:
            raise ApiProblem(410)
        return answer(shapes.adoption(session, found, reader_language()))


@api.get("/v1/communities")
def communities() -> Response:
    """The communities that this instance knows; `local=true` only its own."""
    wish = request.args.get("local")
    if wish not in (None, "", "true", "false"):
        raise ApiProblem(400, N_("Yes or no is expected here."))
    with database().reading() as session:
        found = shelf.communities(session, local={"true": True, "false": False}.get(wish or ""))
        items = [shapes.community(one, reader_language()) for one in found]
    return answer({"total": len(items), "items": items})


@api.get("/v1/communities/<ref>")
def community(ref: str) -> Response:
    """One community by short name or @name@host, with its practices."""
    with database().reading() as session:
        found = shelf.community(session, plain(ref))
        return answer(shapes.community_in_full(session, found, reader_language()))


@api.get("/v1/vocabularies")
def vocabularies() -> Response:
    """The concept schemes."""
    language = reader_language() or "en"
    items = [
        {"id": name, "label": scheme.labels.get(language, name), "concepts": len(scheme.concepts)}
        for name, scheme in concepts.schemes().items()
    ]
    made = answer({"total": len(items), "items": items})
    made.headers.extend(_as_skos("/vocabularies"))
    return made


@api.get("/v1/vocabularies/<name>")
def vocabulary(name: str) -> Response:
    """One concept scheme with its concepts."""
    language = reader_language() or "en"
    scheme = concepts.schemes().get(name)
    if scheme is None:
        raise ApiProblem(404, N_("There is no vocabulary “%(name)s”."), name=name[:80])
    made = answer(
        {
            "id": scheme.name,
            "label": scheme.labels.get(language, scheme.name),
            "labels": scheme.labels,
            "concepts": [
                {
                    "id": one.id,
                    "label": one.label(language),
                    "labels": one.labels,
                    "broader": one.broader,
                    "notation": one.notation,
                    "definitions": one.definitions,
                    **one.more,
                }
                for one in scheme
            ],
        }
    )
    made.headers.extend(_as_skos(f"/vocabularies/{scheme.name}"))
    return made


@api.get("/v1/commitments")
def commitments() -> Response:
    """The commitments of the manifestos: who signed them, and how many practices serve them."""
    language = reader_language() or "en"
    with database().reading() as session:
        found = sign.tally(session)
    items = [
        {
            "id": one.commitment.id,
            "manifesto": manifesto.name,
            "label": one.commitment.label(language),
            "signatories": one.signatories,
            "practices": one.practices,
            "communities": one.communities,
        }
        for manifesto in found
        for one in manifesto.tallies
    ]
    return answer({"total": len(items), "items": items})


@api.get("/v1/collections")
def collections() -> Response:
    """The collections of clusters that are known here."""
    with database().reading() as session:
        sizes = collecting.sizes(session)
        items = [
            shapes.collection(one, sizes.get(one.id or 0, 0), reader_language())
            for one in collecting.all_(session)
        ]
    return answer({"total": len(items), "items": items})


@api.get("/v1/collections/<ref>")
def collection(ref: str) -> Response:
    """One collection with what is in it, in its order."""
    with database().reading() as session:
        found = collecting.collection(session, plain(ref))
        if found.withdrawn_at is not None:
            raise ApiProblem(410)
        if found.told_at is None:
            raise ApiProblem(404)
        shown = collecting.shown(session, found)
    return answer(shapes.collection_in_full(found, shown, reader_language()))


@api.get("/v1/inspect")
def inspect() -> Response:
    """What is held about an address; needs an admin token."""
    uri = request.args.get("uri", "")
    with database().reading() as session:
        holder(session, "admin")
        if not uri:
            raise ApiProblem(400, N_("Say which address: ?uri=…"))
        found = lookup.inspect(session, plain(uri, limit=4000))
    if found is None:
        raise ApiProblem(404, N_("Nothing is held about this address."))
    if found["received"] is not None:
        found["received"] = shapes.moment(found["received"])
    return answer(found)


def held(session: Session, ref: str) -> Practice:
    """The practice by key or imported name; 410 when it has been withdrawn."""
    found = shelf.practice(session, plain(ref))
    if found.state == WITHDRAWN:
        raise ApiProblem(410, N_("This practice has been withdrawn."))
    return found


def plain(ref: str, limit: int = LONGEST) -> str:
    """A name as it may be looked up; nothing goes by a longer or unprintable one."""
    if len(ref) > limit or not ref.isprintable():
        raise ApiProblem(404)
    return ref


def _as_skos(path: str) -> dict[str, str]:
    """RFC 8288 links to the same as linked data."""
    kinds = (("ttl", "text/turtle"), ("jsonld", "application/ld+json"))
    origin = instance().settings.origin
    links = (f'<{origin}{path}.{ending}>; rel="alternate"; type="{kind}"' for ending, kind in kinds)
    return {"Link": ", ".join(links)}


def _links(found: finding.Results) -> dict[str, str]:
    """RFC 8288 links to the pages before and after."""

    def to(page: int, after: str | None) -> str:
        args: Any = request.args.copy()
        args.pop("after", None)
        args["page"] = str(page)
        if after:
            args["after"] = after
        query = "&".join(
            f"{name}={_quoted(value)}" for name in args for value in args.getlist(name) if name and value
        )
        return f"{instance().settings.origin}{request.path}?{query}"

    links = []
    if found.page > 1:
        links.append(f'<{to(found.page - 1, found.before)}>; rel="prev"')
    if found.page < found.pages and found.page < finding.MOST_PAGES:
        links.append(f'<{to(found.page + 1, found.after)}>; rel="next"')
    return {"Link": ", ".join(links)} if links else {}


def _quoted(value: str) -> str:
    from urllib.parse import quote

    return quote(value, safe="")
