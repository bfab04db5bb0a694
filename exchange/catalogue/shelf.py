"""Reading the catalogue: find one thing by any of its names, and what belongs to it."""

from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, case, col, func, or_, select

from exchange.messages import N_, NotFound
from exchange.models.adoption import STANDING, Adoption
from exchange.models.community import Community
from exchange.models.practice import OTHERS, PUBLISHED, Practice, PracticeVersion
from exchange.models.review import Review


def practice(session: Session, ref: str) -> Practice:
    """The practice with this address, key or imported name; local ones first. It may be withdrawn.

    Anybody chooses a name for their own practice, also one that is the key of another here: a name comes last.
    """
    own = or_(Practice.uri == ref, Practice.key == ref)
    query = select(Practice).where(or_(own, Practice.slug == ref))  # type: ignore[arg-type]
    order = case((own, 0), else_=1), col(Practice.local).desc(), col(Practice.id)
    found = session.exec(query.order_by(*order)).first()
    if found is None:
        raise NotFound(N_("There is no practice “%(ref)s” here."), ref=str(ref)[:200])
    return found


def community(session: Session, ref: str) -> Community:
    """The community with this address, short name (ours) or `@name@host`."""
    query = select(Community).where(
        or_(Community.uri == ref, (Community.slug == ref) & Community.local)  # type: ignore[arg-type]
    )
    found = session.exec(query).first() or _by_handle(session, ref)
    if found is None:
        raise NotFound(N_("There is no community “%(ref)s” here."), ref=str(ref)[:200])
    return found


def _by_handle(session: Session, ref: str) -> Community | None:
    slug, _, host = ref.lstrip("@").partition("@")
    if not host:
        return None
    same_name = session.exec(select(Community).where(Community.slug == slug))
    return next((c for c in same_name if urlsplit(c.instance).netloc == host), None)


def handle(owner: Community) -> str:
    """The name under which a community is known across instances: `@slug@host`."""
    return f"@{owner.slug}@{urlsplit(owner.instance).netloc}"


def community_of(session: Session, of: Practice) -> Community:
    """The owner of a practice."""
    return session.get_one(Community, of.community_id)


def communities(session: Session, *, local: bool | None = None) -> list[Community]:
    """All communities that are still there, by name."""
    query = select(Community).where(Community.gone == False)  # noqa: E712
    if local is not None:
        query = query.where(Community.local == local)
    return sorted(session.exec(query), key=lambda c: c.called().casefold())


def practices_of(session: Session, owner: Community) -> list[Practice]:
    """The published practices of a community, newest first."""
    query = select(Practice).where(Practice.community_id == owner.id, Practice.state == PUBLISHED)
    return list(session.exec(query.order_by(col(Practice.issued_at).desc(), col(Practice.id).desc())))


def versions_of(session: Session, of: Practice) -> list[PracticeVersion]:
    """The versions of a practice that we hold, newest first."""
    query = select(PracticeVersion).where(PracticeVersion.practice_id == of.id)
    return list(session.exec(query.order_by(col(PracticeVersion.number).desc())))


def version(session: Session, of: Practice, number: int) -> PracticeVersion:
    """One version of a practice."""
    query = select(PracticeVersion).where(
        PracticeVersion.practice_id == of.id, PracticeVersion.number == number
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound(N_("This practice has no version %(number)s here."), number=number)
    return found


def reviews_of(session: Session, of: Practice) -> list[tuple[Review, Community]]:
    """The reviews of a practice with who wrote them, newest first."""
    query = (
        select(Review, Community)
        .join(Community, Community.id == Review.community_id)  # type: ignore[arg-type]
        .where(Review.practice_id == of.id, Review.withdrawn_at == None)  # noqa: E711
    )
    return list(session.exec(query.order_by(col(Review.modified_at).desc(), col(Review.id).desc())))


def adoptions_of(session: Session, of: Practice) -> list[Adoption]:
    """The adoptions of a practice, oldest first; those that went the other way round are last."""
    query = select(Adoption).where(Adoption.practice_id == of.id, Adoption.withdrawn_at == None)  # noqa: E711
    found = list(session.exec(query.order_by(col(Adoption.issued_at), col(Adoption.id))))
    return sorted(found, key=lambda a: bool(a.record.get("inverse")))


def last_adoptions(session: Session, of: Practice, limit: int, offset: int = 0) -> tuple[int, list[Adoption]]:
    """How many adoptions of a practice are told, and so many of them, those that moved last first."""
    told = Adoption.practice_id == of.id, Adoption.withdrawn_at == None  # noqa: E711
    total = session.exec(select(func.count()).select_from(Adoption).where(*told)).one()
    query = select(Adoption).where(*told).order_by(col(Adoption.modified_at).desc(), col(Adoption.id).desc())
    return total, list(session.exec(query.limit(limit).offset(offset)))


def taken_up(session: Session, of: Practice) -> int:
    """How many adoptions of a practice count (`Adoption.counts`)."""
    record: Any = col(Adoption.record)
    query = select(func.count()).select_from(Adoption).where(Adoption.practice_id == of.id, *STANDING)
    return session.exec(query.where(record["inverse"].as_boolean().is_not(True))).one()


def is_hearsay(adoption: Adoption, adopter: Community) -> bool:
    """Whether an owner elsewhere tells it of a community of ours, which could have told it itself.

    It is shown, with who says it, and counts as nothing that our community has said.
    """
    return adoption.documented_by == OTHERS and adopter.local and not adoption.local


def adopted_by(session: Session, adopter: Community) -> list[tuple[Adoption, Practice]]:
    """What a community took up from others, with the practices."""
    query = (
        select(Adoption, Practice)
        .join(Practice, Practice.id == Adoption.practice_id)  # type: ignore[arg-type]
        .where(Adoption.adopter_id == adopter.id, Adoption.withdrawn_at == None)  # noqa: E711
    )
    return list(session.exec(query.order_by(col(Adoption.modified_at).desc())))


def newest(
    session: Session, *, local: bool | None = None, limit: int = 10
) -> list[tuple[Practice, Community]]:
    """The practices published last, with their owners."""
    query = (
        select(Practice, Community)
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(Practice.state == PUBLISHED)
    )
    if local is not None:
        query = query.where(Practice.local == local)
    return list(
        session.exec(query.order_by(col(Practice.issued_at).desc(), col(Practice.id).desc()).limit(limit))
    )


def newest_reviews(session: Session, *, limit: int = 10) -> list[tuple[Review, Community, Practice]]:
    """The reviews written last."""
    query = (
        select(Review, Community, Practice)
        .join(Community, Community.id == Review.community_id)  # type: ignore[arg-type]
        .join(Practice, Practice.id == Review.practice_id)  # type: ignore[arg-type]
        .where(Review.withdrawn_at == None, Practice.state == PUBLISHED)  # noqa: E711
    )
    return list(session.exec(query.order_by(col(Review.modified_at).desc()).limit(limit)))


def newest_adoptions(session: Session, *, limit: int = 10) -> list[tuple[Adoption, Practice]]:
    """The adoptions that moved last."""
    query = (
        select(Adoption, Practice)
        .join(Practice, Practice.id == Adoption.practice_id)  # type: ignore[arg-type]
        .where(Adoption.withdrawn_at == None, Practice.state == PUBLISHED)  # noqa: E711
        .order_by(col(Adoption.modified_at).desc())
        .limit(limit)
    )
    # Asked at once, a database may read every practice; few of the last adoptions are of one that went.
    last = select(Adoption).where(Adoption.withdrawn_at == None)  # noqa: E711
    moved = list(session.exec(last.order_by(col(Adoption.modified_at).desc()).limit(4 * limit)))
    ids = {adoption.practice_id for adoption in moved}
    held = {p.id: p for p in session.exec(select(Practice).where(col(Practice.id).in_(ids)))}
    pairs = [(adoption, held[adoption.practice_id]) for adoption in moved]
    found = [(adoption, practice) for adoption, practice in pairs if practice.state == PUBLISHED][:limit]
    return found if len(found) == limit or len(moved) < 4 * limit else list(session.exec(query))


def numbers(session: Session) -> dict[int, int]:
    """How many published practices each community has, by its key; those without any are left out."""
    published = func.sum(case((col(Practice.state) == PUBLISHED, 1), else_=0))  # counted in the index alone
    query = select(Practice.community_id, published).group_by(col(Practice.community_id))
    return {community: int(n) for community, n in session.exec(query) if n}


def counts(session: Session) -> dict[str, int]:
    """How much there is: practices, reviews, adoptions and communities, all and of this instance."""

    def number(model: Any, *where: Any) -> int:
        return session.exec(select(func.count()).select_from(model).where(*where)).one()

    reviewed = Review.withdrawn_at == None  # noqa: E711
    return {
        "practices": number(Practice, Practice.state == PUBLISHED),
        "local_practices": number(Practice, Practice.state == PUBLISHED, Practice.local),
        "reviews": number(Review, reviewed),
        "local_reviews": number(Review, reviewed, Review.local),
        "adoptions": number(Adoption, *STANDING),
        "local_adoptions": number(Adoption, *STANDING, Adoption.local),
        "communities": number(Community, Community.gone == False),  # noqa: E712
        "local_communities": number(Community, Community.local),
    }
