"""Communities like ours: Gower's distance by hand, what is not known, why, and the three lists."""

import csv
import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from exchange.catalogue.adoption import adopt
from exchange.catalogue.communities import community, likeness, reference
from exchange.catalogue.communities.likeness import lists, reasons
from exchange.catalogue.communities.likeness.attributes import BY_THEME, values
from exchange.catalogue.communities.likeness.table import Table
from exchange.catalogue.practices import publish
from exchange.db import Database
from exchange.messages import Refusal
from exchange.models.community import Community
from exchange.translation import LANGUAGES
from exchange.vocabulary import concepts
from tests.exchange.catalogue.conftest import ORIGIN
from tests.exchange.catalogue.territories import REAL, seeds
from tests.rig import complete

pytestmark = pytest.mark.usefixtures("quick_keys")


def place(session: Session, slug: str, people: int | None, degurba: str | None, **more: Any) -> Community:
    country = more.pop("country", "FR")
    return community.found(
        session, ORIGIN, slug=slug, name=slug.title(), country=country, population=people, degurba=degurba,
        profile=more,
    )  # fmt: skip


def test_the_weights_are_those_of_the_field_and_can_be_moved() -> None:
    assert sum(likeness.WEIGHTS.values()) == pytest.approx(1)
    moved = likeness.weights(None, {"population": 0, "country": 2})
    assert moved["population"] == 0
    assert moved["country"] == pytest.approx(0.08 / (1 - 0.22 + 0.04))
    assert likeness.weights("th-mobility")["density"] > likeness.WEIGHTS["density"]
    assert likeness.read_factors("population:2, country:0") == {"population": 2.0, "country": 0.0}
    assert set(BY_THEME) <= set(concepts.scheme("themes").concepts)


@pytest.mark.parametrize(
    "wrong", ["size:1", "population:11", "population:-1", "population", "population:nan", "population:x"]
)
def test_a_weight_that_is_none_is_refused_in_a_sentence(wrong: str) -> None:
    with pytest.raises(Refusal):
        likeness.weights(None, likeness.read_factors(wrong))
    with pytest.raises(Refusal, match="At least one"):
        likeness.weights(None, dict.fromkeys(likeness.WEIGHTS, 0.0))


def test_the_distance_is_gowers_as_on_paper(session: Session) -> None:
    """1,000 and 10,000 people are one of three decades apart: 1/3. A village and a town: 1/2. Same country: 0.

    All else is unknown, so of .22 + .16 + .04 = .42 known:
    (.22 · 1/3 + .16 · 1/2 + .04 · 0) / .42 = .15333 / .42 = .36508
    """
    a, b = place(session, "a", 1000, "dg-3"), place(session, "b", 10_000, "dg-2")
    (one,) = lists.like_us(session, a, likeness.WEIGHTS)
    assert one.community is not None
    assert one.community.uri == b.uri
    assert one.likeness.distance == pytest.approx(0.36508, abs=1e-5)
    assert one.likeness.certainty == pytest.approx(0.42)
    # put in order, the unknown 58 % count as ordinary: .42 · .36508 + .58 · .35
    assert likeness.distances(session, a) == pytest.approx({a.uri: 0, b.uri: 0.15333 + 0.203}, abs=1e-4)


def test_what_is_not_known_excludes_nobody_and_nobody_is_near_by_ignorance(session: Session) -> None:
    here = place(session, "here", 1000, "dg-3", coastal=False)
    place(session, "twin", 1100, "dg-3", coastal=False)
    place(session, "unknown", None, None)
    place(session, "city", 900_000, "dg-1", coastal=True)
    found = [p.community.slug for p in lists.like_us(session, here, likeness.WEIGHTS) if p.community]
    assert found == ["twin", "unknown", "city"]


def test_a_new_or_changed_community_is_compared_at_once(session: Session) -> None:
    here = place(session, "here", 1000, "dg-3")
    assert likeness.distances(session, here) == {here.uri: 0.0}
    other = place(session, "other", 1000, "dg-3")
    near = likeness.distances(session, here)[other.uri]
    community.change_profile(session, other, population=100_000, degurba="dg-1")
    assert likeness.distances(session, here)[other.uri] > near


def test_reasons_are_the_two_nearest_and_the_two_farthest_in_every_language(session: Session) -> None:
    here = place(session, "here", 1000, "dg-3", areaKm2=10.0, coastal=False, topography=["tp-hills"])
    place(session, "there", 1010, "dg-3", areaKm2=1000.0, coastal=True, topography=["tp-plain"], country="IT")
    (one,) = lists.like_us(session, here, likeness.WEIGHTS)
    assert [r.attribute for r in one.likeness.near] == ["population", "degurba"]
    assert [r.attribute for r in one.likeness.far] == ["terrain", "density"]
    english = [reasons.sentence(r, "en") for r in (*one.likeness.near, *one.likeness.far)]
    assert english == [
        "Number of inhabitants: 1,010, here 1,000",
        "Degree of urbanisation: Rural area (thinly populated), as here",
        "Landscape and coast: Plain, on the coast, here Hills, not on the coast",
        "Density: 1 per km², here 100 per km²",
    ]
    for language in set(LANGUAGES) - {"en"}:
        told = [reasons.sentence(r, language) for r in (*one.likeness.near, *one.likeness.far)]
        assert not set(told) & set(english), language


def test_a_bridge_leads_to_the_same_theme_in_another_kind_of_place(session: Session) -> None:
    here = place(session, "here", 1000, "dg-3", seeks=[{"theme": "th-energy"}])
    city, village = place(session, "city", 900_000, "dg-1"), place(session, "village", 900, "dg-3")
    for owner, themes in ((city, ["th-energy"]), (city, ["th-food"]), (village, ["th-energy"])):
        publish.publish(session, owner, complete({"language": "en", "theme": themes}))
    (found,) = lists.bridges(session, here, likeness.WEIGHTS)
    assert (found.owner.slug, found.themes) == ("city", ("th-energy",))
    assert [f.owner.slug for f in lists.bridges(session, here, likeness.WEIGHTS, themes=["th-food"])] == [
        "city"
    ]


def test_what_somebody_like_us_took_up_is_shown_until_we_do(session: Session) -> None:
    here, twin = place(session, "here", 1000, "dg-3"), place(session, "twin", 1100, "dg-3")
    city = place(session, "city", 900_000, "dg-1")
    practice = publish.publish(session, city, complete({"language": "en"}))
    assert lists.adopted_by_alike(session, here, likeness.WEIGHTS) == []
    adopt.adopt(session, practice, twin, stage="ad-assessing")
    (found,) = lists.adopted_by_alike(session, here, likeness.WEIGHTS)
    assert (found.practice.id, found.adopter and found.adopter.slug) == (practice.id, "twin")
    assert lists.told(found, "fr")["name"] == "Twin"
    adopt.adopt(session, practice, here, stage="ad-assessing")
    assert lists.adopted_by_alike(session, here, likeness.WEIGHTS) == []


def test_ten_thousand_are_compared_in_less_than_fifty_milliseconds() -> None:
    rows = []
    for n in range(10_000):
        people, area = 50 + n * n % 900_001, 1 + n % 4001
        degurba = "dg-1" if people > 50_000 else "dg-2" if people / area > 300 else "dg-3"
        columns = {"population": people, "degurba": degurba, "country": ("FR", "DE", "IT", "EL")[n % 4]}
        profile = {"areaKm2": area, "coastal": n % 5 == 0, "topography": [("tp-plain", "tp-hills")[n % 2]]}
        rows.append((n, "", values(columns, profile)))
    table = Table(rows)
    own = table.row(4711)
    took = []
    for _ in range(5):
        before = time.process_time()
        ranks = table.ranks(own, likeness.WEIGHTS)
        took.append(time.process_time() - before)
    assert min(range(10_000), key=ranks.__getitem__) == 4711
    assert min(took) < 0.05


def of_their_sizes(path: Path) -> Iterator[str]:
    """The real table, without the places that have far more or fewer inhabitants than the three of the test."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield next(lines)
        for line in lines:
            people = next(csv.reader([line]))[5]
            if people and (
                40 < int(people) < 160 or 900 < int(people) < 1700 or 80_000 < int(people) < 200_000
            ):
                yield line


@pytest.mark.skipif(REAL is None, reason="Eurostat's table is not on this machine")
def test_places_like_ours_in_the_real_table_are_ones_that_people_would_name(
    database: Database, tmp_path: Path
) -> None:
    assert REAL is not None
    path = tmp_path / "lau.csv"
    path.write_text("".join(of_their_sizes(REAL)), encoding="utf-8")
    assert reference.import_reference(database, path).new > 10_000
    with database.writing() as session:
        found = {}
        for slug in ("saillans", "ulm", "ostana"):
            told = seeds()[slug]
            one = community.found(
                session, ORIGIN, slug=slug, name=told["name"], country=told["country"],
                population=told["population"]["value"], degurba=told["degurba"],
                profile={"lau": told["lau"], "lauYear": 2019, "coastal": told["coastal"],
                         "topography": told["topography"], "nuts3": told["nuts3"]},
            )  # fmt: skip
            found[slug] = lists.like_us_anywhere(session, one, likeness.WEIGHTS)
    ulm = {p.unit.name.partition(",")[0] for p in found["ulm"] if p.unit}
    assert {"Heilbronn", "Pforzheim", "Koblenz", "Ingolstadt", "Reutlingen"} <= ulm
    for slug, people in (("saillans", (1000, 1600)), ("ostana", (60, 120))):
        assert len(found[slug]) == 10
        for one in found[slug]:
            assert one.unit is not None
            assert people[0] <= (one.unit.population or 0) <= people[1]
            assert (one.unit.degurba, one.unit.fua_role, one.unit.coastal) == ("dg-3", "outside", False)
    assert len({p.unit.country for p in found["saillans"] if p.unit}) >= 5
    assert sum((p.unit.nuts3 or "").startswith("ITC1") for p in found["ostana"] if p.unit) >= 4
