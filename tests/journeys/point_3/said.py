"""What the tests of origins say and look up."""

from typing import Any

from sqlmodel import select

from exchange.catalogue import shelf
from exchange.messages import NotFound
from exchange.models.community import Community
from exchange.models.practice import Practice
from federation.ledger import arrivals
from federation.neighbours import followers
from tests.outsider import Outsider
from tests.rig import House, Rig


def follow(rig: Rig, house: House, fedi: Outsider, actor: str) -> None:
    node = house.instance.node
    with house.instance.database.writing() as session:
        asked = followers.follow(session, node, local_actor=node.instance_actor, target_actor=actor)
    fedi.say(house, actor, "Accept", asked.activity_id)
    rig.settle()
    assert relation(house, actor) == "accepted"


def relation(house: House, actor: str, by: str | None = None) -> str | None:
    with house.instance.database.reading() as session:
        found = followers.between(session, by or house.instance.node.instance_actor, actor)
        return found.state if found else None


def ours(house: House) -> Practice:
    with house.instance.database.reading() as session:
        return session.exec(select(Practice).where(Practice.local)).one()


def held(house: House, uri: str) -> Practice | None:
    with house.instance.database.reading() as session:
        try:
            return shelf.practice(session, uri)
        except NotFound:
            return None


def article(
    fedi: Outsider, house: House, author: str, title: str = "A bridge", **more: Any
) -> dict[str, Any]:
    """A practice of the author."""
    made = fedi.copied(house, ours(house).uri, author, **more)
    made["practice"]["title"] = {"en": title}
    return made


def newer(thing: dict[str, Any], title: str, version: int = 2, updated: str = "2090-01-01") -> dict[str, Any]:
    inner = {**thing["practice"], "title": {"en": title}, "version": version}
    return {**thing, "updated": f"{updated}T00:00:00Z", "practice": inner}


def published(rig: Rig, house: House, fedi: Outsider, town: str) -> dict[str, Any]:
    """A practice of the town that the house holds."""
    thing = article(fedi, house, town)
    assert fedi.say(house, town, "Create", thing) == 202
    rig.settle()
    kept = held(house, thing["id"])
    assert kept is not None
    assert kept.title == "A bridge"
    return thing


def all_of(house: House, model: Any) -> list[Any]:
    with house.instance.database.reading() as session:
        return list(session.exec(select(model)))


def states(house: House) -> list[str]:
    return [a.state for a in sorted(all_of(house, arrivals.Arrival), key=lambda a: a.id)]


def told(house: House, actor: str) -> Community | None:
    with house.instance.database.reading() as session:
        return session.exec(select(Community).where(Community.uri == actor)).first()
