"""What takes a thread for long is done for few at a time, so that all others are answered meanwhile.

A file of ten thousand practices, a page of a hundred activities: whoever asks for twenty of them at once would
have every thread of the instance. Who finds no room is told to come again in a moment (503 with `Retry-After`),
which programs do by themselves and people by a reload.
"""

from collections.abc import Callable, Iterable, Iterator
from threading import BoundedSemaphore
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import ServiceUnavailable

AT_ONCE = 3
PATIENCE = 5  # seconds, as told to who comes too many
LONG = frozenset(  # the catalogue for harvesters is made one page at a time by itself
    """
    public.practices_csv public.practices_xlsx public.practices_geojson public.communities_csv public.map_csv
    public.map_flows_csv public.take_along officer.own_data
    """.split()
)


def register(app: Flask) -> None:
    """Let few at a time into what takes long, in this process."""
    room = BoundedSemaphore(AT_ONCE)

    def enter() -> None:
        if request.endpoint not in LONG and not (
            request.path.endswith("/outbox") and request.args.get("page")
        ):
            return
        if not room.acquire(blocking=False):
            raise ServiceUnavailable(retry_after=PATIENCE)
        g.in_the_crowd = True

    def leave(response: Response) -> Response:
        """The room is free when the last byte has been handed over, or when the reader has gone."""
        if g.pop("in_the_crowd", False):
            free = _once(room.release)
            response.call_on_close(free)
            response.response = _read(response.response, free)
        return response

    app.before_request(enter)
    app.after_request(leave)


def _once(act: Callable[[], None]) -> Callable[[], None]:
    """The same, which a second time does nothing."""
    left = [act]
    return lambda: left.pop()() if left else None


def _read(parts: Iterable[Any], done: Callable[[], None]) -> Iterator[Any]:
    try:
        yield from parts
    finally:
        done()
