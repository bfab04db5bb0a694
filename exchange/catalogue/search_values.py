"""The values a search may be narrowed by: each is checked, and forgiven a missing prefix."""

import math
import re
from collections.abc import Callable

from exchange.messages import N_, Refusal
from exchange.vocabulary import concepts, names

_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SCHEMES = {
    "theme": ("th-", ("themes",)),
    "degurba": ("dg-", ("degurba-l1",)),
    "population_class": ("pop-", ("population-class",)),
    "maturity": ("mat-", ("maturity",)),
    "evidence": ("ev-", ("evidence-level",)),
    "status": ("st-", ("status",)),
    "cost_class": ("pc-", ("practice-cost-class",)),
    "topography": ("tp-", ("topography",)),
    "commitment": ("", ("inclusive-smart-cities", "responsible-digital-territories", "smart-city-charta")),
}
MOST_VALUES, LONGEST = 50, 300
NEAR_KM, FARTHEST_KM = 50.0, 20_040.0  # half way around the Earth


def read_filter(name: str, values: list[str]) -> tuple[str, ...]:
    """The alternatives of one filter, in the index's own words."""
    single = [part for value in values for part in (p.strip() for p in value.split(",")) if part]
    if len(single) > MOST_VALUES:
        raise Refusal(N_("At most %(limit)s values at once."), limit=MOST_VALUES)
    read = _READERS.get(name) or (lambda value: _concept(name, value))
    return tuple(dict.fromkeys(found for value in single for found in read(value)))


def read_near(values: list[str]) -> tuple[float, float, float]:
    """“latitude,longitude” or “latitude,longitude,kilometres”."""
    parts = values[-1].replace(";", ",").split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) == 2:
        numbers.append(NEAR_KM)
    if len(numbers) != 3 or not all(math.isfinite(number) for number in numbers):
        raise Refusal(N_("Write a place as latitude,longitude or latitude,longitude,kilometres."))
    lat, lon, km = numbers
    if not 0 < km <= FARTHEST_KM:
        raise Refusal(
            N_("A distance is more than 0 and at most %(most)s kilometres."), most=f"{FARTHEST_KM:g}"
        )
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise Refusal(N_("There is no such place: latitude −90 to 90, longitude −180 to 180."))
    return lat, lon, km


def read_number(values: list[str], lowest: int, highest: int) -> int:
    """A whole number between two bounds."""
    text = values[-1]
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not lowest <= int(text) <= highest:
        raise Refusal(
            N_("A whole number from %(lowest)s to %(highest)s is expected here."),
            lowest=lowest,
            highest=highest,
        )
    return int(text)


def _concept(name: str, value: str) -> tuple[str, ...]:
    prefix, schemes = _SCHEMES[name]
    for candidate in (value, value.lower(), prefix + value.lower()):
        if any(candidate in concepts.scheme(scheme) for scheme in schemes):
            return (candidate,)
    raise Refusal(N_("“%(value)s” is not one of the choices here."), value=value[:80])


def _country(value: str) -> tuple[str, ...]:
    if not names.is_country(value.upper()):
        raise Refusal(N_("“%(value)s” is not the code of a country."), value=value[:80])
    return (value.upper(),)


def _language(value: str) -> tuple[str, ...]:
    code = value.replace("_", "-")
    code = code[:3].lower() + code[3:] if len(code) > 3 else code.lower()
    if not _LANGUAGE.match(code):
        raise Refusal(N_("This is not a language code such as “fr” or “pt-BR”."))
    return (code,)


def _instance(value: str) -> tuple[str, ...]:
    """A host, also when its whole origin was given."""
    return (_text(value)[0].rpartition("://")[2].strip("/").lower(),)


def _text(value: str) -> tuple[str, ...]:
    if len(value) > LONGEST or any(ord(character) < 32 for character in value):
        raise Refusal(N_("“%(value)s” is not one of the choices here."), value=value[:80].strip())
    return (value,)


def _key(value: str) -> tuple[str, ...]:
    if not _KEY.fullmatch(value.lower()):
        raise Refusal(N_("“%(value)s” is not one of the choices here."), value=value[:80])
    return (value.lower(),)


_READERS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "country": _country,
    "language": _language,
    "instance": _instance,
    "adopted_by": _text,
    "community": _text,
    "cluster": _text,
    "key": _key,
}
