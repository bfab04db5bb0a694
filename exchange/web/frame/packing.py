"""Answers leave packed where the reader's browser unpacks them: a page is a sixth of its size then.

Only what every visitor gets. A page for somebody who is logged in stays as it is: where what a stranger writes
is packed together with what only one reader may see, the length tells of it (BREACH).
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, g, request

from exchange.web.frame.guard import PAGES, cookie_name

LEAST, LEVEL = 1_000, 5  # bytes worth packing; beyond this level it takes longer and gains little
KINDS = {"text/html", "text/css", "text/csv", "text/javascript", "image/svg+xml", "application/atom+xml"}


def register(app: Flask) -> None:
    """Pack what leaves `app`."""
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    if response.mimetype not in KINDS or (request.blueprint not in PAGES and request.endpoint != "static"):
        return response
    response.vary.add("Accept-Encoding")
    private = g.get("officer") is not None or cookie_name() in request.cookies
    if private or response.status_code != 200 or request.method != "GET" or not _wanted():
        return response
    if (response.is_streamed and not response.direct_passthrough) or "Content-Encoding" in response.headers:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < LEAST:
        return response
    response.set_data(_packed(body, 9 if request.endpoint == "static" else LEVEL))
    response.headers["Content-Encoding"] = "gzip"
    if tag := response.headers.get("ETag"):
        response.headers["ETag"] = tag if tag.startswith("W/") else f"W/{tag}"  # the same, in other bytes
    return response


def _wanted() -> bool:
    return request.accept_encodings.quality("gzip") > 0 and "gzip" in request.headers.get(
        "Accept-Encoding", ""
    )


@lru_cache(maxsize=64)  # a few megabytes: pages that many ask for at a time, and what they load
def _packed(body: bytes, level: int) -> bytes:
    return gzip.compress(body, level, mtime=0)
