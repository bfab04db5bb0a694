"""The main job: a practice is published, found elsewhere, rated, adopted, revised and withdrawn."""

from sqlmodel import select

from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt
from exchange.catalogue.practices import revise, withdraw
from exchange.models.adoption import Adoption
from tests.rig import House, Rig, complete, seed


def _world(rig: Rig) -> tuple[House, House, House, House]:
    """Three instances with a community each and a hub that hosts none; everybody follows everybody."""
    a, b, c, hub = (rig.instance(name) for name in ("adria", "bergen", "como", "hub"))
    a.community("loos-en-gohelle", "Loos-en-Gohelle", "FR", population=6600, degurba="dg-2")
    b.community("ulm", "Ulm", "DE", population=126329, degurba="dg-1")
    c.community("ostana", "Ostana", "IT", population=85, degurba="dg-3")
    for one in (a, b, c, hub):
        for other in (a, b, c):
            if one is not other:
                one.follow(other)
    rig.settle()
    return a, b, c, hub


def test_a_practice_is_published_found_rated_adopted_revised_and_withdrawn(rig: Rig) -> None:
    a, b, c, hub = _world(rig)
    practice = a.publish("loos-en-gohelle", complete(seed("loos-solar-plan")))
    rig.settle()
    for peer in (a, b, c, hub):
        assert peer.titles("toits solaires") == ["Plan solaire citoyen sur les toits communaux"]

    b.review(practice.uri, "ulm", effectiveness=4, replicability=2, comment={"de": "Zu wenig zu den Kosten."})
    c.adopt(practice.uri, "ostana", "ad-decided", adaptationType="at-adapt")
    rig.settle()
    for holder in (a, hub):
        with holder.instance.database.reading() as session:
            held = shelf.practice(session, practice.uri)
            [(given, rater)] = shelf.reviews_of(session, held)
            assert (rater.called(), given.ratings["rc-replicability"]) == ("Ulm", 2)
            assert given.comment == {"de": "Zu wenig zu den Kosten."}
            [taken] = shelf.adoptions_of(session, held)
            assert (taken.adopter["name"], taken.stage, taken.confirmed) == ("Ostana", "ad-decided", None)
        stored = holder.find("toits solaires").hits[0].stored
        assert (stored["reviews"], stored["adoptions"]) == (1, 1)

    with a.instance.database.writing() as session:
        adopt.confirm(session, session.exec(select(Adoption)).one())
    rig.settle()
    for holder in (c, hub):
        with holder.instance.database.reading() as session:
            assert session.exec(select(Adoption)).one().confirmed is True

    with a.instance.database.writing() as session:
        held = shelf.practice(session, practice.uri)
        revise.revise(
            session, held, held.record | {"title": {"fr": "Le soleil en commun"}}, note="Nouveau titre"
        )
    rig.settle()
    for peer in (a, b, c, hub):
        assert peer.titles("soleil commun") == ["Le soleil en commun"]
        assert peer.practice(practice.uri).version == 2

    with a.instance.database.writing() as session:
        withdraw.withdraw(session, shelf.practice(session, practice.uri))
    rig.settle()
    stone = a.get(practice.uri, accept="application/activity+json")
    assert (stone.status_code, stone.json()["type"]) == (410, "Tombstone")
    for peer in (a, b, c, hub):
        assert peer.titles() == []
        assert peer.practice(practice.uri).record == {}


def test_who_begins_to_follow_later_gets_all_that_was_published_before(rig: Rig) -> None:
    a = rig.instance("adria")
    a.community("loos-en-gohelle", "Loos-en-Gohelle", "FR", population=6600)
    a.community("arvieu", "Arvieu", "FR", population=822)
    first = a.publish("loos-en-gohelle", complete(seed("loos-solar-plan")))
    a.publish("arvieu", complete(seed("arvieu-digital-village") | {"theme": ["th-connectivity"]}))
    a.review(first.uri, "arvieu", openness=5)
    a.adopt(first.uri, "arvieu", "ad-watching")
    rig.settle()
    late = rig.instance("late")
    late.follow(a)
    rig.settle()
    assert len(late.titles()) == 2
    stored = {hit.id: hit.stored for hit in late.find().hits}[first.uri]
    assert (stored["reviews"], stored["adoptions"]) == (1, 1)


def test_a_review_of_a_practice_we_do_not_hold_brings_the_practice_with_it(rig: Rig) -> None:
    a, b, hub = rig.instance("adria"), rig.instance("bergen"), rig.instance("hub")
    a.community("loos-en-gohelle", "Loos-en-Gohelle", "FR")
    b.community("ulm", "Ulm", "DE")
    b.follow(a)
    hub.follow(b)
    practice = a.publish("loos-en-gohelle", complete(seed("loos-solar-plan")))
    rig.settle()
    assert hub.titles() == []
    b.review(practice.uri, "ulm", evidence=3)
    rig.settle()
    assert hub.titles() == ["Plan solaire citoyen sur les toits communaux"]


def test_a_word_for_the_theme_finds_practices_written_in_other_languages(rig: Rig) -> None:
    a = rig.instance("adria")
    a.community("gent", "Gent", "BE")
    a.publish("gent", complete(seed("gent-circulation-plan")))
    rig.settle()
    for word in ("Mobilität", "movilidad", "mobilità", "mobilité"):
        assert len(a.titles(word)) == 1, word
