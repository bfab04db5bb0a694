"""A search server, OpenSearch or Elasticsearch: one index that many processes share, with copies on several machines.

A commit is made of steps, and each may be the last before a crash: the documents are sent, then the
number of the journal row, and only then the index is asked to show both. Documents carry that number as
their version, so that the same put may come twice, or late from a second writer, and never undoes a
newer one. Whoever searches names an alias; a generation is built beside the one it points to.
"""

import json
import logging
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from search import geo
from search.answer.finding import find
from search.answer.order import titles_for
from search.engine import Document, Hits, Index, Query
from search.engines import cluster_fields
from search.engines.cluster_query import LIVE, Clause, Translator, exactly
from search.engines.cluster_server import WRITING, Gone, Server
from search.errors import EngineAway, IndexBroken, QueryError, SearchError
from search.layout import LAYOUT, LAYOUT_VERSION, Layout
from search.question.meaning import All, Around, Meaning, Run, Start, Subject, Word
from search.question.shelf import Page, Request, Row
from search.words.text import ANALYSIS_VERSION

MOST_FACET_VALUES = 1_000
DEEPEST = cluster_fields.DEEPEST
MOST_WORDS = 2_000  # of a vocabulary that are looked at for one suggestion
SPOTS_AT_ONCE = 10_000

log = logging.getLogger(__name__)


class ClusterEngine:
    """An index on a server. `prefix` begins the names of all that is ours there.

    Nothing is asked of the server before the first question, so that an instance starts without it.
    """

    name = "opensearch"

    def __init__(
        self, server: Server, prefix: str, layout: Layout = LAYOUT, *, building: bool = False
    ) -> None:
        self.layout = layout
        self.prefix = prefix
        self.server = server
        self.alias = f"{prefix}-{ANALYSIS_VERSION}.{LAYOUT_VERSION}" + (".building" if building else "")
        self._family = f"{prefix}-{ANALYSIS_VERSION}.{LAYOUT_VERSION}-"
        self._lock = threading.RLock()
        self._index = ""
        self._met = False  # an index that was asked something has been believed to hold what it said

    @property
    def generation(self) -> str:
        with suppress(SearchError):  # another process may have let the alias name another one
            self._index = self._pointed() or self._index
        return self._index or self.alias

    def seen(self) -> int:
        answer = self._search({"query": {"ids": {"values": [cluster_fields.SEEN]}}, "_source": ["seen"]})
        hits = answer["hits"]["hits"]
        return int(hits[0]["_source"]["seen"]) if hits else 0

    def count(self) -> int:
        return int(self._there("POST", "_count", {"query": LIVE})["count"])

    def put(self, documents: Iterable[Document], deletes: Iterable[str], number: int) -> None:
        fresh: dict[str, Document] = {}
        for document in documents:
            self.layout.check(document)
            fresh[document.id] = document
        version = {"version": number, "version_type": "external_gte"}
        with self._written():
            self.server.bulk(self._actions(fresh, deletes, version), alias=self.alias)
            self.server.bulk(
                [({"index": {"_id": cluster_fields.SEEN, **version}}, {"seen": number})], alias=self.alias
            )
            self.server.ask("POST", f"{self.alias}/_refresh", within=WRITING)

    def _actions(
        self, fresh: dict[str, Document], deletes: Iterable[str], version: dict[str, Any]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
        for name in deletes:
            if name not in fresh:
                yield {"delete": {"_id": cluster_fields.key(name), **version}}, None
        for name, document in fresh.items():
            made = cluster_fields.document(document, self.layout)
            yield {"index": {"_id": cluster_fields.key(name), **version}}, made

    @contextmanager
    def _written(self) -> Iterator[None]:
        """Documents go into the index that was there before: one that has gone meanwhile has lost what it held."""
        try:
            if self._met and not self._index and not self._pointed():
                raise Gone(self.alias)
            self._ensure()
            yield
        except Gone as error:
            self._index = ""
            raise IndexBroken(f"The index is gone: {error}") from error

    def clear(self) -> None:
        self._make()
        self.tidy()

    def beside(self) -> Index:
        fresh = ClusterEngine(self.server, self.prefix, self.layout, building=True)
        fresh._make()
        return fresh

    def adopt(self, fresh: Index) -> None:
        assert isinstance(fresh, ClusterEngine)
        self._point(fresh._ensure(), [fresh.alias])
        self.tidy()

    def tidy(self) -> None:
        """Remove older generations, and what older versions of the program have left."""
        current = self._ensure()
        for name in self._indices():
            if _age(name) < _age(current):
                try:
                    self.server.ask("DELETE", name, within=WRITING)
                except Gone:
                    log.info("somebody else has removed %s", name)

    def find(self, query: Query) -> Hits:
        try:
            return find(_Shelf(self, self.layout), query, self.layout)
        except EngineAway as error:
            return Hits(0, [], mistakes=(_away(error),), away=True)
        except IndexBroken:
            log.exception("this query cannot be answered: %r", query)
            return Hits(0, [], mistakes=(_mistake("This search could not be done."),))

    def close(self) -> None:
        if not self.alias.endswith(".building"):
            self.server.close()

    # ------------------------------------------------------------------ the index

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        return self._there("POST", "_search", body, track_total_hits="true", filter_path="-_shards")

    def _searches(self, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Several searches in one request."""
        if not bodies:
            return []
        lines = b"".join(b"{}\n" + json.dumps(body).encode() + b"\n" for body in bodies)
        answers = self.server.ask_lines(f"{self.alias}/_msearch", lines)["responses"]
        for answer in answers:
            if "error" in answer:
                raise IndexBroken(f"{self.server.name} cannot search: {str(answer['error'])[:400]}")
        return list(answers)

    def _there(self, method: str, path: str, body: Any, **params: Any) -> dict[str, Any]:
        """Ask the index; where there is none yet, or no more, ask a fresh one."""
        try:
            answer = self.server.ask(method, f"{self.alias}/{path}", body, **params)
            self._met = True
            return answer
        except Gone:
            self._index = ""
            self._ensure()
            self._met = True
            return self.server.ask(method, f"{self.alias}/{path}", body, **params)

    def _ensure(self) -> str:
        """The index that the alias points to; a fresh one where there is none."""
        with self._lock:
            if not self._index:
                self._index = self._pointed() or self._make()
            return self._index

    def _pointed(self) -> str:
        try:
            return max(self.server.ask("GET", f"_alias/{self.alias}"), default="")
        except Gone:
            return ""

    def _make(self) -> str:
        """A fresh index that the alias points to; whoever makes the same at once is let go first."""
        self.server.ask(
            "PUT",
            f"_index_template/{self._family}template",
            {
                "index_patterns": [f"{self._family}0*", f"{self._family}1*"],
                "priority": 200,
                "template": {
                    "settings": cluster_fields.settings(),
                    "mappings": cluster_fields.mappings(self.layout),
                },
            },
            within=WRITING,
        )
        for _ in range(5):
            serial = max(
                (_age(name)[2] for name in self._indices() if name.startswith(self._family)), default=0
            )
            name = f"{self._family}{serial + 1:04d}"
            try:
                self.server.ask("PUT", name, within=WRITING)
            except IndexBroken as error:
                if "already exists" not in str(error):
                    raise
                if there := self._pointed():  # another process was faster
                    return there
                continue
            self._point(name)
            return name
        raise IndexBroken(f"No index can be made on {self.server.name}.")

    def _point(self, name: str, others: Iterable[str] = ()) -> None:
        """Let the alias name this index and no other, in one step."""
        actions: list[dict[str, Any]] = [{"add": {"index": name, "alias": self.alias}}]
        actions += [{"remove": {"index": name, "alias": alias}} for alias in others]
        try:
            before = self.server.ask("GET", f"_alias/{self.alias}")
        except Gone:
            before = {}
        actions += [{"remove": {"index": old, "alias": self.alias}} for old in before if old != name]
        self.server.ask("POST", "_aliases", {"actions": actions}, within=WRITING)
        self._index = name

    def _indices(self) -> list[str]:
        """The names of all indices of this prefix, of whatever analysis."""
        try:
            found = self.server.ask("GET", f"{self.prefix}-*/_alias")
        except Gone:
            return []
        pattern = re.compile(rf"{re.escape(self.prefix)}-\d+\.\d+-\d{{4,}}")
        return sorted(name for name in found if pattern.fullmatch(name))


def _age(name: str) -> tuple[int, int, int]:
    """Analysis, layout and serial number of an index, by which the older is known from the newer."""
    versions, serial = name.rsplit("-", 2)[1:]
    analysis_version, layout_version = versions.split(".")
    return int(analysis_version), int(layout_version), int(serial)


def _mistake(message: str, **params: object) -> QueryError:
    return QueryError(message, params)


def _away(error: EngineAway) -> QueryError:
    return _mistake(
        "The search does not answer since %(since)s UTC. The practices are safe; only the search has to wait.",
        since=f"{error.since:%Y-%m-%d %H:%M}",
    )


class _Shelf:
    """The index as it answers now; the total, the page and the counts come from one look at it."""

    def __init__(self, engine: ClusterEngine, layout: Layout) -> None:
        self.ask = engine._search
        self.ask_many = engine._searches
        self._spots: dict[Around, list[str]] = {}
        self.translate = Translator(layout, self.spots)

    def page(self, request: Request) -> Page:
        # What is chosen narrows the hits after the counting, so that each facet counts its alternatives.
        late = any(name in request.filters for name in request.facets)
        needed = request.unfiltered() if late else request.whole()
        body: dict[str, Any] = {
            "from": min(request.offset, DEEPEST),
            "size": request.limit if request.offset < DEEPEST else 0,
            "_source": ["id", "row"],
            "query": self._query(request, needed),
            "sort": self._sort(request),
            "aggs": {name: self._counting(request, name, late) for name in request.facets},
        }
        if late:
            body["post_filter"] = self.translate.matching(All(tuple(request.filters.values())))
        answer = self.ask(body)
        return Page(
            int(answer["hits"]["total"]["value"]),
            [_row(hit) for hit in answer["hits"]["hits"]],
            {name: _counted(answer["aggregations"][name]["values"]) for name in request.facets},
        )

    def _query(self, request: Request, needed: Meaning) -> Clause:
        if request.sort == "relevance":
            return self.translate.scoring(needed, request.text)
        return {"bool": {"filter": [self.translate.matching(needed)]}}

    def _counting(self, request: Request, name: str, late: bool) -> dict[str, Any]:
        others = tuple(chosen for other, chosen in request.filters.items() if other != name)
        return {
            "filter": self.translate.matching(All(others if late else ())),
            "aggs": {"values": {"terms": {"field": f"facets.{name}", "size": MOST_FACET_VALUES}}},
        }

    def _sort(self, request: Request) -> list[Any]:
        last = {"tie": {"order": "desc"}}
        match request.sort:
            case "relevance":
                return [{"_score": {"order": "desc"}}, last]
            case "title":
                return [{f"sort_{titles_for(request.reader)}": {"order": "asc"}}]
            case "nearest":
                here = request.origin
                at = {"lat": here.lat, "lon": here.lon} if here else {"lat": 0, "lon": 0}
                return [{"_geo_distance": {"at": at, "order": "asc", "unit": "m"}}, last]
            case sort:
                return [{f"sort_{sort}": {"order": "desc"}}]

    def worth(
        self, parts: Sequence[Word | Run | Start | Subject], ids: Sequence[str]
    ) -> Sequence[Mapping[str, float]]:
        """What each part adds to the score of each of these documents."""
        these = {"ids": {"values": [cluster_fields.key(name) for name in ids]}}
        asked = [
            {
                "query": {"bool": {"filter": [these], "must": [self.translate.weighing(part)]}},
                "size": len(ids),
                "_source": ["id"],
            }
            for part in parts
        ]
        return [
            {hit["_source"]["id"]: float(hit["_score"]) for hit in answer["hits"]["hits"]}
            for answer in self.ask_many(asked)
        ]

    def knows(self, word: Word) -> bool:
        found = self.ask({"query": self.translate.matching(word), "size": 0})
        return bool(found["hits"]["total"]["value"])

    def frequencies(self, stems: Iterable[str]) -> list[int]:
        each = [{"term": {"stems_all": stem}} for stem in stems]
        if not each:
            return []
        answer = self.ask({"size": 0, "aggs": {"each": {"filters": {"filters": each}}}})
        return [int(one["doc_count"]) for one in answer["aggregations"]["each"]["buckets"]]

    def vocabulary(self, beginning: str) -> Iterable[tuple[str, int]]:
        within = {"prefix": {"words_all": beginning}}
        terms = {"field": "vocabulary", "include": f"{exactly(beginning)}.*", "size": MOST_WORDS}
        answer = self.ask({"query": within, "size": 0, "aggs": {"words": {"terms": terms}}})
        return [(one["key"], one["doc_count"]) for one in answer["aggregations"]["words"]["buckets"]]

    def spots(self, part: Around) -> list[str]:
        """The places of this index that are near enough; documents of one town share theirs."""
        if part not in self._spots:
            circle = geo.Circle(part.lat, part.lon, part.km)
            self._spots[part] = [spot for spot in self._all_spots(part) if circle.has(spot)]
        return self._spots[part]

    def _all_spots(self, part: Around) -> Iterator[str]:
        bands = list(geo.bands(part.lat, part.km))
        within: Clause = {"bool": {"should": [{"prefix": {"spot": band}} for band in bands]}}
        counted: dict[str, Any] = {
            "size": SPOTS_AT_ONCE,
            "sources": [{"spot": {"terms": {"field": "spot"}}}],
        }
        while True:
            answer = self.ask({"query": within, "size": 0, "aggs": {"spots": {"composite": counted}}})
            buckets = answer["aggregations"]["spots"]["buckets"]
            yield from (one["key"]["spot"] for one in buckets)
            if len(buckets) < SPOTS_AT_ONCE:
                return
            counted["after"] = buckets[-1]["key"]


def _counted(answer: dict[str, Any]) -> list[tuple[str, int]]:
    counts = ((one["key"], one["doc_count"]) for one in answer["buckets"])
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))


def _row(hit: dict[str, Any]) -> Row:
    kept = json.loads(hit["_source"]["row"])
    return Row(hit["_source"]["id"], float(hit.get("_score") or 0.0), **kept)
