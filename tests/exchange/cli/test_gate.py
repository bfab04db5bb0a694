"""Points 6, 8 and 11 at the terminal: who may come in, lists of others, what was given up, how a peer fares."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from exchange.config import load
from exchange.db import Database
from federation.base import now
from federation.ledger import hosts, lease, outbox
from federation.ledger.reading import start
from federation.ledger.relations import Follow
from tests.exchange.cli.conftest import ORIGIN, Operator

Write = Callable[[str, str | bytes], str]


@pytest.fixture
def database(operator: Operator) -> Database:
    return Database(load(operator.data).database)


def test_a_word_about_a_domain_has_a_reason_and_is_taken_back(operator: Operator) -> None:
    operator.types("peer", "block", "bad.example", "--reason", "It sells shoes.")
    operator.types("peer", "allow", "good.bad.example")
    rules = {rule["domain"]: (rule["allowed"], rule["reason"]) for rule in operator.reads("peer", "rules")}
    assert rules == {"bad.example": (False, "It sells shoes."), "good.bad.example": (True, "")}
    assert "blocked by the operator: It sells shoes." in operator.types("peer", "show", "bad.example").stdout
    said = operator.types("peer", "unblock", "good.bad.example").stdout
    assert "Still blocked: the rule says so about bad.example." in said
    operator.types("peer", "unblock", "bad.example")
    assert operator.reads("peer", "rules") == []
    operator.types("peer", "unblock", "bad.example", status=1)
    operator.types("peer", "block", "practices.example", status=1)  # our own


def test_a_list_is_weighed_followed_and_undone(operator: Operator, write: Write) -> None:
    file = write(
        "blocks.csv", "#domain,#severity,#public_comment\nbad.example,suspend,spam\nx.example,silence,\n"
    )
    weighed = operator.reads("peer", "lists", "add", file, "--dry-run")
    assert weighed["added"] == ["bad.example"]
    assert [one["domain"] for one in weighed["skipped"]] == ["x.example"]
    assert operator.reads("peer", "rules") == []
    assert "1 domain blocked, 0 domains free again." in operator.types("peer", "lists", "add", file).stdout
    [kept] = operator.reads("peer", "lists", "list")
    assert (kept["source"], kept["domains"]) == (file, 1)
    shown = operator.types("peer", "show", "www.bad.example").stdout
    assert f"blocked by the list {file} (as part of bad.example): spam" in shown
    undone = operator.types("peer", "lists", "undo", file).stdout
    assert undone == "1 domain is free again, unless something else blocks it.\n"
    assert operator.reads("peer", "rules") == []
    operator.types("peer", "lists", "undo", file, status=1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", "<html>"),
        ("odd.json", "{"),
        ("latin.csv", b"b\xe4d.example"),
        ("n.json", "7"),
        ("letter.txt", "Dear colleagues,\nthis is the minutes of our meeting.\n"),
        ("empty.csv", "\n"),
    ],
)
def test_what_is_no_list_is_refused(
    operator: Operator, write: Write, name: str, content: str | bytes
) -> None:
    operator.types("peer", "lists", "add", write(name, content), status=1)
    assert operator.reads("peer", "lists", "list") == []
    operator.types("peer", "lists", "add", "https://10.0.0.1/list.csv", status=1)
    operator.types("peer", "lists", "add", "nowhere.csv", status=1)


@pytest.mark.parametrize("content", ["[]", "#domain,#severity\n", "#domain,#severity\nx.example,silence\n"])
def test_a_list_that_wants_nobody_blocked_yet_is_one(operator: Operator, write: Write, content: str) -> None:
    operator.types("peer", "lists", "add", write("quiet.csv", content))


def test_who_asks_to_be_let_in_is_listed_and_answered(operator: Operator, database: Database) -> None:
    with database.writing() as session:
        for name in ("ulm", "saillans"):
            there = f"https://{name}.example"
            asked = Follow(
                follower=f"{there}/actor", followed=f"{ORIGIN}/actor", activity_id=f"{there}/1", at=now()
            )
            session.add(asked)
    states = {row["actor"]: row["state"] for row in operator.reads("peer", "list")["relations"]}
    assert states == dict.fromkeys(("https://ulm.example/actor", "https://saillans.example/actor"), "pending")
    [answered] = operator.reads("peer", "accept", "ulm.example")
    assert (answered["actor"], answered["state"]) == ("https://ulm.example/actor", "accepted")
    operator.types("peer", "reject", "https://saillans.example/actor")
    operator.types("peer", "accept", "saillans.example", status=1)
    assert [(r["domain"], r["allowed"]) for r in operator.reads("peer", "rules")] == [("ulm.example", True)]
    sent = operator.reads("queue")["deliveries"]
    assert sorted(d["host"] for d in sent) == ["saillans.example", "ulm.example"]


def test_what_was_given_up_is_shown_apart_and_tried_again(operator: Operator, database: Database) -> None:
    at = now()
    with database.writing() as session:
        for number, state in enumerate((lease.DEAD, lease.WAITING), 1):
            session.add(
                outbox.Delivery(
                    number=number,
                    host=f"{state}.example",
                    actor=f"{ORIGIN}/actor",
                    state=state,
                    due_at=at + timedelta(days=1),
                    created_at=at,
                )
            )
        hosts.failed(session, "dead.example", "It answered 500.", next_probe=at + timedelta(days=1))
    assert len(operator.reads("queue")["deliveries"]) == 2
    [dead] = operator.reads("queue", "--dead")["deliveries"]
    assert dead["host"] == "dead.example"
    shown = operator.types("peer", "show", "dead.example").stdout
    assert "1 given up" in shown
    assert "It answered 500." in shown
    assert operator.reads("queue", "retry", "other.example") == {"deliveries": 0, "arrivals": 0, "mail": 0}
    assert operator.reads("queue", "retry") == {"deliveries": 1, "arrivals": 0, "mail": 0}
    assert operator.reads("queue", "--dead") == {"deliveries": [], "arrivals": [], "mail": []}
    with database.reading() as session:
        assert hosts.known(session, "dead.example").next_probe <= now()  # type: ignore[operator]


def test_the_health_of_a_peer_is_told_in_words(operator: Operator, database: Database) -> None:
    with database.writing() as session:
        hosts.heard_from(session, "late.example", skew_seconds=95, signs="rfc9421")
        hosts.refused(session, "late.example", "A review needs a practice.")
        hosts.failed(session, "late.example", "The other instance did not answer in time.")
    lines = dict(
        line.split("\t", 1) for line in operator.types("peer", "show", "late.example").stdout.splitlines()
    )
    assert lines["clock"] == "95 seconds ahead of ours"
    assert lines["dialect"] == "we sign in cavage, they in rfc9421"
    assert lines["refused"] == "1, the last because: A review needs a practice."
    assert lines["last error"] == "The other instance did not answer in time."
    assert lines["backlog"] == "0 waiting"
    assert lines["proofs"] == "not known"
    found = operator.reads("peer", "show", "late.example")
    assert json.dumps(found["skew_seconds"]) == "95"


def test_why_a_past_could_not_be_read_is_shown_with_the_peer(operator: Operator, database: Database) -> None:
    there, ours = "https://far.example/actor", f"{ORIGIN}/actor"
    with database.writing() as session:
        hosts.heard_from(session, "far.example")
        session.add(Follow(follower=ours, followed=there, activity_id=f"{ORIGIN}/1", at=now()))
        row = start(session, there)
        row.state, row.fetched, row.error = "failed", 20, "ValueError: a fault of ours"
    shown = operator.types("peer", "show", "far.example").stdout
    assert f"reading\t{there}\tfailed 20/?: ValueError: a fault of ours" in shown


def test_of_what_waits_in_masses_the_oldest_are_shown_and_the_others_counted(
    operator: Operator, database: Database
) -> None:
    at = now()
    with database.writing() as session:
        for number in range(1, 6):
            session.add(
                outbox.Delivery(
                    number=number,
                    host=f"{number}.example",
                    actor=f"{ORIGIN}/actor",
                    due_at=at + timedelta(days=1),
                    created_at=at,
                )
            )
    few = operator.types("queue", "--limit", "5")
    assert (len(few.stdout.splitlines()), few.stderr) == (5, "")
    many = operator.types("queue", "--limit", "2")
    assert [line.split("\t")[4] for line in many.stdout.splitlines()] == ["1.example", "2.example"]
    assert many.stderr == "There are 3 deliveries more than are shown; --limit shows more of them.\n"
    assert len(operator.reads("queue", "--limit", "2")["deliveries"]) == 2
