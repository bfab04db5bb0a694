"""How the values of fields are written in a query: choices, numbers, years, dates, places."""

import math
import re
from datetime import UTC, datetime, timedelta

from search.geo import FARTHEST_KM
from search.words.text import words

DEFAULT_KM = 50.0


class Unreadable(Exception):
    """A value that cannot be read; `message` is a msgid with %(field)s and %(value)s."""

    def __init__(self, message: str, value: str | None = None) -> None:
        self.message = message
        self.value = value
        super().__init__(message)


def choices(text: str, *, quoted: bool) -> tuple[str, ...]:
    """`a,b` is a or b; a quoted value may itself have commas."""
    found = (text,) if quoted else tuple(part for part in text.split(",") if part)
    if not found or not any(part.strip() for part in found):
        raise Unreadable("“%(field)s:” needs a value.")
    return found


def span(text: str, kind: str) -> tuple[float | None, float | None]:
    """The lowest and highest number that `<5000`, `2018..2022`, `>=3`, `..10` or `7` mean."""
    if ".." in text:
        first, last = text.split("..", 1)
        low = _bounds(first, kind)[0] if first else None
        high = _bounds(last, kind)[1] if last else None
        if low is None and high is None:
            raise Unreadable("“%(value)s” has neither a beginning nor an end.")
        if low is not None and high is not None and low > high:
            raise Unreadable("“%(value)s” begins after its end.")
        return low, high
    for sign in ("<=", ">=", "<", ">"):
        if text.startswith(sign):
            low, high = _bounds(text[len(sign) :], kind)
            return {
                "<": (None, math.nextafter(low, -math.inf)),
                "<=": (None, high),
                ">": (math.nextafter(high, math.inf), None),
                ">=": (low, None),
            }[sign]
    return _bounds(text, kind)


def _bounds(text: str, kind: str) -> tuple[float, float]:
    """The first and the last number that one written value covers: a year is a span of time."""
    if kind == "moment":
        return _moment(text)
    if re.fullmatch(r"[1-9]\d{0,2}(?:[.,'’\s]\d{3})+", text.rstrip("kKmM€")):  # 5.000, 5,000, 5’000, 5 000
        text = re.sub(r"[.,'’\s]", "", text)
    match = re.fullmatch(r"(-?\d{1,15}(?:\.\d{1,6})?)([kKmM]?)(?:€|EUR)?", text)
    if match is None:
        raise Unreadable("“%(value)s” is not a number that “%(field)s:” can use.")
    number = float(match[1]) * {"": 1, "k": 1_000, "m": 1_000_000}[match[2].lower()]
    if kind == "year" and number.is_integer():
        return number, math.nextafter(number + 1, -math.inf)
    return number, number


def _moment(text: str) -> tuple[float, float]:
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", text)
    if match is None:
        raise Unreadable("“%(value)s” is not a date; write 2024, 2024-05 or 2024-05-31.")
    year, month, day = int(match[1]), match[2], match[3]
    try:
        first = datetime(year, int(month or 1), int(day or 1), tzinfo=UTC)
        if day:
            after = first + timedelta(days=1)
        elif month:
            after = datetime(year + (first.month == 12), first.month % 12 + 1, 1, tzinfo=UTC)
        else:
            after = datetime(year + 1, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable("“%(value)s” is not a date; write 2024, 2024-05 or 2024-05-31.") from error
    return first.timestamp(), math.nextafter(after.timestamp(), -math.inf)


def is_span(text: str) -> bool:
    """Whether a value compares numbers: `>=2`, `2..4`; a bare `2` may also be a name."""
    return re.fullmatch(r"[<>].*|-?\d[\d.]*\.\..*|\.\.\d.*", text) is not None


def place(text: str) -> tuple[tuple[float, float] | str, float]:
    """The point or the name, and the kilometres, of `48.1,11.6~100km` or `Ulm~20`; 50 km when left out."""
    where, tilde, far = text.partition("~")
    number = r"(-?\d{1,3}(?:\.\d{1,12})?)"
    distance = re.fullmatch(r"(\d{1,5}(?:\.\d{1,6})?)(?:km)?", far, re.IGNORECASE)
    if tilde and distance is None:
        raise Unreadable("“%(value)s” is not a distance; write kilometres: ~100km.", far)
    km = min(float(distance[1]) if distance else DEFAULT_KM, FARTHEST_KM)
    point = re.fullmatch(rf"{number},{number}", where)
    if point is not None:
        lat, lon = float(point[1]), float(point[2])
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise Unreadable("“%(value)s” is not a place on Earth.", where)
        return (lat, lon), km
    if re.search(r"\d", where) or not words(where):
        raise Unreadable(
            "“%(value)s” is not a place; write a name or latitude,longitude: near:Ulm or near:48.4,10.0~50km.",
            where,
        )
    return where, km
