"""Following, for one's community: a theme, a community, a practice; begun and ended with one press."""

from flask import g, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue.finding import follow as following
from exchange.catalogue.finding import saved
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.language import current
from exchange.web.frame.reach import database


@officer.post("/desk/follow")
@guard.officers_only
def follow_this() -> Response:
    """Follow what the form names, or follow it no longer, and go back to where one was."""
    what = request.form.get("what", "")[:400]
    ending = request.form.get("answer") == "no"
    with database().writing() as session:
        if ending:
            following.unfollow(session, g.officer, what)
        else:
            following.follow(session, g.officer, what, language=current())
    back = guard.local_path(request.form.get("next"), url_for("officer.desk"))
    path, _, rest = back.partition("#")
    path = "&".join(part for part in path.split("&") if not part.startswith("done="))
    joined = f"{path}{'&' if '?' in path else '?'}done={'follows-not' if ending else 'follows'}"
    return redirect(joined + (f"#{rest}" if rest else ""), 303)


def is_followed(session: Session, what: str) -> bool | None:
    """Whether the reader's community follows it; None for those who cannot follow."""
    return following.is_followed(session, g.officer, what) if g.officer else None


def follows(session: Session) -> list[following.Followed]:
    """What the officer follows, for the desk."""
    return following.followed(session, saved.searches(session, g.officer))
