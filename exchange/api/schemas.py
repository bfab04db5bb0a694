"""The JSON Schemas of what the API takes and gives; the record's own comes from its model."""

from typing import Any

from exchange.api import schemas_afterlife, schemas_calls
from exchange.api.schema_parts import (
    COUNTS,
    MAYBE_NUMBER,
    MAYBE_TEXT,
    NUMBER,
    REFS,
    TEXT,
    TEXTS,
    YES,
    list_,
    object_,
    page_,
    ref_,
)
from exchange.catalogue.adoption.adoption_rules import AdoptionRecord
from exchange.catalogue.finding.find import FACETS
from exchange.vocabulary import concepts
from exchange.vocabulary.record import PracticeRecord


def all_schemas() -> dict[str, Any]:
    """Every named schema."""
    return _record() | _answers() | _bodies()


def _record() -> dict[str, Any]:
    """The record as a client writes it, with the parts it is made of."""
    found = PracticeRecord.model_json_schema(by_alias=True, ref_template=REFS, mode="validation")
    parts = found.pop("$defs", {})
    return {"PracticeRecord": found, **parts}


def _answers() -> dict[str, Any]:
    collection = {
        **dict.fromkeys(("id", "key", "path", "title", "cluster", "issued", "modified"), TEXT),
        **dict.fromkeys(("titles", "summaries", "cluster_names"), TEXTS),
        "practices": NUMBER,
        "local": YES,
    }
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
        "themes": list_(TEXT),
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
        "community": ref_("Community"),
        "version": NUMBER,
        "state": TEXT,
        "local": YES,
        "record": {"type": "object"},
        "reviews": NUMBER,
        "adoptions": NUMBER,
        "ratings": list_(ref_("Distribution")),
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
        "place": {
            "enum": ["bridge", "small", "meaning", None],
            "description": "why it stands further up than its words put it",
        },
        "reasons": list_(object_({"word": TEXT, "field": TEXT, "score": {"type": "number"}})),
    }
    value = object_({"value": TEXT, "label": TEXT, "count": NUMBER, "selected": YES, "broader": TEXT})
    version = {"id": TEXT, "number": NUMBER, "digest": TEXT, "note": TEXT, "published": TEXT}
    judged = {"relation": TEXT, "conflict": YES, "ratings": {"type": "object"}, "comment": TEXTS}
    of = {"id": TEXT, "key": TEXT, "practice": TEXT, "practice_version": NUMBER, "local": YES}
    concept = object_({"id": TEXT, "label": TEXT, "labels": TEXTS, "broader": MAYBE_TEXT})
    return {
        "Community": object_(community),
        "CommunityInFull": object_({**community, "profile": {"type": "object"}, "practices": list_({})}),
        "Communities": page_(ref_("Community")),
        "Similar": page_(_place(), id=TEXT, list=TEXT, weights={"type": "object"}),
        "Exchange": _exchange(),
        "Bridging": object_(
            {
                **dict.fromkeys(("adoptions", "ratings", "follows"), ref_("Exchange")),
                "over_time": {"type": "object", "additionalProperties": ref_("Exchange")},
                "reach": {"type": "object"},
                "representation": {"type": "object"},
            }
        ),
        "Gaps": page_(
            object_(
                {
                    **dict.fromkeys(("theme", "label", "kind", "degurba"), TEXT),
                    "practices": NUMBER,
                    "seekers": NUMBER,
                }
            ),
            empty=NUMBER,
            unplaced=NUMBER,
        ),
        "PracticeInFull": object_(full),
        "Hit": object_(hit),
        "SearchResults": object_(
            {
                "total": NUMBER,
                "page": NUMBER,
                "per_page": NUMBER,
                "items": list_(ref_("Hit")),
                "facets": object_({name: list_(value) for name in FACETS}),
                "did_you_mean": MAYBE_TEXT,
                "relaxed": YES,
                "spelled": {"type": "object", "additionalProperties": list_(TEXT)},
                "mistakes": list_(object_({"message": TEXT, "position": NUMBER, "length": NUMBER})),
                "sort": TEXT,
                "after": {**MAYBE_TEXT, "description": "asks for the next page"},
            }
        ),
        "Suggestions": object_(
            {
                "items": list_(
                    object_(
                        {
                            "kind": {"enum": ["concept", "community", "practice"]},
                            **dict.fromkeys(("text", "language", "path", "facet", "value"), TEXT),
                        }
                    )
                )
            }
        ),
        "Distribution": object_(
            {
                "criterion": TEXT,
                "label": TEXT,
                "n": NUMBER,
                "counts": COUNTS,
                "not_applicable": NUMBER,
                "same_class": COUNTS,
                "other_class": COUNTS,
                "by_relation": {"type": "object", "additionalProperties": COUNTS},
                "weighed": list_({"type": "number"}),
                "lent": NUMBER,
                "median": {"type": ["integer", "null"]},
                "spread": {"type": ["integer", "null"]},
            }
        ),
        "Voices": object_(
            {
                **dict.fromkeys(("n", "lent", "municipalities", "countries", "instances"), NUMBER),
                "capped": list_(object_({"instance": TEXT, "voices": NUMBER, "weight": {"type": "number"}})),
            }
        ),
        "LentVoice": object_({"of": ref_("Community"), "theme": TEXT, "delegations": list_(TEXT)}),
        "ReviewInList": object_(
            {
                **of,
                **judged,
                "by": ref_("Community"),
                "issued": TEXT,
                "modified": TEXT,
                "speaks_for": list_(ref_("LentVoice")),
                "answer": {"oneOf": [TEXTS, {"type": "null"}]},
            }
        ),
        "Review": object_({**of, **judged, "by": ref_("Community"), "issued": TEXT, "modified": TEXT}),
        "Reviews": page_(ref_("ReviewInList"), ratings=list_(ref_("Distribution")), voices=ref_("Voices")),
        "Adoption": object_(
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
        "Adoptions": page_(ref_("Adoption"), page=NUMBER, per_page=NUMBER),
        "Version": object_(version),
        **schemas_afterlife.afterlife(),
        **schemas_calls.calls(),
        "Versions": page_(ref_("Version")),
        "Commitments": page_(
            object_(
                {
                    **dict.fromkeys(("id", "manifesto", "label"), TEXT),
                    **dict.fromkeys(("signatories", "practices", "communities"), NUMBER),
                }
            )
        ),
        "Collections": page_(object_(collection)),
        "CollectionInFull": object_(
            collection
            | {
                "items": list_(
                    object_(
                        {
                            "id": TEXT,
                            "words": TEXTS,
                            "practice": {"anyOf": [object_(practice), {"type": "null"}]},
                        }
                    )
                )
            }
        ),
        "Vocabulary": object_({"id": TEXT, "label": TEXT, "labels": TEXTS, "concepts": list_(concept)}),
        "Vocabularies": page_(object_({"id": TEXT, "label": TEXT, "concepts": NUMBER})),
        "Inspection": object_(
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
                "errors": list_(object_({"path": TEXT, "message": TEXT})),
            },
        },
    }


def _bodies() -> dict[str, Any]:
    criteria = {
        c.id: {"type": ["integer", "null"], "minimum": 1, "maximum": 5} for c in _of("rating-criteria")
    }
    adoption = AdoptionRecord.model_json_schema(by_alias=True, ref_template=REFS)
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
                ref_("PracticeRecord"),
                {
                    "type": "object",
                    "required": ["record"],
                    "properties": {
                        "record": ref_("PracticeRecord"),
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
    reasons = list_(object_({"attribute": TEXT, "distance": share, "text": TEXT}))
    return object_(
        {
            "id": {"type": ["string", "null"]},
            **dict.fromkeys(("name", "country"), TEXT),
            **dict.fromkeys(("likeness", "distance", "certainty"), share),
            "near": reasons,
            "far": reasons,
            "practice": {"type": "object"},
            "owner": {"type": "object"},
            "themes": list_(TEXT),
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
    return object_(
        {"placed": NUMBER, "unplaced": NUMBER, **dict.fromkeys(names, maybe), "flows": list_(object_(flow))}
    )


def _of(scheme: str) -> list[concepts.Concept]:
    return list(concepts.scheme(scheme))
