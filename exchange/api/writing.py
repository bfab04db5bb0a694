"""What programs may change through the API, for the community of their token."""

from typing import Any

from flask import Response, request
from sqlmodel import Session

from exchange.api import shapes
from exchange.api.access import Answer, acting, check_owner, once
from exchange.api.blueprint import api, reader_language
from exchange.api.bodies import json_body, only, text, words
from exchange.api.problems import ApiProblem
from exchange.api.reading import held, plain
from exchange.catalogue import lookup
from exchange.catalogue.adoption import adopt as adopting
from exchange.catalogue.adoption import handshake as answering
from exchange.catalogue.files.imports import SLUG
from exchange.catalogue.judging import judgement
from exchange.catalogue.judging import review as reviewing
from exchange.catalogue.practices import publish as publishing
from exchange.catalogue.practices import revise as revising
from exchange.catalogue.practices import withdraw as withdrawing
from exchange.messages import N_, Message, Problem, Refusal
from exchange.models.handshake import CONFIRMED, CONTESTED, OPEN
from exchange.models.officer import ApiToken
from exchange.models.practice import OTHERS, OWNER, Practice
from exchange.vocabulary.fields import UNDETERMINED

_ADOPTION = {
    *("since", "adaptationType", "changes", "reason", "outcome", "help", "ownPractice", "through", "note"),
    *("stageDates", "costActual"),
}


@api.post("/v1/practices")
def publish() -> Response:
    """Publish a practice: the record itself, or {record, community, documentedBy, slug}."""
    body = json_body()
    record, rest = _record(body)
    slug = rest.get("slug")
    if slug is not None and not (isinstance(slug, str) and SLUG.fullmatch(slug)):
        raise Refusal([Problem("slug", Message(N_("A short name has small letters, digits and hyphens.")))])

    def change(session: Session, token: ApiToken) -> Answer:
        owner = acting(session, token, rest.get("community"))
        made = publishing.publish(
            session, owner, record, documented_by=_documented_by(rest, token), slug=slug
        )
        return _in_full(session, made), 201

    return _located(once(change), "practices")


@api.put("/v1/practices/<ref>")
def revise(ref: str) -> Response:
    """Publish the next version: the record itself, or {record, note}."""
    record, rest = _record(json_body())
    note = rest.get("note", "")
    if not isinstance(note, str) or len(note) > 1000:
        raise Refusal([Problem("note", Message(N_("A text is expected here.")))])

    def change(session: Session, token: ApiToken) -> Answer:
        found = held(session, ref)
        check_owner(token, found.community_id)
        return _in_full(session, revising.revise(session, found, record, note=note)), 200

    return once(change)


@api.delete("/v1/practices/<ref>")
def withdraw(ref: str) -> Response:
    """Withdraw a practice; a tombstone stays, with the reason when there is one: `?reason=…&language=fr`."""
    reason, language = request.args.get("reason", ""), request.args.get("language", UNDETERMINED)
    texts = words({"reason": {language: reason}}, "reason") if reason else {}

    def change(session: Session, token: ApiToken) -> Answer:
        found = held(session, ref)
        check_owner(token, found.community_id)
        withdrawing.withdraw(session, found, reason=texts)
        return None, 204

    return once(change)


@api.post("/v1/practices/<ref>/reviews")
def review_of(ref: str) -> Response:
    """Review a practice; a second review of the same organisation changes its first."""
    return _review(json_body(), ref)


@api.post("/v1/reviews")
def review_anywhere() -> Response:
    """The same with the practice's address in the body."""
    body = json_body()
    return _review(body, _practice(body))


@api.delete("/v1/reviews/<ref>")
def withdraw_review(ref: str) -> Response:
    """Take a review back."""

    def change(session: Session, token: ApiToken) -> Answer:
        found = lookup.review(session, plain(ref))
        check_owner(token, found.community_id)
        if found.withdrawn_at is not None:
            raise ApiProblem(410)
        reviewing.withdraw_review(session, found)
        return None, 204

    return once(change)


@api.post("/v1/practices/<ref>/adoptions")
def adoption_of(ref: str) -> Response:
    """Adopt a practice, or say how far the adoption has come."""
    return _adopt(json_body(), ref)


@api.post("/v1/adoptions")
def adoption_anywhere() -> Response:
    """The same with the practice's address in the body."""
    body = json_body()
    return _adopt(body, _practice(body))


@api.delete("/v1/adoptions/<ref>")
def withdraw_adoption(ref: str) -> Response:
    """Take an adoption back."""

    def change(session: Session, token: ApiToken) -> Answer:
        found = lookup.adoption(session, plain(ref))
        check_owner(token, found.publisher_id)
        if found.withdrawn_at is not None:
            raise ApiProblem(410)
        adopting.withdraw_adoption(session, found)
        return None, 204

    return once(change)


@api.put("/v1/adoptions/<ref>/confirmation")
def confirm(ref: str) -> Response:
    """Say, as the origin of the practice, whether an adoption is so: {"confirmed": true}.

    `false` contests it and needs a `reason`; null takes the answer back.
    """
    body = json_body()
    only(body, {"confirmed", "reason"})
    yes = body.get("confirmed", "")
    if not (yes is None or isinstance(yes, bool)):
        raise Refusal([Problem("confirmed", Message(N_("Yes or no is expected here.")))])
    state = {True: CONFIRMED, False: CONTESTED, None: OPEN}[yes]
    reason = words(body, "reason")

    def change(session: Session, token: ApiToken) -> Answer:
        found = lookup.adoption(session, plain(ref))
        check_owner(token, session.get_one(Practice, found.practice_id).community_id)
        answering.answer(session, found, state, reason=reason)
        return shapes.adoption(session, found, reader_language()), 200

    return once(change)


def _review(body: dict[str, Any], ref: str) -> Response:
    only(body, {"practice", "by", "relation", "ratings", "conflict", "comment"})
    conflict = body.get("conflict", False)
    if not isinstance(conflict, bool):
        raise Refusal([Problem("conflict", Message(N_("Yes or no is expected here.")))])

    def change(session: Session, token: ApiToken) -> Answer:
        of = held(session, ref)
        by = acting(session, token, body.get("by"))
        made = reviewing.review(
            session,
            of,
            by,
            relation=text(body, "relation"),
            ratings=body.get("ratings") or {},
            conflict=conflict,
            comment=words(body, "comment"),
        )
        return shapes.review(made, by, of, reader_language()), 201

    return _located(once(change), "reviews")


def _adopt(body: dict[str, Any], ref: str) -> Response:
    only(body, {"practice", "by", "stage", "on", "version"} | _ADOPTION)
    version, on = body.get("version"), body.get("on")
    if not (version is None or (isinstance(version, int) and not isinstance(version, bool))):
        raise Refusal([Problem("version", Message(N_("A whole number is expected here.")))])
    if not (on is None or isinstance(on, str)):
        raise Refusal([Problem("on", Message(N_("Write the date as 2024, 2024-05 or 2024-05-31.")))])

    def change(session: Session, token: ApiToken) -> Answer:
        of = held(session, ref)
        by = acting(session, token, body.get("by"))
        record = {name: value for name, value in body.items() if name in _ADOPTION}
        stage = text(body, "stage")
        made = adopting.adopt(session, of, by, stage=stage, on=on or None, version=version, **record)
        return shapes.adoption(session, made, reader_language()), 201

    return _located(once(change), "adoptions")


def _record(body: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The record, and what stands around it."""
    if "record" not in body:
        return body, {}
    only(body, {"record", "community", "note", "documentedBy", "slug"})
    return body["record"], body


def _documented_by(rest: dict[str, Any], token: ApiToken) -> str:
    """Whose words a record is; only who runs the instance may enter what others documented."""
    said = rest.get("documentedBy", OWNER)
    if said not in (OWNER, OTHERS):
        raise Refusal([Problem("documentedBy", Message(N_("Write “owner” or “others”.")))])
    if said == OTHERS and token.scope != "admin":
        raise ApiProblem(403, N_("Only an admin token enters what others documented."))
    return str(said)


def _practice(body: dict[str, Any]) -> str:
    named = body.get("practice")
    if not isinstance(named, str) or not named:
        raise Refusal([Problem("practice", Message(N_("Name the practice by its address.")))])
    return named


def _in_full(session: Session, made: Practice) -> dict[str, Any]:
    judged = judgement.distributions(session, made)
    return shapes.practice_in_full(session, made, reader_language(), judged)


def _located(made: Response, collection: str) -> Response:
    """201 says where the new thing is in this API."""
    if made.status_code == 201 and (data := made.get_json(silent=True)):
        made.headers["Location"] = f"/api/v1/{collection}/{data['key']}"
    return made
