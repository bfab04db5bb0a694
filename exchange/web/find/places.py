"""“What worked in places like ours?”: a place is named or described, and the answer stands on one page."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.catalogue.communities import likeness, places, reference
from exchange.catalogue.communities.likeness import reasons
from exchange.messages import N_, Message, Problem, Refusal
from exchange.models.community import Community
from exchange.vocabulary import names
from exchange.web.frame.blueprints import public
from exchange.web.frame.language import current
from exchange.web.frame.reach import database

SHOWN = 6
MOST_PEOPLE = 100_000_000
KINDS = ("dg-3", "dg-2", "dg-1")
UNKNOWN = N_("No place called “%(name)s” is known here. Say how large it is and what kind of place.")


@dataclass
class Asked:
    """What was asked: which place, if it is clear, or the places that may be meant."""

    place: Community | None = None
    choices: list[places.Choice] | None = None
    problems: list[Problem] | None = None


@public.get("/places")
def worked() -> str | tuple[str, int]:
    """What worked in places like the one that is named."""
    theme, problems = None, []
    try:
        theme = likeness.read_theme(request.args.get("theme", ""))
    except Refusal as refusal:
        problems = refusal.problems
    with database().reading() as session:
        asked = _asked(session)
        problems += asked.problems or []
        found = None
        if asked.place is not None:
            weights = likeness.weights(theme, {})
            found = places.lists_for(session, asked.place, weights, theme=theme, limit=SHOWN)
        units = reference.held(session)
    body = render_template(
        "places.html",
        typed=request.args.get("place", "")[:120],
        place=asked.place,
        called=_called(asked.place),
        choices=asked.choices or [],
        found=found,
        theme=theme,
        kinds=KINDS,
        units=units,
        population=request.args.get("population", "")[:20],
        chosen=request.args.get("degurba", ""),
        kept=[(k, v) for k, v in request.args.items() if k in _NAMED and v and k != "theme"],
        problems=problems,
        reason=lambda one: reasons.sentence(one, current()),
    )
    return (body, 400) if problems else body


_NAMED = ("at", "unit", "population", "degurba", "country")


def _asked(session: Session) -> Asked:
    """By address or handle, by unit, by name, or by what it is like."""
    args = request.args
    if args.get("at"):
        return Asked(shelf.community(session, args["at"][:300]))
    if args.get("unit"):
        return Asked(places.unit(session, args["unit"][:40]))
    typed = args.get("place", "").strip()[:120]
    if typed:
        choices = places.named(session, typed)
        if not choices:
            return Asked(problems=[Problem("place", Message(UNKNOWN, {"name": typed}))])
        if len(choices) > 1:
            return Asked(choices=choices)
        one = choices[0]
        return Asked(one if isinstance(one, Community) else places.unit(session, f"{one.country}:{one.code}"))
    return _described()


def _described() -> Asked:
    args, problems = request.args, []
    people = "".join(args.get("population", "").split()).replace(".", "").replace(",", "")
    if people and not (people.isascii() and people.isdigit() and int(people[:12]) <= MOST_PEOPLE):
        problems.append(
            Problem("population", Message(N_("Write the number of inhabitants in figures, such as 850.")))
        )
    kind, country = args.get("degurba", ""), args.get("country", "").upper()
    if kind and kind not in KINDS:
        problems.append(
            Problem(
                "degurba", Message(N_("“%(value)s” is not one of the choices here."), {"value": kind[:80]})
            )
        )
    if country and not names.is_country(country):
        told: dict[str, Any] = {"value": country[:80]}
        problems.append(Problem("country", Message(N_("“%(value)s” is not the code of a country."), told)))
    if problems:
        return Asked(problems=problems)
    if not (people or kind or country):
        return Asked()
    return Asked(places.described(int(people) if people else None, kind or None, country))


def _called(place: Community | None) -> str:
    """The name of a place, empty for one that is only described."""
    return place.called(current()) if place is not None and place.name else ""
