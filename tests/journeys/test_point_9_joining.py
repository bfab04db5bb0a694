"""A community of ours joins a cluster elsewhere: the cluster's answer to the very Join that was sent decides."""

from collections.abc import Iterator

import pytest

from exchange.catalogue import shelf
from exchange.catalogue.clusters import belonging, cluster, join
from exchange.catalogue.practices import revise
from exchange.meeting import meet_cluster
from exchange.messages import NotFound, Refusal
from exchange.models.cluster import ASKED, MEMBER, REFUSED
from tests.exchange.web.world import Visitor, logged_in
from tests.outsider import Outsider, outsider
from tests.rig import House, Rig, complete


@pytest.fixture
def fedi() -> Iterator[Outsider]:
    with outsider() as somebody:
        yield somebody


@pytest.fixture
def hub(rig: Rig) -> House:
    """Where the cluster is led."""
    made = rig.instance("hub", search="memory")
    made.community("ulm", "Ulm", "DE")
    with made.instance.database.writing() as session:
        cluster.found(session, made.origin, slug="solar-towns", name={"en": "Solar towns"})
    return made


@pytest.fixture
def far(rig: Rig) -> House:
    made = rig.instance("far", search="memory")
    made.community("ostana", "Ostana", "IT")
    return made


def _join(house: House, slug: str, wanted: str) -> None:
    uri, name = meet_cluster(house.instance, wanted)
    with house.instance.database.writing() as session:
        join.join(session, shelf.community(session, slug), uri, name)


def _leave(house: House, slug: str, uri: str) -> None:
    with house.instance.database.writing() as session:
        join.leave(session, shelf.community(session, slug), uri)


def _states(house: House, slug: str) -> list[str]:
    with house.instance.database.reading() as session:
        return [row.state for row in belonging.of(session, shelf.community(session, slug))]


def _members(house: House, state: str = MEMBER) -> list[str]:
    with house.instance.database.reading() as session:
        return cluster.members(session, cluster.cluster(session, "solar-towns"), state)


def _answer(house: House, member: str, *, yes: bool) -> None:
    with house.instance.database.writing() as session:
        group = cluster.cluster(session, "solar-towns")
        (cluster.admit if yes else cluster.refuse)(session, group, member)


def test_a_community_asks_is_taken_in_and_leaves_over_instances(rig: Rig, hub: House, far: House) -> None:
    ostana, group = f"{far.origin}/communities/ostana", f"{hub.origin}/clusters/solar-towns"
    _join(far, "ostana", f"@solar-towns@hub.localhost:{hub.port}")
    rig.settle()
    assert (_members(hub, ASKED), _states(far, "ostana")) == ([ostana], [ASKED])
    _answer(hub, ostana, yes=True)
    rig.settle()
    assert (_members(hub), _states(far, "ostana")) == ([ostana], [MEMBER])
    shown = Visitor(far).see("/communities/ostana").find(id="in-clusters").parent
    assert ("Solar towns" in shown.text, shown.a["href"]) == (True, group)
    _join(far, "ostana", group)  # who belongs already does not ask again
    rig.settle()
    assert (_members(hub), _states(far, "ostana")) == ([ostana], [MEMBER])
    _leave(far, "ostana", group)
    rig.settle()
    assert (_members(hub), _states(far, "ostana")) == ([], [])
    with pytest.raises(NotFound):
        _leave(far, "ostana", group)


def test_a_cluster_hears_what_its_members_publish_though_nobody_follows_them(
    rig: Rig, hub: House, far: House
) -> None:
    ostana, group = f"{far.origin}/communities/ostana", f"{hub.origin}/clusters/solar-towns"
    far.publish("ostana", complete({"title": {"en": "Before"}}))
    _join(far, "ostana", group)
    rig.settle()
    far.publish("ostana", complete({"title": {"en": "While it asks"}}))
    _answer(hub, ostana, yes=True)
    rig.settle()
    assert hub.titles() == []
    roof = far.publish("ostana", complete({"title": {"en": "A roof"}}))
    rig.settle()
    article = far.document(roof.uri)
    assert article["cc"] == [group, f"{ostana}/followers"]
    assert hub.titles() == ["A roof"]
    with far.instance.database.writing() as session:
        held = shelf.practice(session, roof.uri)
        revise.revise(session, held, complete({"title": {"en": "A larger roof"}}))
    rig.settle()
    assert hub.titles() == ["A larger roof"]
    _leave(far, "ostana", group)
    other = far.publish("ostana", complete({"title": {"en": "Alone again"}}))
    rig.settle()
    assert far.document(other.uri)["cc"] == [f"{ostana}/followers"]
    assert hub.titles() == ["A larger roof"]


def test_whom_a_coordinator_takes_in_is_followed_and_read(rig: Rig, hub: House, far: House) -> None:
    ostana = f"{far.origin}/communities/ostana"
    far.publish("ostana", complete({"title": {"en": "Before"}}))
    _join(far, "ostana", f"{hub.origin}/clusters/solar-towns")
    rig.settle()
    lead = logged_in(hub, "ulm", "coordinator")
    lead.post("/clusters/solar-towns/members", {"member": ostana, "answer": "yes"})
    rig.settle()
    assert hub.titles() == ["Before"]


def test_no_is_told_and_a_membership_can_be_ended(rig: Rig, hub: House, far: House) -> None:
    ostana, group = f"{far.origin}/communities/ostana", f"{hub.origin}/clusters/solar-towns"
    _join(far, "ostana", group)
    rig.settle()
    _answer(hub, ostana, yes=False)
    rig.settle()
    assert (_members(hub, ASKED), _states(far, "ostana")) == ([], [REFUSED])
    _join(far, "ostana", group)
    rig.settle()
    _answer(hub, ostana, yes=True)
    rig.settle()
    assert _states(far, "ostana") == [MEMBER]
    _answer(hub, ostana, yes=False)
    rig.settle()
    assert (_members(hub), _states(far, "ostana")) == ([], [REFUSED])
    _leave(far, "ostana", group)
    assert _states(far, "ostana") == []


def test_it_works_the_same_on_one_instance(rig: Rig, hub: House) -> None:
    ulm, group = f"{hub.origin}/communities/ulm", f"{hub.origin}/clusters/solar-towns"
    _join(hub, "ulm", "solar-towns")
    assert (_members(hub, ASKED), _states(hub, "ulm")) == ([ulm], [ASKED])
    _answer(hub, ulm, yes=True)
    assert (_members(hub), _states(hub, "ulm")) == ([ulm], [MEMBER])
    _answer(hub, ulm, yes=False)
    assert (_members(hub), _states(hub, "ulm")) == ([], [REFUSED])
    _answer(hub, ulm, yes=True)  # a coordinator takes it in unasked
    assert (_members(hub), _states(hub, "ulm")) == ([ulm], [MEMBER])
    _leave(hub, "ulm", group)
    assert (_members(hub), _states(hub, "ulm")) == ([], [])
    rig.settle()


def test_only_the_cluster_answers_and_only_what_it_was_asked(rig: Rig, far: House, fedi: Outsider) -> None:
    group, other = fedi.actor("group", type="Group"), fedi.actor("other", type="Group")
    ostana = f"{far.origin}/communities/ostana"
    never = {"id": f"{far.origin}/activities/1", "type": "Join", "actor": ostana, "object": group}
    assert fedi.say(far, group, "Accept", never) == 202
    rig.settle()
    assert _states(far, "ostana") == []
    _join(far, "ostana", group)
    rig.settle()
    [asked] = fedi.told("group")
    assert (asked["type"], asked["actor"], asked["object"]) == ("Join", ostana, group)
    for who, thing in (
        (other, asked),  # somebody else's yes
        (group, never),  # another Join
        (group, {**asked, "id": None}),
        (group, {**asked, "id": f"{asked['id']}x"}),
        (group, group),
        (group, [asked["id"], never["id"]]),
    ):
        assert 200 <= fedi.say(far, who, "Accept", thing) < 500
    rig.settle()
    assert _states(far, "ostana") == [ASKED]
    fedi.say(far, other, "Reject", asked["id"])
    fedi.say(far, group, "Accept", asked["id"])
    rig.settle()
    assert _states(far, "ostana") == [MEMBER]
    fedi.say(far, group, "Delete", group)
    rig.settle()
    assert _states(far, "ostana") == []


def test_only_groups_are_joined(far: House, fedi: Outsider) -> None:
    with pytest.raises(Refusal, match="not one of a cluster"):
        _join(far, "ostana", fedi.town("town"))
    for wanted in ("nowhere", f"@none@far.localhost:{far.port}", f"{far.origin}/communities/ostana"):
        with pytest.raises(NotFound):
            _join(far, "ostana", wanted)


def test_an_officer_asks_and_leaves_at_the_desk(rig: Rig, hub: House) -> None:
    officer, coordinator = logged_in(hub, "ulm"), logged_in(hub, "ulm", "coordinator")
    assert "does not belong to a cluster" in officer.see("/desk/clusters").text
    for wanted in ("", "atlantis", "@nobody@127.0.0.1"):
        answer = officer.post("/desk/clusters", {"cluster": wanted})
        assert answer.status_code == 422, wanted
        assert 'href="#f-cluster"' in answer.text
    form = officer.see("/clusters/solar-towns").find("form", action="/desk/clusters")
    assert form.button.text == "Ask to join"
    sent = officer.post(form["action"], {"cluster": form.input["value"]})
    assert sent.location == "/desk/clusters?done=asked-to-join"
    assert "have not answered yet" in officer.see("/desk/clusters").text
    assert "has asked to join" in officer.see("/clusters/solar-towns").text
    member = coordinator.see("/clusters/solar-towns").find("input", attrs={"name": "member"})["value"]
    coordinator.post("/clusters/solar-towns/members", {"member": member, "answer": "yes"})
    assert "you belong to it" in officer.see("/desk/clusters").text
    assert "Solar towns" in Visitor(hub).see("/communities/ulm").find(id="in-clusters").parent.text
    gone = {"cluster": f"{hub.origin}/clusters/solar-towns"}
    assert officer.post("/desk/clusters/leave", gone).location == "/desk/clusters?done=left-cluster"
    assert officer.post("/desk/clusters/leave", gone).status_code == 404
    assert Visitor(hub).post("/desk/clusters", gone).status_code == 401
