"""The controlled vocabularies: concept schemes loaded from data, with labels in five languages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

# The parser in C reads the vocabularies ten times faster than the one in Python.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

LANGUAGES = ("en", "fr", "de", "es", "it")
PREFIX = "urn:practices:voc:"


@dataclass(frozen=True)
class Concept:
    """One concept: its identifier, its scheme's short name, and its labels by language.

    `alternatives` are the everyday words by which it is also found: those of themes in every official
    language of the Union, so in more languages than there are labels.
    """

    id: str
    scheme: str
    labels: Mapping[str, str]
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    broader: str | None = None
    notation: str | None = None
    definitions: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def label(self, language: str = "en") -> str:
        """The label in `language`, else in English, else the identifier."""
        return self.labels.get(language) or self.labels.get("en") or self.id


@dataclass(frozen=True)
class Scheme:
    """A concept scheme, its concepts in the order of the file."""

    name: str
    labels: Mapping[str, str]
    concepts: Mapping[str, Concept]
    collections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    note: str = ""
    version: str = ""

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts.values())

    def __contains__(self, concept_id: object) -> bool:
        return concept_id in self.concepts


def scheme(name: str) -> Scheme:
    """The scheme with that short name (`themes`, `maturity`, …); KeyError when there is none."""
    return schemes()[name]


def concept(concept_id: str) -> Concept | None:
    """The concept with that identifier in whichever scheme."""
    return _by_id().get(concept_id)


def with_broader(concept_ids: Iterable[str]) -> tuple[str, ...]:
    """The concepts and all that are broader, each once: who serves a part serves the whole."""
    found: dict[str, None] = {}
    for one in concept_ids:
        known: Concept | None = None
        while one and one not in found:
            found[one] = None
            known = concept(one)
            one = (known.broader or "") if known else ""
    return tuple(found)


def label(concept_id: str, language: str = "en") -> str:
    """The concept's label in the reader's language; the identifier itself when it is unknown."""
    found = concept(concept_id)
    return found.label(language) if found else concept_id


def commitments() -> dict[str, Concept]:
    """All concepts that a practice may name as a commitment, from three manifestos."""
    names = ("inclusive-smart-cities", "responsible-digital-territories", "smart-city-charta")
    return {c.id: c for name in names for c in scheme(name)}


def population_class(population: int | None) -> str | None:
    """The population class a number of inhabitants falls into."""
    if population is None or population < 0:
        return None
    for c in scheme("population-class"):
        if population <= c.more.get("max", population):
            return c.id
    return None


@cache
def schemes() -> dict[str, Scheme]:
    """Every scheme by short name."""
    found: dict[str, Scheme] = {}
    for path in sorted(files("exchange").joinpath("seeds/vocabularies").iterdir(), key=lambda p: p.name):
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 - a safe loader
        blocks = data.get("schemes") or [data["scheme"] | {k: v for k, v in data.items() if k != "scheme"}]
        for block in blocks:
            one = _scheme({"version": data.get("version", "")} | block)
            found[one.name] = one
    return found


def _scheme(block: dict[str, Any]) -> Scheme:
    name = block["id"].removeprefix(PREFIX)
    known = ("id", "prefLabel", "altLabel", "broader", "notation", "definition")
    concepts = {
        c["id"]: Concept(
            id=c["id"],
            scheme=name,
            labels=c.get("prefLabel") or {},
            alternatives={
                language: tuple(words)
                for language, words in {**(c.get("altLabel") or {}), **_words().get(c["id"], {})}.items()
            },
            broader=c.get("broader"),
            notation=c.get("notation"),
            definitions=c.get("definition") or {},
            more={k: v for k, v in c.items() if k not in known},
        )
        for c in block["concepts"]
    }
    collections = {k: tuple(v) for k, v in (block.get("collections") or {}).items()}
    labels, note = block.get("prefLabel") or {}, block.get("note", "")
    return Scheme(name, labels, concepts, collections, note, block["version"])


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    """What themes are called in languages that no page is in: concept → language → words."""
    path = files("exchange").joinpath("seeds/words-of-themes.yaml")
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506 - a safe loader
    found: dict[str, dict[str, list[str]]] = {}
    for language, themes in data["words"].items():
        for theme, words in themes.items():
            found.setdefault(theme, {})[language] = words
    return found


@cache
def _by_id() -> dict[str, Concept]:
    return {c.id: c for s in schemes().values() for c in s}
