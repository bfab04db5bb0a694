"""Bytes that are kept for ever are kept small: compressed, with the shapes that every message shares known before.

A message of ours is 4 to 20 kB of JSON of which most is said twice or in every message. Packed bytes begin
with the number of the dictionary they were made with, so that a better one may come; JSON never begins
with such a byte, and what was kept before anything was packed is read as it is (decision 0011).
"""

import json
import zlib
from functools import cache
from importlib.resources import files
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

NEWEST = 1
_TEXT = 0x20  # no byte below it begins a JSON text, but white space
_AS_IT_IS = 0
_LEVEL = 6  # the best one takes twice the time for one part in a hundred
_RAW = -15  # without zlib's own head and checksum: the database has better ones


def pack(plain: bytes) -> bytes:
    """The bytes made small, or as they are where that is smaller."""
    writer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zdict=words(NEWEST))
    packed = bytes((NEWEST,)) + writer.compress(plain) + writer.flush()
    if len(packed) < len(plain):
        return packed
    return plain if not plain or plain[0] >= _TEXT else bytes((_AS_IT_IS,)) + plain


def unpack(kept: bytes) -> bytes:
    """The bytes that were packed, to the letter. Raises ValueError when they are not whole."""
    if not kept or kept[0] >= _TEXT:
        return kept  # from before anything was packed, or too small for it
    if kept[0] == _AS_IT_IS:
        return kept[1:]
    reader = zlib.decompressobj(_RAW, zdict=words(kept[0]))
    try:
        plain = reader.decompress(kept[1:])
    except zlib.error as error:
        raise ValueError("What was kept cannot be read any more.") from error
    if not reader.eof:
        raise ValueError("What was kept is not whole.")
    return plain


@cache
def words(version: int) -> bytes:
    """The dictionary with that number; once released it stays as it is, since rows depend on every letter."""
    try:
        return files("federation.ledger").joinpath(f"shapes/{version}.txt").read_bytes()
    except FileNotFoundError as error:
        raise ValueError(f"There is no dictionary {version}.") from error


class Packed(TypeDecorator[bytes]):
    """A column of bytes that are packed on their way into the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Any) -> bytes | None:
        return None if value is None else pack(value)

    def process_result_value(self, value: bytes | None, dialect: Any) -> bytes | None:
        return None if value is None else unpack(bytes(value))


class PackedJson(TypeDecorator[Any]):
    """A column of JSON that is read as a whole and never searched in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> bytes | None:
        if value is None:
            return None
        return pack(
            json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        )

    def process_result_value(self, value: bytes | None, dialect: Any) -> Any:
        return None if value is None else json.loads(unpack(bytes(value)))
