"""What a practice cost, as a number that can be searched for."""

from typing import Any

import pytest

from exchange.indexing import euros


@pytest.mark.parametrize(
    ("cost", "amount"),
    [
        ({}, None),
        ({"items": [{"amount": 1000, "currency": "EUR"}, {"amount": 500}, {"text": {"en": "time"}}]}, 1500.0),
        ({"items": [{"amount": 1000, "currency": "SEK"}], "class": "pc-1"}, None),
        ({"items": [{"amount": 3000, "currency": "EUR", "per": "household"}]}, None),
        ({"items": [{"text": {"en": "much"}}], "class": "pc-2"}, 50000),
        ({"class": "pc-0"}, 0),
        ({"class": "pc-7"}, 10000000),
        ({"class": "mat-1"}, None),
    ],
)
def test_costs_are_compared_in_euros(cost: dict[str, Any], amount: float | None) -> None:
    assert euros(cost) == amount
