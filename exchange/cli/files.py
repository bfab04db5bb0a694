"""Files taken in by commands: progress while they are read, and a report record by record."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from exchange.catalogue.imports import Report
from exchange.cli.base import fail, gettext, opened
from exchange.cli.output import print_json, progress, say
from exchange.instance import Instance

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
    for name, problems in report.refused:
        for problem in problems:
            where = f"{name}, {problem.path}" if problem.path else name
            click.echo(f"{where}: {problem.message.render(gettext())}", err=True)
    if report.refused:
        many = len(report.refused)
        fail(f"{many} record{'s were' if many > 1 else ' was'} refused; everything else is in.")


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


def _data(report: Report) -> dict[str, Any]:
    render = gettext()
    return {
        "entered": report.entered,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "communities_created": report.communities_created,
        "adoptions_entered": report.adoptions_entered,
        "adoptions_updated": report.adoptions_updated,
        "adoptions_unchanged": report.adoptions_unchanged,
        "refused": [
            {
                "record": name,
                "errors": [{"path": p.path, "message": p.message.render(render)} for p in problems],
            }
            for name, problems in report.refused
        ],
    }
