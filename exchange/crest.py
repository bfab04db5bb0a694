"""The crest of a house: a small picture that an operator gives, known by what is in it and not by its name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree

from pydantic import AfterValidator

LARGEST = 40_000  # bytes; it is part of every first view
PNG = b"\x89PNG\r\n\x1a\n"
SVG = "{http://www.w3.org/2000/svg}svg"
ACTIVE = ("script", "foreignobject", "animate", "set", "iframe", "use", "image", "a")


@dataclass(frozen=True)
class Crest:
    """Its bytes and what they are."""

    body: bytes
    mimetype: str


def read(path: Path) -> Crest:
    """The crest in a file. ValueError says in words why it cannot be one."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except OSError as error:
        raise ValueError(f"names a file that cannot be read: {path}") from error
    if len(body) > LARGEST:
        raise ValueError(f"is larger than {LARGEST // 1000} kB: {path}")
    if body.startswith(PNG):
        return Crest(body, "image/png")
    if b"<!ENTITY" in body or b"<!DOCTYPE" in body:
        raise ValueError(f"must be SVG without a document type: {path}")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - the operator's own file, small, without entities
    except (ElementTree.ParseError, ValueError) as error:
        raise ValueError(f"is neither SVG nor PNG: {path}") from error
    if root.tag != SVG:
        raise ValueError(f"is neither SVG nor PNG: {path}")
    for part in root.iter():
        name = str(part.tag).rpartition("}")[2].lower()
        if name in ACTIVE or any(_acts(key, value) for key, value in part.attrib.items()):
            raise ValueError(f"holds something that acts or leads elsewhere (<{name}>): {path}")
    return Crest(body, "image/svg+xml")


def _acts(name: str, value: str) -> bool:
    name = name.rpartition("}")[2].lower()
    return (
        name.startswith("on")
        or name == "href"
        or "javascript:" in value.lower()
        or "url(http" in value.lower()
    )


def _checked(path: Path) -> Path:
    read(path)
    return path


CrestFile = Annotated[Path, AfterValidator(_checked)]
