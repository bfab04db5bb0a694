"""Point 7: whoever storms an inbox is told to wait, and nobody else waits with them."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import event

from federation.arriving import inbox
from federation.errors import TooMany
from federation.ledger import hosts
from federation.ledger.budgets import Budgets, network
from federation.ledger.hosts import Host
from federation.ledger.tally import Tally
from federation.neighbours import followers
from tests.federation.world import Instance, World


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def writes() -> Iterator[list[str]]:
    """Every statement that changes a table, of whatever database."""
    from sqlalchemy.engine import Engine

    said: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "WITH")):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield said
    event.remove(Engine, "before_cursor_execute", hear)


def taken(budgets: Budgets, times: int, host: str, *, known: bool, address: str = "203.0.114.7") -> int:
    """How many of so many requests a domain's budget covers."""
    count = 0
    for _ in range(times):
        try:
            budgets.of_domain(address, host, known=known)
        except TooMany:
            continue
        count += 1
    return count


@pytest.mark.parametrize("known", [True, False])
def test_200_requests_a_second_are_too_many_for_one_domain(known: bool) -> None:
    clock = Clock()
    budgets = Budgets(clock=clock)
    for _ in range(200):
        clock.seconds += 1 / 200
        taken(budgets, 1, "storm.example", known=known)
    with pytest.raises(TooMany) as refusal:
        budgets.of_domain("203.0.114.7", "storm.example", known=known)
    assert refusal.value.status == 429
    assert 0 < refusal.value.seconds <= 1
    assert taken(budgets, 20, "calm.example", known=known) == 20
    clock.seconds += refusal.value.seconds
    assert taken(budgets, 2, "storm.example", known=known) == 1


def test_domains_that_we_know_may_send_more_than_strangers() -> None:
    budgets = Budgets(clock=Clock())
    known = taken(budgets, 1000, "partner.example", known=True)
    strangers = taken(budgets, 1000, "stranger.example", known=False)
    assert known > strangers > 50


def test_nobody_spends_the_budget_of_another() -> None:
    budgets = Budgets(clock=Clock())
    assert taken(budgets, 1000, "victim.example", known=True, address="198.41.0.4") < 1000
    assert taken(budgets, 10, "victim.example", known=True, address="203.0.114.7") == 10


def test_an_address_has_a_budget_before_anything_is_read_but_a_proxy_stands_for_all() -> None:
    budgets = Budgets(clock=Clock())
    with suppress(TooMany):
        for _ in range(10_000):
            budgets.of_address("8.8.8.8")
    with pytest.raises(TooMany):
        budgets.of_address("8.8.8.8")
    budgets.of_address("8.8.4.4")
    for _ in range(10_000):
        budgets.of_address("127.0.0.1")
        budgets.of_address("10.0.0.7")
    assert network("2001:4860:4860::8888") == network("2001:4860:4860::1") != network("2001:4860:4861::1")
    assert network("::ffff:8.8.8.8") == "8.8.8.8"
    assert network("nonsense") is None


def test_a_rate_of_nothing_is_no_limit() -> None:
    assert taken(Budgets(0), 5000, "storm.example", known=False) == 5000


def test_the_memory_of_senders_is_bounded() -> None:
    clock = Clock()
    budgets = Budgets(clock=clock)
    for number in range(45_000):
        clock.seconds += 0.001
        budgets.of_domain("8.8.8.8", f"{number}.example", known=False)
    assert len(budgets._spent) <= 20_000


def test_a_storm_from_one_domain_gets_429_while_others_are_served(world: World) -> None:
    saillans, storm, ulm = world["saillans"], world["storm"], world["ulm"]
    saillans.node.budgets = Budgets(2, clock=Clock())
    answers = [storm.post(saillans, storm.note(str(n), "text")) for n in range(20)]
    assert answers[0] == 202
    assert answers[-1] == 429
    assert ulm.post(saillans, ulm.note("one", "text")) == 202
    assert len(saillans.arrivals()) == answers.count(202) + 1


def test_who_is_told_to_wait_delivers_everything_in_the_end(world: World) -> None:
    ulm, saillans = world["ulm"], world["saillans"]
    saillans.follow(ulm.actor)
    world.settle()
    saillans.node.budgets = Budgets(3)
    for number in range(30):
        ulm.say(str(number), "text")
    for _ in range(60):
        world.later(seconds=1)
        saillans.node.budgets = Budgets(3)  # what real time would have given back
        if not ulm.deliveries():
            break
    world.settle()
    assert len(saillans.notebook.notes) == 30
    assert ulm.deliveries() == []


def test_1450_deletes_of_unknown_actors_cause_no_fetch_and_no_write(world: World, writes: list[str]) -> None:
    saillans, big = world["saillans"], world["big"]
    big.post(saillans, big.note("first", "text"))
    big.requests.clear()
    writes.clear()
    saillans.node.budgets = Budgets()
    for number in range(1450):
        gone = f"{big.origin}/users/{number}"
        farewell = {"id": f"{gone}#delete", "type": "Delete", "actor": gone, "object": gone}
        body = json.dumps(farewell).encode()
        receipt = inbox.receive(saillans.node, method="POST", target="/inbox", headers={}, body=body)
        assert (receipt.status, receipt.outcome) == (202, "ignored")
    assert [path for method, path in big.requests if method == "GET"] == []
    assert writes == []


def test_refusals_cost_no_write_each_and_do_not_count_against_whom_they_name(
    world: World, writes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("federation.ledger.tally.EVERY", 3600.0)  # a pause that no machine is too slow for
    saillans, ulm, mallory = world["saillans"], world["ulm"], world["mallory"]
    ulm.post(saillans, ulm.note("first", "text"))
    mallory.post(saillans, mallory.note("first", "text"))
    saillans.node.tally.write()
    saillans.node.tally.note("unproven", "a.example")  # the first is written at once; now the pause begins
    writes.clear()
    for number in range(30):
        assert mallory.post(saillans, ulm.note(str(number), "forged")) == 403
        forged = mallory.note(str(number), "not mine") | {"object": ulm.note("x", "")["object"]}
        assert mallory.post(saillans, forged) == 403
    assert len(writes) == 0
    saillans.node.tally.write()
    victim, culprit = saillans.known_host(ulm.host), saillans.known_host(mallory.host)
    assert victim is not None
    assert culprit is not None
    assert (victim.refused_count, victim.unproven_count) == (0, 30)
    assert (culprit.refused_count, culprit.unproven_count) == (30, 0)
    assert "another origin" in str(culprit.last_refusal)


def test_hosts_that_we_never_met_are_not_counted(world: World) -> None:
    saillans = world["saillans"]
    tally = Tally(saillans.node.database)
    for number in range(5000):
        tally.note("unproven", f"{number}.example", "nonsense")
    tally.write()
    with saillans.node.database.reading() as session:
        assert session.get(Host, "1.example") is None


def test_those_we_follow_who_follow_us_and_who_are_allowed_are_known(world: World) -> None:
    saillans, ulm, loos, arvieu = (world[name] for name in ("saillans", "ulm", "loos", "arvieu"))
    ulm.follow(saillans.actor)
    saillans.follow(loos.actor)
    world.settle()
    with saillans.node.database.writing() as session:
        hosts.judge(session, arvieu.host, True)
    world.later(seconds=11)  # so long it is remembered who is a stranger
    saillans.node.budgets = Budgets(4, clock=Clock())

    def through(sender: Instance) -> int:
        return [sender.post(saillans, sender.note(str(n), "text")) for n in range(20)].count(202)

    stranger = through(world["stranger"])
    assert all(through(known) > stranger for known in (ulm, loos, arvieu))
    with saillans.node.database.reading() as session:
        assert followers.is_followed(session, loos.actor)
