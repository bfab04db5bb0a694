"""The crest of a house: a small picture that an operator gives, known by what is in it and not by its name."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree

from pydantic import AfterValidator

from exchange.messages import N_, Unfit

LARGEST = 40_000  # bytes; it is part of every first view
PNG = b"\x89PNG\r\n\x1a\n"
SVG = "{http://www.w3.org/2000/svg}svg"
ACTIVE = ("script", "foreignobject", "animate", "set", "iframe", "use", "image", "a")
KEPT = re.compile(r"crest-[0-9a-f]{16}\.(svg|png)")  # in the data directory, named after what is in it


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
    try:
        return of(body)
    except Unfit as error:
        raise ValueError(f"{str(error).removesuffix('.')} ({path})") from error


def of(body: bytes) -> Crest:
    """The crest that these bytes are. Unfit says in words why they cannot be one."""
    if len(body) > LARGEST:
        raise Unfit(N_("The crest is larger than %(kilobytes)s kB."), kilobytes=LARGEST // 1000)
    if body.startswith(PNG):
        return Crest(body, "image/png")
    if b"<!ENTITY" in body or b"<!DOCTYPE" in body:
        raise Unfit(N_("The crest has to be SVG without a document type."))
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - small, and without entities
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Unfit(N_("The crest has to be a picture in SVG or PNG.")) from error
    if root.tag != SVG:
        raise Unfit(N_("The crest has to be a picture in SVG or PNG."))
    for part in root.iter():
        name = str(part.tag).rpartition("}")[2].lower()
        if name in ACTIVE or any(_acts(key, value) for key, value in part.attrib.items()):
            raise Unfit(
                N_("The crest holds something that acts or leads elsewhere: %(part)s."), part=name[:40]
            )
    return Crest(body, "image/svg+xml")


def keep(body: bytes, data: Path) -> str:
    """Lay a crest into the directory of an instance; its name there. Unfit when it is none."""
    kind = "png" if of(body).mimetype == "image/png" else "svg"
    name = f"crest-{hashlib.sha256(body).hexdigest()[:16]}.{kind}"
    part = data / f"{name}.part"
    try:
        part.write_bytes(body)
        part.replace(data / name)
    finally:
        part.unlink(missing_ok=True)
    return name


def tidy(data: Path, worn: Path | None) -> None:
    """Throw away the crests that were laid there before and are not worn any more."""
    for path in data.glob("crest-*"):
        if KEPT.fullmatch(path.name) and path != worn:
            path.unlink(missing_ok=True)


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
