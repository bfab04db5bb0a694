"""Officers invited from the web: administrators see who may act here, and send links that work once."""

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.people import leave, letters, officers
from exchange.messages import N_, NotAllowed, NotFound, Problem, Refusal
from exchange.models.officer import ROLES
from exchange.web.frame import guard
from exchange.web.frame.blueprints import admin
from exchange.web.frame.reach import database, settings

WORDS = {
    "officer": N_("Officer: writes for the community"),
    "editor": N_("Editor: writes for the community"),
    "coordinator": N_("Coordinator: leads clusters, follows instances"),
    "admin": N_("Administrator: all of this, for every community"),
}
Answer = str | tuple[str, int] | Response


@admin.get("/desk/officers")
@guard.officers_only
def people() -> Answer:
    """Who may act here."""
    _check()
    return _page()


@admin.post("/desk/officers")
@guard.officers_only
def invite() -> Answer:
    """Invite somebody, or again; the link goes by mail, or is shown once where no mail is sent."""
    _check()
    given = {name: request.form.get(name, "").strip()[:300] for name in ("mailbox", "community", "role")}
    try:
        with database().writing() as session:
            owner = shelf.community(session, given["community"]) if given["community"] else None
            made, token = officers.invite(session, given["mailbox"], owner, given["role"])
            sent = letters.invitation(session, settings(), made, owner, token)
    except Refusal as refusal:
        return _page(given, refusal.problems, 422)
    if sent is not None:
        return redirect(url_for("admin.people", done="invited"), 303)
    return _page(link=f"{settings().origin}/welcome/{token}", mailbox=made.mailbox)


@admin.get("/desk/officers/remove")
@guard.officers_only
def ask_to_remove() -> Answer:
    """What goes and what stays, and the administrator's password."""
    _check()
    return _removing(request.args.get("mailbox", "")[:300], [])


@admin.post("/desk/officers/remove")
@guard.officers_only
def remove() -> Answer:
    """Erase the account of somebody who left without doing so."""
    _check()
    mailbox = request.form.get("mailbox", "")[:300]
    if mailbox == g.officer.mailbox:
        return redirect(url_for("officer.ask_to_leave"), 303)
    if not guard.knows_the_password():
        return _removing(mailbox, [Problem("password", officers.NOT_THE_PASSWORD)])
    try:
        with database().writing() as session:
            gone = leave.remove(session, mailbox)
            letters.account_deleted(session, settings(), gone.mailbox, gone.language)
    except NotAllowed as refusal:
        return _removing(mailbox, refusal.problems)
    return redirect(url_for("admin.people", done="officer-gone"), 303)


def _removing(mailbox: str, problems: list[Problem]) -> Answer:
    with database().reading() as session:
        known = {one.mailbox: owner for one, owner in officers.officers(session)}
    if mailbox not in known:
        raise NotFound(N_("Nobody here has the mailbox %(mailbox)s."), mailbox=mailbox)
    page = render_template("remove.html", mailbox=mailbox, owner=known[mailbox], problems=problems)
    return page, 422 if problems else 200


def _page(
    given: dict[str, str] | None = None, problems: list[Problem] | None = None, status: int = 200, **more: str
) -> Answer:
    with database().reading() as session:
        communities = shelf.communities(session, local=True)
        first = {"community": communities[0].slug} if communities else {"role": "admin"}
        page = render_template(
            "officers.html",
            people=officers.officers(session),
            communities=communities,
            roles={role: WORDS[role] for role in ROLES},
            given=given or first,
            problems=problems or [],
            link=more.get("link"),
            mailbox=more.get("mailbox"),
        )
    return page, status


def _check() -> None:
    if not guard.is_admin():
        raise NotAllowed(N_("Only administrators invite officers."))
