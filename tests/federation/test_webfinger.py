"""Handles lead to actors and actors back to their handles, or neither is believed."""

from collections.abc import Iterator

import pytest

from exchange.db import Database
from federation.actor import create
from federation.errors import FetchError
from federation.others import nodeinfo, webfinger
from federation.wire.activity import ACTIVITY_JSON
from tests.federation import foreign
from tests.federation.foreign import Foreign

ORIGIN = "https://here.example"


@pytest.fixture
def there() -> Iterator[Foreign]:
    with foreign.instance() as other:
        yield other


@pytest.mark.parametrize(
    "resource",
    [
        "acct:ulm@here.example",
        "acct:@ulm@here.example",
        "acct:ULM@HERE.example",
        "acct:ulm@here.example:443",
        "ulm@here.example",
        "https://here.example/communities/ulm",
    ],
)
def test_our_actors_are_found_in_every_spelling(database: Database, resource: str) -> None:
    with database.writing() as session:
        create(session, ORIGIN, "Organization", "ulm")
        jrd = webfinger.answer(session, ORIGIN, resource)
    assert jrd is not None
    assert jrd["subject"] == "acct:ulm@here.example"
    links = {link["rel"]: link for link in jrd["links"]}
    assert links["self"] == {
        "rel": "self",
        "type": ACTIVITY_JSON,
        "href": "https://here.example/communities/ulm",
    }


@pytest.mark.parametrize(
    "resource",
    [
        "",
        "acct:",
        "ulm",
        "acct:ulm@elsewhere.example",
        "acct:ulm@here.example.evil.example",
        "acct:nobody@here.example",
        "acct:ulm@here.example@here.example",
        "https://here.example/communities/nobody",
        "http://here.example/communities/ulm",
        "https://elsewhere.example/communities/ulm",
        "mailto:ulm@here.example\x00",
        "acct:%75lm@here.example",
        "acct:ulm' OR '1'='1@here.example",
    ],
)
def test_nobody_else_is_found(database: Database, resource: str) -> None:
    with database.writing() as session:
        create(session, ORIGIN, "Organization", "ulm")
        assert webfinger.answer(session, ORIGIN, resource) is None


def test_our_origin_leads_to_the_actor_of_the_instance(database: Database) -> None:
    with database.writing() as session:
        assert webfinger.answer(session, ORIGIN, f"{ORIGIN}/") is None
        create(session, ORIGIN, "Application", "instance")
        for resource in (ORIGIN, f"{ORIGIN}/"):
            jrd = webfinger.answer(session, ORIGIN, resource)
            assert jrd is not None
            (link,) = jrd["links"]
            assert (link["rel"], link["href"]) == (webfinger.SERVICE, "https://here.example/actor")


@pytest.mark.parametrize(
    "text", ["@mayor@{host}", "mayor@{host}", "acct:mayor@{host}", " mayor@{upper} ", "{origin}/mayor"]
)
def test_a_handle_or_an_address_leads_to_its_actor(there: Foreign, text: str) -> None:
    there.actor()
    asked = text.format(host=there.host, upper=there.host.upper(), origin=there.origin)
    assert webfinger.resolve(foreign.client(), asked) == f"{there.origin}/mayor"


def test_a_domain_leads_to_the_actor_of_its_instance(there: Foreign) -> None:
    actor = there.actor("actor", type="Application")
    path = f"/.well-known/webfinger?resource=http%3A%2F%2Fthere.localhost%3A{there.port}%2F"
    link = {"rel": webfinger.SERVICE, "type": ACTIVITY_JSON, "href": actor["id"]}
    there.serve(path, {"subject": there.origin, "links": [link]}, kind=webfinger.JRD)
    for text in (there.host, there.origin, f"{there.origin}/"):
        assert webfinger.resolve(foreign.client(), text) == actor["id"]
    del there.routes[path]
    there.serve("/.well-known/nodeinfo", nodeinfo.links(there.origin), kind="application/json")
    assert webfinger.resolve(foreign.client(), there.host) == actor["id"]


def test_a_handle_whose_actor_leads_to_another_handle_is_refused(there: Foreign) -> None:
    there.actor("mayor", preferredUsername="somebody")
    with pytest.raises(FetchError, match="do not lead to each other"):
        webfinger.resolve(foreign.client(), f"mayor@{there.host}")


def test_a_handle_cannot_borrow_an_actor_of_another_host(there: Foreign) -> None:
    with foreign.instance() as second:
        victim = second.actor("victim")
        there.finger("victim", victim["id"])
        with pytest.raises(FetchError, match="do not lead to each other"):
            webfinger.resolve(foreign.client(), f"victim@{there.host}")


def test_a_short_domain_may_stand_for_an_actor_elsewhere_if_both_say_so(there: Foreign) -> None:
    with foreign.instance() as second:
        actor = second.actor("mayor")
        subject = f"acct:mayor@{there.host}"
        second.finger("mayor", actor["id"], subject=subject)
        there.finger("mayor", actor["id"], subject=subject)
        assert webfinger.resolve(foreign.client(), f"mayor@{there.host}") == actor["id"]
        assert webfinger.handle_of(foreign.client(), actor) == f"mayor@{there.host}"
        there.finger("mayor", f"{there.origin}/mayor", subject=subject)
        assert webfinger.handle_of(foreign.client(), actor) is None


@pytest.mark.parametrize(
    "jrd",
    [
        {},
        {"links": "text"},
        {"links": [None, 5, {}]},
        {"links": [{"rel": "self", "type": "text/html", "href": "http://there.localhost/x"}]},
        {"links": [{"rel": "self", "type": ACTIVITY_JSON, "href": 5}]},
        {"links": [{"rel": "self", "type": ACTIVITY_JSON, "href": "javascript:alert(1)"}]},
        {"links": [{"rel": "self", "type": ACTIVITY_JSON, "href": "http://10.0.0.1/actor"}]},
    ],
)
def test_a_strange_answer_is_a_clear_error(there: Foreign, jrd: object) -> None:
    there.actor()
    path = next(path for path in there.routes if "webfinger" in path)
    there.serve(path, jrd, kind=webfinger.JRD)
    with pytest.raises(FetchError) as caught:
        webfinger.resolve(foreign.client(), f"mayor@{there.host}")
    assert caught.value.reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "mayor",
        "a b",
        "mayor@",
        "@@x",
        "ftp://x.example/",
        "mayor@exa mple.org",
        "https://u@x.example/",
    ],
)
def test_what_is_neither_handle_nor_address_is_a_clear_error(text: str) -> None:
    with pytest.raises(FetchError) as caught:
        webfinger.resolve(foreign.client(), text)
    assert caught.value.reason.endswith(".")


def test_a_look_alike_domain_shows_its_true_letters() -> None:
    assert webfinger._canonical(foreign.client(), "xn--80ak6aa92e.example") == "xn--80ak6aa92e.example"
    assert webfinger._canonical(foreign.client(), "\u0430\u0440\u0440\u04cf\u0435.example").startswith("xn--")
