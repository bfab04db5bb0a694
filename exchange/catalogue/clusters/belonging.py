"""To which clusters the communities of ours belong, as the clusters themselves have said."""

from sqlmodel import Session, col, select

from exchange.models.cluster import MEMBER, REFUSED, Belonging, Cluster, Membership
from exchange.models.community import Community


def of(session: Session, community: Community) -> list[Belonging]:
    """The clusters to which a community of ours belongs, has asked to, or was refused by."""
    query = select(Belonging).where(Belonging.community_id == community.id)
    return list(session.exec(query.order_by(col(Belonging.id))))


def to(session: Session, community: Community, cluster: str) -> Belonging | None:
    """What is between a community of ours and one cluster, by its actor."""
    query = select(Belonging).where(Belonging.community_id == community.id, Belonging.cluster == cluster)
    return session.exec(query).first()


def clusters_of(session: Session, community: Community) -> list[tuple[str, dict[str, str]]]:
    """The clusters to which a community belongs, as (actor, name by language).

    Of a community elsewhere we know of the clusters here alone.
    """
    if community.local:
        return [(row.cluster, row.name) for row in of(session, community) if row.state == MEMBER]
    query = (
        select(Cluster)
        .join(Membership, Membership.cluster_id == Cluster.id)  # type: ignore[arg-type]
        .where(Membership.member == community.uri, Membership.state == MEMBER)
    )
    return [(one.uri, one.name) for one in session.exec(query.order_by(col(Membership.id)))]


def answered(session: Session, cluster: str, join: str, *, yes: bool) -> bool:
    """A cluster has answered one of our communities; False when that one never asked so."""
    query = select(Belonging).where(Belonging.cluster == cluster, Belonging.activity_id == join)
    row = session.exec(query).first()
    state = MEMBER if yes else REFUSED
    if row is None or row.state == state:
        return False
    row.state = state
    session.add(row)
    session.flush()
    return True


def taken_in(session: Session, member: str, cluster: str, name: dict[str, str]) -> None:
    """A cluster of this instance has taken in a community that did not ask; noted where it is of ours."""
    query = select(Community).where(Community.uri == member, Community.local)
    community = session.exec(query).first()
    if community is None:
        return
    row = to(session, community, cluster) or Belonging(
        community_id=community.id,  # type: ignore[arg-type]
        cluster=cluster,
        name=name,
    )
    row.state = MEMBER
    session.add(row)
    session.flush()


def ended(session: Session, member: str, cluster: str) -> None:
    """A cluster of this instance has a community of ours no longer."""
    community = session.exec(select(Community).where(Community.uri == member)).first()
    row = to(session, community, cluster) if community else None
    if row is not None:
        session.delete(row)
        session.flush()


def forget(session: Session, cluster: str) -> None:
    """A cluster is gone, and nobody belongs to it any more."""
    for row in session.exec(select(Belonging).where(Belonging.cluster == cluster)).all():
        session.delete(row)
    session.flush()
