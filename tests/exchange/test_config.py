"""Settings come from four places, and a bad one is refused with a sentence that names it."""

import tomllib
from pathlib import Path

import pytest

from exchange.config import ConfigurationError, Settings, load, misspelt
from exchange.directory import make_room, write

ORIGIN = "https://town.example"


def refused(data: Path, **values: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(data, **values)
    return str(caught.value)


def test_an_option_counts_more_than_the_environment_and_that_more_than_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, origin=ORIGIN, name="From the file", listen="127.0.0.1:1", contact="a@town.example")
    monkeypatch.setenv("JUMELAGE_NAME", "From the environment")
    monkeypatch.setenv("JUMELAGE_LISTEN", "127.0.0.1:2")
    settings = load(tmp_path, listen="127.0.0.1:3", contact=None)
    assert (settings.contact, settings.name, settings.listen) == (
        "a@town.example",
        "From the environment",
        "127.0.0.1:3",
    )


def test_a_name_that_is_none_of_a_setting_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUMELAGE_FEDERATON", "allowlist")
    monkeypatch.setenv("JUMELAGE_TEST_SOMETHING", "1")
    monkeypatch.setenv("JUMELAGE_MAIL", "none")
    assert misspelt() == ["JUMELAGE_FEDERATON"]


def test_the_database_lies_in_the_data_directory_unless_it_is_named(tmp_path: Path) -> None:
    assert load(tmp_path, origin=ORIGIN).database == f"sqlite:///{tmp_path}/jumelage.sqlite"
    named = load(tmp_path, origin=ORIGIN, database="postgresql://exchange@db/exchange")
    assert named.database == "postgresql+psycopg://exchange@db/exchange"


def test_the_password_of_the_database_is_not_shown(tmp_path: Path) -> None:
    settings = load(tmp_path, origin=ORIGIN, database="postgresql://exchange:secret@db/exchange")
    assert "secret" not in repr(settings)
    assert "secret" not in refused(tmp_path, origin=ORIGIN, database="mysql://exchange:secret@db/x")


@pytest.mark.parametrize(
    "address", ["postgresql://town:secret@db:port/x", "postgresql://town:secret@[::1:5432/x"]
)
def test_a_database_at_no_possible_address_is_refused_without_its_password(
    tmp_path: Path, address: str
) -> None:
    told = refused(tmp_path, origin=ORIGIN, database=address)
    assert told.startswith("JUMELAGE_DATABASE ")
    assert "secret" not in told


def test_a_file_of_authorities_must_hold_certificates(tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text("Ours, to come.")
    assert "own.pem" in refused(tmp_path, origin=ORIGIN, ca=tmp_path / "own.pem")


def test_the_environment_names_the_instance_when_no_option_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, origin=ORIGIN)
    monkeypatch.setenv("JUMELAGE_DATA", str(tmp_path))
    assert load().data == tmp_path


def test_without_a_directory_or_an_instance_in_it_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--data DIR"):
        load()
    assert "jumelage init" in refused(tmp_path)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("https://Town.Example", "https://town.example"),
        ("https://town.example/", "https://town.example"),
        ("https://town.example:443", "https://town.example"),
        ("https://town.example:8443", "https://town.example:8443"),
    ],
)
def test_an_origin_is_kept_in_one_spelling(tmp_path: Path, written: str, canonical: str) -> None:
    settings = load(tmp_path, origin=written)
    assert settings.origin == canonical
    assert settings.host == canonical.removeprefix("https://")


@pytest.mark.parametrize(
    "origin",
    [
        "town.example",
        "ftp://town.example",
        "http://town.example",
        "https://town.example/exchange",
        "https://town.example?x",
        "https://town.example#x",
        "https://me@town.example",
        "https://",
        "https://town.example:99999",
        "https://tow n.example",
        "https://château.example",
        "https://[::1",
        "https://10.0.0.1",
        "https://localhost",
        "https://lyon.localhost:8001",
        "https://intranet",
        "",
    ],
)
def test_what_is_no_origin_is_refused(tmp_path: Path, origin: str) -> None:
    assert refused(tmp_path, origin=origin).startswith("JUMELAGE_ORIGIN ")


@pytest.mark.parametrize(
    "origin", ["http://ulm.localhost:8001", "http://127.0.0.1:8001", "https://[::1]:8443"]
)
def test_a_lab_may_live_on_this_machine(tmp_path: Path, origin: str) -> None:
    assert load(tmp_path, origin=origin, lab=True).origin == origin


@pytest.mark.parametrize(
    ("listen", "address"), [("127.0.0.1:8000", ("127.0.0.1", 8000)), ("[::1]:80", ("::1", 80))]
)
def test_an_address_to_listen_on_has_a_host_and_a_port(tmp_path: Path, listen: str, address: object) -> None:
    assert load(tmp_path, origin=ORIGIN, listen=listen).address == address


def test_what_is_no_yes_and_no_no_is_not_put_on_the_address(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, origin="http://localhost:8000", name="Practices", lab="maybe")
    assert "JUMELAGE_LAB" in str(caught.value)
    assert "JUMELAGE_ORIGIN" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("listen", "8000"),
        ("listen", "::1:8000"),
        ("listen", "127.0.0.1:99999"),
        ("listen", "127.0.0.1:http"),
        ("database", "mysql://db/x"),
        ("database", "sqlite://"),
        ("search", "grep"),
        ("federation", "closed"),
        ("lab", "perhaps"),
        ("threads", "0"),
        ("workers", "many"),
        ("trusted_proxies", "the-proxy"),
        ("ca", "/nowhere/ca.pem"),
        ("contact", "the town hall"),
        ("contact", "@town.example"),
        ("name", ""),
        ("name", "two\nlines"),
        ("session_hours", "0"),
        ("log", "loud"),
        ("tiles", "tiles.example/{z}/{x}/{y}.png"),
        ("tiles", "http://tiles.example/{z}/{x}/{y}.png"),
        ("tiles", "https://tiles.example/{z}/{x}.png"),
        ("tiles", "https://tiles.example; script-src *//{z}/{x}/{y}.png"),
        ("tiles", "https://{s}.tiles.example/{z}/{x}/{y}.png"),
        ("tiles", "https://tiles.example/{z}/{x}/{y}.png?key='>"),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence_that_names_it(tmp_path: Path, name: str, value: str) -> None:
    sentence = refused(tmp_path, origin=ORIGIN, **{name: value})
    assert sentence.startswith(f"JUMELAGE_{name.upper()}")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_proxies_are_addresses_or_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUMELAGE_TRUSTED_PROXIES", "127.0.0.1, 10.1.2.3/8 ::1")
    assert load(tmp_path, origin=ORIGIN).trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8", "::1/128")


@pytest.mark.parametrize(
    "text", ["origin = ", 'orign = "https://town.example"', 'data = "/elsewhere"', b"\xff"]
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str | bytes) -> None:
    path = tmp_path / "jumelage.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert str(path) in refused(tmp_path, origin=ORIGIN)


def test_a_file_that_is_written_is_read_back_and_never_overwritten(tmp_path: Path) -> None:
    values = {"origin": ORIGIN, "name": 'La “Ville” d\'\\Ébène "1"', "lab": True, "threads": 3}
    path = write(tmp_path, **values)
    assert tomllib.loads(path.read_text(encoding="utf-8")) == values
    settings = load(tmp_path)
    assert {name: getattr(settings, name) for name in values} == values
    with pytest.raises(FileExistsError):
        write(tmp_path, origin="https://other.example")


def test_settings_do_not_change_while_an_instance_runs(tmp_path: Path) -> None:
    settings = load(tmp_path, origin=ORIGIN)
    with pytest.raises(ValueError, match="frozen"):
        settings.origin = "https://other.example"  # type: ignore[misc]
    assert isinstance(settings, Settings)


def test_the_directory_of_an_instance_is_for_whoever_runs_it_alone(tmp_path: Path) -> None:
    make_room(tmp_path / "new" / "hills")
    assert (tmp_path / "new" / "hills").stat().st_mode & 0o777 == 0o700
    (tmp_path / "vales").mkdir(mode=0o750)
    make_room(tmp_path / "vales")  # whoever made it has decided
    assert (tmp_path / "vales").stat().st_mode & 0o777 == 0o750
