"""Distances on the Earth, and the form in which an index holds a place."""

import math
from collections.abc import Iterator
from functools import lru_cache

EARTH_KM = 6371.0088
FARTHEST_KM = 20_040.0  # half way round the world
KM_PER_DEGREE = EARTH_KM * math.pi / 180
SLACK = 1e-4  # degrees, for what rounding may have moved


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


@lru_cache(maxsize=200_000)  # the municipalities of Europe, twice over
def place_of(term: str) -> tuple[float, float]:
    """Latitude and longitude of a spot."""
    lat, lon = term.partition("|")[2].split(",")
    return float(lat), float(lon)


def bands(lat: float, km: float) -> Iterator[str]:
    """The beginnings of all spots that could lie within the distance, one per degree of latitude."""
    degrees = km / KM_PER_DEGREE + SLACK
    for degree in range(max(-90, math.floor(lat - degrees)), min(90, math.floor(lat + degrees)) + 1):
        yield f"{degree}|"


def within(term: str, lat: float, lon: float, km: float) -> bool:
    """Whether a spot lies at most so far from a place."""
    return distance(lat, lon, *place_of(term)) <= km


class Circle:
    """The same, for those who ask about many spots."""

    def __init__(self, lat: float, lon: float, km: float) -> None:
        self.lat, self.lon, self.km = lat, lon, km
        self._high = km / KM_PER_DEGREE + SLACK
        # How far east it reaches where it is widest; around a pole, all the way round.
        angle, pole = km / EARTH_KM, math.cos(math.radians(lat))
        past_the_pole = abs(lat) + self._high >= 90
        self._wide = 180.0 if past_the_pole else math.degrees(math.asin(math.sin(angle) / pole)) + SLACK

    def has(self, term: str) -> bool:
        """Whether a spot lies in it. Most are out of its square already, which is quickly seen."""
        lat, lon = place_of(term)
        if abs(lat - self.lat) > self._high or abs((lon - self.lon + 180) % 360 - 180) > self._wide:
            return False
        return distance(self.lat, self.lon, lat, lon) <= self.km
