"""How good the answers are: judged questions over the practices that come along, as nDCG@10 and recall@20."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from exchange.catalogue.finding import sensing
from exchange.catalogue.finding.find import SearchParams
from exchange.indexing import document
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.vocabulary import concepts
from search.answer.sense import Sense
from search.engine import Document, Engine

JUDGED = Path(__file__).with_name("judged.yaml")
FIRST, LOOKED_AT = 10, 20


@dataclass(frozen=True)
class Question:
    """What somebody asks in a language, and document → how well it answers, from 1 to 3."""

    q: str
    language: str
    kind: str
    grades: Mapping[str, int]


@dataclass(frozen=True)
class Score:
    """Of one question, or the means of several: both between 0 and 1."""

    ndcg: float
    recall: float
    questions: int = 1


@cache
def questions() -> tuple[Question, ...]:
    """The judged questions."""
    return tuple(Question(**one) for one in yaml.load(JUDGED.read_text("utf-8"), concepts.LOADER))


@cache
def documents() -> tuple[Document, ...]:
    """The practices that come along, as an instance indexes them; their ids are those of the file."""
    data = yaml.load(files("exchange").joinpath("seeds/practices.yaml").read_text("utf-8"), concepts.LOADER)
    owners = {one["id"]: _community(one) for one in data["communities"]}
    return tuple(_document(one, owners) for one in data["practices"])


def _community(one: dict[str, Any]) -> Community:
    people = one.get("population")
    people = people.get("value") if isinstance(people, dict) else people
    name = one["name"]
    return Community(
        uri=one["id"],
        slug=one["id"],
        local=True,
        instance="https://seeds.example",
        name=name if isinstance(name, dict) else {"und": name},
        country=one["country"],
        population=people,
        population_class=concepts.population_class(people),
        degurba=one.get("degurba"),
        lat=one.get("lat"),
        lon=one.get("lon"),
        profile=one,
    )


def _document(one: dict[str, Any], owners: Mapping[str, Community]) -> Document:
    owner = one["community"]
    practice = Practice(
        uri=one["id"],
        key=one["id"],
        community_id=0,
        local=True,
        language=next(iter(one["title"])),
        title_texts=one["title"],
        summary_texts=one["summary"],
        themes=one.get("theme") or [],
        status=one.get("status"),
        maturity=one.get("maturity"),
        evidence_level=one.get("evidenceLevel"),
        record={name: str(value) if name.endswith("Date") else value for name, value in one.items()},
    )
    return document(practice, owners[owner[0] if isinstance(owner, list) else owner], 0, [])


def answers(engine: Engine, question: Question, encoder: Sense | None = None) -> list[str]:
    """The ids that a reader is shown first, without the places that are kept."""
    query = SearchParams(q=question.q, per_page=LOOKED_AT).query((question.language,))
    arrange = sensing.arrange(question.q, _as_they_are, encoder)
    return [hit.id for hit in engine.find(replace(query, facets=(), snippets=False, arrange=arrange)).hits]


def _as_they_are(hits: Sequence[Any]) -> list[tuple[int, str]]:
    return [(at, "") for at in range(len(hits))]


def score(found: Sequence[str], grades: Mapping[str, int]) -> Score:
    """nDCG over the first ten, with gains of 2^grade - 1, and the share of the answers among the first twenty."""
    gains = [2 ** grades.get(name, 0) - 1 for name in found[:FIRST]]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:FIRST]
    return Score(_sum(gains) / _sum(ideal), len(set(found[:LOOKED_AT]) & set(grades)) / len(grades))


def _sum(gains: Iterable[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def measure(engine: Engine, encoder: Sense | None = None) -> dict[str, Score]:
    """The mean of all questions, and of those of each kind and each language."""
    scores: dict[str, list[Score]] = defaultdict(list)
    for question in questions():
        one = score(answers(engine, question, encoder), question.grades)
        for group in ("all", question.kind, f"in {question.language}"):
            scores[group].append(one)
    return {group: _mean(many) for group, many in scores.items()}


def _mean(many: Sequence[Score]) -> Score:
    count = len(many)
    return Score(sum(one.ndcg for one in many) / count, sum(one.recall for one in many) / count, count)
