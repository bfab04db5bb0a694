"""Peers that run for as long as the tests do, and a small world in which they meet our instances."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import CreateTables, Template
from tests.interop import peers
from tests.interop.peers import Peer
from tests.rig import Rig


@pytest.fixture
def rig(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Rig]:
    """A small world without instances yet."""
    with Rig(tmp_path, new_database) as world:
        yield world


@pytest.fixture
def live(
    tmp_path: Path,
    create_tables: CreateTables,
    templates: Callable[[CreateTables], Template],
) -> Iterator[Rig]:
    """The same for live peers, on one engine only: they see nothing of what is underneath."""
    template = templates(create_tables)
    made: list[str] = []

    def new() -> str:
        made.append(template.copy())
        return made[-1]

    with Rig(tmp_path, new) as world:
        yield world
    for url in made:
        template.drop(url)


@pytest.fixture(scope="session")
def fedify_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Two towns on Fedify, one for each dialect of signatures."""
    peer = Peer(peers.fedify(), tmp_path_factory.mktemp("fedify"))
    yield peer
    peer.close()


@pytest.fixture
def fedify(fedify_process: Peer) -> Peer:
    """The towns on Fedify, without the events of earlier tests."""
    fedify_process.forget()
    return fedify_process


@pytest.fixture(scope="session")
def bovine_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """A town on bovine."""
    peer = Peer(peers.bovine(), tmp_path_factory.mktemp("bovine"))
    yield peer
    peer.close()


@pytest.fixture
def bovine(bovine_process: Peer) -> Peer:
    """The town on bovine, without the events of earlier tests."""
    bovine_process.forget()
    return bovine_process
