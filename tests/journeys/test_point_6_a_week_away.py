"""Point 6: whoever was away for longer than deliveries wait pulls what it has missed, and both are equal again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlmodel import col, select

from exchange import mending
from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt
from exchange.catalogue.practices import revise, withdraw
from exchange.models.adoption import Adoption
from exchange.models.practice import PUBLISHED, Practice
from exchange.models.review import Review
from federation.arriving import backfill
from federation.ledger import outbox
from federation.ledger.reading import Backfill
from tests.rig import House, Rig, complete, seed

Clock = time_machine.Traveller


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(datetime.now(UTC), tick=True) as travelling:
        yield travelling


def catalogue(house: House) -> dict[str, object]:
    """What an instance holds: every practice in its state and words, every review, every adoption."""
    with house.instance.database.reading() as session:
        practices = {
            p.uri: (p.version, p.record) for p in session.exec(select(Practice)) if p.state == PUBLISHED
        }
        reviews = {r.uri: r.ratings for r in session.exec(select(Review)) if r.withdrawn_at is None}
        adoptions = {
            a.uri: (a.stage, a.confirmed)
            for a in session.exec(select(Adoption).order_by(col(Adoption.id)))
            if a.withdrawn_at is None
        }
    return {"practices": practices, "reviews": reviews, "adoptions": adoptions}


def pass_days(clock: Clock, rig: Rig, days: float, *houses: House) -> None:
    """Let time pass for some, six hours at a time."""
    for _ in range(int(days * 4)):
        clock.shift(timedelta(hours=6))
        rig.settle(*houses)


def test_after_a_week_away_both_sides_hold_the_same_catalogue(rig: Rig, clock: Clock) -> None:
    a, b = rig.instance("adria"), rig.instance("bergen")
    a.community("loos-en-gohelle", "Loos-en-Gohelle", "FR", population=6600)
    a.community("arvieu", "Arvieu", "FR", population=822)
    b.community("ulm", "Ulm", "DE", population=126329)
    b.follow(a)
    a.follow(b)
    revised = a.publish("loos-en-gohelle", complete(seed("loos-solar-plan")))
    withdrawn = a.publish("arvieu", complete({"title": {"en": "A library that travels"}}))
    rig.settle()
    a.review(revised.uri, "arvieu", openness=3)
    b.adopt(revised.uri, "ulm", "ad-decided", adaptationType="at-adapt")
    rig.settle()
    assert catalogue(a) == catalogue(b)

    b.stop()
    fresh = a.publish("arvieu", complete({"title": {"en": "A workshop for repairs"}}))
    with a.instance.database.writing() as session:
        held = shelf.practice(session, revised.uri)
        revise.revise(
            session, held, held.record | {"title": {"fr": "Le soleil en commun"}}, note="Nouveau titre"
        )
        withdraw.withdraw(session, shelf.practice(session, withdrawn.uri))
        adopt.confirm(session, session.exec(select(Adoption)).one())
    a.review(revised.uri, "arvieu", openness=5)
    pass_days(clock, rig, 9, a)
    with a.instance.database.reading() as session:
        assert {delivery.state for delivery in outbox.backlog(session)} == {"dead"}
    assert catalogue(a) != catalogue(b)

    b.start()
    rig.settle()
    assert catalogue(a) == catalogue(b)
    assert set(catalogue(b)["practices"]) == {revised.uri, fresh.uri}  # type: ignore[call-overload]
    assert b.titles("soleil commun") == ["Le soleil en commun"]
    assert b.titles("library travels") == []
    with b.instance.database.reading() as session:
        [read] = [row for row in backfill.progress(session) if row.actor == a.instance.node.instance_actor]
        assert read.compared_at is not None
        assert (read.missing > 0, read.vanished > 0) == (True, True)


def test_a_night_without_losses_changes_nothing_and_reads_nothing_again(rig: Rig, clock: Clock) -> None:
    a, b = rig.instance("adria"), rig.instance("bergen")
    a.community("arvieu", "Arvieu", "FR")
    b.follow(a)
    a.publish("arvieu", complete({}))
    rig.settle()
    before = catalogue(b)
    clock.shift(timedelta(hours=30))
    rig.settle()
    assert catalogue(b) == before
    with b.instance.database.reading() as session:
        [read] = backfill.progress(session)
    assert (read.missing, read.vanished, read.pages) == (0, 0, 1)
    assert read.compared_at is not None
    assert read.compare_at is not None
    assert timedelta(hours=19) < read.compare_at - read.compared_at < timedelta(hours=29)


def test_what_is_listed_no_more_and_still_there_stays(rig: Rig, clock: Clock) -> None:
    a, b = rig.instance("adria"), rig.instance("bergen")
    a.community("arvieu", "Arvieu", "FR")
    b.follow(a)
    practice = a.publish("arvieu", complete({}))
    rig.settle()
    unlisted = Backfill(
        actor=f"{a.origin}/communities/arvieu", due_at=datetime.now(UTC), started_at=datetime.now(UTC)
    )
    assert mending.mend(b.instance, unlisted.actor).vanished == []
    with a.instance.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE journal SET public = false WHERE kind = 'Create'")
    assert mending.mend(b.instance, a.instance.node.instance_actor).vanished == [practice.uri]
    assert set(catalogue(b)["practices"]) == {practice.uri}  # type: ignore[call-overload]


def test_a_host_that_is_there_again_is_compared_at_once(rig: Rig, clock: Clock) -> None:
    a, b = rig.instance("adria"), rig.instance("bergen")
    a.community("arvieu", "Arvieu", "FR")
    b.community("ulm", "Ulm", "DE")
    b.follow(a)
    a.follow(b)
    rig.settle()
    a.stop()
    b.publish("ulm", complete({}))
    for _ in range(12):
        clock.shift(timedelta(minutes=20))
        rig.settle(b)
    with b.instance.database.reading() as session:
        assert {d.state for d in outbox.backlog(session)} == {"waiting"}
    a.start()
    clock.shift(timedelta(hours=8))
    rig.settle(b)
    with b.instance.database.reading() as session:
        [read] = backfill.progress(session)
        assert read.compared_at is not None
        assert outbox.backlog(session) == []
