"""Files taken in by commands: progress while they are read, and a report record by record."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from exchange.catalogue.communities import reference
from exchange.catalogue.files.imports import Report
from exchange.cli.base import fail, gettext, opened
from exchange.cli.output import print_json, progress, say
from exchange.instance import Instance
from exchange.messages import Problem

Take = Callable[[Instance, Callable[[int, int], None]], Report]


def taken_in(file: Path, take: Take, as_json: bool) -> None:
    """Read `file` with `take` and say what became of each record; fails when one was refused."""
    if not file.is_file():
        fail(f"There is no file {file}.")
    with opened() as instance, progress(f"Reading {file.name}") as steps:
        report = take(instance, lambda done, total: steps.to(done, total))
        while instance.index_once():
            pass
    if as_json:
        print_json(_data(report))
    else:
        for line in _lines(report):
            say(line)
    _tell_refused(report.refused)


def _tell_refused(refused: list[tuple[str, list[Problem]]]) -> None:
    for name, problems in refused:
        for problem in problems:
            where = f"{name}, {problem.path}" if problem.path else name
            click.echo(f"{where}: {problem.message.render(gettext())}", err=True)
    if refused:
        many = len(refused)
        fail(f"{many} record{'s were' if many > 1 else ' was'} refused; everything else is in.")


def reference_taken_in(file: Path, year: int, as_json: bool) -> None:
    """Read a table of local units as what communities are compared with; fails when a line was refused."""
    with opened() as instance, progress(f"Reading {file.name}") as steps:
        taken = reference.import_reference(
            instance.database, file, year=year, progress=lambda done, total: steps.to(done, total)
        )
    counts = {name: getattr(taken, name) for name in ("new", "changed", "unchanged", "older")}
    if as_json:
        print_json({"year": year, **counts, "refused": _refused(taken.refused)})
    else:
        for name, number in counts.items():
            if number:
                say(f"{number} unit{'' if number == 1 else 's'} of {year} {_FATES[name]}")
    _tell_refused(taken.refused)


_FATES = {"new": "new", "changed": "changed", "unchanged": "unchanged", "older": "known from a later year"}


def _lines(report: Report) -> list[str]:
    counted = (
        ("community", "communities", "new", report.communities_created),
        ("practice", "practices", "new", report.entered),
        ("practice", "practices", "changed", report.updated),
        ("practice", "practices", "unchanged", report.unchanged),
        ("adoption", "adoptions", "new", report.adoptions_entered),
        ("adoption", "adoptions", "changed", report.adoptions_updated),
        ("adoption", "adoptions", "unchanged", report.adoptions_unchanged),
        ("record", "records", "refused", report.refused),
    )
    lines = [
        f"{len(names)} {one if len(names) == 1 else many} {fate}"
        for one, many, fate, names in counted
        if names
    ]
    return lines or ["Nothing in this file was for here."]


def _refused(refused: list[tuple[str, list[Problem]]]) -> list[dict[str, Any]]:
    render = gettext()
    return [
        {"record": name, "errors": [{"path": p.path, "message": p.message.render(render)} for p in problems]}
        for name, problems in refused
    ]


def _data(report: Report) -> dict[str, Any]:
    return {
        "entered": report.entered,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "communities_created": report.communities_created,
        "adoptions_entered": report.adoptions_entered,
        "adoptions_updated": report.adoptions_updated,
        "adoptions_unchanged": report.adoptions_unchanged,
        "refused": _refused(report.refused),
    }
