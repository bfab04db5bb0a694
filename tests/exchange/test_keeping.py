"""The index of an instance follows the journal, whoever else shares it, and says what it is doing when it cannot."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange import config, keeping
from exchange.catalogue import shelf
from exchange.catalogue.practices import withdraw
from exchange.instance import Instance
from exchange.worker import work_until_quiet
from search.engine import Query
from search.errors import IndexBroken, IndexTooLarge
from search.opening import KeptEngine
from tests.rig import House, Rig, complete
from tests.search.conftest import search_server, shelf_on_server  # noqa: F401


@pytest.fixture
def house(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[House]:
    with Rig(tmp_path, new_database) as rig:
        loos = rig.instance("loos")
        loos.community("loos", "Loos-en-Gohelle", "FR")
        loos.publish("loos", complete({"language": "fr", "title": {"fr": "Plan solaire"}}))
        work_until_quiet(loos.instance)
        yield loos


def beside(house: House, data: Path, **settings: Any) -> Instance:
    """Another process of the same instance, with a data directory of its own."""
    data.mkdir()
    database = house.instance.settings.database
    return Instance(config.load(data, database=database, origin=house.origin, lab=True, **settings))


def titles(instance: Instance, text: str) -> list[str]:
    return [hit.stored["title"]["fr"] for hit in instance.engine.find(Query(text)).hits]


def page(house: House, **query: str) -> str:
    answer = house.app.test_client().get("/practices", query_string=query, base_url=house.origin)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_processes_on_one_database_keep_a_replica_each(house: House, tmp_path: Path) -> None:
    second = beside(house, tmp_path / "second")
    work_until_quiet(second)
    house.publish("loos", complete({"language": "fr", "title": {"fr": "Plan vélo"}}))
    work_until_quiet(house.instance)
    assert (titles(second, "plan"), sorted(titles(house.instance, "plan"))) == (
        ["Plan solaire"],
        ["Plan solaire", "Plan vélo"],
    )
    work_until_quiet(second)
    assert sorted(titles(second, "plan")) == ["Plan solaire", "Plan vélo"]
    second.close()


def test_processes_with_a_search_server_share_what_is_there(
    house: House,
    tmp_path: Path,
    shelf_on_server: str,  # noqa: F811
) -> None:
    first, second = (beside(house, tmp_path / name, search=shelf_on_server) for name in ("first", "second"))
    work_until_quiet(first)
    assert (titles(second, "solaire"), second.index_once()) == (["Plan solaire"], 0)
    with house.instance.database.writing() as session:
        withdraw.withdraw(session, shelf.practice(session, first.engine.find(Query()).hits[0].id))
    work_until_quiet(second)
    assert titles(first, "solaire") == []
    first.close()
    second.close()


def test_a_search_server_that_is_away_is_said_on_the_page_and_to_monitoring(
    house: House, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    with Rig(tmp_path / "away", new_database) as rig:
        away = rig.instance("away", search="opensearch+http://127.0.0.1:9")
        away.community("away", "Away", "FR")
        away.publish("away", complete({"language": "fr"}))
        work_until_quiet(away.instance)
        answer = away.app.test_client().get("/practices?q=solaire", base_url=away.origin)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "The search does not answer since 20" in answer.text
        assert "Nothing here matches." not in answer.text
        ready = away.app.test_client().get("/readyz", base_url=away.origin)
        assert (ready.status_code, ready.json["index"]) == (503, "does not answer")


def test_an_index_deleted_while_it_runs_is_noticed_and_built_again(house: House) -> None:
    shutil.rmtree(house.data / "index")
    work_until_quiet(house.instance)
    work_until_quiet(house.instance)
    assert titles(house.instance, "solaire") == ["Plan solaire"]


def test_what_cannot_be_written_is_said_until_it_can_be_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise IndexBroken("The index cannot be written: No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(KeptEngine, "put", full)
        house.publish("loos", complete({"language": "fr", "title": {"fr": "Plan vélo"}}))
        assert house.instance.index_once() == 0
        text = page(house, q="plan")
        assert "Plan solaire" in text
        assert "cannot be written at present" in text
        reader = Instance(house.instance.settings)  # another process says the same
        with reader.database.reading() as session:
            assert "No space left" in reader.index.state(session)["trouble"]
        reader.close()
        ready = house.app.test_client().get("/readyz", base_url=house.origin)
        assert (ready.status_code, ready.json["index"]) == (200, "cannot be written")
        patched.setattr(KeptEngine, "put", lambda *_: (_ for _ in ()).throw(IndexTooLarge("too many")))
        house.instance.index_once()
        assert "another search engine" in page(house)
    work_until_quiet(house.instance)
    text = page(house, q="plan")
    assert "Plan vélo" in text
    assert "cannot be written" not in text


def test_a_rebuild_is_done_by_the_process_that_writes_while_it_goes_on_following(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping.indexing.catch_up, "__kwdefaults__", {"batch": 1})
    reader, before = Instance(house.instance.settings), house.instance.engine.generation
    assert reader.index.rebuild() is None
    house.instance.index_once()
    assert house.instance.index.doing().building
    assert reader.index.doing().building
    house.publish("loos", complete({"language": "fr", "title": {"fr": "Plan vélo"}}))
    while house.instance.engine.generation == before:
        house.instance.index_once()
        assert "Plan solaire" in titles(house.instance, "plan")
    assert sorted(titles(reader, "plan")) == ["Plan solaire", "Plan vélo"]
    reader.close()


def test_a_reader_is_told_that_the_search_is_still_being_built(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "FAR_BEHIND", 0)
    assert "The search is being built" not in page(house)
    house.publish("loos", complete({"language": "fr"}))
    assert "The search is being built" in page(house)
