"""Commitments that communities sign, and the practices that serve them."""

import pytest

from exchange.catalogue.communities import community, sign
from exchange.catalogue.practices import publish
from exchange.db import Database
from exchange.messages import NotFound, Refusal
from federation.ledger import journal
from tests.rig import complete

ORIGIN = "https://villages.example"


def test_what_is_signed_stands_beside_what_serves_it_and_is_told(database: Database) -> None:
    with database.writing() as session:
        village = community.found(session, ORIGIN, slug="v", name="V", country="FR")
        practice = publish.publish(session, village, complete({"commitment": ["isc-c3", "rdt-3"]}))
        sign.sign(session, village, "isc-c3", date="2019-05", document="https://v.example/2019-12")
        sign.sign(session, village, "isc-c5")
        sign.sign(session, village, "isc-c3", date="2019-06-01")
        served = {one.commitment.id: (one.signed, one.practices) for one in sign.served(session, village)}
        assert served == {
            "isc-c3": ({"commitment": "isc-c3", "date": "2019-06-01"}, [practice]),
            "isc-c5": ({"commitment": "isc-c5"}, []),
            "rdt-3": (None, [practice]),
        }
        told = journal.about(session, village.uri, ("Update",))[-1].activity["object"]
        assert told["community"]["signed"] == sign.signatures(village)
        tallies = {one.commitment.id: one for each in sign.tally(session) for one in each.tallies}
        assert (tallies["isc-c3"].signatories, tallies["isc-c3"].practices) == (1, 1)
        assert (tallies["isc-c5"].signatories, tallies["isc-c5"].practices) == (1, 0)
        assert (tallies["rdt-3"].signatories, tallies["rdt-3"].communities) == (0, 1)
        sign.unsign(session, village, "isc-c3")
        assert [one["commitment"] for one in sign.signatures(village)] == ["isc-c5"]
        with pytest.raises(NotFound):
            sign.unsign(session, village, "isc-c3")


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ({"commitment": "isc-c99"}, "commitment"),
        ({"commitment": "isc-c1", "date": "yesterday"}, "date"),
        ({"commitment": "isc-c1", "date": "2999"}, "date"),
        ({"commitment": "isc-c1", "document": "javascript:alert(1)"}, "document"),
    ],
)
def test_what_cannot_be_signed_says_so_at_its_field(
    database: Database, told: dict[str, str], path: str
) -> None:
    with database.writing() as session:
        village = community.found(session, ORIGIN, slug="v", name="V", country="FR")
        with pytest.raises(Refusal) as refused:
            sign.sign(session, village, **told)
        assert [problem.path for problem in refused.value.problems] == [path]
        assert sign.signatures(village) == []
