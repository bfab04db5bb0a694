"""The page of a practice: what was done, as its owner tells it, who judged it and who took it up."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import g, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from exchange.catalogue import shelf
from exchange.catalogue.adoption import handshake, lineage
from exchange.catalogue.clusters import cluster, collections
from exchange.catalogue.judging import answer, judgement
from exchange.catalogue.judging.judgement import ENOUGH, Judgement
from exchange.catalogue.judging.voices import Voice
from exchange.catalogue.people import moderate, officers
from exchange.catalogue.practices import evidence, provenance
from exchange.models.adoption import Adoption
from exchange.models.answer import Answer
from exchange.models.base import now
from exchange.models.comment import Comment
from exchange.models.community import Community
from exchange.models.handshake import AdoptionAnswer
from exchange.models.practice import WITHDRAWN, Practice
from exchange.models.review import Review
from exchange.web.drawing import Picture, tram, trams
from exchange.web.drawing.tram import Map
from exchange.web.find import followed
from exchange.web.frame.blueprints import public
from exchange.web.frame.failures import page as failure
from exchange.web.frame.guard import may_govern
from exchange.web.frame.pictures import Strip, strips
from exchange.web.frame.reach import database, instance
from exchange.web.practices import citing

READINGS = ("both", "original", "translation")
FEW = 25  # adoptions on the page itself; there may be thousands, and an owner can tell of any number
Adopted = tuple[Adoption, Community | None, AdoptionAnswer | None]


@dataclass
class Telling:
    """A practice as it is to be read: a published version, an old one, or a preview of a draft."""

    record: dict[str, Any]
    owner: Community
    version: int = 1
    issued: datetime | None = None
    modified: datetime | None = None
    documented_by: str = "owner"
    incomplete: bool = False
    review_due: date | None = None
    uri: str = ""
    local: bool = True
    key: str = ""
    preview: bool = False
    evidence: str | None = None  # the level that is shown: 5 by rule, else what the owner says
    doubts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.doubts = dict(self.record.get("certainty") or {})
        self.evidence = self.evidence or self.record.get("evidenceLevel")

    @property
    def stale(self) -> bool:
        """Whether its owner should have looked at it again by now."""
        return self.review_due is not None and self.review_due < now().date()


@dataclass(frozen=True)
class Afterlife:
    """What became of a practice: reviews and adoptions, and apart from them what people elsewhere say."""

    judgement: Judgement
    strips: list[Strip]
    lent: dict[int, list[Voice]]
    answers: dict[int, Answer]
    reviews: list[tuple[Review, Community]]
    adopted: int  # how many count
    told: int  # how many adoptions there are to read; `adoptions` has the last of them
    adoptions: list[Adopted]
    lineage: Map | None
    lineage_picture: Picture | None
    comments: list[Comment]
    endorsements: dict[str, int]


@public.get("/practices/<key>")
def practice(key: str) -> str | Response:
    """A practice in its newest version."""
    with database().reading() as session:
        found = shelf.practice(session, key)
        if found.state == WITHDRAWN:
            return failure(410, reason=found.withdrawn_reason)
        owner = shelf.community_of(session, found)
        told = telling(found, owner)
        versions = shelf.versions_of(session, found)
        after = _afterlife(session, found, owner)
        traced = provenance.of(session, instance().node, found)
        witnesses = evidence.witnesses(session, found)
        groups = cluster.led_for(session, found) if may_govern() else []
        ours = (
            [one for one in collections.all_(session, unfinished=True) if one.local] if may_govern() else []
        )
        kept_in = collections.holding(session, found.uri)
        is_followed = followed.is_followed(session, f"practice:{found.key}")
    return render_template(
        "practice.html",
        told=told,
        versions=versions,
        after=after,
        enough=ENOUGH,
        traced=traced,
        witnesses=len(witnesses),
        old=None,
        reading=_reading(),
        mine=g.officer is not None and officers.may(g.officer, owner),
        clusters=groups,
        own_collections=ours,
        collections=kept_in,
        rateable=g.community is not None and g.community.id != owner.id,
        is_followed=is_followed,
        cited=citing.citation(found, owner),
        bibtex=citing.bibtex(found, owner),
    )


@public.get("/practices/<key>/versions/<int:number>")
def version(key: str, number: int) -> str | Response:
    """A practice as it was in an earlier version."""
    with database().reading() as session:
        found = shelf.practice(session, key)
        if found.state == WITHDRAWN:
            return failure(410, reason=found.withdrawn_reason)
        owner = shelf.community_of(session, found)
        old = shelf.version(session, found, min(number, 2**31 - 1))
        versions = shelf.versions_of(session, found)
    told = telling(found, owner)
    told.record, told.version, told.modified, told.review_due = (
        *(old.words(found), old.number, old.published_at),
        None,
    )
    return render_template(
        "practice.html",
        told=told,
        versions=versions,
        after=None,
        old=old,
        newest=found.version,
        reading=_reading(),
        mine=False,
        rateable=False,
    )


def telling(practice: Practice, owner: Community) -> Telling:
    """The newest version of a practice, ready to be read."""
    return Telling(
        record=practice.record,
        owner=owner,
        version=practice.version,
        issued=practice.issued_at,
        modified=practice.modified_at,
        documented_by=practice.documented_by,
        incomplete=practice.incomplete,
        review_due=practice.review_due,
        uri=practice.uri,
        local=practice.local,
        key=practice.key,
        evidence=practice.evidence_level,
    )


def _afterlife(session: Session, found: Practice, owner: Community) -> Afterlife:
    graph = lineage.of(session, found)
    told, last = shelf.last_adoptions(session, found, FEW)
    last.sort(key=lambda a: (bool(a.record.get("inverse")), a.issued_at, a.id))
    judged = judgement.judged(session, found)
    given = shelf.reviews_of(session, found)
    lent: dict[int, list[Voice]] = defaultdict(list)
    for voice in judged.voices:
        if voice.lent and voice.review.id is not None:
            lent[voice.review.id].append(voice)
    drawn = tram.drawn(graph, found.uri) if len(graph.stations) > 1 else None
    return Afterlife(
        judgement=judged,
        strips=strips(judged.distributions),
        lent=lent,
        answers=answer.of_all(session, [review for review, _ in given]),
        reviews=given,
        adopted=shelf.taken_up(session, found),
        told=told,
        adoptions=with_answers(session, last, owner),
        lineage=drawn,
        lineage_picture=trams.picture(drawn) if drawn else None,
        comments=moderate.shown(session, found),
        endorsements=moderate.endorsements(session, found),
    )


def with_answers(session: Session, adoptions: list[Adoption], owner: Community) -> list[Adopted]:
    """Adoptions with the adopter, where it has a page, and what the owner answered."""
    said = handshake.all_of(session, adoptions, owner)
    return [
        (a, session.get(Community, a.adopter_id) if a.adopter_id else None, said.get(a.uri))
        for a in adoptions
    ]


def _reading() -> str:
    wanted = request.args.get("texts", "both")
    return wanted if wanted in READINGS else "both"
