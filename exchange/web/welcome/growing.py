"""The page of growth: how much there was at the end of each month or day, as a picture, a table and files."""

from flask import Response, render_template

from exchange.catalogue.measures import growth as counting
from exchange.web.drawing import downloads, steps
from exchange.web.frame.blueprints import public
from exchange.web.frame.reach import database


@public.get("/growth")
def growth() -> str:
    """How the exchange has grown, as far as it is known here."""
    with database().reading() as session:
        found = counting.growth(session)
    return render_template(
        "growth.html", periods=found, picture=steps.picture(found), kinds=counting.KINDS, words=steps.WORDS
    )


@public.get("/growth.svg")
def growth_svg() -> Response:
    """The picture as a file."""
    with database().reading() as session:
        return downloads.svg(steps.picture(counting.growth(session)), "growth")


@public.get("/growth.csv")
def growth_csv() -> Response:
    """The table as a file."""
    with database().reading() as session:
        found = counting.growth(session)
    rows = ({"period": one.name, **one.totals} for one in found)
    return downloads.csv(("period", *counting.KINDS), rows, "growth")
