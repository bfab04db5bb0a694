"""Suggestions while somebody types: themes and other concepts by name, communities, titles of practices."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, NamedTuple

from exchange.vocabulary import concepts
from search.engine import Engine, Hit, Query
from search.words.text import fold, words

SHORTEST, LONGEST = 2, 80  # letters
MOST_CONCEPTS, MOST_OWNERS, MOST_TITLES = 3, 3, 5
# A concept's scheme → the facet that it narrows a search by.
FACETS = {
    "themes": "theme",
    "degurba-l1": "degurba",
    "inclusive-smart-cities": "commitment",
    "responsible-digital-territories": "commitment",
    "smart-city-charta": "commitment",
    "topography": "topography",
}


@dataclass(frozen=True)
class Suggestion:
    """`text` in `language`; `kind` is concept, community or practice; `facet` and `value` narrow a search by it.

    `path` is where choosing it leads on this instance.
    """

    kind: str
    text: str
    language: str
    path: str
    facet: str = ""
    value: str = ""


def suggest(engine: Engine, typed: str, language: str) -> list[dict[str, Any]]:
    """What may be meant by what has been typed so far, at most eleven; the last word may be unfinished."""
    found = words(typed[:LONGEST])
    if not any(map(_says_something, found)):
        return []
    if not _says_something(found[-1]):
        found.pop()  # one letter says nothing yet; the words before it still do
    offered = [
        *_concepts([fold(word) for word in found], language),
        *_communities(engine, found, language),
        *_titles(engine, found, language),
    ]
    return [asdict(one) for one in {(one.kind, one.text): one for one in offered}.values()]


def _says_something(word: str) -> bool:
    return len(word) >= SHORTEST or not word.isascii()


def _concepts(typed: list[str], language: str) -> Iterator[Suggestion]:
    """Concepts that are called so in any language: first in the reader's, then those that begin so, themes first."""
    met: dict[str, tuple[bool, bool, int, bool]] = {}
    for one in _labels().get(typed[0][0], ()):
        if all(any(word.startswith(part) for word in one.words) for part in typed):
            order = one.language != language, not one.words[0].startswith(typed[0]), one.scheme, one.other
            met[one.value] = min(met.get(one.value, order), order)
    for value in sorted(met, key=lambda one: (met[one], one))[:MOST_CONCEPTS]:
        facet = FACETS[concepts.concept(value).scheme]  # type: ignore[union-attr]
        text = concepts.label(value, language)
        yield Suggestion("concept", text, language, f"/practices?{facet}={value}", facet, value)


class _Label(NamedTuple):
    """The folded words of a label; `other` is one that pages do not show, `scheme` the place of its scheme."""

    words: tuple[str, ...]
    language: str
    other: bool
    scheme: int
    value: str


@cache
def _labels() -> dict[str, list[_Label]]:
    """Every label in every language, under the first letter of each of its words."""
    found = defaultdict(list)
    for scheme, one in ((number, one) for number, name in enumerate(FACETS) for one in concepts.scheme(name)):
        shown = ((language, text, False) for language, text in one.labels.items())
        others = ((language, text, True) for language, texts in one.alternatives.items() for text in texts)
        for language, text, other in (*shown, *others):
            folded = tuple(fold(word) for word in words(text))
            for letter in dict.fromkeys(word[0] for word in folded):
                found[letter].append(_Label(folded, language, other, scheme, one.id))
    return dict(found)


def _communities(engine: Engine, typed: list[str], language: str) -> Iterator[Suggestion]:
    """Owners whose name has the words."""
    met: set[str] = set()
    for hit in _asked(engine, "owner", typed, language, MOST_OWNERS * 4):
        owner = hit.stored.get("community") or {}
        uri, names = str(owner.get("id") or ""), owner.get("name") or {}
        if not uri or uri in met or len(met) >= MOST_OWNERS or not names:
            continue
        met.add(uri)
        code = language if language in names else next(iter(names))
        yield Suggestion("community", names[code], code, f"/practices?community={uri}", "community", uri)


def _titles(engine: Engine, typed: list[str], language: str) -> Iterator[Suggestion]:
    """Practices whose title has the words."""
    for hit in _asked(engine, "title", typed, language, MOST_TITLES):
        titles = hit.stored.get("title") or {}
        code = next((one for one in (language, "en", hit.stored.get("language")) if one in titles), None)
        code = code or next(iter(titles), None)
        if code is not None:
            yield Suggestion("practice", titles[code], code, f"/practices/{hit.stored.get('key')}")


def _asked(engine: Engine, field: str, typed: list[str], language: str, most: int) -> list[Hit]:
    *whole, last = typed
    text = " ".join([*(f"{field}:{word}" for word in whole), f"{field}:{last}*"])
    query = Query(text, (language,), sort="newest", per_page=most, snippets=False)
    return engine.find(query).hits
