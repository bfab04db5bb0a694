"""How a house is dressed: the colour and the crest that its operator chose, as a style sheet and an image of their own."""

import hashlib
from dataclasses import fields
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort

from exchange import crest
from exchange.contrast import Tones, house
from exchange.web.frame.blueprints import public
from exchange.web.frame.reach import settings


def register(app: Flask) -> None:
    """Tell the templates where the house's own style and mark are."""
    app.jinja_env.globals.update(house_style=style_address, house_crest=crest_address)


def tokens(colour: str) -> str:
    """The tokens of a house's colour, light and dark and on paper, as the style sheet writes them."""
    if not colour:
        return ""
    tones = house(colour)
    light, dark = (_declared(tones[scheme]) for scheme in ("light", "dark"))
    return (
        f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f"@media print {{ :root {{ {light} }} }}\n"
    )


def style_address() -> str:
    """The address of the house's colours, with a mark of what is in it; "" when it has none of its own."""
    told = tokens(settings().colour)
    return f"/house.css?v={_mark(told.encode())}" if told else ""


def crest_address() -> str:
    """The address of the house's crest; "" when it has none."""
    found = _worn()
    return f"/crest?v={_mark(found.body)}" if found else ""


@public.get("/house.css")
def house_css() -> Response:
    """The colours of this house."""
    return _kept(Response(tokens(settings().colour), mimetype="text/css"))


@public.get("/crest")
def house_crest() -> Response:
    """The crest of this house, which nothing in it can act from."""
    found = _worn() or abort(404)
    made = _kept(Response(found.body, mimetype=found.mimetype))
    made.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return made


def _declared(tones: Tones) -> str:
    return " ".join(f"--{f.name.replace('_', '-')}: {getattr(tones, f.name)};" for f in fields(tones))


def _worn() -> crest.Crest | None:
    """The crest of the settings; None also when its file went away meanwhile, which breaks no page."""
    try:
        return _crest(str(settings().crest)) if settings().crest else None
    except ValueError:
        return None


@lru_cache(maxsize=8)
def _crest(path: str) -> crest.Crest:
    return crest.read(Path(path))


def _mark(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:10]


def _kept(made: Response) -> Response:
    made.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return made
