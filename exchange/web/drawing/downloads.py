"""What a picture leaves with: itself as SVG with its colours, and its table as CSV."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Flask, Response, request, url_for

from exchange.vocabulary import sheetfiles
from exchange.web import drawing
from exchange.web.frame.dress import tokens
from exchange.web.frame.language import gettext as _
from exchange.web.frame.reach import settings


def register(app: Flask) -> None:
    """Let the templates offer the files of a picture: `files("public.gaps")`."""
    app.jinja_env.globals.update(files=links)


def links(endpoint: str, **values: Any) -> list[tuple[str, str]]:
    """What to offer below a picture whose files are the views `endpoint`_csv and `endpoint`_svg."""
    return [
        (_("Table (CSV)"), url_for(f"{endpoint}_csv", **values)),
        (_("Picture (SVG)"), url_for(f"{endpoint}_svg", **values)),
    ]


def svg(picture: drawing.Picture, name: str, *, inline: bool = False) -> Response:
    """The picture as a file of this name; `inline` where a page shows it as an image."""
    return told(
        Response(drawing.file(picture, tokens(settings().colour)), mimetype="image/svg+xml"),
        f"{name}.svg",
        inline,
    )


def csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], name: str) -> Response:
    """A table as a file of this name; no cell is taken for a formula, None is an empty one."""
    cells = ({k: str(v) for k, v in row.items() if v is not None} for row in rows)
    return told(Response(b"".join(sheetfiles.stream_csv(columns, cells)), mimetype="text/csv"), f"{name}.csv")


def told(made: Response, name: str, inline: bool = False) -> Response:
    """The answer as a file of this name, which whoever has it already is not sent again."""
    made.headers["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    made.headers["Cache-Control"] = "private, no-cache"
    made.vary.update(("Accept-Language", "Cookie"))
    made.add_etag()
    made.make_conditional(request)
    return made
