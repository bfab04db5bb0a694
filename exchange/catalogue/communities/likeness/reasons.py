"""Why two communities are near or far, in the reader's words."""

from collections.abc import Callable
from typing import Any

from babel.numbers import format_decimal

from exchange.catalogue.communities.likeness import Reason
from exchange.catalogue.communities.likeness.attributes import NAMES
from exchange.messages import N_
from exchange.translation import gettext_for
from exchange.vocabulary import concepts, names

SAME, OTHER = N_("%(attribute)s: %(theirs)s, as here"), N_("%(attribute)s: %(theirs)s, here %(mine)s")
PLACES = (N_("centre of an urban area"), N_("within reach of a city"), N_("outside any urban area"))
PER_KM2, PERCENT = N_("%(number)s per km²"), N_("%(number)s %%")
COAST, INLAND = N_("on the coast"), N_("not on the coast")
BUDGETS = (
    N_("under a million euros"),
    N_("1 to 5 million euros"),
    N_("5 to 20 million euros"),
    N_("20 to 100 million euros"),
    N_("100 to 500 million euros"),
    N_("over 500 million euros"),
)


def sentence(reason: Reason, language: str = "en") -> str:
    """“Number of inhabitants: 1,246, here 1,250”."""
    _ = gettext_for(language)
    mine, theirs = (
        shown(reason.attribute, reason.mine, language),
        shown(reason.attribute, reason.theirs, language),
    )
    told = SAME if mine == theirs else OTHER
    return _(told) % {"attribute": _(NAMES[reason.attribute]), "mine": mine, "theirs": theirs}


def shown(attribute: str, value: Any, language: str = "en") -> str:
    """A value as people read it."""
    _ = gettext_for(language)
    if value is None:
        return "–"
    if attribute == "population":
        return _number(round(10**value), language)
    if attribute == "density":
        density = 10**value
        return _(PER_KM2) % {"number": _number(round(density, 1 if density < 10 else None), language)}
    if attribute in ("trend", "aged"):
        return _(PERCENT) % {"number": _number(value, language)}
    if attribute == "degurba":
        return concepts.label(f"dg-{value}", language)
    if attribute == "fua":
        return _(PLACES[value])
    if attribute == "budget":
        return _(BUDGETS[value - 1]) if 1 <= value <= len(BUDGETS) else str(value)
    if attribute == "terrain":
        return _land(value, language, _)
    if attribute == "climate":
        return concepts.label(value, language)
    if attribute == "country":
        return names.country(value, language)
    return ", ".join(sorted(value))


def _land(value: Any, language: str, _: Callable[[str], str]) -> str:
    shapes, coast = value
    parts = [concepts.label(s, language) for s in sorted(shapes or ())]
    if coast is not None:
        parts.append(_(COAST) if coast else _(INLAND))
    return ", ".join(parts)


def _number(value: float, language: str) -> str:
    told: str = format_decimal(value, locale=language)
    return told
