"""The directory of an instance: made for whoever runs it alone, and `jumelage.toml` in it, written once."""

import json
import os
from pathlib import Path

from exchange.config import FILE


def make_room(data: Path) -> None:
    """Make the directory of an instance where there is none yet, for whoever runs it alone.

    The keys of its communities are in there, and perhaps passwords of its mail and its database.
    """
    data.parent.mkdir(parents=True, exist_ok=True)
    data.mkdir(mode=0o700, exist_ok=True)


def write(data: Path, **values: str | int | bool) -> Path:
    """Write `jumelage.toml` for a new instance; whoever wrote one before keeps theirs (FileExistsError)."""
    lines = ["# Settings of this Jumelage instance; docs/configuration.md explains them all."]
    # A JSON string, number or boolean is one in TOML as well.
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    path = data / FILE
    with open(path, "x", encoding="utf-8", opener=_privately) as file:
        file.write("\n".join(lines) + "\n")
    return path


def _privately(path: str, flags: int) -> int:
    """Passwords may stand in it: of the database, of the mail server."""
    return os.open(path, flags, 0o600)
