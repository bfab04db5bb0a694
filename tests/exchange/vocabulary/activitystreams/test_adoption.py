"""An adoption goes over the wire as a reply that says how far it is, and comes back as its record."""

import json
from typing import Any

import pytest

from exchange.messages import Refusal
from exchange.models.adoption import Adoption
from exchange.models.practice import OTHERS
from exchange.vocabulary import concepts
from exchange.vocabulary.activitystreams import adoption_object, adoption_of
from exchange.vocabulary.adoption import AdoptionRecord
from tests.exchange.vocabulary import samples

PRACTICE = "https://ulm.example/practices/42"
AROUND = ("id", "practice", "adopter", "stage")


def adoption(**columns: Any) -> Adoption:
    given: dict[str, Any] = {
        "uri": f"{samples.ORIGIN}/adoptions/7",
        "practice_id": 1,
        "practice_version": 2,
        "publisher_id": 1,
        "local": True,
        "stage": "ad-operating",
    }
    return Adoption(**(given | columns))


def sent(found: Adoption, *, by: bool = True) -> dict[str, Any]:
    us = samples.community()
    obj: dict[str, Any] = json.loads(json.dumps(adoption_object(found, PRACTICE, us, us if by else None)))
    return obj


@pytest.mark.parametrize("seed", samples.SEEDS["adoptions"], ids=lambda seed: seed["id"])
def test_each_adoption_of_the_seeds_comes_back_as_it_was(seed: dict[str, Any]) -> None:
    record = AdoptionRecord.model_validate({k: v for k, v in seed.items() if k not in AROUND}).data()
    adopter = {k: seed["adopter"][k] for k in ("name", "country")}
    found = adoption(
        stage=seed["stage"], slug=seed["id"], record=record, adopter=adopter, documented_by=OTHERS
    )
    read = adoption_of(sent(found, by=False))
    assert (read.record, read.stage, read.slug, read.documented_by) == (
        record,
        seed["stage"],
        seed["id"],
        OTHERS,
    )
    assert (read.adopter_uri, read.adopter) == (None, adopter)


def test_an_adopter_with_an_actor_is_named_by_its_address() -> None:
    read = adoption_of(sent(adoption()))
    assert read.adopter_uri == f"{samples.ORIGIN}/communities/saillans"
    assert (read.practice_uri, read.practice_version) == (PRACTICE, 2)


def test_a_whole_record_of_an_adoption_comes_back() -> None:
    told = {
        "language": "fr",
        "since": 2020,
        "stageDates": {"ad-decided": "2019-11-02", "ad-operating": "2020"},
        "history": [{"stage": "ad-decided", "date": "2019-11-02", "version": 1}],
        "adaptationType": "at-adapt",
        "changes": {"kept": "Le four", "dropped": {"fr": "La taxe", "en": "The tax"}},
        "reason": "Le besoin était le même.",
        "costActual": [{"amount": 900.5, "currency": "EUR"}],
        "outcome": {"compared": "better", "results": [{"text": "Plus de pain"}]},
        "help": ["hp-visit"],
        "ownPractice": f"{samples.ORIGIN}/practices/1",
        "through": "Parc naturel",
        "note": "Deux fours",
        "certainty": "V",
    }
    record = AdoptionRecord.model_validate(told).data()
    read = adoption_of(sent(adoption(record=record)))
    assert read.record == record
    assert record["changes"] == {"kept": {"fr": "Le four"}, "dropped": {"fr": "La taxe", "en": "The tax"}}
    assert record["outcome"]["results"] == [{"text": {"fr": "Plus de pain"}}]
    assert set(record) == {info.alias for info in AdoptionRecord.model_fields.values()} - {"inverse"}


def test_an_adoption_is_told_in_the_language_of_its_record() -> None:
    record = AdoptionRecord.model_validate(
        {"language": "de", "changes": "Kleiner <i>", "since": "2021"}
    ).data()
    obj = sent(adoption(record=record))
    assert list(obj["contentMap"]) == ["de"]
    assert obj["content"] == (
        "<p>Übernommen von Saillans<br>Stand: In Betrieb<br>Seit 2021</p>"
        "<p><strong>Geändert:</strong> Kleiner &lt;i&gt;</p>"
    )


def test_an_idea_that_went_the_other_way_is_told_so() -> None:
    found = adoption(record={"inverse": True}, adopter={"name": "Cleveland", "country": "US"})
    obj = sent(found, by=False)
    assert "The idea came from Cleveland" in obj["content"]
    assert adoption_of(obj).record == {"inverse": True}


def test_what_the_origin_has_to_say_is_not_taken_from_the_adopter() -> None:
    obj = sent(adoption())
    obj["adoption"]["confirmedByOrigin"] = True
    assert adoption_of(obj).record == {}


@pytest.mark.parametrize("stage", ["ad-rejected", "ad-stopped"])
def test_an_end_needs_its_reason(stage: str) -> None:
    with pytest.raises(Refusal, match="Say why"):
        adoption_of(sent(adoption(stage=stage)))
    read = adoption_of(sent(adoption(stage=stage, record={"reason": {"cause": "lc-law"}})))
    assert read.record == {"reason": {"cause": "lc-law"}}


def test_every_stage_can_be_sent() -> None:
    for stage in concepts.scheme("adoption-stage"):
        found = adoption(stage=stage.id, record={"reason": {"text": {"en": "Because."}}})
        assert adoption_of(sent(found)).stage == stage.id


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"stage": "ad-dreaming"}, "adoption.stage: “ad-dreaming” is not one of the choices here."),
    ({"stage": None}, "adoption.stage: “None” is not one of the choices here."),
    ({"adopts": None}, "adoption.adopts: A web address is expected here."),
    (
        {"adopts": "https://ulm.example/practices/1"},
        "adoption.adopts: The adoption speaks of another object than it replies to.",
    ),
    ({"adopter": None}, "adoption.adopter: A web address is expected here."),
    ({"adopter": {"name": ""}}, "adoption.adopter: An adoption names its adopter."),
    ({"adopter": {"name": ["x"]}}, "adoption.adopter.name: A text is expected here."),
    ({"adoptedVersion": -1}, "adoption.adoptedVersion: A whole number is expected here."),
    ({"ownPractice": "javascript:1"}, "adoption.ownPractice: This is not a web address that begins with https:// or http://."),
    ({"since": "long ago"}, "adoption.since: Write the date as 2024, 2024-05 or 2024-05-31."),
    ({"changes": 5}, "adoption.changes: Named values are expected here."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), REFUSED, ids=[s for _, s in REFUSED])
def test_nonsense_in_an_adoption_is_refused_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    obj = sent(adoption())
    obj["adoption"] |= change
    with pytest.raises(Refusal) as caught:
        adoption_of(obj)
    assert str(caught.value) == sentence
