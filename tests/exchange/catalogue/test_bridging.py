"""What goes between countryside, towns and cities: the program's figures are those worked out on paper."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from exchange.catalogue.clusters import cluster
from exchange.catalogue.files.imports import import_file
from exchange.catalogue.measures import bridging
from exchange.catalogue.measures.bridging import Exchange
from exchange.catalogue.measures.bridging.edges import Edge, End
from exchange.catalogue.measures.bridging.measures import exchange
from exchange.db import Database
from exchange.models.base import now
from exchange.models.community import Community
from federation import actor
from tests.exchange.catalogue.test_imports import ORIGIN, SEEDS

pytestmark = pytest.mark.usefixtures("quick_keys")


@pytest.fixture
def seeds(database: Database, tmp_path: Path) -> Database:
    """An instance with all seeds."""
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
    assert (found.exchanges["adoptions"].placed, found.representation.practices) == (2, 1)


def test_the_figures_of_the_seeds_are_those_worked_out_by_hand(seeds: Database) -> None:
    """Of the 24 adoptions of the seeds, sixteen have two ends whose kind of place is known:

        Mouans-Sartoux (town, 10,000)  → Rosignano Marittimo (town, 30,807)   larger/smaller 3.0807
                                       → Vaslui (town, 113,959)                              11.3959
                                       → Torres Vedras (town)                                     –
                                       → Troyan (town, 28,743)                                2.8743
                                       → Liège (city, 197,327)                               19.7327
                                       → Gavà (city, 46,771)                                  4.6771
                                       → Wrocław (city, 640,648)                             64.0648
        Bad Belzig (rural, 15,439)     → Eisenhüttenstadt (town, 24,633)                      1.5955
                                       → Frankfurt (Oder) (city, 57,873)                      3.7485
                                       → Michendorf (town, 12,726)                            1.2132
                                       → Detmold (town, 74,388)                               4.8182
                                       → Angermünde (rural, 13,744)                           1.1233
                                       → Hagenow (town, 12,137)                               1.2721
                                       → Gransee (rural, 5,871)                               2.6297
        Helsinki (city, 648,042)       → Amsterdam (city, 862,965)                            1.3316
        Barcelona (city, 1,636,762)    → Helsinki (city, 648,042)                             2.5257

    Given by: rural 7, town 7, city 2. Taken by: rural 2, town 8, city 6. n = 16.
    Across: 3 + 4 + 1 = 8 of 16 = .5. Within: 8.            E-I = (8 − 8) / 16 = 0
    Chance within: (7·2 + 7·8 + 2·6) / 256 = 82/256 = .3203, so chance across = .6797.
    town → city:  3/16 = .1875 against 7·6/256 = .1641  → 1.1429 times
    rural → town: 4/16 = .25   against 7·8/256 = .2188  → 1.1429 times
    rural → city: 1/16 = .0625 against 7·6/256 = .1641  → .3810 times
    city → city:  2/16 = .125  against 2·6/256 = .0469  → 2.6667 times
    town → rural: 0            against 7·2/256 = .0547  → 0
    The eighth of the fifteen ratios, from the smallest on, is 2.8743.
    The taker is the larger in ten of the fifteen: not Michendorf, Angermünde, Hagenow, Gransee and Helsinki.
    """
    with seeds.reading() as session:
        found = bridging.bridging(session)
    told = found.exchanges["adoptions"]
    assert (told.placed, told.unplaced) == (16, 8)
    assert told.cross_share == pytest.approx(0.5)
    assert told.cross_chance == pytest.approx(174 / 256)
    assert told.ei == pytest.approx(0)
    flows = {(f.origin, f.taker): (f.n, round(f.chance, 4), f.ratio) for f in told.flows if f.n or f.chance}
    assert flows["town", "city"] == (3, 0.1641, pytest.approx(8 / 7))
    assert flows["rural", "town"] == (4, 0.2188, pytest.approx(8 / 7))
    assert flows["rural", "city"] == (1, 0.1641, pytest.approx(8 / 21))
    assert flows["city", "city"] == (2, 0.0469, pytest.approx(8 / 3))
    assert flows["town", "rural"] == (0, 0.0547, 0)
    assert told.size_ratio == pytest.approx(2.8743)
    assert told.upward == pytest.approx(10 / 15)
    # As the seeds say since when: Rosignano, Vaslui, Torres Vedras, Troyan and Helsinki since 2018, Amsterdam 2020,
    # Liège, Gavà and Wrocław 2021; those of Bad Belzig without a year, when they were recorded.
    assert {period: one.placed for period, one in found.over_time.items()} == {
        "2018": 5, "2020": 1, "2021": 3, str(now().year): 7,
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
