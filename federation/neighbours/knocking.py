"""Asking to be let in: on an allowlist a stranger may put one question, and an operator answers it."""

from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, func, select

from federation.actor import LocalActor
from federation.errors import Refused
from federation.ledger import relations, rules
from federation.ledger.relations import Follow
from federation.neighbours import followers
from federation.wire.activity import host_of, id_of

if TYPE_CHECKING:
    from federation.node import Node

MOST = 200  # questions that wait for an answer at a time


class NobodyAsked(Refused):
    """Nobody there has asked to follow, or they have been answered."""

    status = 404


def asks_to_come_in(session: Session, node: "Node", activity: dict[str, Any]) -> bool:
    """Whether somebody whom nobody has judged asks to follow one of ours, or takes that question back."""
    actor, kind = id_of(activity.get("actor")) or "", activity.get("type")
    if node.mode != "allowlist" or rules.word(session, host_of(actor) or "") is not None:
        return False
    if kind == "Undo":
        asked = select(Follow.id).where(Follow.follower == actor).limit(1)
        return session.exec(asked).first() is not None
    wanted = id_of(activity.get("object"))
    if kind != "Follow" or wanted is None or session.get(LocalActor, wanted) is None:
        return False
    return relations.between(session, actor, wanted) is not None or len(waiting(session, node)) < MOST


def waiting(session: Session, node: "Node") -> list[Follow]:
    """The questions that nobody has answered yet, the oldest first."""
    ours = col(Follow.followed).startswith(node.origin + "/", autoescape=True)
    query = select(Follow).where(Follow.state == "pending", ours).order_by(col(Follow.id))
    return list(session.exec(query))


def answer(session: Session, node: "Node", who: str, *, accept: bool, reason: str = "") -> list[Follow]:
    """Say yes or no to a host or to one actor; the questions that this answered.

    Yes lets the whole host in. Raises NobodyAsked.
    """
    domain = rules.normal(host_of(who) or who)
    asked = [
        relation
        for relation in waiting(session, node)
        if relation.follower == who or host_of(relation.follower) == domain
    ]
    if not asked:
        raise NobodyAsked(detail=who[:200])
    if accept:
        rules.judge(session, domain, True, reason=reason or "It asked to follow.")
    for relation in asked:
        followers.answer(session, relation, accept=accept)
    return asked


def answered(session: Session, host: str) -> bool:
    """Whether somebody there asked and is owed an answer: it may leave though the host is a stranger's."""
    there = col(Follow.follower).contains(f"://{host}/", autoescape=True)
    query = select(func.count()).select_from(Follow).where(there, Follow.state == "rejected")
    return session.exec(query).one() > 0
