"""Voices that are lent: by theme, along chains, over instances, counted once, and taken back at any time."""

from typing import Any

import pytest
from sqlmodel import delete, select

from exchange import auditing, meeting
from exchange.catalogue import shelf
from exchange.catalogue.judging import answer, delegate, judgement, voices
from exchange.catalogue.judging.judgement import Judgement
from exchange.models.review import Review
from tests.rig import House, Rig, complete, seed


def _world(rig: Rig, *, all_follow: bool = False) -> tuple[House, House, House, House]:
    """A town with a practice; a village, its county and a city on an instance each.

    The town and the others follow each other; the others one another only when all do.
    """
    houses = tuple(rig.instance(name) for name in ("adria", "bergen", "como", "dunes"))
    a, b, c, d = houses
    a.community("loos-en-gohelle", "Loos-en-Gohelle", "FR", population=6600, degurba="dg-2")
    b.community("saillans", "Saillans", "FR", population=1300, degurba="dg-3")
    c.community("diois", "Pays Diois", "FR", population=12000, degurba="dg-3")
    d.community("ulm", "Ulm", "DE", population=126329, degurba="dg-1")
    for one in houses:
        for other in houses:
            if one is not other and (all_follow or a in (one, other)):
                one.follow(other)
    rig.settle()
    return a, b, c, d


def _lend(house: House, giver: str, theme: str, receiver: str) -> str:
    met = meeting.meet(house.instance, receiver)
    with house.instance.database.writing() as session:
        made = delegate.delegate(
            session, shelf.community(session, giver), theme, shelf.community(session, met)
        )
        return made.uri


def _judged(house: House, uri: str) -> Judgement:
    with house.instance.database.reading() as session:
        return judgement.judged(session, shelf.practice(session, uri))


def _said(house: House, uri: str) -> list[tuple[str, str]]:
    """Whose voice, and through whose review."""
    return sorted((v.of.slug, v.by.slug) for v in _judged(house, uri).voices)


@pytest.mark.slow
def test_a_voice_is_lent_along_a_chain_counted_once_everywhere_and_taken_back(rig: Rig) -> None:
    a, b, c, d = _world(rig, all_follow=True)
    practice = a.publish("loos-en-gohelle", complete(seed("loos-solar-plan")))
    theme = practice.themes[0]
    rig.settle()
    chain = {("ulm", "ulm"), ("diois", "ulm"), ("saillans", "ulm")}

    d.review(practice.uri, "ulm", effectiveness=4)
    _lend(b, "saillans", theme, c.origin + "/communities/diois")
    rig.settle()
    assert _said(a, practice.uri) == [("ulm", "ulm")]  # the county has not judged it

    onward = _lend(c, "diois", theme, d.origin + "/communities/ulm")
    rig.settle()
    for house in (a, b, c, d):
        assert set(_said(house, practice.uri)) == chain, house.name
    counted = _judged(a, practice.uri)
    assert (counted.n, counted.lent, counted.countries) == (3, 2, 2)
    [effect] = [one for one in counted.distributions if one.criterion == "rc-effectiveness"]
    assert (effect.counts, effect.lent) == ([0, 0, 0, 3, 0], 2)

    b.review(practice.uri, "saillans", effectiveness=2, comment={"fr": "Trop cher pour nous."})
    rig.settle()
    for house in (a, b, c, d):
        assert set(_said(house, practice.uri)) == {
            ("ulm", "ulm"),
            ("diois", "ulm"),
            ("saillans", "saillans"),
        }

    with c.instance.database.writing() as session:
        [held] = voices.holding(session, shelf.community(session, "diois"))
        assert held.uri == onward
        delegate.revoke(session, held)
    rig.settle()
    for house in (a, b, c, d):
        assert set(_said(house, practice.uri)) == {("ulm", "ulm"), ("saillans", "saillans")}, house.name
    gone = a.instance.client.get_object(onward).json
    assert gone["delegation"]["ended"]


def test_a_circle_of_voices_speaks_for_nobody_and_is_refused_where_it_is_seen(rig: Rig) -> None:
    a, b, c, _d = _world(rig)
    practice = a.publish("loos-en-gohelle", complete(seed("loos-solar-plan")))
    theme = practice.themes[0]
    rig.settle()
    _lend(b, "saillans", theme, c.origin + "/communities/diois")
    _lend(c, "diois", theme, b.origin + "/communities/saillans")  # neither has heard of the other's yet
    rig.settle()
    assert _said(a, practice.uri) == []
    c.review(practice.uri, "diois", effectiveness=5)
    rig.settle()
    assert _said(a, practice.uri) == [("diois", "diois"), ("saillans", "diois")]


def test_a_review_brings_the_statements_of_givers_that_the_owner_has_never_heard_of(rig: Rig) -> None:
    a, b, c = (rig.instance(name) for name in ("adria", "bergen", "como"))
    a.community("loos-en-gohelle", "Loos-en-Gohelle", "FR")
    b.community("saillans", "Saillans", "FR")
    c.community("diois", "Pays Diois", "FR")
    c.follow(a)
    b.follow(c)  # the village knows its county; the town has heard of neither
    rig.settle()
    practice = a.publish("loos-en-gohelle", complete(seed("loos-solar-plan")))
    c.publish("diois", complete({"theme": practice.themes}))
    rig.settle()
    _lend(b, "saillans", practice.themes[0], c.origin + "/communities/diois")
    rig.settle()
    c.review(practice.uri, "diois", openness=3)
    rig.settle()
    assert _said(a, practice.uri) == [("diois", "diois"), ("saillans", "diois")]


def test_the_owner_answers_a_review_and_the_answer_stands_beside_it_everywhere(rig: Rig) -> None:
    a, _b, _c, d = _world(rig)
    practice = a.publish("loos-en-gohelle", complete(seed("loos-solar-plan")))
    rig.settle()
    d.review(practice.uri, "ulm", replicability=2, comment={"de": "Zu wenig zu den Kosten."})
    rig.settle()

    def answered(house: House) -> Any:
        with house.instance.database.reading() as session:
            found = answer.to(session, session.exec(select(Review)).one())
            return found.text if found else None

    with a.instance.database.writing() as session:
        answer.answer(session, session.exec(select(Review)).one(), {"fr": "La version 2 les donne."})
    rig.settle()
    assert [answered(house) for house in (a, d)] == [{"fr": "La version 2 les donne."}] * 2
    with a.instance.database.writing() as session:
        held = answer.to(session, session.exec(select(Review)).one())
        assert held is not None
        answer.take_back(session, held)
        address = held.uri
    rig.settle()
    assert [answered(house) for house in (a, d)] == [None] * 2
    assert a.get(address, accept="application/activity+json").status_code == 410


def test_anybody_counts_again_and_finds_what_the_owner_left_out(rig: Rig) -> None:
    a, b, _c, d = _world(rig)
    practice = a.publish("loos-en-gohelle", complete(seed("loos-solar-plan")))
    rig.settle()
    _lend(b, "saillans", practice.themes[0], d.origin + "/communities/ulm")
    rig.settle()
    d.review(practice.uri, "ulm", effectiveness=2, comment={"de": "Hält nicht, was es verspricht."})
    rig.settle()
    honest = auditing.recount(b.instance, practice.uri)
    assert (honest.agrees, honest.signed, honest.judgement.n, honest.judgement.lent) == (True, 1, 2, 1)

    with a.instance.database.writing() as session:  # an owner who does not like what was said
        session.exec(delete(Review))
    found = auditing.recount(b.instance, practice.uri)
    assert not found.agrees
    assert len(found.missing_there) == 1
    assert [name for name, _ours, _theirs in found.differences] == ["rc-effectiveness"]
