"""Whatever goes wrong, a command says it in a sentence and ends with 1 or 2."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from exchange import version
from exchange.cli import cli
from exchange.cli.base import sentence
from exchange.config import load
from exchange.instance import Instance
from search import opening
from tests.exchange.cli.conftest import Operator

READING = [
    ("community", "list"), ("practice", "list"), ("search", "x"), ("journal",), ("queue",),
    ("index", "status"), ("peer", "list"), ("inspect", "x"), ("doctor", "--offline"),
]  # fmt: skip


def _leaves(group: click.Group, *before: str) -> Any:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _leaves(command, *before, name)
        else:
            yield (*before, name), command


LEAVES = [(words, command) for words, command in _leaves(cli) if words[0] not in ("demo", "serve", "worker")]


@pytest.mark.parametrize("words", READING)
def test_where_there_is_no_instance_nothing_is_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for place in (empty, tmp_path / "missing"):
        Operator(place).types(*words, status=1)
    assert list(empty.iterdir()) == []
    assert not (tmp_path / "missing").exists()


def test_a_database_that_is_not_where_the_settings_say_is_no_missing_instance(operator: Operator) -> None:
    for file in operator.data.glob("jumelage.sqlite*"):
        file.unlink()
    said = operator.types("queue", status=1).stderr
    assert f"the database {operator.data}/jumelage.sqlite is not" in said
    assert "JUMELAGE_DATABASE" in said
    assert "jumelage init" not in said


@pytest.mark.parametrize("words", READING)
def test_a_damaged_database_is_named(operator: Operator, words: tuple[str, ...]) -> None:
    for leftover in operator.data.glob("jumelage.sqlite*"):
        leftover.unlink()
    (operator.data / "jumelage.sqlite").write_bytes(b"this was a database once" * 1000)
    result = operator.types(*words, status=1)
    assert "damaged" in result.output


@pytest.mark.parametrize("words", READING)
def test_an_empty_database_is_not_taken_for_an_instance(operator: Operator, words: tuple[str, ...]) -> None:
    for leftover in operator.data.glob("jumelage.sqlite*"):
        leftover.unlink()
    sqlite3.connect(operator.data / "jumelage.sqlite").execute("CREATE TABLE other (x)").connection.close()
    operator.types(*words, status=1)


def test_a_database_that_somebody_holds_is_waited_for_and_then_named(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.db.BUSY_TIMEOUT_MS", 50)
    holding = sqlite3.connect(operator.data / "jumelage.sqlite", isolation_level=None)
    holding.execute("BEGIN IMMEDIATE")
    result = operator.types("community", "add", "late", "--name", "Late", "--country", "FR", status=1)
    assert "busy" in result.stderr
    assert operator.reads("community", "list")  # reading goes on
    holding.execute("ROLLBACK")
    holding.close()
    operator.types("community", "add", "late", "--name", "Late", "--country", "FR")


@pytest.mark.parametrize(
    "settings_file", ["origin = ", "colour = 'green'", "origin = 'https://x.example'\nthreads = 0", "\xff"]
)
def test_settings_that_cannot_be_used_are_named(operator: Operator, settings_file: str) -> None:
    (operator.data / "jumelage.toml").write_bytes(settings_file.encode("latin-1"))
    for words in READING:
        operator.types(*words, status=1)


def test_a_port_that_cannot_be_used_is_named(operator: Operator) -> None:
    operator.types("serve", "--listen", "nowhere", status=1)
    operator.types("serve", "--listen", "127.0.0.1:99999", status=1)
    assert (
        "no.invalid:8000 cannot be" in operator.types("serve", "--listen", "no.invalid:8000", status=1).stderr
    )
    operator.types("serve", "--workers", "0", status=2)


def test_a_misspelt_setting_is_told_by_the_doctor(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUMELAGE_FEDERATON", "allowlist")
    assert "JUMELAGE_FEDERATON" in operator.types("doctor", "--offline").stdout


def test_a_search_that_does_not_answer_is_not_one_that_finds_nothing(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUMELAGE_SEARCH", "opensearch+http://127.0.0.1:9/village")
    said = operator.types("search", "water", status=1)
    assert "does not answer since" in said.stderr
    assert "Nothing was found" not in said.stdout


def test_a_database_of_a_newer_program_is_left_alone(operator: Operator) -> None:
    with sqlite3.connect(operator.data / "jumelage.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    for words in (("upgrade",), ("practice", "list")):
        assert "newer" in operator.types(*words, status=1).stderr
    told = operator.types("doctor", "--offline", status=1).stdout
    assert "newer" in told
    assert "run jumelage upgrade" not in told
    assert not list(operator.data.glob("*.before-*"))


def test_a_database_that_does_not_exist_is_not_one_of_another_version() -> None:
    missing = OperationalError("", {}, Exception('connection failed: FATAL: database "x" does not exist'))
    assert "upgrade" not in sentence(missing)


def test_the_program_says_its_version(operator: Operator) -> None:
    assert operator.types("--version").stdout == f"Jumelage {version()}\n"


@pytest.mark.parametrize("words", [("nothing",), ("search", "--nothing"), ("practice",), ("review", "x"), ()])
def test_a_wrong_use_is_explained(operator: Operator, words: tuple[str, ...]) -> None:
    assert "Usage" in operator.types(*words, status=2).stderr


def test_every_command_explains_itself(operator: Operator) -> None:
    for words, command in _leaves(cli):
        assert command.help, words
        assert "--data" in operator.types(*words, "--help").stdout


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    leaf=st.sampled_from(LEAVES),
    words=st.lists(st.text(max_size=12).filter(lambda text: "\0" not in text), max_size=3),
    options=st.lists(st.integers(0, 20), max_size=4),
    values=st.lists(st.text(max_size=12).filter(lambda text: "\0" not in text), min_size=4, max_size=4),
)
def test_nonsense_never_ends_in_a_traceback(
    operator: Operator, leaf: Any, words: list[str], options: list[int], values: list[str]
) -> None:
    names, command = leaf
    known = [
        parameter
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name != "data"
    ]
    typed: list[str] = []
    for number, value in zip(options, values, strict=False):
        if known:
            option = known[number % len(known)]
            typed += [option.opts[-1]] if option.is_flag else [option.opts[-1], value]
    arguments = ["--data", str(operator.data), *names, *typed, "--", *words]
    if names[-1] in ("init", "export", "backup"):  # these write where the words say
        arguments = ["--data", str(operator.data / "jumelage.toml" / "x"), *names, *typed, "--", *words]
    result = CliRunner().invoke(cli, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), (arguments, result.exc_info)
    assert result.exit_code in (0, 1, 2)


def test_an_argument_that_is_not_text_and_a_reader_that_leaves_are_survived(operator: Operator) -> None:
    base = [sys.executable, "-m", "exchange", "--data", str(operator.data)]
    odd = subprocess.run([*base, "practice", "show", b"\xff\xfe"], capture_output=True, check=False)  # type: ignore[list-item]
    assert (odd.returncode, b"Traceback" in odd.stderr) == (1, False)
    piped = subprocess.run(
        f"{' '.join(base)} search --json | head -c 1", shell=True, capture_output=True, check=False
    )
    assert b"Traceback" not in piped.stderr
    assert b"BrokenPipe" not in piped.stderr


def test_a_minus_before_a_word_is_a_part_of_the_question(operator: Operator) -> None:
    assert "'-n'" not in operator.types("search", "energy", "-nuclear").output
    assert operator.reads("search", "zebra", "-quagga")["total"] == 0
    for typed in (("--nuclear",), ("energy", "--contry", "FR"), ("--contry=FR",)):
        assert "No such option" in operator.types("search", *typed, status=2).stderr
    assert operator.reads("search", "--limit=1")["per_page"] == 1


def test_names_countries_and_tokens_are_checked_as_in_forms(operator: Operator) -> None:
    long = operator.types("community", "add", "mere", "--name", "x" * 121, "--country", "IE", status=1)
    assert "at most 120 characters" in long.stderr
    nowhere = operator.types("community", "add", "mere", "--name", "Mere", "--country", "XX", status=1)
    assert "“XX” is not the code of a country." in nowhere.stderr
    kept = operator.types("community", "add", "instance", "--name", "Mere", "--country", "IE", status=1)
    assert "“instance” is kept for the instance itself." in kept.stderr
    token = ("token", "add", "--community", "loos", "--scope", "admin")
    assert "belongs to no community" in operator.types(*token, status=2).stderr


def test_an_export_that_finds_no_room_leaves_what_was_there(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "practices.csv"
    file.write_text("those of last year")
    monkeypatch.setattr(Path, "replace", full)
    said = operator.types("practice", "export", str(file), status=1).stderr
    assert said == f"jumelage: {file}: No space left on device.\n"
    assert file.read_text() == "those of last year"
    assert list(tmp_path.glob("*.part")) == list(tmp_path.glob(".*.part")) == []


def test_a_command_of_another_version_leaves_the_index_of_a_running_server_alone(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Instance.open(load(operator.data))
    while server.index_once():
        pass
    monkeypatch.setattr(opening, "LAYOUT_VERSION", 999)
    for _ in range(2):
        assert "restart it" in operator.types("search", "solaire", status=1).stderr
    assert (operator.data / "index" / server.engine.generation).is_dir()
    assert server.engine.count() == 1
    server.close()
    assert (
        operator.reads("search", "solaire")["total"] == 1
    )  # the server is gone, and the index is built anew
    assert not (operator.data / "index" / server.engine.generation).exists()
