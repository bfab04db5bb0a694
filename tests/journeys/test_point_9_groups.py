"""A cluster is a group that anyone follows: it takes members in and points out their practices (FEP-1b12)."""

from collections.abc import Iterator

import pytest

from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster
from exchange.messages import Refusal
from exchange.models.cluster import ASKED
from federation.neighbours import followers
from tests.exchange.web.world import Visitor, logged_in
from tests.outsider import Outsider, outsider
from tests.rig import House, Rig, complete


@pytest.fixture
def fedi() -> Iterator[Outsider]:
    with outsider() as somebody:
        yield somebody


@pytest.fixture
def house(rig: Rig) -> House:
    """A house with two communities, of which one belongs to a cluster."""
    made = rig.instance("hub", search="memory")
    made.community("ulm", "Ulm", "DE")
    made.community("arvieu", "Arvieu", "FR")
    with made.instance.database.writing() as session:
        group = cluster.found(session, made.origin, slug="solar-towns", name={"en": "Solar towns"})
        cluster.admit(session, group, shelf.community(session, "ulm").uri)
    return made


def _practice(house: House, by: str = "ulm", title: str = "A roof for all") -> str:
    return house.publish(by, complete({"language": "en", "title": title})).uri


def _curate(house: House, uri: str, *, drop: bool = False) -> None:
    with house.instance.database.writing() as session:
        group, practice = cluster.cluster(session, "solar-towns"), shelf.practice(session, uri)
        (cluster.drop if drop else cluster.curate)(session, group, practice)


def _members(house: House, state: str = "member") -> list[str]:
    with house.instance.database.reading() as session:
        return cluster.members(session, cluster.cluster(session, "solar-towns"), state)


def test_a_cluster_is_a_group_in_which_only_coordinators_post(house: House) -> None:
    group = house.document("/clusters/solar-towns")
    assert (group["type"], group["postingRestrictedToMods"]) == ("Group", True)
    assert (group["manuallyApprovesFollowers"], group["name"]) == (False, "Solar towns")
    assert house.document("/clusters/solar-towns/members")["orderedItems"] == _members(house)
    found = house.get(f"/.well-known/webfinger?resource=acct:solar-towns@hub.localhost:{house.port}").json()
    assert group["id"] in [link["href"] for link in found["links"]]
    for name in ("outbox", "followers", "following", "practices"):
        assert house.document(f"/clusters/solar-towns/{name}")["totalItems"] == 0
    for path in ("/clusters/none", "/clusters/none/members", "/clusters/none/outbox"):
        assert house.get(path, accept="application/activity+json").status_code == 404


def test_followers_are_told_twice_and_it_is_taken_back(rig: Rig, house: House, fedi: Outsider) -> None:
    group, ana = f"{house.origin}/clusters/solar-towns", fedi.actor("ana", type="Person")
    fedi.say(house, ana, "Follow", group)
    rig.settle()
    assert [a["type"] for a in fedi.told("ana")] == ["Accept"]
    uri = _practice(house)
    _curate(house, uri)
    _curate(house, uri)
    rig.settle()
    wrapped, plain = sorted(fedi.told("ana")[1:], key=lambda a: isinstance(a["object"], str))
    assert {a["actor"] for a in (wrapped, plain)} == {group}
    assert {a["type"] for a in (wrapped, plain)} == {"Announce"}
    assert (wrapped["object"]["type"], wrapped["object"]["object"]["id"]) == ("Create", uri)
    assert plain["object"] == uri
    assert house.document("/clusters/solar-towns/practices")["orderedItems"] == [uri]
    _curate(house, uri, drop=True)
    rig.settle()
    undone = fedi.told("ana")[3:]
    assert {a["type"] for a in undone} == {"Undo"}
    assert sorted(a["object"]["id"] for a in undone) == sorted([wrapped["id"], plain["id"]])
    assert house.document("/clusters/solar-towns/practices")["totalItems"] == 0


def test_who_follows_a_cluster_elsewhere_gets_what_it_points_out(rig: Rig, house: House) -> None:
    far = rig.instance("far", search="memory")
    far.community("ostana", "Ostana", "IT")
    group, node = f"{house.origin}/clusters/solar-towns", far.instance.node
    with far.instance.database.writing() as session:
        followers.follow(session, node, local_actor=node.instance_actor, target_actor=group)
    rig.settle()
    uri = _practice(house)
    _practice(house, title="Not pointed out")
    rig.settle()
    assert far.titles() == []
    _curate(house, uri)
    rig.settle()
    assert far.titles() == ["A roof for all"]


def test_only_the_practices_of_members_are_pointed_out(house: House) -> None:
    with pytest.raises(Refusal, match="its members"):
        _curate(house, _practice(house, by="arvieu"))


def test_a_community_from_elsewhere_joins_when_a_coordinator_agrees(
    rig: Rig, house: House, fedi: Outsider
) -> None:
    group, town, other = f"{house.origin}/clusters/solar-towns", fedi.town("town"), fedi.town("other")
    join = fedi.activity(town, "Join", group)
    assert fedi.post(house, join, signer=town) == 202
    fedi.say(house, other, "Join", group)
    rig.settle()
    assert _members(house, ASKED) == [town, other]
    assert "Who asks to join" not in Visitor(house).see("/clusters/solar-towns").text
    sent = {"member": town, "answer": "yes"}
    officer = logged_in(house, "ulm")
    assert officer.post("/clusters/solar-towns/members", sent).status_code == 403
    coordinator = logged_in(house, "ulm", "coordinator")
    assert town in coordinator.see("/clusters/solar-towns").text
    assert coordinator.post("/clusters/solar-towns/members", sent).status_code == 303
    coordinator.post("/clusters/solar-towns/members", {"member": other, "answer": "no"})
    rig.settle()
    assert (_members(house)[1:], _members(house, ASKED)) == ([town], [])
    accept, follow = fedi.told("town")
    assert (follow["type"], follow["actor"]) == ("Follow", f"{house.origin}/actor"), "and is wanted"
    assert (accept["type"], accept["actor"], accept["object"]["id"]) == ("Accept", group, join["id"])
    [reject] = fedi.told("other")
    assert (reject["type"], reject["object"]["type"], reject["object"]["actor"]) == ("Reject", "Join", other)
    fedi.say(house, other, "Leave", town)
    fedi.say(house, town, "Leave", group)
    rig.settle()
    assert len(_members(house)) == 1


def test_a_coordinator_points_a_practice_out_on_its_page(house: House) -> None:
    uri = _practice(house)
    path = uri.removeprefix(house.origin)
    coordinator = logged_in(house, "ulm", "coordinator")
    form = coordinator.see(path).find("form", action=f"{path}/curate")
    assert form.button.text == "Point it out in Solar towns"
    sent = {"cluster": "solar-towns", "answer": "yes"}
    assert coordinator.post(form["action"], sent).location == "/clusters/solar-towns"
    assert coordinator.see(path).find("form", action=form["action"]).button["value"] == "no"
    assert Visitor(house).see(path).find("form", action=form["action"]) is None
    assert logged_in(house, "arvieu").post(form["action"], sent).status_code == 403
    page = Visitor(house, "de").see("/clusters/solar-towns")
    assert ("A roof for all" in page.text, "Ulm" in page.text) == (True, True)
    assert "Solar towns" in Visitor(house).see("/clusters").text


def test_names_of_clusters_and_communities_do_not_collide(house: House) -> None:
    with house.instance.database.writing() as session, pytest.raises(Refusal, match="taken"):
        cluster.found(session, house.origin, slug="ulm", name="Ulm")
    with pytest.raises(Refusal, match="taken"):
        house.community("solar-towns", "Solar", "DE")
    with house.instance.database.writing() as session, pytest.raises(Refusal):
        cluster.found(session, house.origin, slug="No!", name=" ")
