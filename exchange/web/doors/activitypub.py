"""The door for other software: objects by `Accept`, WebFinger and NodeInfo; its inboxes are in `inboxes`."""

import json
from importlib.resources import files
from typing import Any

from flask import Blueprint, Flask, Response, abort, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from exchange.catalogue import shelf
from exchange.instance import Instance
from exchange.web.doors import documents, inboxes
from exchange.web.frame.asked_for import preferred, problem
from federation.arriving import inbox
from federation.errors import Refused
from federation.others import nodeinfo, webfinger
from federation.wire.activity import ACTIVITY_JSON

_ASKED = ("application/activity+json", "application/ld+json")


def register(app: Flask, instance: Instance) -> None:
    """Add the door to an application. Objects answer before pages do, where they are asked for."""
    app.before_request(lambda: _object(instance))
    app.register_blueprint(_routes(instance))


def wants_activity() -> bool:
    """Whether the request prefers ActivityPub over a page; a browser never does."""
    return preferred("text/html", *_ASKED) in _ASKED


def _object(instance: Instance) -> BaseResponse | None:
    """The ActivityPub document at this address, when that is what is asked for and there is one."""
    if request.method not in ("GET", "HEAD") or not documents.is_object(request.path):
        return None
    if not wants_activity():
        return None
    with instance.database.reading() as session:
        if instance.settings.signed_fetch and request.path not in documents.PUBLIC_EVEN_WHEN_SIGNED:
            refusal = _unsigned(instance)
            if refusal is not None:
                return refusal
        answer = documents.at(instance, session, request.path, request.args.get("page"))
    if answer is None:
        return problem(404, "There is nothing at this address.")
    status, document = answer
    if status == 303:
        return redirect(str(document), 303)
    return _json(document, ACTIVITY_JSON, status)


def _unsigned(instance: Instance) -> BaseResponse | None:
    try:
        inbox.verify_fetch(
            instance.node,
            method=request.method,
            target=inboxes.target(request.environ),
            headers=list(request.headers),
        )
    except Refused as refused:
        return problem(refused.status, refused.reason)
    return None


def _routes(instance: Instance) -> Blueprint:
    blueprint = Blueprint("activitypub", __name__)

    @blueprint.get("/actor")
    def actor() -> BaseResponse:
        """The instance's actor has no page of its own; people are sent to the page about its peers."""
        if preferred("application/json", "text/html") == "text/html":
            return redirect("/federation", 303)
        with instance.database.reading() as session:
            return _json(instance.actor_document(session, instance.node.instance_actor), ACTIVITY_JSON)

    @blueprint.get("/ns/v1")
    def context() -> BaseResponse:
        text = files("exchange").joinpath("static/ns/v1.jsonld").read_text(encoding="utf-8")
        response = Response(text, content_type="application/ld+json")
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response

    @blueprint.get("/activities/<key>")
    @blueprint.get("/actor/<any(outbox, followers, following):name>")
    @blueprint.get("/communities/<slug>/<any(outbox, followers, following):name>")
    @blueprint.get("/clusters/<slug>/<any(outbox, followers, following, members, practices):name>")
    @blueprint.get("/practices/<key>/<any(adoptions, reviews, replies, likes, shares):name>")
    @blueprint.get("/consultations/<key>/contributions")
    def only_for_software(**_: str) -> BaseResponse:
        if instance.settings.signed_fetch and (refusal := _unsigned(instance)):
            return refusal
        with instance.database.reading() as session:
            answer = documents.at(instance, session, request.path, request.args.get("page"))
        if answer is None:
            abort(404)
        return _json(answer[1], ACTIVITY_JSON, answer[0])

    @blueprint.get("/reviews/<key>")
    @blueprint.get("/adoptions/<key>")
    @blueprint.get("/answers/<key>")
    @blueprint.get("/delegations/<key>")
    @blueprint.get("/contributions/<key>")
    def page(key: str) -> BaseResponse:
        with instance.database.reading() as session:
            address = documents.page_of(session, request.path)
        return redirect(address, 303) if address else abort(404)

    @blueprint.get("/.well-known/webfinger")
    def finger() -> BaseResponse:
        resource = request.args.get("resource", "")
        if not resource or len(resource) > 2000:
            return problem(400, "Say whom you look for in “resource”.")
        with instance.database.reading() as session:
            answer = webfinger.answer(session, instance.origin, resource)
        if answer is None:
            return problem(404, "There is nobody of that name here.")
        response = _json(answer, "application/jrd+json")
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    @blueprint.get("/.well-known/nodeinfo")
    def nodeinfo_links() -> BaseResponse:
        return _json(nodeinfo.links(instance.origin), "application/json")

    @blueprint.get("/nodeinfo/<any('2.0', '2.1'):which>")
    def nodeinfo_document(which: str) -> BaseResponse:
        with instance.database.reading() as session:
            counts = shelf.counts(session)
        told = {
            "users": counts["local_communities"],
            "posts": counts["local_practices"],
            "comments": counts["local_reviews"] + counts["local_adoptions"],
            "practices": counts["practices"],
            "reviews": counts["reviews"],
            "adoptions": counts["adoptions"],
        }
        metadata = {"nodeName": instance.settings.name}
        document = nodeinfo.document(instance.origin, which, told, metadata=metadata)
        kind = f'application/json; profile="http://nodeinfo.diaspora.software/ns/schema/{which}#"'
        return _json(document, kind)

    @blueprint.get("/.well-known/host-meta")
    def host_meta() -> BaseResponse:
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">'
            f'<Link rel="lrdd" template="{instance.origin}/.well-known/webfinger?resource={{uri}}"/></XRD>\n'
        )
        return Response(text, content_type="application/xrd+xml; charset=utf-8")

    return blueprint


def _json(document: Any, content_type: str, status: int = 200) -> Response:
    text = json.dumps(document, ensure_ascii=False, sort_keys=False)
    response = Response(text, status=status, content_type=content_type)
    response.headers["Vary"] = "Accept, Signature"
    return response
