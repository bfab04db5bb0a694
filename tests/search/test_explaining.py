"""Why a document was found: its score taken apart, on every engine."""

import pytest

from search.answer.explaining import texts
from search.engine import Engine, Query


@pytest.mark.parametrize("text", ["Energie Dorf", "énergies", '"ville pilote"', "citoyen* OR Dorf", "Buergerenergie"])  # fmt: skip
def test_the_reasons_add_up_to_the_score(engine: Engine, text: str) -> None:
    hits = engine.find(Query(text, languages=("de",), explain=True)).hits
    assert hits
    for hit in hits:
        assert sum(reason.score for reason in hit.reasons) == pytest.approx(hit.score, rel=1e-3), hit.id


def test_a_reason_names_the_word_as_typed_and_where_it_stands(engine: Engine) -> None:
    hit = engine.find(Query("Bürgerenergie Windkraft", explain=True)).hits[0]
    assert hit.id == "wildpoldsried"
    assert texts(hit.reasons, "bürgerenergie") == ("title",)
    assert texts(hit.reasons, "windkraft") == ("summary",)


def test_a_word_that_stands_only_in_the_long_text_says_so(engine: Engine) -> None:
    assert texts(engine.find(Query("toits", explain=True)).hits[0].reasons, "nowhere") == ("body",)


def test_nothing_is_explained_unless_asked(engine: Engine) -> None:
    assert engine.find(Query("Dorf")).hits[0].reasons == ()
    assert engine.find(Query("", explain=True)).hits[0].reasons == ()
