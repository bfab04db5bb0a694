"""An administrator dresses the site: its colour, when it can be read, and its crest, when it is a quiet picture."""

from flask import redirect, request, url_for

from exchange import contrast, crest
from exchange.config import surroundings
from exchange.messages import N_, Message, Problem, Unfit
from exchange.vocabulary.fields import clean
from exchange.web.frame import guard
from exchange.web.frame.blueprints import admin
from exchange.web.frame.reach import settings
from exchange.web.operators import founding, house

LONGEST = 40  # characters of a colour that are looked at


@admin.post("/desk/instance/dress")
@guard.officers_only
def dress() -> founding.Answer:
    """Another colour, another crest, or none; both or neither."""
    house.check()
    fixed, told, problems = surroundings(), {}, []
    colour, picture = _colour(), _picture()
    if "colour" not in fixed:
        told["colour"] = colour
        try:
            contrast.house(colour) if colour else None
        except Unfit as error:
            problems.append(Problem("colour", error.message))
    if "crest" not in fixed and picture:
        try:
            crest.of(picture)
        except Unfit as error:
            problems.append(Problem("crest", error.message))
    elif "crest" not in fixed and request.form.get("bare"):
        told["crest"] = ""
    if problems:
        if picture and all(one.path != "crest" for one in problems):
            told_of = N_("Choose the crest once more: no browser keeps a file that was chosen.")
            problems.append(Problem("crest", Message(told_of)))
        return founding.page(founding.known() | {"colour": colour}, problems)
    _put_on(told, picture if "crest" not in fixed else b"")
    return redirect(url_for("admin.site", done="search-changed"), 303)


def _put_on(told: dict[str, str], picture: bytes) -> None:
    own = settings()
    try:
        if picture:
            told["crest"] = founding.tried(lambda: crest.keep(picture, own.data))
        founding.write(**told)
    finally:
        crest.tidy(own.data, settings().crest)


def _colour() -> str:
    return clean(request.form.get("colour", ""))[:LONGEST].lower()


def _picture() -> bytes:
    sent = request.files.get("crest")
    return sent.read(crest.LARGEST + 1) if sent else b""
