"""Our JSON-LD context explains every word that our objects use."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from exchange.vocabulary import sheet
from exchange.vocabulary.activitystreams import context
from exchange.vocabulary.adoption import AdoptionRecord
from exchange.vocabulary.profile import CommunityRecord
from tests.exchange.vocabulary.activitystreams.test_hostile import CASES

CONTEXT = json.loads(files("exchange").joinpath("static/ns/v1.jsonld").read_text(encoding="utf-8"))[
    "@context"
]
KEYWORDS = {"id", "type"}


def unexplained(value: Any, terms: dict[str, Any], path: str) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from unexplained(one, terms, path)
    if not isinstance(value, dict):
        return
    for name, one in value.items():
        if name in KEYWORDS:
            continue
        if name not in terms:
            yield f"{path}.{name}"
            continue
        term = terms[name] if isinstance(terms[name], dict) else {}
        if term.get("@container") == "@language" or term.get("@type") == "@json":
            continue
        yield from unexplained(one, terms | term.get("@context", {}), f"{path}.{name}")


@pytest.mark.parametrize("kind", CASES)
def test_every_word_of_an_object_of_ours_is_in_the_context(kind: str) -> None:
    inner = CASES[kind][1]()[kind]
    assert list(unexplained(inner, CONTEXT[kind]["@context"], kind)) == []


def test_every_field_of_the_records_is_in_the_context() -> None:
    practice = {column.split(".")[0] for column in sheet.columns()}
    adoption = {info.alias for info in AdoptionRecord.model_fields.values()}
    community = {info.alias for info in CommunityRecord.model_fields.values()}
    assert practice <= set(CONTEXT["practice"]["@context"])
    assert adoption <= set(CONTEXT["adoption"]["@context"])
    assert community <= set(CONTEXT["community"]["@context"])


def test_every_prefix_in_the_context_is_declared() -> None:
    def prefixes(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for name, one in value.items():
                if (
                    isinstance(one, str)
                    and name not in ("@vocab",)
                    and not one.startswith(("@", "http", "urn:"))
                ):
                    yield one.partition(":")[0]
                yield from prefixes(one)

    assert set(prefixes(CONTEXT)) <= set(CONTEXT)


def test_an_object_names_the_context_of_its_own_instance() -> None:
    assert context("https://ulm.example/practices/1") == [
        "https://www.w3.org/ns/activitystreams",
        "https://ulm.example/ns/v1",
    ]
