"""What the tests of replies say and look up."""

from typing import Any

from sqlmodel import select

from exchange.models.comment import Comment
from exchange.models.practice import Practice
from tests.exchange.web.world import Visitor
from tests.outsider import Outsider
from tests.rig import House, Rig

WORDS = "<p>How much did it <em>cost</em>?</p>"


def all_of(house: House, model: Any) -> list[Any]:
    with house.instance.database.reading() as session:
        return list(session.exec(select(model).order_by(model.id)))


def page(house: House, practice: Practice) -> Any:
    return Visitor(house).see(f"/practices/{practice.key}")


def said(fedi: Outsider, house: House, rig: Rig, author: str, practice: Practice, **more: Any) -> Comment:
    """A reply that has arrived."""
    assert fedi.say(house, author, "Create", fedi.note("1", author, practice.uri, WORDS, **more)) == 202
    rig.settle()
    [comment] = all_of(house, Comment)
    return comment
