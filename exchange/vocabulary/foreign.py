"""By which names other catalogues call the fields of our record: those that the record's schema lists for each.

Interreg Europe, URBACT, Climate-ADAPT, OECD OPSI, Eltis, NetZeroCities and Les Interconnectés. A name that they
have for something of ours that is no single field, such as a label or the size of a city, is not among them.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

import yaml

from exchange.vocabulary.concepts import LOADER

COMMUNITY = "community"  # whose record it is: checked, and never a field of the record
# Where a cell of a field that has parts belongs; None where no cell could say it.
PARTS: dict[str, str | None] = {
    "partners": "partners.name",
    "cost.items": "cost.items.text",
    "procurement": "procurement.text",
    "dataProtection": "dataProtection.text",
    "result": "result.text",
    "lesson": "lesson.text",
    "prerequisite": "prerequisite.text",
    "contactRole": "contactRole.url",
    "attachment": "attachment.url",
    "software": "software.repository",
    "source": "source.url",
    **dict.fromkeys(
        ("place", "cost.staff", "financing", "replication.scaleRange", "validation", "translation")
    ),
    **dict.fromkeys(("id", "version", "issued", "modified", "reviewDue", "certainty", "community")),
}
# Names that a catalogue has for more than one field of ours, or that need a word about which.
SETTLED = {
    "detailed information": "solution",
    "stakeholder participation": "engagement.process",
    "latitude": "place.lat",
    "longitude": "place.lon",
    "websites": "source.url",
    "nom collectivite": COMMUNITY,
    "city": COMMUNITY,
}


def plain(name: str) -> str:
    """A name as names are compared: small letters without accents, one space between words."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare))


@cache
def catalogues() -> dict[str, dict[str, str]]:
    """Short name of a catalogue (IE, UB, …) → plain name of a column → path of the field."""
    text = files("exchange").joinpath("seeds/record-schema.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = {}
    for entry in yaml.load(text, Loader=LOADER)["entities"]["Practice"]["fields"]:  # noqa: S506 - a safe loader
        for catalogue, names in (entry.get("maps") or {}).items():
            for name in _names(names):
                path = SETTLED.get(name) or PARTS.get(entry["name"], entry["name"])
                if path:
                    found.setdefault(catalogue, {}).setdefault(name, path)
    return found


def _names(text: str) -> set[str]:
    """The names in a line of the schema; a name may itself have a comma in it."""
    bare = re.sub(r"\([^)]*\)", "", text)
    parts = [
        part for one in bare.split(",") for part in (one.split("/") if " " not in one.strip() else [one])
    ]
    return {plain(one) for one in (bare, *parts) if "=" not in one and plain(one)}
