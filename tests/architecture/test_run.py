"""The script `run` is understood by the plainest shell, and its help lists what it can do."""

import re
import shutil
import subprocess

import pytest

from tests.architecture.sources import ROOT

RUN = ROOT / "run"


@pytest.mark.parametrize("shell", ["dash", "bash", "sh"])
def test_the_script_is_valid_in(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    assert subprocess.run([shell, "-n", RUN], check=False).returncode == 0


def test_the_help_lists_every_verb() -> None:
    text = RUN.read_text()
    verbs = set(re.findall(r"^([a-z]+)\)$", text[text.index("case $verb in") :], re.M))
    answer = subprocess.run([RUN, "help"], capture_output=True, text=True, check=True).stdout
    assert verbs | {"help"} == set(re.findall(r"^ *\./run ([a-z]+) ", answer, re.M))


def test_an_unknown_verb_is_refused_with_a_sentence() -> None:
    answer = subprocess.run([RUN, "dance"], capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert "dance" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_later_start_does_nothing_but_compare_the_lock(tmp_path) -> None:
    # A checkout whose environment already holds its lock, with a stand-in for the interpreter.
    for name in ("run", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "requirements.lock", tmp_path / ".venv" / "holds")
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    answer = subprocess.run(
        [tmp_path / "run", "jumelage", "search", "two words"], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "-m exchange search two words\n"
    assert answer.stderr == ""


def test_an_old_python_is_refused_with_a_sentence(tmp_path) -> None:
    for name in ("run", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    answer = subprocess.run(
        [tmp_path / "run", "jumelage"],
        env={"PYTHON": str(old), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    assert "Python 3.11 or newer is needed" in answer.stderr
