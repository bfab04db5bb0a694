"""The profile of a community: what others compare themselves with."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from exchange.messages import N_
from exchange.vocabulary import concepts
from exchange.vocabulary.fields import (
    UNDETERMINED,
    Certainty,
    Date,
    Language,
    Line,
    Part,
    Text,
    Title,
    Url,
    complain,
    concept_of,
)
from exchange.vocabulary.record import Commitment, Theme
from exchange.vocabulary.texts import filled

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_./-]{1,20}$")]


class LocalUnit(Part):
    """A local administrative unit by its national code; a community may be the sum of several."""

    code: Code
    name: Line = ""


class Region(Part):
    code: Code
    version: Annotated[int, Field(ge=1990, le=2200)] | None = None


class UrbanArea(Part):
    code: Code
    name: Line = ""
    role: Annotated[str, Field(pattern=r"^(city|commuting)$")] | None = None


class Wish(Part):
    """What a community looks for."""

    theme: Theme
    problem: Text = {}


class Signature(Part):
    """A commitment that a community has signed: since when, and the decision that says so."""

    needs = ("commitment",)
    commitment: Commitment  # type: ignore[valid-type]
    date: Date | None = None
    document: Url | None = None


class CommunityProfile(Part):
    """All that is known of a community beside its name, size and place."""

    lau: Annotated[list[LocalUnit], Field(max_length=400)] = []
    lau_year: Annotated[int, Field(ge=1990, le=2200)] | None = None
    nuts3: Region | None = None
    fua: UrbanArea | None = None
    population_year: Line = ""
    population_source: Line = ""
    area_km2: Annotated[float, Field(ge=0, le=1e7)] | None = None
    coastal: bool | None = None
    topography: Annotated[list[concept_of("topography")], Field(max_length=6)] = []  # type: ignore[valid-type]
    climate_zone: concept_of("climate-zone") | None = None  # type: ignore[valid-type]
    budget_class: concept_of("community-budget-class") | None = None  # type: ignore[valid-type]
    staff_fte: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    trend: Annotated[float, Field(ge=-100, le=1000)] | None = None
    aged_share: Annotated[float, Field(ge=0, le=100)] | None = None
    economy: Annotated[list[Line], Field(max_length=10)] = []
    languages: Annotated[list[Language], Field(max_length=20)] = []
    commitments: Annotated[list[Line], Field(max_length=40)] = []
    signed: Annotated[list[Signature], Field(max_length=60)] = []
    seeks: Annotated[list[Wish], Field(max_length=20)] = []
    note: Line = ""
    certainty: Annotated[dict[Line, Certainty], Field(max_length=60)] = {}

    def data(self) -> dict[str, Any]:
        """The profile as it is stored and sent, empty fields left out."""
        data: dict[str, Any] = filled(self.model_dump(by_alias=True, mode="json", exclude_none=True))
        return data


class CommunityRecord(CommunityProfile):
    """A whole community as a file or an actor document tells it."""

    name: Title
    kind: concept_of("community-kind") = "ck-municipality"  # type: ignore[valid-type]
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    population: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None
    degurba: concept_of("degurba-l1") | None = None  # type: ignore[valid-type]
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    url: Url | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.name:
            raise complain("name", N_("A community needs a name."))
        if (self.lat is None) != (self.lon is None):
            raise complain("point", N_("Latitude and longitude belong together."))
        return self

    def columns(self) -> dict[str, Any]:
        """The record as the columns of a Community, the rest of it in `profile`."""
        own = ("name", "kind", "country", "population", "degurba", "lat", "lon", "url")
        profile = {k: v for k, v in self.data().items() if k not in own}
        found = {k: getattr(self, k) for k in own}
        return {**found, "population_class": concepts.population_class(self.population), "profile": profile}


def from_file(data: Mapping[str, Any]) -> CommunityRecord:
    """A community as a file tells it, `population` also as {value, year, source}; raises ValidationError."""
    told = {k: v for k, v in data.items() if k not in ("id", "population_class", "populationClass")}
    population = told.get("population")
    if isinstance(population, dict):
        told.pop("population")
        more = {"value": "population", "year": "populationYear", "source": "populationSource"}
        told |= {more.get(k, f"population.{k}"): v for k, v in population.items()}
    return CommunityRecord.model_validate(told)


def to_file(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a community in the words of a file, as `from_file` reads them."""
    profile = CommunityProfile.model_validate(columns.get("profile") or {})
    rest = filled(profile.model_dump(mode="json", exclude_none=True))
    name = columns["name"]
    number = {
        "value": columns.get("population"),
        "year": rest.pop("population_year", None),
        "source": rest.pop("population_source", None),
    }
    told = {
        "name": name[UNDETERMINED] if list(name) == [UNDETERMINED] else name,
        **{k: columns.get(k) for k in ("kind", "country", "degurba", "lat", "lon")},
        "population": {k: v for k, v in number.items() if v is not None},
        **rest,
    }
    return {k: v for k, v in told.items() if v not in (None, "", {}, [])}
