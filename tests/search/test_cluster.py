"""An index on a search server: shared by processes, built beside the one that is searched, and sometimes away."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from search.engine import Query
from search.engines import cluster, cluster_server
from search.engines.cluster import ClusterEngine
from search.engines.cluster_query import MOST_CLAUSES, Translator, count, exactly
from search.engines.cluster_server import Server
from search.errors import EngineAway, IndexBroken, UnknownEngine
from search.layout import LAYOUT
from search.opening import open_engine
from search.question.meaning import All, Run, compile
from tests.search.library import DOCUMENTS, GENT, ULM, ask, document


def opened(address: str) -> ClusterEngine:
    engine = open_engine(address, Path("/nonexistent"))
    assert isinstance(engine, ClusterEngine)
    return engine


@pytest.fixture
def shelf(shelf_on_server: str) -> Iterator[ClusterEngine]:
    engine = opened(shelf_on_server)
    engine.put(DOCUMENTS, [], 10)
    yield engine
    engine.close()


def indices(engine: ClusterEngine) -> list[str]:
    return engine._indices()


def test_what_one_process_writes_all_others_find(shelf: ClusterEngine, shelf_on_server: str) -> None:
    other = opened(shelf_on_server)
    assert (other.seen(), other.count(), other.generation) == (10, 6, shelf.generation)
    other.put([], ["ulm"], 11)
    assert (shelf.seen(), ask(shelf, "Radverkehr")) == (11, [])


def test_a_late_writer_never_undoes_a_newer_change(shelf: ClusterEngine) -> None:
    shelf.put([document("ulm", "de", "Radverkehr von morgen")], ["gent"], 20)
    shelf.put([ULM, GENT], [], 15)  # another process, which had been held up
    assert (ask(shelf, "morgen"), ask(shelf, "Radschnellwege"), ask(shelf, "Circulatieplan")) == (
        ["ulm"],
        [],
        [],
    )
    assert shelf.seen() == 20


def test_a_crash_between_the_documents_and_the_number_is_made_good_by_the_same_put(
    shelf: ClusterEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = Server.bulk
    calls: list[str] = []

    def dies(self: Server, actions: Any, *, alias: str) -> None:
        calls.append(alias)
        if len(calls) == 2:
            raise KeyboardInterrupt
        sent(self, actions, alias=alias)

    monkeypatch.setattr(Server, "bulk", dies)
    with pytest.raises(KeyboardInterrupt):
        shelf.put([document("new", title="Marché")], ["ulm"], 11)
    monkeypatch.undo()
    assert shelf.seen() == 10
    shelf.put([document("new", title="Marché")], ["ulm"], 11)
    assert (shelf.seen(), shelf.count(), ask(shelf, "marches")) == (11, 6, ["new"])


def test_a_rebuild_serves_the_old_index_until_the_new_one_is_whole(
    shelf: ClusterEngine, shelf_on_server: str
) -> None:
    reader, before = opened(shelf_on_server), shelf.generation
    fresh = shelf.beside()
    fresh.put(DOCUMENTS[:2], [], 3)
    assert (reader.count(), shelf.count(), fresh.count(), fresh.seen()) == (6, 6, 2, 3)
    fresh.put(DOCUMENTS[2:4], [], 10)
    shelf.adopt(fresh)
    assert (shelf.count(), shelf.seen(), reader.count(), ask(reader, "Radverkehr")) == (4, 10, 4, ["ulm"])
    assert shelf.generation > before
    assert indices(shelf) == [shelf.generation]


def test_a_rebuild_that_was_given_up_is_followed_by_a_clean_one(shelf: ClusterEngine) -> None:
    shelf.beside().put(DOCUMENTS, [], 10)
    fresh = shelf.beside()
    assert (fresh.count(), fresh.seen()) == (0, 0)
    fresh.put([ULM], [], 12)
    shelf.adopt(fresh)
    assert (shelf.count(), indices(shelf)) == (1, [shelf.generation])


def test_an_index_deleted_on_the_server_is_begun_anew_and_nothing_is_believed_to_be_in_it(
    shelf: ClusterEngine, shelf_on_server: str
) -> None:
    other = opened(shelf_on_server)
    assert other.seen() == 10
    shelf.server.ask("DELETE", shelf.generation)
    for engine in (shelf, other):
        with pytest.raises(IndexBroken):
            engine.put([ULM], [], 11)
    assert (shelf.seen(), shelf.count(), ask(shelf)) == (0, 0, [])
    shelf.put(DOCUMENTS, [], 11)
    assert ask(shelf, "Radverkehr") == ["ulm"]


def test_another_analysis_has_an_index_of_its_own_and_the_older_goes_when_that_is_fed(
    shelf: ClusterEngine, shelf_on_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "ANALYSIS_VERSION", 999)
    newer = opened(shelf_on_server)
    newer.put([ULM], [], 3)
    assert (newer.count(), newer.seen(), shelf.count()) == (1, 3, 6)
    newer.tidy()
    assert indices(newer) == [newer.generation]


def test_addresses_of_any_length_are_told_apart(shelf: ClusterEngine) -> None:
    long = "https://villages.example/" + "ä" * 700
    shelf.put([document(f"{long}1", title="Marché"), document(f"{long}2", title="Marché")], [], 11)
    assert set(ask(shelf, "marches")) == {f"{long}1", f"{long}2"}
    shelf.put([], [f"{long}1"], 12)
    assert ask(shelf, "marches") == [f"{long}2"]


def test_no_query_that_can_be_typed_has_more_clauses_than_a_server_takes() -> None:
    from search.question import language

    translator = Translator(LAYOUT, lambda _around: [])
    for text in (
        "x " * 250,
        "Bürgerenergie Genossenschaft " * 17,
        " OR ".join(f"word{n}" for n in range(50)),
    ):
        meaning = compile(language.read(text, LAYOUT).tree, ("de",))
        made = translator.scoring(All((meaning,)), meaning)
        assert count(made) <= MOST_CLAUSES + 24, text
        assert json.dumps(made)


def test_what_an_expression_could_mean_is_written_so_that_it_means_itself(shelf: ClusterEngine) -> None:
    assert exactly("a.b") == "a\\.b"
    shelf.put([document("odd", title="c40 c4 çaşka")], [], 11)
    assert list(cluster._Shelf(shelf, LAYOUT).vocabulary("c4")) == [("c4", 1), ("c40", 1)]
    assert translator_run() == {"match_phrase": {"words_all": {"query": "a b"}}}


def translator_run() -> dict[str, Any]:
    return Translator(LAYOUT, lambda _around: []).matching(Run(("a", "b")))


class Moody(BaseHTTPRequestHandler):
    """A server before the real one, whose next answers can be chosen."""

    behind = ""
    next: list[tuple[int, dict[str, Any]]] = []
    asked: list[tuple[str, str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).asked.append((self.command, self.headers.get("Authorization") or "", body))
        if self.next and self.path.split("?")[0].endswith(("_bulk", "_search")):
            status, answer = self.next.pop(0)
            content = json.dumps(answer).encode()
        else:
            real = requests.request(
                self.command, self.behind + self.path, data=body,
                headers={"Content-Type": self.headers["Content-Type"]}, timeout=30,
            )  # fmt: skip
            status, content = real.status_code, real.content
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_DELETE = do_POST

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def moody(address: str) -> Iterator[tuple[str, type[Moody]]]:
    """The address of a moody server before the one of this address, and its moods."""
    kind, _, real = address.partition("+")
    web, _, prefix = real.rpartition("/")
    mood = type("Mood", (Moody,), {"behind": web, "next": [], "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), mood)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{kind}+http://jo:p%40ss@127.0.0.1:{server.server_port}/{prefix}", mood
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_only_what_failed_is_sent_again_and_a_busy_server_is_waited_for(shelf_on_server: str) -> None:
    with moody(shelf_on_server) as (address, mood):
        engine = opened(address)
        engine.put([], [], 1)
        busy = {"index": {"status": 429, "error": {"type": "rejected", "reason": "too much to do"}}}
        done = {"index": {"status": 201}}
        newer = {"index": {"status": 409, "error": {"type": "version_conflict_engine_exception"}}}
        mood.next[:] = [(503, {}), (200, {"errors": True, "items": [done, busy, newer]})]
        mood.asked.clear()
        engine.put([document("a"), document("b", title="Marché"), document("c")], [], 2)
        assert mood.asked[0][1] == "Basic am86cEBzcw=="
        sent = [body.count(b'{"index"') for _, _, body in mood.asked if b'{"index"' in body]
        assert sent == [3, 3, 1, 1]  # refused whole, then one of three, then the number
        assert ask(engine, "marches") == ["b"]


def test_a_document_that_the_server_refuses_is_an_error_and_no_number_is_remembered(
    shelf_on_server: str,
) -> None:
    with moody(shelf_on_server) as (address, mood):
        engine = opened(address)
        engine.put([], [], 1)
        mood.next[:] = [
            (200, {"errors": True, "items": [{"index": {"status": 400, "error": {"type": "odd"}}}]})
        ]
        with pytest.raises(IndexBroken, match="odd"):
            engine.put([document("a")], [], 2)
        assert engine.seen() == 1


def test_a_server_that_is_away_is_named_and_searching_goes_on_when_it_is_back(
    shelf_on_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_server, "ASKING", 0.2)
    monkeypatch.setattr(cluster_server, "REST_AFTER_FAILURE", 0.3)
    with moody(shelf_on_server) as (address, mood):
        engine = opened(address)
        engine.put(DOCUMENTS, [], 1)
        mood.next[:] = [(503, {})] * 99
        hits = engine.find(Query("Radverkehr"))
        assert (hits.total, len(hits.mistakes)) == (0, 1)
        assert "does not answer since 20" in str(hits.mistakes[0])
        assert "@ss" not in str(hits.mistakes[0])
        assert "%40ss" not in str(hits.mistakes[0])
        asked = len(mood.asked)
        with pytest.raises(EngineAway):
            engine.seen()
        assert len(mood.asked) == asked  # nobody waits for it again at once
        mood.next.clear()
        time.sleep(0.31)
        assert ask(engine, "Radverkehr") == ["ulm"]
        assert engine.server.away_since is None


def test_a_server_that_lets_nobody_in_is_said_to(shelf_on_server: str) -> None:
    with moody(shelf_on_server) as (address, mood):
        mood.next[:] = [(401, {"error": {"reason": "missing authentication"}})]
        with pytest.raises(EngineAway, match="HTTP 401, missing authentication"):
            opened(address).seen()


def test_an_api_key_goes_along_and_redirects_are_not_followed(shelf_on_server: str) -> None:
    with moody(shelf_on_server) as (address, mood):
        engine = open_engine(address, Path("/nonexistent"), key="s3cret")
        mood.next[:] = [(302, {})]
        with pytest.raises(IndexBroken, match="HTTP 302"):
            engine.seen()
        assert {authorization for _, authorization, _ in mood.asked} == {"ApiKey s3cret"}


def test_an_instance_starts_without_its_search_server() -> None:
    engine = opened("opensearch+http://127.0.0.1:9/village")
    hits = engine.find(Query("anything", facets=("theme",)))
    assert (hits.total, hits.hits, len(hits.mistakes)) == (0, [], 1)
    assert hits.away


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(UnknownEngine):
        opened("opensearch+ftp://search.example")
