"""The pages of clusters: who belongs to one, what it points out; and the coordinator's hand in it."""

from flask import g, redirect, render_template, request, url_for
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.clusters import belonging, cluster, collections
from exchange.catalogue.clusters import calls as asking
from exchange.messages import N_, NotAllowed
from exchange.models.cluster import ASKED
from exchange.models.community import Community
from exchange.web.frame import guard
from exchange.web.frame.blueprints import admin, public
from exchange.web.frame.language import current
from exchange.web.frame.reach import database, instance, settings
from federation.neighbours import followers
from federation.others import peers

SHOWN = 24  # members on the page of a cluster; all of them are on a page of their own


@public.get("/clusters")
def clusters() -> str:
    """All clusters of this instance."""
    with database().reading() as session:
        found = [
            (one, len(cluster.members(session, one)), len(cluster.practices(session, one)))
            for one in cluster.clusters(session)
        ]
    return render_template("clusters.html", clusters=found)


@public.get("/clusters/<slug>")
def one_cluster(slug: str) -> str:
    """One cluster: its members and the practices it points out."""
    with database().reading() as session:
        found = cluster.cluster(session, slug)
        members = _by_name(_known(session, cluster.members(session, found)))
        between = belonging.to(session, g.community, found.uri) if g.community else None
        return render_template(
            "cluster.html",
            own=g.community,
            own_state=between.state if between else None,
            cluster=found,
            handle=f"@{found.slug}@{settings().host}",
            members=members[:SHOWN],
            size=len(members),
            asked=_known(session, cluster.members(session, found, ASKED)),
            practices=cluster.practices(session, found),
            collections=collections.all_(session, owner=found.uri, unfinished=guard.may_govern()),
            sizes=collections.sizes(session),
            calls=[
                (one, asking.is_open(one), asking.begins(one))
                for one in asking.all_(session, owner=found.uri)
            ],
            call_sizes=asking.sizes(session),
            governs=guard.may_govern(),
        )


@admin.post("/clusters/<slug>/members")
@guard.officers_only
def admit(slug: str) -> Response:
    """Take a community in that has asked, or say no.

    Whoever is taken in from elsewhere is followed: what it told before it came is read then.
    """
    _check()
    node, member = instance().node, request.form.get("member", "")[:2000]
    with database().writing() as session:
        found = cluster.cluster(session, slug)
        yes = request.form.get("answer") == "yes"
        (cluster.admit if yes else cluster.refuse)(session, found, member)
        met = peers.known(session, member) and not node.is_ours(member)
        if yes and met and not followers.is_followed(session, member):
            followers.follow(session, node, local_actor=node.instance_actor, target_actor=member)
    return redirect(url_for("public.one_cluster", slug=slug), 303)


@admin.post("/practices/<key>/curate")
@guard.officers_only
def curate(key: str) -> Response:
    """Point a practice out in a cluster, or no longer."""
    _check()
    with database().writing() as session:
        found = cluster.cluster(session, request.form.get("cluster", ""))
        practice = shelf.practice(session, key)
        (cluster.drop if request.form.get("answer") == "no" else cluster.curate)(session, found, practice)
        slug = found.slug
    return redirect(url_for("public.one_cluster", slug=slug), 303)


def _check() -> None:
    if not guard.may_govern():
        raise NotAllowed(N_("Only coordinators and administrators lead a cluster."))


def _by_name(members: list[tuple[str, Community | None]]) -> list[tuple[str, Community | None]]:
    """Members by their name in the reader's language; those that nobody here has heard of come last."""
    return sorted(
        members, key=lambda one: (one[1] is None, one[1].called(current()).casefold() if one[1] else one[0])
    )


def _known(session: Session, uris: list[str]) -> list[tuple[str, Community | None]]:
    """Actors with their communities, as far as we know them."""
    known = {c.uri: c for c in session.exec(select(Community).where(col(Community.uri).in_(uris)))}
    return [(uri, known.get(uri)) for uri in uris]
