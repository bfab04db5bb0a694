"""Answers: what the origin of a practice said about an adoption, kept whether or not the adoption has come yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime

CONFIRMED, CONTESTED, OPEN = "confirmed", "contested", "open"


class AdoptionAnswer(ExchangeTable, table=True):
    """An actor's latest word about an adoption, by addresses: either of the two may still be on its way.

    `at` is when the origin says that it said so; of two words the later one holds, in whatever order
    they came. `reason` is {language: text}.
    """

    __tablename__ = "adoption_answer"

    adoption_uri: str = Field(primary_key=True)
    actor: str = Field(primary_key=True)
    target: str  # the practice's list of adoptions, <practice>/adoptions
    state: str
    reason: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    activity_id: str
    at: datetime = Field(sa_type=UtcDateTime)
