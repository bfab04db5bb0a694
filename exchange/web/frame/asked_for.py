"""What kind of answer a request wants: a page, or a document for software; and the shape of a refusal for software."""

import json

from flask import Response, request
from werkzeug.datastructures import MIMEAccept

PROBLEM = "application/problem+json"


def preferred(*offered: str) -> str | None:
    """Which of these media types the request would rather have.

    Parameters make no difference: ActivityPub asks for `application/ld+json` with a profile, and all that
    we have is of that profile.
    """
    bare = MIMEAccept((kind.partition(";")[0].strip(), quality) for kind, quality in request.accept_mimetypes)
    return bare.best_match(offered)


def problem(status: int, title: str) -> Response:
    """A refusal as an RFC 9457 problem document."""
    return Response(problem_document(status, title), status=status, content_type=PROBLEM)


def problem_document(status: int, title: str) -> bytes:
    """The same as bytes, for what answers without Flask."""
    told = {"type": "about:blank", "title": title, "status": status}
    return json.dumps(told, ensure_ascii=False).encode()
