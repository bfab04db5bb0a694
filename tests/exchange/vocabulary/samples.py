"""Records to try things on: the real ones of the seeds, one with every field filled, and made-up ones."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

import exchange
from exchange.models.community import Community
from exchange.models.practice import OTHERS, Practice
from exchange.vocabulary import concepts
from exchange.vocabulary.fields import clean
from exchange.vocabulary.record import PracticeRecord

SEEDS: dict[str, Any] = yaml.safe_load(
    (Path(exchange.__file__).parent / "seeds" / "practices.yaml").read_text(encoding="utf-8")
)
PRACTICES: list[dict[str, Any]] = SEEDS["practices"]
SLUGS = [p["id"] for p in PRACTICES]
ORIGIN = "https://villages.example"


def told(practice: dict[str, Any]) -> dict[str, Any]:
    """The record of a seed without the names that the file gives it."""
    return {k: v for k, v in practice.items() if k not in ("id", "community")}


def record_of(slug: str) -> PracticeRecord:
    return PracticeRecord.model_validate(told(next(p for p in PRACTICES if p["id"] == slug)))


def full() -> dict[str, Any]:
    """A record in which every field is filled, so that an owner may publish it."""
    text = {"fr": "Le four à pain", "en": "The bread oven"}
    source = {
        "title": "Bulletin",
        "url": "https://example.org/b",
        "publisher": "Mairie",
        "date": "2021-03",
        "language": "fr",
    }
    return {
        "language": "fr",
        "title": text,
        "summary": text,
        "place": [{"lat": 44.5, "lon": 5.25, "name": "Place du village"}],
        "partners": [{"role": "operator", "name": "Coopérative du four"}],
        "theme": ["th-energy", "th-participation"],
        "keyword": [{"fr": "pain", "en": "bread"}, {"fr": "four"}],
        "sdg": [7, 11],
        "commitment": ["isc-a3-1", "rdt-3"],
        "cityType": {"cty-contrib": 75, "cty-e": 25},
        "democraticMode": ["dem-participatory"],
        "status": "st-operating",
        "maturity": "mat-4",
        "startDate": "2014",
        "endDate": "2020-06-30",
        "problem": text,
        "context": text,
        "objectives": text,
        "solution": text,
        "engagement": {"level": "pl-4", "process": text, "numbers": [{"label": text, "number": 120.0}]},
        "inclusion": {"groups": ["ig-older"], "measures": text},
        "governance": text,
        "procurement": {"procedure": "pp-open", "text": text, "url": "https://example.org/t"},
        "cost": {
            "class": "pc-2",
            "items": [
                {"text": text, "amount": 12500.5, "currency": "EUR", "year": 2015, "kind": "capex",
                 "per": "oven", "certainty": "V"}
            ],
            "staff": {"fte": 0.25, "personMonths": 3.0, "text": text},
        },
        "financing": [{"source": "fs-own", "share": 60.0, "text": text}, {"source": "fs-eu", "share": 40.0}],
        "legal": text,
        "dataProtection": {
            "personalData": False, "legalBasis": "none", "dpia": False, "aiSystem": False,
            "hosting": "own server", "text": text,
        },
        "result": [
            {"text": text, "indicator": text, "baseline": {"number": 2.0, "date": "2013"},
             "target": {"number": 40.0, "date": "2016"}, "value": "38", "unit": "loaves", "period": "2015",
             "method": text, "source": source, "certainty": "V2"}
        ],
        "evidenceLevel": "ev-2",
        "lesson": [{"text": text, "cause": "lc-people", "differently": text, "certainty": "V"}],
        "prerequisite": [{"kind": "pk-staff", "text": text, "essential": True}],
        "replication": {
            "steps": [text, {"fr": "Allumer"}], "core": text,
            "scaleRange": {"min": 100, "max": 5000}, "offer": ["hp-visit"],
        },
        "contactRole": [
            {"role": "Secrétariat", "organisation": "Mairie", "url": "https://example.org/contact"}
        ],
        "attachment": [
            {"title": "Plan", "url": "https://example.org/p.pdf", "licence": "CC0-1.0", "language": "fr",
             "accessible": True}
        ],
        "software": [
            {"name": "Four", "repository": "https://example.org/git", "licence": "EUPL-1.2",
             "publiccode": "https://example.org/publiccode.yml", "certainty": "V"}
        ],
        "dataset": ["https://example.org/data"],
        "source": [source],
        "basedOn": ["https://example.org/practices/1"],
        "sameAs": ["https://example.org/same"],
        "licence": "CC-BY-4.0",
        "translation": [{"lang": "en", "kind": "human", "date": "2021"}],
        "validation": [{"by": "Parc naturel", "level": "peer", "date": "2022-01-01", "note": text}],
        "certainty": {"startDate": "V2"},
    }  # fmt: skip


def community(**columns: Any) -> Community:
    given = {
        "uri": f"{ORIGIN}/communities/saillans",
        "slug": "saillans",
        "local": True,
        "instance": ORIGIN,
        "name": {"fr": "Saillans"},
        "country": "FR",
        "population": 1250,
        "population_class": "pop-2",
        "degurba": "dg-3",
        "lat": 44.6954,
        "lon": 5.1829,
    }
    return Community(**(given | columns))


def practice(record: PracticeRecord, **columns: Any) -> Practice:
    given = {
        "uri": f"{ORIGIN}/practices/1c6d",
        "slug": "oven",
        "community_id": 1,
        "local": True,
        "language": record.language,
        "title": record.title.get(record.language, ""),
        "record": record.data(),
        "documented_by": OTHERS,
        "incomplete": True,
    }
    return Practice(**(given | columns))


# ---------------------------------------------------------------------------- made-up records

_words = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), st.sampled_from("|\\'=+-@\n\t,;\"<&%")
    ),
    min_size=1,
    max_size=40,
).filter(lambda t: clean(t) == t and t)
_languages = st.sampled_from(["fr", "de", "en", "pt-BR", "el", "sr-Latn"])
_texts = st.dictionaries(_languages, _words, min_size=1, max_size=3)
_numbers = st.floats(0, 1e9, allow_nan=False)
_urls = st.sampled_from(["https://example.org/a|b", "http://example.org/?q=1&r=2", "https://é.example/"])


def _concepts(*names: str) -> st.SearchStrategy[str]:
    return st.sampled_from([c.id for name in names for c in concepts.scheme(name)])


def _some(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(inside, min_size=1, max_size=3)


def _part(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


records: st.SearchStrategy[PracticeRecord] = st.fixed_dictionaries(
    {"language": _languages, "title": _texts},
    optional={
        "summary": _texts,
        "theme": _some(_concepts("themes")),
        "keyword": _some(_texts),
        "sdg": _some(st.integers(1, 17)),
        "status": _concepts("status"),
        "startDate": st.sampled_from(["2014", "1999-12", "2020-02-29~"]),
        "problem": _texts,
        "place": _some(st.fixed_dictionaries({"lat": st.floats(-90, 90), "lon": st.floats(-180, 180)})),
        "engagement": _part(
            level=_concepts("participation-level"),
            numbers=_some(st.fixed_dictionaries({"label": _texts, "number": _numbers})),
        ),
        "cost": _part(items=_some(_part(text=_texts, amount=_numbers, per=_words, certainty=_words))),
        "dataProtection": _part(personalData=st.booleans(), hosting=_words),
        "result": _some(_part(text=_texts, value=_words, unit=_words, method=_texts)),
        "lesson": _some(st.fixed_dictionaries({"text": _texts}, optional={"cause": _concepts("lesson-cause")})),
        "prerequisite": _some(
            st.fixed_dictionaries({"text": _texts}, optional={"essential": st.booleans()})
        ),
        "replication": _part(steps=_some(_texts), core=_texts),
        "sameAs": _some(_urls),
        "source": _some(st.fixed_dictionaries({"title": _words}, optional={"url": _urls})),
        "certainty": st.dictionaries(_words, _words, max_size=3),
    },
).map(PracticeRecord.model_validate)  # fmt: skip
