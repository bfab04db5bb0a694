"""The locks pin every package by its hash, and name no place to fetch it from."""

import json
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import ROOT

BOVINE = "tests/interop/requirements-bovine.lock"
LOCKS = ["requirements.lock", "requirements-test.lock", "requirements-uv.lock", BOVINE]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pins(lock: str) -> list[Requirement]:
    lines = re.findall(r"^([a-z0-9][^\\\n]*?) *\\$", (ROOT / lock).read_text(), re.M)
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert re.findall(r"https?:|file:|git\+|--(?:extra-)?index-url|--find-links|@ ", text) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_is_exact_and_has_a_hash(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / lock).read_text())[1:]
    assert len(entries) == len(pins(lock)) > 0
    assert [
        entry for entry in entries if "==" not in entry.split("\n")[0] or "--hash=sha256:" not in entry
    ] == []


def test_the_lock_for_tests_contains_the_other_one() -> None:
    # ./run starts the product from the environment of the tests when there is one. A marker may be wider
    # there, where something else asks for the package too.
    small, large = ({(pin.name, str(pin.specifier)) for pin in pins(lock)} for lock in LOCKS[:2])
    assert small <= large


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"]),
        ("requirements-test.lock", PROJECT["dependency-groups"]["test"]),
        ("requirements-uv.lock", PROJECT["dependency-groups"]["uv"]),
        (BOVINE, (ROOT / BOVINE).with_suffix(".in").read_text().split()),
    ],
)
def test_a_lock_holds_what_the_project_asks_for(lock: str, wanted: list[str]) -> None:
    pinned: dict[str, list[str]] = {}
    for pin in pins(lock):
        pinned.setdefault(canonicalize_name(pin.name), []).append(str(pin.specifier).removeprefix("=="))
    unmet = [
        text
        for text in wanted
        if not any(
            Requirement(text).specifier.contains(version)
            for version in pinned.get(canonicalize_name(Requirement(text).name), ())
        )
    ]
    assert unmet == []


def test_the_lock_of_the_peer_on_fedify_is_exact_and_names_no_place() -> None:
    place = ROOT / "tests" / "interop" / "fedify"
    wanted = json.loads((place / "package.json").read_text())["dependencies"]
    packages = json.loads((place / "package-lock.json").read_text())["packages"]
    del packages[""]
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, package in packages.items() if "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
