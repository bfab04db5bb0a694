"""Snippets: the part of a text where the query's words stand, as safe HTML with <mark> around them."""

import re
from collections.abc import Iterable, Mapping
from html import escape

from search.question.meaning import All, Any, Meaning, Run, Start, Word
from search.words.compounds import COMPOUNDING, parts
from search.words.text import (
    ELIDED,
    LONGEST_WORD,
    Token,
    base_language,
    fold,
    is_cjk,
    plain,
    runs,
    runs_from,
    stems,
    tokens,
    without_marks,
)

LONGEST = 260
MOST_FIRSTS = 8  # first letters with which looking for each is faster than reading every word
BEFORE = 60  # what stays readable in front of the first mark
FIELDS = ("summary", "body")
# Irish mutates initials, Dutch takes ge- away, the Serbian stemmer writes Cyrillic in Latin letters.
CHANGE_BEGINNINGS = frozenset({"ga", "nl", "hr", "tr"})
LEANING = ELIDED | {"s"}  # words only where no apostrophe ties them to another
Span = tuple[int, int]
Texts = Mapping[str, Mapping[str, str]]


class Marker:
    """Finds the words of one query in texts; remembers each word it has judged."""

    def __init__(self, meaning: Meaning) -> None:
        self.surfaces: set[str] = set()
        self.stems: set[str] = set()
        self.starts: tuple[str, ...] = ()
        self.runs: list[tuple[str, ...]] = []
        self._collect(meaning)
        self._judged: dict[tuple[str, str], bool] = {}
        self._written: dict[str, dict[str, bool]] = {}
        self._insides = {
            language: [stem[3:] for stem in self.stems if stem.startswith(f"{language}:")]
            for language in COMPOUNDING
        }
        self._initials = {stem.partition(":")[2][:1] for stem in self.stems}
        self._firsts = {word[:1] for word in (*self.surfaces, *self.starts)} | self._initials
        self._few = len(self._firsts) <= MOST_FIRSTS and not any(
            not first or is_cjk(first) for first in self._firsts
        )

    def _collect(self, meaning: Meaning) -> None:
        match meaning:
            case Word():
                self.surfaces.update(meaning.surfaces)
                self.stems.update(stem for stem, _ in meaning.stems)
                self.stems.update(stem for apart, _ in meaning.compounds for stem in apart)
            case Start(text):
                self.starts += (text,)
            case Run(words):
                self.runs.append(words)
            case All(several) | Any(several):
                for part in several:
                    self._collect(part)

    def __bool__(self) -> bool:
        return bool(self.surfaces or self.starts or self.runs)

    def spans(self, text: str, language: str) -> list[Span]:
        """Where the normalised text has the query's words."""
        language = base_language(language)
        judged = self._written.setdefault(language, {})
        marked: list[Span] = []
        # A page of snippets is thousands of words and a few different ones: each is judged once as it is
        # written, and only a text that has one of them is read as carefully as the index reads it.
        for run in self._candidates(text, language):
            word = run.group()
            meant = judged.get(word)
            if meant is None:
                meant = judged[word] = self._is_meant(plain(word)[:LONGEST_WORD], language)
            if meant:
                marked.append(run.span())
        if marked and not LEANING.isdisjoint(self.surfaces):
            marked = [
                (token.start, token.end) for token in tokens(text) if self._is_meant(token.text, language)
            ]
        if self.runs:
            marked = sorted({*marked, *self._runs(list(tokens(text)))})
        return marked

    def _candidates(self, text: str, language: str) -> Iterable[re.Match[str]]:
        """The words that could be meant: those with another first letter are passed over unread, where that is safe."""
        if not self._few or language in CHANGE_BEGINNINGS or self._has_inside(text, language):
            return runs(text)
        return sorted(runs_from(self._firsts, text), key=re.Match.start)

    def _has_inside(self, text: str, language: str) -> bool:
        """Whether any compound of the text could have one of the stems."""
        insides = self._insides.get(language)
        if not insides:
            return False
        bare = without_marks(text)
        return any(without_marks(stem) in bare for stem in insides)

    def _is_meant(self, word: str, language: str) -> bool:
        key = (word, language)
        judged = self._judged.get(key)
        if judged is None:
            folded = fold(word)
            judged = (
                folded in self.surfaces
                or (bool(self.starts) and folded.startswith(self.starts))
                or (
                    self._may_share_stem(folded, language)
                    and not self.stems.isdisjoint(stems(word, language))
                )
                or (self._may_contain(folded, language) and not self.stems.isdisjoint(parts(word, language)))
            )
            self._judged[key] = judged
        return judged

    def _may_share_stem(self, folded: str, language: str) -> bool:
        """Stemming costs most of a snippet, and few stemmers change how a word begins."""
        return folded[:1] in self._initials or language in CHANGE_BEGINNINGS

    def _may_contain(self, folded: str, language: str) -> bool:
        """Whether a compound could have one of the stems, before it is taken apart to see."""
        return any(stem in folded for stem in self._insides.get(language, ()))

    def _runs(self, found: list[Token]) -> Iterable[Span]:
        folded = [fold(token.text) for token in found]
        for run in self.runs:
            for at in range(len(folded) - len(run) + 1):
                if folded[at] == run[0] and tuple(folded[at : at + len(run)]) == run:
                    yield found[at].start, found[at + len(run) - 1].end


def snippet(texts: Texts, languages: Iterable[str], marker: Marker) -> tuple[str, str]:
    """The best part of the summary or the body, and its language.

    Languages are tried in the given order, those of the text itself afterwards; a text without any
    mark is shown only when none has one.
    """
    order = _order(texts, languages)
    if marker:
        for language in order:
            for name in FIELDS:
                text = texts.get(name, {}).get(language)
                if text and (spans := marker.spans(text, language)):
                    return render(text, spans), language
    for name in FIELDS:
        for language in order:
            if text := texts.get(name, {}).get(language):
                return render(text, []), language
    return "", order[0] if order else ""


def _order(texts: Texts, languages: Iterable[str]) -> list[str]:
    present = dict.fromkeys(language for name in FIELDS for language in texts.get(name, {}))
    wanted: dict[str, None] = {}
    for language in languages:
        base = base_language(language)
        wanted.update(dict.fromkeys(tag for tag in present if tag == language or base_language(tag) == base))
    return list({**wanted, **present})


def render(text: str, spans: list[Span]) -> str:
    """The window of the text that has most of the spans, escaped, with its marks."""
    start, end = _window(text, spans)
    out = ["… "] if start else []
    at = start
    for first, last in spans:
        if first >= at and last <= end:
            out += [escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>"]
            at = last
    out.append(escape(text[at:end].rstrip()))
    if end < len(text):
        out.append(" …")
    return "".join(out)


def _window(text: str, spans: list[Span]) -> Span:
    if len(text) <= LONGEST:
        return 0, len(text)
    start = 0
    if spans:
        starts = [first for first, _ in spans]
        best = max(
            starts, key=lambda first: sum(first <= other < first + LONGEST - BEFORE for other in starts)
        )
        start = max(0, best - BEFORE)
    if start:
        space = text.find(" ", start, start + BEFORE)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + LONGEST)
    if end < len(text):
        space = text.rfind(" ", start + LONGEST // 2, end)
        end = space if space >= 0 else end
    return start, end
