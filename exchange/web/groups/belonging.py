"""The desk's page about clusters: to which ours belongs, asking to be taken in, and leaving."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.catalogue.clusters import belonging
from exchange.catalogue.clusters import join as joining
from exchange.meeting import meet_cluster
from exchange.messages import N_, Message, NotAllowed, NotFound, Problem, Refusal
from exchange.models.community import Community
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.reach import database, instance
from federation.errors import FetchError
from federation.neighbours import followers

Answer = str | tuple[str, int] | Response


@officer.get("/desk/clusters")
@guard.officers_only
def own_clusters() -> Answer:
    """The clusters of our community, and the form to ask another one."""
    return _page(request.args.get("cluster", "")[:500], [])


@officer.post("/desk/clusters")
@guard.officers_only
def join_cluster() -> Answer:
    """Ask a cluster to take our community in."""
    own = guard.own_community()
    wanted = request.form.get("cluster", "").strip()[:2000]
    try:
        if not wanted:
            raise Refusal(N_("Write the handle or address of a cluster."))
        uri, name = meet_cluster(instance(), wanted)
        with database().writing() as session:
            joining.join(session, session.get_one(Community, own.id), uri, name)
    except NotAllowed:
        raise
    except NotFound as missing:
        return _page(wanted, [Problem("cluster", missing.problems[0].message)]), 422
    except Refusal as refusal:
        return _page(wanted, [Problem("cluster", one.message) for one in refusal.problems]), 422
    except FetchError as error:
        return _page(wanted, [Problem("cluster", Message(error.reason))]), 422
    return redirect(url_for("officer.own_clusters", done="asked-to-join"), 303)


@officer.post("/desk/clusters/leave")
@guard.officers_only
def leave_cluster() -> Answer:
    """Belong to a cluster no longer."""
    own = guard.own_community()
    with database().writing() as session:
        community = session.get_one(Community, own.id)
        joining.leave(session, community, request.form.get("cluster", "")[:2000])
    return redirect(url_for("officer.own_clusters", done="left-cluster"), 303)


def _page(wanted: str, problems: list[Problem]) -> str:
    own = guard.own_community()
    node = instance().node
    with database().reading() as session:
        rows = [
            (row, node.is_ours(row.cluster) or followers.is_followed(session, row.cluster))
            for row in belonging.of(session, own)
        ]
    return render_template("own_clusters.html", rows=rows, wanted=wanted, problems=problems)
