"""The API, version 1: what other programs may ask and do, and how they are told what went wrong."""

from flask import Flask

from exchange.api import (
    afterlife,
    answers,
    calls,
    comparing,
    health,
    metrics,
    openapi,
    problems,
    reading,
    speaking,
    writing,
)
from exchange.api.blueprint import api
from exchange.instance import Instance

__all__ = ["register"]


def register(app: Flask, instance: Instance) -> None:
    """Give an application the API of `instance` under /api, and what monitoring asks."""
    app.extensions["jumelage"] = instance
    app.url_map.converters["anything"] = problems.Anything
    app.register_blueprint(health.blueprint)
    app.register_blueprint(api)


# Each of these hangs its routes on the blueprint; the one that answers for unknown addresses comes last.
for _module in (answers, reading, comparing, afterlife, calls, writing, speaking, openapi, metrics, problems):
    assert _module
