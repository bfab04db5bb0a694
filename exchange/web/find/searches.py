"""Searches that an officer keeps: saved in one click, and at the desk what is new in each since the last look."""

from flask import Response, g, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as BaseResponse

from exchange.catalogue.clusters import cluster
from exchange.catalogue.finding import saved
from exchange.catalogue.finding.saved import Kept
from exchange.messages import N_, Problem, Refusal
from exchange.web.doors import feeds
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer, public
from exchange.web.frame.language import current, gettext
from exchange.web.frame.reach import database, settings

CADENCES = {
    "none": N_("No letters"),
    "daily": N_("A letter a day, when there is something"),
    "weekly": N_("A letter a week, when there is something"),
}
WHY = {
    "entered": N_("new here"),
    "changed": N_("a new version"),
    "fits": N_("fits only now"),
    "adopted": N_("somebody took it up"),
    "judged": N_("a new review"),
}
Answer = str | tuple[str, int] | BaseResponse


@officer.get("/desk/searches")
@guard.officers_only
def searches() -> Answer:
    """All that an officer keeps or shares."""
    return _page()


@officer.post("/desk/searches")
@guard.officers_only
def save_search() -> Answer:
    """Keep the search that the form carries: what stands behind the question mark of its page."""
    query = request.form.get("query", "").rpartition("?")[2]
    name = request.form.get("name", "")[:500]
    try:
        with database().writing() as session:
            saved.save(
                session, g.officer, query, name=name, language=current(), everything=gettext("All practices")
            )
    except Refusal as refusal:
        return _page(refusal.problems, 422)
    return redirect(url_for("officer.searches", done="search-saved"), 303)


@officer.get("/desk/searches/<key>")
@guard.officers_only
def one_search(key: str) -> Answer:
    """What is new in one of them."""
    with database().reading() as session:
        found = saved.search(session, g.officer, key)
        kept = saved.kept(session, g.officer, found)
        news = saved.portion(session, found, kept.reader.seen)
        latest = saved.news(session, found, kept.reader.seen, 1)
    upto, last = (
        max((hit.number for hit, _p, _c in hits), default=kept.reader.seen) for hits in (news, latest)
    )
    return render_template("search_news.html", kept=kept, news=news, upto=upto, last=last, why=WHY)


@officer.post("/desk/searches/<key>/seen")
@guard.officers_only
def look_at_search(key: str) -> BaseResponse:
    """What was shown has been seen, or is to be new again."""
    again = request.form.get("answer") == "undo"
    with database().writing() as session:
        found = saved.search(session, g.officer, key)
        if again:
            saved.unlook(session, g.officer, found)
        else:
            upto = max(request.form.get(name, 0, type=int) for name in ("upto", "all"))
            saved.look(session, g.officer, found, upto % 2**62)
        more = saved.kept(session, g.officer, found).new > 0
    return redirect(
        url_for("officer.one_search", key=key, done=None if again or more else "search-seen"), 303
    )


@officer.post("/desk/searches/<key>")
@guard.officers_only
def change_search(key: str) -> Answer:
    """Another name, another cadence, another circle of readers."""
    form = request.form
    try:
        with database().writing() as session:
            found = saved.search(session, g.officer, key)
            if "name" in form:
                saved.rename(session, g.officer, found, form["name"])
            if "cadence" in form:
                saved.tell(session, g.officer, found, form["cadence"])
            if "cluster" in form:
                of = cluster.cluster(session, form["cluster"]) if form["cluster"] else None
                if (of.id if of else None) != found.cluster_id:
                    saved.share(session, g.officer, found, of)
    except Refusal as refusal:
        if not any(problem.path for problem in refusal.problems):
            raise
        return _page(refusal.problems, 422)
    return redirect(url_for("officer.searches", done="search-changed"), 303)


@officer.post("/desk/searches/<key>/delete")
@guard.officers_only
def delete_search(key: str) -> BaseResponse:
    """Delete it; the next page offers to bring it back."""
    with database().writing() as session:
        saved.remove(session, g.officer, saved.search(session, g.officer, key))
    return redirect(url_for("officer.searches", done="search-deleted", which=key), 303)


@officer.post("/desk/searches/<key>/restore")
@guard.officers_only
def restore_search(key: str) -> BaseResponse:
    """Bring it back."""
    with database().writing() as session:
        saved.restore(session, g.officer, key)
    return redirect(url_for("officer.searches", done="search-restored"), 303)


@public.get("/feeds/<token>.atom")
def search_feed(token: str) -> Response:
    """A saved search as a feed; whoever has the address may read it."""
    with database().reading() as session:
        found = saved.by_feed(session, token)
    asked = [(k, v) for k, v in saved.pairs(found.query) if k != "sort"]  # what changed last stands first
    asked += [(k, v) for k, v in request.args.items() if k in ("page", "per_page") and v]
    title = f"{settings().name}: {found.name}"
    made = feeds.as_feed(asked, request.path, found.language, "private", title)
    made.headers["X-Robots-Tag"] = "noindex"
    return made


@public.get("/unsubscribe/<token>")
def unsubscribe(token: str) -> str:
    """Ask once more: what only opens links, to look whether they are safe, must not end anything."""
    return render_template("unsubscribe.html", token=token, stopped=None)


@public.post("/unsubscribe/<token>")
def stop_letters(token: str) -> str:
    """No more letters about searches (RFC 8058: a mail program sends this with one click)."""
    with database().writing() as session:
        stopped = saved.stop_letters(session, token).mailbox
    return render_template("unsubscribe.html", token=token, stopped=stopped)


def waiting(session: Session) -> list[Kept]:
    """The searches of the officer who is logged in, for the desk."""
    return saved.searches(session, g.officer)


def _page(problems: list[Problem] | None = None, status: int = 200) -> Answer:
    with database().reading() as session:
        page = render_template(
            "searches.html",
            searches=waiting(session),
            clusters=cluster.clusters(session) if guard.may_govern() else [],
            cadences=CADENCES,
            problems=problems or [],
            deleted=request.args.get("which") if request.args.get("done") == "search-deleted" else None,
        )
    return page, status
