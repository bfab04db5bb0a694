"""The real practices that come with the product, searched in the words of their officers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from search.engine import Document, Engine, Query
from search.opening import KINDS, open_engine
from tests.search.library import ask

SEEDS = Path(__file__).parents[2] / "exchange" / "seeds" / "practices.yaml"


def collect(value: Any, found: dict[str, list[str]]) -> None:
    """Every text of a record, by its language."""
    if isinstance(value, list):
        for item in value:
            collect(item, found)
    elif isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, str) and len(name) == 2:
                found.setdefault(name, []).append(item)
            else:
                collect(item, found)


def seed(practice: dict[str, Any], community: dict[str, Any]) -> Document:
    facets = {"theme": tuple(practice.get("theme") or ()), "country": (community["country"],)}
    body: dict[str, list[str]] = {}
    for name in ("problem", "solution", "result", "lesson"):
        collect(practice.get(name), body)
    texts = {
        "title": practice["title"],
        "summary": practice["summary"],
        "body": {language: " ".join(found) for language, found in body.items()},
        "owner": {"und": community["name"]},
    }
    point = (community["lat"], community["lon"]) if "lat" in community else None
    return Document(practice["id"], next(iter(practice["title"])), texts, facets, {}, point)


@pytest.fixture(scope="module", params=KINDS)
def seeds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    data = yaml.load(SEEDS.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    communities = {community["id"]: community for community in data["communities"]}
    engine = open_engine(request.param, tmp_path_factory.mktemp("seeds"))
    engine.put(
        [
            seed(p, communities[p["community"][0] if isinstance(p["community"], list) else p["community"]])
            for p in data["practices"]
        ],
        [],
        1,
    )
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("typed", "language", "expected"),
    [
        ("plan solaire citoyen", "fr", "loos-solar-plan"),
        ("cantine bio régie agricole", "fr", "mouans-sartoux-canteens"),
        ("Bioenergiedörfer", "de", "juehnde-bioenergy-village"),
        ("Juehnde", "de", "juehnde-bioenergy-village"),
        ("Bürger kaufen Stromnetz", "de", "schoenau-ews"),
        ("free transport", "en", "tallinn-free-transport"),
        ("tasuta transport", "et", "tallinn-free-transport"),
        ("peatones", "es", "pontevedra-pedestrian"),
        ("rifiuti zero", "it", "capannori-zero-waste"),
        ("energimanagement", "da", None),
        ("úspora energie", "cs", "litomerice-revolving-fund"),
        ("ανεμος ηλιος", "el", "tilos-hybrid-station"),
        ("tekoälyn rekisteri", "fi", "helsinki-ai-register"),
        ("energi-ø", "da", "samsoe-energy-island"),
        ("sat inteligent", "ro", "ciugud-smart-village"),
        ("Loos-en-Gohelle", "fr", "loos-solar-plan"),
        ("Circulatieplan", "nl", "gent-circulation-plan"),
    ],
)
def test_officers_find_the_practice_that_they_mean(
    seeds: Engine, typed: str, language: str, expected: str | None
) -> None:
    found = ask(seeds, typed, languages=(language,))
    assert (found[0] if found else None) == expected


def test_citizens_energy_is_found_in_french_and_in_german(seeds: Engine) -> None:
    french = [hit.id for hit in seeds.find(Query("énergie citoyenne", ("fr",))).hits if hit.language == "fr"]
    german = [hit.id for hit in seeds.find(Query("Bürgerenergie", ("de",))).hits if hit.language == "de"]
    assert "loos-solar-plan" in french
    assert {"wildpoldsried-wir2020", "schoenau-ews"} <= set(german)


def test_every_practice_is_found_first_by_its_own_title(seeds: Engine) -> None:
    everything = seeds.find(Query("", per_page=100))
    titles = {hit.id: hit for hit in everything.hits}
    assert len(titles) == 34
    for practice in yaml.load(SEEDS.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))[
        "practices"
    ]:
        for language, title in practice["title"].items():
            words = " ".join(title.replace("-", " ").replace(":", " ").split())
            assert ask(seeds, words, languages=(language,))[0] == practice["id"], title
