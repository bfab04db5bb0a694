"""The room of those who run the instance: how it is, its backups, its version; for administrators alone."""

import os
import platform
import threading

import structlog
from flask import Flask, current_app, g, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from exchange import checkup, schema, vault, version
from exchange.config import Settings
from exchange.messages import N_, Message, NotAllowed, Problem
from exchange.web.frame import guard
from exchange.web.frame.blueprints import admin
from exchange.web.frame.reach import database, instance, settings

SHORT = 5.0  # seconds that a page waits for a backup; what takes longer goes on by itself
Answer = str | tuple[str, int] | Response
log = structlog.get_logger()


class Maker:
    """Makes backups one at a time, in a thread of its own; what went wrong last is kept to be shown."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self.trouble = ""

    def start(self, own: Settings) -> None:
        """Begin one, unless one is being made."""
        if not self.busy:
            self._thread = threading.Thread(target=self._make, args=(own,), name="backup", daemon=True)
            self._thread.start()
        if self._thread is not None:
            self._thread.join(SHORT)

    @property
    def busy(self) -> bool:
        """Whether one is being made."""
        return self._thread is not None and self._thread.is_alive()

    def _make(self, own: Settings) -> None:
        try:
            vault.make(own)
            self.trouble = ""
        except Exception as error:
            self.trouble = str(error)[:300]
            log.exception("a backup could not be made")


def register(app: Flask) -> None:
    """Give the application what makes its backups."""
    app.extensions["backups"] = Maker()


@admin.get("/desk/instance")
@guard.officers_only
def house() -> Answer:
    """How the instance is, and what to do about it."""
    check()
    findings = [*checkup.of_settings(settings()), *checkup.of_instance(instance()), checkup.mail(instance())]
    findings.sort(key=lambda one: (not one.grave, one.advice is None))
    return render_template(
        "house.html",
        findings=findings,
        backup=vault.last(settings()),
        program=f"Jumelage {version()}",
        tables=schema.newest(),
        python=f"Python {platform.python_version()}",
        database="SQLite" if database().is_sqlite else "PostgreSQL",
    )


@admin.get("/desk/instance/backups")
@guard.officers_only
def backups() -> Answer:
    """The backups that are here, and when the last was made."""
    check()
    return _backups()


@admin.post("/desk/instance/backups")
@guard.officers_only
def make_backup() -> Answer:
    """Make one now."""
    check()
    maker: Maker = current_app.extensions["backups"]
    maker.start(settings())
    if maker.busy:
        return redirect(url_for("admin.backups", done="backup-begun"), 303)
    if maker.trouble:
        told = Message(N_("The backup could not be made: %(why)s"), {"why": maker.trouble})
        return _backups([Problem("", told)], 500)
    return redirect(url_for("admin.backups", done="backup-made"), 303)


@admin.post("/desk/instance/backups/<name>")
@guard.officers_only
def backup(name: str) -> Answer:
    """Give one out to the administrator who says the password again, or throw it away."""
    check()
    file = vault.path(settings(), name)
    if not guard.knows_the_password():
        told = N_("This is not your password. It is asked for because whoever has a backup has all keys.")
        return _backups([Problem("password", Message(told))], 422, asked=name)
    if request.form.get("go") == "discard":
        vault.discard(settings(), name)
        return redirect(url_for("admin.backups", done="backup-gone"), 303)
    log.warning("a backup was given out", file=name, to=g.officer.mailbox)
    answer = send_file(
        os.fspath(file),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=name,
        conditional=False,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def check() -> None:
    """Let in administrators only."""
    if not guard.is_admin():
        raise NotAllowed(N_("Only administrators run the instance."))


def _backups(problems: list[Problem] | None = None, status: int = 200, asked: str = "") -> Answer:
    page = render_template(
        "backups.html",
        kept=vault.kept(settings()),
        last=vault.last(settings()),
        busy=current_app.extensions["backups"].busy,
        place=settings().data / vault.DIRECTORY,
        problems=problems or [],
        asked=asked,
    )
    return page, status
