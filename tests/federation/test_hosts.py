"""The operator's word about a domain, and what is remembered about a host."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
import time_machine
from sqlalchemy import insert

from exchange.db import Database
from federation.base import now
from federation.ledger import hosts, rules

OPEN = cast(Any, SimpleNamespace(mode="open"))
ALLOWLIST = cast(Any, SimpleNamespace(mode="allowlist"))


@pytest.mark.parametrize(
    ("host", "open_mode", "allowlist_mode"),
    [
        ("unknown.example", True, False),
        ("bad.example", False, False),
        ("deep.down.bad.example", False, False),
        ("bad.example:8443", False, False),
        ("good.bad.example", True, True),
        ("a.good.bad.example", True, True),
        ("friend.example", True, True),
        ("sub.friend.example", True, True),
        ("notbad.example", True, False),
        ("example", True, False),
    ],
)
def test_the_word_about_the_closest_domain_decides(
    database: Database, host: str, open_mode: bool, allowlist_mode: bool
) -> None:
    with database.writing() as session:
        hosts.judge(session, "*.Bad.Example.", False)
        hosts.judge(session, "good.bad.example", True)
        hosts.judge(session, "friend.example", True)
        assert hosts.verdict(session, OPEN, host) is open_mode
        assert hosts.verdict(session, ALLOWLIST, host) is allowlist_mode


def test_a_domain_may_be_written_in_any_alphabet(database: Database) -> None:
    with database.writing() as session:
        hosts.judge(session, "BÜCHER.example", False)
        assert not hosts.verdict(session, OPEN, "a.xn--bcher-kva.example")


def test_a_word_can_be_taken_back(database: Database) -> None:
    with database.writing() as session:
        hosts.judge(session, "bad.example", False)
        hosts.judge(session, "bad.example", None)
        assert hosts.verdict(session, OPEN, "bad.example")


def test_a_suspended_host_is_reopened_by_whatever_proves_that_it_lives(database: Database) -> None:
    with database.writing() as session:
        for number in (1, 2, 3):
            assert hosts.failed(session, "a.example", "no answer").failures == number
        hosts.failed(session, "a.example", "no answer", next_probe=now())
        assert hosts.known(session, "a.example").state == "suspended"
        assert hosts.heard_from(session, "a.example", skew_seconds=-7)
        row = hosts.known(session, "a.example")
        assert (row.state, row.failures, row.next_probe, row.skew_seconds) == ("ok", 0, None, -7)
        assert not hosts.heard_from(session, "a.example")


def test_the_dialect_of_a_host_is_remembered(database: Database) -> None:
    with database.writing() as session:
        assert hosts.dialect(session, "a.example") == "cavage"
        hosts.remember_dialect(session, "a.example", "rfc9421")
    with database.reading() as session:
        assert hosts.dialect(session, "a.example") == "rfc9421"


def test_refusals_are_counted_with_the_last_reason(database: Database) -> None:
    with database.writing() as session:
        hosts.refused(session, "a.example", "first")
        hosts.refused(session, "a.example", "second")
        row = hosts.known(session, "a.example")
        assert (row.refused_count, row.last_refusal) == (2, "second")


def test_a_delivery_that_was_taken_clears_the_record(database: Database) -> None:
    with database.writing() as session:
        hosts.failed(session, "a.example", "no answer", next_probe=now())
        hosts.delivered(session, "a.example")
        row = hosts.known(session, "a.example")
        assert (row.state, row.failures, row.last_error) == ("ok", 0, None)
        assert row.last_out is not None


def test_at_the_door_a_rule_of_ours_holds_at_once_and_anothers_after_a_second(database: Database) -> None:
    node = cast(Any, SimpleNamespace(mode="open", database=database))
    with time_machine.travel(now(), tick=False) as clock:
        assert rules.heeded(node, "a.bad.example")
        with database.writing() as session:
            hosts.judge(session, "bad.example", False)
        assert not rules.heeded(node, "a.bad.example")
        with database.writing() as session:
            hosts.judge(session, "bad.example", True)
        assert rules.heeded(node, "a.bad.example")
        with database.writing() as session:
            hosts.judge(session, "bad.example", None)
        node.mode = "allowlist"
        assert not rules.heeded(node, "a.bad.example")
        node.mode = "open"
        with database.writing() as session:  # as another process would: nobody tells us
            row = {"domain": "bad.example", "source": "", "allowed": False, "reason": "", "at": now()}
            session.connection().execute(insert(rules.Rule), [row])
        clock.shift(1.0)
        assert not rules.heeded(node, "a.bad.example")


def test_a_change_of_rules_that_is_taken_back_changes_nothing_at_the_door(database: Database) -> None:
    node = cast(Any, SimpleNamespace(mode="open", database=database))
    with database.writing() as session:
        hosts.judge(session, "bad.example", False)
        session.rollback()
    assert rules.heeded(node, "bad.example")
