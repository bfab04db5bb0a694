"""Whoever acts for one community reaches nothing of another's, by whatever route; a new route has to say whose it is."""

import re
from typing import Any

import pytest
from sqlmodel import select
from werkzeug.routing import Rule

from exchange import schema
from exchange.catalogue.people import officers
from exchange.models.base import ExchangeTable
from tests.exchange.web.hamlets import OTHER, OWNER, community
from tests.exchange.web.world import Visitor, logged_in
from tests.rig import House

# The routes of the desk that are about one thing of one community → what kind of thing.
OWNED = {
    "officer.draft": "drafts",
    "officer.save": "drafts",
    "officer.check": "drafts",
    "officer.preview": "drafts",
    "officer.publish": "drafts",
    "officer.ask_to_discard": "drafts",
    "officer.discard": "drafts",
    "officer.translate_draft": "drafts",
    "officer.keep_translation": "drafts",
    "officer.translate": "practices",
    "officer.send_translation": "practices",
    "officer.put_in_order": "files",
    "officer.settle_order": "files",
    "officer.ask_for_answer": "adoptions",
    "officer.answer": "adoptions",
    "officer.heed": "own adoption",
    "officer.ask_to_take_adoption_back": "own adoption",
    "officer.take_adoption_back": "own adoption",
    "officer.answer_comment": "comments",
    "officer.settle_correction": "corrections",
    "officer.settle_question": "questions",
    "officer.one_search": "searches",
    "officer.change_search": "searches",
    "officer.delete_search": "searches",
    "officer.restore_search": "searches",
    "officer.look_at_search": "searches",
    "officer.take_voice_back": "voice",
    "officer.take_contribution_back": "contributions",
    "officer.ask_to_revise": "practices",
    "officer.revise": "practices",
    "officer.still_so": "practices",
    "officer.ask_to_withdraw": "practices",
    "officer.withdraw": "practices",
    "officer.answer_review": "reviews",
    "officer.send_answer": "reviews",
    "api.revise": "practices",
    "api.withdraw": "practices",
    "api.confirm": "adoptions",
    "api.withdraw_adoption": "own adoption",
    "api.take_back": "contributions",
}
# Those that are about something that anybody may speak about, as their own community.
OPEN = {
    *("officer.rate", "officer.send_review", "officer.adopt", "officer.send_adoption"),
    *(
        "officer.add_contribution",
        "officer.support",
        "officer.take_part",
        "officer.welcome",
        "officer.accept",
    ),
    *("api.support", "api.participation"),
}
GOVERNED = "admin"
LEFT_OUT = {
    "officer.logout",
    "api.withdraw_review",
}  # of one's own log-in; a review here is the visitor's own
FORM = {"answer": "yes", "title": "Mine now", "reason": "Because", "name": "Mine", "go": "do", "text": ""}
MOVING = {"officer.last_seen_at", "api_token.last_used_at", "cluster_call.modified_at"}  # by whoever may
UNSAFE = ("POST", "PUT", "DELETE")


def routes(house: House) -> list[tuple[Rule, str]]:
    """Every route that a person or a program may try, with each of its methods."""
    return [
        (rule, method)
        for rule in sorted(house.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint.partition(".")[0] in ("public", "officer", "admin", "api")
        if rule.endpoint not in LEFT_OUT | {"api.unknown"}
    ]


def path_of(rule: Rule, keys: dict[str, str]) -> str:
    """The address of a route, filled in with what is hillfoot's."""
    kind = OWNED.get(rule.endpoint) or rule.rule.strip("/").removeprefix("api/v1/").partition("/")[0]
    fillers = {
        **dict.fromkeys(("key", "ref"), keys.get(kind, OWNER)),
        **{"slug": keys["clusters"], "number": "1", "kind": "consultation", "ending": "json"},
    }
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda found: fillers.get(found[1], "nothing"), rule.rule)


def everything(house: House) -> dict[tuple[str, Any], Any]:
    """Every row of every table of the exchange, but for who is logged in and when they came."""
    found = {}
    with house.instance.database.reading() as session:
        for table in ExchangeTable.metadata.sorted_tables:
            if table.name in ("login_session", "idempotency"):
                continue
            names = [c for c in table.columns if f"{table.name}.{c.name}" not in MOVING]
            for row in session.connection().execute(select(*names)):
                found[table.name, tuple(row[names.index(c)] for c in table.primary_key)] = tuple(row)
    return found


def test_every_route_of_the_desk_says_whose_it_is(hamlets: Any) -> None:
    house, keys = hamlets
    unsaid = {
        rule.endpoint
        for rule, method in routes(house)
        if rule.arguments and rule.endpoint not in {**OWNED, **dict.fromkeys(OPEN)}
        if rule.endpoint.startswith("officer.")
        or (rule.endpoint.startswith("api.") and method in ("PUT", "DELETE"))
    }
    assert unsaid == set(), "say in OWNED what these are about, or in OPEN that anybody may"
    assert set(OWNED.values()) <= set(keys)
    assert schema.METADATA[0] is ExchangeTable.metadata


@pytest.mark.parametrize("role", ["officer", "coordinator"])
def test_an_officer_of_another_community_changes_and_sees_nothing_here(hamlets: Any, role: str) -> None:
    house, keys = hamlets
    with house.instance.database.writing() as session:
        token = officers.issue_token(session, community(house, OTHER), "write")
    stranger = logged_in(house, OTHER, role)
    before = everything(house)
    for rule, method in routes(house):
        owned, governed = rule.endpoint in OWNED, rule.endpoint.startswith(GOVERNED + ".")
        if not owned and (role != "officer" or not (governed or method in UNSAFE)):
            continue
        path = path_of(rule, keys)
        sent: dict[str, Any] = {"data": FORM}
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        if rule.endpoint.startswith("api."):
            sent = {"json": {"confirmed": True} if rule.endpoint == "api.confirm" else {"title": "Mine now"}}
            headers = {"Authorization": f"Bearer {token}"}
        if method not in UNSAFE:
            sent = {}
        answer = stranger.client.open(path, method=method, headers=headers, base_url=house.origin, **sent)
        assert answer.status_code < 500, (method, path, answer.text[-500:])
        if owned or governed:
            assert answer.status_code in (403, 404), (method, path, answer.status_code)
            assert "Begun" not in answer.text, path
    after = everything(house)
    changed = {at: (row, after.get(at)) for at, row in before.items() if after.get(at) != row}
    assert changed == {}


def test_who_is_not_logged_in_changes_nothing_and_gets_no_cookie(hamlets: Any) -> None:
    house, keys = hamlets
    before = everything(house)
    nobody = Visitor(house)
    for rule, method in routes(house):
        path = path_of(rule, keys)
        answer = (nobody.get if method == "GET" else nobody.post)(path, **{})
        assert answer.status_code < 500, (method, path)
        if rule.endpoint.partition(".")[0] in ("officer", "admin") and rule.endpoint not in OPEN:
            assert answer.status_code != 200 or path.startswith("/login"), (method, path)
        if rule.endpoint != "public.language":
            assert "Set-Cookie" not in answer.headers, (method, path)
    assert everything(house) == before
