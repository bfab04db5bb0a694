"""The engines, empty and filled; a test that asks for one runs on each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engine import Engine
from search.opening import KINDS, open_engine
from tests.search.library import DOCUMENTS


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(request.param, tmp_path / "index")
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
