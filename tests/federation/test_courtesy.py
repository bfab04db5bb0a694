"""Judging gives way to who stands at the door, and gets its share all the same."""

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from federation.arriving import courtesy, inbox
from federation.arriving.courtesy import Courtesy
from federation.node import Incoming
from tests.federation.world import World


def test_nobody_is_waited_for_who_is_not_there() -> None:
    assert not Courtesy(lambda: False).due


def test_a_slice_of_work_is_done_before_anybody_is_let_in() -> None:
    polite = Courtesy(lambda: True)
    assert not polite.due  # it has just begun
    polite._began -= courtesy.SLICE
    assert polite.due
    polite.give_way()
    assert not polite.due  # after the pause the next slice begins


def test_in_a_crowd_everything_is_judged_in_order_and_in_more_transactions(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ulm, saillans = world["ulm"], world["saillans"]
    for number in range(12):
        assert ulm.post(saillans, ulm.note(str(number), "text")) == 202
    monkeypatch.setattr(courtesy, "SLICE", 0.0)
    monkeypatch.setattr(saillans.node.intake, "_writing", True)  # as long as somebody waits for a commit
    commits: list[Any] = []

    def hear(connection: Any) -> None:
        commits.append(connection)

    event.listen(Engine, "commit", hear)
    try:
        assert inbox.handle_due(saillans.node) == 12
    finally:
        event.remove(Engine, "commit", hear)
    assert [thing for _kind, thing in saillans.notebook.heard] == [
        f"{ulm.origin}/notes/{n}" for n in range(12)
    ]
    assert {row.state for row in saillans.arrivals()} == {"done"}
    assert len(commits) >= 12  # each gave way after the first of its cases


def test_a_poisoned_message_in_a_crowd_hurts_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ulm, saillans = world["ulm"], world["saillans"]

    def stumble(incoming: Incoming) -> None:
        if incoming.object_id == f"{ulm.origin}/notes/n3":
            raise ZeroDivisionError

    saillans.notebook.before = stumble
    for number in range(5):
        assert ulm.post(saillans, ulm.note(f"n{number}", "text")) == 202
    monkeypatch.setattr(courtesy, "SLICE", 0.0)
    monkeypatch.setattr(saillans.node.intake, "_writing", True)
    inbox.handle_due(saillans.node)
    assert [row.state for row in saillans.arrivals()] == ["done", "done", "done", "waiting", "done"]
