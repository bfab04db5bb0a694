"""The pages: what people see and do on an instance, without a script, in their own language."""

from typing import TYPE_CHECKING

from flask import Flask

from exchange.web import (
    accessible,
    account,
    adopting,
    asking,
    beginning,
    belonging,
    beside,
    calls,
    changes,
    clusters,
    collections,
    commitments,
    communities,
    comparing,
    components,
    correcting,
    desk,
    downloads,
    dress,
    dressing,
    failures,
    feeds,
    finding,
    followed,
    following,
    forgotten,
    founding,
    gatekeeping,
    growing,
    guard,
    harvesting,
    house,
    language,
    lately,
    leading,
    mapping,
    merging,
    moderating,
    network,
    officer,
    once,
    own_account,
    packing,
    passing,
    people,
    places,
    practice,
    practice_pictures,
    public,
    rating,
    searches,
    seeking,
    sheet,
    show,
    speaking,
    streets,
    taking_in,
    tending,
    translating,
)
from exchange.web.blueprints import BLUEPRINTS
from exchange.web.limits import CorrectionLimits, LoginLimits

# Each of these hangs its pages on one of the blueprints.
PAGES = (
    accessible,
    *(public, finding, feeds, practice, communities, commitments, comparing, network, changes, correcting),
    *(account, desk, officer, rating, adopting, following, moderating, clusters, tending, speaking),
    *(forgotten, people, asking, belonging, searches, collections, seeking, mapping, streets),
    *(places, beside, sheet, passing, calls, leading),
    *(beginning, house, gatekeeping, own_account, followed),
    *(dress, dressing, growing, practice_pictures, components, harvesting, taking_in, translating),
)

if TYPE_CHECKING:
    from exchange.instance import Instance


def register(app: Flask, instance: "Instance") -> None:
    """Give a Flask application the pages of `instance`, their guards and their error pages."""
    app.extensions["jumelage"] = instance
    app.extensions["login_limits"] = LoginLimits()
    app.extensions["correction_limits"] = CorrectionLimits()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    packing.register(app)  # before the others: what they do to an answer is done by then
    language.register(app)
    guard.register(app)
    once.register(app)
    merging.register(app)
    house.register(app)
    lately.register(app, instance)
    failures.register(app)
    show.register(app)
    dress.register(app)
    downloads.register(app)
    streets.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
