"""How long it takes to compare one community with ten thousand, and with every local unit of a table as large as Europe's."""

import time

from exchange.catalogue.communities import likeness
from exchange.catalogue.communities.likeness.attributes import values
from exchange.catalogue.communities.likeness.table import Table
from tests.load.figures import Figure, spread


def places(count: int) -> Table:
    """Made-up places whose values vary about as much as those of real ones."""
    rows = []
    for n in range(count):
        people, area = 50 + n * n % 900_001, 1 + n % 4001
        degurba = "dg-1" if people > 50_000 else "dg-2" if people / area > 300 else "dg-3"
        columns = {"population": people, "degurba": degurba, "country": ("FR", "DE", "IT", "EL")[n % 4]}
        profile = {"areaKm2": area, "coastal": n % 5 == 0, "topography": [("tp-plain", "tp-hills")[n % 2]]}
        rows.append((n, "", values(columns, profile)))
    return Table(rows)


def measure(times: int) -> list[Figure]:
    """The time of the processor, so that what else runs on the machine does not count."""
    figures = []
    for count, aim in ((10_000, "< 50"), (100_000, "")):
        table = places(count)
        took = []
        for number in range(times):
            own = table.row(number * 37 % count)
            began = time.process_time()
            likeness.like(own, table, likeness.WEIGHTS, limit=10)
            took.append(time.process_time() - began)
        half, most = spread(took)
        figures.append(Figure(f"compared with {count:,}, ten nearest, median", half * 1000, "ms", aim=aim))
        figures.append(Figure(f"compared with {count:,}, ten nearest, p95", most * 1000, "ms"))
    return figures
