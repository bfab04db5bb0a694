"""What changed between two versions of a record, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange.vocabulary.record import PracticeRecord

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
FIELDS = [info.alias or name for name, info in PracticeRecord.model_fields.items()]
PARTS = {"engagement", "inclusion", "procurement", "cost", "dataProtection", "replication"}


@dataclass(frozen=True)
class Change:
    """One field that is not what it was; `field` is dotted inside of a part, as in `cost.class`."""

    field: str
    before: Any
    after: Any

    @property
    def kind(self) -> str:
        if self.before is None:
            return ADDED
        return REMOVED if self.after is None else CHANGED


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The fields that differ, in the order of the record; a value that is not there is None."""
    old, new = flat(before), flat(after)
    names = sorted(old.keys() | new.keys(), key=_place)
    return [Change(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record, those of its parts by their dotted names."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        if name in PARTS and isinstance(value, dict):
            found |= {f"{name}.{inner}": part for inner, part in value.items()}
        else:
            found[name] = value
    return found


def _place(name: str) -> tuple[int, str]:
    first = name.partition(".")[0]
    return (FIELDS.index(first) if first in FIELDS else len(FIELDS), name)
