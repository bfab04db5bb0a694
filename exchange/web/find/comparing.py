"""The pages that compare: places like this one, what goes between kinds of place, and where nobody has told anything."""

from flask import Response, render_template, request
from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster as clusters
from exchange.catalogue.communities import likeness, reference
from exchange.catalogue.communities.likeness import attributes, lists, reasons
from exchange.catalogue.measures import bridging as measures
from exchange.catalogue.measures import gaps as mapping
from exchange.messages import N_, Problem, Refusal
from exchange.models.cluster import Cluster
from exchange.web.drawing import downloads, flows, squares
from exchange.web.frame.blueprints import public
from exchange.web.frame.language import current, gettext, label
from exchange.web.frame.reach import database

LISTS = {
    "like": N_("Like it"),
    "bridge": N_("Same theme, another kind of place"),
    "adopted": N_("Taken up by places like it"),
    "anywhere": N_("Like it, anywhere in Europe"),
}
FACTORS = {
    "0": N_("leave out"),
    "0.5": N_("less"),
    "1": N_("as usual"),
    "2": N_("more"),
    "4": N_("much more"),
}
SHOWN = 20


@public.get("/communities/<ref>/similar")
def similar(ref: str) -> str | tuple[str, int]:
    """Places like this one, with reasons; the reader may move the weights."""
    which = request.args.get("list", "like")
    which = which if which in LISTS else "like"
    problems: list[Problem] = []
    theme, factors, weights = None, {}, dict(likeness.WEIGHTS)
    try:
        theme = likeness.read_theme(request.args.get("theme", ""))
        told = ",".join(f"{name}:{request.args[name]}" for name in likeness.WEIGHTS if request.args.get(name))
        factors = likeness.read_factors(told)
        weights = likeness.weights(theme, factors)
    except Refusal as refusal:
        problems = refusal.problems
    with database().reading() as session:
        found = shelf.community(session, ref)
        themes = (theme,) if theme else ()
        rows = lists.named(session, which, found, weights, themes=themes, limit=SHOWN)
        known = reference.held(session)
    body = render_template(
        "similar.html",
        community=found,
        ref=found.slug if found.local else shelf.handle(found),
        rows=rows,
        which=which,
        lists=LISTS,
        theme=theme,
        factors=factors,
        choices=FACTORS,
        names=attributes.NAMES,
        weights=weights,
        problems=problems,
        reference=known,
        reason=lambda one: reasons.sentence(one, current()),
        kept=[(k, v) for k, v in request.args.items() if k in likeness.WEIGHTS or k == "theme"],
    )
    return (body, 400) if problems else body


@public.get("/bridging")
def bridging() -> str:
    """What goes between countryside, towns and cities, over all that is known here or within a cluster."""
    with database().reading() as session:
        only = _cluster(session)
        found = measures.bridging(session, cluster=only)
    return render_template(
        "bridging.html",
        found=found,
        cluster=only,
        picture=flows.picture(found.exchanges["adoptions"]),
        words=flows.WORDS,
        tone=flows.tone,
        sources={"adoptions": N_("Adoptions"), "ratings": N_("Reviews"), "follows": N_("Follows")},
    )


@public.get("/bridging.svg")
def bridging_svg() -> Response:
    """The picture as a file."""
    with database().reading() as session:
        found = measures.bridging(session, cluster=_cluster(session))
    return downloads.svg(flows.picture(found.exchanges["adoptions"]), "bridging")


@public.get("/bridging.csv")
def bridging_csv() -> Response:
    """Every direction of every source, against chance, as a table in a file."""
    with database().reading() as session:
        found = measures.bridging(session, cluster=_cluster(session))
    columns = ("source", "from", "to", "n", "share", "chance", "times_chance")
    rows = (
        {"source": source, "from": flow.origin, "to": flow.taker, "n": flow.n, "share": flow.share}
        | {"chance": flow.chance, "times_chance": flow.ratio}
        for source, exchange in found.exchanges.items()
        for flow in exchange.flows
    )
    return downloads.csv(columns, rows, "bridging")


@public.get("/gaps")
def gaps() -> str:
    """What there is, what is missing and what is sought, by theme and kind of place."""
    with database().reading() as session:
        only = _cluster(session)
        found = mapping.gaps(session, cluster=only)
    return render_template(
        "gaps.html",
        found=found,
        cluster=only,
        picture=squares.picture(found, only.slug if only else None),
        words=flows.WORDS,
        kinds=mapping.KINDS,
        where=squares.where,
    )


@public.get("/gaps.svg")
def gaps_svg() -> Response:
    """The map as a picture in a file."""
    with database().reading() as session:
        only = _cluster(session)
        found = mapping.gaps(session, cluster=only)
    return downloads.svg(squares.picture(found, only.slug if only else None), "gaps")


@public.get("/gaps.csv")
def gaps_csv() -> Response:
    """The map as a table in a file."""
    with database().reading() as session:
        found = mapping.gaps(session, cluster=_cluster(session))
    columns = ("theme", "label", "kind", "degurba", "practices", "seekers")
    rows = (
        {"theme": cell.theme, "label": label(cell.theme), "kind": gettext(flows.WORDS[cell.kind])}
        | {"degurba": mapping.DEGURBA[cell.kind], "practices": cell.practices, "seekers": cell.seekers}
        for cell in found.cells.values()
    )
    return downloads.csv(columns, rows, "gaps")


def _cluster(session: Session) -> Cluster | None:
    wanted = request.args.get("cluster", "")[:100]
    return clusters.cluster(session, wanted) if wanted else None
