"""Clusters: founded by a coordinator, joined by communities, and pointing out practices to whoever follows.

A cluster is a `Group` (FEP-1b12). What it points out it announces twice: the activity that published the
practice, for software that knows groups, and the practice itself, for all other.
"""

from typing import Any

from sqlmodel import Session, col, select

from exchange.catalogue.clusters import belonging, call
from exchange.catalogue.communities.community import RESERVED, SLUG
from exchange.messages import N_, Message, NotFound, Problem, Refusal
from exchange.models.cluster import ASKED, MEMBER, Cluster, Curated, Membership
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from federation import actor
from federation.actor import LocalActor
from federation.ledger import journal, outbox
from federation.wire.activity import PUBLIC, origin_of

CONTEXT = "https://www.w3.org/ns/activitystreams"
GROUP = {
    "lemmy": "https://join-lemmy.org/ns#",
    "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
    "featuredCollections": {"@id": "https://w3id.org/fep/7aa9#featuredCollections", "@type": "@id"},
}


def found(session: Session, origin: str, *, slug: str, name: str | dict[str, str]) -> Cluster:
    """A new cluster with its actor and keys."""
    texts = {"und": name} if isinstance(name, str) else dict(name)
    problems = []
    if not SLUG.match(slug) or slug in RESERVED:
        told = N_("A short name has small letters, digits and hyphens, 63 at most.")
        problems.append(Problem("slug", Message(told)))
    elif session.exec(select(LocalActor.uri).where(LocalActor.handle == slug)).first():
        problems.append(Problem("slug", Message(N_("The name “%(slug)s” is taken here."), {"slug": slug})))
    if not any(text.strip() for text in texts.values()):
        problems.append(Problem("name", Message(N_("Give the cluster its name."))))
    if problems:
        raise Refusal(problems)
    made = Cluster(uri=actor.create(session, origin, "Group", slug).uri, slug=slug, name=texts)
    session.add(made)
    session.flush()
    return made


def describe(session: Session, cluster: Cluster) -> dict[str, Any]:
    """The actor document of a cluster."""
    profile = {
        "@context": [GROUP],
        "name": cluster.called(),
        "nameMap": {k: v for k, v in cluster.name.items() if k != "und"} or None,
        "postingRestrictedToMods": True,
        "members": f"{cluster.uri}/members",
        "featured": f"{cluster.uri}/practices",
        "featuredCollections": f"{cluster.uri}/collections",
    }
    return actor.document(session, cluster.uri, profile, origin_of(cluster.uri) or "")


# --------------------------------------------------------------------- what it points out


def curate(session: Session, cluster: Cluster, practice: Practice) -> Curated:
    """Point a member's practice out to all who follow the cluster; a second time changes nothing."""
    if practice.state != PUBLISHED:
        raise Refusal(N_("This practice has been withdrawn."))
    owner = session.get_one(Community, practice.community_id)
    if owner.uri not in members(session, cluster):
        raise Refusal(N_("A cluster points out the practices of its members."))
    row = _curated(session, cluster, practice)
    if row is None:
        row = Curated(cluster_id=cluster.id, practice_id=practice.id)  # type: ignore[arg-type]
        said = _publication(session, practice)
        wrapped = [_announce(session, cluster, said, owner)] if said is not None else []
        row.announcements = [*wrapped, _announce(session, cluster, practice.uri, owner)]
        session.add(row)
        session.flush()
    return row


def drop(session: Session, cluster: Cluster, practice: Practice) -> None:
    """Point a practice out no longer."""
    row = _curated(session, cluster, practice)
    if row is None:
        return
    for announced in row.announcements:
        undone = {"id": announced, "type": "Announce", "actor": cluster.uri, "object": practice.uri}
        _say(session, cluster, "Undo", undone)
    session.delete(row)
    session.flush()


def _publication(session: Session, practice: Practice) -> dict[str, Any] | None:
    """The newest activity in which the owner told the practice."""
    told = journal.about(session, practice.uri, ("Create", "Update"))
    return told[-1].activity if told else None


def _announce(session: Session, cluster: Cluster, thing: Any, owner: Community) -> str:
    return _say(session, cluster, "Announce", thing, also=[owner.uri])


def _say(session: Session, cluster: Cluster, kind: str, thing: Any, also: list[str] | None = None) -> str:
    activity = {
        "@context": CONTEXT,
        "type": kind,
        "actor": cluster.uri,
        "to": [PUBLIC],
        "cc": [f"{cluster.uri}/followers", *(also or [])],
        "object": thing,
    }
    entry = outbox.send(
        session, actor=cluster.uri, activity=activity, followers_of=[cluster.uri], to_actors=also or []
    )
    return entry.activity_id


def _curated(session: Session, cluster: Cluster, practice: Practice) -> Curated | None:
    query = select(Curated).where(Curated.cluster_id == cluster.id, Curated.practice_id == practice.id)
    return session.exec(query).first()


# --------------------------------------------------------------------- who belongs to it


def ask(session: Session, cluster: Cluster, member: str, activity_id: str) -> None:
    """A community asks to join; a coordinator answers."""
    row = _membership(session, cluster, member) or Membership(
        cluster_id=cluster.id,  # type: ignore[arg-type]
        member=member,
        state=ASKED,
    )
    row.activity_id = activity_id
    session.add(row)
    session.flush()
    if row.state == MEMBER:
        _answer(session, cluster, row)


def admit(session: Session, cluster: Cluster, member: str) -> None:
    """Take a community in; who has asked for it is told."""
    row = _membership(session, cluster, member) or Membership(cluster_id=cluster.id, member=member)  # type: ignore[arg-type]
    row.state = MEMBER
    session.add(row)
    session.flush()
    if row.activity_id is not None:
        _answer(session, cluster, row)
    else:
        belonging.taken_in(session, member, cluster.uri, cluster.name)
    call.tell_members(session, cluster.uri)


def refuse(session: Session, cluster: Cluster, member: str) -> None:
    """Say no to a community, or end its membership; who has asked is told."""
    row = _membership(session, cluster, member)
    if row is None:
        return
    if row.activity_id is not None:
        _answer(session, cluster, row, yes=False)
    else:
        belonging.ended(session, member, cluster.uri)
    was = row.state
    session.delete(row)
    session.flush()
    if was == MEMBER:
        call.tell_members(session, cluster.uri)


def leave(session: Session, cluster: Cluster, member: str) -> None:
    """A community leaves, or asks no longer."""
    row = _membership(session, cluster, member)
    if row is not None:
        session.delete(row)
        session.flush()
        call.tell_members(session, cluster.uri)


def _answer(session: Session, cluster: Cluster, row: Membership, *, yes: bool = True) -> None:
    join = {"id": row.activity_id, "type": "Join", "actor": row.member, "object": cluster.uri}
    belonging.answered(session, cluster.uri, row.activity_id or "", yes=yes)  # where the member is of ours
    outbox.send(
        session,
        actor=cluster.uri,
        activity={
            "@context": CONTEXT,
            "type": "Accept" if yes else "Reject",
            "actor": cluster.uri,
            "object": join,
            "to": [row.member],
        },
        to_actors=[row.member],
        public=False,
    )


def _membership(session: Session, cluster: Cluster, member: str) -> Membership | None:
    query = select(Membership).where(Membership.cluster_id == cluster.id, Membership.member == member)
    return session.exec(query).first()


# --------------------------------------------------------------------- reading


def cluster(session: Session, ref: str) -> Cluster:
    """The cluster with that address or short name."""
    row = session.exec(select(Cluster).where((Cluster.uri == ref) | (Cluster.slug == ref))).first()
    if row is None:
        raise NotFound(N_("There is no cluster “%(ref)s” here."), ref=str(ref)[:200])
    return row


def clusters(session: Session) -> list[Cluster]:
    """All clusters of this instance, by name."""
    return sorted(session.exec(select(Cluster)), key=lambda one: one.called().casefold())


def led_for(session: Session, practice: Practice) -> list[tuple[Cluster, bool]]:
    """The clusters that may point out a practice, and whether they do."""
    query = (
        select(Cluster)
        .join(Membership, Membership.cluster_id == Cluster.id)  # type: ignore[arg-type]
        .join(Community, Community.uri == Membership.member)  # type: ignore[arg-type]
        .where(Community.id == practice.community_id, Membership.state == MEMBER)
    )
    return [(one, _curated(session, one, practice) is not None) for one in session.exec(query)]


def members(session: Session, of: Cluster, state: str = MEMBER) -> list[str]:
    """The actors of the members, or of those who have asked."""
    query = select(Membership.member).where(Membership.cluster_id == of.id, Membership.state == state)
    return list(session.exec(query.order_by(col(Membership.id))))


def practices(session: Session, of: Cluster) -> list[tuple[Practice, Community]]:
    """What it points out, the latest first, with the owners."""
    query = (
        select(Practice, Community)
        .join(Curated, Curated.practice_id == Practice.id)  # type: ignore[arg-type]
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(Curated.cluster_id == of.id, Practice.state == PUBLISHED)
    )
    return list(session.exec(query.order_by(col(Curated.id).desc())))
