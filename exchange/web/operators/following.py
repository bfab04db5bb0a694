"""Following other instances and communities, and leaving off: for coordinators and administrators."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.messages import N_, Message, NotAllowed, NotFound, Problem
from exchange.web.frame import guard
from exchange.web.frame.blueprints import admin
from exchange.web.frame.reach import database, instance
from federation.errors import FetchError
from federation.neighbours import followers
from federation.others import peers, webfinger

Answer = str | tuple[str, int] | Response


@admin.get("/desk/federation/follow")
@guard.officers_only
def follow() -> Answer:
    """Ask for the address of whom to follow."""
    _check()
    return render_template("follow.html", problems=[], wanted=request.args.get("who", "")[:500])


@admin.post("/desk/federation/follow")
@guard.officers_only
def ask_to_follow() -> Answer:
    """Find out who that is, and ask to follow them."""
    _check()
    wanted = request.form.get("who", "").strip()[:500]
    node = instance().node
    if not wanted:
        return _again(wanted, N_("Write an address or a handle."))
    try:
        actor = webfinger.resolve(node.client, wanted)
        if node.is_ours(actor):
            return _again(wanted, N_("That is this instance itself."))
        peers.resolve_actor(node, actor)
    except FetchError as error:
        return _again(wanted, error.reason)
    with database().writing() as session:
        followers.follow(session, node, local_actor=node.instance_actor, target_actor=actor)
    return redirect(url_for("public.federation", done="followed"), 303)


@admin.post("/desk/federation/unfollow")
@guard.officers_only
def unfollow() -> Answer:
    """Follow somebody no longer."""
    _check()
    node = instance().node
    target = request.form.get("actor", "")[:2000]
    own = request.form.get("by") or node.instance_actor
    with database().writing() as session:
        if own != node.instance_actor:
            guard.check_may(shelf.community(session, own))
        if followers.unfollow(session, node, local_actor=own, target_actor=target) is None:
            raise NotFound(N_("This instance does not follow that address."))
    return redirect(url_for("public.federation", done="unfollowed"), 303)


def _check() -> None:
    if not guard.may_govern():
        raise NotAllowed(N_("Only coordinators and administrators decide whom this instance follows."))


def _again(wanted: str, sentence: str) -> Answer:
    problems = [Problem("who", Message(sentence))]
    return render_template("follow.html", problems=problems, wanted=wanted), 422
