"""Who may say what, tried verb by verb over signed HTTP by those who may not (FEP-fe34)."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from exchange.catalogue import shelf
from exchange.messages import NotFound
from exchange.models.adoption import Adoption
from exchange.models.comment import Comment
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.models.review import Review
from federation import arrivals, followers
from federation.relations import Follow
from tests.outsider import Outsider, outsider
from tests.rig import House, Rig, complete


@pytest.fixture
def fedi() -> Iterator[Outsider]:
    """A host with many actors, which the house follows one of."""
    with outsider() as somebody:
        yield somebody


@pytest.fixture
def elsewhere() -> Iterator[Outsider]:
    """Another origin."""
    with outsider() as somebody:
        yield somebody


@pytest.fixture
def house(rig: Rig) -> House:
    made = rig.instance("ulm", search="memory")
    made.community("ulm", "Ulm", "DE")
    made.publish("ulm", complete({"language": "en", "title": "A roof for all"}))
    return made


@pytest.fixture
def town(rig: Rig, house: House, fedi: Outsider) -> str:
    """A town elsewhere whom the house follows."""
    actor = fedi.town("town")
    _follow(rig, house, fedi, actor)
    return actor


@pytest.fixture
def mallory(rig: Rig, house: House, fedi: Outsider, town: str) -> str:
    """Another actor of the town's own host, whom the house follows too."""
    actor = fedi.town("mallory")
    _follow(rig, house, fedi, actor)
    return actor


def _follow(rig: Rig, house: House, fedi: Outsider, actor: str) -> None:
    node = house.instance.node
    with house.instance.database.writing() as session:
        asked = followers.follow(session, node, local_actor=node.instance_actor, target_actor=actor)
    fedi.say(house, actor, "Accept", asked.activity_id)
    rig.settle()
    assert _relation(house, actor) == "accepted"


def _relation(house: House, actor: str, by: str | None = None) -> str | None:
    with house.instance.database.reading() as session:
        found = followers.between(session, by or house.instance.node.instance_actor, actor)
        return found.state if found else None


def ours(house: House) -> Practice:
    with house.instance.database.reading() as session:
        return session.exec(select(Practice).where(Practice.local)).one()


def held(house: House, uri: str) -> Practice | None:
    with house.instance.database.reading() as session:
        try:
            return shelf.practice(session, uri)
        except NotFound:
            return None


def article(
    fedi: Outsider, house: House, author: str, title: str = "A bridge", **more: Any
) -> dict[str, Any]:
    """A practice of the author."""
    made = fedi.copied(house, ours(house).uri, author, **more)
    made["practice"]["title"] = {"en": title}
    return made


def newer(thing: dict[str, Any], title: str, version: int = 2, updated: str = "2030-01-01") -> dict[str, Any]:
    inner = {**thing["practice"], "title": {"en": title}, "version": version}
    return {**thing, "updated": f"{updated}T00:00:00Z", "practice": inner}


def published(rig: Rig, house: House, fedi: Outsider, town: str) -> dict[str, Any]:
    """A practice of the town that the house holds."""
    thing = article(fedi, house, town)
    assert fedi.say(house, town, "Create", thing) == 202
    rig.settle()
    kept = held(house, thing["id"])
    assert kept is not None
    assert kept.title == "A bridge"
    return thing


def all_of(house: House, model: Any) -> list[Any]:
    with house.instance.database.reading() as session:
        return list(session.exec(select(model)))


def states(house: House) -> list[str]:
    return [a.state for a in sorted(all_of(house, arrivals.Arrival), key=lambda a: a.id)]


# --------------------------------------------------------------------- Create and Update


def test_a_neighbour_on_the_same_host_does_not_change_a_practice(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    thing = published(rig, house, fedi, town)
    changed = newer(thing, "Mine now")
    assert fedi.say(house, mallory, "Update", changed) == 202
    as_own = newer(article(fedi, house, mallory), "Mine now") | {"id": thing["id"]}
    assert fedi.say(house, mallory, "Update", as_own) == 202
    rig.settle()
    assert held(house, thing["id"]).title == "A bridge"
    assert states(house)[-2:] == ["refused", "refused"]


def test_an_actor_that_is_only_called_actor_does_not_speak_for_the_host(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = published(rig, house, fedi, town)
    impostor = fedi.town("users/actor", preferredUsername="impostor")
    fedi.say(house, impostor, "Update", newer(thing, "Mine now"))
    fedi.say(house, impostor, "Delete", thing["id"])
    rig.settle()
    assert (held(house, thing["id"]).title, held(house, thing["id"]).state) == ("A bridge", "published")


def test_the_owner_of_a_practice_stays_its_owner(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    thing = published(rig, house, fedi, town)
    given = newer(article(fedi, house, mallory), "A present") | {"id": thing["id"]}
    given["practice"]["id"] = f"{thing['id']}#practice"
    fedi.say(house, town, "Update", given)
    inner = newer(thing, "A present")
    inner["practice"]["community"] = mallory
    fedi.say(house, town, "Update", inner)
    rig.settle()
    assert held(house, thing["id"]).title == "A bridge"
    with house.instance.database.reading() as session:
        assert shelf.community_of(session, held(house, thing["id"])).uri == town


def test_the_record_inside_belongs_to_the_object_around_it(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = published(rig, house, fedi, town)
    other = newer(thing, "Smuggled")
    other["practice"]["id"] = f"{ours(house).uri}#practice"
    fedi.say(house, town, "Update", other)
    rig.settle()
    assert (held(house, thing["id"]).title, ours(house).title) == ("A bridge", "A roof for all")


def test_a_stale_update_does_not_win(rig: Rig, house: House, fedi: Outsider, town: str) -> None:
    thing = published(rig, house, fedi, town)
    fedi.say(house, town, "Update", newer(thing, "Third", 3, "2030-01-03"))
    fedi.say(house, town, "Update", newer(thing, "Second", 2, "2030-01-02"))
    fedi.say(house, town, "Update", newer(thing, "Same version, older", 3, "2030-01-01"))
    fedi.say(house, town, "Create", thing)
    rig.settle()
    assert (held(house, thing["id"]).title, held(house, thing["id"]).version) == ("Third", 3)


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_an_embedded_object_of_another_origin_is_not_believed(
    kind: str, rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str
) -> None:
    victim = elsewhere.town("victim")
    thing = article(elsewhere, house, victim)
    assert fedi.say(house, town, kind, thing) == 403
    assert fedi.say(house, town, kind, article(fedi, house, town) | {"attributedTo": victim}) == 403
    assert fedi.say(house, town, kind, article(fedi, house, town) | {"attributedTo": [town, victim]}) == 403
    rig.settle()
    assert [p.local for p in all_of(house, Practice)] == [True]


def test_a_review_does_not_smuggle_in_a_practice_under_a_strangers_name(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str
) -> None:
    victim = elsewhere.town("victim")
    forged = article(fedi, house, victim)
    fedi.server.serve(forged["id"].removeprefix(fedi.origin), forged)
    note = fedi.note("1", town, forged["id"], "<p>Good.</p>", updated="2026-01-02T00:00:00Z")
    review = {
        "type": "Review",
        "itemReviewed": forged["id"],
        "relation": "rr-peer",
        "reviewRating": [{"type": "Rating", "reviewAspect": "rc-effectiveness", "ratingValue": 4}],
    }
    fedi.say(house, town, "Create", note | {"review": review})
    rig.settle()
    assert fedi.server.count(forged["id"].removeprefix(fedi.origin)) == 1
    assert held(house, forged["id"]) is None
    assert all_of(house, Review) == []
    assert states(house)[-1] == "refused"


def test_what_a_review_embeds_of_a_practice_is_not_believed(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    practice = ours(house)
    inner = {
        "type": "Review",
        "itemReviewed": {**house.document(practice.uri), "name": "Worthless"},
        "relation": "rr-peer",
        "reviewRating": [{"type": "Rating", "reviewAspect": "rc-effectiveness", "ratingValue": 4}],
    }
    fedi.say(house, town, "Create", fedi.note("1", town, practice.uri, "<p>Good.</p>") | {"review": inner})
    rig.settle()
    assert ours(house).title == "A roof for all"
    assert len(all_of(house, Review)) == 1


def test_our_own_ids_never_come_from_outside(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str
) -> None:
    practice = ours(house)
    document = house.document(practice.uri)
    community = document["attributedTo"]
    for kind in ("Create", "Update", "Delete", "Undo", "Move"):
        assert fedi.say(house, town, kind, document) == 403
        assert fedi.say(house, town, kind, practice.uri) == 403
    assert fedi.say(house, town, "Update", {"id": community, "type": "Organization"}) == 403
    own = fedi.activity(community, "Update", document) | {"id": f"{house.origin}/activities/1"}
    assert fedi.post(house, own, signer=town) == 403
    assert fedi.post(house, own, signer=community) in (401, 403)
    assert fedi.post(house, fedi.activity(town, "Like", practice.uri) | {"id": own["id"]}, signer=town) == 403
    rig.settle()
    assert (ours(house).title, ours(house).version, ours(house).state) == ("A roof for all", 1, "published")


def test_nobody_uses_up_the_activity_id_of_another(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str, mallory: str
) -> None:
    create = fedi.activity(town, "Create", article(fedi, house, town))
    stranger = elsewhere.town("stranger")
    assert elsewhere.post(house, create | {"actor": stranger}, signer=stranger) == 403
    assert elsewhere.post(house, create, signer=stranger) == 403
    poison = fedi.activity(mallory, "Like", ours(house).uri) | {"id": create["id"]}
    assert fedi.post(house, poison, signer=mallory) == 202  # an id on the own host, but under another's name
    rig.settle()
    assert fedi.post(house, create, signer=town) == 202
    rig.settle()
    assert held(house, create["object"]["id"]).title == "A bridge"


def test_an_actor_describes_itself_alone(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    published(rig, house, fedi, town)
    profile = {"type": "Community", "name": {"en": "Fooled"}, "country": "FR"}
    document = fedi.server.actor("town", community=profile)
    assert fedi.say(house, mallory, "Update", document) == 403
    rig.settle()
    with house.instance.database.reading() as session:
        assert shelf.community(session, town).called() == "Town"
    moved_inbox = document | {"inbox": "https://evil.example/inbox"}
    fedi.say(house, town, "Update", moved_inbox)
    rig.settle()
    assert states(house)[-1] == "refused"


# --------------------------------------------------------------------- Delete


def test_nobody_deletes_what_is_anothers(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str, mallory: str
) -> None:
    thing = published(rig, house, fedi, town)
    stranger = elsewhere.town("stranger")
    assert elsewhere.say(house, stranger, "Delete", thing["id"]) == 403
    assert fedi.say(house, mallory, "Delete", thing["id"]) == 202
    assert fedi.say(house, mallory, "Delete", town) == 202
    rig.settle()
    assert held(house, thing["id"]).state == "published"
    with house.instance.database.reading() as session:
        assert not shelf.community(session, town).gone


def test_what_was_deleted_does_not_come_back(rig: Rig, house: House, fedi: Outsider, town: str) -> None:
    thing = published(rig, house, fedi, town)
    fedi.say(house, town, "Delete", {"id": thing["id"], "type": "Tombstone"})
    for kind in ("Create", "Update"):
        fedi.say(house, town, kind, newer(thing, "Back", 9))
    rig.settle()
    kept = held(house, thing["id"])
    assert (kept.state, kept.record) == ("withdrawn", {})


def test_a_delete_that_comes_first_keeps_its_create_out(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = article(fedi, house, town)
    fedi.say(house, town, "Delete", thing["id"])
    rig.settle()
    with house.instance.database.writing() as session:  # as when what had arrived was forgotten long since
        for row in session.exec(select(arrivals.Arrival)):
            session.delete(row)
    fedi.say(house, town, "Create", thing)
    rig.settle()
    assert held(house, thing["id"]) is None


def test_nobody_keeps_anothers_practice_out_by_deleting_it_in_advance(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    thing = article(fedi, house, town)
    fedi.say(house, mallory, "Delete", thing["id"])
    rig.settle()
    fedi.say(house, town, "Create", thing)
    rig.settle()
    assert held(house, thing["id"]).title == "A bridge"


# --------------------------------------------------------------------- Undo, Accept, Reject


def test_nobody_undoes_anothers_follow(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str, mallory: str
) -> None:
    community = f"{house.origin}/communities/ulm"
    follow = fedi.activity(town, "Follow", community)
    fedi.post(house, follow, signer=town)
    rig.settle()
    assert _relation(house, community, town) == "accepted"
    stranger = elsewhere.town("stranger")
    assert elsewhere.say(house, stranger, "Undo", follow) == 403
    assert elsewhere.say(house, stranger, "Undo", follow["id"]) == 403
    assert fedi.say(house, mallory, "Undo", follow) == 403
    assert fedi.say(house, mallory, "Undo", follow["id"]) == 202
    block = {"id": f"{fedi.origin}/blocks/1", "type": "Block", "actor": town, "object": community}
    assert fedi.say(house, town, "Undo", block) == 202  # its own, but no follow
    rig.settle()
    assert _relation(house, community, town) == "accepted"
    fedi.say(house, town, "Undo", follow["id"])
    rig.settle()
    assert _relation(house, community, town) is None


def test_an_accept_of_a_follow_that_was_never_sent_is_ignored(rig: Rig, house: House, fedi: Outsider) -> None:
    town, node = fedi.town("town"), house.instance.node
    claimed = {"id": f"{house.origin}/activities/1", "type": "Follow", "actor": node.instance_actor}
    fedi.say(house, town, "Accept", claimed | {"object": town})
    fedi.say(house, town, "Accept", claimed["id"])
    fedi.say(house, town, "Create", article(fedi, house, town))
    rig.settle()
    assert all_of(house, Follow) == []
    assert len(all_of(house, Practice)) == 1


@pytest.mark.parametrize("kind", ["Accept", "Reject"])
def test_only_who_was_asked_answers(
    kind: str, rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider
) -> None:
    town, node = fedi.town("town"), house.instance.node
    with house.instance.database.writing() as session:
        asked = followers.follow(session, node, local_actor=node.instance_actor, target_actor=town)
    follow = {"id": asked.activity_id, "type": "Follow", "actor": node.instance_actor, "object": town}
    for server, name in ((fedi, "mallory"), (elsewhere, "stranger")):
        other = server.town(name)
        server.say(house, other, kind, follow)
        server.say(house, other, kind, asked.activity_id)
    rig.settle()
    assert _relation(house, town) == "pending"


# --------------------------------------------------------------------- Add and Remove


def _adopted(rig: Rig, house: House, fedi: Outsider, town: str, adopter: str) -> tuple[dict[str, Any], str]:
    """A practice of the town, and an adoption of it by another."""
    thing = published(rig, house, fedi, town)
    inner = {"type": "Adoption", "adopts": thing["id"], "stage": "ad-decided", "adopter": adopter}
    note = fedi.note("adoption", adopter, thing["id"], "<p>We too.</p>") | {"adoption": inner}
    fedi.say(house, adopter, "Create", note)
    rig.settle()
    assert [a.uri for a in all_of(house, Adoption)] == [note["id"]]
    return thing, note["id"]


@pytest.mark.parametrize("kind", ["Add", "Remove"])
def test_only_its_origin_confirms_an_adoption(
    kind: str, rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str, mallory: str
) -> None:
    thing, adoption = _adopted(rig, house, fedi, town, mallory)
    target = f"{thing['id']}/adoptions"
    stranger = elsewhere.town("stranger")
    assert elsewhere.say(house, stranger, kind, adoption, target=target) == 403
    assert fedi.say(house, mallory, kind, adoption, target=target) == 202
    assert fedi.say(house, town, kind, adoption, target=f"{ours(house).uri}/adoptions") == 403
    assert fedi.say(house, town, kind, adoption, target=f"{thing['id']}/others") == 202
    rig.settle()
    assert [a.confirmed for a in all_of(house, Adoption)] == [None]
    assert fedi.say(house, town, kind, adoption, target=target) == 202
    rig.settle()
    assert [a.confirmed for a in all_of(house, Adoption)] == [kind == "Add"]


def test_only_the_owner_of_a_practice_tells_of_the_adoptions_of_others(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    thing = published(rig, house, fedi, town)
    inner = {
        "type": "Adoption",
        "adopts": thing["id"],
        "stage": "ad-decided",
        "adopter": f"{house.origin}/communities/ulm",
        "documentedBy": "others",
    }
    for author, key in ((mallory, "a"), (town, "b")):
        note = fedi.note(key, author, thing["id"], "<p>They too.</p>") | {"adoption": inner}
        fedi.say(house, author, "Create", note)
    rig.settle()
    assert [a.uri for a in all_of(house, Adoption)] == [f"{fedi.origin}/notes/b"]


# --------------------------------------------------------------------- Announce and Flag


def test_what_an_announce_or_a_flag_embeds_is_not_believed(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str
) -> None:
    victim = elsewhere.town("victim")
    thing = article(elsewhere, house, victim)
    wrapped = elsewhere.activity(victim, "Create", thing)
    for kind in ("Announce", "Flag"):
        for embedded in (thing, wrapped, [thing, ours(house).uri], house.document(ours(house).uri)):
            assert fedi.say(house, town, kind, embedded) == 202
    note = elsewhere.note("1", victim, ours(house).uri, "<p>Words put into a mouth.</p>")
    fedi.say(house, town, "Announce", note)
    fedi.say(house, town, "Announce", elsewhere.activity(victim, "Create", note))
    rig.settle()
    assert [p.local for p in all_of(house, Practice)] == [True]
    assert all_of(house, Comment) == []
    assert ours(house).title == "A roof for all"


# --------------------------------------------------------------------- Move


def _told(house: House, actor: str) -> Community | None:
    with house.instance.database.reading() as session:
        return session.exec(select(Community).where(Community.uri == actor)).first()


def test_who_moves_with_both_ends_agreeing_is_followed_there(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str
) -> None:
    thing = published(rig, house, fedi, town)
    new = elsewhere.town("town", alsoKnownAs=[town])
    fedi.town("town", alsoKnownAs=[new])
    assert fedi.say(house, town, "Move", town, target=new) == 202
    rig.settle()
    assert (_relation(house, town), _relation(house, new)) == (None, "pending")
    [follow] = elsewhere.told("town")
    assert (follow["type"], follow["object"]) == ("Follow", new)
    assert [a["type"] for a in fedi.told("town")][-1] == "Undo"
    assert _told(house, town).moved_to == new
    assert held(house, thing["id"]).title == "A bridge"
    elsewhere.say(house, new, "Update", newer(thing, "Mine now") | {"attributedTo": new})
    rig.settle()
    assert held(house, thing["id"]).title == "A bridge"


@pytest.mark.parametrize(
    ("of_old", "of_new"),
    [([], []), (["new"], []), ([], ["old"]), (["new"], ["other"]), (["other"], ["old"])],
    ids=["neither", "only the old", "only the new", "the new names another", "the old names another"],
)
def test_a_move_that_one_end_does_not_confirm_is_ignored(
    of_old: list[str],
    of_new: list[str],
    rig: Rig,
    house: House,
    fedi: Outsider,
    elsewhere: Outsider,
    town: str,
) -> None:
    published(rig, house, fedi, town)
    new = f"{elsewhere.origin}/town"
    names = {"old": town, "new": new, "other": f"{fedi.origin}/other"}
    elsewhere.town("town", alsoKnownAs=[names[n] for n in of_new])
    fedi.town("town", alsoKnownAs=[names[n] for n in of_old])
    fedi.say(house, town, "Move", town, target=new)
    rig.settle()
    assert (_relation(house, town), _relation(house, new)) == ("accepted", None)
    assert _told(house, town).moved_to is None


def test_nobody_moves_another(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str, mallory: str
) -> None:
    new = elsewhere.town("town", alsoKnownAs=[town, mallory])
    fedi.town("town", alsoKnownAs=[new])
    fedi.town("mallory", alsoKnownAs=[new])
    assert fedi.say(house, mallory, "Move", town, target=new) == 403
    assert elsewhere.say(house, new, "Move", town, target=new) == 403
    community = f"{house.origin}/communities/ulm"
    assert fedi.say(house, mallory, "Move", community, target=new) == 403
    rig.settle()
    assert (_relation(house, town), _relation(house, new)) == ("accepted", None)
