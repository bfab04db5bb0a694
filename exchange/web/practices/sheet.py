"""The decision sheet: one practice on one printed page, for a council that decides about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import segno
from flask import render_template
from markupsafe import Markup
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.judging import judgement
from exchange.catalogue.judging.judgement import Judgement
from exchange.models.adoption import Adoption
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.practice import WITHDRAWN, Practice
from exchange.models.review import Review
from exchange.vocabulary.adoption import STOPPED
from exchange.web.frame.blueprints import public
from exchange.web.frame.failures import page as failure
from exchange.web.frame.pictures import Strip, strips
from exchange.web.frame.reach import database, settings
from exchange.web.practices.practice import telling

# How much fits on a page of A4; the sheet says where the rest is.
ADOPTERS, JUDGES = 6, 6


@dataclass(frozen=True)
class Others:
    """Who judged it and who took it up: the lists as far as they fit, and how many there are."""

    judged: Judgement
    strips: Sequence[Strip]
    reviews: Sequence[tuple[Review, Community]]
    adoptions: Sequence[tuple[Adoption, Community | None]]
    adopted: int
    stopped: int


@public.get("/practices/<key>/sheet")
def sheet(key: str) -> str | Response:
    """A practice in its newest version on one page."""
    with database().reading() as session:
        found = shelf.practice(session, key)
        if found.state == WITHDRAWN:
            return failure(410, reason=found.withdrawn_reason)
        owner = shelf.community_of(session, found)
        others = _others(session, found)
    page = f"{settings().origin}/practices/{found.key}"
    return render_template(
        "sheet.html",
        told=telling(found, owner),
        others=others,
        page=page,
        code=_code(page),
        today=now(),
    )


def _code(address: str) -> Markup:
    """The address as a picture for the telephone of whoever has the sheet on paper (QR code, ISO/IEC 18004)."""
    drawn = BytesIO()
    segno.make_qr(address, error="m").save(
        drawn, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2, svgclass="qr", lineclass=None
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - figures alone; no word of the address stands in it


def _others(session: Session, found: Practice) -> Others:
    judged = judgement.judged(session, found)
    taken = [a for a in shelf.adoptions_of(session, found) if a.counts]
    # What came out, or why it ended, tells a council most; then those who have come farthest.
    telling_first = sorted(taken, key=lambda a: not (a.record.get("outcome") or a.record.get("reason")))
    return Others(
        judged=judged,
        strips=[one for one in strips(judged.distributions) if one.distribution.n],
        reviews=shelf.reviews_of(session, found)[:JUDGES],
        adoptions=[
            (a, session.get(Community, a.adopter_id) if a.adopter_id else None)
            for a in telling_first[:ADOPTERS]
        ],
        adopted=len(taken),
        stopped=sum(a.stage in STOPPED for a in taken),
    )
