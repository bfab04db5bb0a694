"""Who may undo, answer, confirm, pass on and move what, tried by those who may not (FEP-fe34)."""

from typing import Any

import pytest

from exchange.models.adoption import Adoption
from exchange.models.comment import Comment
from exchange.models.practice import Practice
from federation.ledger.relations import Follow
from federation.neighbours import followers
from tests.journeys.point_3.said import (
    all_of,
    article,
    held,
    newer,
    ours,
    published,
    relation,
    told,
)
from tests.outsider import Outsider
from tests.rig import House, Rig


def test_nobody_undoes_anothers_follow(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str, mallory: str
) -> None:
    community = f"{house.origin}/communities/ulm"
    follow = fedi.activity(town, "Follow", community)
    fedi.post(house, follow, signer=town)
    rig.settle()
    assert relation(house, community, town) == "accepted"
    stranger = elsewhere.town("stranger")
    assert elsewhere.say(house, stranger, "Undo", follow) == 403
    assert elsewhere.say(house, stranger, "Undo", follow["id"]) == 403
    assert fedi.say(house, mallory, "Undo", follow) == 403
    assert fedi.say(house, mallory, "Undo", follow["id"]) == 202
    block = {"id": f"{fedi.origin}/blocks/1", "type": "Block", "actor": town, "object": community}
    assert fedi.say(house, town, "Undo", block) == 202  # its own, but no follow
    rig.settle()
    assert relation(house, community, town) == "accepted"
    fedi.say(house, town, "Undo", follow["id"])
    rig.settle()
    assert relation(house, community, town) is None


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
    assert relation(house, town) == "pending"


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
    few = {"to": [f"{town}/followers"], "cc": []}
    assert fedi.say(house, town, kind, adoption, target=target, **few) == 202
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


def test_the_adopter_of_whom_an_owner_tells_is_read_or_known_by_its_host(
    rig: Rig, house: House, fedi: Outsider, town: str, mallory: str
) -> None:
    thing = published(rig, house, fedi, town)
    for key, adopter in (("a", mallory), ("b", f"{fedi.origin}/communities/gone")):
        inner = {"type": "Adoption", "adopts": thing["id"], "stage": "ad-decided", "adopter": adopter}
        inner["documentedBy"] = "others"
        note = fedi.note(key, town, thing["id"], "<p>They too.</p>") | {"adoption": inner}
        fedi.say(house, town, "Create", note)
    rig.settle()
    known, unread = sorted(all_of(house, Adoption), key=lambda a: a.uri)
    assert known.adopter_id is not None
    assert known.adopter["name"]
    assert unread.adopter_id is None
    assert unread.adopter == {"name": fedi.origin.partition("://")[2], "country": ""}


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


def test_who_moves_with_both_ends_agreeing_is_followed_there(
    rig: Rig, house: House, fedi: Outsider, elsewhere: Outsider, town: str
) -> None:
    thing = published(rig, house, fedi, town)
    new = elsewhere.town("town", alsoKnownAs=[town])
    fedi.town("town", alsoKnownAs=[new])
    assert fedi.say(house, town, "Move", town, target=new) == 202
    rig.settle()
    assert (relation(house, town), relation(house, new)) == (None, "pending")
    [follow] = elsewhere.told("town")
    assert (follow["type"], follow["object"]) == ("Follow", new)
    assert [a["type"] for a in fedi.told("town")][-1] == "Undo"
    assert told(house, town).moved_to == new
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
    assert (relation(house, town), relation(house, new)) == ("accepted", None)
    assert told(house, town).moved_to is None


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
    assert (relation(house, town), relation(house, new)) == ("accepted", None)
