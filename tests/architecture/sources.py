"""Where the code and the texts of this checkout are, for the tests that read them."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("federation", "search", "exchange")


def modules(*packages: str) -> list[Path]:
    """The Python files of the given packages, of all three by default.

    Migrations are left out: each records one step of the tables, and nobody edits it afterwards.
    """
    found = (path for package in packages or PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in found if not {"__pycache__", "versions"} & set(path.parts))


def texts(*patterns: str) -> list[Path]:
    """The files of the product that match one of the patterns, without what others wrote."""
    found = (path for pattern in patterns for path in ROOT.glob(pattern))
    return sorted({path for path in found if "vendor" not in path.parts and path.is_file()})


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))
