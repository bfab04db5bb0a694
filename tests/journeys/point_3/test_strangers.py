"""What a stranger may do who has become known by one word about a practice of ours: no more than before."""

from typing import Any

import pytest

from exchange.arrivals import newcomers
from exchange.messages import Refusal
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.models.review import Review
from federation.ledger import arrivals, rules
from tests.journeys.point_3.said import all_of, article, held, newer, ours
from tests.outsider import Outsider
from tests.rig import House, Rig


def review(fedi: Outsider, house: House, by: str, value: int = 4, key: str = "r") -> dict[str, Any]:
    inner = {
        "type": "Review",
        "itemReviewed": ours(house).uri,
        "relation": "rr-peer",
        "reviewRating": [{"type": "Rating", "reviewAspect": "rc-effectiveness", "ratingValue": value}],
    }
    return fedi.note(key, by, ours(house).uri, "<p>Good.</p>") | {"review": inner}


def adoption(fedi: Outsider, house: House, by: str, key: str, day: int) -> dict[str, Any]:
    inner = {"type": "Adoption", "adopts": ours(house).uri, "stage": "ad-decided", "adopter": by}
    note = fedi.note(key, by, ours(house).uri, "<p>We too.</p>", published=f"2026-01-0{day}T10:00:00Z")
    return note | {"adoption": inner}


def test_who_is_known_by_a_review_does_not_fill_the_catalogue(
    rig: Rig, house: House, elsewhere: Outsider
) -> None:
    stranger = elsewhere.town("stranger")
    told = review(elsewhere, house, stranger)
    elsewhere.say(house, stranger, "Create", told)
    rig.settle()
    assert [one.ratings for one in all_of(house, Review)] == [{"rc-effectiveness": 4}]
    thing = article(elsewhere, house, stranger)
    for kind in ("Create", "Update", "Announce"):
        elsewhere.say(house, stranger, kind, thing if kind != "Announce" else thing["id"])
        rig.settle()
    elsewhere.say(house, stranger, "Update", newer(thing, "Another bridge"))
    rig.settle()
    assert [one.local for one in all_of(house, Practice)] == [True]
    changed = review(elsewhere, house, stranger, 5) | {"updated": "2026-02-01T10:00:00Z"}
    elsewhere.say(house, stranger, "Update", changed)
    rig.settle()
    assert [one.ratings for one in all_of(house, Review)] == [{"rc-effectiveness": 5}]


def test_many_actors_of_one_host_do_not_judge_a_practice_up_or_down(
    rig: Rig, house: House, elsewhere: Outsider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newcomers, "A_DAY", 3)
    crowd = [elsewhere.town(f"puppet-{n}") for n in range(5)]
    for n, puppet in enumerate(crowd):
        elsewhere.say(house, puppet, "Create", review(elsewhere, house, puppet, 3, key=f"r{n}"))
        elsewhere.say(house, puppet, "Create", adoption(elsewhere, house, puppet, f"a{n}", 1))
    rig.settle()
    assert (len(all_of(house, Review)), len(all_of(house, Adoption))) == (3, 3)
    refused = [a.error for a in all_of(house, arrivals.Arrival) if a.state == "refused"]
    assert len(refused) == 4
    assert all("new communities" in why for why in refused)
    # Each is judged when its own documents have come, so which three came first is not settled beforehand.
    taken = {one.uri for one in all_of(house, Review)}
    known = next(n for n in range(5) if f"{elsewhere.origin}/notes/r{n}" in taken)
    unknown = next(n for n in range(5) if f"{elsewhere.origin}/notes/r{n}" not in taken)
    changed = review(elsewhere, house, crowd[known], 5, key=f"r{known}") | {"updated": "2026-02-01T10:00:00Z"}
    elsewhere.say(house, crowd[known], "Update", changed)
    rig.settle()
    assert {"rc-effectiveness": 5} in [one.ratings for one in all_of(house, Review)], "who is known goes on"
    with house.instance.database.writing() as session:
        rules.judge(session, elsewhere.host, True)
    elsewhere.say(house, crowd[unknown], "Create", review(elsewhere, house, crowd[unknown], key="again"))
    rig.settle()
    assert len(all_of(house, Review)) == 4, "whom the operator allows is no stranger"


def test_a_community_has_one_adoption_of_a_practice_under_whatever_addresses(
    rig: Rig, house: House, elsewhere: Outsider
) -> None:
    stranger, other = elsewhere.town("stranger"), elsewhere.town("other")
    for key, day in (("a", 2), ("b", 3), ("c", 1), ("b", 3)):
        elsewhere.say(house, stranger, "Create", adoption(elsewhere, house, stranger, key, day))
    elsewhere.say(house, other, "Create", adoption(elsewhere, house, other, "d", 1))
    rig.settle()
    assert sorted(one.uri.rpartition("/")[2] for one in all_of(house, Adoption)) == ["b", "d"]


@pytest.mark.parametrize("kind", ["Person", "Service", "Group"])
def test_only_an_organisation_judges_and_adopts(
    kind: str, rig: Rig, house: House, elsewhere: Outsider
) -> None:
    somebody = elsewhere.town("somebody", type=kind)
    elsewhere.say(house, somebody, "Create", review(elsewhere, house, somebody))
    elsewhere.say(house, somebody, "Create", adoption(elsewhere, house, somebody, "a", 1))
    rig.settle()
    assert [*all_of(house, Review), *all_of(house, Adoption)] == []


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("a.b.villages.example", "villages.example"),
        ("villages.example", "villages.example"),
        ("mairie.arvieu.gouv.fr", "arvieu.gouv.fr"),
        ("x.y.town.co.uk", "town.co.uk"),
        ("a.abc.de", "abc.de"),
        ("there.localhost:8443", "there.localhost:8443"),
        ("localhost", "localhost"),
        ("203.0.113.7", "203.0.113.7"),
    ],
)
def test_with_subdomains_alone_nobody_becomes_many(host: str, domain: str) -> None:
    assert newcomers.registrable(host) == domain


def test_hosts_of_one_domain_share_a_day(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newcomers, "A_DAY", 3)
    with house.instance.database.writing() as session:
        for n in range(3):
            origin = f"https://y{n}.wider.example"
            session.add(
                Community(
                    uri=f"{origin}/a", slug="a", local=False, instance=origin, name={"en": "A"}, country="FR"
                )
            )
    with house.instance.database.reading() as session:
        for host in ("y0.wider.example", "y9.wider.example", "wider.example", "a.b.wider.example"):
            with pytest.raises(Refusal):
                newcomers.check(session, f"https://{host}/b")
        for host in ("narrower.example", "notwider.example", "wider.example.org"):
            newcomers.check(session, f"https://{host}/b")


def test_a_date_at_the_end_of_all_days_is_refused_and_holds_nothing_up(
    rig: Rig, house: House, fedi: Outsider, town: str
) -> None:
    thing = article(fedi, house, town)
    for field in ("updated", "published"):
        for date in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"):
            fedi.say(house, town, "Create", {**thing, field: date})
    rig.settle()
    assert {a.state for a in all_of(house, arrivals.Arrival) if a.kind == "Create"} == {"refused"}
    fedi.say(house, town, "Update", thing)
    rig.settle()
    assert held(house, thing["id"]).title == "A bridge"
