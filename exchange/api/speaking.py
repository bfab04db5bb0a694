"""What a community says to consultations and campaigns through the API; the rules are those of the pages."""

from typing import Any

from flask import Response
from sqlmodel import Session

from exchange.api.access import Answer, acting, check_owner, once
from exchange.api.blueprint import api
from exchange.api.bodies import json_body, only, words
from exchange.api.reading import plain
from exchange.api.shapes import moment
from exchange.catalogue import shelf
from exchange.catalogue.clusters import calls, contribute
from exchange.messages import N_, Message, Problem, Refusal
from exchange.models.call import CAMPAIGN, CONSULTATION, Contribution
from exchange.models.officer import ApiToken


@api.post("/v1/consultations/<ref>/contributions")
def contribution_to(ref: str) -> Response:
    """Say something to a consultation, or comment a contribution there: {title, text, answers, by}."""
    body = json_body()
    only(body, {"by", "title", "text", "answers"})
    title, text, answers = words(body, "title"), words(body, "text"), _address(body, "answers")

    def change(session: Session, token: ApiToken) -> Answer:
        asked = calls.call(session, plain(ref), CONSULTATION)
        by = acting(session, token, body.get("by"))
        said = contribute.contribute(session, by, asked, title=title, text=text, answers=answers)
        return _contribution(said), 201

    return once(change)


@api.put("/v1/consultations/<ref>/support")
def support(ref: str) -> Response:
    """Stand behind a contribution of others, or no longer: {contribution, supported, by}."""
    body = json_body()
    only(body, {"by", "contribution", "supported"})
    yes, address = _yes(body, "supported"), _address(body, "contribution")

    def change(session: Session, token: ApiToken) -> Answer:
        calls.call(session, plain(ref), CONSULTATION)
        by = acting(session, token, body.get("by"))
        said = calls.contribution(session, address or "")
        (contribute.support if yes else contribute.support_no_more)(session, by, said)
        return {"contribution": said.uri, "community": by.uri, "supported": yes}, 200

    return once(change)


@api.put("/v1/campaigns/<ref>/participation")
def participation(ref: str) -> Response:
    """Take part in a campaign, or no longer: {takesPart, by}."""
    body = json_body()
    only(body, {"by", "takesPart"})
    yes = _yes(body, "takesPart")

    def change(session: Session, token: ApiToken) -> Answer:
        asked = calls.call(session, plain(ref), CAMPAIGN)
        by = acting(session, token, body.get("by"))
        (contribute.join if yes else contribute.leave)(session, by, asked)
        return {"campaign": asked.uri, "community": by.uri, "takesPart": yes}, 200

    return once(change)


@api.delete("/v1/contributions/<ref>")
def take_back(ref: str) -> Response:
    """Take a contribution or a comment back."""

    def change(session: Session, token: ApiToken) -> Answer:
        said = calls.contribution(session, plain(ref))
        check_owner(token, shelf.community(session, said.author).id or 0)
        contribute.take_back(session, said)
        return None, 204

    return once(change)


def _contribution(said: Contribution) -> dict[str, Any]:
    return {
        "id": said.uri,
        "key": said.key,
        "consultation": said.call,
        "answers": said.answers,
        "community": said.author,
        "titles": said.title,
        "texts": said.text,
        "issued": moment(said.issued_at),
    }


def _yes(body: dict[str, Any], name: str) -> bool:
    said = body.get(name, True)
    if not isinstance(said, bool):
        raise Refusal([Problem(name, Message(N_("Yes or no is expected here.")))])
    return said


def _address(body: dict[str, Any], name: str) -> str | None:
    said = body.get(name)
    if not (said is None or isinstance(said, str)):
        raise Refusal([Problem(name, Message(N_("A text is expected here.")))])
    return said
