"""What words stand for: concepts with their labels, so that a word in one language finds what is about it in all.

The host fills it with its vocabularies and gives it along with a query. Nothing of it is in an index: a
label that is added helps with the next question.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from search.words.spelling import MOST_MISTAKES, SHORTEST, distance
from search.words.text import base_language, fold, stems, words

LONGEST_LABEL = 5  # words
MOST_READINGS = 8  # of one run of words in one language
MOST_NEAR = 3  # values that may have been meant


@dataclass(frozen=True)
class Concept:
    """One value of a facet, and what it is called: language → labels, the preferred one first.

    `also` are other values under which the same thing may stand in an index. Without `spoken`, its labels
    name it as a value only: as words of a query they mean too many other things.
    """

    field: str
    value: str
    labels: Mapping[str, Sequence[str]]
    also: tuple[str, ...] = ()
    spoken: bool = True


class Thesaurus:
    """Finds the concepts of words, and the values of facets by what people call them.

    `concepts` are all that can be named as a value of a facet; of those whose field is in `subjects`,
    the labels are also found in the words of a query. `later` makes the concepts of a field when somebody
    first names one of its values. Of the `open` fields an index may have values that nobody listed: such as
    are written as the field's pattern says. `fields` are known although none of their values may be.
    """

    def __init__(
        self,
        concepts: Iterable[Concept] = (),
        subjects: Iterable[str] = (),
        *,
        later: Mapping[str, Callable[[], Iterable[Concept]]] | None = None,
        open: Mapping[str, re.Pattern[str]] | None = None,
        fields: Iterable[str] = (),
    ) -> None:
        self._later = dict(later or {})
        self._open = dict(open or {})
        self._values: dict[str, dict[str, tuple[str, ...]]] = {name: {} for name in fields}
        self._written: dict[str, dict[str, str]] = {}
        self._beside: Thesaurus | None = None
        self._labels: dict[tuple[str, ...], dict[tuple[str, str], None]] = {}
        self._languages: dict[str, None] = {}
        subjects = set(subjects)
        for concept in concepts:
            self._name(concept)
            if concept.field in subjects and concept.spoken:
                self._learn(concept)

    def _name(self, concept: Concept) -> None:
        known = self._values.setdefault(concept.field, {})
        meant = (concept.value, *concept.also)
        known |= dict.fromkeys((value.casefold() for value in meant), meant)
        for name in (
            concept.value.partition("-")[2],
            *(text for all in concept.labels.values() for text in all),
        ):
            if key := folded(name):
                known.setdefault(key, meant)
                self._written.setdefault(concept.field, {}).setdefault(key, name)

    def _learn(self, concept: Concept) -> None:
        about = (concept.field, concept.value)
        for language, labels in concept.labels.items():
            self._languages[base_language(language)] = None
            for label in labels:
                found = words(label)
                if 0 < len(found) <= LONGEST_LABEL:
                    self._labels.setdefault(tuple(fold(word) for word in found), {})[about] = None
                    for reading in _readings(found, base_language(language)):
                        self._labels.setdefault(reading, {})[about] = None

    def __bool__(self) -> bool:
        return bool(self._values)

    def knows(self, field: str) -> bool:
        """Whether the values of a facet are listed here."""
        return field in self._values or field in self._later or self._aside(field) is not None

    def beside(self, other: "Thesaurus") -> "Thesaurus":
        """The same, with the values of other fields."""
        both = copy(self)
        both._beside = other
        return both

    def _aside(self, field: str) -> "Thesaurus | None":
        return self._beside if self._beside is not None and self._beside.knows(field) else None

    def values(self, field: str, typed: str) -> tuple[str, ...]:
        """What was meant: by its id, by its id without the prefix, or by a label in any language; () if unknown.

        Words of a label are enough where only one thing has them: `rural` for “Rural area (thinly populated)”.
        """
        if (other := self._aside(field)) is not None:
            return other.values(field, typed)
        known = self._known(field)
        key = folded(typed)
        if found := known.get(typed.strip().casefold()) or known.get(key):
            return found
        having = {meant for label, meant in known.items() if key and f" {key} " in f" {label} "}
        if len(having) == 1:
            return having.pop()
        pattern = self._open.get(field)
        return (typed,) if pattern is not None and pattern.fullmatch(typed) else ()

    def near(self, field: str, typed: str) -> list[str]:
        """What the values are called that may have been meant: nearly so, or with these words and others."""
        if (other := self._aside(field)) is not None:
            return other.near(field, typed)
        key, met = folded(typed), dict[tuple[str, ...], tuple[int, str]]()
        for label, meant in self._known(field).items():
            if label in self._written.get(field, {}) and (far := unlike(key, label)) is not None:
                met[meant] = min(met.get(meant, (far, label)), (far, label))
        return [self._written[field][label] for _far, label in sorted(met.values())[:MOST_NEAR]]

    def _known(self, field: str) -> dict[str, tuple[str, ...]]:
        if (make := self._later.get(field)) is not None:
            for concept in make():
                self._name(concept)
            self._later.pop(field, None)
        return self._values.get(field, {})

    def about(self, typed: Sequence[str], languages: Collection[str] = ()) -> list[tuple[str, str]]:
        """The concepts (facet, value) that have these words, in this order and in any inflection, as a label.

        What is a label as it stands is not also read as a form of another word: in Slovenian, šola is a
        school, and no form of sol. With `languages`, inflected forms are those of these alone.
        """
        found = dict(self._labels.get(tuple(fold(word) for word in typed), {}))
        if found:
            return list(found)
        for language in (one for one in self._languages if not languages or one in languages):
            for reading in _readings(typed, language):
                found.update(self._labels.get(reading, {}))
        return list(found)

    def of_stems(self, found: Iterable[str]) -> list[tuple[str, str]]:
        """The concepts that have one of these stems, prefixed with their language, as a label."""
        return list({about: None for stem in found for about in self._labels.get((stem,), {})})

    def vocabulary(self, beginning: str) -> Iterator[tuple[str, int]]:
        """The folded words of labels that begin so, each as if one document had it."""
        return ((word, 1) for word in self._words.get(beginning[:1], ()) if word.startswith(beginning))

    @cached_property
    def _words(self) -> dict[str, list[str]]:
        """The folded words of all labels by their first letter; a stem has its language before it and is none."""
        found: dict[str, dict[str, None]] = {}
        for word in (word for label in self._labels for word in label if word and ":" not in word):
            found.setdefault(word[0], {})[word] = None
        return {letter: list(all) for letter, all in found.items()}


def unlike(typed: str, name: str) -> int | None:
    """How many mistakes lie between two folded names, 0 when the one has the other's words; None when too many."""
    if typed and f" {typed} " in f" {name} ":
        return 0
    most = min(MOST_MISTAKES, len(typed) // SHORTEST)
    if not most or abs(len(typed) - len(name)) > most:
        return None
    return far if (far := distance(typed, name, most)) <= most else None


def folded(name: str) -> str:
    """The words of a name as they are compared."""
    return " ".join(fold(word) for word in words(name))


def _readings(typed: Sequence[str], language: str) -> Iterator[tuple[str, ...]]:
    """The words as stems of a language, in every combination; none when it has no stemmer for one of them."""
    each = [stems(word, language) for word in typed]
    if all(each):
        for number, reading in enumerate(product(*each)):
            if number == MOST_READINGS:
                return
            yield reading


NOTHING = Thesaurus()
