"""What people elsewhere said about our practices is read at the desk, shown or hidden; reports are settled there."""

from dataclasses import dataclass, field

from flask import g, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.people import correct, decide, moderate
from exchange.messages import N_, NotAllowed
from exchange.models.comment import Comment
from exchange.models.practice import Practice
from exchange.models.report import Report
from exchange.vocabulary import hypertext
from exchange.web.frame import guard
from exchange.web.frame.blueprints import admin, officer, public
from exchange.web.frame.reach import database


@dataclass(frozen=True)
class ToModerate:
    """What waits at somebody's desk."""

    comments: list[tuple[Comment, Practice]] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)


def waiting(session: Session) -> ToModerate:
    """Comments on one's own practices, on all for an administrator; reports for those who govern."""
    everything = g.officer.role == "admin"
    comments = moderate.waiting(session, None if everything else g.community) if _may_read() else []
    return ToModerate(comments, moderate.reports(session) if guard.may_govern() else [])


def _may_read() -> bool:
    return g.officer.role == "admin" or g.community is not None


@officer.post("/desk/comments/<key>/answer")
@guard.officers_only
def answer_comment(key: str) -> Response:
    """Show a comment to everybody, or hide it."""
    shown = request.form.get("answer") == "show"
    with database().writing() as session:
        comment = moderate.comment(session, key)
        practice = session.get_one(Practice, comment.practice_id)
        guard.check_may(shelf.community_of(session, practice))
        settle = moderate.show if shown else moderate.hide
        settle(session, comment, by=g.officer, reason=request.form.get("reason", ""))
    return back("comment-shown" if shown else "comment-hidden")


@admin.post("/desk/reports/<key>/done")
@guard.officers_only
def settle_report(key: str) -> Response:
    """A report has been dealt with."""
    if not guard.may_govern():
        raise NotAllowed(N_("Only coordinators and administrators deal with reports."))
    upheld, reason = request.form.get("answer") != "no", request.form.get("reason", "")
    with database().writing() as session:
        moderate.settle(session, key, upheld=upheld, by=g.officer, reason=reason)
    return back("report-done")


@admin.get("/desk/moderation")
@guard.officers_only
def moderation() -> str:
    """Everything that came in and waits for a word, and what was decided last, by whom and why."""
    if not guard.may_govern():
        raise NotAllowed(N_("Only coordinators and administrators see what waits for all."))
    own = None if guard.is_admin() else g.community
    with database().reading() as session:
        mine = _may_read()
        return render_template(
            "moderation.html",
            to_moderate=waiting(session),
            corrections=correct.waiting(session, own) if mine else [],
            decided=decide.decided(session, own) if mine else [],
        )


def back(done: str) -> Response:
    """To the page that the form stood on, the desk or the one with everything."""
    where = "admin.moderation" if request.form.get("from") == "moderation" else "officer.desk"
    return redirect(url_for(where, done=done), 303)


@public.app_template_filter("limited")
def limited(html: str) -> Markup:
    """Words with a little markup by somebody elsewhere; cleaned once more, whatever the database holds."""
    return Markup(hypertext.limited(html))  # noqa: S704


@public.app_template_filter("author")
def author(comment: Comment) -> str:
    """What to call the author of a comment: the proven handle, else the address without its scheme."""
    return f"@{comment.handle}" if comment.handle else comment.author.partition("://")[2]
