"""What an owner must still fill in, and the percentage beside it."""

from typing import Any

import pytest

from exchange.vocabulary import completeness
from exchange.vocabulary.record import PracticeRecord
from tests.exchange.vocabulary import samples


def without(data: dict[str, Any], path: str) -> dict[str, Any]:
    first, _, rest = path.partition(".")
    if rest:
        return data | {first: without(data[first], rest)}
    return {k: v for k, v in data.items() if k != first}


@pytest.mark.parametrize(
    "path", [p for p in completeness.REQUIRED if p not in ("language", "licence")]
)  # these two fill themselves
def test_each_required_field_is_missed_with_its_own_sentence(path: str) -> None:
    lacking = completeness.missing(PracticeRecord.model_validate(without(samples.full(), path)))
    assert [(p.path, str(p.message)) for p in lacking] == [(path, completeness.REQUIRED[path])]


def test_a_text_counts_only_in_the_original_language() -> None:
    record = PracticeRecord.model_validate(samples.full() | {"problem": {"en": "Bread was far away."}})
    assert [p.path for p in completeness.missing(record)] == ["problem"]


def test_a_licence_left_out_is_the_usual_one_and_one_emptied_is_missed() -> None:
    data = samples.full()
    assert completeness.missing(PracticeRecord.model_validate(without(data, "licence"))) == []
    emptied = PracticeRecord.model_validate(data | {"licence": " "})
    assert [p.path for p in completeness.missing(emptied)] == ["licence"]


def test_no_is_an_answer_to_whether_personal_data_are_processed() -> None:
    data = samples.full()
    assert data["dataProtection"]["personalData"] is False
    assert completeness.missing(PracticeRecord.model_validate(data)) == []


def test_more_than_three_themes_are_too_many_for_an_owner() -> None:
    themes = ["th-energy", "th-water", "th-participation", "th-local-economy"]
    record = PracticeRecord.model_validate(samples.full() | {"theme": themes})
    assert [p.path for p in completeness.missing(record)] == ["theme"]


def test_a_result_needs_words_or_all_its_figures() -> None:
    half = {"indicator": {"fr": "Pains"}, "value": "38"}
    record = PracticeRecord.model_validate(samples.full() | {"result": [half]})
    assert [str(p) for p in completeness.missing(record)] == [
        "result.0: A result needs an indicator, a value, a unit and a period."
    ]
    whole = half | {"unit": "pièces", "period": "2015"}
    assert completeness.missing(PracticeRecord.model_validate(samples.full() | {"result": [whole]})) == []


def test_the_score_grows_with_what_is_filled() -> None:
    bare = completeness.score(PracticeRecord.model_validate({"language": "fr", "title": "Four"}))
    seed = completeness.score(samples.record_of("saillans-collegial-council"))
    full = completeness.score(PracticeRecord.model_validate(samples.full()))
    assert 0 < bare < seed < full == 100


def test_a_field_with_a_strange_name_is_reported_without_its_control_characters() -> None:
    with pytest.raises(ValueError, match="validation error") as caught:
        PracticeRecord.model_validate({"language": "fr", "a\x1b[31m" + "b" * 300: 1})
    path = completeness.problems(caught.value)[0].path  # type: ignore[arg-type]
    assert path == "a[31m" + "b" * 75
