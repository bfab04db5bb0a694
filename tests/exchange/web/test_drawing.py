"""Pictures that the server draws: safe, readable without eyes, and with their colours when they leave."""

from xml.etree import ElementTree

from exchange.web import drawing

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
