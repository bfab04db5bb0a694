"""A document as the terms that every engine indexes, the same for all of them.

Each text field is a zone, and `all` is the zone of everything. A zone has words (folded, in order, for
names, phrases and beginnings) and stems (prefixed with their language, for inflected words and for the
parts of compounds).
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from search.engine import Document
from search.geo import spot
from search.layout import Layout
from search.words.compounds import parts
from search.words.text import base_language, fold, normalise, stems, tokens

ALL = "all"
BREAK = "¶"  # stands between two texts, so that no phrase reaches from one into the other
SEEN_ID = "\x00seen"  # the one document that is not one: it holds the journal number of its commit
BODY_FOR_SNIPPETS = 2_500
SNIPPET_TEXTS = ("summary", "body", "title")


@dataclass
class Zone:
    words: list[str] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)

    def add(self, text: str, language: str) -> None:
        if self.words:
            self.words.append(BREAK)
        for token in tokens(normalise(text)):
            word, found = _terms(token.text, language)
            self.words.append(word)
            self.stems.extend(found)

    def extend(self, other: "Zone") -> None:
        if self.words and other.words:
            self.words.append(BREAK)
        self.words.extend(other.words)
        self.stems.extend(other.stems)


@lru_cache(maxsize=50_000)
def _terms(word: str, language: str) -> tuple[str, tuple[str, ...]]:
    """The folded word, and the stems of it and of its parts: texts repeat their words."""
    return fold(word), (*stems(word, language), *parts(word, language))


def zones(document: Document, layout: Layout) -> dict[str, Zone]:
    """The document's zones; all texts in all their languages."""
    found = {name: Zone() for name in layout.texts}
    for name in layout.texts:
        for language, text in document.texts.get(name, {}).items():
            if text:
                found[name].add(text, base_language(language))
    everything = Zone()
    for zone in found.values():
        everything.extend(zone)
    return {ALL: everything, **found}


def choices(document: Document) -> list[str]:
    """Facet values as terms to filter by, case folded: people type `country:fr`."""
    return [
        choice(name, value) for name, values in document.facets.items() for value in dict.fromkeys(values)
    ]


def choice(name: str, value: str) -> str:
    """One facet value as a term."""
    return f"{name}={normalise(value).strip().casefold()}"


def facets(document: Document) -> dict[str, list[str]]:
    """Facet values to be counted, each once."""
    return {
        name: list(dict.fromkeys(_sound(value) for value in values))
        for name, values in document.facets.items()
        if values
    }


def _sound(value: str) -> str:
    """Without halves of surrogate pairs, which JSON can carry and no index can hold."""
    return value.encode("utf-8", "ignore").decode()


def numbers(document: Document) -> dict[str, float]:
    """The numbers that can be compared."""
    return {name: float(number) for name, number in document.numbers.items() if math.isfinite(number)}


def spot_of(document: Document) -> str | None:
    """The document's place as a term; None for what is no place on Earth."""
    if document.point is None:
        return None
    lat, lon = document.point
    return spot(lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None


def snippet_texts(document: Document) -> dict[str, dict[str, str]]:
    """The texts that snippets are cut from; a long body only with its beginning."""
    return {
        name: {
            language: normalise(text)[:BODY_FOR_SNIPPETS] for language, text in _texts(document, name).items()
        }
        for name in SNIPPET_TEXTS
        if _texts(document, name)
    }


def _texts(document: Document, name: str) -> Mapping[str, str]:
    return document.texts.get(name, {})


def subjects(document: Document, layout: Layout) -> dict[str, list[str]]:
    """What the document is about and where, by facet: through these it may be found without their words."""
    through = (*layout.subjects, *layout.surroundings)
    return {name: found for name, found in facets(document).items() if name in through}


def row(document: Document, layout: Layout) -> str:
    """What a hit is made of, as an index stores it."""
    kept = {
        "language": document.language,
        "stored": document.stored,
        "texts": snippet_texts(document),
        "spot": spot_of(document),
        "subjects": subjects(document, layout),
    }
    return _sound(json.dumps(kept, ensure_ascii=False, separators=(",", ":")))
