"""The lineage of a practice as it is drawn: stations with the glyph of their place, lines as they stand, a terminus."""

from markupsafe import Markup

from exchange.web import drawing
from exchange.web.drawing.tram import Map, Stop
from exchange.web.frame.language import country, day, label, ngettext
from exchange.web.frame.language import gettext as _
from exchange.web.frame.show import best, kind_of_place

LEGEND = 34.0
LONGEST, LONGER = 19, 26  # characters of a name and of what stands below it
WORDS = ("confirmed", "claimed", "contested", "documented")


def picture(drawn: Map, *, legend: bool = False) -> drawing.Picture:
    """The map; `legend` says in the picture what its lines mean, for a file that stands alone."""
    height = drawn.height + (LEGEND if legend else 0)
    width = max(drawn.width, 620) if legend else drawn.width
    stations = len(drawn.stops)
    made = drawing.Picture(
        "tram",
        width,
        height,
        title=_("What came from what"),
        desc=ngettext("%(num)s station.", "%(num)s stations.", stations) % {"num": stations}
        + " "
        + " ".join(
            f"{name(drawn.stop(t.line.source))} → {name(drawn.stop(t.line.target))}."
            for t in drawn.tracks[:20]
        ),
    )
    for track in sorted(drawn.tracks, key=lambda one: one.depth):
        made.add(drawing.path(track.path, f"track {track.kind}"))
    made.add(*(_stop(stop) for stop in drawn.stops))
    if legend:
        made.add(*_legend(drawn.height + 14))
    return made


def name(stop: Stop) -> str:
    """What a station is called."""
    station = stop.station
    return best(station.community.name, station.name).text if station.community else station.name


def _stop(stop: Stop) -> Markup:
    station = stop.station
    kind = kind_of_place(station.community.degurba) if station.community else ""
    cls = ["stop"]
    cls += ["here"] if stop.here else []
    cls += ["silent"] if station.silent else []
    cls += ["ghost"] if station.withdrawn or station.kind == "elsewhere" else []
    x, y = float(stop.x), float(stop.y)
    parts = [drawing.circle(x, y, 17)]
    if kind:
        parts.append(drawing.place(kind, x - 10, y - 10))
    if any(line.stopped for line in stop.lines):
        parts.append(drawing.path(f"M{x + 23:g} {y - 15:g}V{y + 15:g}", "terminus"))
    parts.append(drawing.text(x, y + 36, _short(name(stop), LONGEST), "name", anchor="middle"))
    parts.append(drawing.text(x, y + 53, _short(_below(stop), LONGER), "below", anchor="middle"))
    return drawing.group(*parts, cls=" ".join(cls))


def _below(stop: Stop) -> str:
    """What became of it there, or where it is."""
    station = stop.station
    for line in stop.lines:
        if line.stopped and line.adoption:
            reason = line.adoption.record.get("reason") or {}
            return label(reason.get("cause")) or label(line.adoption.stage)
    if station.silent and station.last_seen:
        return _("last seen %(day)s") % {"day": day(station.last_seen)}
    if station.withdrawn:
        return _("withdrawn")
    for line in stop.lines:
        if line.adoption:
            return label(line.adoption.stage)
    return country(station.country)


def _legend(y: float) -> list[Markup]:
    words = {
        "confirmed": _("confirmed"),
        "claimed": _("claimed"),
        "contested": _("contested"),
        "documented": _("told by others, or named as a source"),
    }
    made, x = [], 12.0
    for state in WORDS:
        made.append(drawing.path(f"M{x:g} {y:g}H{x + 30:g}", f"track {state}"))
        made.append(drawing.text(x + 38, y + 4, words[state], "small-text"))
        x += 62 + 6.8 * len(words[state])
    made.append(drawing.path(f"M{x:g} {y - 8:g}V{y + 8:g}", "terminus"))
    made.append(drawing.text(x + 10, y + 4, _("ended"), "small-text"))
    return made


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"
