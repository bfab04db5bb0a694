"""Pictures that the server draws: safe, readable without eyes, and with their colours when they leave."""

import re
from xml.etree import ElementTree

import pytest

from exchange.web import drawing
from exchange.web.drawing import clear, land, star
from exchange.web.drawing.labels import Labels
from exchange.web.drawing.projection import project

SVG = "{http://www.w3.org/2000/svg}"


def drawn() -> drawing.Picture:
    picture = drawing.Picture("sample", 200, 100, title="Two places & more", desc='Who <learns> from "whom".')
    picture.add(
        drawing.circle(50, 50, 20, "disc rural"),
        drawing.arrow(70, 50, 130, 50, 6, "more", bend=10),
        drawing.place("town", 140, 40),
        drawing.link("/practices?theme=a&country=b", drawing.rect(1, 1, 9, 9, "square"), label="Energy"),
        drawing.wrapped(10, 90, "a sentence of several words", most=10),
        drawing.text(10, 20, "<script>alert(1)</script>"),
    )
    return picture


def test_a_picture_says_what_it_shows_and_escapes_what_others_wrote() -> None:
    svg = ElementTree.fromstring(str(drawn().page()))
    assert svg.find(f"{SVG}title").text == "Two places & more"  # type: ignore[union-attr]
    assert svg.find(f"{SVG}desc").text == 'Who <learns> from "whom".'  # type: ignore[union-attr]
    assert svg.attrib["aria-labelledby"] == "sample-title sample-desc"
    assert [t.text for t in svg.iter(f"{SVG}text")][-1] == "<script>alert(1)</script>"
    assert not list(svg.iter(f"{SVG}script"))
    assert [t.text for t in svg.iter(f"{SVG}tspan")] == ["a sentence", "of several", "words"]


def test_a_picture_has_no_colours_of_its_own_but_takes_them_along_as_a_file() -> None:
    assert "#" not in str(drawn().page()).replace("&#", "")
    as_file = drawing.file(drawn())
    assert ElementTree.fromstring(as_file.encode()).find(f"{SVG}style") is not None
    assert "--verdigris: #0b5d46" in as_file
    assert "prefers-color-scheme: dark" in as_file
    assert "url(" not in as_file


def test_the_projection_is_that_of_the_european_grid() -> None:
    # The example of IOGP's Guidance Note 7-2 for EPSG:3035.
    east, north = project(50, 5)
    assert (east, north) == (pytest.approx(3962.79945, abs=1e-4), pytest.approx(2999.71885, abs=1e-4))
    assert project(52, 10) == (pytest.approx(4321), pytest.approx(3210))


def test_places_stand_on_the_map_where_they_lie() -> None:
    europe = land.view()
    lisbon, helsinki, athens = (europe.at(project(*p)) for p in ((38.7, -9.1), (60.2, 24.9), (38, 23.7)))
    assert None not in (lisbon, helsinki, athens)
    assert lisbon[0] < athens[0] < helsinki[0] or lisbon[0] < helsinki[0] < athens[0]
    assert helsinki[1] < lisbon[1]
    assert europe.at(project(41.5, -81.7)) is None  # Cleveland, Ohio
    far = europe.at(project(27.8, -17.9))  # El Hierro, in a box of its own
    assert far
    assert [i.name for i in land.INSETS if i.holds(far)] == ["ES70"]
    assert land.view(["FR"]).at(project(48.85, 2.35))
    assert land.view(["FR"]).at(project(52.5, 13.4)) is None
    assert land.view(["Atlantis"]) == europe


@pytest.mark.parametrize("codes", [(), ("EL",), ("UK", "IE"), ("LI",), ("NO",)])
def test_land_is_drawn_within_its_picture_and_small(codes: tuple[str, ...]) -> None:
    view = land.view(codes)
    path = land.outline(view)
    assert path.count("M") == path.count("z")
    assert len(path) < 20_000
    assert 300 < view.height < 1000


def test_names_on_a_map_never_cover_each_other_nor_a_circle() -> None:
    labels = Labels(300, 200, [(100, 100, 10), (130, 100, 10)])
    made = labels.placed(
        [
            (100, 100, 10, "Eeklo"),
            (130, 100, 10, "Gent"),
            (100, 100, 10, "a name too long for any of this" * 3),
        ]
    )
    assert len(made) == 2
    boxes = labels.taken
    for n, one in enumerate(boxes):
        for other in boxes[n + 1 :]:
            assert one[0] >= other[2] or one[2] <= other[0] or one[1] >= other[3] or one[3] <= other[1]


def test_the_graph_shows_who_follows_whom_and_the_largest_when_there_are_too_many() -> None:
    peers = [
        star.Peer("a.example", 40, followed=True),
        star.Peer("b.example", 4, follows=True, well=False),
        *(star.Peer(f"p{n}.example", 1, followed=True, follows=True) for n in range(star.MOST)),
    ]
    made = star.picture("Ours", 10, peers)
    svg = ElementTree.fromstring(str(made.page()))
    arrows = [g.get("class") for g in svg.iter(f"{SVG}g") if "arrow" in (g.get("class") or "")]
    names = [t.text for t in svg.iter(f"{SVG}tspan")]
    assert {"a.example", "b.example", "Ours"} <= set(names)
    assert len(names) == star.MOST + 1
    assert len(arrows) == 1 + 1 + 2 * (star.MOST - 2)
    assert arrows.count("arrow flow rough") == 1
    assert made.desc.startswith("42 other instances: 41 are followed from here, 41 follow")


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_no_arrow_of_the_graph_runs_into_a_name(count: int) -> None:
    peers = [
        star.Peer(f"upland-{n}.example", 30 - n, followed=n % 3 < 2, follows=n % 3 > 0) for n in range(count)
    ]
    svg = ElementTree.fromstring(str(star.picture("Villages of the Uplands", 6, peers).page()))
    lines = []
    for shaft in svg.iter(f"{SVG}path"):
        if shaft.get("class") == "shaft":
            x1, y1, _mx, _my, x2, y2 = map(float, re.findall(r"-?[\d.]+", shaft.get("d") or ""))
            lines.append(((x1, y1), (x2, y2)))
    boxes = []
    for text in svg.iter(f"{SVG}text"):
        for row in list(text) or [text]:
            if row.text and not row.text.isdigit():
                width, x = 6.5 * len(row.text), float(row.get("x") or 0)
                left = x - {"middle": width / 2, "end": width}.get(text.get("text-anchor") or "", 0)
                y = float(text.get("y") or 0)
                boxes.append((left, y - 11, left + width, y + 3))
    assert len(boxes) > count
    assert [(one, box) for one in lines for box in boxes if clear.enters(*one, box) is not None] == []
