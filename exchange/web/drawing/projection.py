"""Where a place of Europe lies on flat paper: the equal-area projection of the European grid, EPSG:3035.

Lambert's azimuthal equal-area projection on the ellipsoid of GRS 1980, as IOGP's Guidance Note 7-2 writes it
(method 9820). Equal-area, so that a circle that stands for practices covers as much land in Finland as in Italy.
"""

from functools import cache
from math import asin, atanh, cos, hypot, radians, sin, sqrt

MAJOR = 6_378.137  # kilometres: the half axis of GRS 1980
FLATTENING = 1 / 298.257222101
LATITUDE, LONGITUDE = radians(52), radians(10)  # the centre of the grid
EAST, NORTH = 4_321.0, 3_210.0  # kilometres: what it is counted from

_E2 = FLATTENING * (2 - FLATTENING)
_E = sqrt(_E2)


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """(kilometres east, kilometres north) on the European grid of a place in degrees."""
    radius, centre, scale, pole = _constants()
    beta = asin(max(-1.0, min(1.0, _q(radians(latitude)) / pole)))
    turn = radians(longitude) - LONGITUDE
    across = 1 + sin(centre) * sin(beta) + cos(centre) * cos(beta) * cos(turn)
    b = radius * sqrt(2 / max(across, 1e-9))  # the other side of the world lies on the rim
    x = b * scale * cos(beta) * sin(turn)
    y = b / scale * (cos(centre) * sin(beta) - sin(centre) * cos(beta) * cos(turn))
    return EAST + x, NORTH + y


def _q(latitude: float) -> float:
    s = sin(latitude)
    return (1 - _E2) * (s / (1 - _E2 * s * s) + atanh(_E * s) / _E)


@cache
def _constants() -> tuple[float, float, float, float]:
    pole = _q(radians(90))
    centre = asin(_q(LATITUDE) / pole)
    radius = MAJOR * sqrt(pole / 2)
    scale = MAJOR * cos(LATITUDE) / (sqrt(1 - _E2 * sin(LATITUDE) ** 2) * radius * cos(centre))
    return radius, centre, scale, pole


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two places on the grid, straight over the paper."""
    return hypot(one[0] - other[0], one[1] - other[1])
