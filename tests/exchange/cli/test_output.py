"""A file is there whole or not at all, also where the room ends in the middle of it."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exchange.cli.output import write_whole


@contextmanager
def _little_room() -> Iterator[None]:
    """No file of this process may become longer than this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_what_was_there_stays_when_there_is_no_room(tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_bytes(b"the practices of last year")
    for file in (old, new):
        with _little_room(), pytest.raises(OSError, match=file.name):
            write_whole(file, b"x" * 5000)
    assert old.read_bytes() == b"the practices of last year"
    assert list(tmp_path.iterdir()) == [old]


def test_a_link_stays_a_link_and_who_may_read_the_file_still_may(tmp_path: Path) -> None:
    file, link = tmp_path / "one.csv", tmp_path / "link.csv"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to(file)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o640)


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, b"whole")
    assert os.read(reader, 100) == b"whole"
    os.close(reader)
