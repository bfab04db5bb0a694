"""The JSON Schemas of what the API takes and gives; the record's own comes from its model."""

from typing import Any

from exchange.catalogue.adoption_rules import AdoptionRecord
from exchange.catalogue.find import FACETS
from exchange.vocabulary import concepts
from exchange.vocabulary.record import PracticeRecord

_REFS = "#/components/schemas/{model}"
TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {
    "type": "object",
    "description": "language (BCP 47) → text",
    "additionalProperties": TEXT,
}
MAYBE_TEXT: dict[str, Any] = {"type": ["string", "null"]}
MAYBE_NUMBER: dict[str, Any] = {"type": ["number", "null"]}
NUMBER: dict[str, Any] = {"type": "integer", "minimum": 0}
YES: dict[str, Any] = {"type": "boolean"}
COUNTS: dict[str, Any] = {"type": "array", "items": NUMBER, "minItems": 5, "maxItems": 5}


def all_schemas() -> dict[str, Any]:
    """Every named schema."""
    return _record() | _answers() | _bodies()


def _record() -> dict[str, Any]:
    """The record as a client writes it, with the parts it is made of."""
    found = PracticeRecord.model_json_schema(by_alias=True, ref_template=_REFS, mode="validation")
    parts = found.pop("$defs", {})
    return {"PracticeRecord": found, **parts}


def _answers() -> dict[str, Any]:
    community = {
        "id": TEXT,
        "key": TEXT,
        "handle": TEXT,
        "name": TEXT,
        "names": TEXTS,
        "kind": TEXT,
        "country": TEXT,
        "population": MAYBE_NUMBER,
        "population_class": MAYBE_TEXT,
        "degurba": MAYBE_TEXT,
        "lat": MAYBE_NUMBER,
        "lon": MAYBE_NUMBER,
        "instance": TEXT,
        "local": YES,
    }
    practice = {
        "id": TEXT,
        "key": TEXT,
        "url": TEXT,
        "path": TEXT,
        "title": TEXT,
        "titles": TEXTS,
        "summaries": TEXTS,
        "summary": TEXT,
        "language": TEXT,
        "themes": _list(TEXT),
        "evidence_level": MAYBE_TEXT,
        "maturity": MAYBE_TEXT,
        "status": MAYBE_TEXT,
        "documented_by": {"enum": ["owner", "others"]},
        "incomplete": YES,
        "issued": TEXT,
        "modified": TEXT,
    }
    full = {
        **practice,
        "community": _ref("Community"),
        "version": NUMBER,
        "state": TEXT,
        "local": YES,
        "record": {"type": "object"},
        "reviews": NUMBER,
        "adoptions": NUMBER,
        "ratings": _list(_ref("Distribution")),
    }
    hit = {
        **practice,
        "community": {"type": "object"},
        "adoptions": NUMBER,
        "reviews": NUMBER,
        "score": {"type": "number"},
        "snippet": {**TEXT, "description": "HTML-safe text with <mark>"},
        "distance_km": MAYBE_NUMBER,
        "rank": {**NUMBER, "description": "position by the order alone, from 1"},
        "place": {"enum": ["bridge", "small", None], "description": "why a place was kept for it"},
        "reasons": _list(_object({"word": TEXT, "field": TEXT, "score": {"type": "number"}})),
    }
    value = _object({"value": TEXT, "label": TEXT, "count": NUMBER, "selected": YES, "broader": TEXT})
    version = {"id": TEXT, "number": NUMBER, "digest": TEXT, "note": TEXT, "published": TEXT}
    judged = {"relation": TEXT, "conflict": YES, "ratings": {"type": "object"}, "comment": TEXTS}
    of = {"id": TEXT, "key": TEXT, "practice": TEXT, "practice_version": NUMBER, "local": YES}
    concept = _object({"id": TEXT, "label": TEXT, "labels": TEXTS, "broader": MAYBE_TEXT})
    return {
        "Community": _object(community),
        "CommunityInFull": _object({**community, "profile": {"type": "object"}, "practices": _list({})}),
        "Communities": _page(_ref("Community")),
        "Similar": _page(_place(), id=TEXT, list=TEXT, weights={"type": "object"}),
        "Exchange": _exchange(),
        "Bridging": _object(
            {
                **dict.fromkeys(("adoptions", "ratings", "follows"), _ref("Exchange")),
                "over_time": {"type": "object", "additionalProperties": _ref("Exchange")},
                "reach": {"type": "object"},
                "representation": {"type": "object"},
            }
        ),
        "Gaps": _page(
            _object(
                {
                    **dict.fromkeys(("theme", "label", "kind", "degurba"), TEXT),
                    "practices": NUMBER,
                    "seekers": NUMBER,
                }
            ),
            empty=NUMBER,
            unplaced=NUMBER,
        ),
        "PracticeInFull": _object(full),
        "Hit": _object(hit),
        "SearchResults": _object(
            {
                "total": NUMBER,
                "page": NUMBER,
                "per_page": NUMBER,
                "items": _list(_ref("Hit")),
                "facets": _object({name: _list(value) for name in FACETS}),
                "did_you_mean": MAYBE_TEXT,
                "relaxed": YES,
                "spelled": {"type": "object", "additionalProperties": _list(TEXT)},
                "sort": TEXT,
                "after": {**MAYBE_TEXT, "description": "asks for the next page"},
            }
        ),
        "Suggestions": _object(
            {
                "items": _list(
                    _object(
                        {
                            "kind": {"enum": ["concept", "community", "practice"]},
                            **dict.fromkeys(("text", "language", "path", "facet", "value"), TEXT),
                        }
                    )
                )
            }
        ),
        "Distribution": _object(
            {
                "criterion": TEXT,
                "label": TEXT,
                "n": NUMBER,
                "counts": COUNTS,
                "not_applicable": NUMBER,
                "same_class": COUNTS,
                "other_class": COUNTS,
                "by_relation": {"type": "object", "additionalProperties": COUNTS},
                "weighed": _list({"type": "number"}),
                "lent": NUMBER,
                "median": {"type": ["integer", "null"]},
                "spread": {"type": ["integer", "null"]},
            }
        ),
        "Voices": _object(
            {
                **dict.fromkeys(("n", "lent", "municipalities", "countries", "instances"), NUMBER),
                "capped": _list(_object({"instance": TEXT, "voices": NUMBER, "weight": {"type": "number"}})),
            }
        ),
        "LentVoice": _object({"of": _ref("Community"), "theme": TEXT, "delegations": _list(TEXT)}),
        "ReviewInList": _object(
            {
                **of,
                **judged,
                "by": _ref("Community"),
                "issued": TEXT,
                "modified": TEXT,
                "speaks_for": _list(_ref("LentVoice")),
                "answer": {"oneOf": [TEXTS, {"type": "null"}]},
            }
        ),
        "Review": _object({**of, **judged, "by": _ref("Community"), "issued": TEXT, "modified": TEXT}),
        "Reviews": _page(_ref("ReviewInList"), ratings=_list(_ref("Distribution")), voices=_ref("Voices")),
        "Adoption": _object(
            {
                **of,
                "adopter": {"type": "object"},
                "publisher": TEXT,
                "stage": TEXT,
                "confirmed": {"type": ["boolean", "null"]},
                "answer": {"type": ["object", "null"]},
                "documented_by": {"enum": ["owner", "others"]},
                "record": {"type": "object"},
                "issued": TEXT,
                "modified": TEXT,
            }
        ),
        "Adoptions": _page(_ref("Adoption")),
        "Version": _object(version),
        **_afterlife(),
        "Versions": _page(_ref("Version")),
        "Commitments": _page(
            _object(
                {
                    **dict.fromkeys(("id", "manifesto", "label"), TEXT),
                    **dict.fromkeys(("signatories", "practices", "communities"), NUMBER),
                }
            )
        ),
        "Vocabulary": _object({"id": TEXT, "label": TEXT, "labels": TEXTS, "concepts": _list(concept)}),
        "Vocabularies": _page(_object({"id": TEXT, "label": TEXT, "concepts": NUMBER})),
        "Inspection": _object(
            {
                "kind": TEXT,
                "id": TEXT,
                "author": MAYBE_TEXT,
                "origin": MAYBE_TEXT,
                "version": MAYBE_NUMBER,
                "content": {"type": ["object", "null"]},
                "proof": {"type": ["object", "null"]},
                "received": MAYBE_TEXT,
                "state": TEXT,
            }
        ),
        "Problem": {
            "type": "object",
            "required": ["type", "title", "status"],
            "properties": {
                "type": TEXT,
                "title": TEXT,
                "status": {"type": "integer"},
                "detail": TEXT,
                "errors": _list(_object({"path": TEXT, "message": TEXT})),
            },
        },
    }


def _afterlife() -> dict[str, Any]:
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
        "Lineage": _object(
            {
                "practice": TEXT,
                "stations": _list(_object(station)),
                "lines": _list(_object(line)),
                "circles": _list(_list(TEXT)),
                "complete": YES,
            }
        ),
        "Differences": _object(
            {"practice": TEXT, "from": NUMBER, "to": NUMBER, "changes": _list(_object(change))}
        ),
        "Provenance": _object(
            {
                "practice": TEXT,
                "origin": TEXT,
                "publisher": TEXT,
                "documented_by": {"enum": ["owner", "others"]},
                "proof": _object(
                    {
                        "state": {"enum": ["verified", "unsigned", "key-unknown", "broken"]},
                        "key": MAYBE_TEXT,
                        "created": MAYBE_TEXT,
                    }
                ),
                "received": MAYBE_TEXT,
                "checked": MAYBE_TEXT,
                "answers": YES,
                "same_as": _list({"type": "object"}),
                "same_as_elsewhere": _list(TEXT),
            }
        ),
    }


def _bodies() -> dict[str, Any]:
    criteria = {
        c.id: {"type": ["integer", "null"], "minimum": 1, "maximum": 5} for c in _of("rating-criteria")
    }
    adoption = AdoptionRecord.model_json_schema(by_alias=True, ref_template=_REFS)
    adoption.pop("$defs", None)
    adopted = {
        name: {key: value for key, value in schema.items() if key == "description"}
        for name, schema in adoption["properties"].items()
        if name not in ("certainty", "inverse", "language", "history")
    }
    who = {"practice": {**TEXT, "description": "its address, where the path does not name it"}, "by": TEXT}
    return {
        "NewPractice": {
            "oneOf": [
                _ref("PracticeRecord"),
                {
                    "type": "object",
                    "required": ["record"],
                    "properties": {
                        "record": _ref("PracticeRecord"),
                        "community": TEXT,
                        "note": TEXT,
                        "slug": TEXT,
                        "documentedBy": {"enum": ["owner", "others"]},
                    },
                    "additionalProperties": False,
                },
            ]
        },
        "NewReview": {
            "type": "object",
            "required": ["relation", "ratings"],
            "properties": {
                **who,
                "relation": {"enum": [c.id for c in _of("rater-relation")]},
                "ratings": {"type": "object", "properties": criteria, "additionalProperties": False},
                "conflict": YES,
                "comment": {"oneOf": [TEXT, TEXTS]},
            },
            "additionalProperties": False,
        },
        "NewAdoption": {
            "type": "object",
            "required": ["stage"],
            "properties": {
                **who,
                "stage": {"enum": [c.id for c in _of("adoption-stage")]},
                "on": {**TEXT, "description": "when the stage was reached, if not today"},
                "version": {**NUMBER, "description": "the version of the practice that is followed"},
                **adopted,
            },
            "additionalProperties": False,
        },
        "Confirmation": {
            "type": "object",
            "required": ["confirmed"],
            "properties": {
                "confirmed": {
                    "type": ["boolean", "null"],
                    "description": "true: it is so; false: contested; null: claimed, the answer is taken back",
                },
                "reason": {"oneOf": [TEXT, TEXTS], "description": "why it is contested; owed with false"},
            },
            "additionalProperties": False,
        },
    }


def _place() -> dict[str, Any]:
    share = {"type": "number", "minimum": 0, "maximum": 1}
    reasons = _list(_object({"attribute": TEXT, "distance": share, "text": TEXT}))
    return _object(
        {
            "id": {"type": ["string", "null"]},
            **dict.fromkeys(("name", "country"), TEXT),
            **dict.fromkeys(("likeness", "distance", "certainty"), share),
            "near": reasons,
            "far": reasons,
            "practice": {"type": "object"},
            "owner": {"type": "object"},
            "themes": _list(TEXT),
        }
    )


def _exchange() -> dict[str, Any]:
    maybe = {"type": ["number", "null"]}
    names = (
        "cross_share",
        "cross_share_by_chance",
        "ei_index",
        "median_size_ratio",
        "share_taken_by_the_larger",
    )
    flow = {"from": TEXT, "to": TEXT, "n": NUMBER, "share": maybe, "share_by_chance": maybe, "ratio": maybe}
    return _object(
        {"placed": NUMBER, "unplaced": NUMBER, **dict.fromkeys(names, maybe), "flows": _list(_object(flow))}
    )


def _of(scheme: str) -> list[concepts.Concept]:
    return list(concepts.scheme(scheme))


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _page(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return _object({"total": NUMBER, "items": _list(items), **more})


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
