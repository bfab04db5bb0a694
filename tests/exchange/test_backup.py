"""An instance is kept in one file and made again from it, on either database, with all it was."""

import gzip
import json
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, select

from exchange import backup, schema
from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt
from exchange.catalogue.communities import community
from exchange.catalogue.judging import review
from exchange.catalogue.practices import publish
from exchange.config import Settings
from exchange.db import Database
from exchange.instance import Instance
from exchange.messages import Refusal
from tests.rig import complete

ORIGIN = "http://villages.localhost:8123"


@pytest.fixture
def settings(database_url: str, data_dir: Path) -> Settings:
    """An instance with a practice in two versions, a review, an adoption, keys and a journal."""
    instance = Instance.over(database_url, data_dir, origin=ORIGIN, lab=True, name="Die Dörfer")
    with instance.database.writing() as session:
        owner = community.found(session, ORIGIN, slug="saillans", name="Saillans", country="FR")
        other = community.found(session, ORIGIN, slug="ulm", name={"de": "Ulm"}, country="DE")
        practice = publish.publish(session, owner, complete({"language": "fr"}))
        review.review(session, practice, other, relation="rr-peer", ratings={"rc-openness": 4})
        adopt.adopt(session, practice, other, stage="ad-watching")
    while instance.index_once():
        pass
    instance.close()
    return instance.settings


def _rows(url: str) -> dict[str, list[Any]]:
    """Every row of every table, in the words of Python."""
    database, held = Database(url), MetaData()
    with database.engine.connect() as connection:
        held.reflect(connection)
        found = {
            table.name: sorted(
                repr(sorted(row.items())) for row in connection.execute(select(table)).mappings()
            )
            for table in held.sorted_tables
        }
    database.close()
    return found


def test_what_was_kept_is_made_again_to_the_last_row(
    settings: Settings, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    file, again = tmp_path / "villages.backup", tmp_path / "again"
    rows = backup.backup(settings, file)
    assert rows > 10
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    url = new_database()
    _empty(url)
    made = backup.restore(file, again, database_url=url)
    assert (made.origin, made.name, made.lab) == (ORIGIN, "Die Dörfer", True)
    assert _rows(url) == _rows(settings.database)
    instance = Instance.open(made)
    try:
        while instance.index_once():
            pass
        assert instance.engine.count() == 1
        with instance.database.writing() as session:  # what comes after gets numbers that nobody has
            village = shelf.community(session, "saillans")
            publish.publish(session, village, complete({"title": {"en": "One more"}}))
        assert instance.index_once()
    finally:
        instance.close()


def test_a_backup_moves_from_one_kind_of_database_to_the_other(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "villages.backup"
    backup.backup(settings, file)
    made = backup.restore(file, tmp_path / "moved")
    assert made.database.startswith("sqlite")
    assert {name: len(rows) for name, rows in _rows(made.database).items()} == {
        name: len(rows) for name, rows in _rows(settings.database).items()
    }


def test_nothing_is_written_over(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "villages.backup"
    file.write_text("mine")
    with pytest.raises(Refusal, match="is there already"):
        backup.backup(settings, file)
    assert file.read_text() == "mine"
    file.unlink()
    backup.backup(settings, file)
    with pytest.raises(Refusal, match="is not empty"):
        backup.restore(file, settings.data)


@pytest.mark.parametrize("harm", ["cut", "tail", "letter", "text", "foreign", "newer", "bad-row"])
def test_what_is_no_backup_or_damaged_says_so_and_leaves_nothing(
    settings: Settings, tmp_path: Path, harm: str
) -> None:
    file, target = tmp_path / "villages.backup", tmp_path / "again"
    backup.backup(settings, file)
    _damage(file, harm)
    with pytest.raises(Refusal, match=r"newer version|no backup of an instance"):
        backup.restore(file, target)
    assert not target.exists()


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    database = Database(f"sqlite:///{old / 'jumelage.sqlite'}")
    schema.upgrade(database, "0001")
    database.close()
    (old / "jumelage.toml").write_text(f'origin = "{ORIGIN}"\nlab = true\nname = "Old"\n')
    file = tmp_path / "old.backup"
    backup.backup(Settings(data=old, origin=ORIGIN, lab=True, database=database.url), file)
    made = backup.restore(file, tmp_path / "new")
    fresh = Database(made.database)
    assert schema.version(fresh) == schema.newest()
    fresh.close()


def _damage(file: Path, harm: str) -> None:
    if harm == "cut":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif harm == "tail":
        file.write_bytes(file.read_bytes()[:-1])  # a byte of the checksum, behind all that tar reads
    elif harm == "letter":
        # One letter is another one, and all else as it was: only the checksum tells.
        whole = file.read_bytes()
        other = gzip.compress(gzip.decompress(whole).replace(b"Saillans", b"Saillons", 1))
        file.write_bytes(other[:-8] + whole[-8:])
    elif harm == "text":
        file.write_text("Dear operator,")
    elif harm == "foreign":
        with tarfile.open(file, "w:gz") as tar:
            tar.add(__file__, "about.json")
    else:
        parts = {}
        with tarfile.open(file) as tar:
            for entry in tar:
                told = tar.extractfile(entry)
                assert told is not None
                parts[entry.name] = told.read()
        if harm == "newer":
            parts["about.json"] = json.dumps({**json.loads(parts["about.json"]), "version": "9999"}).encode()
        else:
            parts["tables/community.jsonl"] = b'{"id": 1, "uri": \n'
        with gzip.open(file, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as tar:
            for name, content in parts.items():
                backup._add(tar, name, content)


def _empty(url: str) -> None:
    database, held = Database(url), MetaData()
    with database.engine.begin() as connection:
        held.reflect(connection)
        held.drop_all(connection)
    database.close()
