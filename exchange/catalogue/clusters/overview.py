"""A cluster at a glance, for who leads it: how many belong to it, what its members have told, what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from exchange.catalogue.clusters import calls, cluster, collections
from exchange.models.cluster import ASKED, MEMBER, Cluster, Membership
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice


@dataclass(frozen=True)
class Overview:
    """The figures of one cluster. `latest` are practices of its members, the newest first, `new` how many came since."""

    cluster: Cluster
    members: int
    asking: int
    practices: int
    new: int
    latest: Sequence[tuple[Practice, Community]]
    collections: int
    open_calls: int


def overviews(session: Session, since: datetime | None, *, limit: int = 3) -> list[Overview]:
    """All clusters of this instance, by name; what is new since a moment, or just the latest where there is none."""
    return [_overview(session, one, since, limit) for one in cluster.clusters(session)]


def _overview(session: Session, one: Cluster, since: datetime | None, limit: int) -> Overview:
    belonging = dict(
        session.exec(
            select(Membership.state, func.count())
            .where(Membership.cluster_id == one.id)
            .group_by(col(Membership.state))
        ).all()
    )
    came = func.coalesce(Practice.received_at, Practice.issued_at)
    theirs = (
        col(Practice.state) == PUBLISHED,
        col(Practice.community_id).in_(
            select(Community.id)
            .join(Membership, Membership.member == Community.uri)  # type: ignore[arg-type]
            .where(Membership.cluster_id == one.id, Membership.state == MEMBER)
        ),
    )
    arrived = (*theirs, came > since) if since is not None else theirs
    latest = (
        select(Practice, Community)
        .join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        .where(*arrived)
        .order_by(came.desc(), col(Practice.id).desc())
        .limit(limit)
    )
    return Overview(
        cluster=one,
        members=belonging.get(MEMBER, 0),
        asking=belonging.get(ASKED, 0),
        practices=session.exec(select(func.count()).select_from(Practice).where(*theirs)).one(),
        new=session.exec(select(func.count()).select_from(Practice).where(*arrived)).one() if since else 0,
        latest=list(session.exec(latest)),
        collections=len(collections.all_(session, owner=one.uri)),
        open_calls=sum(calls.is_open(call) for call in calls.all_(session, owner=one.uri)),
    )
