"""The schemas of consultations and campaigns."""

from typing import Any

from exchange.api.schema_parts import MAYBE_TEXT, NUMBER, TEXT, TEXTS, YES, list_, object_, page_


def calls() -> dict[str, Any]:
    """What the API tells about the calls of clusters."""
    call = {
        **dict.fromkeys(("id", "key", "path", "title", "theme", "cluster", "opens", "closes"), TEXT),
        **dict.fromkeys(("titles", "words", "cluster_names", "synthesis"), TEXTS),
        **dict.fromkeys(("issued", "modified"), TEXT),
        "open": YES,
        "open_to": {"type": "string", "enum": ["members", "everybody"]},
        "closed": MAYBE_TEXT,
        "local": YES,
    }
    said = {
        **dict.fromkeys(("id", "community", "accepted"), TEXT),
        **dict.fromkeys(("titles", "texts"), TEXTS),
        "supported_by": list_(TEXT),
        "hidden": {"anyOf": [TEXTS, {"type": "null"}]},
        **dict.fromkeys(("moved_to", "moved_from"), MAYBE_TEXT),
    }
    places = object_(dict.fromkeys(("rural", "town", "city"), NUMBER))
    figures = dict.fromkeys(("contributions", "supports", "communities", "countries"), NUMBER)
    row = {
        "place": MAYBE_TEXT,
        **dict.fromkeys(("called", "practices", "adoptions"), NUMBER),
        "awaited": list_(TEXT),
    }
    aim = {"number": NUMBER, "counts": TEXT, "place": TEXT}
    text = {"oneOf": [TEXT, TEXTS]}
    return {
        "Contribution": object_(
            {
                **dict.fromkeys(("id", "key", "consultation", "community", "issued"), TEXT),
                "answers": MAYBE_TEXT,
                **dict.fromkeys(("titles", "texts"), TEXTS),
            }
        ),
        "NewContribution": _asked({"title": text, "text": text, "answers": MAYBE_TEXT}, "text"),
        "Support": object_({"contribution": TEXT, "community": TEXT, "supported": YES}),
        "NewSupport": _asked({"contribution": TEXT, "supported": YES}, "contribution"),
        "Participation": object_({"campaign": TEXT, "community": TEXT, "takesPart": YES}),
        "NewParticipation": _asked({"takesPart": YES}),
        "Consultations": page_(object_(call)),
        "ConsultationInFull": object_(
            call
            | {
                "tally": {"anyOf": [object_(figures | {"places": places}), {"type": "null"}]},
                "contributions": list_(object_(said | {"comments": list_(object_(said))})),
            }
        ),
        "Campaigns": page_(object_(call)),
        "CampaignInFull": object_(
            call
            | {
                "aim": {"anyOf": [object_(aim), {"type": "null"}]},
                **dict.fromkeys(("taking_part", "practices", "adoptions"), list_(TEXT)),
                "reached": NUMBER,
                "progress": list_(object_(row)),
            }
        ),
    }


def _asked(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        **({"required": list(required)} if required else {}),
        "properties": {"by": TEXT, **properties},
        "additionalProperties": False,
    }
