"""Communities: the municipalities and other bodies that own practices, ours and those of other instances."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from exchange.models.base import ExchangeTable, UtcDateTime, now


class Community(ExchangeTable, table=True):
    """One community. `uri` is its actor; `slug` names it on its own instance and only there.

    `name` is {language: text}. `profile` is the rest of the profile as it was given (LAU codes,
    NUTS 3, area, coast, topography, functional urban area, languages, commitments, certainty …).
    """

    __tablename__ = "community"

    id: int | None = Field(default=None, primary_key=True)
    uri: str = Field(unique=True)
    slug: str = Field(index=True)
    local: bool = Field(index=True)
    instance: str = Field(index=True)  # origin of the instance that hosts it
    name: dict[str, str] = Field(sa_type=JSON)
    kind: str = "ck-municipality"
    country: str = Field(default="", index=True)
    population: int | None = None
    population_class: str | None = None
    degurba: str | None = None
    lat: float | None = None
    lon: float | None = None
    profile: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    url: str | None = None
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)  # who is new today
    modified_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    gone: bool = False
    moved_to: str | None = None  # the actor that it has become on another instance, proven by both

    def called(self, language: str = "en") -> str:
        """The name in the reader's language, else the first there is."""
        return self.name.get(language) or next(iter(self.name.values()), self.slug)
