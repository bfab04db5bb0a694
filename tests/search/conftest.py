"""The engines, empty and filled; a test that asks for one runs on each of them."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from search.engine import Engine
from search.opening import KINDS, open_engine
from tests.search.library import DOCUMENTS

SERVER = "JUMELAGE_TEST_OPENSEARCH"  # the address of a real one, https://user:password@host:9200


@pytest.fixture(scope="session")
def search_server() -> Iterator[str]:
    """The address of a search server: the one that is named, else one from a wheel, in memory."""
    if named := os.environ.get(SERVER):
        yield f"opensearch+{named.rstrip('/')}"
        return
    osmem = pytest.importorskip(
        "osmem_server", reason=f"{SERVER} names no server, and osmem-server is missing"
    )
    with osmem.OsmemServer.start(japanese=False) as server:
        yield f"opensearch+{server.url}"


@pytest.fixture
def shelf_on_server(search_server: str) -> Iterator[str]:
    """The address of the server with a prefix that nobody else uses; what it holds is removed afterwards."""
    address = f"{search_server}/t{uuid.uuid4().hex[:12]}"
    yield address
    web, _, prefix = address.partition("+")[2].rpartition("/")
    requests.delete(f"{web}/{prefix}-*", timeout=30)
    requests.delete(f"{web}/_index_template/{prefix}-*", timeout=30)


@pytest.fixture(params=[*KINDS, "opensearch"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    kind = request.param
    if kind == "opensearch":
        kind = request.getfixturevalue("shelf_on_server")
    engine = open_engine(kind, tmp_path / "index")
    yield engine
    engine.close()


@pytest.fixture
def engine(empty: Engine) -> Engine:
    empty.put(DOCUMENTS, [], 1)
    return empty


@pytest.fixture(params=[kind for kind in KINDS if kind != "memory"])
def kind(request: pytest.FixtureRequest) -> str:
    """An engine that keeps its index on disk."""
    return str(request.param)
