"""What goes between countryside, towns and cities: the program's figures are those worked out on paper."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from exchange.catalogue.clusters import cluster
from exchange.catalogue.communities import reference
from exchange.catalogue.files.imports import import_file
from exchange.catalogue.measures import bridging
from exchange.catalogue.measures.bridging import Exchange
from exchange.catalogue.measures.bridging.edges import Edge, End
from exchange.catalogue.measures.bridging.measures import exchange
from exchange.db import Database
from exchange.models.base import now
from exchange.models.community import Community
from federation import actor
from tests.exchange.catalogue.territories import table
from tests.exchange.catalogue.test_imports import ORIGIN, SEEDS, one_key, quick_keys  # noqa: F401

pytestmark = pytest.mark.usefixtures("quick_keys")


@pytest.fixture
def seeds(database: Database, tmp_path: Path) -> Database:
    """An instance with all seeds, and a table of local units in which five adopters are found by name."""
    (tmp_path / "lau.csv").write_text(table(adopters=True), encoding="utf-8")
    reference.import_reference(database, tmp_path / "lau.csv")
    with database.writing() as session:
        actor.create(session, ORIGIN, "Application", "instance")
    assert not import_file(database, ORIGIN, SEEDS).refused
    return database


def check_who_is_heard(found: bridging.Bridging) -> None:
    """34 practices: 17 of rural places, 7 of towns, 10 of cities; rural 17/34 = .5 (Europe: 78 % of units).

    14 are of places under 5,000; of those only Werfenweng's was taken up, once; 22 adoptions go that way round
    (24 less the two inverse ones), so 1/22 of them is of a small place.
    """
    assert found.representation.by_kind == {"rural": 17, "town": 7, "city": 10}
    assert found.representation.rural_share == 0.5
    reach = found.reach
    assert (reach.practices, reach.taken_up, reach.adoptions) == (14, 1, 1)
    assert reach.share_of_adoptions == pytest.approx(1 / 22)


def check_a_cluster_sees_what_its_members_have_part_in(seeds: Database) -> None:
    with seeds.writing() as session:
        made = cluster.found(session, ORIGIN, slug="circle", name="Circle")
        helsinki = session.exec(select(Community).where(Community.slug == "helsinki")).one()
        cluster.admit(session, made, helsinki.uri)
        found = bridging.bridging(session, cluster=made)
    assert (found.exchanges["adoptions"].placed, found.representation.practices) == (1, 1)


def test_the_figures_of_the_seeds_are_those_worked_out_by_hand(seeds: Database) -> None:
    """Of the 24 adoptions of the seeds, six have two ends whose kind of place is known:

        Mouans-Sartoux (town, 10,000)  → Liège (city, 197,355)      larger/smaller 19.7355
                                       → Gavà (city, 46,705)                        4.6705
                                       → Wrocław (city, 640,648)                   64.0648
        Bad Belzig (rural, 15,439)     → Detmold (town, 74,388)                     4.8182
                                       → Michendorf (rural, 13,000)                 1.1876
        Barcelona (city, 1,636,762)    → Helsinki (city, 648,042)                   2.5257

    Given by: rural 2, town 3, city 1. Taken by: rural 1, town 1, city 4. n = 6.
    Across: 3 + 1 = 4 of 6 = .6667. Within: 2.            E-I = (4 − 2) / 6 = .3333
    Chance within: (2·1 + 3·1 + 1·4) / 36 = 9/36 = .25, so chance across = .75.
    town → city:  3/6 = .5     against 3·4/36 = .3333  → 1.5 times
    rural → town: 1/6 = .1667  against 2·1/36 = .0556  → 3 times
    rural → city: 0            against 2·4/36 = .2222  → 0
    city → city:  1/6          against 1·4/36 = .1111  → 1.5 times
    Median of 1.1876, 2.5257, 4.6705, 4.8182, 19.7355, 64.0648 = (4.6705 + 4.8182) / 2 = 4.7443.
    The taker is the larger in four of six (not Michendorf, not Helsinki).
    """
    with seeds.reading() as session:
        found = bridging.bridging(session)
    told = found.exchanges["adoptions"]
    assert (told.placed, told.unplaced) == (6, 18)
    assert told.cross_share == pytest.approx(4 / 6)
    assert told.cross_chance == pytest.approx(0.75)
    assert told.ei == pytest.approx(1 / 3)
    flows = {(f.origin, f.taker): (f.n, round(f.chance, 4), f.ratio) for f in told.flows if f.n or f.chance}
    assert flows["town", "city"] == (3, 0.3333, pytest.approx(1.5))
    assert flows["rural", "town"] == (1, 0.0556, pytest.approx(3))
    assert flows["rural", "city"] == (0, 0.2222, 0)
    assert flows["city", "city"] == (1, 0.1111, pytest.approx(1.5))
    assert told.size_ratio == pytest.approx(4.7443, abs=1e-4)
    assert told.upward == pytest.approx(4 / 6)
    # Helsinki since 2018; Liège, Gavà and Wrocław since 2021; those without a year when they were recorded.
    assert {period: one.placed for period, one in found.over_time.items()} == {
        "2018": 1, "2020": 0, "2021": 3, str(now().year): 2,
    }  # fmt: skip
    check_who_is_heard(found)
    check_a_cluster_sees_what_its_members_have_part_in(seeds)


def test_nothing_exchanged_is_no_error_and_no_share(database: Database) -> None:
    with database.reading() as session:
        found = bridging.bridging(session)
    assert found.exchanges["follows"] == Exchange(0, 0)
    assert found.representation.rural_share is None


@pytest.mark.parametrize(
    ("year", "by", "period"),
    [(2018, "quarter", "2018"), (None, "quarter", "2026-Q4"), (None, "year", "2026")],
)
def test_a_period_is_as_fine_as_what_is_known(year: int | None, by: str, period: str) -> None:
    at = now().replace(year=2026, month=11, day=1)
    assert Edge(End(), End(), at, year).period(by) == period


def test_everybody_keeping_to_their_own_kind_is_minus_one() -> None:
    edge: Callable[[str, str], Edge] = lambda a, b: Edge(End("a", a), End("b", b), now())  # noqa: E731
    told = exchange([edge("rural", "rural"), edge("city", "city")])
    assert (told.ei, told.cross_share, told.cross_chance) == (-1, 0, 0.5)
    assert told.flow("rural", "city").ratio == 0
    assert told.flow("town", "city").ratio is None
    assert (told.size_ratio, told.upward) == (None, None)
