"""The search page: words and facets in the address, answers with their context, and a way on when there are none."""

from dataclasses import dataclass

from flask import render_template, request

from exchange.catalogue import find as finding
from exchange.messages import N_, Problem, Refusal
from exchange.vocabulary import names
from exchange.web.blueprints import public
from exchange.web.language import current
from exchange.web.reach import database, instance

FACETS = {
    "theme": N_("Theme"),
    "degurba": N_("Kind of place"),
    "population_class": N_("Size"),
    "country": N_("Country"),
    "evidence": N_("Evidence"),
    "maturity": N_("Maturity"),
    "status": N_("Where it stands"),
    "cost_class": N_("Cost"),
    "language": N_("Original language"),
    "commitment": N_("Commitment"),
    "adopted_by": N_("Adopted by"),
    "instance": N_("Instance"),
}
OPEN = ("theme", "degurba", "population_class", "country")
FEW = 8  # values of a facet that are shown before “all”
SORTS = {
    "relevance": N_("Best match"),
    "newest": N_("Newest first"),
    "updated": N_("Last changed first"),
    "oldest": N_("Oldest first"),
    "adoptions": N_("Most adopted"),
    "evidence": N_("Best evidence"),
    "population": N_("Largest places first"),
    "title": N_("Title"),
}


@dataclass(frozen=True)
class Chip:
    """One filter that is set, and how to take it away."""

    facet: str
    value: str
    label: str


@public.get("/practices")
def practices() -> str | tuple[str, int]:
    """Search and browse all practices that this instance knows."""
    problems: list[Problem] = []
    try:
        params = finding.SearchParams.from_args(request.args)
    except Refusal as refusal:
        problems = refusal.problems
        params = finding.SearchParams()
    with database().reading() as session:
        results = finding.find(instance().engine, params, language=current(), session=session)
        news = instance().index.news(session)
    chips = [
        Chip(name, row["value"], row["label"])
        for name, rows in results.facets.items()
        for row in rows
        if row["selected"] and row["value"] in request.args.getlist(name)
    ]
    body = render_template(
        "practices.html",
        params=params,
        results=results,
        news=news,
        chips=chips,
        facets={name: results.facets.get(name, []) for name in FACETS},
        titles=FACETS,
        sorts=SORTS,
        open_facets=OPEN,
        few=FEW,
        problems=problems,
        words=request.args.get("q", "")[: finding.MOST_WORDS],
        country_of=lambda code: names.country(code, current()),
    )
    return (body, 400) if problems else body
