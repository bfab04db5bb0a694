"""What one watches in the demo: a practice arrives, a review comes home, an adoption is confirmed, a cluster is answered."""

import time
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import yaml

from exchange.cli.demo.cast import EUROPE, FRANCE, GEMEINDEN, HUB, LATECOMER
from exchange.cli.demo.theatre import Stage, Theatre
from exchange.cli.demo.visitor import arrivals, call, until
from exchange.cli.output import say

BREATH = 3.0  # seconds between “ready” and the first act
WORDS = "tiers-lieu numérique Jardin"
ANSWER_TITLE = {
    "it": "Qualcuno che risponda al telefono",
    "en": "Somebody who answers the telephone",
    "fr": "Quelqu’un qui réponde au téléphone",
    "de": "Jemand, der ans Telefon geht",
    "es": "Alguien que conteste al teléfono",
}
ANSWER = {
    "it": "Inventato per la dimostrazione: una persona in un comune vicino che ci accompagni nel primo anno.",
    "en": "Invented for the demo: one person in a place nearby who goes with us through the first year.",
    "fr": "Inventé pour la démonstration : une personne d’une commune voisine qui nous accompagne la première année.",
    "de": "Für die Vorführung erfunden: eine Person in der Nachbargemeinde, die uns durch das erste Jahr begleitet.",
    "es": "Inventado para la demostración: una persona de un municipio vecino que nos acompañe el primer año.",
}


def play(theatre: Theatre) -> None:
    """All four acts; a second performance with the same data revises instead of publishing."""
    _wait(theatre, BREATH)
    uri = _publish(theatre)
    _review(theatre, uri)
    _adopt(theatre, uri)
    _answer(theatre)


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


def _answer(theatre: Theatre) -> None:
    europe, germany, hub = (theatre.stages[house.name] for house in (EUROPE, GEMEINDEN, HUB))
    asked = next(iter(call(hub, "GET", "/consultations")["items"]), None)
    if asked is None or call(hub, "GET", f"/consultations/{asked['key']}")["contributions"]:
        return
    for stage in (europe, germany):
        until(lambda stage=stage: _there(stage, asked), since=time.perf_counter())
    since = time.perf_counter()
    said = call(
        europe,
        "POST",
        f"/consultations/{_there(europe, asked)}/contributions",
        {"by": EUROPE.acting, "title": ANSWER_TITLE, "text": ANSWER},
    )
    listed, took = until(lambda: _said(hub, asked, said), since=since)
    say(f"\n{EUROPE.acting.title()} answers the cluster; it stands in the consultation after {took:,.0f} ms")
    until(lambda: _said(germany, asked, said), since=time.perf_counter())
    since = time.perf_counter()
    call(
        germany,
        "PUT",
        f"/consultations/{_there(germany, asked)}/support",
        {"by": GEMEINDEN.acting, "contribution": listed["id"]},
    )
    _, took = until(lambda: _said(hub, asked, said)["supported_by"], since=since)
    say(f"  {GEMEINDEN.acting.title()} supports it; the cluster counts that after {took:,.0f} ms")
    say(f"  {hub.origin}/consultations/{asked['key']}")


def _there(stage: Stage, asked: dict[str, Any]) -> str | None:
    """The key of a consultation on another instance, once it is known there."""
    known = call(stage, "GET", "/consultations")["items"]
    return next((str(one["key"]) for one in known if one["id"] == asked["id"]), None)


def _said(stage: Stage, asked: dict[str, Any], said: dict[str, Any]) -> Any:
    """A contribution as an instance lists it, once it does."""
    key = _there(stage, asked)
    listed = call(stage, "GET", f"/consultations/{key}")["contributions"] if key else []
    return next((one for one in listed if one["id"] == said["id"] and one["titles"]), None)


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
