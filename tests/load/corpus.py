"""As many practices as a search is to be measured with: real communities, real sentences, the vocabularies' facets.

Communities are those of Eurostat's table of local units where it lies beside the checkout
(`../shared/domain/lau-*.csv.gz`), else those of the seeds. A practice is told in its country's language when
the seeds have sentences of it, mostly with an English version beside it, and in English otherwise. Among
the sentences stand names of places and rare words, so that the vocabulary grows as that of real texts does.
The n-th document is the same in every run.
"""

import csv
import gzip
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from exchange.vocabulary import concepts
from search import analysis
from search.engine import Document
from search.layout import LAYOUT
from tests.rig import seeds

ROOT = Path(__file__).parents[2]
LANGUAGES = {
    **{"AT": "de", "DE": "de", "LI": "de", "CH": "de", "FR": "fr", "LU": "fr", "BE": "nl", "NL": "nl"},
    **{"IT": "it", "ES": "es", "FI": "fi", "EE": "et", "RO": "ro", "DK": "da", "CZ": "cs", "EL": "el"},
}
# Where a country lies, roughly: latitude and longitude of its middle, and how far it reaches in degrees.
PLACES = {
    **{"AT": (47.6, 14, 2), "BE": (50.6, 4.6, 1), "BG": (42.7, 25.2, 2), "CH": (46.8, 8.2, 1)},
    **{"CY": (35, 33.2, 0.5), "CZ": (49.8, 15.4, 2), "DE": (50.9, 10.3, 3.5), "DK": (55.9, 9.8, 1.5)},
    **{"EE": (58.7, 25.5, 1.2), "EL": (39, 22.5, 2.5), "ES": (40.2, -3.6, 4), "FI": (63, 26, 3.5)},
    **{"FR": (46.6, 2.5, 4), "HR": (45.1, 15.8, 1.5), "HU": (47.1, 19.3, 1.5), "IE": (53.2, -8, 1.8)},
    **{"IT": (43, 12, 4), "LT": (55.2, 23.9, 1.2), "LU": (49.8, 6.1, 0.3), "LV": (56.9, 24.8, 1.3)},
    **{"MT": (35.9, 14.4, 0.1), "NL": (52.2, 5.5, 1.3), "NO": (62, 10, 4), "PL": (52, 19.3, 3)},
    **{"PT": (39.6, -8, 2), "RO": (45.9, 25, 2.5), "SE": (60, 15.5, 4), "SI": (46.1, 14.8, 0.7)},
    **{"SK": (48.7, 19.5, 1.2), "UK": (53, -1.5, 3), "IS": (65, -18.5, 2), "RS": (44.2, 20.8, 1.5)},
}
SYLLABLES = (
    "ba be bi bo bu ca ce ci co da de di do du fa fe fi ga ge go ha he hi ho ja ka ke ki ko la le li lo lu ma me mi "
    "mo mu na ne ni no nu pa pe pi po pu ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we wi za ze zi"
).split()
RARE = 0.06  # of the words of a text are names or words of which there are many
WORDS = 60_000
TYPICAL = 420  # words of a body in the middle; a few are much longer
PORTION = 250


@dataclass(frozen=True)
class Place:
    """A community: the n-th line of the table."""

    name: str
    country: str
    population: int
    degurba: str
    point: tuple[float, float]


@cache
def places() -> list[Place]:
    """Real communities."""
    found = sorted(path for above in ROOT.parents[:2] for path in above.glob("shared/domain/lau-*.csv.gz"))
    if not found:
        return [
            Place(c["name"], c["country"], c["population"]["value"], c["degurba"], (c["lat"], c["lon"]))
            for c in seeds()["communities"]
            if "lat" in c
        ]
    made = []
    with gzip.open(found[-1], "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            country = row["country"]
            lat, lon, reach = PLACES.get(country, (50, 10, 3))
            chance = random.Random(f"{country}{row['lau_code']}")
            point = (round(lat + chance.gauss(0, reach / 2), 4), round(lon + chance.gauss(0, reach * 0.7), 4))
            degurba = f"dg-{row['degurba'] or '3'}"
            made.append(Place(row["name"], country, int(row["population"] or 0), degurba, point))
    return made


@cache
def sentences() -> dict[str, list[str]]:
    """Language → the sentences of the seeds in it."""
    found: dict[str, list[str]] = {}

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(inner, str) and len(key) == 2 and key != "id":
                    found.setdefault(key, []).extend(one for one in inner.split(". ") if len(one) > 20)
                else:
                    walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    for practice in seeds()["practices"]:
        walk(practice)
    return {language: texts for language, texts in found.items() if len(texts) >= 5}


@cache
def _rare() -> tuple[list[str], list[float]]:
    chance = random.Random(3)
    words = ["".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 3, 4)))) for _ in range(WORDS)]
    return words, list(accumulate(1 / (rank + 10) for rank in range(WORDS)))


@cache
def _crowded() -> list[float]:
    """Towns that publish publish more than once, and larger ones more often."""
    return list(accumulate((place.population + 500) ** 0.4 for place in places()))


@cache
def _scheme(name: str) -> list[str]:
    return [one.id for one in concepts.scheme(name)]


def document(number: int) -> Document:
    """The document of that number."""
    chance = random.Random(number * 2_654_435_761 + 1)
    place = chance.choices(places(), cum_weights=_crowded())[0]
    own = LANGUAGES.get(place.country, "en")
    if place.country == "BE" and chance.random() < 0.4:
        own = "fr"
    language = own if own in sentences() else "en"
    length = min(int(chance.lognormvariate(0, 0.6) * TYPICAL), 5_000)
    body = {language: _text(chance, language, length, place)}
    title = {language: _text(chance, language, 7, place)[:90]}
    summary = {language: _text(chance, language, 35, place)}
    if language != "en" and chance.random() < 0.6:
        title["en"], summary["en"] = _text(chance, "en", 7, place)[:90], _text(chance, "en", 35, place)
        body["en"] = _text(chance, "en", length // 2, place)
    themes = chance.choices(_scheme("themes"), weights=range(30, 30 - len(_scheme("themes")), -1), k=2)
    keywords: dict[str, str] = {}
    for theme in set(themes):
        for tongue, label in concepts.concept(theme).labels.items():  # type: ignore[union-attr]
            keywords[tongue] = f"{keywords[tongue]}\n{label}" if tongue in keywords else label
    uri = f"https://i{int(chance.paretovariate(0.7)) % 400}.example"
    owner = f"{uri}/communities/{place.name.lower().replace(' ', '-')}"
    evidence, status, maturity = (
        chance.choices(_scheme(name), weights=weights)[0]
        for name, weights in (
            ("evidence-level", (2, 8, 6, 4, 2, 1)),
            ("status", (1, 3, 9, 4, 1, 1, 2)),
            ("maturity", (2, 4, 6, 4, 1)),
        )
    )
    adoptions = int(chance.paretovariate(1.2)) - 1
    issued = 1_500_000_000 + chance.random() * 280_000_000
    adopters = tuple({f"https://i{int(chance.paretovariate(0.7)) % 400}.example/communities/a{n}" for n in range(
        min(adoptions, 3))})  # fmt: skip
    facets = {
        "theme": tuple(dict.fromkeys(themes)),
        "country": (place.country,),
        "degurba": (place.degurba,),
        "population_class": (concepts.population_class(place.population) or "pop-1",),
        "language": (language,),
        "maturity": (maturity,),
        "evidence": (evidence,),
        "status": (status,),
        "cost_class": (f"pc-{chance.choice((1, 2, 2, 3, 3, 3, 4, 5))}",),
        "instance": (uri.removeprefix("https://"),),
        "community": (owner,),
        "topography": (chance.choice(_scheme("topography")),),
        "sdg": tuple(str(n) for n in chance.sample(range(1, 18), 3)),
        "adopted_by": adopters,
    }
    return Document(
        id=f"{uri}/practices/{number}",
        language=language,
        texts={
            "title": title, "summary": summary, "body": body, "keywords": keywords,
            "place": {own: place.name}, "owner": {own: place.name},
        },
        facets={name: values for name, values in facets.items() if values},
        numbers={
            "population": place.population, "issued": issued, "updated": issued + 1e6, "adoptions": adoptions,
            "reviews": int(chance.paretovariate(1.0)) - 1, "started": 2000 + int(chance.random() * 25),
            "evidence_rank": int(evidence[-1]),
        },
        point=place.point,
        stored={
            "id": f"{uri}/practices/{number}", "key": str(number), "title": title, "summary": summary,
            "language": language, "instance": uri, "themes": list(themes), "evidence_level": evidence,
            "maturity": maturity, "status": status, "adoptions": adoptions, "reviews": 0,
            "community": {"id": owner, "key": "x", "local": False, "name": {own: place.name},
                          "country": place.country, "degurba": place.degurba, "population": place.population},
        },
    )  # fmt: skip


def _text(chance: random.Random, language: str, length: int, place: Place) -> str:
    """About so many words."""
    texts, (rare, weights) = sentences()[language], _rare()
    made: list[str] = []
    words = 0
    while words < length:
        sentence = chance.choice(texts).split()
        at = _skip(chance)
        while at < len(sentence):
            other = chance.choices(rare, cum_weights=weights)[0]
            sentence[at] = other if chance.random() < 0.8 else place.name
            at += 1 + _skip(chance)
        made.append(" ".join(sentence[: max(4, length - words)]))
        words += len(sentence)
    return ". ".join(made)


def _skip(chance: random.Random) -> int:
    """How many words come before the next rare one."""
    return int(math.log(1.0 - chance.random()) / math.log(1.0 - RARE))


Analysed = tuple[Document, dict[str, analysis.Zone]]


def _portion(numbers: range) -> list[Analysed]:
    return [(one, analysis.zones(one, LAYOUT)) for one in map(document, numbers)]


def analysed(count: int, processes: int = 2) -> Iterator[list[Analysed]]:
    """Documents and what the analysis makes of them, in portions, from several processes."""
    portions = [range(start, min(start + PORTION, count)) for start in range(0, count, PORTION)]
    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(_portion, portions, chunksize=1)
