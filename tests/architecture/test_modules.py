"""Modules are short, open with a sentence, point downwards and leave nothing for later."""

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, modules, named, texts

# The parts of the product in which no web framework may be known, when they are there.
WITHOUT_WEB = (
    "models",
    "vocabulary",
    "catalogue",
    "arrivals",
    "indexing",
    "instance",
    "worker",
    "db",
    "config",
)
LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def test_imports_follow_the_arrows() -> None:
    command = "from importlinter.cli import lint_imports_command as lint; lint()"
    answer = subprocess.run(
        [sys.executable, "-c", command, "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_web_framework_is_kept_out_of_everything_below_the_pages() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    guarded = {module for contract in settings["contracts"] for module in contract.get("source_modules", ())}
    below = {"federation", "search"} | {
        f"exchange.{name}"
        for name in WITHOUT_WEB
        if (ROOT / "exchange" / name).is_dir() or (ROOT / "exchange" / f"{name}.py").is_file()
    }
    assert below <= guarded


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {named(path): len(path.read_text().splitlines()) for path in modules(*PACKAGES, "tests")}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_the_median_module_fits_on_two_screens() -> None:
    lengths = [len(path.read_text().splitlines()) for path in modules()]
    assert 40 <= statistics.median(lengths) <= 130


def test_no_room_is_crowded() -> None:
    rooms = Counter(path.parent for path in modules() if path.name != "__init__.py")
    assert {named(room): n for room, n in rooms.items() if n > 24} == {}


def test_every_map_of_a_package_names_all_its_rooms() -> None:
    unnamed = []
    for package in ("exchange/web", "exchange/catalogue", "federation", "search"):
        told = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text())) or ""
        rooms = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
        unnamed += [f"{package}/{room}" for room in rooms if f"{room}/" not in told]
    assert unnamed == []


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_every_module_opens_with_a_sentence(package: str) -> None:
    mute = []
    for path in filter(Path.read_text, modules(package)):
        docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
        first = docstring.split("\n\n")[0].replace("\n", " ")
        if not re.fullmatch(r"[\"“`A-Z0-9].{15,}[.?!…]", first):
            mute.append(named(path))
    assert mute == []


def test_every_exception_says_what_it_means() -> None:
    mute = [
        f"{named(path)}: {node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        and any(
            isinstance(base, ast.Name) and base.id.endswith(("Error", "Exception")) for base in node.bases
        )
        and not ast.get_docstring(node)
    ]
    assert mute == []


def test_modules_with_tables_evaluate_their_annotations() -> None:
    # SQLModel reads them while the class is made; postponed, it would see strings.
    postponed = [
        named(path)
        for path in modules()
        if "table=True" in path.read_text() and "from __future__ import annotations" in path.read_text()
    ]
    assert postponed == []


def test_what_takes_long_to_load_is_loaded_when_it_is_asked_for() -> None:
    # Time and memory that every instance would pay for what most of them are seldom asked.
    heavy = {"rdflib", "prometheus_client"}
    graphs = {"graphs", "skos", "dcat", "dcat_dataset"}  # of the vocabulary; nothing else is made of rdflib
    early = []
    for path in modules():
        if path.stem in graphs and path.parent.name == "vocabulary":
            continue
        for node in ast.parse(path.read_text()).body:
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            told = getattr(node, "names", ()) if isinstance(node, ast.Import | ast.ImportFrom) else ()
            names = [module, *(alias.name for alias in told)]
            if heavy & {name.split(".")[0] for name in names} or (
                "vocabulary" in module and graphs & {name.split(".")[-1] for name in names}
            ):
                early.append(f"{named(path)}:{node.lineno}")
    assert early == []


def test_nothing_is_left_for_later() -> None:
    patterns = [
        f"{top}/**/*.{kind}" for top in (*PACKAGES, "tests", "docs") for kind in ("py", "html", "md", "css")
    ]
    left = [
        f"{named(path)}: {line.strip()}"
        for path in texts(*patterns, "*.md", "run", ".ci/run")
        for line in path.read_text().splitlines()
        if LATER.search(line)
    ]
    assert left == []


def test_no_page_calls_a_practice_the_best() -> None:
    # What is good in one town is judged by the next one; the product does not award titles.
    pages = texts("exchange/templates/**/*", "exchange/web/**/*.py", "exchange/translations/**/*.po")
    assert [named(path) for path in pages if re.search(r"best[ -]practice", path.read_text(), re.I)] == []
