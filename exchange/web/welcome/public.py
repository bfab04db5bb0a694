"""What everybody meets first: the home page with what is new, the choice of language, and help."""

from flask import g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.finding import visit as visiting
from exchange.catalogue.measures import figure as counting
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.web.desk import waiting
from exchange.web.find import searches
from exchange.web.frame.blueprints import public
from exchange.web.frame.guard import cookie_name, local_path
from exchange.web.frame.language import switch
from exchange.web.frame.reach import database

NEW, FEW = 6, 4  # practices on the home page; adoptions and reviews


@public.get("/")
def home() -> str:
    """What is new here, and the way in; for an officer what changed since they were here."""
    with database().reading() as session:
        page, own = "home.html", {}
        if g.officer is not None:
            page = "home_officer.html"
            own = {
                "visit": visiting.visit(session, g.officer, g.community),
                "todos": waiting.todos(session),
                "why": searches.WHY,
            }
        return render_template(
            page,
            **own,
            practices=shelf.newest(session, limit=NEW),
            reviews=shelf.newest_reviews(session, limit=FEW),
            adoptions=_with_places(session, shelf.newest_adoptions(session, limit=2 * NEW))[:FEW],
            figure=counting.figure(session),
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


@public.get("/privacy")
def privacy() -> str:
    """What is kept about whom, how long, and whom to write to."""
    return render_template("privacy.html", cookie=cookie_name())


def _with_places(
    session: Session, found: list[tuple[Adoption, Practice]]
) -> list[tuple[Adoption, Practice, Community, Community | None]]:
    """Adoptions with the practice, its owner, and the adopter where it has a page."""
    return [
        (
            adoption,
            practice,
            shelf.community_of(session, practice),
            session.get(Community, adoption.adopter_id) if adoption.adopter_id else None,
        )
        for adoption, practice in found
        if not adoption.record.get("inverse")
    ]
