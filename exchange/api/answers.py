"""What every answer of the API carries: who may read it, how long it holds, in which language it is."""

from typing import Any

from flask import Response, jsonify, request

from exchange.api.blueprint import api


def answer(data: Any, status: int = 200) -> Response:
    """A JSON answer."""
    made = jsonify(data)
    made.status_code = status
    return made


@api.after_request
def _finish(response: Response) -> Response:
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    response.vary.update(("Accept-Language", "Authorization"))
    if request.method in ("GET", "HEAD", "OPTIONS"):
        # Open data: any page may read it. Nothing here is told by cookies.
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link"
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match"
    if request.method in ("GET", "HEAD") and response.status_code == 200 and not response.is_streamed:
        private = "Authorization" in request.headers
        headers.setdefault("Cache-Control", "private, no-store" if private else "public, no-cache")
        response.add_etag()
        response.make_conditional(request)
    elif response.status_code >= 400 or request.method not in ("GET", "HEAD"):
        headers.setdefault("Cache-Control", "no-store")
    return response
