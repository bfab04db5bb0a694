"""What everybody meets first: the home page with what is new, the choice of language, and help."""

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.models.community import Community
from exchange.web.blueprints import public
from exchange.web.guard import local_path
from exchange.web.language import switch
from exchange.web.reach import database

NEW = 6  # of each kind on the home page


@public.get("/")
def home() -> str:
    """What is new here, and the way in."""
    with database().reading() as session:
        return render_template(
            "home.html",
            practices=shelf.newest(session, limit=NEW),
            reviews=shelf.newest_reviews(session, limit=NEW),
            adoptions=_with_adopters(session, shelf.newest_adoptions(session, limit=2 * NEW))[:NEW],
            counts=shelf.counts(session),
        )


@public.post("/language")
def language() -> Response:
    """Keep the reader's choice of language, and go back to where they were."""
    back = redirect(local_path(request.form.get("next"), url_for("public.home")), 303)
    switch(back, request.form.get("language", ""))
    return back


@public.get("/help/search")
def help_search() -> str:
    """How to search."""
    return render_template("help_search.html")


@public.get("/help/facts")
def help_facts() -> str:
    """What counts as a fact, and how everything else is marked."""
    return render_template("help_facts.html")


def _with_adopters(session: Session, found: list[Any]) -> list[tuple[Any, Any, Community | None]]:
    return [
        (a, p, session.get(Community, a.adopter_id) if a.adopter_id else None)
        for a, p in found
        if not a.record.get("inverse")
    ]
