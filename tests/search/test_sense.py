"""An encoder is heard about the order of the first hits, and about nothing else."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from exchange.catalogue.finding import fairness, sensing
from search.answer import sense
from search.answer.sense import MOST_KNOWN, Sense, said
from search.opening import open_engine
from tests.search import relevance


class Direction(tuple[float, float]):
    """A vector of two numbers."""

    def __matmul__(self, other: "Direction") -> float:
        return self[0] * other[0] + self[1] * other[1]


class Wheels:
    """An encoder that knows one thing: what goes on wheels, in three languages."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, texts: list[str]) -> list[Direction]:
        self.read += texts
        wheels = ("bike", "velo", "rad")
        return [Direction((1, 0) if any(word in text for word in wheels) else (0, 1)) for text in texts]


HITS: list[Mapping[str, Any]] = [
    {"title": {"en": f"Nothing {at}"}, "summary": {"de": "Dach"}, "themes": ["t"]} for at in range(12)
] + [{"title": {"fr": "Le plan velo"}, "summary": {}, "themes": ["t"], "community": {"population": 900}}]


def as_they_are(hits: Sequence[Any]) -> list[tuple[int, str]]:
    return [(at, "") for at in range(len(hits))]


def test_what_means_the_same_rises_and_the_words_are_heard_too() -> None:
    placed = sensing.arrange("rad", as_they_are, Sense(Wheels()))(HITS)
    assert sorted(at for at, _word in placed) == list(range(13))
    assert placed[0] == (0, "")  # first by its words
    where = [at for at, _word in placed].index(12)
    assert 0 < where < 12
    assert placed[where] == (12, "meaning")
    assert {word for at, word in placed if at != 12} == {""}


def test_places_are_kept_in_the_order_of_both() -> None:
    alone = list(fairness.places(None)(HITS))
    both = sensing.arrange("rad", fairness.places(None), Sense(Wheels()))(HITS)
    assert sorted(at for at, _word in both) == sorted(at for at, _word in alone)
    assert dict(alone)[12] == "small"


@pytest.mark.parametrize("text", ["", "theme:th-energy population:<500", "-rad", "near:48,10~5km"])
def test_a_question_without_words_keeps_its_order(text: str) -> None:
    assert sensing.arrange(text, as_they_are, Sense(Wheels())) is as_they_are


def test_without_an_encoder_nothing_changes() -> None:
    assert sensing.arrange("rad", as_they_are, None) is as_they_are


def test_what_is_said_are_the_words_alone() -> None:
    assert said('(Solar OR wind) "on roofs" -nuclear country:fr title:school') == "solar wind on roofs school"


def test_a_text_is_read_once_also_by_several_threads() -> None:
    wheels = Wheels()
    both = Sense(wheels)
    threads = [threading.Thread(target=both.order, args=("rad", [["velo"], ["dach"]])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wheels.read) == ["dach", "rad", "velo"]


def test_the_memory_of_what_was_read_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_KNOWN >= 1_000
    monkeypatch.setattr("search.answer.sense.MOST_KNOWN", 3)
    wheels = Wheels()
    both = Sense(wheels)
    assert both.order("rad", [["a"], ["b"], ["velo"], ["c"]])
    assert both.order("rad", [["a"], ["b"], ["velo"], ["c"]])
    assert wheels.read.count("rad") == 2


def test_the_encoder_answers_judged_questions_better(tmp_path: Path) -> None:
    encoder = sense.installed()
    if encoder is None:
        pytest.skip("the extra “encoder” is not installed")
    engine = open_engine("tantivy", tmp_path / "index")
    engine.put(relevance.documents(), [], 1)
    words, both = relevance.measure(engine), relevance.measure(engine, encoder)
    engine.close()
    assert both["all"].ndcg > words["all"].ndcg + 0.02
    assert both["across"].ndcg > words["across"].ndcg + 0.04
