"""Instances for the tests of how activities travel; they need the federation's tables only."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator

import pytest

import federation
from exchange.db import Database
from federation.base import FederationTable
from tests.federation.world import World


@pytest.fixture(scope="session")
def create_tables() -> Callable[[Database], None]:
    """The library stands alone: no table of its host application is there."""
    for module in pkgutil.iter_modules(federation.__path__):
        importlib.import_module(f"federation.{module.name}")
    return lambda database: FederationTable.metadata.create_all(database.engine)


@pytest.fixture
def world(new_database: Callable[[], str]) -> Iterator[World]:
    """Instances by name, made when they are first spoken of: `world["ulm"]`."""
    made = World(new_database)
    yield made
    made.close()
