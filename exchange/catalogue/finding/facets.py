"""The facets of a search as every reader gets them: values by name, the narrower under the broader.

A facet is counted without its own filter, so the number beside a value says what choosing it would bring.
What is chosen is always shown, also when nothing has it any more.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from exchange.vocabulary import concepts, names

# What a reader looks for from small to large, or from little to much, and not by how often it is there.
IN_ORDER = frozenset({"population_class", "maturity", "evidence", "cost_class", "degurba"})


@lru_cache(maxsize=8192)
def label(name: str, value: str, language: str = "en") -> str:
    """What a facet's value is called in the reader's language."""
    if name == "country":
        return names.country(value, language)
    if name == "language":
        return names.language_name(value, language)
    return concepts.label(value, language)


def rows(
    name: str,
    counts: Sequence[tuple[str, int]],
    chosen: Sequence[str],
    language: str,
    called: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Value, label, count, whether it is selected, and the broader value that it stands under.

    `called` are names of values that no vocabulary has. Most frequent first, but what has an order of its own
    in that; what is narrower follows its broader value, most frequent first again.
    """
    called = called or {}
    same = [code for one in chosen for code in names.same_country(one)] if name == "country" else chosen
    made = [_row(name, value, count, value in same, language, called) for value, count in counts]
    found = {row["value"] for row in made}
    made += [
        _row(name, value, 0, True, language, called)
        for value in chosen
        if not found & {value, *(names.same_country(value) if name == "country" else ())}
    ]
    if name in IN_ORDER:
        made.sort(key=lambda row: _step(row["value"]))
    return _nested(made)


def _step(value: str) -> int:
    known = concepts.concept(value)
    return list(concepts.scheme(known.scheme).concepts).index(value) if known else -1


def _row(
    name: str, value: str, count: int, selected: bool, language: str, called: Mapping[str, str]
) -> dict[str, Any]:
    text = called.get(value) or label(name, value, language)
    return {"value": value, "label": text, "count": count, "selected": selected}


def _nested(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The narrower right behind the broader, where both are there."""
    present = {row["value"]: row for row in made}
    under: dict[str, list[dict[str, Any]]] = {}
    for row in made:
        known = concepts.concept(row["value"])
        if known and known.broader and known.broader in present:
            row["broader"] = known.broader
            under.setdefault(known.broader, []).append(row)
    top = [row for row in made if "broader" not in row]
    return [one for row in top for one in (row, *under.get(row["value"], ()))]
