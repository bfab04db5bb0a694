"""Communities come in from the table of local units, those that were chosen."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from exchange.catalogue.files import territory
from exchange.catalogue.files.territory import import_territory
from exchange.db import Database
from exchange.messages import Refusal
from exchange.models.community import Community
from federation import actor
from tests.exchange.catalogue.test_imports import ORIGIN

HEADER = (
    "country,lau_code,name,name_latin,nuts3_2016,population,area_m2,degurba,coastal,city_id,city_name,"
    "fua_id,fua_name"
)
ROWS = [
    "FR,26289,Saillans,,FRK23,,,3,no,,,,",
    'DE,08421000,"Ulm, Universitätsstadt",,DE144,126329,118685000,1,no,DE532C1,Ulm,DE532L1\xa0,Ulm',
    "EL,69040001,Τοπική Κοινότητα Μεγάλου Χωρίου,Local Commune of Megalo Chorio,EL421,402,,3,Yes,,,,",
    "TR,1,Adana,,TR621,,,,,,,,",
    "AT,26289,Saillans,,AT113,7,1000000,9,YES,,,,",
    "FR,bad code!,Nulle part,,FRK23,many,,3,no,,,,",
]
pytestmark = pytest.mark.usefixtures("quick_keys")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "lau.csv"
    path.write_text("\n".join([HEADER, *ROWS, ""]), encoding="utf-8")
    return path


@pytest.fixture
def instance(database: Database) -> Database:
    with database.writing() as session:
        actor.create(session, ORIGIN, "Application", "instance")
    return database


def founded(database: Database) -> dict[str, Community]:
    with database.reading() as session:
        return {c.slug: c for c in session.exec(select(Community))}


def test_a_place_enters_with_all_that_the_table_tells(instance: Database, table: Path) -> None:
    report = import_territory(instance, ORIGIN, table, codes=["08421000"])
    assert report.communities_created == ["ulm-universitatsstadt"]
    ulm = founded(instance)["ulm-universitatsstadt"]
    assert ulm.name == {"und": "Ulm, Universitätsstadt"}
    assert (ulm.country, ulm.population, ulm.population_class, ulm.degurba) == ("DE", 126329, "pop-7", "dg-1")
    assert ulm.profile == {
        "lau": [{"code": "08421000", "name": "Ulm, Universitätsstadt"}],
        "lauYear": 2019,
        "nuts3": {"code": "DE144", "version": 2016},
        "fua": {"code": "DE532L1", "name": "Ulm", "role": "city"},
        "populationSource": "Eurostat LAU list 2019",
        "areaKm2": 118.69,
        "coastal": False,
        "certainty": dict.fromkeys(
            ("lau", "nuts3", "degurba", "population", "area_km2", "coastal", "fua"), "E"
        ),
    }


def test_what_the_table_leaves_open_stays_open(instance: Database, table: Path) -> None:
    import_territory(instance, ORIGIN, table, codes=["TR:1", "AT:26289"])
    adana, saillans = founded(instance)["adana"], founded(instance)["saillans"]
    assert (adana.population, adana.degurba, adana.population_class) == (None, None, None)
    assert "coastal" not in adana.profile
    assert (saillans.degurba, saillans.profile["coastal"]) == (None, True)


def test_the_same_table_may_come_in_again(instance: Database, table: Path) -> None:
    first = import_territory(instance, ORIGIN, table, codes=["FR:26289", "69040001"])
    again = import_territory(instance, ORIGIN, table, codes=["FR:26289", "69040001"])
    assert first.communities_created == again.unchanged == ["saillans", "local-commune-of-megalo-chorio"]
    assert again.communities_created == []


def test_namesakes_are_told_apart_by_country_and_code(instance: Database, table: Path) -> None:
    report = import_territory(instance, ORIGIN, table, codes=["26289"])
    assert report.communities_created == ["saillans", "saillans-at-26289"]


def test_a_country_or_the_first_so_many_can_be_chosen(instance: Database, table: Path) -> None:
    steps: list[tuple[int, int]] = []
    report = import_territory(
        instance, ORIGIN, table, countries=["de", "EL"], limit=1, progress=lambda *step: steps.append(step)
    )
    assert report.communities_created == ["ulm-universitatsstadt"]
    assert steps == [(1, 1)]


def test_a_bad_line_and_an_unknown_code_are_reported_and_the_rest_enters(
    instance: Database, table: Path
) -> None:
    report = import_territory(instance, ORIGIN, table, codes=["bad code!", "FR:26289", "XX:9"])
    assert report.communities_created == ["saillans"]
    reasons = {name: [str(p) for p in problems] for name, problems in report.refused}
    assert reasons["XX:9"] == ["There is no place of this code in the table."]
    assert "population: A whole number is expected here." in reasons["FR:bad code!"]


def test_a_packed_table_is_read_as_an_open_one(instance: Database, table: Path) -> None:
    packed = table.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(table.read_bytes()))
    assert territory.recognises(packed)
    assert import_territory(instance, ORIGIN, packed, codes=["TR:1"]).communities_created == ["adana"]


def test_too_many_places_at_once_are_refused(
    instance: Database, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(territory, "MOST", 3)
    with pytest.raises(Refusal, match="5 places are too many at once; choose by code or country, at most 3"):
        import_territory(instance, ORIGIN, table)
    assert founded(instance) == {}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "its header lacks a column"),
        (b"a,b\n1,2\n", "its header lacks a column"),
        (HEADER.encode() + b"\nFR,1,caf\xe9,,,,,,,,,,\n", "cut off"),
        (gzip.compress(HEADER.encode() * 10, mtime=0)[:40], "cut off"),
        (b"\x1f\x8bnothing", "cut off"),
        (HEADER.encode() + b"\nFR,1," + b"x" * 70_000, "too large"),
        (b"PK\x03\x04\x00\x00", "lacks a column"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(
    instance: Database, tmp_path: Path, data: bytes, sentence: str
) -> None:
    path: Any = tmp_path / "lau"
    path.write_bytes(data)
    with pytest.raises(Refusal, match=sentence):
        import_territory(instance, ORIGIN, path)
    assert not territory.recognises(path) or b"country" in data


def test_a_table_that_is_not_there_is_refused_in_a_sentence(instance: Database, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be read: No such file"):
        import_territory(instance, ORIGIN, tmp_path / "none.csv")
    assert not territory.recognises(tmp_path / "none.csv")
