"""The one blueprint of the API, and what its modules need of the instance behind it."""

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request

from exchange.vocabulary.concepts import LANGUAGES

if TYPE_CHECKING:
    from exchange.db import Database
    from exchange.instance import Instance

api = Blueprint("api", __name__, url_prefix="/api")


def instance() -> "Instance":
    """The instance that this request is for."""
    return current_app.extensions["jumelage"]


def database() -> "Database":
    """Its database."""
    return instance().database


def reader_language() -> str | None:
    """The language that the request prefers, if it says so and we speak it."""
    return request.accept_languages.best_match(LANGUAGES) if request.accept_languages else None
