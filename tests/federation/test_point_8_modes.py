"""Point 8: with whom an instance talks, who decides that, and that it is asked before any network."""

import json
from typing import Any

import pytest

from federation.arriving.backfill import Backfill
from federation.base import now
from federation.errors import AddressRefused, BadDocument, FetchError, Forbidden
from federation.ledger import hosts, outbox, rules
from federation.neighbours import blocklists, followers, knocking, parting
from federation.neighbours.followers import Follow
from federation.others import fetching, peers, webfinger
from tests.federation.world import Instance, World


@pytest.fixture
def closed(world: World) -> Instance:
    """An instance that talks only with those whom its operator has named."""
    instance = world["closed"]
    instance.node.mode = "allowlist"
    return instance


def judge(instance: Instance, host: str, allowed: bool | None) -> None:
    with instance.node.database.writing() as session:
        hosts.judge(session, host, allowed)
        if allowed is False:
            parting.part(session, instance.node, [rules.normal(host)])


def state(instance: Instance, follower: str, followed: str) -> str | None:
    with instance.node.database.reading() as session:
        relation = followers.between(session, follower, followed)
        return relation.state if relation else None


def gets(instance: Instance) -> list[str]:
    return [path for method, path in instance.requests if method == "GET"]


# ------------------------------------------------------------------- allowlist, in and out


def test_on_an_allowlist_nothing_of_a_stranger_comes_in_and_nothing_is_fetched(
    world: World, closed: Instance
) -> None:
    stranger = world["stranger"]
    assert stranger.post(closed, stranger.note("one", "text")) == 403
    assert stranger.post(closed, stranger.note("one", "text") | {"type": "Announce"}) == 403
    assert gets(stranger) == []
    judge(closed, stranger.host, True)
    assert stranger.post(closed, stranger.note("one", "text")) == 202


def test_on_an_allowlist_nothing_is_asked_of_a_stranger(world: World, closed: Instance) -> None:
    stranger = world["stranger"]
    client = closed.node.client
    for ask in (
        lambda: client.get(stranger.actor),
        lambda: client.get_object(stranger.actor),
        lambda: client.post(f"{stranger.origin}/inbox", b"{}", {}),
        lambda: peers.resolve_actor(closed.node, stranger.actor),
        lambda: webfinger.resolve(client, f"@instance@{stranger.host}"),
    ):
        with pytest.raises(FetchError):
            ask()
    assert fetching.fetch(closed.node, stranger.actor) is None
    assert list(stranger.requests) == []


def test_a_redirect_does_not_lead_to_whom_we_do_not_talk_with(world: World) -> None:
    saillans, friend, foe = world["saillans"], world["friend"], world["foe"]
    judge(saillans, foe.host, False)
    friend.answer = lambda method, path: (302, {"Location": foe.actor})
    with pytest.raises(AddressRefused):
        saillans.node.client.get(friend.actor)
    assert list(foe.requests) == []


def test_on_an_allowlist_nothing_leaves_to_a_stranger(world: World, closed: Instance) -> None:
    friend = world["friend"]
    judge(closed, friend.host, True)
    friend.follow(closed.actor)
    world.settle()
    assert state(friend, friend.actor, closed.actor) == "accepted"
    closed.say("one", "text")
    judge(closed, friend.host, None)
    friend.requests.clear()
    world.settle()
    assert list(friend.requests) == []
    assert closed.deliveries() == []


# ------------------------------------------------------------------- block and allow


def test_a_block_covers_subdomains_and_ends_everything_under_way(world: World) -> None:
    saillans, foe, friend = world["saillans"], world["foe"], world["friend"]
    for other in (foe, friend):
        other.follow(saillans.actor)
        saillans.follow(other.actor)
    world.settle()
    foe.post(saillans, foe.note("unjudged", "text"))
    foe.stopped = True
    saillans.say("one", "text")
    assert {d.host for d in saillans.deliveries()} == {foe.host, friend.host}
    with saillans.node.database.writing() as session:
        hosts.judge(session, "foe.localhost", False, reason="It sells shoes.")
        gone = parting.part(session, saillans.node, ["foe.localhost"])
    assert (gone.deliveries, gone.arrivals, gone.relations) == (1, 1, 2)
    assert {d.host for d in saillans.deliveries()} == {friend.host}
    with saillans.node.database.reading() as session:
        assert session.get(Backfill, foe.actor) is None
        assert not hosts.verdict(session, saillans.node, f"deep.below.{foe.host}")
        assert rules.rules(session)[0].reason == "It sells shoes."
        assert {other.followed for other in followers.following(session, saillans.actor)} == {friend.actor}
    world.settle()
    assert "unjudged" not in json.dumps(saillans.notebook.notes)


def test_who_is_allowed_below_a_blocked_domain_keeps_everything(world: World) -> None:
    saillans, friend = world["saillans"], world["friend"]
    friend.follow(saillans.actor)
    world.settle()
    judge(saillans, "friend.localhost", True)
    judge(saillans, "localhost", False)
    assert state(saillans, friend.actor, saillans.actor) == "accepted"
    judge(saillans, "friend.localhost", None)
    with saillans.node.database.reading() as session:
        assert not hosts.verdict(session, saillans.node, friend.host)


# ------------------------------------------------------------------- asking to be let in


def test_a_stranger_may_ask_to_follow_and_waits_for_the_operator(world: World, closed: Instance) -> None:
    stranger = world["stranger"]
    stranger.follow(closed.actor)
    world.settle()
    assert state(closed, stranger.actor, closed.actor) == "pending"
    assert state(stranger, stranger.actor, closed.actor) == "pending"
    assert stranger.post(closed, stranger.note("one", "text")) == 403
    with closed.node.database.reading() as session:
        assert [asked.follower for asked in knocking.waiting(session, closed.node)] == [stranger.actor]
    with closed.node.database.writing() as session:
        knocking.answer(session, closed.node, stranger.host, accept=True)
    world.settle()
    assert state(stranger, stranger.actor, closed.actor) == "accepted"
    assert stranger.post(closed, stranger.note("one", "text")) == 202
    closed.say("two", "text")
    world.settle()
    assert stranger.notebook.notes[f"{closed.origin}/notes/two"] == "text"


def test_a_stranger_is_told_no_and_asks_in_vain_after_that(world: World, closed: Instance) -> None:
    stranger = world["stranger"]
    stranger.follow(closed.actor)
    world.settle()
    with closed.node.database.writing() as session:
        knocking.answer(session, closed.node, stranger.actor, accept=False)
    world.settle()
    assert state(stranger, stranger.actor, closed.actor) == "rejected"
    stranger.follow(closed.actor)
    world.settle()
    assert state(stranger, stranger.actor, closed.actor) == "rejected"
    assert state(closed, stranger.actor, closed.actor) == "rejected"
    with closed.node.database.writing() as session, pytest.raises(knocking.NobodyAsked):
        knocking.answer(session, closed.node, stranger.host, accept=True)


def test_a_question_is_proven_and_may_be_taken_back(world: World, closed: Instance) -> None:
    stranger, mallory = world["stranger"], world["mallory"]
    forged = {
        "id": f"{stranger.origin}/activities/forged",
        "type": "Follow",
        "actor": stranger.actor,
        "object": closed.actor,
    }
    assert mallory.post(closed, forged) == 403
    stranger.follow(closed.actor)
    world.settle()
    stranger.unfollow(closed.actor)
    world.settle()
    assert state(closed, stranger.actor, closed.actor) is None


def test_who_is_blocked_may_not_even_ask(world: World, closed: Instance) -> None:
    foe = world["foe"]
    judge(closed, foe.host, False)
    foe.follow(closed.actor)
    world.settle()
    assert state(closed, foe.actor, closed.actor) is None
    assert gets(foe) == []


def test_only_so_many_questions_wait(world: World, closed: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knocking, "MOST", 1)
    for name in ("first", "second"):
        world[name].follow(closed.actor)
        world.settle()
    assert state(closed, world["first"].actor, closed.actor) == "pending"
    assert state(closed, world["second"].actor, closed.actor) is None


# ------------------------------------------------------------------- lists

CSV = (
    "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"
    "bad.example,suspend,False,False,spam,False\n"
    "quiet.example,silence,False,False,noise,False\n"
    "*.Worse.Example,suspend,True,True,,False\n"
    "b**.example,suspend,False,False,hidden,True\n"
    "saillans.localhost,suspend,False,False,a joke,False\n"
    "localhost,suspend,False,False,no dot,False\n"
)


def listed(text: str, own: str = "saillans.localhost:8001") -> list[str]:
    return sorted(blocklists.read(text, own).domains)


@pytest.mark.parametrize(
    "text",
    [
        CSV,
        "bad.example\nworse.example\n",
        "domain,comment\nworse.example,x\nbad.example,y\n",
        '["bad.example", "worse.example"]',
        '[{"domain": "bad.example", "severity": "suspend", "comment": "spam"}, {"domain": "worse.example"}]',
        "\ufeff#domain\nbad.example\nworse.example",
    ],
)
def test_lists_of_several_shapes_are_read(text: str) -> None:
    assert listed(text) == ["bad.example", "worse.example"]


def test_what_a_list_may_not_block_is_skipped_and_said() -> None:
    skipped = dict(blocklists.read(CSV, "saillans.localhost:8001").skipped)
    assert set(skipped) == {"quiet.example", "b**.example", "saillans.localhost", "localhost"}
    assert skipped["saillans.localhost"] == "This is our own host."
    assert listed('["town.example"]', "practices.town.example") == []


@pytest.mark.parametrize(
    "text",
    ["<!doctype html><p>Not here", '{"domains": []}', "[1]", '[{"host": "x.example"}]', "[", "[" * 99_999],
)
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(BadDocument):
        blocklists.read(text, "saillans.localhost")


def test_a_list_is_weighed_followed_and_undone(world: World) -> None:
    saillans, foe = world["saillans"], world["foe"]
    foe.follow(saillans.actor)
    world.settle()
    judge(saillans, "bad.example", False)
    node = saillans.node
    found = blocklists.read('["bad.example", "foe.localhost", "saillans.localhost"]', saillans.host)
    with node.database.writing() as session:
        weighed = blocklists.plan(session, node, "a list", found)
        assert (weighed.added, weighed.partners) == (["bad.example", "foe.localhost"], [foe.host])
        assert hosts.verdict(session, node, foe.host)
        blocklists.subscribe(session, node, "a list", found)
        assert not hosts.verdict(session, node, foe.host)
        assert hosts.verdict(session, node, saillans.host)
    assert state(saillans, foe.actor, saillans.actor) is None
    with node.database.writing() as session:
        assert blocklists.give_up(session, "a list") == 2
        assert hosts.verdict(session, node, foe.host)
        assert not hosts.verdict(session, node, "bad.example")
        assert blocklists.give_up(session, "a list") is None


def test_a_list_on_the_web_is_read_anew_and_never_parts_us_from_partners_by_itself(world: World) -> None:
    saillans, keeper, friend = world["saillans"], world["keeper"], world["friend"]
    saillans.node.mode = "allowlist"
    judge(saillans, friend.host, True)
    friend.follow(saillans.actor)
    world.settle()
    judge(saillans, friend.host, None)
    address = f"{keeper.origin}/list.json"
    say: list[Any] = ["bad.example"]
    keeper.documents[address] = say  # type: ignore[assignment]
    node = saillans.node
    found = blocklists.fetch(node, address)  # who keeps a list need not be a peer
    with node.database.writing() as session:
        blocklists.subscribe(session, node, address, found)
    say[:] = ["worse.example", "friend.localhost"]
    assert blocklists.refresh(node, now()) == 1
    assert blocklists.refresh(node, now().replace(year=2020)) == 0
    with node.database.reading() as session:
        assert [(rule.domain, rule.source) for rule in rules.rules(session)] == [("worse.example", address)]
    assert state(saillans, friend.actor, saillans.actor) == "accepted"
    del keeper.documents[address]
    blocklists.refresh(node, now())
    with node.database.reading() as session:
        [kept] = blocklists.subscribed(session)
        assert (kept.domains, bool(kept.error)) == (1, True)
        assert not hosts.verdict(session, node, "worse.example")


def test_the_word_of_the_operator_counts_more_than_that_of_a_list(world: World) -> None:
    saillans = world["saillans"]
    node = saillans.node
    with node.database.writing() as session:
        blocklists.subscribe(session, node, "a list", blocklists.read('["fine.example"]', saillans.host))
        assert not hosts.verdict(session, node, "sub.fine.example")
        hosts.judge(session, "fine.example", True)
        assert hosts.verdict(session, node, "sub.fine.example")


def test_a_signed_request_of_whom_we_do_not_talk_with_is_refused(world: World, closed: Instance) -> None:
    from federation import keys
    from federation.arriving import inbox
    from federation.wire import signatures

    stranger = world["stranger"]
    with stranger.node.database.reading() as session:
        key_id, key = keys.signing_key(session, stranger.actor)
    url = f"{closed.origin}/communities/closed"
    signed = signatures.sign(method="GET", url=url, body=None, key_id=key_id, private_key=key)
    with pytest.raises(Forbidden):
        inbox.verify_fetch(
            closed.node, method="GET", target="/communities/closed", headers={"Host": closed.host} | signed
        )
    assert gets(stranger) == []
    with closed.node.database.reading() as session:
        assert session.get(Follow, 1) is None
        assert outbox.backlog(session) == []
