"""What the schemas of the API are put together from."""

from typing import Any

REFS = "#/components/schemas/{model}"
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


def object_(properties: dict[str, Any]) -> dict[str, Any]:
    """An object with these properties."""
    return {"type": "object", "properties": properties}


def list_(items: dict[str, Any]) -> dict[str, Any]:
    """A list of such items."""
    return {"type": "array", "items": items}


def page_(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What the lists of the API answer: how many there are, the items, and `more` beside them."""
    return object_({"total": NUMBER, "items": list_(items), **more})


def ref_(name: str) -> dict[str, str]:
    """The schema of that name."""
    return {"$ref": f"#/components/schemas/{name}"}
