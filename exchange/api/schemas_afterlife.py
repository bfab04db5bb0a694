"""The JSON Schemas of what the API tells about the afterlife of a practice: lineage, differences, provenance."""

from typing import Any

from exchange.api.schema_parts import (
    MAYBE_NUMBER,
    MAYBE_TEXT,
    NUMBER,
    TEXT,
    TEXTS,
    YES,
    list_,
    object_,
)


def afterlife() -> dict[str, Any]:
    """The named schemas."""
    station = {
        "id": TEXT,
        "kind": {"enum": ["practice", "adoption", "elsewhere"]},
        "community": {"type": ["object", "null"]},
        "name": TEXT,
        "country": TEXT,
        "title": TEXT,
        "version": MAYBE_NUMBER,
        "withdrawn": YES,
        "answers": YES,
        "last_seen": {**MAYBE_TEXT, "description": "set where its instance does not answer at present"},
    }
    line = {
        "from": TEXT,
        "to": TEXT,
        "state": {"enum": ["confirmed", "claimed", "contested", "documented", "declared"]},
        "reason": TEXTS,
        "adoption": MAYBE_TEXT,
        "version": MAYBE_NUMBER,
        "stage": MAYBE_TEXT,
        "stage_dates": {"type": "object", "additionalProperties": TEXT},
        "stopped": YES,
        "cause": MAYBE_TEXT,
        "back": {**YES, "description": "closes a circle"},
    }
    change = {"field": TEXT, "change": {"enum": ["added", "removed", "changed"]}, "before": {}, "after": {}}
    return {
        "Lineage": object_(
            {
                "practice": TEXT,
                "stations": list_(object_(station)),
                "lines": list_(object_(line)),
                "circles": list_(list_(TEXT)),
                "complete": YES,
            }
        ),
        "Differences": object_(
            {"practice": TEXT, "from": NUMBER, "to": NUMBER, "changes": list_(object_(change))}
        ),
        "Provenance": object_(
            {
                "practice": TEXT,
                "origin": TEXT,
                "publisher": TEXT,
                "documented_by": {"enum": ["owner", "others"]},
                "proof": object_(
                    {
                        "state": {"enum": ["verified", "unsigned", "key-unknown", "broken"]},
                        "key": MAYBE_TEXT,
                        "created": MAYBE_TEXT,
                    }
                ),
                "received": MAYBE_TEXT,
                "checked": MAYBE_TEXT,
                "answers": YES,
                "same_as": list_({"type": "object"}),
                "same_as_elsewhere": list_(TEXT),
            }
        ),
    }
