"""Passing a practice on: shared from one's own account elsewhere, cited, and taken along as a file."""

import re
from urllib.parse import urlencode

from flask import Response, render_template, request
from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.catalogue.files import exports
from exchange.messages import N_, Message, NotFound, Problem
from exchange.models.practice import PUBLISHED, Practice
from exchange.web.frame.blueprints import public
from exchange.web.frame.reach import database
from exchange.web.frame.show import best
from exchange.web.practices import citing

NOT_A_SERVER = N_("Write the name of your server, such as social.example.org, or your handle there.")
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@public.get("/practices/<key>/share")
def share(key: str) -> str:
    """Ask for the reader's own server; nothing is sent anywhere."""
    with database().reading() as session:
        found = _published(session, key)
    return render_template("share.html", practice=found, server="", links=[], problems=[])


@public.post("/practices/<key>/share")
def share_at(key: str) -> str | tuple[str, int]:
    """The addresses at that server; the reader goes there by pressing one of them."""
    typed = request.form.get("server", "")[:300]
    with database().reading() as session:
        found = _published(session, key)
    server = host_of(typed)
    if not server:
        problems = [Problem("server", Message(NOT_A_SERVER))]
        return render_template("share.html", practice=found, server=typed, links=[], problems=problems), 422
    text = f"{best(found.title_texts, found.title).text} {found.uri}"
    links = [
        (N_("Open it there, to boost it or to reply"), "authorize_interaction", {"uri": found.uri}),
        (N_("Write about it there"), "share", {"text": text}),
    ]
    return render_template(
        "share.html",
        practice=found,
        server=server,
        links=[(words, f"https://{server}/{page}?{urlencode(args)}") for words, page, args in links],
        problems=[],
    )


@public.get("/practices/<key>/cite.bib")
def cite(key: str) -> Response:
    """How to cite it, as BibTeX."""
    with database().reading() as session:
        found = _published(session, key)
        owner = shelf.community_of(session, found)
    made = Response(citing.bibtex(found, owner), mimetype="application/x-bibtex")
    made.headers["Content-Disposition"] = f'attachment; filename="{citing.name(found)}.bib"'
    return made


@public.get("/practices/<key>/export.<ending>")
def take_along(key: str, ending: str) -> Response:
    """The practice with its adoptions as a file that another catalogue takes in."""
    if ending not in exports.MEDIA_TYPES:
        raise NotFound(N_("A file is YAML, JSON, CSV or XLSX."))
    with database().reading() as session:
        found = _published(session, key)
        body = exports.export(session, format=ending, practices=[found])
    made = Response(body, content_type=exports.MEDIA_TYPES[ending])
    made.headers["Content-Disposition"] = f'attachment; filename="{citing.name(found)}.{ending}"'
    return made


def host_of(typed: str) -> str:
    """The server in an address or a handle, as DNS writes it; empty when there is none."""
    bare = typed.strip().rpartition("://")[2].partition("/")[0].rpartition("@")[2].rstrip(".").lower()
    try:
        host = bare.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return host if _HOST.fullmatch(host) else ""


def _published(session: Session, key: str) -> Practice:
    found = shelf.practice(session, key)
    if found.state != PUBLISHED:
        raise NotFound(N_("There is no practice “%(ref)s” here."), ref=key[:200])
    return found
