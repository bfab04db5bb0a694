"""Pages that many visitors ask for at the same moment are made once: a memory of a second, and of no change.

Only for whoever is not logged in, and only pages that nothing but the address, the language and what is stored
decides. What another process changes shows after that second.
"""

from flask import Flask, Response, g, request

from exchange.instance import Instance
from exchange.web.guard import cookie_name
from federation.memory import Memory

SECONDS, MOST = 1.0, 200  # how long, and how many pages: a few megabytes
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

    @app.before_request
    def remembered() -> Response | None:
        g.asked = _asked(instance)
        held = pages.get(app, g.asked) if g.asked else None
        if held is None:
            return None
        g.asked = ""
        return Response(held[0], headers=held[1])

    @app.after_request
    def remember(response: Response) -> Response:
        told = g.get("asked")
        if told and response.status_code == 200 and not response.headers.get("Set-Cookie"):
            pages.put(app, told, (response.get_data(), list(response.headers)))
        return response


def _asked(instance: Instance) -> str:
    """All that decides what a visitor sees; "" for whoever is logged in, and for other pages."""
    if request.method != "GET" or request.endpoint not in PAGES or cookie_name() in request.cookies:
        return ""
    if "text/html" not in request.headers.get("Accept", ""):
        return ""
    state = f"{instance.database.commits} {instance.engine.seen()}"  # of the catalogue, and of its index
    return "\n".join((state, request.host, request.full_path, g.language, request.headers["Accept"]))
