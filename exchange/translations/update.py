"""Bring the catalogues of translations in step with the sentences in the code: `python -m exchange.translations.update`.

New sentences are added without a translation, which the tests then ask for; those that are gone go.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from exchange.vocabulary.concepts import LANGUAGES
from federation.errors import FederationError, FetchError

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}}
KEYWORDS: dict[str, dict[str, tuple[int, ...] | None]] = {
    "exchange": {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)},
    "search": {"_mistake": None, "Unreadable": None},
    "federation": dict.fromkeys(
        ("FetchError", "AddressRefused", "NotFound", "Gone", "BadDocument", "Unreachable")
    ),
}
HEADER = "# Translations of Jumelage. Licence: EUPL-1.2.\n"


def template() -> Catalog:
    """Every sentence that people may read, with the files it stands in."""
    found = Catalog(project="Jumelage", charset="utf-8", header_comment=HEADER)
    for package, keywords in KEYWORDS.items():
        for name, _line, message, comments, context in extract_from_dir(
            ROOT / package, METHODS, OPTIONS, keywords, comment_tags=()
        ):
            if "templates/style" not in name:
                found.add(
                    _percent(message),
                    None,
                    [(f"{package}/{name}", 0)],
                    context=context,
                    user_comments=comments,
                )
    for kind in _kinds(FetchError):
        found.add((kind.__doc__ or "").strip().splitlines()[0], None, [("federation/errors.py", 0)])
    return found


def update(language: str, sentences: Catalog) -> Catalog:
    """The catalogue of a language with exactly these sentences, and the translations it had."""
    path = HERE / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        held = read_po(file, locale=language)
    made = held.creation_date
    held.update(sentences, no_fuzzy_matching=True)
    held.creation_date = made  # else every run would change every file
    held.obsolete.clear()
    held.header_comment = HEADER
    with path.open("wb") as file:
        write_po(file, held, width=110, sort_output=True, include_lineno=False, include_previous=False)
    return held


def _percent(message: str | tuple[str, ...]) -> str | tuple[str, ...]:
    """Sentences with {gaps}, which the rules of the record write, are looked up with %(gaps)s."""
    if isinstance(message, tuple):
        return message
    if "%(" in message or not re.search(r"\{\w+\}", message):
        return message
    return re.sub(r"\{(\w+)\}", r"%(\1)s", message.replace("%", "%%"))


def _untranslated(message: Message) -> bool:
    return bool(message.id) and not (all(message.string or [""]) if message.pluralizable else message.string)


def _kinds(kind: type[FederationError]) -> Iterator[type[FederationError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)


def main() -> None:
    """Update every catalogue, and say what is left to translate."""
    sentences = template()
    for language in LANGUAGES:
        if language != "en":
            held = update(language, sentences)
            missing = sum(map(_untranslated, held))
            sys.stdout.write(f"{language}: {len(held)} sentences, {missing} to translate\n")


if __name__ == "__main__":
    main()
