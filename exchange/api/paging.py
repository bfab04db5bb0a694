"""A long list in pages, for whoever asks for one; who asks for none gets all of it."""

from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request

from exchange.api.blueprint import instance
from exchange.catalogue.finding.find import MOST_PAGES, MOST_PER_PAGE
from exchange.catalogue.search_values import read_number
from exchange.messages import Problem, Refusal

Item = TypeVar("Item")
USUAL = 20  # items on a page, when only its number is said


@dataclass(frozen=True)
class Part:
    """One page of a list of `total` items."""

    page: int
    per_page: int
    total: int

    def of(self, items: list[Item]) -> list[Item]:
        """The items of this page."""
        return items[(self.page - 1) * self.per_page : self.page * self.per_page]

    def data(self) -> dict[str, Any]:
        """What the answer says of it beside `total` and `items`."""
        return {"page": self.page, "per_page": self.per_page}

    def links(self) -> dict[str, str]:
        """RFC 8288 links to the pages before and after."""
        address = f"{instance().settings.origin}{request.path}"
        last = min(-(-self.total // self.per_page), MOST_PAGES)
        links = [
            f'<{address}?{urlencode({"page": page, "per_page": self.per_page})}>; rel="{way}"'
            for way, page in (("prev", self.page - 1), ("next", self.page + 1))
            if 1 <= page <= last
        ]
        return {"Link": ", ".join(links)} if links else {}


def part(total: int) -> Part | None:
    """The page that is asked for with `page` and `per_page`; None when neither is said."""
    problems: list[Problem] = []

    def number(name: str, most: int, usual: int) -> int:
        said = request.args.get(name)
        try:
            return read_number([said], 1, most) if said else usual
        except Refusal as refusal:
            problems.extend(Problem(name, problem.message) for problem in refusal.problems)
            return usual

    page, per_page = number("page", MOST_PAGES, 1), number("per_page", MOST_PER_PAGE, USUAL)
    if problems:
        raise Refusal(problems)
    return Part(page, per_page, total) if request.args.get("page") or request.args.get("per_page") else None
