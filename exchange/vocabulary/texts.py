"""Texts inside a record: each in its languages, the original one first, and nothing empty kept."""

from typing import Any

from exchange.vocabulary.fields import UNDETERMINED

_TEXT_NAMES = {
    *(
        "title",
        "summary",
        "problem",
        "context",
        "objectives",
        "solution",
        "governance",
        "legal",
        "text",
        "process",
    ),
    *("measures", "differently", "indicator", "method", "core", "label", "note"),
    *("kept", "changed", "dropped", "added"),
}
# Whose own `title` and `name` are plain lines; under `certainty` fields are named, with a mark for each.
_LINES = {"source", "attachment", "place", "certainty"}


def in_order(value: Any, language: str, inside: str = "") -> Any:
    """Give bare texts their language, and put that language first in every text."""
    if isinstance(value, dict):
        return {k: _one(k, v, language, inside) for k, v in value.items()}
    if isinstance(value, list):
        return [in_order(v, language, inside) for v in value]
    return value


def _one(name: str, value: Any, language: str, inside: str) -> Any:
    if name in _TEXT_NAMES and inside not in _LINES:
        return _first(value, language)
    if name in ("keyword", "steps", "prerequisite") and isinstance(value, list):
        return [
            _first(v, language) if isinstance(v, str) or _is_text(v) else in_order(v, language, name)
            for v in value
        ]
    return in_order(value, language, name)


def _is_text(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and "text" not in value
        and all(len(str(k)) <= 7 for k in value)
    )


def _first(value: Any, language: str) -> Any:
    if isinstance(value, str):
        return {language: value}
    if isinstance(value, dict):
        value = {(language if k == UNDETERMINED else k): v for k, v in value.items()}
        return {k: value[k] for k in sorted(value, key=lambda k: k != language)}
    return value


def length(value: Any) -> int:
    if isinstance(value, dict):
        return sum(length(v) for v in value.values())
    return (
        sum(length(v) for v in value)
        if isinstance(value, list)
        else len(value)
        if isinstance(value, str)
        else 0
    )


def filled(value: Any) -> Any:
    """The value without anything empty in it."""
    if isinstance(value, dict):
        return {k: f for k, v in value.items() if (f := filled(v)) not in ({}, [], "", None)}
    if isinstance(value, list):
        return [f for v in value if (f := filled(v)) not in ({}, [], "", None)]
    return value
