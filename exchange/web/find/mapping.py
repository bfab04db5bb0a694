"""The map: where the practices of a search are and which way they went, as a picture, a table and files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, g, render_template, request, url_for

from exchange.catalogue.finding import atlas as reading
from exchange.catalogue.finding import saved
from exchange.catalogue.finding.atlas import Atlas, Place
from exchange.catalogue.finding.find import SearchParams
from exchange.messages import Problem, Refusal
from exchange.vocabulary import names
from exchange.web.drawing import downloads, europe, land
from exchange.web.drawing.projection import distance, project
from exchange.web.frame.blueprints import public
from exchange.web.frame.language import current, gettext
from exchange.web.frame.reach import database, instance
from exchange.web.frame.show import best, host_of, origin_of

ROWS = 200  # in the tables of the page; the files have all
ONE_BY_ONE = 12  # places of a circle that its address names; more are found by where they are
PLACES = (
    *("community", "name", "country", "degurba", "latitude", "longitude"),
    *("practices", "taken_up_by_others", "took_up"),
)
FLOWS = ("from", "from_name", "from_country", "to", "to_name", "to_country", "adoptions")


@dataclass(frozen=True)
class Asked:
    """What a map shows: a question as the search page has it, and the countries that it is drawn close to."""

    params: SearchParams
    question: list[tuple[str, str]]
    zoom: list[str]
    problems: list[Problem]

    def address(self, endpoint: str, **more: str) -> str:
        """The address of something else about the same question."""
        told = [*self.question, *((k, v) for k, v in more.items() if v)]
        return url_for(endpoint) + ("?" + urlencode(told) if told else "")


@public.get("/map")
def map_page() -> str | tuple[str, int]:
    """Where practices are and where they went, for everything or for a search."""
    asked = read_question()
    found = places_of(asked)
    drawn = _drawn(asked, found)
    zoom = asked.zoom[0] if len(asked.zoom) == 1 else ""
    body = render_template(
        "map.html",
        found=found,
        drawn=drawn,
        picture=drawn.picture,
        places=[one for one in busiest(found) if one.practices or one.took][:ROWS],
        rows=ROWS,
        called=called,
        asked=asked,
        searched=searched(asked),
        countries=_countries(found),
        zoom=zoom,
        problems=asked.problems,
        downloads=[
            (gettext("Places (CSV)"), asked.address("public.map_csv")),
            (gettext("Adoptions (CSV)"), asked.address("public.map_flows_csv")),
            (gettext("Picture (SVG)"), asked.address("public.map_svg", zoom=zoom)),
            (gettext("Places (GeoJSON)"), asked.address("public.map_places")),
            (gettext("Practices (GeoJSON)"), asked.address("public.practices_geojson")),
        ],
    )
    return (body, 400) if asked.problems else body


@public.get("/map.svg")
def map_svg() -> Response:
    """The picture as a file; with `small` as an image beside a list."""
    asked = read_question(strict=True)
    small = "small" in request.args
    return downloads.svg(_drawn(asked, places_of(asked), small=small).picture, "map", inline=small)


@public.get("/map.csv")
def map_csv() -> Response:
    """The places as a table in a file."""
    rows = (
        {
            "community": one.uri if one.known else None,
            "name": called(one),
            **{name: getattr(one, name) or None for name in ("country", "degurba")},
            **{"latitude": one.lat, "longitude": one.lon},
            **{"practices": one.practices, "taken_up_by_others": one.gave, "took_up": one.took},
        }
        for one in busiest(places_of(read_question(strict=True)))
    )
    return downloads.csv(PLACES, rows, "map")


@public.get("/map/adoptions.csv")
def map_flows_csv() -> Response:
    """What went between them as a table in a file."""
    found = places_of(read_question(strict=True))
    rows = []
    for flow in found.flows:
        row: dict[str, Any] = {"adoptions": flow.n}
        for end, uri in (("from", flow.origin), ("to", flow.taker)):
            place = found.places[uri]
            row |= {end: uri if place.known else None}
            row |= {f"{end}_name": called(place), f"{end}_country": place.country or None}
        rows.append(row)
    return downloads.csv(FLOWS, rows, "adoptions")


def read_question(strict: bool = False) -> Asked:
    """What the address of this request asks. With `strict` a mistake in it is raised (Refusal), not kept."""
    problems: list[Problem] = []
    params = SearchParams()
    try:
        params = SearchParams.from_args(request.args)
    except Refusal as refusal:
        if strict:
            raise
        problems = refusal.problems
    own = ("zoom", "small", "sort", "home")
    question = [(k, v) for k, v in saved.question(request.args.items(multi=True)) if k not in own]
    zoom = [code.upper() for code in request.args.getlist("zoom")] or list(params.filters.get("country", ()))
    return Asked(params, [] if problems else question, [c for c in zoom if land.box_of(c)][:40], problems)


def searched(asked: Asked) -> str:
    """The question in words, in the reader's language."""
    with database().reading() as session:
        return saved.in_words(session, asked.params, current())


def places_of(asked: Asked) -> Atlas:
    """The places and flows of a question."""
    with database().reading() as session:
        return reading.atlas(session, instance().engine, asked.params)


def _drawn(asked: Asked, found: Atlas, small: bool = False) -> europe.Drawn:
    home = g.community
    own = (
        (best(home.name, home.slug).text, home.lat, home.lon)
        if home and home.lat is not None and home.lon is not None
        else None
    )
    return europe.picture(
        found, land.view(asked.zoom), name=called, where=leading_to(asked), own=own, small=small
    )


def leading_to(asked: Asked) -> Callable[[list[Place]], str]:
    """Where a circle leads: to its place's practices within the same question, or to all around it."""

    def leads(places: list[Place]) -> str:
        if len(places) <= ONE_BY_ONE:
            told = [(k, v) for k, v in asked.question if k != "community"]
            told += [("community", one.uri) for one in places]
        else:
            points = [project(one.lat, one.lon) for one in places]  # type: ignore[arg-type]
            reach = max(distance(points[0], point) for point in points) * 1.02 + 1
            told = [(k, v) for k, v in asked.question if k != "near"]
            told += [("near", f"{places[0].lat:.4f},{places[0].lon:.4f},{reach:.0f}")]
        return url_for("public.practices") + "?" + urlencode(told)

    return leads


def called(place: Place) -> str:
    """The name of a place in the reader's language."""
    return best(place.name, host_of(origin_of(place.uri)) or place.uri).text


def busiest(found: Atlas) -> list[Place]:
    """The places, those with most practices first."""
    return sorted(found.places.values(), key=lambda one: (-one.practices, -one.gave, -one.took, called(one)))


def _countries(found: Atlas) -> list[tuple[str, str]]:
    """The countries of the atlas that can be drawn close, by their names."""
    codes = {names.EUROSTAT.get(one.country, one.country) for one in found.places.values() if one.country}
    named = [(code, names.country(code, current())) for code in codes if land.box_of(code)]
    return sorted(named, key=lambda one: one[1])
