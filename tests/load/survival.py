"""An index whose writer is killed again and again, whose directory is taken away, and whose disk is full."""

import subprocess
import sys
import time
from pathlib import Path

from tests.load.figures import Figure
from tests.search.test_opening import FULL, kill_repeatedly

ROOT = Path(__file__).parents[2]
KEPT = ("tantivy", "whoosh")


def measure(place: Path, kills: int) -> list[Figure]:
    """Every kill is followed by a look at the index from another process; AssertionError says what was wrong."""
    figures = []
    for kind in KEPT:
        began = time.perf_counter()
        commits = kill_repeatedly(kind, kills, place / f"survival-{kind}")
        note = f"{commits} commits; the last one was whole each time, {time.perf_counter() - began:.0f} s"
        figures.append(Figure(f"{kind}, kill -9 during commits", kills, "", note=note))
        answer = subprocess.run(
            [sys.executable, "-c", FULL, kind, str(place / f"full-{kind}")],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        )
        kept = answer.stdout.splitlines()[-1] == "True"
        assert kept, answer.stdout
        figures.append(Figure(f"{kind}, no room to write: the old index answers, then it recovers", 1, ""))
    return figures
