"""What a query asks of an index: its tree, compiled into terms that the index holds.

A word is read in every language that has a stemmer, for nobody says in which language a query is; its
folded form is always among the alternatives, so names and languages without a stemmer are found too.
The reader's languages and the one that the small words betray weigh more than the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from search import language as tree
from search.analysis import ALL
from search.compounds import COMPOUNDING, parts
from search.stopwords import ANY_STOP_WORD, guess
from search.text import STEMMERS, base_language, fold, stems

OTHER_LANGUAGES = 0.5  # weight of a stem in a language that nobody named
PARTS_OF_COMPOUND = 0.3  # weight of a document that has the parts of a compound but not the whole
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_DIGRAPHS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))


@dataclass(frozen=True)
class Word:
    """Any of these forms in the zone: folded words, stems with their weights, or all parts of a compound."""

    typed: str
    surfaces: tuple[str, ...]
    stems: tuple[tuple[str, float], ...]
    zone: str = ALL
    compounds: tuple[tuple[tuple[str, ...], float], ...] = ()


@dataclass(frozen=True)
class Run:
    """Folded words one after the other."""

    words: tuple[str, ...]
    zone: str = ALL


@dataclass(frozen=True)
class Start:
    """A word of the zone that begins so."""

    text: str
    zone: str = ALL


@dataclass(frozen=True)
class Chosen:
    """A facet that has one of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Between:
    """A number from low to high, both included; a document without the number does not match."""

    field: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Around:
    """A place at most so many kilometres away."""

    lat: float
    lon: float
    km: float


@dataclass(frozen=True)
class Without:
    part: "Meaning"


@dataclass(frozen=True)
class All:
    """Every part; `spare` parts only add to the score. Without any part: every document."""

    parts: tuple["Meaning", ...] = ()
    spare: tuple["Meaning", ...] = ()


@dataclass(frozen=True)
class Any:
    """At least one part."""

    parts: tuple["Meaning", ...]


Meaning = Word | Run | Start | Chosen | Between | Around | Without | All | Any


def compile(node: tree.Tree, languages: Iterable[str] = ()) -> Meaning:
    """The meaning of a query tree for a reader of these languages."""
    preferred = {base_language(language) for language in languages}
    guessed = guess([part.text for part in _terms(node)])
    return _Compiler(preferred | {base_language(guessed)} if guessed else preferred).compile(node)


def _terms(node: tree.Tree) -> Iterator[tree.Term]:
    if isinstance(node, tree.Term):
        yield node
    elif isinstance(node, tree.And | tree.Or):
        for part in node.parts:
            yield from _terms(part)


class _Compiler:
    def __init__(self, preferred: set[str]) -> None:
        self.weights = {name: 1.0 if name in preferred else OTHER_LANGUAGES for name in STEMMERS}

    def compile(self, node: tree.Tree) -> Meaning:
        match node:
            case tree.Term(text, zone):
                return self.word(text, zone or ALL)
            case tree.Phrase(words, zone):
                return Run(tuple(fold(word) for word in words), zone or ALL)
            case tree.Prefix(text, zone):
                return Start(fold(text), zone or ALL)
            case tree.Facet(name, values):
                return Chosen(name, values)
            case tree.Range(name, low, high):
                return Between(name, low, high)
            case tree.Near(lat, lon, km):
                return Around(lat, lon, km)
            case tree.Not(part):
                return Without(self.compile(part))
            case tree.Or(parts):
                return Any(tuple(self.compile(part) for part in parts))
            case tree.And(parts):
                return _every([self.compile(part) for part in parts])

    def word(self, text: str, zone: str) -> Word:
        found: dict[str, float] = {}
        for name, weight in self.weights.items():
            for stem in stems(text, name):
                found[stem] = weight
        compounds = tuple(
            (apart, PARTS_OF_COMPOUND * self.weights[name])
            for name in COMPOUNDING
            if len(apart := parts(text, name)) > 1
        )
        return Word(text, spellings(text), tuple(found.items()), zone, compounds)


def _every(parts: list[Meaning]) -> All:
    """All parts, but small words need not be there when a word of more weight is."""
    spare = tuple(part for part in parts if isinstance(part, Word) and _is_small(part))
    needed = tuple(part for part in parts if part not in spare)
    if any(isinstance(part, Word | Run | Start | All | Any) for part in needed):
        return All(needed, spare)
    return All(tuple(parts))


def _is_small(word: Word) -> bool:
    return word.typed in ANY_STOP_WORD or (
        len(word.typed) == 1 and word.typed.isalpha() and _is_latin(word.typed)
    )


def _is_latin(word: str) -> bool:
    return max(word) < "ɐ"


def spellings(word: str) -> tuple[str, ...]:
    """The folded forms of a word as people write it: Bürger, Burger, Buerger; København, Koebenhavn."""
    found = {fold(word): None, fold(word.translate(_UMLAUTS)): None}
    plain = fold(word)
    if len(plain) >= 5:
        undone = plain
        for pair, single in _DIGRAPHS:
            undone = _undo(undone, pair, single)
        found[undone] = None
    return tuple(found)


def _undo(word: str, pair: str, single: str) -> str:
    """ue was ü only before a consonant and not after another vowel or q: Buerger, but not bleue."""
    before, found, after = word.partition(pair)
    if not found or not after or after[0] in "aeiouy" or (before and before[-1] in "aeioquy"):
        return word
    return f"{before}{single}{after}"


def relaxed(meaning: Meaning) -> Meaning | None:
    """The same with some of its words instead of all; None when there is nothing to give up."""
    if not isinstance(meaning, All):
        return None
    words = tuple(part for part in meaning.parts if isinstance(part, Word | Run))
    others = tuple(part for part in meaning.parts if part not in words)
    return All((Any(words), *others), meaning.spare) if len(words) > 1 else None


def positive(meaning: Meaning) -> Iterator[Word | Run | Start]:
    """What a found document may contain and a snippet should show."""
    match meaning:
        case Word() | Run() | Start():
            yield meaning
        case Any(parts):
            for part in parts:
                yield from positive(part)
        case All(parts, spare):
            for part in (*parts, *spare):
                yield from positive(part)


def weighted(meaning: Meaning, extra: Mapping[str, float]) -> Iterator[tuple[Word | Run | Start, float]]:
    """What may be found anywhere, once more for each text in which finding it weighs more."""
    for part in positive(meaning):
        if part.zone == ALL:
            yield from ((replace(part, zone=zone), weight) for zone, weight in extra.items() if weight)


def place(meaning: Meaning) -> Around | None:
    """The place that must be near, if the query names one."""
    if isinstance(meaning, Around):
        return meaning
    if isinstance(meaning, All):
        return next((found for part in meaning.parts if (found := place(part))), None)
    return None
