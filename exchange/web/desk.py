"""An officer's desk: what is begun, what is published, and what came in about it."""

from flask import g, redirect, render_template, request, url_for
from sqlmodel import Session, col, select
from werkzeug.wrappers import Response

from exchange.catalogue import adopt, draft, shelf
from exchange.messages import N_, NotFound
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import OTHERS, Draft, Practice
from exchange.models.review import Review
from exchange.vocabulary import completeness
from exchange.web import answers, asking, guard, moderating, searches
from exchange.web.blueprints import officer
from exchange.web.communities import adoptions_of_all
from exchange.web.reach import database

RECENT = 20


@officer.get("/desk")
@guard.officers_only
def desk() -> str:
    """Where an officer begins."""
    with database().reading() as session:
        if g.community is None:
            return render_template(
                "desk.html",
                community=None,
                to_moderate=moderating.waiting(session),
                searches=searches.waiting(session),
            )
        own = shelf.practices_of(session, g.community)
        ids = [p.id for p in own if p.id is not None]
        incoming = [row for row in adoptions_of_all(session, ids) if row[0].documented_by != OTHERS]
        return render_template(
            "desk.html",
            community=g.community,
            questions=asking.waiting(session),
            searches=searches.waiting(session),
            to_moderate=moderating.waiting(session),
            drafts=[(d, *_state(d)) for d in draft.drafts_of(session, g.community)],
            practices=own,
            to_confirm=[
                row for row in incoming if row[0].confirmed is None and not row[0].record.get("inverse")
            ],
            answered=[row for row in incoming if row[0].confirmed is not None][:RECENT],
            reviews=_reviews(session, ids),
            own_adoptions=shelf.adopted_by(session, g.community),
        )


@officer.post("/desk/adoptions/<key>/answer")
@guard.officers_only
def answer(key: str) -> Response:
    """Say of somebody's adoption of our practice that it is so, or that it is not."""
    yes = request.form.get("answer") != "no"
    with database().writing() as session:
        adoption = session.exec(select(Adoption).where(Adoption.key == key)).first()
        if adoption is None or adoption.withdrawn_at is not None:
            raise NotFound(N_("There is no such adoption here."))
        practice = session.get_one(Practice, adoption.practice_id)
        guard.check_may(shelf.community_of(session, practice))
        adopt.confirm(session, adoption, yes=yes)
    return redirect(url_for("officer.desk", done="confirmed" if yes else "contested"), 303)


def _state(kept: Draft) -> tuple[str, int]:
    """A draft's title as far as it has one, and how complete it is in percent."""
    language = str(kept.data.get("language", "und"))
    title = (kept.data.get("title") or {}).get(language, "")
    return title, completeness.score(answers.readable(kept.data))


def _reviews(session: Session, practice_ids: list[int]) -> list[tuple[Review, Community, Practice]]:
    query = (
        select(Review, Community, Practice)
        .join(Community, Community.id == Review.community_id)  # type: ignore[arg-type]
        .join(Practice, Practice.id == Review.practice_id)  # type: ignore[arg-type]
        .where(col(Review.practice_id).in_(practice_ids), Review.withdrawn_at == None)  # noqa: E711
        .order_by(col(Review.modified_at).desc())
    )
    return list(session.exec(query.limit(RECENT)))
