"""The settings as they stand now: what is said anew on one process reaches all others of the instance."""

import json
import logging
import os
import re
import threading
import time
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from exchange import config
from exchange.config import ConfigurationError, Settings

LIVE = (
    "name",
    "contact",
    "languages",
    "colour",
    "crest",
    "enforcement",
    "tiles",
    "tiles_credit",
)  # what pages say of the site
EVERY = 1.0  # seconds between two looks at the file
log = logging.getLogger(__name__)


class Telling:
    """The settings of an instance and the file that they stand in.

    A browser changes them in one process of perhaps several, an editor in none. So the file is looked at
    again, at most once a second, and what changed in it of `LIVE` holds from then on. The rest (ports,
    databases, engines) is what a process was built from, and waits for its next start. A file that cannot
    be used any more changes nothing, and the log says why.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._path = settings.data / config.FILE
        self._seen = self._stamp()
        self._told = self._read() or {}
        self._due = time.monotonic() + EVERY
        self._changing = threading.Lock()

    def now(self) -> Settings:
        """The settings, with what the file said a second ago at the latest."""
        moment = time.monotonic()
        if moment >= self._due:
            self._due = moment + EVERY
            stamp = self._stamp()
            if stamp != self._seen:
                self._seen = stamp
                self._take_in()
        return self.settings

    def change(self, **values: str) -> None:
        """Say some settings anew, in the file and at once; what else stands there, comments included, stays.

        ConfigurationError when a value does not hold, or the file is written in a way that this cannot
        follow; then nothing is changed.
        """
        with self._changing:  # of two who change at once the second one reads what the first has written
            self._change(values)

    def _change(self, values: dict[str, str]) -> None:
        checked = config.load(self.settings.data, **values)
        before = self._path.read_text(encoding="utf-8")
        lines = before.splitlines()
        for key, value in values.items():
            line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
            at = next((n for n, old in enumerate(lines) if re.match(rf"{key}\s*=", old)), len(lines))
            lines[at : at + 1] = [line]
        text = "\n".join(lines) + "\n"
        try:
            understood = tomllib.loads(text) == tomllib.loads(before) | values
        except tomllib.TOMLDecodeError:
            understood = False
        if not understood:
            raise ConfigurationError(f"{self._path} has to be changed by hand: {', '.join(values)}.")
        _replace(self._path, text)
        self._take(checked, values)

    def _take_in(self) -> None:
        before, now = self._told, self._read()
        if now is None:
            return
        self._told = now
        changed = [key for key in LIVE if before.get(key) != now.get(key)]
        if not changed:
            return
        try:
            self._take(config.load(self.settings.data), changed)
        except ConfigurationError as error:
            self._told = before
            log.warning("The settings stay as they were: %s", error)

    def _take(self, checked: Settings, keys: Iterable[str]) -> None:
        self.settings = self.settings.model_copy(update={key: getattr(checked, key) for key in keys})

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> dict[str, Any] | None:
        try:
            return tomllib.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            log.warning("%s cannot be read: %s", self._path, error)
            return None


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    mode = path.stat().st_mode & 0o777
    part.unlink(missing_ok=True)
    try:
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            file.write(text)
        part.chmod(mode)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
