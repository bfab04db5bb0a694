"""The colour and the crest of a house: what can be read is taken, what cannot is refused in words."""

from pathlib import Path

import pytest

from exchange import config, crest
from exchange.contrast import GROUNDS, OTHER_TONE, contrast, house
from tests.exchange.web.test_tokens import contrast as by_the_book
from tests.exchange.web.test_tokens import tokens

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.mark.parametrize("colour", ["#0b5d46", "#003399", "#6a1b9a", "#7a0019", "#000000", "#2f4f00"])
def test_all_that_follows_from_a_colour_can_be_read(colour: str) -> None:
    for scheme, tones in house(colour).items():
        for ground in GROUNDS[scheme]:
            assert by_the_book(tones.verdigris, ground) >= 4.5
        assert by_the_book(tones.on_verdigris, tones.verdigris) >= 4.5
        ink = "#14211f" if scheme == "light" else "#eef2ef"
        assert by_the_book(ink, tones.verdigris_wash) >= 4.5


def test_colours_are_counted_against_the_grounds_of_the_style_sheet() -> None:
    for scheme in ("light", "dark"):
        found = tokens(scheme == "dark")
        assert GROUNDS[scheme] == (found["paper"], found["raised"])
        assert OTHER_TONE[scheme] == found["strong-line"]


@pytest.mark.parametrize("colour", ["#ffcc00", "#777777", "#ff6600", "#5cb85c"])
def test_a_colour_that_cannot_be_read_is_refused_and_a_readable_one_named(colour: str) -> None:
    with pytest.raises(ValueError, match=r"text needs 4.5") as refused:
        house(colour)
    better = str(refused.value).removesuffix(".")[-7:]
    assert contrast(better, "#ffffff") >= 4.5
    assert house(better)["light"].verdigris == better


@pytest.mark.parametrize("colour", ["red", "#12345", "#12345g", "url(x)", "#000000;}"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="is written like"):
        house(colour)


def test_settings_say_which_colour_they_cannot_take(tmp_path: Path) -> None:
    with pytest.raises(
        config.ConfigurationError, match=r"JUMELAGE_COLOUR: .*cannot be read.*dark enough, is #.{6}\.$"
    ):
        config.load(tmp_path, origin="https://town.example", colour="#ffcc00")
    assert config.load(tmp_path, origin="https://town.example", colour="#003399").colour == "#003399"


@pytest.mark.parametrize(
    ("body", "kind"), [(PNG, "image/png"), (SVG.format('<path d="M0 0h9v9z"/>').encode(), "image/svg+xml")]
)
def test_a_crest_is_known_by_what_is_in_it(tmp_path: Path, body: bytes, kind: str) -> None:
    path = tmp_path / "crest.txt"
    path.write_bytes(body)
    assert crest.read(path) == crest.Crest(body, kind)


@pytest.mark.parametrize(
    "body",
    [
        b"GIF89a" + bytes(40),
        b"<html/>",
        b"<svg",
        PNG + bytes(crest.LARGEST),
        SVG.format("<script>alert(1)</script>").encode(),
        SVG.format('<path onclick="alert(1)"/>').encode(),
        SVG.format('<image href="https://elsewhere.example/x.png"/>').encode(),
        SVG.format('<rect fill="url(https://elsewhere.example/x)"/>').encode(),
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;").encode(),
    ],
)
def test_what_is_no_picture_or_acts_is_no_crest(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "crest.svg"
    path.write_bytes(body)
    with pytest.raises(ValueError, match="svg"):
        crest.read(path)


def test_a_crest_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigurationError, match=r"JUMELAGE_CREST.*cannot be read"):
        config.load(tmp_path, origin="https://town.example", crest=str(tmp_path / "none.svg"))
    (tmp_path / "page.svg").write_text("<html/>")
    with pytest.raises(config.ConfigurationError, match=r"JUMELAGE_CREST: The crest has to be .*page.svg"):
        config.load(tmp_path, origin="https://town.example", crest="page.svg")


def test_a_crest_in_the_data_directory_goes_by_its_name_and_none_is_none(tmp_path: Path) -> None:
    name = crest.keep(PNG, tmp_path)
    assert config.load(tmp_path, origin="https://town.example", crest=name).crest == tmp_path / name
    assert config.load(tmp_path, origin="https://town.example", crest="").crest is None
    crest.tidy(tmp_path, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    crest.tidy(tmp_path, None)
    assert list(tmp_path.iterdir()) == []
