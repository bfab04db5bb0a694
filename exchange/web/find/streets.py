"""The map over streets, where the operator names a tile server: the one page on which a browser asks somebody else."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, make_response, render_template

from exchange.catalogue.finding.atlas import Atlas, Place
from exchange.messages import Refusal
from exchange.web.drawing.downloads import told
from exchange.web.find import mapping
from exchange.web.frame import guard
from exchange.web.frame.blueprints import public
from exchange.web.frame.language import ngettext, number
from exchange.web.frame.reach import settings

MIME = "application/geo+json"


def register(app: Flask) -> None:
    """Let the templates ask who gives the tiles: `tile_host()`."""
    app.jinja_env.globals.update(tile_host=tile_host)


def tile_host() -> str:
    """Who gives the tiles, without a scheme; empty when there is no such map here."""
    return urlsplit(settings().tiles).netloc


@public.get("/map/streets")
def streets() -> Response:
    """The places of a search over a street map; no page where the operator names no tile server."""
    if not tile_host():
        abort(404)
    asked = mapping.read_question()
    if asked.problems:
        raise Refusal(asked.problems)
    page = make_response(
        render_template(
            "streets.html",
            asked=asked,
            searched=mapping.searched(asked),
            tiles=settings().tiles,
            credit=_credit(settings().tiles_credit),
            host=tile_host(),
        )
    )
    parts = urlsplit(settings().tiles)
    allowed = guard.POLICY.replace("img-src 'self'", f"img-src 'self' {parts.scheme}://{parts.netloc}")
    page.headers["Content-Security-Policy"] = allowed
    # Tile servers want to know which site asks, and are told its origin, not the search.
    page.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return page


@public.get("/map/places.geojson")
def map_places() -> Response:
    """The places of a search, what they have and took up, and where their practices are listed."""
    asked = mapping.read_question(strict=True)
    found = mapping.places_of(asked)
    body = json.dumps(
        {"type": "FeatureCollection", "features": _features(asked, found)}, ensure_ascii=False, indent=1
    )
    return told(Response(body, mimetype=MIME), "places.geojson")


def _features(asked: mapping.Asked, found: Atlas) -> list[dict[str, Any]]:
    leads = mapping.leading_to(asked)
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
            "properties": {
                "community": one.uri,
                "name": mapping.called(one),
                "country": one.country,
                "degurba": one.degurba,
                "practices": one.practices,
                "taken_up_by_others": one.gave,
                "took_up": one.took,
                "words": _words(one),
                "list": leads([one]),
            },
        }
        for one in mapping.busiest(found)
        if one.placed and (one.practices or one.took)
    ]


def _words(place: Place) -> str:
    counted = (
        (place.practices, ngettext("%(shown)s practice", "%(shown)s practices", place.practices)),
        (place.took, ngettext("%(shown)s adoption", "%(shown)s adoptions", place.took)),
    )
    return ", ".join(words % {"shown": number(n)} for n, words in counted if n)


def _credit(told_of: str) -> tuple[str, str]:
    """The name of whose map it is, and its address on the web when it has one."""
    found = re.fullmatch(r"(.*?)\s*(https?://[^\s\"'<>]+)", told_of)
    if found:
        return found[1].rstrip(" ,") or found[2], found[2]
    return told_of, "https://www.openstreetmap.org/copyright" if "OpenStreetMap" in told_of else ""
