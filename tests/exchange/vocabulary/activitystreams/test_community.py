"""A community tells its profile in its actor document; any other actor is at least a name."""

import json
from typing import Any

import pytest

from exchange.messages import Refusal
from exchange.vocabulary import profile
from exchange.vocabulary.activitystreams import community_of, community_profile
from tests.exchange.vocabulary import samples


def document(**columns: Any) -> dict[str, Any]:
    us = samples.community(**columns)
    told = {**community_profile(us), "id": us.uri, "type": "Organization", "preferredUsername": us.slug}
    doc: dict[str, Any] = json.loads(json.dumps(told))
    return doc


@pytest.mark.parametrize("seed", samples.SEEDS["communities"], ids=lambda seed: seed["id"])
def test_each_community_of_the_seeds_comes_back_as_it_was(seed: dict[str, Any]) -> None:
    columns = profile.from_file(seed).columns()
    columns.pop("url")
    read = community_of(document(**columns))
    assert {k: read[k] for k in columns} == columns
    assert read["population_class"] == seed["population_class"]


def test_who_it_is_comes_from_the_actor() -> None:
    read = community_of(document())
    assert (read["uri"], read["slug"], read["instance"], read["local"]) == (
        f"{samples.ORIGIN}/communities/saillans",
        "saillans",
        samples.ORIGIN,
        False,
    )


def test_an_actor_of_other_software_becomes_a_community_with_a_name() -> None:
    read = community_of(
        {"id": "https://social.example/users/anna", "type": "Person", "preferredUsername": "anna",
         "name": "Anna\x00 <b>", "url": "https://social.example/@anna"}
    )  # fmt: skip
    assert read["name"] == {"und": "Anna <b>"}
    assert read["url"] == "https://social.example/@anna"
    assert "population" not in read


def test_an_actor_without_any_name_is_called_by_its_address() -> None:
    read = community_of({"id": "https://social.example/u/x%20y/", "name": 7, "url": "javascript:1"})
    assert (read["slug"], read["name"], read["url"]) == ("x20y", {"und": "x20y"}, None)


def test_what_people_see_of_a_community_is_escaped() -> None:
    told = community_profile(samples.community(country="<script>"))
    assert "<script>" not in json.dumps([told["summary"], told["attachment"]])


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"population": -5}, "community.population"),
        ({"population": "many"}, "community.population"),
        ({"population": 3_000_000_000}, "community.population"),
        ({"lat": "200"}, "community.lat"),
        ({"lon": None, "lat": 5}, "community"),
        ({"country": "France"}, "community.country"),
        ({"lau": "26289"}, "community.lau"),
        ({"name": ""}, "community"),
        ({"id": "https://other.example/c#community"}, "community.id"),
        ({"type": "Village"}, "community"),
    ],
)
def test_nonsense_in_a_profile_is_refused_at_its_field(change: dict[str, Any], path: str) -> None:
    doc = document()
    doc["community"] |= change
    with pytest.raises(Refusal) as caught:
        community_of(doc)
    assert path in [p.path for p in caught.value.problems]


def test_a_name_in_several_languages_is_read_in_all_of_them() -> None:
    actor = {"id": f"{samples.ORIGIN}/clusters/rural", "type": "Group", "name": "Rural innovation"}
    told = {
        "en": "Rural innovation",
        "fr": "Innovation rurale",
        "": "Nobody's",
        "x y": "no tag",
        "de": 7,
        "it": " ",
    }
    assert community_of(actor | {"nameMap": told})["name"] == {
        "en": "Rural innovation",
        "fr": "Innovation rurale",
    }
    for nonsense in ({}, [], "Nom", {"de": ""}, None):
        assert community_of(actor | {"nameMap": nonsense})["name"] == {"und": "Rural innovation"}
