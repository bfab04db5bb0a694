"""What a query asks of an index: its tree, compiled into terms that the index holds.

A word is read in every language that has a stemmer, for nobody says in which language a query is; its
folded form is always among the alternatives, so names and languages without a stemmer are found too.
The reader's languages and the one that the small words betray weigh more than the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from search.analysis import ALL
from search.question import language as tree
from search.words.compounds import COMPOUNDING, parts
from search.words.stopwords import ANY_STOP_WORD, STOP_WORDS, guess
from search.words.text import STEMMERS, base_language, fold, stems
from search.words.thesaurus import NOTHING, Thesaurus

OTHER_LANGUAGES = 0.3  # weight of a stem in a language that nobody named
PARTS_OF_COMPOUND = 0.3  # weight of a document that has the parts of a compound but not the whole
# What a document scores for being about the concept that the words stand for, or a part of the compound
SUBJECT, SUBJECT_OF_PART, SUBJECT_IN_COMMON = 3.0, 0.75, 6.0
SUBJECT_ELSEWHERE = 0.3  # through an inflected form in a language that nobody named: less than any word found
LONGEST_LABEL = 4  # words of a query that are looked up together
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_DIGRAPHS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))
_WITH_DIGRAPHS = ("de", "da", "no", "sv")  # elsewhere ue is no ü: the Dutch write koe and mean it


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
class Subject:
    """A facet that has this value, because the document is about what somebody named; scores `weight`."""

    field: str
    value: str
    weight: float


@dataclass(frozen=True)
class Among:
    """One of these documents."""

    ids: tuple[str, ...]


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


@dataclass(frozen=True)
class Named(Any):
    """Words, which are the first part, or else a subject that they stand for: the other parts."""

    @property
    def words(self) -> "Meaning":
        return self.parts[0]

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(part for part in self.parts[1:] if isinstance(part, Subject))


Meaning = Word | Run | Start | Chosen | Between | Around | Subject | Among | Without | All | Any


def compile(node: tree.Tree, languages: Iterable[str] = (), thesaurus: Thesaurus = NOTHING) -> Meaning:
    """The meaning of a query tree for a reader of these languages."""
    preferred = {base_language(language) for language in languages}
    guessed = guess([part.text for part in _terms(node)])
    preferred |= {base_language(guessed)} if guessed else set()
    return _Compiler(preferred, thesaurus).compile(node)


def _terms(node: tree.Tree) -> Iterator[tree.Term]:
    if isinstance(node, tree.Term):
        yield node
    elif isinstance(node, tree.And | tree.Or):
        for part in node.parts:
            yield from _terms(part)


class _Compiler:
    def __init__(self, preferred: set[str], thesaurus: Thesaurus) -> None:
        self.preferred = preferred
        self.weights = {name: 1.0 if name in preferred else OTHER_LANGUAGES for name in STEMMERS}
        self.thesaurus = thesaurus

    def compile(self, node: tree.Tree) -> Meaning:
        match node:
            case tree.Term(text, None, False):
                return self.named([text])[0]
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
            case tree.NearNamed():
                return All()  # `references` has put a point in its place, or said that it knows none
            case tree.Like():
                return self.like(node)
            case tree.Not(part):  # what is excluded is the word, and nothing that it might stand for
                return Without(_Compiler(set(self.weights), NOTHING).compile(part))
            case tree.Or(parts):
                return Any(tuple(self.compile(part) for part in parts))
            case tree.And(parts):
                return _every(list(self.several(parts)))

    def several(self, parts: tuple[tree.Tree, ...]) -> Iterator[Meaning]:
        """The parts of a conjunction; plain words beside each other are read together."""
        run: list[str] = []
        for part in parts:
            if isinstance(part, tree.Term) and part.field is None and not part.plain:
                run.append(part.text)
                continue
            yield from self.named(run)
            run = []
            yield self.compile(part)
        yield from self.named(run)

    def named(self, run: list[str]) -> list[Meaning]:
        """Words, and the subjects for which the longest runs of them stand."""
        found: list[Meaning] = []
        at = 0
        while at < len(run):
            for length in range(min(LONGEST_LABEL, len(run) - at), 0, -1):
                subjects = self.subjects(run[at : at + length])
                if subjects or length == 1:
                    break
            words = [self.word(text, ALL) for text in run[at : at + length]]
            if subjects:
                found.append(Named((words[0] if length == 1 else All(tuple(words)), *subjects)))
            else:
                found += words
            at += length
        return found

    def subjects(self, typed: list[str]) -> list[Subject]:
        if not self.thesaurus or (len(typed) == 1 and typed[0] in ANY_STOP_WORD):
            return []
        if found := self.thesaurus.about(typed):
            # What is a form of a label in another language only may be another word in the reader's: isola
            # is an island to Italians, and in French a form of isolation.
            own = self.thesaurus.about(typed, self.preferred)
            return [Subject(*about, SUBJECT if about in own else SUBJECT_ELSEWHERE) for about in found]
        if len(typed) > 1:
            return []
        pieces = [piece for name in COMPOUNDING for piece in parts(typed[0], name)]
        return [Subject(*about, SUBJECT_OF_PART) for about in self.thesaurus.of_stems(pieces)]

    def like(self, node: tree.Like) -> Meaning:
        alike: list[Meaning] = [Subject(*about, SUBJECT_IN_COMMON) for about in node.subjects]
        if node.stems:
            alike.append(Word(f"like:{node.id}", (), node.stems))
        return All((Any(tuple(alike)), Without(Among((node.id,)))))

    def word(self, text: str, zone: str) -> Word:
        found: dict[str, float] = {}
        for name, weight in self.weights.items():
            for stem in _telling(text, name):
                found[stem] = weight
        compounds = {
            apart: PARTS_OF_COMPOUND * self.weights[name]
            for name in COMPOUNDING
            if len(apart := parts(text, name)) > 1
        }
        if (undone := without_digraphs(text)) != fold(text):  # Buergerinnen are Bürgerinnen
            for name in _WITH_DIGRAPHS:
                found |= dict.fromkeys(_telling(undone, name), self.weights[name])
                if len(apart := parts(undone, name)) > 1:
                    compounds[apart] = PARTS_OF_COMPOUND * self.weights[name]
        return Word(text, spellings(text), tuple(found.items()), zone, tuple(compounds.items()))


def _telling(word: str, language: str) -> Iterator[str]:
    """The stems of a word, without those by which it would be a small word: a Dutch stemmer makes “in” of Insel."""
    small = STOP_WORDS.get(language, frozenset())
    return (stem for stem in stems(word, language) if word in small or stem.partition(":")[2] not in small)


def _every(parts: list[Meaning]) -> All:
    """All parts, but small words need not be there when a word of more weight is."""
    spare = tuple(part for part in parts if isinstance(part, Word) and _is_small(part))
    needed = tuple(part for part in parts if part not in spare)
    if any(isinstance(part, Word | Run | Start | All | Any) for part in needed):  # a Named is an Any
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
    return tuple(dict.fromkeys((fold(word), fold(word.translate(_UMLAUTS)), without_digraphs(word))))


def without_digraphs(word: str) -> str:
    """The folded word with what may have been typed for an umlaut taken for one: Buerger, burger."""
    undone = fold(word)
    if len(undone) >= 5:
        for pair, single in _DIGRAPHS:
            undone = _undo(undone, pair, single)
    return undone


def _undo(word: str, pair: str, single: str) -> str:
    """ue was ü only before a consonant and not after another vowel or q: Buerger, but not bleue. Haeuser are Häuser."""
    before, found, after = word.partition(pair)
    vowels = "aeioy" if pair == "ae" else "aeiouy"
    if not found or not after or after[0] in vowels or (before and before[-1] in "aeioquy"):
        return word
    return f"{before}{single}{after}"


def relaxed(meaning: Meaning) -> Meaning | None:
    """The same with some of its words instead of all; None when there is nothing to give up."""
    if not isinstance(meaning, All):
        return None
    words = tuple(part for part in meaning.parts if isinstance(part, Word | Run | Named))
    others = tuple(part for part in meaning.parts if part not in words)
    return All((Any(words), *others), meaning.spare) if len(words) > 1 else None


def positive(meaning: Meaning) -> Iterator[Word | Run | Start | Subject]:
    """What a found document may contain and be ranked by."""
    match meaning:
        case Word() | Run() | Start() | Subject():
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
        if not isinstance(part, Subject) and part.zone == ALL:
            yield from ((replace(part, zone=zone), weight) for zone, weight in extra.items() if weight)


def named(meaning: Meaning) -> Iterator[Named]:
    """The words of a query that stand for a subject."""
    match meaning:
        case Named():
            yield meaning
        case Any(parts):
            for part in parts:
                yield from named(part)
        case All(parts, spare):
            for part in (*parts, *spare):
                yield from named(part)


def place(meaning: Meaning) -> Around | None:
    """The place that must be near, if the query names one."""
    if isinstance(meaning, Around):
        return meaning
    if isinstance(meaning, All):
        return next((found for part in meaning.parts if (found := place(part))), None)
    return None
