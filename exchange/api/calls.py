"""Consultations and campaigns for programs: what is asked and called for, what was said, and what came."""

from flask import Response

from exchange.api import shapes
from exchange.api.answers import answer
from exchange.api.blueprint import api, database, reader_language
from exchange.api.problems import ApiProblem
from exchange.api.reading import plain
from exchange.catalogue.clusters import calls, progress
from exchange.models.call import CAMPAIGN, CONSULTATION


@api.get("/v1/consultations")
def consultations() -> Response:
    """The consultations that are known here."""
    return _list(CONSULTATION)


@api.get("/v1/consultations/<ref>")
def consultation(ref: str) -> Response:
    """One consultation with the contributions to it, in order of support."""
    with database().reading() as session:
        found = calls.call(session, plain(ref), CONSULTATION)
        if found.withdrawn_at is not None:
            raise ApiProblem(410)
        return answer(shapes.consultation_in_full(found, calls.shown(session, found), reader_language()))


@api.get("/v1/campaigns")
def campaigns() -> Response:
    """The campaigns that are known here."""
    return _list(CAMPAIGN)


@api.get("/v1/campaigns/<ref>")
def campaign(ref: str) -> Response:
    """One campaign, and how far it is."""
    with database().reading() as session:
        found = calls.call(session, plain(ref), CAMPAIGN)
        if found.withdrawn_at is not None:
            raise ApiProblem(410)
        behind = calls.backers(session, found)[found.uri]
        came = progress.progress(session, found)
        return answer(shapes.campaign_in_full(found, came, behind, reader_language()))


def _list(kind: str) -> Response:
    with database().reading() as session:
        items = [shapes.call(one, reader_language()) for one in calls.all_(session, kind)]
    return answer({"total": len(items), "items": items})
