"""What words stand for: concepts with their labels, so that a word in one language finds what is about it in all.

The host fills it with its vocabularies and gives it along with a query. Nothing of it is in an index: a
label that is added helps with the next question.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from search.words.text import base_language, fold, stems, words

LONGEST_LABEL = 5  # words
MOST_READINGS = 8  # of one run of words in one language


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
    first names one of its values. Of the `open` fields an index may have values that nobody listed.
    """

    def __init__(
        self,
        concepts: Iterable[Concept] = (),
        subjects: Iterable[str] = (),
        *,
        later: Mapping[str, Callable[[], Iterable[Concept]]] | None = None,
        open: Iterable[str] = (),
    ) -> None:
        self._later = dict(later or {})
        self._open = frozenset(open)
        self._values: dict[str, dict[str, tuple[str, ...]]] = {}
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
            if key := _key(name):
                known.setdefault(key, meant)

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
        return field in self._values or field in self._later

    def values(self, field: str, typed: str) -> tuple[str, ...]:
        """What was meant: by its id, by its id without the prefix, or by a label in any language; () if unknown.

        Words of a label are enough where only one thing has them: `rural` for “Rural area (thinly populated)”.
        """
        if (make := self._later.get(field)) is not None:
            for concept in make():
                self._name(concept)
            self._later.pop(field, None)
        known = self._values.get(field, {})
        key = _key(typed)
        if found := known.get(typed.strip().casefold()) or known.get(key):
            return found
        having = {meant for label, meant in known.items() if key and f" {key} " in f" {label} "}
        if len(having) == 1:
            return having.pop()
        return (typed,) if field in self._open else ()

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


def _key(name: str) -> str:
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
