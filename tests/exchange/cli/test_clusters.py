"""What an operator types about clusters."""

from tests.exchange.cli.conftest import ORIGIN, Operator


def test_a_cluster_is_made_takes_members_in_and_points_out_their_practices(operator: Operator) -> None:
    assert operator.types("cluster", "list").stderr.startswith("There is no cluster here yet")
    added = operator.types("cluster", "add", "solar", "--name", "Solar towns").stdout
    assert added == f"@solar@practices.example  {ORIGIN}/clusters/solar\n"
    assert "members" in operator.types("cluster", "curate", "solar", operator.key(), status=1).stderr
    operator.types("cluster", "admit", "solar", "loos")
    operator.types("cluster", "curate", "solar", operator.key())
    (cluster,) = operator.reads("cluster", "list")
    assert cluster["members"] == [f"{ORIGIN}/communities/loos"]
    assert cluster["practices"] == [f"{ORIGIN}/practices/{operator.key()}"]
    assert "solar\tSolar towns\t1\t0\t1" in operator.types("cluster", "list").stdout
    operator.types("cluster", "curate", "solar", operator.key(), "--no")
    operator.types("cluster", "admit", "solar", "loos", "--no")
    (cluster,) = operator.reads("cluster", "list")
    assert (cluster["members"], cluster["practices"]) == ([], [])


def test_names_are_refused_in_a_sentence(operator: Operator) -> None:
    assert "is taken here" in operator.types("cluster", "add", "ulm", "--name", "Ulm", status=1).stderr
    assert "short name" in operator.types("cluster", "add", "No!", "--name", "x", status=1).stderr
    assert "no cluster" in operator.types("cluster", "admit", "none", "ulm", status=1).stderr


def test_a_community_joins_a_cluster_and_leaves_it(operator: Operator) -> None:
    operator.types("cluster", "add", "solar", "--name", "Solar towns")
    group = f"{ORIGIN}/clusters/solar"
    assert operator.types("cluster", "join", "loos", "solar").stdout == f"{group}: asked\n"
    operator.types("cluster", "admit", "solar", "loos")
    assert operator.types("cluster", "join", "loos", "solar").stdout == f"{group}: member\n"
    assert "not belong" in operator.types("cluster", "leave", "loos", "solar").stdout
    assert "not belong" in operator.types("cluster", "leave", "loos", group, status=1).stderr
    assert "no cluster" in operator.types("cluster", "join", "loos", "none", status=1).stderr
    assert "no community" in operator.types("cluster", "join", "none", "solar", status=1).stderr
    (cluster,) = operator.reads("cluster", "list")
    assert (cluster["members"], cluster["asked"]) == ([], [])


def test_a_practice_is_put_into_a_collection_and_taken_out(operator: Operator) -> None:
    operator.types("cluster", "add", "solar", "--name", "Solar towns")
    said = ("cluster", "collect", "solar", operator.key())
    assert "which collection" in operator.types(*said, status=2).stderr
    assert "no collection" in operator.types(*said, "--into", "none", status=1).stderr
    assert "300" in operator.types(*said, "--title", "Roofs", "--words", "x" * 301, status=1).stderr
    made = operator.types(*said, "--title", "Roofs", "--language", "en", "--words", "Begin here.").stdout
    address, _, number = made.partition(": ")
    assert (address.startswith(f"{ORIGIN}/collections/"), number) == (True, "1 practice\n")
    assert operator.types(*said, "--title", "Roofs").stdout == made
    held = operator.reads("inspect", address)
    assert held["content"]["items"][0]["words"] == {"en": "Begin here."}
    assert operator.types(*said, "--into", address, "--no").stdout == f"{address}: 0 practices\n"
