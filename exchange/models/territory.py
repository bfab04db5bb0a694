"""Territory: every local unit of Europe as official statistics know it, so that a village is matched before it types anything."""

from sqlmodel import Field, Index

from exchange.models.base import ExchangeTable


class ReferenceUnit(ExchangeTable, table=True):
    """One local administrative unit of a country; it is a fact to compare with, not a community.

    `folded` is the name as `reference.folded` writes it, `folded_latin` the same of the Latin spelling.
    `fua_role` is city, commuting or outside. None stands for what the table does not tell.
    """

    __tablename__ = "reference_unit"
    __table_args__ = (
        Index("ix_reference_unit_name", "folded", "country"),
        Index("ix_reference_unit_latin", "folded_latin", "country"),
    )

    country: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    year: int  # of the table that told it
    name: str
    latin: str = ""
    folded: str
    folded_latin: str = ""
    population: int | None = None
    area_km2: float | None = None
    degurba: str | None = None
    coastal: bool | None = None
    nuts3: str | None = None
    nuts_version: int | None = None
    fua_code: str | None = None
    fua_name: str | None = None
    fua_role: str | None = None
