"""A form that is sent twice is done once: the second, and whoever waits for it, gets the answer of the first.

A page gives such a form a word of its own (`once()`); the same word with the same content, from the same
browser, is the same form. Answers are remembered for ten minutes in this process, addresses only. What was
refused is not: whoever mends a form may send it again.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from flask import Flask, current_app, g, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from exchange.catalogue.people import officers
from exchange.web.frame import guard

FIELD = "once"
MOST, LASTING, PATIENCE = 5000, 600.0, 20.0  # forms, seconds, seconds


@dataclass
class _Form:
    """A form that is being answered, or was: where its answer led."""

    begun: float
    location: str = ""
    done: threading.Event = field(default_factory=threading.Event)


class Once:
    """The forms of the last minutes."""

    def __init__(self) -> None:
        self._forms: OrderedDict[str, _Form] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, key: str) -> _Form | None:
        """None for a form that is new; else the one that it repeats."""
        with self._lock:
            old = time.monotonic() - LASTING
            while self._forms and (len(self._forms) >= MOST or next(iter(self._forms.values())).begun < old):
                self._forms.popitem(last=False)[1].done.set()
            found = self._forms.get(key)
            if found is None:
                self._forms[key] = _Form(time.monotonic())
            return found

    def end(self, key: str, location: str) -> None:
        """It is answered; without a location it was refused, or broke, and may come again."""
        with self._lock:
            found = self._forms.get(key) if location else self._forms.pop(key, None)
        if found is not None:
            found.location = location
            found.done.set()


def register(app: Flask) -> None:
    """Watch over the forms of an application."""
    app.extensions["once"] = Once()
    app.jinja_env.globals["once"] = once
    app.before_request(_first)
    app.after_request(_answered)
    app.teardown_request(_broken)


def once() -> Markup:
    """The field that makes a form one, however often its button is pressed."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, officers.new_secret())


def _first() -> Response | None:
    g.once = ""
    if request.method != "POST" or request.blueprint not in guard.PAGES or not request.form.get(FIELD):
        return None
    content = repr((request.path, request.cookies.get(guard.cookie_name()), list(request.form.lists())))
    key = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    for _ in range(2):
        before = current_app.extensions["once"].begin(key)
        if before is None:
            g.once = key
            return None
        if before.done.wait(PATIENCE) and before.location:
            return redirect(before.location, 303)
    return None


def _answered(response: Response) -> Response:
    if key := g.get("once"):
        led = response.headers.get("Location", "") if 300 <= response.status_code < 400 else ""
        current_app.extensions["once"].end(key, led)
        g.once = ""
    return response


def _broken(_error: BaseException | None) -> None:
    if key := g.get("once"):
        current_app.extensions["once"].end(key, "")
