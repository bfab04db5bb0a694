"""Words become what the index holds: found in a text, stemmed in its language, and folded.

This is the only analysis there is; no engine's own analyser ever sees a text, so that all engines find
the same. A word is stemmed first and folded afterwards (a stemmer needs its accents); the stem of the
folded word is kept beside it when it differs, so that whoever types without accents still finds the
inflected form. Stems carry their language (`fr:mobil`), for a stem means nothing outside of it.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import Stemmer

# Whatever changes the terms that an index holds must change this number too: it is part of the name
# of an index's generation, so that no index is ever asked in words it was not built with.
ANALYSIS_VERSION = 3

LONGEST_WORD = 64

STEMMERS = {
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hr": "serbian",  # one language for a stemmer that reads Latin and Cyrillic letters
    "hu": "hungarian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "sv": "swedish",
    "ca": "catalan",
    "eu": "basque",
    "tr": "turkish",
}
SAME_STEMMER = {"nb": "no", "nn": "no", "sr": "hr", "bs": "hr"}

# Soft hyphens, joiners, and halves of surrogate pairs
_INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff\ud800-\udfff]")
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_ALONE = re.compile(f"[{_CJK}]")
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+")
# Articles and prepositions that lean on the next word: l'énergie, dell'acqua, qu'elle
ELIDED = frozenset(
    [
        "b",
        "c",
        "d",
        "j",
        "l",
        "m",
        "n",
        "s",
        "t",
        "qu",
        "jusqu",
        "lorsqu",
        "puisqu",
        "quoiqu",
        "un",
        "all",
        "dall",
        "dell",
        "nell",
        "sull",
        "coll",
        "quell",
    ]
)
_APOSTROPHES = "'’ʼ"
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ı": "i",
        "ħ": "h",
        "ŋ": "n",
        "ς": "σ",
    }
)
_REPLACED = re.compile(f"[{''.join(map(chr, _LETTERS))}]")
_local = threading.local()


class Token(NamedTuple):
    """A word of a text in lower case, and where it stands in the normalised text."""

    text: str
    start: int
    end: int


def normalise(text: str) -> str:
    """The text in composed letters, without the invisible ones that people paste along."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def tokens(text: str) -> Iterator[Token]:
    """The words of a *normalised* text, without elided articles; Han, kana and hangul one by one."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        word = plain(match.group())
        if len(word) <= 7 and end < len(text) and text[end] in _APOSTROPHES and word in ELIDED:
            continue
        if word == "s" and start and text[start - 1] in _APOSTROPHES:
            continue
        yield Token(word[:LONGEST_WORD], start, end)


def runs(text: str) -> Iterator[re.Match[str]]:
    """What may be a word of a *normalised* text, as it is written: `tokens` without its judgement, and faster."""
    return _WORD.finditer(text)


def runs_from(initials: Iterable[str], text: str) -> Iterator[re.Match[str]]:
    """Those of the `runs` whose folded form may begin with one of these folded letters, letter by letter.

    Folding leaves ASCII as it is, so only a word that begins outside of it can change its first letter.
    """
    plain = {initial for initial in initials if initial.isascii()}
    return chain.from_iterable(_beginning(initial).finditer(text) for initial in (*sorted(plain), ""))


@lru_cache(maxsize=128)
def _beginning(initial: str) -> re.Pattern[str]:
    """The words that begin with an ASCII letter or digit; with "", those that begin with none."""
    first = f"[{initial.lower()}{initial.upper()}]" if initial else rf"[^\W_{_CJK}\x00-\x7f]"
    return re.compile(rf"{first}(?<![^\W_{_CJK}]{first})[^\W_{_CJK}]*")


def plain(word: str) -> str:
    """The word in lower case and in usual letters: PDFs write ﬁnance and CO₂, some keyboards ｓｏｌａｒ.

    What would be more than one word then (½, ﷺ) stays as it is.
    """
    word = word.lower()
    if word.isascii() or unicodedata.is_normalized("NFKC", word):
        return word
    usual = unicodedata.normalize("NFKC", word).lower()
    return usual if len(_WORD.findall(usual)) == 1 and _WORD.fullmatch(usual) else word


def is_cjk(letter: str) -> bool:
    """Whether the letter is a word of its own."""
    return bool(_ALONE.match(letter))


def words(text: str) -> list[str]:
    """The words of any text, in lower case."""
    return [token.text for token in tokens(normalise(text))]


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """The word in lower case without its accents; letters of other scripts keep what they are made of.

    Only Latin and Greek letters lose their marks: й is a letter of its own, not an и with a hat.
    """
    word = plain(word)
    if word.isascii():
        return word
    out: list[str] = []
    base = ""
    for char in unicodedata.normalize("NFD", word.translate(_LETTERS)):
        if unicodedata.category(char) == "Mn":
            if _loses_marks(base):
                continue
        else:
            base = char
        out.append(char)
    return unicodedata.normalize("NFC", "".join(out))


def without_marks(text: str) -> str:
    """A whole text folded at once, and further than `fold`: if a folded word has it inside, so does this."""
    bare = _REPLACED.sub(lambda found: str(_LETTERS[ord(found.group())]), text.lower())
    return _MARKS.sub("", unicodedata.normalize("NFKD", bare)).lower()


def _loses_marks(char: str) -> bool:
    return char < "\u0250" or "\u0370" <= char <= "\u03ff" or "\u1f00" <= char <= "\u1fff"


def base_language(tag: str) -> str:
    """`fr-BE` is French, `nb` and `nn` share Norwegian: the language whose stemmer to use."""
    primary = tag.replace("_", "-").split("-", 1)[0].lower()
    return SAME_STEMMER.get(primary, primary)


@lru_cache(maxsize=20_000)
def stems(word: str, language: str) -> tuple[str, ...]:
    """The word's stems in a base language, folded and prefixed with it; none without a stemmer."""
    stemmer = _stemmer(language)
    if stemmer is None or not word[0].isalpha():
        return ()
    word = plain(word)
    found = {fold(stemmer.stemWord(word)): None}
    folded = fold(word)
    if folded != word:
        found[fold(stemmer.stemWord(folded))] = None
    return tuple(f"{language}:{stem}" for stem in found)


def _stemmer(language: str) -> Stemmer.Stemmer | None:
    """One stemmer per thread: they keep state while they work."""
    name = STEMMERS.get(language)
    if name is None:
        return None
    made = getattr(_local, "made", None)
    if made is None:
        made = _local.made = {}
    if language not in made:
        made[language] = Stemmer.Stemmer(name, 0)
    return made[language]
