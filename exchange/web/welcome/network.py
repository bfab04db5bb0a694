"""The federation page: whom this instance follows, who follows it, how they are, and what is still arriving."""

from dataclasses import dataclass

from flask import Response, render_template
from sqlmodel import Session, col, func, select

from exchange.catalogue import shelf
from exchange.models.community import Community
from exchange.models.practice import PUBLISHED, Practice
from exchange.web.drawing import downloads, star
from exchange.web.drawing.star import Peer
from exchange.web.frame.blueprints import public
from exchange.web.frame.guard import may_govern
from exchange.web.frame.reach import database, instance, settings
from exchange.web.frame.show import host_of, origin_of
from exchange.web.operators import tending
from federation.arriving.backfill import Backfill
from federation.neighbours.followers import Follow
from federation.others.peers import Host, RemoteActor


@dataclass(frozen=True)
class Tie:
    """One follow relation between us and somebody else."""

    actor: str
    name: str
    host: str
    state: str
    local_name: str
    follow: Follow
    health: Host | None
    backfill: Backfill | None


@dataclass(frozen=True)
class Source:
    """How much we hold of one other instance."""

    host: str
    practices: int
    communities: int


@public.get("/federation")
def federation() -> str:
    """The other instances, and how the exchange with them goes."""
    with database().reading() as session:
        following, followers = _ties(session)
        sources = _sources(session)
        counts = shelf.counts(session)
        desk = tending.desk(session) if may_govern() else None
        peers = _peers(following, followers, sources)
    return render_template(
        "federation.html",
        following=following,
        followers=followers,
        sources=sources,
        counts=counts,
        governs=may_govern(),
        desk=desk,
        peers=peers,
        graph=star.picture(settings().name, counts["local_practices"], peers) if peers else None,
        handle=f"@instance@{settings().host}",
        mode=instance().node.mode,
    )


@public.get("/federation.svg")
def federation_svg() -> Response:
    """The instances around this one as a picture in a file."""
    with database().reading() as session:
        peers, own = _around(session), shelf.counts(session)["local_practices"]
    return downloads.svg(star.picture(settings().name, own, peers), "federation")


@public.get("/federation.csv")
def federation_csv() -> Response:
    """The same as a table in a file."""
    with database().reading() as session:
        peers = _around(session)
    columns = ("instance", "practices", "followed", "follows", "well")
    rows = (
        {"instance": one.host, "practices": one.practices}
        | {name: int(getattr(one, name)) for name in columns[2:]}
        for one in peers
    )
    return downloads.csv(columns, rows, "federation")


def _around(session: Session) -> list[Peer]:
    following, followers = _ties(session)
    return _peers(following, followers, _sources(session))


def _peers(following: list[Tie], followers: list[Tie], sources: list[Source]) -> list[Peer]:
    """Everybody around us once, those with most practices first."""
    held = {one.host: one.practices for one in sources if one.host != settings().host}
    followed = {tie.host for tie in following if tie.state == "accepted"}
    follow = {tie.host for tie in followers}
    health = {tie.host: tie.health for tie in (*following, *followers)}
    hosts = sorted({*held, *followed, *follow}, key=lambda host: (-held.get(host, 0), host))
    return [
        Peer(host, held.get(host, 0), host in followed, host in follow, _well(health.get(host)))
        for host in hosts
    ]


def _well(health: Host | None) -> bool:
    return health is None or health.state != "suspended"


def _ties(session: Session) -> tuple[list[Tie], list[Tie]]:
    """Whom we follow, and who follows us."""
    ours = settings().origin + "/"
    ties = list(session.exec(select(Follow).order_by(col(Follow.at).desc()).limit(1000)))
    following = [_tie(session, f, f.followed, f.follower) for f in ties if f.follower.startswith(ours)]
    followers = [
        _tie(session, f, f.follower, f.followed)
        for f in ties
        if f.followed.startswith(ours) and not f.follower.startswith(ours) and f.state == "accepted"
    ]
    return following, followers


def _tie(session: Session, follow: Follow, other: str, own: str) -> Tie:
    remote = session.get(RemoteActor, other)
    called = remote.document.get("name") if remote else None
    known = session.exec(select(Community).where(Community.uri == other)).first()
    own_community = session.exec(select(Community).where(Community.uri == own)).first()
    host = host_of(other)
    return Tie(
        actor=other,
        name=known.called() if known else called if isinstance(called, str) and called else host,
        host=host,
        state=follow.state,
        local_name=own_community.called() if own_community else settings().name,
        follow=follow,
        health=session.get(Host, host),
        backfill=session.get(Backfill, other) if follow.followed == other else None,
    )


def _sources(session: Session) -> list[Source]:
    query = (
        select(Community.instance, func.count(col(Practice.id)), func.count(func.distinct(Community.id)))
        .join(Practice, Practice.community_id == Community.id)  # type: ignore[arg-type]
        .where(Practice.state == PUBLISHED)
        .group_by(col(Community.instance))
    )
    rows = [
        Source(host_of(origin_of(origin)), practices, places)
        for origin, practices, places in session.exec(query)
    ]
    return sorted(rows, key=lambda row: -row.practices)
