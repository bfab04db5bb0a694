"""What the words of a search stand for: the vocabularies, as the search engine takes them."""

from functools import cache

from exchange.vocabulary import concepts
from search.layout import LAYOUT
from search.words.thesaurus import Concept, Thesaurus

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


@cache
def thesaurus() -> Thesaurus:
    """All concepts by which practices are classed, with their labels in all languages."""
    return Thesaurus(
        (
            Concept(facet, one.id, _labels(one))
            for facet, schemes in SCHEMES.items()
            for scheme in schemes
            for one in concepts.scheme(scheme)
        ),
        LAYOUT.subjects,
    )


def _labels(one: concepts.Concept) -> dict[str, tuple[str, ...]]:
    return {
        language: (
            *((one.labels[language],) if language in one.labels else ()),
            *one.alternatives.get(language, ()),
        )
        for language in {**one.labels, **one.alternatives}
    }
