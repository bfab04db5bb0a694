"""How texts are shown where there is little room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.web.frame.show import truncate


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("A village", 9, "A village"),
        ("A village shop", 12, "A village\u00a0…"),
        ("Wind, sun and battery", 8, "Wind\u00a0…"),
        ("from 5 % to 18 %", 12, "from 5 %\u00a0…"),
        ("Donaudampfschifffahrt", 10, "Donaudam\u00a0…"),
        ("", 10, ""),
        (None, 10, ""),
    ],
)
def test_a_long_text_ends_with_a_word_and_three_points(text: str | None, most: int, shown: str) -> None:
    assert truncate(text, most) == shown


@given(st.text(), st.integers(3, 40))
def test_no_text_is_longer_than_it_may_be(text: str, most: int) -> None:
    shown = truncate(text, most)
    assert len(shown) <= most
    assert shown == text or shown.endswith("…")
