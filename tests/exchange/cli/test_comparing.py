"""What an operator types to compare."""

from collections.abc import Callable

from tests.exchange.cli.conftest import Operator

HEADER = "country,lau_code,name,nuts3_2016,population,degurba,coastal\n"


def test_a_table_of_local_units_is_taken_in_and_a_village_found_in_it(
    operator: Operator, write: Callable[[str, str | bytes], str]
) -> None:
    table = write("lau.csv", HEADER + "IT,004156,Ostana,ITC16,85,3,no\nIT,x!,Nowhere,ITC16,1,3,no\n")
    first = operator.types("community", "import", table, status=1)
    assert first.stdout == "1 unit of 2019 new\n"
    assert "IT:x!" in first.stderr
    operator.types("community", "add", "ostana", "--name", "Ostana", "--country", "IT")
    shown = operator.reads("community", "show", "ostana")
    assert (shown["population"], shown["degurba"]) == (85, "dg-3")
    told = operator.reads("similar", "ostana", "--weights", "country:0", "--limit", "1")
    assert len(told["items"]) == 1
    assert operator.types("similar", "ostana").stdout
    assert operator.types("similar", "ostana", "--list", "anywhere").stdout == ""
    assert "no weight" in operator.types("similar", "ostana", "--weights", "x", status=1).stderr


def test_what_a_community_looks_for_is_said_and_taken_back(operator: Operator) -> None:
    told = operator.reads(
        "community", "seek", "loos", "--theme", "energy", "--problem", "A roof", "--language", "en"
    )
    assert told["seeks"] == [{"theme": "th-energy", "problem": {"en": "A roof"}}]
    operator.types("community", "seek", "loos", "--theme", "th-nothing", status=1)
    operator.types("community", "seek", "loos", "--problem", "A roof", status=2)
    assert operator.types("community", "seek", "loos").stdout.endswith("looks for nothing.\n")


def test_bridging_is_told_for_people_and_for_programs(operator: Operator) -> None:
    assert operator.types("bridging").stdout.startswith("adoptions: ")
    assert set(operator.reads("bridging", "--by", "quarter")) >= {"adoptions", "ratings", "follows", "reach"}
    assert "no cluster" in operator.types("bridging", "--cluster", "none", status=1).stderr
