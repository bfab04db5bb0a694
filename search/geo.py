"""Distances on the Earth, and the form in which an index holds a place."""

import math
from collections.abc import Iterator

EARTH_KM = 6371.0088
FARTHEST_KM = 20_040.0  # half way round the world
KM_PER_DEGREE = EARTH_KM * math.pi / 180


def distance(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Kilometres between two places along the Earth's surface (haversine)."""
    phi, psi = math.radians(lat), math.radians(other_lat)
    across = math.sin((psi - phi) / 2) ** 2
    along = math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, across + math.cos(phi) * math.cos(psi) * along)))


def spot(lat: float, lon: float) -> str:
    """A place as an index term: rounded to about a metre, its whole degree of latitude in front."""
    lat, lon = round(lat, 5) + 0.0, round(lon, 5) + 0.0  # + 0.0: no -0.0
    return f"{math.floor(lat)}|{lat:.5f},{lon:.5f}"


def place_of(term: str) -> tuple[float, float]:
    """Latitude and longitude of a spot."""
    lat, lon = term.partition("|")[2].split(",")
    return float(lat), float(lon)


def bands(lat: float, km: float) -> Iterator[str]:
    """The beginnings of all spots that could lie within the distance, one per degree of latitude."""
    degrees = km / KM_PER_DEGREE + 1e-4
    for degree in range(max(-90, math.floor(lat - degrees)), min(90, math.floor(lat + degrees)) + 1):
        yield f"{degree}|"


def within(term: str, lat: float, lon: float, km: float) -> bool:
    """Whether a spot lies at most so far from a place."""
    return distance(lat, lon, *place_of(term)) <= km
