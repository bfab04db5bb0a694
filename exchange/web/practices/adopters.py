"""All who took a practice up, in pages; the page of the practice has the last of them."""

from flask import render_template, request
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.models.practice import WITHDRAWN
from exchange.web.frame.blueprints import public
from exchange.web.frame.failures import page as failure
from exchange.web.frame.reach import database
from exchange.web.practices.practice import telling, with_answers

PER_PAGE = 50


@public.get("/practices/<key>/adopters")
def adopters(key: str) -> str | Response:
    """The adoptions of a practice, those that moved last first."""
    wanted = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    with database().reading() as session:
        found = shelf.practice(session, key)
        if found.state == WITHDRAWN:
            return failure(410, reason=found.withdrawn_reason)
        owner = shelf.community_of(session, found)
        total, _none = shelf.last_adoptions(session, found, 0)
        pages = max(1, -(-total // PER_PAGE))
        page = min(wanted, pages)
        _total, adoptions = shelf.last_adoptions(session, found, PER_PAGE, (page - 1) * PER_PAGE)
        shown = with_answers(session, adoptions, owner)
    return render_template(
        "adopters.html",
        practice=found,
        told=telling(found, owner),
        adoptions=shown,
        total=total,
        page=page,
        pages=pages,
    )
