"""What a load balancer asks: does the process live, and can it serve."""

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from exchange.messages import NotNow
from federation.ledger import journal
from search.errors import SearchError

blueprint = Blueprint("health", __name__)
MANY_BEHIND = 10_000  # rows of the journal; an index that is further behind answers wrongly
LATER = {"Retry-After": str(NotNow.RETRY_AFTER)}


@blueprint.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Response | tuple[Response, int, dict[str, str]]:
    """The database answers and the index is nearly in step."""
    instance = current_app.extensions["jumelage"]
    try:
        with instance.database.reading() as session:
            behind = journal.last(session) - instance.engine.seen()
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="does not answer"), 503, LATER
    except (SearchError, OSError):
        return jsonify(status="unavailable", database="ok", index="does not answer"), 503, LATER
    doing = instance.index.doing()
    if doing.trouble:  # what is there is still found, so nobody is sent elsewhere for that
        return jsonify(
            status="ok", database="ok", index="cannot be written", since=doing.since, behind=behind
        )
    if behind > MANY_BEHIND:
        return jsonify(status="unavailable", database="ok", index="catching up", behind=behind), 503, LATER
    index = "building anew" if doing.building else "ok"
    return jsonify(status="ok", database="ok", index=index, behind=behind)
