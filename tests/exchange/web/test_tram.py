"""The tram map: every line can be followed from end to end."""

import re

from exchange.catalogue.adoption.lineage import Line, Lineage, Station
from exchange.web.drawing import tram


def _map(*lines: tuple[str, str, str]) -> tram.Map:
    names = dict.fromkeys(name for source, target, _state in lines for name in (source, target))
    return tram.drawn(
        Lineage(
            {name: Station(name, "practice") for name in names},
            [Line(source, target, state) for source, target, state in lines],
        ),
        "a",
    )


def _fall(track: tram.Track) -> str:
    """Where a line that turns goes down, as its x."""
    found = re.search(r"Q(\d+) ", track.path)
    assert found is not None, track.path
    return found[1]


def test_lines_of_different_standing_go_down_beside_each_other() -> None:
    drawn = _map(
        ("a", "b", "confirmed"),
        ("b", "z", "claimed"),
        ("a", "c", "confirmed"),
        ("a", "d", "contested"),
        ("a", "e", "claimed"),
        ("a", "f", "contested"),
    )
    falls = {(t.line.target, t.line.state): _fall(t) for t in drawn.tracks if "Q" in t.path}
    assert set(falls) == {("c", "confirmed"), ("d", "contested"), ("e", "claimed"), ("f", "contested")}
    assert falls["d", "contested"] == falls["f", "contested"]
    assert len(set(falls.values())) == 3
    assert int(falls["c", "confirmed"]) == 76 + 178 // 2  # as the line that goes straight on: in the middle


def test_one_kind_alone_keeps_clear_of_a_straight_line_of_another() -> None:
    drawn = _map(("a", "b", "confirmed"), ("b", "z", "confirmed"), ("a", "c", "contested"))
    [contested] = [t for t in drawn.tracks if t.line.state == "contested"]
    [straight] = [t for t in drawn.tracks if t.line.target == "b"]
    assert straight.path.startswith("M76 34H")
    assert contested.path.startswith("M76 40H")
