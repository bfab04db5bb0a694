"""An instance in a process that dies at a chosen point: SIGKILL, from within, in the middle of a piece of work.

The product knows nothing of it. A server process that has imported everything forks each instance, so that
one lives again a moment after it died; in the fork, one function is replaced by a trap around itself.
"""

import functools
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests

from exchange import schema
from exchange.catalogue.communities import community
from exchange.cli import cli
from exchange.db import Database
from exchange.instance import Instance
from federation.arriving import inbox, judging
from federation.leaving import delivery
from federation.neighbours import followers
from federation.others import client
from tests.load.town import free_port, until

# name → (where the function lives, its name, whether the process dies before or after it ran)
TRAPS: dict[str, tuple[Any, str, bool]] = {
    "committed, not yet taken up": (delivery, "_settle_and_take", False),
    "taken up, not yet posted": (client.Client, "post", False),
    "answered, not yet written down": (client.Client, "post", True),
    "stored by the receiver, not yet answered": (inbox, "receive", True),
    "judged by the receiver, not yet committed": (judging, "_judge", True),
}
OF_THE_SENDER = tuple(TRAPS)[:3]

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(["tests.load.mortal", "exchange.app", "exchange.cli.running"])


class Mortal:
    """One instance with one community of its name, which lives, dies and lives again over the same data."""

    def __init__(self, place: Path, name: str, database_url: str = "") -> None:
        self.name, self.data = name, place / name
        self.port = free_port()
        self.origin = f"http://{name}.localhost:{self.port}"
        if not database_url:
            place.mkdir(parents=True, exist_ok=True)
            database_url = f"sqlite:///{place / name}.sqlite"
            schema.create(fresh := Database(database_url))
            fresh.close()
        settings = {"listen": f"127.0.0.1:{self.port}", "log": "error", "lab": True, "inbox_rate": 0}
        self.instance = Instance.over(database_url, self.data, origin=self.origin, name=name, **settings)
        self.database = self.instance.database
        with self.database.writing() as session:
            self.owner = community.found(session, self.origin, slug=name, name=name, country="FR")
        self.life: Any = None
        self.deaths = 0

    def follow(self, other: "Mortal") -> None:
        """Its instance follows the other's; the question leaves when it lives."""
        node = self.instance.node
        with self.database.writing() as session:
            target = other.instance.node.instance_actor
            followers.follow(session, node, local_actor=node.instance_actor, target_actor=target)

    def live(self, trap: str = "", times: int = 1) -> None:
        """Serve and work; with a trap, only until that point has been passed for the `times`-th time."""
        words = ["--data", str(self.data), "serve"]
        self.life = _nursery.Process(target=_live, args=(words, self.instance.settings.database, trap, times))
        self.life.start()
        until(self._answers, f"{self.name} does not start", every=0.02)

    def _answers(self) -> bool:
        if not self.life.is_alive():
            return True  # it has died already, as it was to
        try:
            headers = {"Host": self.origin.removeprefix("http://")}
            url = f"http://127.0.0.1:{self.port}/healthz"
            return requests.get(url, headers=headers, timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def is_dead(self) -> bool:
        """Whether the trap has closed. An end of another kind is an error."""
        code = self.life.exitcode
        assert code in (None, -signal.SIGKILL), f"{self.name} ended with {code}"
        self.deaths += code is not None
        return code is not None

    def kill(self) -> None:
        self.life.kill()
        self.life.join(10)

    def end(self) -> None:
        if self.life is not None and self.life.is_alive():
            self.life.terminate()
            self.life.join(10)
            if self.life.is_alive():
                self.kill()
        self.instance.close()


def _live(words: list[str], database: str, trap: str, times: int) -> None:
    os.environ["JUMELAGE_DATABASE"] = database
    os.environ["JUMELAGE_LAB"] = "1"
    if trap:
        where, name, after = TRAPS[trap]
        setattr(where, name, _trapped(getattr(where, name), times, after))
    sys.argv[1:] = words
    cli(words, prog_name="jumelage")


def _trapped(function: Callable[..., Any], times: int, after: bool) -> Callable[..., Any]:
    left, lock = [times], threading.Lock()

    @functools.wraps(function)
    def trapped(*args: Any, **more: Any) -> Any:
        result = function(*args, **more) if after else None
        with lock:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return result if after else function(*args, **more)

    return trapped
