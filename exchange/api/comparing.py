"""What the API compares: communities with each other, kinds of place with each other, and themes with what is there."""

from flask import Response, request
from sqlmodel import Session

from exchange.api.answers import answer
from exchange.api.blueprint import api, database, reader_language
from exchange.api.problems import ApiProblem
from exchange.api.reading import plain
from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster
from exchange.catalogue.communities import likeness
from exchange.catalogue.communities.likeness import lists
from exchange.catalogue.measures import bridging, gaps
from exchange.catalogue.measures.bridging import told
from exchange.catalogue.search_values import read_filter, read_number
from exchange.messages import N_
from exchange.models.cluster import Cluster
from exchange.vocabulary import concepts

LONGEST = 100


@api.get("/v1/communities/<ref>/similar")
def similar(ref: str) -> Response:
    """Communities like one, or the practices that follow from it; `list` is like, anywhere, bridge or adopted."""
    args, language = request.args, reader_language() or "en"
    theme = likeness.read_theme(args.get("theme", ""))
    weights = likeness.weights(theme, likeness.read_factors(args.get("weights", "")))
    limit = read_number([args["limit"]], 1, LONGEST) if args.get("limit") else 10
    which = args.get("list") or "like"
    with database().reading() as session:
        found = shelf.community(session, plain(ref))
        themes = read_filter("theme", [args["theme"]]) if theme else ()
        items = [
            lists.told(one, language)
            for one in lists.named(session, which, found, weights, themes=themes, limit=limit)
        ]
    return answer({"id": found.uri, "list": which, "weights": weights, "total": len(items), "items": items})


@api.get("/v1/bridging")
def exchanged() -> Response:
    """What goes between countryside, towns and cities; `cluster` and `by` (year or quarter) narrow it."""
    by = request.args.get("by") or "year"
    if by not in ("year", "quarter"):
        raise ApiProblem(400, N_("A period is a year or a quarter."))
    with database().reading() as session:
        found = bridging.bridging(session, cluster=_cluster(session), by=by)
    return answer(told.told(found))


@api.get("/v1/gaps")
def gap_map() -> Response:
    """Theme by kind of place: how many practices there are and how many communities look for some."""
    language = reader_language() or "en"
    with database().reading() as session:
        found = gaps.gaps(session, cluster=_cluster(session))
    items = [
        {
            "theme": cell.theme,
            "label": concepts.label(cell.theme, language),
            "kind": cell.kind,
            "degurba": gaps.DEGURBA[cell.kind],
            "practices": cell.practices,
            "seekers": cell.seekers,
        }
        for cell in found.cells.values()
    ]
    return answer({"total": len(items), "empty": found.empty, "unplaced": found.unplaced, "items": items})


def _cluster(session: Session) -> Cluster | None:
    wanted = request.args.get("cluster")
    return cluster.cluster(session, plain(wanted)) if wanted else None
