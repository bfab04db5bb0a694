"""A forgotten password: the mailbox is typed, and whoever reads that mailbox gets a link that works once."""

from flask import render_template, request
from werkzeug.wrappers import Response

from exchange.catalogue.people import letters, officers
from exchange.messages import N_, Message, Problem
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer
from exchange.web.frame.reach import database, settings

Answer = str | tuple[str, int] | Response


@officer.get("/login/forgotten")
def forgotten() -> Answer:
    """Ask for the mailbox."""
    return _page()


@officer.post("/login/forgotten")
def send_link() -> Answer:
    """Send a link, if that mailbox is an officer's; the answer is the same if it is not."""
    mailbox = request.form.get("mailbox", "").strip()[:300]
    if not officers.is_mailbox(mailbox):
        return _page(mailbox, N_("This is not a mailbox."), 422)
    if not guard.limits().may_send(request.remote_addr or "", mailbox):
        return _page(mailbox, N_("Too many letters were asked for. Wait an hour, then try again."), 429)
    if settings().sends_mail:
        with database().writing() as session:
            found = officers.forgotten(session, mailbox)
            letter = letters.new_password(session, settings(), *(found or officers.nobody(mailbox)))
            if found is None and letter is not None:  # written for nobody, so that it takes as long
                session.delete(letter)
    return render_template("forgotten.html", problems=[], mailbox=mailbox, sent=True)


def _page(mailbox: str = "", sentence: str = "", status: int = 200) -> Answer:
    problems = [Problem("mailbox", Message(sentence))] if sentence else []
    page = render_template("forgotten.html", problems=problems, mailbox=mailbox, sent=False)
    return page, status
