"""What a person typed, cut into typed tokens; nothing is lost and nothing can fail here."""

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass


class Kind(enum.Enum):
    WORD = "word"
    PHRASE = "phrase"
    FIELD = "field"  # name: and its value, still unread
    SCOPE = "scope"  # name: before a parenthesis
    MINUS = "minus"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    OPEN = "("
    CLOSE = ")"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A token of the query, from `position` up to `end` of what was typed.

    `closed` is False for a phrase whose last quotation mark is missing; `more` is what follows a quoted
    value without a space, the `~100km` of near:"Bad Belzig"~100km.
    """

    kind: Kind
    text: str
    position: int
    end: int
    name: str = ""
    quoted: bool = False
    closed: bool = True
    more: str = ""


_QUOTES = {'"': '"', "„": '“”"', "“": "”“", "”": "”", "«": "»", "»": "«"}
_FIELD = re.compile(r"([A-Za-z][A-Za-z_]*):(?=[^\s:/()])")
_SCOPE = re.compile(r"([A-Za-z][A-Za-z_]*):(?=\()")
_BARE = re.compile(r"[^\s()\"„“”«»]+")
# 5 000, with whichever space people put there; with an ordinary one only where numbers are compared
_NUMBER = r"(?:\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+|\d+)(?!\d)"
_GROUPED = re.compile(rf"([<>]=?)?(?:{_NUMBER})?(\.\.)?(?:{_NUMBER})?[kKmM]?€?(?=[\s)]|$)")
_MORE = re.compile(r"~[^\s()\"„“”«»]*")
_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


def lexemes(text: str) -> Iterator[Lexeme]:
    """The tokens of a query, in order."""
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
        elif char == "(":
            yield Lexeme(Kind.OPEN, char, at, at + 1)
            at += 1
        elif char == ")":
            yield Lexeme(Kind.CLOSE, char, at, at + 1)
            at += 1
        elif char in _QUOTES:
            lexeme, at = _phrase(text, at)
            yield lexeme
        elif char in "-−" and at + 1 < len(text) and not text[at + 1].isspace():
            yield Lexeme(Kind.MINUS, char, at, at + 1)
            at += 1
        elif match := _FIELD.match(text, at):
            lexeme, at = _field(text, at, match)
            yield lexeme
        elif match := _SCOPE.match(text, at):
            yield Lexeme(Kind.SCOPE, match.group(), at, match.end(), name=match.group(1))
            at = match.end()
        elif match := _BARE.match(text, at):
            word = match.group()
            yield Lexeme(_OPERATORS.get(word, Kind.WORD), word, at, match.end())
            at = match.end()
        else:  # a closing quotation mark of another language that opened nothing
            at += 1


def _phrase(text: str, at: int) -> tuple[Lexeme, int]:
    closing = _QUOTES[text[at]]
    for end in range(at + 1, len(text)):
        if text[end] in closing:
            return Lexeme(Kind.PHRASE, text[at + 1 : end], at, end + 1, quoted=True), end + 1
    return Lexeme(Kind.PHRASE, text[at + 1 :], at, len(text), quoted=True, closed=False), len(text)


def _field(text: str, at: int, match: re.Match[str]) -> tuple[Lexeme, int]:
    name, start = match.group(1), match.end()
    if text[start] in _QUOTES:
        phrase, end = _phrase(text, start)
        more = found.group() if (found := _MORE.match(text, end)) else ""
        end += len(more)
        return Lexeme(Kind.FIELD, phrase.text, at, end, name, True, phrase.closed, more), end
    value = _BARE.match(text, start)
    grouped = _GROUPED.match(text, start)
    if (
        grouped
        and value
        and grouped.end() > value.end()
        and (any(grouped.groups()) or " " not in grouped.group())
    ):
        value = grouped
    if value is None:
        return Lexeme(Kind.WORD, name, at, match.end()), start
    return Lexeme(Kind.FIELD, value.group(), at, value.end(), name=name), value.end()
