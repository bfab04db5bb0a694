"""`./run bench` measures what it says: what it publishes is taken, and its parts are the ones that it offers."""

from exchange.catalogue.practices.publish import OWNER, accept
from tests.load.__main__ import ALONE, PARTS
from tests.load.measurements import records


def test_every_record_of_the_bench_may_be_published() -> None:
    made = records(80)
    assert len({record["title"][record["language"]] for record in made}) == 80
    for record in made:
        accept(record, OWNER)


def test_the_parts_are_told() -> None:
    assert set(PARTS) > ALONE
    assert len(set(PARTS)) == len(PARTS)
