"""What an administrator changes in one process holds in all others of the instance, and a broken file in none."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from exchange import config, directory, retelling
from exchange.config import Settings
from exchange.retelling import Telling


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(retelling, "EVERY", 0.0)
    told = {"origin": "https://hills.example", "name": "Hills", "listen": "127.0.0.1:8000"}
    directory.write(tmp_path, **told)
    return config.load(tmp_path, search="memory")


def test_what_is_said_in_one_process_holds_in_the_others(settings: Settings) -> None:
    here, there = Telling(settings), Telling(settings)
    here.change(name="Hills and vales", languages="de, fr", colour="#003399")
    told = there.now()
    assert (told.name, told.languages, told.colour) == ("Hills and vales", ("de", "fr"), "#003399")
    assert told.search == "memory", "what was given at the start is not forgotten"


def test_what_a_process_was_built_from_waits_for_its_next_start(settings: Settings) -> None:
    telling, path = Telling(settings), settings.data / config.FILE
    text = path.read_text().replace("8000", "9000").replace('"Hills"', '"Vales"')
    path.write_text(text)
    assert (telling.now().name, telling.now().listen) == ("Vales", "127.0.0.1:8000")


@pytest.mark.parametrize(
    "broken", ["name = ", 'name = "Vales"\ncolour = "#ffcc00"', 'nonsense = "1"', b"\xff\xfe"]
)
def test_a_file_that_cannot_be_used_changes_nothing_until_it_is_mended(
    settings: Settings, broken: str | bytes
) -> None:
    telling, path = Telling(settings), settings.data / config.FILE
    whole = path.read_bytes()
    path.write_bytes(
        whole.replace(b'name = "Hills"', broken if isinstance(broken, bytes) else broken.encode())
    )
    assert (telling.now().name, telling.now().colour) == ("Hills", "")
    path.unlink()
    assert telling.now().name == "Hills"
    path.write_bytes(whole.replace(b"Hills", b"Vales"))
    assert telling.now().name == "Vales"


def test_the_environment_goes_before_the_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUMELAGE_NAME", "Hills of the server")
    telling = Telling(config.load(settings.data))
    Telling(settings).change(colour="#003399")
    (settings.data / config.FILE).write_text(
        (settings.data / config.FILE).read_text().replace('"Hills"', '"Vales"')
    )
    assert (telling.now().name, telling.now().colour) == ("Hills of the server", "#003399")


def test_of_those_who_change_at_once_each_is_heard(settings: Settings) -> None:
    telling = Telling(settings)
    (settings.data / config.FILE).chmod(0o600)
    start = Barrier(3)

    def change(value: tuple[str, str]) -> None:
        start.wait(20)
        for _ in range(10):
            telling.change(**dict([value]))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(change, [("name", "Vales"), ("colour", "#003399"), ("contact", "us@hills.example")]))
    told = config.load(settings.data)
    assert (told.name, told.colour, told.contact) == ("Vales", "#003399", "us@hills.example")
    assert (settings.data / config.FILE).stat().st_mode & 0o777 == 0o600
