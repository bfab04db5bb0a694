"""Distances and the places of an index."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.geo import Circle, bands, distance, place_of, spot, within

latitudes, longitudes = st.floats(-90, 90), st.floats(-180, 180)


def test_a_known_distance() -> None:
    assert distance(48.3984, 9.9916, 47.7667, 10.4) == pytest.approx(76.5, abs=0.5)
    assert distance(0, 0, 0, 180) == pytest.approx(20015, abs=1)


def test_a_place_is_a_term_and_back() -> None:
    assert spot(-0.0000001, 11.1234567) == "0|0.00000,11.12346"
    assert spot(-0.5, -180) == "-1|-0.50000,-180.00000"
    assert place_of("-1|-0.50000,-180.00000") == (-0.5, -180.0)


@given(latitudes, longitudes, latitudes, longitudes, st.floats(0, 20_040))
def test_every_place_within_the_distance_lies_in_one_of_the_bands(
    lat: float, lon: float, other_lat: float, other_lon: float, km: float
) -> None:
    term = spot(other_lat, other_lon)
    if within(term, lat, lon, km):
        assert any(term.startswith(band) for band in bands(lat, km))


@given(latitudes, longitudes, latitudes, longitudes, st.floats(0, 20_040) | st.floats(0, 300))
def test_a_circle_has_what_lies_within_its_distance(
    lat: float, lon: float, other_lat: float, other_lon: float, km: float
) -> None:
    term = spot(other_lat, other_lon)
    assert Circle(lat, lon, km).has(term) == within(term, lat, lon, km)


@given(latitudes, longitudes, st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 1.2))
def test_it_has_what_lies_on_its_edge(lat: float, lon: float, up: float, along: float, part: float) -> None:
    other = max(-90.0, min(90.0, lat + up)), (lon + along + 180) % 360 - 180
    term = spot(*other)
    km = distance(lat, lon, *place_of(term)) * part
    assert Circle(lat, lon, km).has(term) == within(term, lat, lon, km)
