"""What an index accepts."""

import pytest

from search.errors import UnknownField
from search.layout import LAYOUT
from tests.search.library import DOCUMENTS, document


def test_documents_of_the_layout_are_accepted() -> None:
    for one in DOCUMENTS:
        LAYOUT.check(one)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"facets": {"colour": ("red",)}}, "facet called colour"),
        ({"numbers": {"weight": 1}}, "number called weight"),
        ({"texts": {"poem": {"en": "x"}}}, "text called poem"),
    ],
)
def test_a_field_that_nobody_would_ever_search_is_refused(more: dict, what: str) -> None:
    with pytest.raises(UnknownField, match=what):
        LAYOUT.check(document("x", **more))
