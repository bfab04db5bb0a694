"""Finding practices: what may be asked, and the page of answers that every reader gets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session, col, select

from exchange.catalogue import shelf
from exchange.catalogue.finding import alike, facets, fairness, narrowed, owners, sensing
from exchange.catalogue.search_values import read_filter, read_near, read_number
from exchange.messages import N_, Message, NotFound, NotNow, Problem, Refusal
from exchange.models.community import Community
from exchange.vocabulary import names
from exchange.vocabulary.thesaurus import thesaurus
from search.answer import cursor, sense
from search.engine import Engine, Hit, Hits, Query, Reason
from search.words.thesaurus import Thesaurus

SORTS = (
    *("relevance", "newest", "updated", "oldest", "adoptions", "evidence", "population", "title"),
    *("nearest", "like"),
)
FACETS = (
    *("theme", "country", "degurba", "population_class", "language", "maturity", "evidence"),
    *("commitment", "status", "cost_class", "instance", "adopted_by"),
)
FILTERS = (*FACETS, "community", "cluster", "topography", "key")
LONGEST_NAME = 300
NEEDS_PLACE = N_("Sorting by distance needs a place: near=latitude,longitude, or a community with home=.")
NEEDS_HOME = N_("Sorting by likeness needs a community to be like: home=, or log in.")
facet_label = facets.label
MOST_WORDS, MOST_PAGES, MOST_PER_PAGE = 500, 1000, 100


@dataclass(frozen=True)
class SearchParams:
    """One question to the catalogue, checked; `filters` is facet → alternatives, empty ones left out.

    `home` names the community from which it is asked: what is nearest or most like us, and which kind of
    place is the other, depend on it. `after` is the cursor of the page before (`search/answer/cursor.py`).
    """

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    near: tuple[float, float, float] | None = None
    sort: str = "relevance"
    page: int = 1
    per_page: int = 20
    after: str = ""
    home: str = ""
    explain: bool = False
    owners: Thesaurus | None = None  # communities that the words name, once they have been looked up

    @classmethod
    def from_args(cls, args: Mapping[str, Any]) -> "SearchParams":
        """Read from a query string or from options.

        A filter may be repeated and each value may hold several, separated by commas. Parameters of
        other names are left alone; a wrong value raises Refusal with a Problem at its parameter.
        """
        problems: list[Problem] = []

        def take(name: str, read: Any, default: Any) -> Any:
            try:
                values = _values(args, name)
                return read(values) if values else default
            except Refusal as refusal:
                problems.extend(Problem(name, problem.message) for problem in refusal.problems)
                return default

        filters = {name: take(name, lambda values, n=name: read_filter(n, values), ()) for name in FILTERS}
        params = cls(
            q=take("q", _words, ""),
            filters={name: values for name, values in filters.items() if values},
            near=take("near", read_near, None),
            sort=take("sort", _sort, "relevance"),
            page=take("page", lambda values: read_number(values, 1, MOST_PAGES), 1),
            per_page=take("per_page", lambda values: read_number(values, 1, MOST_PER_PAGE), 20),
            after=take("after", _cursor, ""),
            home=take("home", lambda values: values[-1][:LONGEST_NAME], ""),
            explain=take("explain", lambda values: values[-1] not in ("0", "false"), False),
        )
        if problems:
            raise Refusal(problems)
        return params

    def query(self, languages: tuple[str, ...] = ()) -> Query:
        """The same question in the words of the search engine."""
        filters = {name: values for name, values in self.filters.items() if name != narrowed.CLUSTER}
        if "country" in filters:
            filters["country"] = tuple(
                dict.fromkeys(same for code in filters["country"] for same in names.same_country(code))
            )
        return Query(
            text=self.q,
            languages=languages,
            filters=filters,
            near=self.near,
            sort=self.sort,
            page=self.page,
            per_page=self.per_page,
            facets=FACETS,
            thesaurus=thesaurus().beside(self.owners) if self.owners else thesaurus(),
            after=self.after,
            explain=self.explain,
        )


@dataclass(frozen=True)
class Results:
    """One page of answers. `items` and `facets` have the shape of the API."""

    total: int
    page: int
    per_page: int
    items: list[dict[str, Any]]
    facets: dict[str, list[dict[str, Any]]]
    did_you_mean: str | None = None
    relaxed: bool = False
    unread: bool = False
    mistakes: tuple[Message, ...] = ()
    away: bool = False  # the search itself could not be asked
    spelled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: str = ""
    before: str | None = None
    sort: str = "relevance"

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    def data(self, gettext: Callable[[str], str] = str) -> dict[str, Any]:
        """The answer as JSON, with its sentences in the language of `gettext`."""
        return {
            "total": self.total,
            "page": self.page,
            "per_page": self.per_page,
            "items": self.items,
            "facets": self.facets,
            "did_you_mean": self.did_you_mean,
            "relaxed": self.relaxed,
            "spelled": {typed: list(others) for typed, others in self.spelled.items()},
            "mistakes": [
                {
                    "message": mistake.render(gettext),
                    "position": mistake.params["position"],
                    "length": mistake.params["length"],
                }
                for mistake in self.mistakes
            ],
            "sort": self.sort,
            "after": self.after or None,
        }


def find(
    engine: Engine,
    params: SearchParams,
    *,
    language: str | None = None,
    session: Session | None = None,
    home: Community | None = None,
    even_away: bool = False,
) -> Results:
    """Ask the index. With a `language`, titles and labels are in it where there are any.

    With a `session`, communities may be named by their short names and are shown by their names.
    `home` is the reader's community, unless the question names another. Raises Refusal at `home` when
    there is no such community, and at `sort` when an order needs one; NotNow when the index does not answer,
    unless `even_away` asks for a page that says so.
    """
    if session is not None:
        params = addressed(session, params)
    home = _home(session, params, home)
    query = params.query((language,) if language else ())
    kept = fairness.places(home.degurba if home else None)
    query = replace(query, arrange=sensing.arrange(query.text, kept, sense.installed()), origin=_point(home))
    if params.sort == "like":
        if home is None or session is None:
            raise Refusal([Problem("sort", Message(NEEDS_HOME))])
        hits = alike.find(engine, query, session, home)
    else:
        hits = engine.find(query)
    if not even_away:
        answered(hits)
    if not hits.away and params.sort == "nearest" and hits.sort != "nearest":
        raise Refusal([Problem("sort", Message(NEEDS_PLACE))])
    called = _called(session, hits.facets.get("adopted_by", ()), params, language or "en")
    return Results(
        total=hits.total,
        page=params.page,
        per_page=params.per_page,
        items=[item(hit, language) for hit in hits.hits],
        facets={
            name: facets.rows(
                name, hits.facets.get(name, []), params.filters.get(name, ()), language or "en", called
            )
            for name in FACETS
        },
        did_you_mean=hits.did_you_mean,
        relaxed=hits.relaxed,
        unread=hits.unread,
        away=hits.away,
        mistakes=tuple(
            Message(
                mistake.message, mistake.params | {"position": mistake.position, "length": mistake.length}
            )
            for mistake in hits.mistakes
        ),
        spelled=hits.spelled,
        after=hits.after,
        before=hits.before,
        sort=hits.sort,
    )


def answered(hits: Hits) -> Hits:
    """The answer of an index; NotNow when it gave none, which is not the same as nothing to be found."""
    if hits.away:
        raise NotNow(hits.mistakes[0].message, **hits.mistakes[0].params)
    return hits


def _home(session: Session | None, params: SearchParams, home: Community | None) -> Community | None:
    if not params.home or session is None:
        return home
    try:
        return shelf.community(session, params.home)
    except NotFound as error:
        raise Refusal([Problem("home", error.problems[0].message)]) from error


def _point(home: Community | None) -> tuple[float, float] | None:
    return (home.lat, home.lon) if home and home.lat is not None and home.lon is not None else None


def addressed(session: Session, params: SearchParams) -> SearchParams:
    """The same question with the owners that it names, and the members of its clusters, by their addresses."""
    return replace(
        params,
        filters=narrowed.addresses(session, params.filters),
        owners=owners.named(session, params.q),
    )


def item(hit: Hit, language: str | None) -> dict[str, Any]:
    """A hit as the API shows it; `path` is its page on this instance."""
    stored = hit.stored
    original = str(stored.get("language", "und"))
    titles, summaries = stored.get("title") or {}, stored.get("summary") or {}
    title_language, title = chosen(titles, language, original)
    summary_language, summary = chosen(summaries, language, original)
    owner = dict(stored.get("community") or {})
    return {
        "id": stored.get("id", hit.id),
        "key": stored.get("key"),
        "url": stored.get("id", hit.id),
        "path": f"/practices/{stored.get('key')}",
        "title": title,
        "title_language": title_language,
        "titles": dict(titles),
        "summary": summary,
        "summary_language": summary_language,
        "summaries": dict(summaries),
        "language": original,
        "community": owner | {"name": chosen(owner.get("name") or {}, language, original)[1]},
        "themes": list(stored.get("themes") or ()),
        "evidence_level": stored.get("evidence_level"),
        "maturity": stored.get("maturity"),
        "status": stored.get("status"),
        "documented_by": stored.get("documented_by"),
        "incomplete": bool(stored.get("incomplete")),
        "adoptions": int(stored.get("adoptions") or 0),
        "reviews": int(stored.get("reviews") or 0),
        "issued": stored.get("issued"),
        "modified": stored.get("modified"),
        "instance": stored.get("instance"),
        "score": round(hit.score, 4),
        "snippet": hit.snippet,
        "snippet_language": hit.language,
        "through": [
            {"facet": name, "value": value, "label": facet_label(name, value, language or "en")}
            for name, value in hit.through
        ],
        "distance_km": None if hit.distance is None else round(hit.distance, 1),
        "rank": hit.rank,
        "place": hit.place or None,
    } | ({"reasons": [_reason(one) for one in hit.reasons]} if hit.reasons else {})


def _reason(reason: Reason) -> dict[str, Any]:
    return {"word": reason.word, "field": reason.field, "score": round(reason.score, 4)}


def _called(session: Session | None, counts: Any, params: SearchParams, language: str) -> dict[str, str]:
    """The names of the communities in a facet, by address."""
    uris = [value for value, _count in counts] + list(params.filters.get("adopted_by", ()))
    if session is None or not uris:
        return {}
    known = session.exec(select(Community).where(col(Community.uri).in_(uris[:200])))
    return {community.uri: community.called(language) for community in known}


def chosen(texts: Mapping[str, str], language: str | None, original: str) -> tuple[str, str]:
    """The reader's language, else English as on all pages, else the original one, else the first there is."""
    for wanted in (language, "en" if language else None, original):
        if wanted and texts.get(wanted):
            return wanted, texts[wanted]
    return next(iter(texts.items()), (original, ""))


def _values(args: Mapping[str, Any], name: str) -> list[str]:
    """All that was given under one name, blank values left out."""
    many = getattr(args, "getlist", None)
    given = many(name) if many else args.get(name)
    if given is None:
        return []
    given = [given] if isinstance(given, str) or not isinstance(given, list | tuple | set) else given
    return [text for value in given if value is not None and (text := str(value).strip())]


def _words(values: list[str]) -> str:
    text = " ".join(values)
    if len(text) > MOST_WORDS:
        raise Refusal(N_("The query has %(length)s characters; at most %(limit)s are read."),
                      length=len(text), limit=MOST_WORDS)  # fmt: skip
    if any(ord(character) < 32 and character not in "\t\n\r" for character in text):
        raise Refusal(N_("The query has characters that cannot be typed."))
    return text


def _sort(values: list[str]) -> str:
    if values[-1] not in SORTS:
        raise Refusal(
            N_("“%(value)s” is not an order; there are %(known)s."),
            value=values[-1][:80],
            known=", ".join(SORTS),
        )
    return values[-1]


def _cursor(values: list[str]) -> str:
    try:
        cursor.read(values[-1])
    except ValueError as error:
        raise Refusal(N_("This is not the address of a next page.")) from error
    return values[-1]
