"""Pages that many visitors ask for at the same moment are made once: a memory of a second, and of no change.

Only for whoever is not logged in, and only pages that nothing but the address, the language and what is stored
decides. What another process changes shows after that second.
"""

from threading import Event, Lock

from flask import Flask, Response, g, request

from exchange.instance import Instance
from exchange.web.frame.guard import cookie_name
from federation.ledger.memory import Memory
from search.errors import SearchError

SECONDS, MOST = 1.0, 200  # how long, and how many pages: a few megabytes
PATIENCE = 5.0  # seconds that others wait for one who makes the page
PAGES = {
    f"public.{name}"
    for name in (
        *("home", "practices", "practice", "community", "communities", "clusters"),
        *("map_page", "gaps", "bridging", "growth"),
    )
}
Kept = tuple[bytes, list[tuple[str, str]]]


def register(app: Flask, instance: Instance) -> None:
    """Let the pages of `app` be remembered for a moment; it comes after who is asking is known."""
    pages: Memory[Kept] = Memory(seconds=SECONDS, size=MOST)
    under_way = UnderWay()

    @app.before_request
    def remembered() -> Response | None:
        g.asked = _asked(instance)
        if not g.asked:
            return None
        held = pages.get(app, g.asked)
        if held is None and under_way.begin(g.asked):
            g.making = g.asked
            return None
        held = held or pages.get(app, g.asked)
        if held is None:  # whoever made it was told something else than a page
            return None
        g.asked = ""
        return Response(held[0], headers=held[1])

    @app.after_request
    def remember(response: Response) -> Response:
        told = g.get("asked")
        if told and response.status_code == 200 and not response.headers.get("Set-Cookie"):
            pages.put(app, told, (response.get_data(), list(response.headers)))
        return response

    @app.teardown_request
    def made(_error: BaseException | None) -> None:
        if told := g.pop("making", ""):
            under_way.end(told)


class UnderWay:
    """Which pages are being made, so that of many who ask for one at the same moment only the first makes it.

    Without it, each time a page is forgotten every thread that serves would make the same one beside the others.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: dict[str, Event] = {}

    def begin(self, page: str) -> bool:
        """True for whoever is to make the page and has to `end` it; for others False, once it was made."""
        with self._lock:
            made = self._made.get(page)
            if made is None:
                self._made[page] = Event()
                return True
        made.wait(PATIENCE)
        return False

    def end(self, page: str) -> None:
        """The page was made, or will not be."""
        with self._lock:
            self._made.pop(page).set()


def _asked(instance: Instance) -> str:
    """All that decides what a visitor sees; "" for whoever is logged in, and for other pages."""
    if request.method != "GET" or request.endpoint not in PAGES or cookie_name() in request.cookies:
        return ""
    if "text/html" not in request.headers.get("Accept", ""):
        return ""
    state = f"{instance.database.commits} {_seen(instance)}"  # of the catalogue, and of its index
    return "\n".join((state, request.host, request.full_path, g.language, request.headers["Accept"]))


def _seen(instance: Instance) -> str:
    """How far the index has read; pages that need no search are there also when it does not answer."""
    try:
        return str(instance.engine.seen())
    except SearchError:
        return "away"
