"""Our codes in the words of the EU's authority tables, by which data portals sort what they harvest."""

import re
from functools import lru_cache

from babel.core import get_global

from exchange.vocabulary import concepts, names

EU = "http://publications.europa.eu/resource/authority/"
SDG = "http://metadata.un.org/sdg/"

# Where the aliases of CLDR know several codes of three letters, as of states that are no more, or none.
_COUNTRIES = {"DE": "DEU", "FR": "FRA", "MM": "MMR", "CD": "COD", "TL": "TLS", "YE": "YEM", "XK": "XKX"}
# The Publications Office takes the terminological codes of ISO 639-2, CLDR also knows the bibliographic ones.
_LANGUAGES = {
    **{
        "ar": "ARA",
        "az": "AZE",
        "cs": "CES",
        "cy": "CYM",
        "de": "DEU",
        "el": "ELL",
        "et": "EST",
        "eu": "EUS",
    },
    **{
        "fa": "FAS",
        "fr": "FRA",
        "hr": "HRV",
        "hy": "HYE",
        "is": "ISL",
        "ka": "KAT",
        "ku": "KUR",
        "lv": "LAV",
    },
    **{
        "mk": "MKD",
        "nl": "NLD",
        "ro": "RON",
        "sc": "SRD",
        "sk": "SLK",
        "sq": "SQI",
        "sr": "SRP",
        "yi": "YID",
    },
    **{"zh": "ZHO"},
}
_LICENCES = {
    **{"CC0-1.0": "CC0", "CC-BY-4.0": "CC_BY_4_0", "CC-BY-SA-4.0": "CC_BYSA_4_0", "CC-BY-ND-4.0": "CC_BYND_4_0"},
    **{"CC-BY-NC-4.0": "CC_BYNC_4_0", "CC-BY-NC-SA-4.0": "CC_BYNCSA_4_0", "CC-BY-NC-ND-4.0": "CC_BYNCND_4_0"},
    **{"EUPL-1.2": "EUPL_1_2", "ODBL-1.0": "ODC_BL", "ODC-BY-1.0": "ODC_BY", "PDDL-1.0": "ODC_PDDL"},
}  # fmt: skip
_MATCHES = ("exactMatch", "closeMatch", "broadMatch")


@lru_cache(512)
def country(code: str) -> str | None:
    """The URI of a country by its code of ISO 3166 or Eurostat, two letters; None for what is none."""
    code = names.ISO.get(code, code)
    aliases = [k for k, v in get_global("territory_aliases").items() if v == [code] and len(k) == 3]
    three = _COUNTRIES.get(code) or next((k for k in aliases if k.isalpha()), None)
    return f"{EU}country/{three}" if three else None


@lru_cache(512)
def language(tag: str) -> str | None:
    """The URI of the language that a tag (“fr”, “pt-BR”) begins with; None for one that the table lacks."""
    code = tag.partition("-")[0].lower()
    if len(code) == 3:
        return f"{EU}language/{code.upper()}" if code != "und" else None
    aliases = [k for k, v in get_global("language_aliases").items() if v == code and len(k) == 3]
    three = _LANGUAGES.get(code) or (aliases[0] if len(aliases) == 1 else None)
    return f"{EU}language/{three.upper()}" if three else None


def licence(text: str) -> str | None:
    """The URI of a licence named by its SPDX identifier, with or without words behind it, or by its address."""
    first = re.split(r"[\s(,;]", text.strip(), maxsplit=1)[0]
    if first.startswith(("https://", "http://")):
        return first
    known = _LICENCES.get(first.upper().replace("_", "-"))
    return f"{EU}licence/{known}" if known else None


def mappings(concept: concepts.Concept) -> list[tuple[str, str]]:
    """How a concept maps to others' vocabularies: pairs of SKOS relation and URI, the Global Goals included."""
    found = [
        (relation, f"{EU}data-theme/{told.removeprefix('dt:')}")
        for relation in _MATCHES
        if (told := concept.more.get(relation))
    ]
    return found + [("relatedMatch", f"{SDG}{goal}") for goal in concept.more.get("sdg", ())]


def data_theme(theme: str) -> str | None:
    """The EU's data theme under which one of our themes falls."""
    known = concepts.scheme("themes").concepts.get(theme)
    return next((uri for relation, uri in mappings(known) if relation in _MATCHES), None) if known else None
