"""Which texts, facets and numbers a document may have, and how much a word in each of them weighs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from search.engine import Document
from search.errors import UnknownField

LAYOUT_VERSION = 4


@dataclass(frozen=True)
class Layout:
    """The fields of an index.

    `texts` is field → extra weight of a word found there (0: no extra). `numbers` is field → how people
    write its values: "number", "year" or "moment" (seconds since 1970, written as a date). `ranks` is
    facet → the number by which its values can be compared. `subjects` are the facets that say what a
    document is about: words that stand for one of their values find it; so they do for `surroundings`,
    which say in what kind of place it is, but make no two documents alike. `readers` are the languages in
    which titles are put in order; who reads none of them gets the order of the first.
    """

    texts: Mapping[str, float]
    facets: tuple[str, ...]
    numbers: Mapping[str, str]
    ranks: Mapping[str, str] = field(default_factory=dict)
    subjects: tuple[str, ...] = ()
    surroundings: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()

    def check(self, document: Document) -> None:
        """Refuse a document whose fields would silently not be searched."""
        for kind, given, known in (
            ("text", document.texts, self.texts),
            ("facet", document.facets, self.facets),
            ("number", document.numbers, self.numbers),
        ):
            strange = sorted(set(given) - set(known))
            if strange:
                raise UnknownField(f"{document.id}: the index has no {kind} called {', '.join(strange)}")


LAYOUT = Layout(
    texts={"title": 2.0, "keywords": 1.5, "place": 1.5, "owner": 1.5, "summary": 1.0, "body": 0.0},
    facets=(
        "theme",
        "country",
        "degurba",
        "population_class",
        "language",
        "maturity",
        "evidence",
        "commitment",
        "instance",
        "status",
        "cost_class",
        "adopted_by",
        "community",
        "topography",
        "sdg",
        "key",
    ),
    numbers={
        "population": "number",
        "adoptions": "number",
        "reviews": "number",
        "evidence_rank": "number",
        "cost": "number",
        "started": "year",
        "ended": "year",
        "issued": "moment",
        "updated": "moment",
    },
    ranks={"evidence": "evidence_rank"},
    subjects=("theme",),
    surroundings=("topography",),
    readers=("en", "fr", "de", "es", "it"),
)
