"""`./run bench`: instances in processes of their own are measured on this machine, and the figures printed.

docs/measuring.md says what each figure means.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from federation.ledger import budgets
from search.opening import KINDS
from tests.load import (
    agreement,
    baselines,
    engines,
    fanout,
    kills,
    likeness,
    measurements,
    pages,
    relevance,
    survival,
)
from tests.load.figures import Figure, plain, table
from tests.load.town import Town, until


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    way: int
    burst: int
    inbox: int
    pages: int
    backfill: int
    documents: tuple[int, ...]
    questions: int
    kills: int


QUICK = Size(10, 100, 600, 100, 500, (2_000, 10_000, 100_000), 2_000, 10)
LARGE = Size(50, 1_000, 5_000, 500, 10_000, (2_000, 10_000, 100_000, 1_000_000), 20_000, 40)
KILLED = 1_000  # activities, however large the rest is
PARTS = (
    "baseline",
    "idle",
    "way",
    "inbox",
    "fanout",
    "backfill",
    "kills",
    "likeness",
    "agreement",
    "survival",
    "relevance",
    "pages",
    "search",
)
ALONE = {
    "kills",
    "likeness",
    "agreement",
    "survival",
    "relevance",
    "pages",
    "search",
}  # what needs no instance


def main() -> None:
    """Measure what was asked for, and print a table or JSON."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__.split("\n")[0])
    parser.add_argument("--large", action="store_true", help="more of everything; takes about half an hour")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--only",
        choices=PARTS,
        action="append",
        metavar="PART",
        help=f"one of {', '.join(PARTS)}; repeatable",
    )
    parser.add_argument(
        "--documents", type=int, action="append", metavar="N", help="how many the engines hold; repeatable"
    )
    parser.add_argument(
        "--engine", choices=(*KINDS, "opensearch"), action="append", help="measure only this one; repeatable"
    )
    chosen = parser.parse_args()
    size = LARGE if chosen.large else QUICK
    if chosen.documents:
        size = replace(size, documents=tuple(chosen.documents))
    kinds = tuple(chosen.engine or (*KINDS, *(["opensearch"] if engines.SERVER in os.environ else [])))
    with tempfile.TemporaryDirectory(prefix="jumelage-bench-") as name:
        parts = measure(Path(name), size, set(chosen.only or PARTS), kinds)
    print(json.dumps(plain(parts), indent=2, ensure_ascii=False) if chosen.json else "\n".join(table(parts)))


def measure(place: Path, size: Size, wanted: set[str], kinds: tuple[str, ...]) -> dict[str, list[Figure]]:
    """Every figure, by part; the parts in between follow each other on the same two instances."""
    parts: dict[str, list[Figure]] = {}

    def part(name: str, title: str, *measured: Callable[[], list[Figure]]) -> None:
        if name in wanted:
            began = time.perf_counter()
            parts[title] = [figure for one in measured for figure in one()]
            print(f"{title}: {time.perf_counter() - began:.0f} s", file=sys.stderr)

    if wanted - ALONE:
        floor = baselines.measure(place)
        part("baseline", "What this machine can do", floor.figures)
        # Nobody is told to come again later: what is measured is what it can do, not what it allows.
        with Town(place, "arvieu", inbox_rate=0) as arvieu, Town(place, "ulm", inbox_rate=0) as ulm:
            part("idle", "An instance alone", lambda: measurements.idle(ulm))
            ulm.command("peer", "follow", f"{arvieu.origin}/actor")
            arvieu.publish_many(measurements.records(40))
            until(lambda: ulm.search()["total"] == 40, "the follow did not take", every=0.1)
            part(
                "way",
                "From one instance to another",
                lambda: measurements.way(arvieu, ulm, size.way),
                lambda: measurements.burst(arvieu, ulm, size.burst),
                lambda: measurements.pages(ulm, size.pages),
            )
            part("inbox", "The inbox", lambda: measurements.inbox(arvieu, ulm, size.inbox, floor))
            if "inbox" in wanted:
                with Town(place, "saillans", inbox_rate=budgets.RATE) as guarded:
                    part("inbox", "Storms", lambda: measurements.storms(arvieu, ulm, guarded))
            part(
                "inbox",
                "The instance after all this",
                lambda: [Figure("resident memory", ulm.memory(), "MiB")],
            )
        if "fanout" in wanted:
            with Town(place, "loos") as loos:
                part("fanout", "One to many", lambda: fanout.measure(loos))
        if "backfill" in wanted:
            with Town(place, "hub") as hub, Town(place, "origin", inbox_rate=0) as origin:
                part(
                    "backfill", "A whole catalogue", lambda: measurements.backfill(origin, hub, size.backfill)
                )
    part("kills", "Killed between save and send", lambda: kills.measure(place, KILLED))
    part("likeness", "Places like one", lambda: likeness.measure(size.pages))
    part("agreement", "The engines and the oracle", lambda: agreement.measure(place, size.questions))
    part("survival", "Killed and full", lambda: survival.measure(place, size.kills))
    part("pages", "Pages, at 20,000 practices", lambda: pages.measure(place, size.pages))
    part("relevance", "How good the answers are", lambda: relevance.measure(place, kinds))
    part(
        "search",
        "The search engines",
        *(
            lambda count=count: engines.measure(
                place, count, kinds, size.pages, rivals=count <= engines.RIVALS_UP_TO and len(kinds) > 1
            )
            for count in size.documents
        ),
    )
    return parts


if __name__ == "__main__":
    main()
