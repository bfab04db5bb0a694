"""What lets the tests start hundreds of instances without saying less: work that is the same is done once.

An instance of a test makes keys, compiles its addresses, its templates and its statements, and waits at
each commit until the disk has it. Nothing of that is what the tests are about (those that are use processes
of their own, to which none of this applies).
"""

import gc
from collections.abc import Callable
from itertools import count
from typing import Any

import jinja2
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from sqlalchemy import Engine, event
from werkzeug.routing import Rule

from exchange import db

KEYS = 40  # more than any test has actors, so that no two of them share one


def begin() -> None:
    """Called once, before the first test."""
    _keys_are_dealt_from_a_pack()
    _routes_are_compiled_once()
    _templates_are_compiled_once()
    db._sqlite = _hasty(db._sqlite)  # type: ignore[assignment]
    db._postgresql = _hasty(db._postgresql)  # type: ignore[assignment]


def rest() -> None:
    """Called when everything is loaded: what is there by then is not looked through for garbage again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _keys_are_dealt_from_a_pack() -> None:
    make, pack, turn = rsa.generate_private_key, list[rsa.RSAPrivateKey](), count()

    def deal(public_exponent: int, key_size: int, backend: Any = None) -> rsa.RSAPrivateKey:
        if (public_exponent, key_size) != (65537, 2048):
            return make(public_exponent, key_size, backend)
        number = next(turn) % KEYS
        if number == len(pack):
            pack.append(make(public_exponent, key_size))
        return pack[number] if number < len(pack) else make(public_exponent, key_size)

    rsa.generate_private_key = deal


def _routes_are_compiled_once() -> None:
    compile_builder, known = Rule._compile_builder, dict[Any, Callable[..., tuple[str, str]]]()

    def builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        same = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if same not in known:
            known[same] = compile_builder(rule, append_unknown)
        return known[same]

    Rule._compile_builder = builder  # type: ignore[method-assign]


class _Kept(jinja2.BytecodeCache):
    """Compiled templates, by what they were compiled from."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Any) -> None:
        if code := self._code.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Any) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


def _templates_are_compiled_once() -> None:
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Kept()}


def _hasty(connect: Callable[..., Engine]) -> Callable[..., Engine]:
    first: list[Engine] = []

    def connected(*words: Any, **more: Any) -> Engine:
        engine = connect(*words, **more)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))
        if not first:
            first.append(engine)
        # Statements are kept per dialect: instances that share one compile them once between them.
        engine.dialect, engine._compiled_cache = first[0].dialect, first[0]._compiled_cache
        return engine

    return connected
