"""Making an instance: what it writes down about itself."""

import stat
from pathlib import Path

import pytest

from exchange import config
from exchange.catalogue.communities import community
from exchange.instance import Instance
from exchange.messages import Refusal


def test_an_instance_that_is_tried_out_listens_where_its_address_says(data_dir: Path) -> None:
    Instance.create(data_dir, origin="http://localhost:8790", name="Our villages", lab=True).close()
    assert config.load(data_dir).address == ("127.0.0.1", 8790)


def test_an_instance_behind_a_proxy_listens_where_the_operator_says(data_dir: Path) -> None:
    Instance.create(data_dir, origin="https://practices.example", name="Our villages").close()
    assert config.load(data_dir).address == ("127.0.0.1", 8000)


def test_nobody_else_on_the_machine_reads_its_keys_and_passwords(data_dir: Path) -> None:
    instance = Instance.create(data_dir, origin="https://practices.example", name="Our villages")
    with instance.database.writing() as session:
        community.found(session, instance.origin, slug="ulm", name={"de": "Ulm"}, country="DE")
    instance.change(name="Our towns")
    held = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data_dir.glob("jumelage.*")}
    instance.close()
    assert {"jumelage.sqlite", "jumelage.sqlite-wal", "jumelage.toml"} <= set(held)
    assert set(held.values()) == {0o600}


def test_a_directory_that_holds_something_is_left_alone(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "diary.txt").write_text("mine")
    with pytest.raises(Refusal):
        Instance.create(data_dir, origin="https://practices.example", name="Our villages")
    assert [path.name for path in data_dir.iterdir()] == ["diary.txt"]


def test_an_instance_is_not_opened_under_another_address(data_dir: Path) -> None:
    Instance.create(data_dir, origin="https://practices.example", name="Our villages").close()
    Instance.open(config.load(data_dir)).close()
    with pytest.raises(
        Refusal, match=r"is of https://practices.example, and the settings say https://other.example"
    ):
        Instance.open(config.load(data_dir, origin="https://other.example"))
