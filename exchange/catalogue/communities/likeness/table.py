"""All communities as columns of small numbers, so that ten thousand are compared in a few milliseconds.

Equal values share a number. How far a value is from ours is then worked out once for each different
value, not once for each community, and a comparison is three look-ups and a division.
"""

import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from exchange.catalogue.communities.likeness.attributes import WEIGHTS, apart

ATTRIBUTES = tuple(WEIGHTS)
ALONE = ("population", "density")  # nearly every community has its own; the others come in few combinations
TOGETHER = tuple(name for name in ATTRIBUTES if name not in ALONE)
# What is not known counts as neither near nor far when communities are put in an order: as far as two
# that were drawn at random are on average.
ORDINARY = 0.35
_AT = {name: number for number, name in enumerate(ATTRIBUTES)}


class Column:
    """One attribute, or several together: the different values, and which of them each community has."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.values: list[tuple[Any, ...]] = []
        self.codes = array("l")
        self._known: dict[tuple[Any, ...], int] = {}

    def add(self, row: Sequence[Any]) -> None:
        value = tuple(row[_AT[name]] for name in self.names)
        code = self._known.get(value)
        if code is None:
            code = self._known[value] = len(self.values)
            self.values.append(value)
        self.codes.append(code)

    def against(self, own: Sequence[Any], weights: Mapping[str, float]) -> tuple[list[float], list[float]]:
        """For each different value: its weighted distance to `own`, and the weight that both know."""
        mine = [(own[_AT[name]], weights[name], name) for name in self.names]
        sums, known = [], []
        for value in self.values:
            far = weight = 0.0
            for (own_value, own_weight, name), theirs in zip(mine, value, strict=True):
                distance = apart(name, own_value, theirs)
                if distance is not None:
                    far += own_weight * distance
                    weight += own_weight
            sums.append(far)
            known.append(weight)
        return sums, known


class Table:
    """Communities, or reference units, ready to be compared; `keys[n]` names the n-th row."""

    def __init__(self, rows: Iterable[tuple[Any, str, tuple[Any, ...]]]) -> None:
        """`rows` are (key, NUTS 3 code or "", the eleven values)."""
        self.keys: list[Any] = []
        self.regions: list[str] = []
        self.columns = [*(Column((name,)) for name in ALONE), Column(TOGETHER)]
        for key, region, row in rows:
            self.keys.append(key)
            self.regions.append(sys.intern(region))
            for column in self.columns:
                column.add(row)
        self.place = {key: number for number, key in enumerate(self.keys)}

    def __len__(self) -> int:
        return len(self.keys)

    def row(self, number: int) -> tuple[Any, ...]:
        """The eleven values of one row."""
        found: dict[str, Any] = {}
        for column in self.columns:
            found |= zip(column.names, column.values[column.codes[number]], strict=True)
        return tuple(found[name] for name in ATTRIBUTES)

    def compare(self, own: Sequence[Any], weights: Mapping[str, float]) -> tuple[list[float], list[float]]:
        """For every row: its Gower distance (1 where nothing is known of both), and the weight known of both."""
        (a, ak), (b, bk), (c, ck) = (column.against(own, weights) for column in self.columns)
        first, second, third = (column.codes for column in self.columns)
        known = [ak[x] + bk[y] + ck[z] for x, y, z in zip(first, second, third, strict=True)]
        far = [
            (a[x] + b[y] + c[z]) / w if w else 1.0
            for x, y, z, w in zip(first, second, third, known, strict=True)
        ]
        return far, known

    def ranks(self, own: Sequence[Any], weights: Mapping[str, float]) -> list[float]:
        """For every row the distance by which it is put in order: what is not known counts as ordinary."""
        far, known = self.compare(own, weights)
        return [cautious(d, w) for d, w in zip(far, known, strict=True)]


def cautious(distance: float, known: float) -> float:
    """A distance of which only the share `known` is known, filled up with what is ordinary."""
    return distance * known + ORDINARY * (1 - known)
