"""The pictures of a practice as files: how it is judged, and what came from what."""

from typing import Any

from flask import Response, abort

from exchange.catalogue import shelf
from exchange.catalogue.adoption import lineage
from exchange.catalogue.judging import judgement
from exchange.models.practice import PUBLISHED, Practice
from exchange.web.drawing import bars, downloads, tram, trams
from exchange.web.frame.blueprints import public
from exchange.web.frame.language import label
from exchange.web.frame.pictures import strips
from exchange.web.frame.reach import database
from exchange.web.frame.show import best

RATINGS = ("criterion", "label", "who", "1", "2", "3", "4", "5", "not_applicable")
LINEAGE = (
    *("from", "from_name", "from_country", "to", "to_name", "to_country"),
    *("stage", "stage_name", "state", "stopped", "back"),
)


@public.get("/practices/<key>/ratings.svg")
def ratings_svg(key: str) -> Response:
    """All distributions in one picture."""
    with database().reading() as session:
        found = _published(shelf.practice(session, key))
        drawn = strips(judgement.distributions(session, found))
    return downloads.svg(bars.picture(drawn, best(found.title_texts, found.title).text), "ratings")


@public.get("/practices/<key>/ratings.csv")
def ratings_csv(key: str) -> Response:
    """How often each step was given on each criterion: by all, by places of the owner's size, by each relation."""
    with database().reading() as session:
        found = judgement.distributions(session, _published(shelf.practice(session, key)))
    rows = []
    for one in found:
        groups = {
            "all": one.counts,
            "same_class": one.same_class,
            "other_class": one.other_class,
            **one.by_relation,
        }
        for who, counts in groups.items() if one.n or one.not_applicable else ():
            row: dict[str, Any] = {"criterion": one.criterion, "label": label(one.criterion), "who": who}
            row |= {str(step): n for step, n in enumerate(counts, 1)}
            rows.append(row | {"not_applicable": one.not_applicable if who == "all" else None})
    return downloads.csv(RATINGS, rows, "ratings")


@public.get("/practices/<key>/lineage.svg")
def lineage_svg(key: str) -> Response:
    """The tram map."""
    with database().reading() as session:
        found = _published(shelf.practice(session, key))
        drawn = tram.drawn(lineage.of(session, found), found.uri)
        return downloads.svg(trams.picture(drawn, legend=True), "lineage")


@public.get("/practices/<key>/lineage.csv")
def lineage_csv(key: str) -> Response:
    """Its lines, from what came first to what came of it."""
    with database().reading() as session:
        found = _published(shelf.practice(session, key))
        drawn = tram.drawn(lineage.of(session, found), found.uri)
        rows = []
        for track in drawn.tracks:
            line = track.line
            row: dict[str, Any] = {"state": line.state, "stopped": int(line.stopped), "back": int(line.back)}
            row |= (
                {"stage": line.adoption.stage, "stage_name": label(line.adoption.stage)}
                if line.adoption
                else {}
            )
            for end, uri in (("from", line.source), ("to", line.target)):
                stop = drawn.stop(uri)
                row |= {end: uri, f"{end}_name": trams.name(stop), f"{end}_country": stop.station.country}
            rows.append(row)
    return downloads.csv(LINEAGE, rows, "lineage")


def _published(found: Practice) -> Practice:
    if found.state != PUBLISHED:
        abort(410)
    return found
