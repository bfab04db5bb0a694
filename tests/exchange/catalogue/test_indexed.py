"""What the search language names is in the index."""

from datetime import UTC, datetime

from exchange.indexing import document
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import Practice
from search.engine import Document
from search.layout import LAYOUT

AT = datetime(2024, 5, 31, tzinfo=UTC)


def everything() -> Document:
    """A practice of which all is told, as the index gets it."""
    owner = Community(
        uri="https://a.example/communities/loos",
        instance="https://a.example",
        slug="loos",
        name={"fr": "Loos"},
        country="FR",
        degurba="dg-2",
        population=6600,
        population_class="pop-4",
        profile={"topography": ["tp-plain"]},
    )
    practice = Practice(
        uri="https://a.example/practices/8c7b",
        key="8c7b",
        slug="loos-solar-plan",
        language="fr",
        title_texts={"fr": "Plan solaire"},
        summary_texts={"fr": "Des toits"},
        themes=["th-energy"],
        maturity="mat-4",
        evidence_level="ev-2",
        status="st-operating",
        issued_at=AT,
        modified_at=AT,
        record={
            "cost": {"class": "pc-3"},
            "commitment": ["rdt-7"],
            "sdg": [7],
            "startDate": "2019",
            "endDate": "2024",
            "problem": {"fr": "Cher"},
            "keyword": [{"fr": "solaire"}],
            "place": [{"name": "Loos"}],
        },
    )
    return document(practice, owner, 1, [(Adoption(record={}), "https://b.example/communities/ulm")])


def test_every_field_that_can_be_asked_for_is_filled() -> None:
    made = everything()
    assert set(made.texts) == set(LAYOUT.texts)
    assert set(made.facets) == set(LAYOUT.facets)
    assert set(made.numbers) == set(LAYOUT.numbers)


def test_a_practice_is_known_by_either_end_of_its_addresses() -> None:
    assert everything().facets["key"] == ("8c7b", "loos-solar-plan")
