"""Point 11: everybody sees with whom we exchange; those who govern see how it goes, who asks, what was given up."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from federation.base import now
from federation.ledger import hosts, lease, outbox
from federation.ledger.arrivals import Arrival
from federation.ledger.remote import RemoteKey
from federation.neighbours import blocklists, followers, health
from federation.others import quarantine
from tests.exchange.web.world import Visitor, logged_in
from tests.rig import House, Rig, complete


@pytest.fixture
def pair(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[tuple[Rig, House, House]]:
    """An instance on an allowlist, and one that asks to follow it."""
    with Rig(tmp_path, new_database) as rig:
        here = rig.instance("here", search="memory", federation="allowlist")
        there = rig.instance("there", search="memory")
        here.community("ulm", "Ulm", "DE")
        there.follow(here)
        rig.settle()
        yield rig, here, there


def host(house: House) -> str:
    return house.origin.partition("://")[2]


def test_who_asks_is_shown_to_those_who_govern_and_answered_by_them(pair: tuple[Rig, House, House]) -> None:
    rig, here, there = pair
    asked = host(there)
    assert asked not in Visitor(here).see("/federation").main.text
    assert asked not in logged_in(here, "ulm", "officer").see("/federation").main.text
    admin = logged_in(here, "ulm", "admin")
    form = admin.see("/federation").find("form", action="/desk/federation/answer")
    who = form.find("input", {"name": "who"})["value"]
    assert admin.post("/desk/federation/answer", {"who": who, "answer": "yes"}).status_code == 303
    assert admin.post("/desk/federation/answer", {"who": who, "answer": "yes"}).status_code == 404
    rig.settle()
    assert asked in Visitor(here).see("/federation").main.text
    here.publish("ulm", complete({}))
    rig.settle()
    assert len(there.titles()) == 1


def test_only_those_who_govern_answer_and_try_again(pair: tuple[Rig, House, House]) -> None:
    _, here, there = pair
    officer = logged_in(here, "ulm", "officer")
    for path in ("/desk/federation/answer", "/desk/federation/retry"):
        assert officer.post(path, {"who": f"{there.origin}/actor", "answer": "yes"}).status_code == 403
        assert Visitor(here).post(path).status_code == 401
    with here.instance.database.reading() as session:
        assert followers.followers(session, f"{here.origin}/actor")[0].state == "pending"


def test_what_goes_wrong_is_said_in_words_and_in_the_readers_language(pair: tuple[Rig, House, House]) -> None:
    _, here, there = pair
    database = here.instance.database
    with database.writing() as session:
        hosts.heard_from(session, "late.example", skew_seconds=-1234, signs="rfc9421")
        for _ in range(2):
            hosts.failed(session, "late.example", "The other instance did not answer in time. (8 s <b>)")
        hosts.refused(session, "late.example", "A review needs a practice.")
        row = hosts.known(session, "late.example")
        row.unproven_count, row.last_unproven, row.throttled_count = 3, "The signature does not fit.", 7
        row.software = "mastodon 4.4"
    page = logged_in(here, "ulm", "admin").see("/federation").main
    for said in (
        "late.example",
        "The other instance did not answer in time. (8 s <b>)",
        "1,234 seconds behind",
        "1 refused, the last because: A review needs a practice.",
        "3 not proven",
        "7 were more",
        "cavage / rfc9421",
        "mastodon 4.4",
        "trouble at the last try",
    ):
        assert said in page.text, said
    german = logged_in(here, "ulm", "coordinator", language="de").see("/federation").main.text
    assert "did not answer in time" not in german
    assert "late.example" not in Visitor(here).see("/federation").main.text
    with database.reading() as session:
        found = health.of_host(session, "late.example")
        assert found is not None
        assert (found.clock_is_off, found.proofs, found.signs) == (True, None, "rfc9421")
        proven = health.of_host(session, host(there))
        assert proven is not None
        assert (proven.proofs, proven.skew_seconds in range(-60, 61)) == (True, True)


def test_what_was_given_up_is_shown_and_tried_again(pair: tuple[Rig, House, House]) -> None:
    _, here, _ = pair
    at = now()
    with here.instance.database.writing() as session:
        session.add(
            outbox.Delivery(
                number=1,
                host="gone.example",
                inbox="https://gone.example/inbox",
                actor=f"{here.origin}/actor",
                object_id=f"{here.origin}/practices/1",
                state=lease.DEAD,
                attempts=9,
                due_at=at,
                created_at=at - timedelta(days=8),
                last_error="It answered 500.",
            )
        )
        session.add(
            Arrival(
                actor="https://odd.example/actor",
                activity_id="https://odd.example/1",
                kind="Create",
                body=b"{}",
                received_at=at,
                state=lease.DEAD,
                due_at=at,
                error="KeyError: 'id'",
            )
        )
    admin = logged_in(here, "ulm", "admin")
    page = admin.see("/federation").main.text
    assert "It answered 500." in page
    assert "odd.example" in page
    assert admin.post("/desk/federation/retry").status_code == 303
    with here.instance.database.reading() as session:
        assert {d.state for d in outbox.backlog(session)} == {"waiting"}
    assert "Nothing was given up." in admin.see("/federation").main.text


def test_a_host_that_a_list_blocks_is_shown_as_such(pair: tuple[Rig, House, House]) -> None:
    _, here, _ = pair
    with here.instance.database.writing() as session:
        hosts.known(session, "sub.bad.example")
        found = blocklists.read("#domain,#severity,#public_comment\nbad.example,suspend,spam", host(here))
        blocklists.subscribe(session, here.instance.node, "https://lists.example/all.csv", found)
    assert "blocked by a list: spam" in " ".join(
        logged_in(here, "ulm", "admin").see("/federation").main.text.split()
    )


def test_changed_keys_are_answered_on_the_page_by_those_who_govern(pair: tuple[Rig, House, House]) -> None:
    _, here, _ = pair
    owner, pem = "https://sold.example/actor", "-----BEGIN PUBLIC KEY-----"

    def put(name: str) -> None:
        with here.instance.database.writing() as session:
            key = {
                "id": f"https://{name}/actor#main-key",
                "owner": f"https://{name}/actor",
                "public_pem": "old",
            }
            session.add(RemoteKey(**key, checked_at=now(), state="ok", pending_pem=pem, quarantined_at=now()))

    def held(name: str) -> tuple[str | None, str | None]:
        with here.instance.database.reading() as session:
            row = session.get_one(RemoteKey, f"https://{name}/actor#main-key")
            return row.public_pem, row.pending_pem

    put("sold.example")
    put("lost.example")
    assert owner not in Visitor(here).see("/federation").main.text
    admin, path = logged_in(here, "ulm", "admin"), "/desk/federation/keys"
    assert len(admin.see("/federation").find_all("form", action=path)) == 2
    assert owner in admin.see("/federation").main.text
    assert logged_in(here, "ulm", "officer").post(path, {"host": "sold.example"}).status_code == 403
    hasty = admin.post(path, {"host": "lost.example", "answer": "yes"})
    assert (hasty.status_code // 100, held("lost.example")) == (4, ("old", pem))
    yes = {"host": "lost.example", "answer": "yes", "asked": "yes"}
    assert admin.post(path, yes).status_code == 303
    assert admin.post(path, {"host": "sold.example", "answer": "no"}).status_code == 303
    assert (held("lost.example"), held("sold.example")) == ((pem, None), ("old", pem))
    assert admin.see("/federation").find("form", action=path) is None
    assert admin.post(path, {"host": "sold.example", "answer": "no"}).status_code == 404
    with here.instance.database.reading() as session:
        assert [row.owner for row in quarantine.refused_of_host(session, "sold.example")] == [owner]
