"""Reference units: the whole table in, again without doing anything twice, and asked when somebody is new."""

from itertools import islice
from pathlib import Path

import pytest
from sqlmodel import select

from exchange.catalogue.communities import community, lau, reference
from exchange.db import Database
from exchange.models.territory import ReferenceUnit
from federation import actor
from tests.exchange.catalogue.territories import REAL, table
from tests.exchange.catalogue.test_imports import ORIGIN

ODD = (
    "FR,bad code!,Nulle part,,FRK23,,,3,no,,,,",
    "IT,9,Lì,,ITC16,many,,3,no,,,,",
    'DE,1,"Ulm, Universitätsstadt",,DE144,126329,119,1,no,DE532C1,Ulm,DE532L1\xa0,Ulm',
    "TR,1,Adana,,TR621,,,,,,,,",
    "AT,26289,Saillans,,AT113,7,1000000,9,YES,,,,",
)
pytestmark = pytest.mark.usefixtures("quick_keys")


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lau.csv"
    path.write_text(table("saillans", "ostana", "samsoe", "helsinki", more=ODD), encoding="utf-8")
    return path


def units(database: Database) -> dict[str, ReferenceUnit]:
    with database.reading() as session:
        return {f"{u.country}:{u.code}": u for u in session.exec(select(ReferenceUnit))}


def test_the_table_comes_in_and_each_bad_line_says_why(database: Database, lines: Path) -> None:
    steps: list[tuple[int, int]] = []
    taken = reference.import_reference(database, lines, progress=lambda *step: steps.append(step))
    assert (taken.new, taken.changed, taken.unchanged, taken.year) == (7, 0, 0, 2019)
    assert [name for name, _ in taken.refused] == ["FR:bad code!", "IT:9"]
    assert {p.path for _, problems in taken.refused for p in problems} >= {"population"}
    assert steps[-1] == (9, 9)
    ulm = units(database)["DE:1"]
    assert (ulm.area_km2, ulm.fua_role, ulm.folded, ulm.nuts3, ulm.year) == (
        119.0,
        "city",
        "ulm",
        "DE144",
        2019,
    )
    assert units(database)["TR:1"].fua_role is None


def test_the_same_table_again_changes_nothing_and_a_later_one_does(database: Database, lines: Path) -> None:
    reference.import_reference(database, lines)
    again = reference.import_reference(database, lines)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 7)
    later = reference.import_reference(database, lines, year=2021)
    assert (later.new, later.changed) == (0, 7)
    assert {u.year for u in units(database).values()} == {2021}
    assert reference.import_reference(database, lines).older == 7


@pytest.mark.parametrize("path", [None, REAL] if REAL else [None])
def test_a_line_read_quickly_is_read_as_a_careful_reader_would(lines: Path, path: Path | None) -> None:
    quick = 0
    for told, number in islice(lau.rows(path or lines), 0, 9_000, 1 if path is None else 99):
        row = reference.plain_row(told, 2019)
        if row is not None:
            quick += 1
            assert row == reference.checked_row(told, number, 2019)
    assert quick >= 6


@pytest.mark.parametrize(
    ("name", "folded"),
    [("Ulm, Universitätsstadt", "ulm"), ("Frankfurt (Oder), Stadt", "frankfurt"), ("Wrocław", "wroclaw")],
)
def test_a_name_is_looked_up_as_people_say_it(name: str, folded: str) -> None:
    assert reference.folded(name) == folded


def test_a_village_is_matched_before_it_types_anything(database: Database, lines: Path) -> None:
    reference.import_reference(database, lines)
    with database.writing() as session:
        actor.create(session, ORIGIN, "Application", "instance")
        by_name = community.found(session, ORIGIN, slug="ostana", name="ostana", country="IT")
        code = {"lau": [{"code": "26289", "name": "Saillans"}]}
        own = community.found(
            session, ORIGIN, slug="saillans", name="X", country="FR", population=1300, profile=code
        )
        nobody = community.found(session, ORIGIN, slug="y", name="Saillans", country="BE")
    assert (by_name.population, by_name.population_class, by_name.degurba) == (85, "pop-1", "dg-3")
    assert by_name.profile["certainty"]["population"] == "E"
    assert by_name.profile["populationSource"] == "Eurostat LAU list 2019"
    assert (own.population, own.degurba, own.profile["coastal"]) == (1300, "dg-3", False)
    assert "populationSource" not in own.profile
    assert (nobody.population, nobody.profile) == (None, {})


def test_of_two_namesakes_none_is_guessed(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text(table("saillans", more=("FR,33364,Saillans,,FRI12,,,3,no,,,,",)), encoding="utf-8")
    reference.import_reference(database, path)
    with database.reading() as session:
        assert reference.match(session, "FR", name="Saillans") == []
        assert [u.code for u in reference.match(session, "FR", codes=["33364"])] == ["33364"]
        assert len(reference.by_name(session, "FR", "saillans")) == 2
        assert reference.match(session, "FR", codes=["33364", "0"]) == []


def test_a_community_of_several_units_is_their_sum(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    rows = ("DE,1,A,,DE40E,100,2000000,3,no,,,F1,U", "DE,2,B,,DE40E,50,1000000,3,yes,,,F1,U")
    path.write_text(table("ostana", more=rows), encoding="utf-8")
    reference.import_reference(database, path)
    with database.reading() as session:
        told = reference.facts(reference.match(session, "DE", codes=["1", "2"]))
    assert (told["population"], told["areaKm2"], told["coastal"], told["fua"]["code"]) == (
        150,
        3.0,
        True,
        "F1",
    )
