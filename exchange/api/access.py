"""Who is asking, what they may do, and that asking twice does it once."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Response, request
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from exchange.api.answers import answer
from exchange.api.blueprint import database
from exchange.api.problems import ApiProblem
from exchange.catalogue import shelf
from exchange.catalogue.people import officers
from exchange.messages import N_
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.officer import ApiToken, Idempotency

LONGEST_KEY = 200
_RANK = {"read": 0, "write": 1, "admin": 2}
Answer = tuple[dict[str, Any] | None, int]


def holder(session: Session, scope: str) -> ApiToken:
    """The token of this request, which must reach as far as `scope`; 401 or 403 otherwise."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise ApiProblem(401, N_("Send a token: Authorization: Bearer …"))
    found = officers.token_holder(session, secret.strip())
    if found is None:
        raise ApiProblem(401, N_("This token is not valid here."))
    if _RANK.get(found.scope, -1) < _RANK[scope]:
        if scope == "admin":
            raise ApiProblem(403, N_("This needs a token of scope admin."))
        raise ApiProblem(403, N_("This token may only %(scope)s."), scope=found.scope)
    return found


def check_token() -> None:
    """A token that is sent must be valid, also where none is needed."""
    if "Authorization" in request.headers:
        with database().reading() as session:
            holder(session, "read")


def acting(session: Session, token: ApiToken, named: Any = None) -> Community:
    """The community for which a request acts: the token's own; a token of the whole instance names one."""
    if token.community_id is None:
        if not isinstance(named, str) or not named:
            raise ApiProblem(400, N_("Name the community that this is for."))
        found = shelf.community(session, named)
    else:
        found = session.get_one(Community, token.community_id)
        if named is not None and named not in (found.slug, found.uri, shelf.handle(found)):
            raise ApiProblem(403, N_("This token acts for another community."))
    if not found.local:
        raise ApiProblem(403, N_("Only the instance of a community publishes for it."))
    return found


def check_owner(token: ApiToken, community_id: int) -> None:
    """Refuse a token of another community."""
    if token.community_id not in (None, community_id):
        raise ApiProblem(403, N_("This token acts for another community."))


def once(change: Callable[[Session, ApiToken], Answer]) -> Response:
    """Do a change in one transaction, and with an Idempotency-Key only the first time it is asked for.

    The same key with another request is refused (422); a refusal is not remembered.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and (not 0 < len(key) <= LONGEST_KEY or not key.isprintable()):
        raise ApiProblem(400, N_("An Idempotency-Key has 1 to 200 printable characters."))
    digest = _digest() if key else ""
    try:
        with database().writing() as session:
            token = holder(session, "write")
            if key and (held := session.get(Idempotency, (token.token_hash, key))):
                return _again(held, digest)
            data, status = change(session, token)
            token.last_used_at = now()
            session.add(token)
            if key:
                session.add(_remembered(token, key, digest, data, status))
                session.flush()
    except IntegrityError:
        if not key:
            raise
        with database().reading() as session:  # the same request came a moment earlier
            held = session.get(Idempotency, (holder(session, "write").token_hash, key))
            if held is None:
                raise
            return _again(held, digest)
    return answer(data, status) if data is not None else Response(status=status)


def _remembered(token: ApiToken, key: str, digest: str, data: Any, status: int) -> Idempotency:
    body = json.dumps(data, ensure_ascii=False) if data is not None else ""
    return Idempotency(token_hash=token.token_hash, key=key, request_digest=digest, status=status, body=body)


def _again(held: Idempotency, digest: str) -> Response:
    if held.request_digest != digest:
        raise ApiProblem(422, N_("This Idempotency-Key was used for another request."))
    if not held.body:
        return Response(status=held.status)
    return Response(held.body, status=held.status, mimetype="application/json")


def _digest() -> str:
    asked = f"{request.method} {request.full_path}\n".encode() + request.get_data(cache=True)
    return hashlib.sha256(asked).hexdigest()
