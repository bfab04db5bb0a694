"""The query language: from what a person types to a tree, with a sentence for every mistake.

    words together        all of them; if no document has all, those that have some (the engine says so)
    "exact words"         one after the other; "word" for the word and not for what it stands for
    -word  NOT word       without it
    a OR b, (a OR b) c    one of them; AND may be written too
    mobil*                words that begin so
    school/canteen        the same as school canteen; C-40, 14:30 and Loos-en-Gohelle are one thing
    theme:th-energy       a facet; theme:th-energy,th-water is one of them, as is theme:(energy OR water)
    title:solar           a word in this text only; title:"solar park", title:sol*
    population:<5000      a number: < <= > >= and started:2018..2022, issued:2024-05..
    evidence:>=2          values that stand in an order can be compared
    near:48.1,11.6~100km  within that distance; near:Ulm~20 of a place that a document names
    like:ID               documents like that one

`parse()` raises the first mistake; `read()` never raises: it skips what it cannot understand, takes
the rest for words, and returns the mistakes beside the tree.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from search.errors import QueryError
from search.layout import LAYOUT, Layout
from search.question import values
from search.question.lexer import Kind, Lexeme, lexemes
from search.words.text import words
from search.words.thesaurus import NOTHING, Thesaurus

MOST_CHARACTERS = 1_000
MOST_TERMS = 64
DEEPEST = 20
SHORTEST_PREFIX = 2
MOST_SHOWN = 80  # characters of what was typed that a sentence repeats
# school/canteen and energy,water are two words each; R&D, 14:30 and C-40 are one thing
_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_]{2})[,;/+&|]+(?=[^\W\d_]{2})")


@dataclass(frozen=True)
class Term:
    """A word as it was typed; `field` is None for everywhere, `plain` asks for the word and not for its subject."""

    text: str
    field: str | None = None
    plain: bool = False


@dataclass(frozen=True)
class Phrase:
    """Words one after the other."""

    words: tuple[str, ...]
    field: str | None = None


@dataclass(frozen=True)
class Prefix:
    """The beginning of a word."""

    text: str
    field: str | None = None


@dataclass(frozen=True)
class Facet:
    """One of these values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Range:
    """A number between two others, both included."""

    field: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Near:
    """At most so many kilometres from a place."""

    lat: float
    lon: float
    km: float


@dataclass(frozen=True)
class NearNamed:
    """At most so many kilometres from a place that is known by its name; `at` is where it was typed."""

    name: str
    km: float
    at: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Like:
    """Documents like one; `at` is where it was typed, `stems` and `subjects` what it is about once it is known."""

    id: str
    at: tuple[int, int] = (0, 0)
    stems: tuple[tuple[str, float], ...] = ()
    subjects: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Not:
    part: "Tree"


@dataclass(frozen=True)
class And:
    parts: tuple["Tree", ...] = ()


@dataclass(frozen=True)
class Or:
    parts: tuple["Tree", ...] = ()


Tree = Term | Phrase | Prefix | Facet | Range | Near | NearNamed | Like | Not | And | Or


@dataclass(frozen=True)
class Reading:
    """A query as it was understood; an empty And asks for everything."""

    tree: Tree
    mistakes: tuple[QueryError, ...] = ()


def parse(text: str, layout: Layout = LAYOUT, thesaurus: Thesaurus = NOTHING) -> Tree:
    """The tree of a query; raises QueryError at the first mistake."""
    reading = read(text, layout, thesaurus)
    if reading.mistakes:
        raise reading.mistakes[0]
    return reading.tree


def read(text: str, layout: Layout = LAYOUT, thesaurus: Thesaurus = NOTHING) -> Reading:
    """The tree of whatever was typed, and the mistakes that were passed over.

    The values of a facet that the thesaurus lists may be called by any of their names.
    """
    parser = _Parser(text, layout, thesaurus)
    tree = parser.everything()
    if tree == And() and text.strip() and not parser.mistakes:
        parser.nothing()
    return Reading(tree, tuple(sorted(parser.mistakes, key=lambda mistake: mistake.position)))


@dataclass
class _Parser:
    text: str
    layout: Layout
    thesaurus: Thesaurus
    mistakes: list[QueryError] = field(default_factory=list)
    at: int = 0
    terms: int = 0
    scope: str = ""  # the field before the innermost parenthesis that has one

    def __post_init__(self) -> None:
        if len(self.text) > MOST_CHARACTERS:
            self._mistake(
                "Only the first %(number)s characters were read.",
                (MOST_CHARACTERS, len(self.text)),
                number=MOST_CHARACTERS,
            )
        self.tokens = list(lexemes(self.text[:MOST_CHARACTERS]))

    def _mistake(self, message: str, at: Lexeme | tuple[int, int], **params: object) -> None:
        start, end = at if isinstance(at, tuple) else (at.position, at.end)
        self.mistakes.append(QueryError(message, params, start, end - start))

    def nothing(self) -> None:
        typed = self.text.strip()
        start = self.text.index(typed)
        self._mistake("There is no word in “%(text)s”.", (start, start + len(typed)), text=typed[:MOST_SHOWN])

    def _peek(self) -> Lexeme | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def everything(self) -> Tree:
        parts = []
        while (token := self._peek()) is not None:
            part = self._alternatives(0)
            if part is not None:
                parts.append(part)
            if (token := self._peek()) is not None and token.kind is Kind.CLOSE:
                self._mistake("This “)” closes nothing.", token)
                self.at += 1
        return _together(parts)

    def _alternatives(self, depth: int) -> Tree | None:
        parts: list[Tree] = []
        while True:
            part = self._conjunction(depth)
            if part is not None:
                parts.append(part)
            token = self._peek()
            if token is None or token.kind is not Kind.OR:
                break
            self.at += 1
            if part is None or (following := self._peek()) is None or following.kind in (Kind.CLOSE, Kind.OR):
                self._mistake("“%(word)s” needs something on both sides.", token, word=token.text)
        if len(parts) > 1:
            return Or(tuple(parts))
        return parts[0] if parts else None

    def _conjunction(self, depth: int) -> Tree | None:
        parts: list[Tree] = []
        while (token := self._peek()) is not None and token.kind not in (Kind.OR, Kind.CLOSE):
            if token.kind is Kind.AND:
                self.at += 1
                following = self._peek()
                if not parts or following is None or following.kind in (Kind.AND, Kind.OR, Kind.CLOSE):
                    self._mistake("“%(word)s” needs something on both sides.", token, word=token.text)
                continue
            part = self._unary(depth)
            if isinstance(part, And) and token.kind in (Kind.WORD, Kind.FIELD):
                parts += part.parts  # several words that were typed as one stand beside all others
            elif part is not None:
                parts.append(part)
        return _together(parts) if parts else None

    def _unary(self, depth: int) -> Tree | None:
        negative = False
        while (token := self._peek()) is not None and token.kind in (Kind.MINUS, Kind.NOT):
            self.at += 1
            negative = not negative
            following = self._peek()
            if following is None or following.kind in (Kind.AND, Kind.OR, Kind.CLOSE):
                self._mistake("“%(word)s” needs something after it.", token, word=token.text)
                return None
        part = self._atom(depth)
        return Not(part) if negative and part is not None else part

    def _atom(self, depth: int) -> Tree | None:
        token = self.tokens[self.at]
        self.at += 1
        if token.kind is Kind.OPEN:
            return self._group(token, depth)
        if token.kind is Kind.SCOPE:
            return self._scope(token, depth)
        self.terms += 1
        if self.terms > MOST_TERMS:
            if self.terms == MOST_TERMS + 1:
                self._mistake("Only the first %(number)s terms were read.", token, number=MOST_TERMS)
            return None
        if not token.closed:
            self._mistake("This quotation mark is never closed.", token)
        if token.kind is Kind.FIELD:
            return self._field(token)
        if self.scope:
            return self._field(replace(token, name=self.scope))
        if token.kind is Kind.WORD and token.text[-1] == ":" and self._is_field(token.text[:-1].lower()):
            self._mistake("“%(field)s:” needs a value.", token, field=token.text[:-1])
            return None
        return self._words(token.text, token, None, quoted=token.quoted)

    def _group(self, opening: Lexeme, depth: int) -> Tree | None:
        if depth >= DEEPEST:
            self._mistake("Too many parentheses within each other.", opening)
            return None
        part = self._alternatives(depth + 1)
        token = self._peek()
        if token is None:
            self._mistake("This “(” is never closed.", opening)
        elif token.kind is Kind.CLOSE:
            self.at += 1
        if part is None:
            self._mistake("There is nothing between these parentheses.", opening)
        return part

    def _scope(self, token: Lexeme, depth: int) -> Tree | None:
        """`theme:(energy OR water)`: each word within is a value of the field."""
        known = self._is_field(token.name.lower())
        if not known:
            self._mistake("There is no field called “%(field)s”.", token, field=token.name)
        self.at += 1  # the lexer saw the parenthesis
        outer, self.scope = self.scope, token.name if known else self.scope
        part = self._group(self.tokens[self.at - 1], depth)
        self.scope = outer
        return part

    def _is_field(self, name: str) -> bool:
        layout = self.layout
        return name in ("near", "like", *layout.texts, *layout.facets, *layout.numbers)

    def _field(self, token: Lexeme) -> Tree | None:
        name = token.name.lower()
        try:
            if name in self.layout.texts:
                return self._words(token.text, token, name, quoted=token.quoted)
            if name in self.layout.ranks and not token.quoted and values.is_span(token.text):
                return Range(self.layout.ranks[name], *values.span(token.text, "number"))
            if name in self.layout.facets:
                return self._choice(name, token)
            if name in self.layout.numbers:
                return Range(name, *values.span(token.text, self.layout.numbers[name]))
            if name == "near":
                return self._near(token)
            if name == "like":
                return Like(token.text, (token.position, token.end))
        except values.Unreadable as error:
            value = token.text if error.value is None else error.value
            self._mistake(error.message, token, field=name, value=value[:MOST_SHOWN])
            return None
        self._mistake("There is no field called “%(field)s”.", token, field=token.name)
        return self._each((token.name, token.text), token, None)

    def _choice(self, name: str, token: Lexeme) -> Tree | None:
        given = values.choices(token.text, quoted=token.quoted)
        if not self.thesaurus.knows(name):
            return Facet(name, given)
        meant = [self.thesaurus.values(name, value) for value in given]
        for value, found in zip(given, meant, strict=True):
            if not found:
                self._no_value(name, value, token)
        known = tuple(dict.fromkeys(one for found in meant for one in found))
        return Facet(name, known) if known else None

    def _no_value(self, name: str, value: str, token: Lexeme) -> None:
        typed = value[:MOST_SHOWN]
        if near := self.thesaurus.near(name, value):
            self._mistake(
                "“%(value)s” is none of the values of “%(field)s:”. Did you mean %(near)s?",
                token,
                value=typed,
                field=name,
                near=" · ".join(near),
            )
        else:
            self._mistake(
                "“%(value)s” is none of the values of “%(field)s:”.", token, value=typed, field=name
            )

    def _near(self, token: Lexeme) -> Tree:
        where, km = values.place(token.text + token.more)
        if isinstance(where, str):
            return NearNamed(where, km, (token.position, token.end))
        return Near(*where, km)

    def _words(self, text: str, token: Lexeme, field: str | None, *, quoted: bool) -> Tree | None:
        found = words(text)
        if not found:
            if quoted or field or "*" in text:
                self._mistake("There is no word in “%(text)s”.", token, text=text[:MOST_SHOWN])
            return None
        if quoted:
            return Phrase(tuple(found), field) if len(found) > 1 else Term(found[0], field, True)
        if len(apart := _BETWEEN_WORDS.split(text)) > 1:
            return self._each(apart, token, field)
        if re.search(r"\w\*+$", text):
            return self._prefix(found, token, field)
        if len(found) == 1:
            return Term(found[0], field)
        # Loos-en-Gohelle, C-40, 14:30: one thing to whoever typed it
        return Phrase(tuple(found), field)

    def _each(self, several: Sequence[str], token: Lexeme, field: str | None) -> Tree | None:
        """Words that nothing but a sign keeps apart: each counts, and each for itself."""
        parts: list[Tree] = []
        for number, text in enumerate(several):
            self.terms += number > 0
            if self.terms > MOST_TERMS:
                self._mistake("Only the first %(number)s terms were read.", token, number=MOST_TERMS)
                break
            part = self._words(text, token, field, quoted=False)
            parts += part.parts if isinstance(part, And) else [] if part is None else [part]
        return _together(parts) if parts else None

    def _prefix(self, found: list[str], token: Lexeme, field: str | None) -> Tree:
        *before, last = found
        if len(last) < SHORTEST_PREFIX and last.isascii():
            self._mistake(
                "“%(text)s*” is too short: at least %(number)s letters before the asterisk.",
                token,
                text=last,
                number=SHORTEST_PREFIX,
            )
            beginning: Tree = Term(last, field)
        else:
            beginning = Prefix(last, field)
        return And((*(Term(word, field) for word in before), beginning)) if before else beginning


def _together(parts: list[Tree]) -> Tree:
    return parts[0] if len(parts) == 1 else And(tuple(parts))
