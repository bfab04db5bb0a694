"""Collections of clusters as pages: all, one, and the coordinator's hand in those of this instance."""

from flask import redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.clusters import cluster, collect, collections
from exchange.messages import N_, NotAllowed, Problem, Refusal
from exchange.models.collection import Collection
from exchange.translation import LANGUAGES
from exchange.web.frame import guard
from exchange.web.frame.blueprints import admin, public
from exchange.web.frame.failures import page as failure
from exchange.web.frame.language import current
from exchange.web.frame.reach import database

Answer = str | tuple[str, int] | Response


@public.get("/collections")
def all_collections() -> Answer:
    """All collections that are known here."""
    with database().reading() as session:
        found, sizes = collections.all_(session), collections.sizes(session)
    return render_template("collections.html", collections=found, sizes=sizes)


@public.get("/collections/<key>")
def one_collection(key: str) -> Answer:
    """One collection: what is in it, in its order, with a word for each."""
    with database().reading() as session:
        found = collections.collection(session, key)
        if found.withdrawn_at is not None:
            return failure(410)
        if found.told_at is None and not guard.may_govern():
            return failure(404)
        shown = collections.shown(session, found)
    return render_template(
        "collection.html", collection=found, items=shown, governs=found.local and guard.may_govern()
    )


@admin.post("/clusters/<slug>/collections")
@guard.officers_only
def begin_collection(slug: str) -> Answer:
    """Begin a collection of a cluster here; it is filled on the pages of practices."""
    _check()
    language = _language()
    title = request.form.get("title", "").strip()[:1000]
    with database().writing() as session:
        group = cluster.cluster(session, slug)
        made = collect.begin(session, group, {language: title} if title else {})
        key = made.key
    return redirect(url_for("admin.edit_collection", key=key), 303)


@admin.post("/practices/<key>/collect")
@guard.officers_only
def collect_practice(key: str) -> Answer:
    """Put a practice at the end of a collection."""
    _check()
    words = request.form.get("words", "").strip()[:2000]
    with database().writing() as session:
        found = _ours(session, request.form.get("collection", "")[:100])
        collect.put(session, found, shelf.practice(session, key), {_language(): words} if words else {})
        there = found.key
    return redirect(url_for("public.one_collection", key=there, done="collected"), 303)


@admin.get("/collections/<key>/edit")
@guard.officers_only
def edit_collection(key: str) -> Answer:
    """The title, the order and the words of a collection, to be changed."""
    _check()
    return _edit(key, [])


@admin.post("/collections/<key>/edit")
@guard.officers_only
def change_collection(key: str) -> Answer:
    """Change a collection as the form says: words, then who moves or goes."""
    _check()
    language = _language()
    try:
        with database().writing() as session:
            found = _ours(session, key)
            if request.form.get("do") == "remove":
                slug = found.owner.rpartition("/")[2]
                collect.remove(session, found)
                return redirect(url_for("public.one_cluster", slug=slug, done="collection-gone"), 303)
            collect.change(
                session,
                found,
                title=texts_with(found.title, language, request.form.get("title", "")),
                summary=texts_with(found.summary, language, request.form.get("summary", "")),
                items=_items(session, found, language),
            )
    except NotAllowed:
        raise
    except Refusal as refusal:
        return _edit(key, refusal.problems), 422
    if request.form.get("do") == "save":
        return redirect(url_for("public.one_collection", key=key, done="saved-collection"), 303)
    return redirect(url_for("admin.edit_collection", key=key, language=language) + "#items", 303)


def _items(session: Session, found: Collection, language: str) -> list[tuple[str, dict[str, str]]]:
    """What is in the collection afterwards: with the words of the form, without who goes, in the new order."""
    there = [one for one, _practice, _owner in collections.shown(session, found)]
    items = [
        (one.practice, texts_with(one.words, language, request.form.get(f"words-{one.id}", "")))
        for one in there
    ]
    verb, _, which = request.form.get("do", "").partition(":")
    at = next((n for n, one in enumerate(there) if str(one.id) == which), None)
    if at is None:
        return items
    moved = items.pop(at)
    if verb != "out":
        items.insert(max(at - 1, 0) if verb == "up" else at + 1, moved)
    return items


def texts_with(texts: dict[str, str], language: str, text: str) -> dict[str, str]:
    """The texts with this one in its language; an empty one takes it away."""
    rest = {k: v for k, v in texts.items() if k != language}
    text = text.strip()[:5000]
    if not text:
        return rest
    return {k: text if k == language else v for k, v in texts.items()} | {language: text}


def _edit(key: str, problems: list[Problem]) -> str:
    with database().reading() as session:
        found = _ours(session, key)
        shown = collections.shown(session, found)
    named = [Problem(_field(one.path, shown), one.message) for one in problems]
    return render_template(
        "edit_collection.html",
        collection=found,
        items=shown,
        problems=named,
        given=request.form,
        language=_language(next(iter(found.title), "")),
        tongues=LANGUAGES,
    )


def _field(path: str, shown: list[collections.Shown]) -> str:
    """The field of the form that a problem is about."""
    for one, _practice, _owner in shown:
        if path.startswith(f"words.{one.practice}"):
            return f"words-{one.id}"
    return "summary" if path.startswith("summary") else "title"


def _ours(session: Session, key: str) -> Collection:
    found = collections.collection(session, key)
    if not found.local or found.withdrawn_at is not None:
        raise NotAllowed(N_("Only the cluster that made a collection changes it."))
    return found


def _language(otherwise: str = "") -> str:
    wanted = request.form.get("language") or request.args.get("language", "")
    if wanted in LANGUAGES:
        return wanted
    return otherwise if otherwise in LANGUAGES else current()


def _check() -> None:
    if not guard.may_govern():
        raise NotAllowed(N_("Only coordinators and administrators lead a cluster."))
