"""The record holds every field of the schema, and says in a sentence what it does not accept."""

import json
from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import given
from pydantic import BaseModel, ValidationError

from exchange.vocabulary import completeness, sheet
from exchange.vocabulary.adoption import AdoptionRecord
from exchange.vocabulary.parts import Result
from exchange.vocabulary.profile import CommunityRecord
from exchange.vocabulary.record import PracticeRecord
from tests.exchange.vocabulary import samples

SCHEMA = yaml.safe_load(files("exchange").joinpath("seeds/record-schema.yaml").read_text(encoding="utf-8"))
KEPT_BESIDE = {  # what the tables hold, not the record
    "Practice": {"id", "version", "community", "issued", "modified", "reviewDue"},
    "Adoption": {"id", "practice", "adopter", "stage", "confirmedByOrigin"},
    "Community": {"id", "centroid"},  # a centroid is lat and lon
    "Result": set(),
}


def names(model: type[BaseModel]) -> set[str]:
    return {info.alias or name for name, info in model.model_fields.items()}


def fields(entity: str) -> list[str]:
    told = [f["name"] for f in SCHEMA["entities"][entity]["fields"]]
    return [name for name in told if name not in KEPT_BESIDE[entity]]


@pytest.mark.parametrize("field", fields("Practice"))
def test_every_field_of_a_practice_in_the_schema_stands_in_the_record(field: str) -> None:
    columns = sheet.columns()
    assert field in columns or any(column.startswith(f"{field}.") for column in columns)


@pytest.mark.parametrize(
    ("entity", "model"),
    [("Result", Result), ("Adoption", AdoptionRecord), ("Community", CommunityRecord)],
)
def test_every_field_of_the_other_entities_stands_in_its_record(entity: str, model: type[BaseModel]) -> None:
    assert set(fields(entity)) <= names(model)


def test_every_required_field_of_the_schema_is_asked_for() -> None:
    required = {f["name"] for f in SCHEMA["entities"]["Practice"]["fields"] if f["req"] == "R"}
    asked = {
        "dataProtection" if path.startswith("dataProtection") else path for path in completeness.REQUIRED
    }
    assert required - {"id", "community"} == asked


def test_the_full_sample_fills_every_field_and_lacks_nothing() -> None:
    record = PracticeRecord.model_validate(samples.full())
    assert record.data() == samples.full()
    assert set(record.data()) == names(PracticeRecord)
    assert completeness.missing(record) == []
    assert completeness.score(record) == 100


@pytest.mark.parametrize("slug", samples.SLUGS)
def test_a_seed_loses_nothing_in_the_record(slug: str) -> None:
    practice = next(p for p in samples.PRACTICES if p["id"] == slug)
    data = samples.record_of(slug).data()
    for name, value in samples.told(practice).items():
        if name != "prerequisite":
            assert json.dumps(data[name]) == json.dumps(value)
    assert [p["text"] for p in data.get("prerequisite", [])] == practice.get("prerequisite", [])


@given(samples.records)
def test_what_a_record_gives_out_it_takes_in_again(record: PracticeRecord) -> None:
    data = json.loads(json.dumps(record.data()))
    assert PracticeRecord.model_validate(data).data() == record.data()


def test_the_original_language_comes_first_in_every_text() -> None:
    data = samples.full() | {
        "title": {"en": "Oven", "fr": "Four"},
        "lesson": [{"text": {"en": "a", "fr": "b"}}],
    }
    record = PracticeRecord.model_validate(data)
    assert list(record.title) == ["fr", "en"]
    assert list(record.lesson[0].text) == ["fr", "en"]


def test_a_bare_text_is_in_the_language_of_the_record() -> None:
    record = PracticeRecord.model_validate(
        {"language": "it", "title": "Il forno", "lesson": [{"text": "Accendere"}], "keyword": ["pane"]}
    )
    assert record.title == {"it": "Il forno"}
    assert record.lesson[0].text == {"it": "Accendere"}
    assert record.keyword == [{"it": "pane"}]


def test_the_title_of_a_source_is_a_plain_line() -> None:
    record = PracticeRecord.model_validate({"language": "fr", "source": [{"title": "Le Monde"}]})
    assert record.source[0].title == "Le Monde"


def test_texts_are_kept_composed_and_without_what_is_not_seen() -> None:
    record = PracticeRecord.model_validate(
        {"language": "fr", "title": "  Cafe\u0301\x00\x1b\u202e du\r\nvil\u200blage\ud800\u2066 "}
    )
    assert record.title == {"fr": "Café du\nvillage"}


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"language": "french"}, "language", "This is not a language code such as “fr” or “pt-BR”."),
    ({"language": "fr\n"}, "language", "This is not a language code such as “fr” or “pt-BR”."),
    ({"title": {"xx!": "a"}}, "title", "This is not a language code such as “fr” or “pt-BR”."),
    ({"title": 7}, "title", "A text is expected here, or texts by language."),
    ({"title": {"fr": ["a"]}}, "title", "A text is expected here, or texts by language."),
    ({"title": {f"q{a}{b}": "x" for a in "abcdefg" for b in "abcdefg"}}, "title", "At most 40 languages."),
    ({"title": {"fr": "x" * 121}}, "title", "At most 120 characters; these are 121."),
    ({"summary": {"fr": "x" * 601}}, "summary", "At most 600 characters; these are 601."),
    ({"solution": {"fr": "x" * 8001}}, "solution", "At most 8000 characters; these are 8001."),
    ({"licence": "x" * 301}, "licence", "At most 300 characters; these are 301."),
    ({"licence": ["x"]}, "licence", "A text is expected here."),
    ({"licence": True}, "licence", "A text is expected here."),
    ({"licence": 10**30}, "licence", "A text is expected here."),
    ({"theme": ["th-magic"]}, "theme.0", "“th-magic” is not one of the choices here."),
    ({"theme": ["th-energy"] * 7}, "theme", "At most 6 entries."),
    ({"theme": "th-energy"}, "theme", "A list is expected here."),
    ({"status": 3}, "status", "A text is expected here."),
    ({"sdg": [18]}, "sdg.0", "At most 17."),
    ({"sdg": [0]}, "sdg.0", "At least 1."),
    ({"sdg": ["many"]}, "sdg.0", "A whole number is expected here."),
    ({"sdg": [None]}, "sdg.0", "A whole number is expected here."),
    ({"sdg": [1.5]}, "sdg.0", "A whole number is expected here."),
    ({"sdg": ["9" * 5000]}, "sdg.0", "This number is too large."),
    ({"cityType": {"cty-e": 50}}, "cityType.cty-techno", "The weights of the city types must add up to 100."),
    ({"cityType": {"cty-z": 100}}, "cityType.cty-z", "“cty-z” is not one of the choices here."),
    ({"cityType": ["cty-e"]}, "cityType", "Named values are expected here."),
    ({"startDate": "May 2014"}, "startDate", "Write the date as 2024, 2024-05 or 2024-05-31."),
    ({"startDate": "2023-02-30"}, "startDate", "Write the date as 2024, 2024-05 or 2024-05-31."),
    ({"startDate": True}, "startDate", "Write the date as 2024, 2024-05 or 2024-05-31."),
    ({"startDate": "2020", "endDate": "2014"}, "endDate", "The end lies before the beginning."),
    ({"place": [{"lat": "north", "lon": 1}]}, "place.0.lat", "A number is expected here."),
    ({"place": [{"lat": None, "lon": 1}]}, "place.0.lat", "A number is expected here."),
    ({"place": [{"lat": float("nan"), "lon": 1}]}, "place.0.lat", "A number is expected here."),
    ({"place": [{"lat": 91, "lon": 1}]}, "place.0.lat", "At most 90.0."),
    ({"place": [{"lat": 1}]}, "place.0.lon", "This is needed."),
    ({"place": ["here"]}, "place.0", "Named values are expected here."),
    ({"dataProtection": {"personalData": "perhaps"}}, "dataProtection.personalData", "Yes or no is expected here."),
    ({"dataProtection": {"personalData": []}}, "dataProtection.personalData", "Yes or no is expected here."),
    ({"cost": {"items": [{"currency": "euro"}]}}, "cost.items.0.currency", "Write the currency as three capitals, such as EUR."),
    ({"cost": {"items": [{"kind": "loan"}]}}, "cost.items.0.kind", "This is not one of the forms expected here."),
    ({"sameAs": ["ftp://example.org"]}, "sameAs.0", "This is not a web address that begins with https:// or http://."),
    ({"sameAs": ["https://good.example@evil.example/"]}, "sameAs.0", "A web address begins with its host, without a name or password before it."),
    ({"sameAs": ["https://[::1"]}, "sameAs.0", "This is not a web address that begins with https:// or http://."),
    ({"contactRole": [{"role": "Desk", "url": "desk@"}]}, "contactRole.0.url", "This is neither a mailbox nor a web address."),
    ({"contactRole": [{"role": "Desk", "url": "javascript://x/%0aalert(1)@town.example"}]}, "contactRole.0.url", "This is neither a mailbox nor a web address."),
    ({"contactRole": [{"role": "Desk", "url": "data:text/html,x@town.example"}]}, "contactRole.0.url", "This is neither a mailbox nor a web address."),
    ({"contactRole": [{"role": "Desk", "url": "desk@town.example?bcc=other"}]}, "contactRole.0.url", "This is neither a mailbox nor a web address."),
    (
        {"contactRole": [{"role": "Desk", "url": "anna.rossi@example.org"}]},
        "contactRole.0.url",
        "This looks like a person's mailbox. Use a function mailbox or the address of a form.",
    ),
    ({"replication": {"scaleRange": {"min": 9, "max": 3}}}, "replication.scaleRange", "The smallest size is above the largest."),
    ({"source": [{"url": "https://example.org"}]}, "source.0.title", "This is needed."),
    ({"source": [{"title": " ", "url": "https://example.org"}]}, "source.0", "An entry needs its name, title or text."),
    ({"lesson": [{"cause": "lc-law"}]}, "lesson.0", "An entry needs its name, title or text."),
    ({"colour": "green"}, "colour", "There is no field of this name."),
    ({"lesson": [{"text": {"fr": "x" * 8000}}] * 20}, "", "At most 150000 characters in the whole record."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "path", "sentence"), WRONG, ids=[f"{s}-{p}" for _, p, s in WRONG])
def test_what_is_wrong_is_said_at_its_field(change: dict[str, Any], path: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        PracticeRecord.model_validate({"language": "fr"} | change)
    assert (path, sentence) in [(p.path, str(p.message)) for p in completeness.problems(caught.value)]


def test_every_sentence_of_the_record_is_among_those_tried() -> None:
    sentences = {*completeness._SENTENCES.values(), *completeness._FORMS.values()}
    tried = [sentence for _, _, sentence in WRONG]
    untried = {s for s in sentences if not any(t.startswith(s.partition("%(")[0]) for t in tried)}
    assert untried == set()


def test_something_that_is_no_record_at_all_is_refused_in_words() -> None:
    for nonsense in (None, [], "record", 3):
        with pytest.raises(ValidationError) as caught:
            PracticeRecord.model_validate(nonsense)
        assert [str(p) for p in completeness.problems(caught.value)] == ["Named values are expected here."]


def test_a_mark_of_certainty_is_no_text_whatever_field_it_is_about() -> None:
    marks = {"problem": "V", "summary": "A", "core": "V2", "startDate": "V"}
    told = {"language": "fr", "title": "Four", "certainty": marks}
    assert PracticeRecord.model_validate(told).data()["certainty"] == marks
