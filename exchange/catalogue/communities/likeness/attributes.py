"""What communities are compared by: eleven attributes, how far apart two values are, and how much each counts.

The distance is Gower's (1971): each attribute gives a dissimilarity from 0 to 1, and what is compared is
their weighted mean over the attributes that both communities know.
"""

from collections.abc import Callable, Mapping
from math import log10
from typing import Any

from exchange.catalogue.search_values import read_filter
from exchange.messages import N_, Refusal
from exchange.vocabulary.names import ISO

WEIGHTS: dict[str, float] = {
    "population": 0.22,
    "degurba": 0.16,
    "density": 0.10,
    "fua": 0.08,
    "budget": 0.10,
    "trend": 0.08,
    "aged": 0.05,
    "terrain": 0.07,
    "climate": 0.04,
    "economy": 0.06,
    "country": 0.04,
}
NAMES = {
    "population": N_("Number of inhabitants"),
    "degurba": N_("Degree of urbanisation"),
    "density": N_("Density"),
    "fua": N_("Place in an urban area"),
    "budget": N_("Budget"),
    "trend": N_("Growing or shrinking"),
    "aged": N_("Share over 65"),
    "terrain": N_("Landscape and coast"),
    "climate": N_("Climate"),
    "economy": N_("Economy"),
    "country": N_("Country"),
}
# What matters more, and what less, to whoever looks for practices of a theme; 1 where nothing is said.
BY_THEME: dict[str, dict[str, float]] = {
    "th-mobility": {"density": 2, "fua": 2, "terrain": 1.5, "climate": 0.5},
    "th-public-space": {"density": 2, "degurba": 1.5},
    "th-energy": {"terrain": 2, "climate": 2, "density": 1.5},
    "th-buildings": {"climate": 2, "budget": 1.5},
    "th-water": {"terrain": 2, "climate": 2},
    "th-climate-adaptation": {"terrain": 2, "climate": 3},
    "th-nature": {"terrain": 3, "climate": 2, "density": 1.5},
    "th-food": {"terrain": 1.5, "climate": 1.5, "economy": 1.5},
    "th-health": {"aged": 3, "fua": 1.5},
    "th-education": {"trend": 2, "aged": 1.5},
    "th-social-inclusion": {"trend": 1.5, "aged": 1.5, "economy": 1.5},
    "th-local-economy": {"economy": 3, "trend": 2, "fua": 1.5},
    "th-rural-revitalisation": {"trend": 3, "aged": 2, "fua": 2},
    "th-connectivity": {"density": 2, "terrain": 1.5},
    "th-procurement": {"budget": 2, "country": 3},
    "th-digital-services": {"budget": 1.5, "country": 2},
    "th-data-governance": {"budget": 1.5, "country": 1.5},
}
MOST = 10.0  # times its usual weight
# The difference at which two values have nothing in common. A thousandfold for numbers of people; not
# the range that occurs: from a hamlet to Istanbul it is so wide that a factor of two would weigh nothing.
DECADES, POINTS, SHARES, STEPS = 3.0, 5.0, 25.0, 5
FUA = {"city": 0, "commuting": 1, "outside": 2}


def weights(theme: str | None = None, factors: Mapping[str, float] | None = None) -> dict[str, float]:
    """The weights, shifted by a theme and by the reader's own factors; they sum to 1 again.

    A factor multiplies the usual weight: 0 leaves an attribute out, 2 doubles it. Raises Refusal for an
    attribute that there is not, a factor out of 0 … 10, or when nothing is left.
    """
    found = dict(WEIGHTS)
    for name, factor in {**BY_THEME.get(theme or "", {})}.items():
        found[name] *= factor
    for name, factor in (factors or {}).items():
        if name not in WEIGHTS:
            raise Refusal(
                N_("“%(name)s” is nothing communities are compared by; there are %(known)s."),
                name=name[:40],
                known=", ".join(WEIGHTS),
            )
        if not 0 <= factor <= MOST:
            raise Refusal(N_("A weight is a number from 0 to %(most)s."), most=int(MOST))
        found[name] *= factor
    total = sum(found.values())
    if total <= 0:
        raise Refusal(N_("At least one attribute must count."))
    return {name: value / total for name, value in found.items()}


def read_theme(text: str) -> str | None:
    """A theme, with or without its prefix; None for none, Refusal for one that there is not."""
    if not text.strip():
        return None
    return read_filter("theme", [text])[0]


def read_factors(text: str) -> dict[str, float]:
    """`population:2,country:0` as {attribute: factor}; raises Refusal at the first part that is none."""
    found: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in text[:1000].split(","))):
        name, _, number = part.partition(":")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            raise Refusal(
                N_("“%(part)s” is no weight; write population:2,country:0."), part=part[:60]
            ) from None
    return found


# --------------------------------------------------------------------- the values, and how far apart they are


def values(columns: Mapping[str, Any], profile: Mapping[str, Any], digits: int = 2) -> tuple[Any, ...]:
    """The eleven values of a community in the order of `WEIGHTS`, None where it is not known.

    Population and density are decimal logarithms, rounded to a hundredth (2 %), so that equal ones are met
    often enough to be compared only once; `digits` for whoever wants to know more exactly.
    """
    people, area = columns.get("population"), profile.get("areaKm2")
    degurba, budget = columns.get("degurba"), profile.get("budgetClass")
    country = columns.get("country") or None
    return (
        round(log10(people), digits) if people else None,
        int(degurba[-1]) if degurba else None,
        round(log10(people / area), digits) if people and area else None,
        FUA.get(_urban(columns, profile) or ""),
        int(budget[-1]) if budget else None,
        _rounded(profile.get("trend"), 1),
        _rounded(profile.get("agedShare"), 0),
        _terrain(profile),
        profile.get("climateZone"),
        frozenset(e.casefold() for e in profile["economy"]) if profile.get("economy") else None,
        ISO.get(country, country) if country else None,
    )


def _urban(columns: Mapping[str, Any], profile: Mapping[str, Any]) -> str | None:
    """city, commuting or outside. A profile out of the official table that names no urban area is outside."""
    fua = profile.get("fua")
    if isinstance(fua, dict):
        role: str | None = fua.get("role")
        return role or ("city" if columns.get("degurba") == "dg-1" else "commuting")
    return "outside" if profile.get("lauYear") and columns.get("degurba") else None


def _terrain(profile: Mapping[str, Any]) -> tuple[frozenset[str] | None, bool | None] | None:
    shapes = frozenset(profile["topography"]) if profile.get("topography") else None
    coast = profile.get("coastal")
    if coast is None and shapes is not None:
        coast = bool(shapes & {"tp-coast", "tp-island"})
    if shapes is not None:
        shapes -= {"tp-coast"}
    return None if shapes is None and coast is None else (shapes, coast)


def _rounded(value: Any, digits: int) -> float | None:
    return round(float(value), digits) if isinstance(value, int | float) else None


def _apart(scale: float) -> Callable[[Any, Any], float]:
    return lambda a, b: min(1.0, abs(a - b) / scale)


def _sets(a: frozenset[str], b: frozenset[str]) -> float:
    """Jaccard: what they share of all that either has."""
    return 1 - len(a & b) / len(a | b) if a or b else 0.0


def _lands(a: Any, b: Any) -> float | None:
    """Half for the coast, half for the shape of the land; of a half that is not known nothing is said."""
    parts = []
    if a[1] is not None and b[1] is not None:
        parts.append(float(a[1] != b[1]))
    if a[0] is not None and b[0] is not None:
        parts.append(_sets(a[0], b[0]))
    return sum(parts) / len(parts) if parts else None


def _same(a: Any, b: Any) -> float:
    return float(a != b)


APART: dict[str, Callable[[Any, Any], float | None]] = {
    "population": _apart(DECADES),
    "degurba": _apart(2),
    "density": _apart(DECADES),
    "fua": _apart(2),
    "budget": _apart(STEPS),
    "trend": _apart(POINTS),
    "aged": _apart(SHARES),
    "terrain": _lands,
    "climate": _same,
    "economy": _sets,
    "country": _same,
}


def apart(name: str, mine: Any, theirs: Any) -> float | None:
    """How far apart two values of an attribute are, 0 … 1; None when one of them is not known."""
    return None if mine is None or theirs is None else APART[name](mine, theirs)
