"""A small library of real practices in the languages of Europe, shared by the tests of search."""

from datetime import UTC, datetime
from typing import Any

from search.engine import Document, Hits, Query


def moment(year: int, month: int = 1, day: int = 1) -> float:
    return datetime(year, month, day, tzinfo=UTC).timestamp()


def document(name: str, language: str = "en", title: str = "", summary: str = "", **more: Any) -> Document:
    """A document in one language; further texts and everything else by name."""
    texts: dict[str, dict[str, str]] = {"title": {language: title}, "summary": {language: summary}}
    for field, by_language in more.pop("texts", {}).items():
        texts.setdefault(field, {}).update(by_language)
    for field in ("body", "keywords", "place", "owner"):
        if field in more:
            texts[field] = {language: more.pop(field)}
    return Document(name, language, texts, **more)


SAILLANS = document(
    "saillans",
    "fr",
    "Énergies citoyennes à Saillans",
    "La commune produit l'énergie avec ses habitants, sur les toits de l'école.",
    owner="Commune de Saillans",
    keywords="photovoltaïque",
    facets={"theme": ("th-energy",), "country": ("FR",), "degurba": ("dg-3",)},
    numbers={
        "population": 1250,
        "issued": moment(2022, 3),
        "started": 2015,
        "adoptions": 3,
        "evidence_rank": 2,
    },
    point=(44.6954, 5.1829),
)
WILDPOLDSRIED = document(
    "wildpoldsried",
    "de",
    "Bürgerenergie in Wildpoldsried",
    "Das Dorf erzeugt mit Windkraft und Sonne ein Mehrfaches des Stroms, den es verbraucht.",
    facets={"theme": ("th-energy", "th-climate"), "country": ("DE",), "degurba": ("dg-3",)},
    numbers={
        "population": 2600,
        "issued": moment(2023, 6),
        "started": 1999,
        "adoptions": 12,
        "evidence_rank": 4,
    },
    point=(47.7667, 10.4),
)
ULM = document(
    "ulm",
    "de",
    "Radverkehr und Fußwege in Ulm",
    "Die Stadt zählt ihre Radfahrerinnen und baut Radschnellwege in alle Vororte.",
    facets={"theme": ("th-mobility",), "country": ("DE",), "degurba": ("dg-2",)},
    numbers={"population": 128000, "issued": moment(2024, 1), "started": 2018, "evidence_rank": 1},
    point=(48.3984, 9.9916),
)
GENT = document(
    "gent",
    "nl",
    "Circulatieplan in Gent",
    "De binnenstad is autoluw: fietspaden, bussen en voetgangers krijgen voorrang.",
    texts={"title": {"en": "Circulation plan of Ghent"}},
    facets={"theme": ("th-mobility",), "country": ("BE",), "degurba": ("dg-1",)},
    numbers={
        "population": 265000,
        "issued": moment(2021),
        "started": 2017,
        "adoptions": 3,
        "evidence_rank": 5,
    },
    point=(51.0543, 3.7174),
)
LOOS = document(
    "loos",
    "fr",
    "Loos-en-Gohelle, ville pilote de la transition",
    "Ancienne cité minière, la ville associe les habitants à la sobriété et aux mobilités douces.",
    facets={"theme": ("th-climate", "th-mobility"), "country": ("FR",), "degurba": ("dg-2",)},
    numbers={"population": 6600, "issued": moment(2020, 9), "started": 2001},
    point=(50.4579, 2.7921),
)
NOWHERE = document("nowhere", "en", "A playbook without a place", "How small towns share one energy officer.")

DOCUMENTS = [SAILLANS, WILDPOLDSRIED, ULM, GENT, LOOS, NOWHERE]


def ids(hits: Hits) -> list[str]:
    return [hit.id for hit in hits.hits]


def ask(engine: Any, text: str = "", **more: Any) -> list[str]:
    """The ids found, in their order."""
    return ids(engine.find(Query(text, **more)))
