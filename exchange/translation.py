"""The translations of everything the product says: English sentences and what they are in four more languages.

The catalogues are text (`translations/<language>/LC_MESSAGES/messages.po`) and are read as they are when
they are first needed, so that there is nothing to compile and nothing compiled to forget.
"""

from collections.abc import Callable
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from exchange.vocabulary.concepts import LANGUAGES

__all__ = ["LANGUAGES", "REGIONS", "catalogue", "gettext_for", "ngettext_for"]

SOURCE = "en"
REGIONS = {"en": "en_GB"}  # whose way of writing days and figures is Europe's


def gettext_for(language: str) -> Callable[[str], str]:
    """What turns an English sentence into the reader's language; English where nothing better is known."""
    return _translations(language).gettext


def ngettext_for(language: str) -> Callable[[str, str, int], str]:
    """The same for sentences that count something, by the language's own rule of plurals."""
    return _translations(language).ngettext


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it stands in the repository."""
    path = files("exchange").joinpath(f"translations/{language}/LC_MESSAGES/messages.po")
    with path.open("rb") as file:
        return read_po(file, locale=language)


@cache
def _translations(language: str) -> NullTranslations:
    if language == SOURCE or language not in LANGUAGES:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)
