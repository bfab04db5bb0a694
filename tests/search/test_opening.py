"""The life of an index on disk: it survives, it is thrown away when broken, and others may read it."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from search import opening
from search.engine import Hits, Query
from search.engines.memory import MemoryEngine
from search.errors import IndexBroken, IndexBusy, IndexTooLarge, UnknownEngine
from search.layout import LAYOUT, Layout
from search.opening import KeptEngine, open_engine
from tests.search.library import DOCUMENTS, ULM, ask, document


def generations(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_the_index_and_what_it_has_seen_survive_reopening(kind: str, tmp_path: Path) -> None:
    first = open_engine(kind, tmp_path)
    first.put(DOCUMENTS, [], 41)
    first.put([], ["gent"], 42)
    first.close()
    again = open_engine(kind, tmp_path)
    assert (again.seen(), again.count(), again.generation) == (42, 5, first.generation)
    assert ask(again, "Radverkehr") == ["ulm"]
    again.put(DOCUMENTS, [], 43)
    assert (again.seen(), again.count()) == (43, 6)


def test_the_memory_engine_begins_anew(tmp_path: Path) -> None:
    first = open_engine("memory", tmp_path)
    first.put(DOCUMENTS, [], 1)
    assert open_engine("memory", tmp_path).seen() == 0


def test_a_deleted_directory_is_a_fresh_index(kind: str, tmp_path: Path) -> None:
    engine = open_engine(kind, tmp_path / "index")
    engine.put(DOCUMENTS, [], 7)
    engine.close()
    shutil.rmtree(tmp_path / "index")
    again = open_engine(kind, tmp_path / "index")
    assert (again.seen(), again.count()) == (0, 0)


def test_a_directory_deleted_under_a_running_engine_is_noticed(kind: str, tmp_path: Path) -> None:
    engine = open_engine(kind, tmp_path / "index")
    engine.put(DOCUMENTS, [], 7)
    shutil.rmtree(tmp_path / "index")
    assert engine.find(Query("Radverkehr")).total == 0
    assert engine.seen() == 0
    engine.put(DOCUMENTS, [], 8)
    assert (ask(engine, "Radverkehr"), engine.seen()) == (["ulm"], 8)


def test_a_put_into_a_deleted_directory_is_refused_and_not_remembered(kind: str, tmp_path: Path) -> None:
    engine = open_engine(kind, tmp_path / "index")
    engine.put(DOCUMENTS, [], 7)
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(IndexBroken):
        engine.put([ULM], [], 8)
    assert (engine.seen(), engine.count()) == (0, 0)


@pytest.mark.parametrize("damage", [b"", b"not what it was", None])
def test_broken_files_are_followed_by_the_next_generation(
    kind: str, damage: bytes | None, tmp_path: Path
) -> None:
    engine = open_engine(kind, tmp_path)
    engine.put(DOCUMENTS, [], 7)
    engine.close()
    directory = tmp_path / engine.generation
    for path in directory.iterdir():
        if path.is_file() and not path.name.startswith("."):
            path.write_bytes(path.read_bytes()[:40] if damage is None else damage)
    again = open_engine(kind, tmp_path)
    assert (again.seen(), ask(again, "Radverkehr")) == (0, [])
    again.put(DOCUMENTS, [], 7)
    assert ask(again, "Radverkehr") == ["ulm"]
    assert again.generation > engine.generation
    assert generations(tmp_path) == [again.generation]


def test_a_missing_file_is_found_out_at_the_latest_when_it_is_needed(kind: str, tmp_path: Path) -> None:
    engine = open_engine(kind, tmp_path)
    engine.put(DOCUMENTS, [], 7)
    engine.close()
    largest = max((tmp_path / engine.generation).iterdir(), key=lambda path: path.stat().st_size)
    largest.unlink()
    again = open_engine(kind, tmp_path)
    assert again.find(Query("Radverkehr", facets=("theme",))).total == 0
    assert again.seen() == 0


def test_files_that_lie_are_never_an_error_page(kind: str, tmp_path: Path) -> None:
    engine = open_engine(kind, tmp_path)
    engine.put(DOCUMENTS, [], 7)
    engine.close()
    for path in (tmp_path / engine.generation).iterdir():
        content = bytearray(path.read_bytes())
        if path.suffix in (".json", ".lock", ".toc") or len(content) < 200:
            continue
        content[20:-160] = bytes(len(content) - 180)  # the beginning and the footer look right
        path.write_bytes(content)
    again = open_engine(kind, tmp_path)
    for text in ("Radverkehr", "rad*", "", '"ville pilote"', "near:48,10~500"):
        assert again.find(Query(text, facets=("theme",))).total <= len(DOCUMENTS)
    assert again.seen() in (0, 7)


class Choking(MemoryEngine):
    """Breaks at one word, and for ever once its files are gone."""

    def __init__(self, directory: Path, generation: str, layout: Layout) -> None:
        super().__init__(layout)
        self.generation = generation
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory

    def find(self, query: Query) -> Hits:
        if query.text == "choke" or (self.directory / "broken").exists():
            raise IndexBroken("cannot")
        return super().find(query)


def test_one_query_that_fails_costs_neither_the_index_nor_an_error_page(tmp_path: Path) -> None:
    engine = KeptEngine(Choking, "choking", tmp_path, LAYOUT)
    hits = engine.find(Query("choke"))
    assert (hits.total, [str(mistake) for mistake in hits.mistakes]) == (
        0,
        ["This search could not be done."],
    )
    assert engine.generation.endswith("-0001")


def test_an_index_that_opens_but_fails_every_query_is_begun_anew(tmp_path: Path) -> None:
    engine = KeptEngine(Choking, "choking", tmp_path, LAYOUT)
    (tmp_path / engine.generation / "broken").touch()
    assert engine.find(Query("anything")).mistakes == ()
    assert engine.generation.endswith("-0002")


def test_another_analysis_is_another_generation(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(kind, tmp_path)
    engine.put(DOCUMENTS, [], 7)
    engine.close()
    monkeypatch.setattr(opening, "ANALYSIS_VERSION", 999)
    again = open_engine(kind, tmp_path)
    assert (again.seen(), again.generation.startswith(f"{kind}-999.")) == (0, True)
    # A program of the other version may be at work on its own; who writes the index knows when none is.
    assert generations(tmp_path) == sorted([again.generation, engine.generation])
    again.tidy()
    assert generations(tmp_path) == [again.generation]


def test_engines_of_several_kinds_do_not_touch_each_other(tmp_path: Path) -> None:
    fast, pure = open_engine("tantivy", tmp_path), open_engine("whoosh", tmp_path)
    fast.put(DOCUMENTS, [], 1)
    pure.put([ULM], [], 2)
    assert (fast.count(), pure.count()) == (6, 1)
    assert generations(tmp_path) == sorted([fast.generation, pure.generation])


def test_a_second_engine_sees_every_commit_of_the_first(kind: str, tmp_path: Path) -> None:
    writer, reader = open_engine(kind, tmp_path), open_engine(kind, tmp_path)
    for number in range(1, 6):
        writer.put([document(f"d{number}", title="Marché")], [], number)
        assert (reader.seen(), reader.count(), len(ask(reader, "marches"))) == (number, number, number)
    writer.clear()
    assert (reader.seen(), ask(reader)) == (0, [])


CHILD = """
import sys
from pathlib import Path
from search.layout import LAYOUT, Layout
from search.engines.memory import MemoryEngine
from search.opening import KeptEngine, open_engine
from tests.search.library import DOCUMENTS, ask
engine = open_engine(sys.argv[1], Path(sys.argv[2]))
if sys.argv[3] == "read":
    print(engine.seen(), ",".join(ask(engine, "Radverkehr")))
else:
    engine.put(DOCUMENTS, [], 5)
    print("written", flush=True)
    sys.stdin.read()
"""


def child(kind: str, directory: Path, what: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, kind, str(directory), what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_another_process_reads_what_this_one_wrote(kind: str, tmp_path: Path) -> None:
    engine = open_engine(kind, tmp_path)
    engine.put(DOCUMENTS, [], 3)
    answer, _ = child(kind, tmp_path, "read").communicate(timeout=60)
    assert answer.split() == ["3", "ulm"]


def test_a_writer_that_is_killed_leaves_a_readable_index_that_can_be_written(
    kind: str, tmp_path: Path
) -> None:
    other = child(kind, tmp_path, "write")
    assert other.stdout is not None
    assert other.stdout.readline() == "written\n"
    engine = open_engine(kind, tmp_path)
    assert engine.seen() == 5
    other.kill()
    other.communicate()
    engine.put([], ["ulm"], 6)
    assert (engine.seen(), ask(engine, "Radverkehr")) == (6, [])


def test_who_searches_does_not_wait_for_who_writes(tmp_path: Path) -> None:
    engine = open_engine("tantivy", tmp_path)
    engine.put([document("d1", title="Marché")], [], 1)
    with engine._engine._writing(), ThreadPoolExecutor(1) as reader:  # type: ignore[attr-defined]
        assert reader.submit(engine.seen).result(timeout=10) == 1
        assert len(reader.submit(ask, engine, "marches").result(timeout=10)) == 1


def test_only_one_process_writes_with_tantivy(tmp_path: Path) -> None:
    other = child("tantivy", tmp_path, "write")
    assert other.stdout is not None
    assert other.stdout.readline() == "written\n"
    engine = open_engine("tantivy", tmp_path)
    with pytest.raises(IndexBusy):
        engine.put([], [], 6)
    assert (engine.seen(), ask(engine, "Radverkehr")) == (5, ["ulm"])
    other.communicate("")


def test_a_directory_that_cannot_be_made_is_a_clear_error(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexBroken):
        open_engine(kind, tmp_path / "file")


def test_an_unknown_engine_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownEngine, match=r"“solr”.*tantivy, whoosh, memory"):
        open_engine("solr", tmp_path)


def test_whoosh_refuses_more_than_it_is_good_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from search.engines import pure

    monkeypatch.setattr(pure, "MOST_DOCUMENTS", 5)
    engine = open_engine("whoosh", tmp_path)
    engine.put(DOCUMENTS[:5], [], 1)
    with pytest.raises(IndexTooLarge):
        engine.put([DOCUMENTS[5]], [], 2)
    engine.put(DOCUMENTS[:5], [], 3)  # the same again is not more
    assert (engine.seen(), engine.count()) == (3, 5)


def test_only_the_chosen_engine_is_imported() -> None:
    code = (
        "import sys, pathlib; from search.opening import open_engine; "
        "open_engine(sys.argv[1], pathlib.Path(sys.argv[2])); "
        "print([name for name in ('tantivy', 'whoosh', 'wesh') if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, "memory", os.devnull], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_a_rebuild_beside_serves_the_old_index_until_it_is_adopted(kind: str, tmp_path: Path) -> None:
    engine = open_engine(kind, tmp_path)
    engine.put(DOCUMENTS, [], 10)
    reader, before = open_engine(kind, tmp_path), engine.generation
    fresh = engine.beside()
    fresh.put(DOCUMENTS[:3], [], 4)
    assert (engine.seen(), engine.count(), reader.count()) == (10, 6, 6)
    assert open_engine(kind, tmp_path).generation == before  # nobody takes it for the newest
    engine.adopt(fresh)
    assert (engine.seen(), engine.count(), engine.generation > before) == (4, 3, True)
    assert (reader.seen(), ask(reader, "Radverkehr"), reader.generation) == (4, ["ulm"], engine.generation)
    engine.put(DOCUMENTS, [], 11)
    assert (engine.count(), reader.count(), generations(tmp_path)) == (6, 6, [engine.generation])


def test_a_rebuild_that_was_given_up_leaves_nothing(kind: str, tmp_path: Path) -> None:
    engine = open_engine(kind, tmp_path)
    engine.put(DOCUMENTS, [], 10)
    engine.beside().put(DOCUMENTS, [], 5)  # and here the process ends
    fresh = open_engine(kind, tmp_path).beside()
    assert (fresh.seen(), fresh.count()) == (0, 0)
    fresh.close()
    engine.tidy()
    assert (generations(tmp_path), engine.count()) == ([engine.generation], 6)


KILLED = """
import sys
from pathlib import Path
from search.opening import open_engine
from tests.search.library import document
engine = open_engine(sys.argv[1], Path(sys.argv[2]))
number = engine.seen()
while True:
    number += 1
    engine.put([document(f"d{number % 40}", title=f"Marché zq{number}", body="pluie " * 400)], [f"d{number % 7}x"], number)
    print(number, flush=True)
"""


@pytest.mark.parametrize("rounds", [3])
def test_kill_9_during_commits_leaves_the_last_whole_commit(kind: str, rounds: int, tmp_path: Path) -> None:
    kill_repeatedly(kind, rounds, tmp_path)


def kill_repeatedly(kind: str, rounds: int, directory: Path) -> int:
    """Kill a process that commits without pause, look, and again; the number of commits there were."""
    reader, told = open_engine(kind, directory), 0
    for turn in range(rounds):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, kind, str(directory)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert process.stdout is not None
        for _ in range(3 + turn % 5):
            told = int(process.stdout.readline())
        process.kill()  # at whatever it is doing just then
        told = max([told, *map(int, process.communicate()[0].split())])
        seen = reader.seen()
        assert told <= seen <= told + 1  # the last one may have been committed and not told
        assert ask(reader, f"zq{seen}") == [f"d{seen % 40}"]
        assert reader.count() == min(seen, 40)
        with_all = reader.find(Query("pluie", facets=("theme",)))
        assert (with_all.total, with_all.mistakes) == (min(seen, 40), ())
    last = open_engine(kind, directory)
    last.put([ULM], [], told + 10)
    assert (reader.seen(), ask(reader, "Radverkehr")) == (told + 10, ["ulm"])
    return told


FULL = """
import os, resource, signal, sys
from pathlib import Path
from search.engine import Query
from search.errors import IndexBroken
from search.opening import open_engine
from tests.search.library import DOCUMENTS, ask, document
import random
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
engine = open_engine(sys.argv[1], Path(sys.argv[2]))
engine.put(DOCUMENTS, [], 10)
before = engine.generation
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
letters = random.Random(1)
many = [
    document(f"d{n}", body=" ".join("".join(letters.choices("abcdefghijklm", k=9)) for _ in range(300)))
    for n in range(40)
]
for what in ("put", "beside"):
    try:
        (engine if what == "put" else engine.beside()).put(many, ["ulm"], 11)
    except IndexBroken as error:
        print("refused", what)
    assert (engine.seen(), engine.generation, ask(engine, "Radverkehr")) == (10, before, ["ulm"])
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
engine.tidy()
engine.put(many, ["ulm"], 11)
assert (engine.seen(), engine.generation, engine.count()) == (11, before, 45)
print(sorted(os.listdir(sys.argv[2])) == [before])
"""


def test_with_a_full_disk_the_old_index_goes_on_answering_and_recovers(kind: str, tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", FULL, kind, str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert answer.stdout.splitlines() == ["refused put", "refused beside", "True"], answer.stderr[-2000:]
