"""The backups that an instance keeps in its own directory, and the memory of when the last one was made, wherever.

They lie where nothing is served from, readable to the owner of the process alone: the keys of all communities
are in them.
"""

import json
import re
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from exchange import backup
from exchange.config import Settings
from exchange.messages import N_, NotFound

DIRECTORY, LAST = "backups", "last.json"
_NAME = re.compile(r"[\w.-]+\.backup")
ABANDONED = 6 * 3600  # seconds without a change, after which nobody is still writing a file


@dataclass(frozen=True)
class Kept:
    """One backup: the file, when it was made, its size in bytes, and whether it is in the instance's own directory."""

    file: str
    at: datetime
    size: int
    here: bool = True


def make(settings: Settings) -> Kept:
    """One backup more, now. Raises OSError when there is no room; then no file is left."""
    place = _place(settings)
    place.mkdir(mode=0o700, exist_ok=True)
    for part in place.glob("*.part"):
        if time.time() - part.stat().st_mtime > ABANDONED:
            part.unlink(missing_ok=True)
    host = re.sub(r"[^\w.-]", "-", settings.host)
    name, again = f"{host}-{datetime.now(UTC):%Y-%m-%d-%H%M%S}", 1
    while (file := place / f"{name}{f'-{again}' if again > 1 else ''}.backup").exists():
        again += 1
    backup.backup(settings, file)
    return remember(settings, file)


def remember(settings: Settings, file: Path) -> Kept:
    """Note that a backup was made, be it here or elsewhere."""
    place = _place(settings)
    place.mkdir(mode=0o700, exist_ok=True)
    here = file.absolute().parent == place
    made = Kept(file.name if here else str(file.absolute()), datetime.now(UTC), file.stat().st_size, here)
    part = place / f"{LAST}.part"
    try:
        part.write_text(json.dumps(asdict(made) | {"at": made.at.isoformat()}), encoding="utf-8")
        part.replace(place / LAST)
    finally:
        part.unlink(missing_ok=True)
    return made


def last(settings: Settings) -> Kept | None:
    """The backup that was made last, as far as this instance knows."""
    try:
        told = json.loads((_place(settings) / LAST).read_text(encoding="utf-8"))
        return Kept(**(told | {"at": datetime.fromisoformat(told["at"])}))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def kept(settings: Settings) -> list[Kept]:
    """The backups in the instance's own directory, the newest first."""
    found = []
    for file in _place(settings).glob("*.backup"):
        with suppress(OSError):
            told = file.stat()
            found.append(Kept(file.name, datetime.fromtimestamp(told.st_mtime, UTC), told.st_size))
    return sorted(found, key=lambda one: (one.at, one.file), reverse=True)


def path(settings: Settings, name: str) -> Path:
    """Where one of them lies; NotFound for whatever is none of them."""
    if not _NAME.fullmatch(name) or name not in {one.file for one in kept(settings)}:
        raise NotFound(N_("There is no such backup here."))
    return _place(settings) / name


def discard(settings: Settings, name: str) -> None:
    """Throw one away."""
    path(settings, name).unlink(missing_ok=True)


def _place(settings: Settings) -> Path:
    return settings.data / DIRECTORY
