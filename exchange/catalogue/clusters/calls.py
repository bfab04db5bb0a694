"""Reading consultations and campaigns: all, one, what was said in one in order of support, and who may speak."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, func, or_, select

from exchange.catalogue.clusters import belonging
from exchange.messages import N_, NotFound
from exchange.models.base import now
from exchange.models.call import CAMPAIGN, EVERYBODY, Backing, Call, Contribution, Entry
from exchange.models.cluster import MEMBER, Belonging, Cluster, Membership
from exchange.models.community import Community
from federation.wire.activity import same_origin


@dataclass
class Said:
    """A contribution as a page shows it: with what was answered to it and who supports it.

    `words` is None where this instance has not read it, and then nobody's name stands over it (`author`),
    which is also None where it does not know the community.
    """

    entry: Entry
    words: Contribution | None
    author: Community | None
    backers: list[tuple[str, Community | None]] = field(default_factory=list)
    comments: list["Said"] = field(default_factory=list)

    @property
    def readable(self) -> bool:
        """Whether it is to be shown: neither hidden nor moved away nor taken back."""
        return not (self.entry.hidden or self.entry.moved_to or (self.words and self.words.withdrawn_at))


def call(session: Session, ref: str, kind: str | None = None) -> Call:
    """The consultation or campaign with that address or key, which may have been withdrawn."""
    query = select(Call).where(or_(Call.uri == ref, Call.key == ref))
    found = session.exec(query if kind is None else query.where(Call.kind == kind)).first()
    if found is None:
        missing = (
            N_("There is no campaign “%(ref)s” here.")
            if kind == CAMPAIGN
            else N_("There is no consultation “%(ref)s” here.")
        )
        raise NotFound(missing, ref=str(ref)[:200])
    return found


def at(session: Session, uri: str) -> Call | None:
    """The call with that address, when we hold it."""
    return session.exec(select(Call).where(Call.uri == uri)).first()


def all_(session: Session, kind: str | None = None, *, owner: str | None = None) -> list[Call]:
    """The calls that are there: those that are open first, then the latest."""
    query = select(Call).where(col(Call.withdrawn_at).is_(None))
    if kind is not None:
        query = query.where(Call.kind == kind)
    if owner is not None:
        query = query.where(Call.owner == owner)
    found = session.exec(query.order_by(col(Call.closes_on).desc(), col(Call.id).desc()))
    return sorted(found, key=lambda one: not is_open(one))


def is_open(of: Call, on: date | None = None) -> bool:
    """Whether something may be added on that day, by default today (UTC)."""
    today = on or now().date()
    return of.closed_at is None and of.withdrawn_at is None and of.opens_on <= today <= of.closes_on


def begins(of: Call) -> bool:
    """Whether it has not begun yet."""
    return of.closed_at is None and now().date() < of.opens_on


def may_speak(session: Session, of: Call, community: str) -> bool:
    """Whether the community with that actor may take part; of a cluster elsewhere, as far as we know."""
    if of.open_to == EVERYBODY:
        return True
    if of.local:
        return community in members(session, of)
    query = (
        select(Belonging.id)
        .join(Community, Community.id == Belonging.community_id)  # type: ignore[arg-type]
        .where(Community.uri == community, Belonging.cluster == of.owner, Belonging.state == MEMBER)
    )
    return session.exec(query).first() is not None


def members(session: Session, of: Call) -> list[str]:
    """The actors of those whom a call is meant for first: its cluster's members."""
    if not of.local:
        return of.members
    query = (
        select(Membership.member)
        .join(Cluster, Cluster.id == Membership.cluster_id)  # type: ignore[arg-type]
        .where(Cluster.uri == of.owner, Membership.state == MEMBER)
    )
    return list(session.exec(query.order_by(col(Membership.id))))


def entries(session: Session, of: Call) -> list[Entry]:
    """What a consultation lists, oldest first."""
    query = select(Entry).where(Entry.call_id == of.id)
    return list(session.exec(query.order_by(col(Entry.at), col(Entry.id))))


def entry(session: Session, contribution: str) -> tuple[Entry, Call] | None:
    """Where a contribution stands now, and in which consultation: of the cluster to which it was made."""
    query = (
        select(Entry, Call)
        .join(Call, Call.id == Entry.call_id)  # type: ignore[arg-type]
        .where(Entry.contribution == contribution, col(Entry.moved_to).is_(None))
    )
    found = session.exec(query).all()
    said = session.exec(select(Contribution).where(Contribution.uri == contribution)).first()
    return next(((one, of) for one, of in found if said is not None and made_to(said.call, of, one)), None)


def holding(session: Session, said: Contribution) -> Call:
    """The consultation in which a contribution stands now. Raises NotFound where none has taken it in."""
    found = entry(session, said.uri)
    if found is None:
        raise NotFound(N_("There is no such contribution here."))
    return found[1]


def made_to(asked: str | None, of: Call, one: Entry) -> bool:
    """Whether a contribution to what `asked` was made to this consultation, or moved to it by whom it was made to.

    A cluster can list whatever it likes; what was said to others is not shown as said to it.
    """
    return asked == of.uri or (one.moved_from is not None and same_origin(asked, of.owner))


def is_of(said: Contribution, of: Call, one: Entry) -> bool:
    """Whether an entry tells of a contribution what that says of itself: its author, and to what it was said."""
    return made_to(said.call, of, one) and (said.author, said.answers) == (one.author, one.answers)


def contribution(session: Session, ref: str) -> Contribution:
    """The contribution with that address or key, which may have been taken back."""
    query = select(Contribution).where(or_(Contribution.uri == ref, Contribution.key == ref))
    found = session.exec(query).first()
    if found is None:
        raise NotFound(N_("There is no such contribution here."))
    return found


def backers(session: Session, of: Call, listed: Sequence[Entry] = ()) -> dict[str, list[str]]:
    """Which communities stand behind a campaign, or behind each of these contributions to a consultation.

    Elsewhere it is the cluster that counts them; of our own communities we know it ourselves.
    """
    found = {of.uri: list(of.backers)} | {one.contribution: list(one.backers) for one in listed}
    query = select(Backing).where(col(Backing.subject).in_(list(found)))
    for one in session.exec(query.order_by(col(Backing.at), col(Backing.id))):
        found[one.subject].append(one.community)
    return {subject: list(dict.fromkeys(some)) for subject, some in found.items()}


def backing(session: Session, subject: str, community: str) -> Backing | None:
    """That a community stands behind something."""
    query = select(Backing).where(Backing.subject == subject, Backing.community == community)
    return session.exec(query).first()


def known(session: Session, uris: Iterable[str]) -> dict[str, Community]:
    """The communities with these actors, as far as we hold them."""
    query = select(Community).where(col(Community.uri).in_(set(uris)))
    return {one.uri: one for one in session.exec(query)}


def shown(session: Session, of: Call) -> list[Said]:
    """The contributions to a consultation with their comments, those with the most support first.

    One that says itself that it is another's, or was said elsewhere, is left out, whoever lists it.
    """
    listed = entries(session, of)
    uris = [one.contribution for one in listed]
    texts = {
        one.uri: one for one in session.exec(select(Contribution).where(col(Contribution.uri).in_(uris)))
    }
    listed = [
        one for one in listed if one.contribution not in texts or is_of(texts[one.contribution], of, one)
    ]
    behind = backers(session, of, listed)
    places = known(
        session, [one.author for one in listed] + [uri for some in behind.values() for uri in some]
    )
    said = {
        one.contribution: Said(
            one,
            texts.get(one.contribution),
            places.get(one.author) if one.contribution in texts else None,
            [(uri, places.get(uri)) for uri in behind.get(one.contribution, ())],
        )
        for one in listed
    }
    for one in said.values():
        if one.entry.answers in said:
            said[one.entry.answers].comments.append(one)
    top = [one for one in said.values() if one.entry.answers is None]
    return sorted(top, key=lambda one: (not one.readable, -len(one.backers), one.entry.at))


def sizes(session: Session) -> dict[int, int]:
    """How many contributions each consultation shows."""
    query = (
        select(Entry.call_id, func.count())
        .join(Contribution, Contribution.uri == Entry.contribution, isouter=True)  # type: ignore[arg-type]
        .where(col(Entry.answers).is_(None), col(Entry.moved_to).is_(None))
        .where(col(Contribution.withdrawn_at).is_(None))
        .group_by(col(Entry.call_id))
    )
    return dict(session.exec(query).all())


def concerning(session: Session, community: Community) -> list[Call]:
    """The open calls in which a community of ours may take part."""
    return [one for one in all_(session) if is_open(one) and may_speak(session, one, community.uri)]


def awaiting(session: Session, community: Community) -> list[Call]:
    """Those open calls of its own clusters in which a community has not taken part yet."""
    mine = {uri for uri, _name in belonging.clusters_of(session, community)}
    found = [one for one in concerning(session, community) if one.owner in mine]
    return [
        one
        for one in found
        if not spoken(session, one, community.uri) and backing(session, one.uri, community.uri) is None
    ]


def to_close(session: Session) -> list[Call]:
    """The calls of clusters here whose last day is over and that nobody has closed yet."""
    today = now().date()
    return [one for one in all_(session) if one.local and one.closed_at is None and one.closes_on < today]


def spoken(session: Session, of: Call, community: str) -> Sequence[Entry]:
    """What a community has said in a consultation."""
    return [one for one in entries(session, of) if one.author == community]


def unanswered(session: Session, of: Call, community: Community) -> list[Contribution]:
    """What a community has said to a consultation elsewhere and the cluster has not taken in yet."""
    if of.local:
        return []
    listed = {one.contribution for one in entries(session, of)}
    query = select(Contribution).where(
        Contribution.call == of.uri,
        Contribution.author == community.uri,
        col(Contribution.withdrawn_at).is_(None),
    )
    found = session.exec(query.order_by(col(Contribution.issued_at)))
    return [one for one in found if one.uri not in listed]


def named(session: Session, uris: Iterable[str | None]) -> dict[str, Call]:
    """The calls with these addresses, as far as we hold them."""
    query = select(Call).where(col(Call.uri).in_({uri for uri in uris if uri}))
    return {one.uri: one for one in session.exec(query)}
