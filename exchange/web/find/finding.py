"""The search page: words and facets in the address, answers with their context, and a way on when there are none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import g, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from exchange.catalogue.finding import find as finding
from exchange.catalogue.finding import narrowed, saved
from exchange.catalogue.finding.orders import FROM_HOME, SORTS
from exchange.catalogue.search_values import read_filter, read_near
from exchange.messages import N_, Problem, Refusal
from exchange.vocabulary import names
from exchange.web.find import followed
from exchange.web.frame.blueprints import public
from exchange.web.frame.failures import later
from exchange.web.frame.language import current
from exchange.web.frame.reach import database, instance
from search.words.text import fold

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
LONG = 16  # from here on a facet can be searched
TEXTS = {  # where a word can stand, as it is explained
    "title": N_("title"),
    "keywords": N_("keywords and themes"),
    "place": N_("place"),
    "owner": N_("name of the community"),
    "summary": N_("summary"),
    "body": N_("full text"),
}


@dataclass(frozen=True)
class Chip:
    """One filter that is set, and how to take it away."""

    facet: str
    value: str
    label: str


@public.get("/practices")
def practices() -> str | tuple[str, int] | Response:
    """Search and browse all practices that this instance knows."""
    problems: list[Problem] = []
    params = finding.SearchParams()
    with database().reading() as session:

        def found() -> finding.Results:
            return finding.find(
                instance().engine,
                params,
                language=current(),
                session=session,
                home=g.community,
                even_away=True,
            )

        try:
            params = finding.SearchParams.from_args(request.args)
            results = found()
        except Refusal as refusal:
            problems = refusal.problems
            try:  # who is no longer logged in still finds, in another order
                params = _without_order(problems)
                results = found()
            except Refusal:
                params = finding.SearchParams()
                results = found()
        called = narrowed.called(session, params.filters, current())
        news = instance().index.news(session)
        theme = "" if problems else _only_theme(params)
        theme_followed = bool(theme) and followed.is_followed(session, f"theme:{theme}")
    chips = [
        Chip(name, row["value"], row["label"])
        for name, rows in results.facets.items()
        for row in rows
        if row["selected"] and row["value"] in request.args.getlist(name)
    ]
    chips += [
        Chip(name, value, called.get(value, value))
        for name in ("community", "cluster")
        for value in params.filters.get(name, ())
    ]
    titles = {one["key"]: one["title"] for one in results.items}
    chips += [Chip("key", value, titles.get(value, value)) for value in params.filters.get("key", ())]
    if not problems:
        chips += _boxless()
    looked = {name: request.args.get(f"find.{name}", "")[:80] for name in FACETS}
    body = render_template(
        "practices.html",
        params=params,
        question="" if problems else _question(params),
        results=results,
        only_theme=theme,
        theme_followed=theme_followed,
        news=news,
        chips=chips,
        facets={name: _looked_through(results.facets.get(name, []), looked[name]) for name in FACETS},
        lengths={name: len(results.facets.get(name, [])) for name in FACETS},
        looked=looked,
        titles=FACETS,
        sorts=SORTS,
        sorts_from_home=FROM_HOME if g.community else {},
        open_facets=OPEN,
        few=FEW,
        long=LONG,
        problems=problems,
        words=request.args.get("q", "")[: finding.MOST_WORDS],
        country_of=lambda code: names.country(code, current()),
        why=why,
        text_names=TEXTS,
        shown_at=shown_at,
    )
    if results.away:
        return later(Response(body, status=503, mimetype="text/html"))
    return (body, 400) if problems else body


def _without_order(problems: list[Problem]) -> finding.SearchParams:
    """What is left of a question of which only the order was refused; everything when it was more."""
    if any(problem.path != "sort" for problem in problems):
        return finding.SearchParams()
    return finding.SearchParams.from_args(
        {name: request.args.getlist(name) for name in request.args if name not in ("sort", "after", "page")}
    )


def _question(params: finding.SearchParams) -> str:
    """The question as an address that means the same to everybody: it names the community it is asked from."""
    asked = saved.question(request.args.items(multi=True))
    if params.sort in FROM_HOME and not params.home and g.community:
        asked.append(("home", g.community.uri))
    return urlencode(asked)


def _boxless() -> list[Chip]:
    """What narrows the list and has no box beside it: a landscape, a place."""
    landscapes = [
        Chip(
            name,
            value,
            ", ".join(finding.facet_label(name, one, current()) for one in read_filter(name, [value])),
        )
        for name in ("topography",)
        for value in request.args.getlist(name)
        if value.strip()
    ]
    places = [value for value in request.args.getlist("near") if value.strip()]
    return landscapes + [
        Chip("near", value, "near:{:g},{:g}~{:g}km".format(*read_near([value]))) for value in places[-1:]
    ]


def _only_theme(params: finding.SearchParams) -> str:
    """The theme that a question asks for when it asks for nothing else."""
    chosen = dict(params.filters).get("theme", ())
    return (
        chosen[0] if len(chosen) == 1 and len(params.filters) == 1 and not (params.q or params.near) else ""
    )


def why(item: Mapping[str, Any]) -> dict[str, list[str]]:
    """Each word of a hit's reasons, with the names of the texts in which it stands; a theme stands in none."""
    found: dict[str, list[str]] = {}
    for reason in item.get("reasons") or ():
        if reason["field"] in finding.FACETS:
            continue
        places = found.setdefault(reason["word"], [])
        if reason["field"] in TEXTS:
            places.append(reason["field"])
    return {word: places or ["body"] for word, places in found.items() if word}


def shown_at(typed: str, position: int) -> Markup:
    """The question with a mark on the word in which a mistake begins."""
    before, after = typed[:position], typed[position:]
    word = re.match(r"\s*\S*", after).group()  # type: ignore[union-attr]
    rest = after[len(word) :]
    return (
        Markup("<code>{}<mark>{}</mark>{}</code>").format(before, word, rest) if word.strip() else Markup("")
    )


def _looked_through(rows: list[dict[str, Any]], typed: str) -> list[dict[str, Any]]:
    """The values whose name has what was typed; those that are chosen stay."""
    wanted = fold(typed.strip())
    return [row for row in rows if row["selected"] or wanted in fold(row["label"])] if wanted else rows
