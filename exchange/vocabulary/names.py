"""The names of countries and languages in the reader's language; official statistics' codes included."""

import unicodedata
from functools import lru_cache

from babel import Locale, UnknownLocaleError

# Eurostat writes Greece and the United Kingdom with codes of its own.
ISO = {"EL": "GR", "UK": "GB"}
# Regions for which CLDR has a name, and nobody a town hall.
_NO_COUNTRIES = {
    "EU",
    "EZ",
    "UN",
    "QO",
    "XA",
    "XB",
    "ZZ",
    "AQ",
    "BV",
    "HM",
    "CP",
    "DG",
    "EA",
    "IC",
    "AC",
    "TA",
    "CQ",
}
EUROSTAT = {iso: own for own, iso in ISO.items()}


def country(code: str, language: str = "en") -> str:
    """The country's name in `language`, else the code itself."""
    return _locale(language).territories.get(ISO.get(code, code)) or code


def language_name(code: str, language: str = "en") -> str:
    """The name of the language `code` in `language`, else the code itself."""
    try:
        found = Locale.parse(code, sep="-").get_display_name(_locale(language).language)
    except (ValueError, UnknownLocaleError, TypeError):
        found = None
    return found or code


def is_country(code: str) -> bool:
    """Whether a two-letter code, of ISO 3166 or of Eurostat, names a country."""
    return len(code) == 2 and ISO.get(code, code) in _locale("en").territories


def countries(language: str = "en") -> list[tuple[str, str]]:
    """Every country of ISO 3166 as (code, name), by its name in `language`."""
    found = [
        (code, name)
        for code, name in _locale(language).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    ]
    return sorted(found, key=lambda one: unicodedata.normalize("NFKD", one[1]).casefold())


def same_country(code: str) -> tuple[str, ...]:
    """The codes under which one country may be stored."""
    return tuple(dict.fromkeys((code, ISO.get(code, code), EUROSTAT.get(code, code))))


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError, TypeError):
        return Locale.parse("en")
