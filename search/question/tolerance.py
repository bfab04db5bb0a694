"""Forgiving a mistake: when hardly any document is found, words written nearly like the rare ones count too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from search.question import language as tree
from search.question.meaning import ALL, All, Any, Meaning, Word, compile, named, positive
from search.question.shelf import Request, Shelf
from search.words.spelling import nearest
from search.words.text import fold
from search.words.thesaurus import Thesaurus

FEW = 3  # hits below which a mistake is suspected
MORE_OFTEN = 10  # a word that few documents have is a mistake when a like one is so much more common
MOST_DOCUMENTS = 0.1  # of all: a word more common than that is no help against a mistake …
ALWAYS = 1_000  # … unless it is not common at all


@dataclass(frozen=True)
class Near:
    """`words` is word as typed → like ones; `best` the commonest of these; `widened` finds them all."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    best: Mapping[str, str] = field(default_factory=dict)
    widened: Meaning = field(default_factory=All)

    def __bool__(self) -> bool:
        return bool(self.words)


def near(shelf: Shelf, meaning: Meaning, languages: Iterable[str], thesaurus: Thesaurus) -> Near:
    """What the words that (nearly) nothing has may have been meant to be."""
    languages = tuple(languages)
    most = max(ALWAYS, int(_count(shelf, All()) * MOST_DOCUMENTS))
    words: dict[str, tuple[str, ...]] = {}
    best: dict[str, str] = {}
    known = {part for group in named(meaning) for part in positive(group)}  # stands for a subject
    suspects = (part for part in positive(meaning) if isinstance(part, Word) and part.surfaces)
    for word in {part.typed: part for part in suspects if part not in known}.values():
        having = _count(shelf, word)
        if having >= FEW:
            continue
        # Counted by asking: what an index says about a word may still include what was deleted.
        like = {
            one: _count(shelf, _read(one, word.zone, (), thesaurus))
            for one in _nearest(shelf, word, thesaurus)
        }
        least = max(1, having * MORE_OFTEN)
        if like := {one: count for one, count in like.items() if least <= count <= most}:
            words[word.typed] = tuple(like)
            best[word.typed] = min(like, key=lambda one: (-like[one], one))
    return Near(words, best, _widened(meaning, words, languages, thesaurus))


def _nearest(shelf: Shelf, word: Word, thesaurus: Thesaurus) -> Iterable[str]:
    def vocabulary(beginning: str) -> Iterable[tuple[str, int]]:
        return chain(shelf.vocabulary(beginning), thesaurus.vocabulary(beginning) if word.zone == ALL else ())

    return (one for one in nearest(fold(word.typed), vocabulary) if one not in word.surfaces)


def _read(word: str, zone: str, languages: Iterable[str], thesaurus: Thesaurus) -> Meaning:
    return compile(tree.Term(word, None if zone == ALL else zone), languages, thesaurus)


def _count(shelf: Shelf, meaning: Meaning) -> int:
    return shelf.page(Request(All((meaning,)), (), {}, "newest", None, 0, 0, ())).total


def _widened(
    meaning: Meaning, words: Mapping[str, tuple[str, ...]], languages: tuple[str, ...], thesaurus: Thesaurus
) -> Meaning:
    """The same with the like words as alternatives; what must not be there stays as it was typed."""
    match meaning:
        case Word(typed=typed, zone=zone) if typed in words:
            return Any((meaning, *(_read(one, zone, languages, thesaurus) for one in words[typed])))
        case Any(parts):
            return replace(
                meaning, parts=tuple(_widened(part, words, languages, thesaurus) for part in parts)
            )
        case All(parts):
            return replace(
                meaning, parts=tuple(_widened(part, words, languages, thesaurus) for part in parts)
            )
    return meaning
