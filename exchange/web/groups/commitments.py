"""The manifestos and who stands by them: counts for everybody, and an officer's own signatures."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.catalogue.communities import sign
from exchange.messages import N_, NotAllowed, NotFound, Problem, Refusal
from exchange.models.community import Community
from exchange.vocabulary import concepts
from exchange.web.frame import guard
from exchange.web.frame.blueprints import officer, public
from exchange.web.frame.reach import database

Answer = str | tuple[str, int] | Response


@public.get("/commitments")
def commitments() -> str:
    """Every commitment of the manifestos, with who signed it and which practices serve it."""
    with database().reading() as session:
        return render_template("commitments.html", manifestos=sign.tally(session))


@public.get("/commitments/<commitment>")
def commitment(commitment: str) -> str:
    """One commitment and its signatories."""
    found = concepts.commitments().get(commitment)
    if found is None:
        raise NotFound(N_("There is no such commitment."))
    with database().reading() as session:
        return render_template(
            "commitment.html", commitment=found, signatories=sign.signatories(session, found.id)
        )


@officer.get("/desk/commitments")
@guard.officers_only
def own_commitments() -> Answer:
    """What our community has signed, what serves it, and the form to sign."""
    return _page({}, [])


@officer.post("/desk/commitments")
@guard.officers_only
def sign_commitment() -> Answer:
    """Sign a commitment, or take a signature back."""
    own = guard.own_community()
    given = {name: request.form.get(name, "").strip()[:2000] for name in ("commitment", "date", "document")}
    done = "signed"
    try:
        with database().writing() as session:
            community = session.get_one(Community, own.id)
            if request.form.get("take-back"):
                sign.unsign(session, community, request.form["take-back"])
                done = "unsigned"
            else:
                sign.sign(
                    session,
                    community,
                    given["commitment"],
                    date=given["date"],
                    document=given["document"],
                )
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        return _page(given, refusal.problems), 422
    return redirect(url_for("officer.own_commitments", done=done), 303)


def _page(given: dict[str, Any], problems: list[Problem]) -> str:
    own = guard.own_community()
    with database().reading() as session:
        served = sign.served(session, session.get_one(Community, own.id))
    return render_template("own_commitments.html", served=served, given=given, problems=problems)
