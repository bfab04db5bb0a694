"""FEDERATION.md says what is said: its examples, its kinds of activity, its limits and its schedule."""

import inspect
import json
import re
from typing import Any

import pytest

from exchange import arrivals
from exchange.vocabulary import activitystreams as words
from federation import keys
from federation.arriving import backfill, handling
from federation.arriving.origins import believed
from federation.errors import Refused
from federation.leaving import dueness
from federation.ledger import schedule
from federation.neighbours import collections
from federation.others import nodeinfo, peers
from federation.wire import activity, request
from tests.docs import pages, story
from tests.rig import Rig

PAGE = story.PAGE.read_text(encoding="utf-8")
EXAMPLES = pages.examples(PAGE)
JSON: dict[str, Any] = {name: json.loads(text) for name, text in EXAMPLES.items() if text.startswith("{")}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    place = tmp_path_factory.mktemp("story")
    with Rig(place, story.databases(place)) as rig:
        return story.as_written(rig)


def test_the_page_shows_every_example_of_the_story(said: dict[str, str]) -> None:
    assert set(said) - {"tombstone"} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_two_instances_say_to_each_other(name: str, said: dict[str, str]) -> None:
    assert EXAMPLES[name] == said[name], "python -m tests.docs.story writes the page anew"


def test_what_stands_at_a_withdrawn_practice_is_what_its_delete_carried(said: dict[str, str]) -> None:
    assert json.loads(said["tombstone"]) == JSON["delete"]["object"]


def test_the_examples_are_read_as_what_they_are() -> None:
    practice = words.practice_of(JSON["practice"])
    assert (practice.record.title["fr"], practice.documented_by) == (JSON["practice"]["name"], "others")
    review = words.review_of(JSON["review"])
    assert review.practice_uri == practice.uri
    assert review.ratings == {"rc-replicability": 4, "rc-engagement": None}
    adoption = words.adoption_of(JSON["adoption"])
    assert (adoption.practice_uri, adoption.stage) == (practice.uri, "ad-decided")
    assert words.community_of(JSON["community"])["population"] == 2400


@pytest.mark.parametrize("name", [name for name in JSON if "actor" in JSON[name] and "object" in JSON[name]])
def test_a_receiver_believes_the_activities_of_the_examples(name: str) -> None:
    told = JSON[name]
    kept = believed(told, actor=told["actor"], ours="https://third.example")
    assert activity.id_of(kept["object"]) == activity.id_of(told["object"])


def test_every_kind_of_activity_that_has_an_effect_is_on_the_page() -> None:
    verbs = re.findall(
        r'"([A-Z][a-z]+)": (?:self\._|gestures\.)', inspect.getsource(arrivals.Arrivals.handle)
    )
    assert {"Create", "Add"} <= set(verbs)
    kinds = {*handling.PROTOCOL, *backfill.KINDS, *collections.LISTED, *verbs}
    told = set(re.findall(r"`(\w+)`", PAGE.partition("## Activities")[2].partition("## Who may")[0]))
    assert kinds <= told


def test_the_feps_are_those_of_nodeinfo() -> None:
    listed = PAGE.partition("## Supported FEPs")[2].partition("## Activities")[0]
    told = {a or b for a, b in re.findall(r"main/fep/([0-9a-f]{4})/|FEP-([0-9a-f]{4})", listed)}
    assert set(nodeinfo.FEPS) == told


def test_the_page_says_whether_objects_carry_proofs() -> None:
    assert ("proof" in JSON["practice"]) != ("carry no integrity proofs" in PAGE)


def test_the_schedule_is_the_one_by_which_deliveries_leave() -> None:
    minutes = [int(p / schedule.MINUTE) for p in schedule.PAUSES if 0 * schedule.MINUTE < p < schedule.HOUR]
    hours = [int(p / schedule.HOUR) for p in schedule.PAUSES if p >= schedule.HOUR]
    assert f"tried again after {_listed(minutes)} minutes, {_listed(hours)} hours, then daily" in PAGE
    assert (schedule.LAST_DAY / schedule.DAY, schedule.JITTER, schedule.KNOCKS) == (7, 0.2, 3)
    assert (schedule.SUSPEND_AFTER, dueness.PER_HOST) == (5, 2)
    told = {int(number) for number in re.findall(r"\b(4\d\d)\b", PAGE.partition("## Delivery")[2])}
    later = {status for status in range(400, 500) if schedule.judge(status) is schedule.Answer.LATER}
    assert later <= told


def test_the_limits_are_those_that_are_enforced() -> None:
    assert (activity.MAX_BYTES, activity.MAX_DEPTH, activity.MAX_VALUES) == (1024**2, 32, 100_000)
    assert (collections.PAGE, collections.MOST_BYTES) == (100, 700_000)
    assert (backfill.MOST_PAGES, backfill.MOST_ITEMS, backfill.MOST_BYTES) == (10_000, 1000, 4 * 1024**2)
    assert (request.OLDEST.seconds // 60, request.NEWEST.seconds // 60) == (65, 60)
    assert (keys.OVERLAP.days, peers.REFETCH.seconds // 60) == (8, 5)


def test_the_statuses_of_refusals_are_the_ones_explained() -> None:
    table = PAGE.partition("## Refusals")[2]
    explained = {int(status) for status in re.findall(r"^\| (\d{3}) \|", table, re.M)}
    assert _statuses(Refused) | {404, 415} == explained  # and what the door itself answers


def _statuses(refusal: type[Refused]) -> set[int]:
    """The statuses of all kinds of refusal."""
    kinds = refusal.__subclasses__()
    return {refusal.status}.union(*map(_statuses, kinds))


def _listed(numbers: list[int]) -> str:
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}"
