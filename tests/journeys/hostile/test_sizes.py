"""Points 3 and 5: addresses as long as they may be fit into every index, and longer ones are refused."""

import random
import string

import pytest

from tests.journeys.hostile.stage import Stage


def _letters(number: int) -> str:
    """Letters that no index can pack."""
    return "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=number))


@pytest.mark.parametrize(
    "letters", [_letters(1_900), "\U0001f332" + "".join(map(chr, range(0x10300, 0x10300 + 1_900)))]
)
def test_the_longest_addresses_are_stored_or_refused(stage: Stage, letters: str) -> None:
    origin = stage.neighbour.origin
    usual, actor = stage.actor, stage.neighbour.actor(letters[:1_500])["id"]
    for changes in (
        {"id": f"{origin}/{letters}"},
        {"object": f"{origin}/{letters}"},
        {"object": {"id": f"{origin}/{letters}", "type": "Note"}},
        {"type": "Delete", "object": f"{origin}/{letters}"},
        {"type": "Follow", "object": f"{origin}/{letters}"},
        {"type": "T" * 200},
        {"actor": actor, "id": f"{origin}/{letters}"},
    ):
        status = stage.say({**stage.activity("Like", stage.practice.uri), **changes})
        assert 200 <= status < 500, str(changes)[:60]
    far = stage.neighbour.actor(letters[:490] if letters.isascii() else letters[:100])["id"]
    for who in (far, actor):
        stage.actor = who
        status = stage.say({**stage.activity("Like", stage.practice.uri), "id": f"{origin}/2{letters}"})
        assert 200 <= status < 500, who
    stage.actor = usual
    for kind in ("practice", "review", "adoption"):
        thing = stage.practice_node() if kind == "practice" else stage.note(kind)
        said = stage.activity("Create", {**thing, "id": f"{origin}/{letters}"})
        assert 200 <= stage.say({**said, "id": f"{origin}/1{letters}"}) < 500
    stage.settle()
    assert not stage.unjudged()
    assert stage.lives()
