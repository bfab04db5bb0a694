"""Whatever arrives where an object of ours is expected: it is read, or refused in a sentence."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.messages import Refusal
from exchange.models.answer import Answer
from exchange.models.collection import Collected, Collection
from exchange.models.delegation import Delegation
from exchange.vocabulary.activitystreams import (
    adoption_of,
    answer_object,
    answer_of,
    call_of,
    collection_object,
    collection_of,
    community_of,
    contribution_of,
    delegation_object,
    delegation_of,
    practice_of,
    review_of,
)
from exchange.vocabulary.activitystreams.reading import is_uri
from tests.exchange.vocabulary import samples
from tests.exchange.vocabulary.activitystreams import (
    test_adoption,
    test_call,
    test_community,
    test_practice,
    test_review,
)

HERE, ULM = "https://hub.example", "https://ulm.example/communities/ulm"


def curated() -> dict[str, Any]:
    words = {"title": {"en": "Begin here"}, "summary": {"en": "Small."}, "owner": f"{HERE}/clusters/quiet"}
    item = Collected(id=1, collection_id=1, practice=f"{HERE}/practices/1", place=1, words={"en": "First."})
    return collection_object(Collection(uri=f"{HERE}/collections/1", local=True, **words), [item])


def delegation() -> dict[str, Any]:
    lent = Delegation(uri=f"{HERE}/delegations/1", giver_id=1, receiver=ULM, theme="th-energy", local=True)
    return delegation_object(lent, samples.community(), "Ulm")


def answer() -> dict[str, Any]:
    said = Answer(uri=f"{HERE}/answers/1", review_id=1, text={"en": "It is in version 2."}, local=True)
    return answer_object(said, "https://ulm.example/reviews/1", samples.community(), ULM)


Reader = Callable[[Any], Any]
CASES: dict[str, tuple[Reader, Callable[[], dict[str, Any]]]] = {
    "practice": (practice_of, lambda: test_practice.sent(test_practice.full())),
    "review": (review_of, test_review.sent),
    "adoption": (adoption_of, lambda: test_adoption.sent(test_adoption.adoption())),
    "community": (community_of, test_community.document),
    "consultation": (call_of, lambda: test_call.sent("consultation")),
    "campaign": (call_of, lambda: test_call.sent("campaign")),
    "contribution": (contribution_of, test_call.contribution),
    "curated": (collection_of, curated),
    "delegation": (delegation_of, delegation),
    "answer": (answer_of, answer),
}
STRANGE: list[Any] = [
    None, True, False, 0, -1, 10**400, 1.5, float("inf"), "", " ", "\ud800", "x" * 100_000, "\x00",
    "https://[", "https://a.example/\u202e", [], [[]], [None], {}, {"": ""}, {"\ud800": 1}, {"id": {}},
    {"type": ["Link"]}, {"fr": {"fr": "x"}}, [{"id": "https://a.example"}] * 3,
]  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=12,
)


def refused_or_read(read: Reader, obj: Any) -> None:
    problems = None
    try:
        read(obj)
    except Refusal as refusal:
        problems = refusal.problems
    if problems is not None:
        told = [f"{problem.path} {problem.message.render()}" for problem in problems]
        assert all(told)
        assert "\n".join(told).encode()


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield (*at, name)
        yield from places(one, (*at, name))


def put(obj: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(obj)
    inside = changed
    for name in place[:-1]:
        inside = inside[name]
    inside[place[-1]] = value
    return changed


@pytest.mark.parametrize("kind", CASES)
def test_something_strange_anywhere_is_read_or_refused(kind: str) -> None:
    read, make = CASES[kind]
    whole = make()
    everywhere = list(places(whole))
    assert len(everywhere) > 20
    for number, place in enumerate(everywhere):
        refused_or_read(read, put(whole, place, STRANGE[number % len(STRANGE)]))
        refused_or_read(read, put(whole, place, STRANGE[(number * 7 + 3) % len(STRANGE)]))


@pytest.mark.parametrize("kind", CASES)
def test_something_strange_at_each_named_field_is_read_or_refused(kind: str) -> None:
    read, make = CASES[kind]
    whole = make()
    for strange in STRANGE:
        refused_or_read(read, strange)
        for name in whole:
            refused_or_read(read, whole | {name: strange})
        for name in whole[kind]:
            refused_or_read(read, whole | {kind: whole[kind] | {name: strange}})


@pytest.mark.parametrize("kind", CASES)
@given(data=st.data())
def test_anything_at_all_inside_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    read, make = CASES[kind]
    whole = make()
    name = data.draw(st.sampled_from(sorted(whole[kind])))
    refused_or_read(read, whole | {kind: whole[kind] | {name: data.draw(anything)}})


@pytest.mark.parametrize("kind", CASES)
def test_a_record_nested_a_thousand_times_is_refused(kind: str) -> None:
    read, make = CASES[kind]
    deep: Any = "x"
    for _ in range(5_000):
        deep = {"text": deep}
    whole = make()
    refused_or_read(read, whole | {kind: whole[kind] | {"solution": deep, "reason": deep, "note": deep}})


@pytest.mark.parametrize(
    "address",
    ["", "https://", "ftp://a.example/x", "https://user:pw@a.example/", "https://a.example/ x",
     "https://a.example/\n", "https://a.example/<x>", "https://" + "a" * 3000, "//a.example/x", 5, None],
)  # fmt: skip
def test_this_is_no_address(address: Any) -> None:
    assert not is_uri(address)


def test_addresses_of_the_web_are() -> None:
    assert is_uri("https://a.example/practices/1#practice")
    assert is_uri("http://ulm.localhost:8002/actor")
