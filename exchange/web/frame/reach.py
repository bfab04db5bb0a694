"""What the pages reach of the instance they belong to."""

from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from exchange.config import Settings
    from exchange.db import Database
    from exchange.instance import Instance


def instance() -> "Instance":
    """The instance that this application shows."""
    return cast("Instance", current_app.extensions["jumelage"])


def database() -> "Database":
    """Its database."""
    return instance().database


def settings() -> "Settings":
    """Its settings."""
    return instance().settings
