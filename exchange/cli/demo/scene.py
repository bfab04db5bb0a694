"""What one watches in the demo: a practice arrives, a review comes home, an adoption is confirmed."""

import time
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import yaml

from exchange.cli.demo.cast import EUROPE, FRANCE, GEMEINDEN, LATECOMER
from exchange.cli.demo.theatre import Stage, Theatre
from exchange.cli.demo.visitor import arrivals, call, until
from exchange.cli.output import say

BREATH = 3.0  # seconds between “ready” and the first act
WORDS = "tiers-lieu numérique Jardin"


def play(theatre: Theatre) -> None:
    """All three acts; a second performance with the same data revises instead of publishing."""
    _wait(theatre, BREATH)
    uri = _publish(theatre)
    _review(theatre, uri)
    _adopt(theatre, uri)


def _publish(theatre: Theatre) -> str:
    france = theatre.stages[FRANCE.name]
    record = _latecomer()
    known = [
        item
        for item in call(france, "GET", "/practices?community=arvieu&per_page=50")["items"]
        if item["titles"] == record["title"]
    ]
    if known:
        say(f"\n“{known[0]['titles']['fr']}” was published last time, and everybody still has it.")
        return str(known[0]["id"])
    others = [stage for stage in theatre.stages.values() if stage is not france]
    for stage in others:
        call(stage, "GET", f"/practices?{urlencode({'q': WORDS})}")  # nobody finds it yet
    since = time.perf_counter()
    made = call(
        france,
        "POST",
        "/practices",
        {"record": record, "community": FRANCE.acting, "documentedBy": "others", "slug": LATECOMER},
    )
    say(f"\n{made['community']['name']} publishes “{made['title']}”\n  {made['id']}")
    found = arrivals(others, WORDS, made["id"], since)
    for stage in others:
        took = f"after {found[stage.house.name]:,.0f} ms" if stage.house.name in found else "not yet"
        say(f"  found in the search of {stage.house.name:<10} {took}")
    return str(made["id"])


def _review(theatre: Theatre, uri: str) -> None:
    germany, france = theatre.stages[GEMEINDEN.name], theatre.stages[FRANCE.name]
    since = time.perf_counter()
    made = call(
        germany,
        "POST",
        "/reviews",
        {
            "practice": uri,
            "by": GEMEINDEN.acting,
            "relation": "rr-peer",
            "ratings": {"rc-replicability": 4, "rc-inclusiveness": 5, "rc-cost-value": None},
            "comment": {"de": "Bewertung für die Vorführung erfunden."},
        },
    )
    key = _key(uri)
    items, took = until(lambda: _with(france, f"/practices/{key}/reviews", made), since=since)
    by = items["by"]["name"]
    say(f"\n{by} reviews it on its own instance; the review is on the page of its owner after {took:,.0f} ms")
    say(f"  {france.origin}/practices/{key}")


def _adopt(theatre: Theatre, uri: str) -> None:
    europe, france = theatre.stages[EUROPE.name], theatre.stages[FRANCE.name]
    since = time.perf_counter()
    made = call(
        europe,
        "POST",
        "/adoptions",
        {"practice": uri, "by": EUROPE.acting, "stage": "ad-assessing", "note": "Invented for the demo."},
    )
    key = _key(uri)
    shown, took = until(lambda: _with(france, f"/practices/{key}/adoptions", made), since=since)
    say(f"\n{shown['adopter']['name']} adopts it; the owner's page shows the adoption after {took:,.0f} ms")
    since = time.perf_counter()
    call(france, "PUT", f"/adoptions/{shown['key']}/confirmation", {"confirmed": True})
    _, took = until(lambda: call(europe, "GET", f"/adoptions/{made['key']}")["confirmed"], since=since)
    say(f"  {shown['adopter']['name']} reads after {took:,.0f} ms that its origin confirms it")


def _with(stage: Stage, path: str, made: dict[str, Any]) -> dict[str, Any] | None:
    """What was made elsewhere, as an instance lists it, once it is the newest word."""
    items = call(stage, "GET", path)["items"]
    return next((i for i in items if i["id"] == made["id"] and i["modified"] >= made["modified"]), None)


def _key(uri: str) -> str:
    """The last part of a practice's address: its key at home."""
    return uri.rpartition("/")[2]


def _latecomer() -> dict[str, Any]:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    seeds = yaml.load(files("exchange").joinpath("seeds/practices.yaml").read_text("utf-8"), loader)  # noqa: S506
    found = next(p for p in seeds["practices"] if p["id"] == LATECOMER)
    return {name: value for name, value in found.items() if name not in ("id", "community")}


def _wait(theatre: Theatre, seconds: float) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        theatre.next_event(left)
