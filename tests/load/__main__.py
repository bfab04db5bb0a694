"""`./run bench`: two instances on this machine are measured, and the figures printed."""

import argparse
import json
import tempfile
import time
from pathlib import Path

from tests.load import measurements
from tests.load.town import Town, until

IDLE = 3.0  # seconds that an instance is left alone before its memory is read


def main() -> None:
    """Measure, and print one line for each figure, or everything as JSON."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument(
        "--practices", type=int, default=200, metavar="N", help="how many are exchanged (200)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jumelage-bench-") as name:
        figures = _measure(Path(name), chosen.practices)
    if chosen.json:
        print(json.dumps(figures, indent=2))
        return
    for title, value in figures.items():
        print(f"{title:<58}{value:>10.1f}")


def _measure(place: Path, count: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    with Town(place, "arvieu") as arvieu, Town(place, "ulm") as ulm:
        time.sleep(IDLE)
        figures["memory of an idle instance, MiB"] = ulm.memory()
        ulm.command("peer", "follow", f"{arvieu.origin}/actor")
        arvieu.publish(measurements.records(1)[0])
        until(lambda: ulm.search()["total"] == 1, "the follow did not take", every=0.1)
        way = measurements.latency(arvieu, ulm, 20)
        figures["publish to the hit in a peer's search, ms, median"] = way["p50"] * 1000
        figures["publish to the hit in a peer's search, ms, 95 of 100"] = way["p95"] * 1000
        figures["practices exchanged in a burst, per second"] = measurements.exchange(arvieu, ulm, count)
        arrived = measurements.inbox(arvieu, ulm, count)
        figures["activities accepted by the inbox, per second"] = arrived["accepted"]
        figures["activities accepted and handled, per second"] = arrived["handled"]
        storm = measurements.farewells(arvieu, ulm, 1450)
        figures["1,450 farewells of unknown actors, ms each, 95 of 100"] = storm["p95"] * 1000
        figures["practices in the index"] = float(ulm.search()["total"])
        page = measurements.search(ulm, 200)
        figures["search, a page with its facets, ms, median"] = page["p50"] * 1000
        figures["search, a page with its facets, ms, 95 of 100"] = page["p95"] * 1000
        figures["memory of an instance after all this, MiB"] = ulm.memory()
    return figures


if __name__ == "__main__":
    main()
