"""What was asked of the database a moment ago is known, and not for longer than that."""

import gc

import time_machine

from federation.base import now
from federation.ledger.memory import Memory


class Owner:
    """Something that may go away."""


def test_a_value_is_known_to_its_owner_for_some_seconds() -> None:
    memory: Memory[str] = Memory(seconds=10)
    first, second = Owner(), Owner()
    with time_machine.travel(now(), tick=False) as clock:
        assert memory.put(first, "a", "value") == "value"
        assert (memory.get(first, "a"), memory.get(first, "b"), memory.get(second, "a")) == (
            "value",
            None,
            None,
        )
        clock.shift(9)
        assert memory.get(first, "a") == "value"
        clock.shift(2)
        assert memory.get(first, "a") is None


def test_it_is_forgotten_on_demand_and_with_its_owner_and_never_grows_without_bound() -> None:
    memory: Memory[int] = Memory(seconds=10, size=5)
    owner = Owner()
    for number in range(12):
        memory.put(owner, str(number), number)
    assert len(memory._found[owner]) <= 5
    memory.clear()
    assert memory.get(owner, "11") is None
    memory.put(owner, "a", 1)
    del owner
    gc.collect()
    assert len(memory._found) == 0


def test_what_is_asked_once_is_known_and_what_changed_while_it_was_looked_up_is_not() -> None:
    memory: Memory[bool | None] = Memory(seconds=10)
    owner, asked = Owner(), []

    def look() -> None:
        asked.append(1)

    assert memory.ask(owner, "a", look) is None
    assert memory.ask(owner, "a", look) is None
    assert len(asked) == 1  # nothing to say is an answer too

    def overtaken() -> bool:
        memory.clear()  # somebody commits a change after we have read
        return True

    assert memory.ask(owner, "b", overtaken) is True
    assert memory.ask(owner, "b", lambda: False) is False
