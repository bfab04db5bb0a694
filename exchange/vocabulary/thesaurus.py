"""What the words of a search stand for: the vocabularies, as the search engine takes them."""

import re
from collections.abc import Iterator
from functools import cache

from exchange.vocabulary import concepts, names
from search.layout import LAYOUT
from search.words.text import STEMMERS
from search.words.thesaurus import Concept, Thesaurus

# Languages that records are in and that no stemmer reads
OTHERS = ("bg", "cy", "gl", "is", "lb", "lv", "mk", "mt", "nb", "nn", "ru", "sk", "sl", "sq", "sr", "uk")
# The official languages of the Union, in which countries and languages are named
UNION = (
    *("bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr"),
    *("hu", "it", "lt", "lv", "mt", "nl", "pl", "pt", "ro", "sk", "sl", "sv"),
)
# facet → the schemes that its values are from
SCHEMES = {
    "theme": ("themes",),
    "degurba": ("degurba-l1",),
    "population_class": ("population-class",),
    "maturity": ("maturity",),
    "evidence": ("evidence-level",),
    "status": ("status",),
    "cost_class": ("practice-cost-class",),
    "topography": ("topography",),
    "commitment": ("inclusive-smart-cities", "responsible-digital-territories", "smart-city-charta"),
}
_CODE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
# The landscapes that are found by their names among other words: “plain”, “costa” and “Ebene” mean more than these.
SPOKEN = ("tp-island", "tp-mountain")


@cache
def thesaurus() -> Thesaurus:
    """All concepts by which practices are classed, with their labels in all languages."""
    return Thesaurus(
        (
            Concept(facet, one.id, _labels(one), spoken=facet != "topography" or one.id in SPOKEN)
            for facet, schemes in SCHEMES.items()
            for scheme in schemes
            for one in concepts.scheme(scheme)
        ),
        (*LAYOUT.subjects, *LAYOUT.surroundings),
        later={"country": _countries, "language": _languages},
        open={"language": _CODE},
    )


def _countries() -> Iterator[Concept]:
    """Countries under either of their codes, with their names in the languages of the Union."""
    called = {language: dict(names.countries(language)) for language in UNION}
    for code in called["en"]:
        labels = {language: (known[code],) for language, known in called.items() if code in known}
        yield Concept(
            "country", code, labels, tuple(same for same in names.same_country(code) if same != code)
        )


def _languages() -> Iterator[Concept]:
    for code in STEMMERS | dict.fromkeys(OTHERS):
        yield Concept("language", code, {one: (names.language_name(code, one),) for one in UNION})


def _labels(one: concepts.Concept) -> dict[str, tuple[str, ...]]:
    return {
        language: (
            *((one.labels[language],) if language in one.labels else ()),
            *one.alternatives.get(language, ()),
        )
        for language in {**one.labels, **one.alternatives}
    }
