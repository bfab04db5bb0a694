"""A small table of local units: the seeds' own places as they describe themselves, and a few that adopted from them."""

import csv
import io
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.rig import SEEDS

_ROOT = Path(__file__).parents[3]
# Eurostat's own table, which is not part of this project, where it lies beside the checkout.
REAL = next(
    (
        table
        for beside in (_ROOT.parent, _ROOT.parents[1])
        if (table := beside / "shared/domain/lau-2019.csv.gz").exists()
    ),
    None,
)
HEADER = (
    "country,lau_code,name,name_latin,nuts3_2016,population,area_m2,degurba,coastal,city_id,city_name,"
    "fua_id,fua_name"
)
# Places that took up practices of the seeds: their codes here are our own, the kind of place is a fact.
ADOPTERS = (
    ("BE", "x-liege", "Liège", 197355, 1, "city"),
    ("ES", "x-gava", "Gavà", 46705, 1, "commuting"),
    ("PL", "x-wroclaw", "Wrocław", 640648, 1, "city"),
    ("DE", "x-detmold", "Detmold, Stadt", 74388, 2, ""),
    ("DE", "x-michendorf", "Michendorf", 13000, 3, "commuting"),
)


@cache
def seeds() -> dict[str, dict[str, Any]]:
    """The communities of the seeds by short name."""
    told = yaml.safe_load(SEEDS.read_text(encoding="utf-8"))
    return {c["id"]: c for c in told["communities"]}


def table(*slugs: str, more: tuple[str, ...] = (), adopters: bool = False) -> str:
    """The table with these communities of the seeds (all of one unit when none are named)."""
    out = io.StringIO()
    lines = csv.writer(out)
    for slug, c in seeds().items():
        if (slugs and slug not in slugs) or len(c["lau"]) != 1:
            continue
        fua = c.get("fua") or {}
        lines.writerow(
            [
                c["country"], c["lau"][0]["code"], c["lau"][0]["name"], "", c["nuts3"]["code"],
                c["population"]["value"], round(c.get("area_km2", 0) * 1e6) or "", c["degurba"][-1],
                "yes" if c["coastal"] else "no", "X" if fua and c["degurba"] == "dg-1" else "", "",
                fua.get("code", ""), fua.get("name", ""),
            ]
        )  # fmt: skip
    for country, code, name, people, degurba, role in ADOPTERS if adopters else ():
        city, fua_id = ("X" if role == "city" else ""), ("F" if role else "")
        lines.writerow([country, code, name, "", "X1", people, "", degurba, "no", city, "", fua_id, ""])
    return "\n".join([HEADER, *out.getvalue().splitlines(), *more, ""])
