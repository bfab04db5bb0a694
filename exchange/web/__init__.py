"""The pages: what people see and do on an instance, without a script, in their own language.

The rooms, from the ground up; a room knows those that stand before it here, and none after it:

    frame/      what every page stands in          drawing/    pictures: maps, ratings, lineage, bridging
    doors/      what other software gets           desk/       an officer's own pages
    find/       ways to what one looks for         writing/    how a practice is written
    practices/  the page of a practice             groups/     communities, clusters and what they do
    operators/  running the instance               welcome/    home, help, whom we exchange with
"""

from typing import TYPE_CHECKING

from flask import Flask

from exchange.web.desk import account, asking, correcting, desk, forgotten, moderating, own_account
from exchange.web.doors import feeds, harvesting
from exchange.web.drawing import downloads
from exchange.web.find import comparing, finding, followed, mapping, places, searches, streets
from exchange.web.frame import dress, failures, guard, language, lately, once, packing, show
from exchange.web.frame.blueprints import BLUEPRINTS
from exchange.web.frame.limits import CorrectionLimits, LoginLimits
from exchange.web.groups import (
    belonging,
    calls,
    clusters,
    collections,
    commitments,
    communities,
    leading,
    seeking,
)
from exchange.web.operators import (
    beginning,
    dressing,
    following,
    founding,
    gatekeeping,
    house,
    people,
    tending,
)
from exchange.web.practices import (
    adopters,
    adopting,
    beside,
    passing,
    practice,
    practice_pictures,
    rating,
    sheet,
    speaking,
)
from exchange.web.welcome import accessible, components, growing, network, public
from exchange.web.writing import changes, merging, officer, taking_in, translating

# Each of these hangs its pages on one of the blueprints.
PAGES = (
    accessible,
    *(public, finding, feeds, practice, communities, commitments, comparing, network, changes, correcting),
    *(account, desk, officer, rating, adopters, adopting, following, moderating, clusters, tending, speaking),
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
