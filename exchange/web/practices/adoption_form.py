"""The form of an adoption: what it shows of what was said before, and what it makes of what was typed."""

from typing import Any

from flask import request

from exchange.models.adoption import Adoption
from exchange.models.practice import Practice
from exchange.translation import LANGUAGES
from exchange.vocabulary.fields import clean
from exchange.web.frame import figures
from exchange.web.frame.language import current

PLAIN = ("since", "adaptationType", "ownPractice", "through", "note")
CHECKED = ("since", "adaptationType", "ownPractice")  # an empty text is none of these
FATES = ("kept", "changed", "dropped", "added")
TEXTS = (*FATES, "reason", "outcome", "costText")
LINES = ("stage", "on", "version", "cause", "compared", "costAmount", "costCurrency")
RESULTS = 12  # of the origin's, at most, that the form asks for


def empty() -> dict[str, Any]:
    """The form before anybody has said anything."""
    given: dict[str, Any] = dict.fromkeys((*PLAIN, *TEXTS, *LINES), "")
    return given | {"language": current(), "help": [], "costCurrency": "EUR", "results": {}}


def told(before: Adoption) -> dict[str, Any]:
    """What an adoption says, in the shape of the form."""
    record = before.record
    reason, changes, outcome = (_part(record, name) for name in ("reason", "changes", "outcome"))
    cost: dict[str, Any] = next(iter(record.get("costActual") or []), {})
    texts = {
        **{name: changes.get(name) for name in FATES},
        "reason": reason.get("text"),
        "outcome": outcome.get("text"),
        "costText": cost.get("text"),
    }
    read = {name: _text_of(value) for name, value in texts.items()}
    language = next((one for one, text in read.values() if text and one in LANGUAGES), current())
    results = {_key(r.get("indicator")): r.get("value", "") for r in outcome.get("results") or []}
    return {
        **empty(),
        **{name: record.get(name, "") for name in PLAIN},
        **{name: text for name, (_language, text) in read.items()},
        "stage": before.stage,
        "cause": reason.get("cause", ""),
        "compared": outcome.get("compared", ""),
        "costAmount": figures.written(cost.get("amount"), language),
        "costCurrency": cost.get("currency", "EUR"),
        "help": record.get("help") or [],
        "results": results,
        "language": language,
    }


def typed(practice: Practice) -> dict[str, Any]:
    """What was sent, whatever it is."""
    form = request.form
    given: dict[str, Any] = {name: clean(form.get(name, "")) for name in (*PLAIN, *TEXTS, *LINES)}
    language = form.get("language", "")
    given["help"] = form.getlist("help")
    given["language"] = language if language in LANGUAGES else current()
    given["results"] = {
        _key(one["indicator"]): clean(form.get(f"result-{n}", "")) for n, one in enumerate(measured(practice))
    }
    if "changes" in form and not given["changed"]:
        given["changed"] = clean(form.get("changes", ""))
    return given


def record(given: dict[str, Any], practice: Practice, before: Adoption | None) -> dict[str, Any]:
    """The record as the rules read it; what was emptied is emptied, and what the form does not ask stays."""

    held = before.record if before else {}

    def text(name: str, old: Any) -> dict[str, str]:
        """In the language it is written in; translations, which the form does not show, stay beside it."""
        others = dict(list(old.items())[1:]) if isinstance(old, dict) else {}
        return {given["language"]: given[name]} | _without(others, given["language"]) if given[name] else {}

    asked = {_key(one["indicator"]): one for one in measured(practice)}
    results = [
        r for r in _part(held, "outcome").get("results") or [] if _key(r.get("indicator")) not in asked
    ]
    for key, one in asked.items():
        if value := given["results"].get(key):
            results.append({"indicator": one["indicator"], "value": value, "unit": one.get("unit", "")})
    was = {name: _part(held, name) for name in ("changes", "reason", "outcome")}
    spent: dict[str, Any] = next(iter(held.get("costActual") or []), {})
    changes = {name: text(name, was["changes"].get(name)) for name in FATES if given[name]}
    why = {"cause": given["cause"], "text": text("reason", was["reason"].get("text"))}
    reason = {k: v for k, v in why.items() if v}
    came_out = text("outcome", was["outcome"].get("text"))
    outcome = {"compared": given["compared"], "text": came_out, "results": results}
    cost = {
        "text": text("costText", spent.get("text")),
        "amount": figures.read(given["costAmount"], given["language"]),
    }
    item = {k: v for k, v in cost.items() if v not in ("", {})}
    if "amount" in item:
        item["currency"] = given["costCurrency"].upper()
    plain = {name: given[name] or (None if name in CHECKED else "") for name in PLAIN}
    return {
        **plain,
        "changes": changes,
        "reason": reason,
        "outcome": {k: v for k, v in outcome.items() if v},
        "costActual": [item, *(held.get("costActual") or [])[1:]] if item else [],
        "help": given["help"],
    }


def measured(practice: Practice) -> list[dict[str, Any]]:
    """The origin's own figures, to be set beside the adopter's."""
    results = practice.record.get("result") or []
    return [one for one in results if one.get("indicator") and one.get("value")][:RESULTS]


def field(path: str) -> str:
    """The field of the form that a rule speaks of."""
    first, _, rest = path.partition(".")
    inner = rest.partition(".")[0]
    if first == "reason" and inner == "cause":
        return "cause"
    if first == "outcome" and inner == "compared":
        return "compared"
    if first == "changes":
        return inner if inner in FATES else "changed"
    if first == "costActual":
        return {"currency": "costCurrency", "text": "costText"}.get(rest.rpartition(".")[2], "costAmount")
    return "on" if first == "stageDates" else first


def _part(record: dict[str, Any], name: str) -> dict[str, Any]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def _without(texts: dict[str, str], language: str) -> dict[str, str]:
    return {k: v for k, v in texts.items() if k != language}


def _key(indicator: Any) -> str:
    """What two results have in common that speak of the same thing."""
    return "|".join(sorted(indicator.values())) if isinstance(indicator, dict) else str(indicator or "")


def _text_of(value: Any) -> tuple[str, str]:
    """(language, text) of a text that may be bare or in several languages."""
    if isinstance(value, dict) and value:
        language, text = next(iter(value.items()))
        return (language, text) if isinstance(text, str) else (current(), "")
    return current(), value if isinstance(value, str) else ""
