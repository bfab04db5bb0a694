"""The first hits in the order of what they mean as well, where the extra `encoder` is installed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from search.answer import sense
from search.answer.sense import Sense
from search.engine import Arrange

MEANING = "meaning"


def arrange(text: str, then: Arrange, encoder: Sense | None) -> Arrange:
    """The rule `then` over hits that were put in order by an encoder too; what that moved up is marked.

    Without an encoder, or without words in the question, `then` alone.
    """
    question = sense.said(text)
    if encoder is None or not question:
        return then

    def both(hits: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
        order = encoder.order(question, [list(_texts(hit)) for hit in hits])
        moved_up = {at for place, at in enumerate(order) if place < at}
        return [
            (order[at], word or (MEANING if order[at] in moved_up else ""))
            for at, word in then([hits[at] for at in order])
        ]

    return both


def _texts(hit: Mapping[str, Any]) -> Iterator[str]:
    for name in ("title", "summary"):
        yield from (hit.get(name) or {}).values()
