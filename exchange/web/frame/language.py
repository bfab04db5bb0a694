"""The reader's language: chosen by the browser, switched by the reader, and what words and figures become in it."""

from datetime import date, datetime
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from flask import Flask, g, request
from werkzeug.wrappers import Response

from exchange.messages import Message
from exchange.models.base import now
from exchange.translation import LANGUAGES, REGIONS, gettext_for, ngettext_for
from exchange.vocabulary import concepts, names
from exchange.web.frame.reach import settings

COOKIE = "language"
A_YEAR = 365 * 24 * 3600
OWN_NAMES = {"en": "English", "fr": "Français", "de": "Deutsch", "es": "Español", "it": "Italiano"}


def register(app: Flask) -> None:
    """Choose the language before each request, and give the templates its words."""
    app.before_request(choose)
    app.after_request(_tell)
    # A template is made once for all readers: with its optimiser on, Jinja would fold `"ev-5"|label` into the
    # words of whoever came first.
    app.jinja_env.optimized = False
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(languages=OWN_NAMES, spoken=spoken, current_language=current, colon=colon)
    app.jinja_env.filters.update(
        label=label,
        country=country,
        tongue=tongue,
        number=number,
        size=size,
        money=money,
        percent=percent,
        day=day,
        moment=moment,
        ago=ago,
        year=year,
        said=said,
    )


def switch(answer: Response, wanted: str) -> None:
    """Keep the reader's choice of language, where it is one."""
    if wanted in LANGUAGES:
        secure = settings().origin.startswith("https://")
        answer.set_cookie(
            COOKIE, wanted, max_age=A_YEAR, samesite="Lax", secure=secure, httponly=True, path="/"
        )


def spoken() -> dict[str, str]:
    """The languages of the pages of this instance, each with its own name for itself."""
    return {code: OWN_NAMES[code] for code in settings().languages}


def current() -> str:
    """The language of the page being made."""
    try:
        language: str = g.language  # asked a thousand times for one page
    except (RuntimeError, AttributeError):
        return "en"
    return language


def gettext(sentence: str) -> str:
    """A sentence of ours in the reader's language."""
    return gettext_for(current())(sentence)


def ngettext(one: str, many: str, n: int) -> str:
    """A counting sentence of ours in the reader's language, from a thousand on with the reader's separators."""
    sentence = ngettext_for(current())(one, many, n)
    return sentence.replace("%(num)s", number(n)) if n >= 1000 else sentence


def said(message: Message | str) -> str:
    """What a rule of the exchange said, in the reader's language."""
    return _with_figures(message).render(gettext) if isinstance(message, Message) else gettext(message)


def _with_figures(message: Message) -> Message:
    """The same with its decimals as the reader writes them."""
    told = {
        key: _with_figures(value)
        if isinstance(value, Message)
        else number(value)
        if isinstance(value, float)
        else value
        for key, value in message.params.items()
    }
    return Message(message.msgid, told)


def label(concept_id: str | None) -> str:
    """A concept's name in the reader's language."""
    return concepts.label(concept_id, current()) if concept_id else ""


def country(code: str | None) -> str:
    """A country's name in the reader's language."""
    return names.country(code, current()) if code else ""


def tongue(code: str | None) -> str:
    """A language's name in the reader's language."""
    return names.language_name(code, current()) if code else ""


def colon() -> str:
    """A colon behind what a template says; in French a space that does not break goes before it."""
    return "\u00a0:" if current() == "fr" else ":"


def number(value: Any) -> str:
    """A figure with the reader's separators; what is no number stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value if value is not None else "")
    return format_decimal(value, locale=_locale(current()))


def money(value: Any) -> str:
    """An amount, with both digits of its cents where it has any."""
    if isinstance(value, float) and not value.is_integer():
        return format_decimal(value, format="#,##0.00#", locale=_locale(current()))
    return number(value)


def percent(value: float) -> str:
    """A share of one as percent."""
    return format_percent(value, locale=_locale(current()))


def size(value: int) -> str:
    """A number of bytes in the unit that people would use."""
    unit, one = ("megabyte", 1_000_000) if value >= 1_000_000 else ("kilobyte", 1000)
    rounded = round(value / one, 1) if value >= one else 1
    return format_unit(rounded, f"digital-{unit}", "short", locale=_locale(current()))


def day(value: date | datetime | None) -> str:
    """A day, written out."""
    return format_date(value, "long", locale=_locale(current())) if value else ""


def moment(value: datetime | None) -> str:
    """A moment in UTC."""
    return format_datetime(value, "medium", locale=_locale(current())) + " UTC" if value else ""


def ago(value: datetime | None) -> str:
    """How long ago something was, roughly."""
    if value is None:
        return ""
    return format_timedelta(value - now(), add_direction=True, locale=_locale(current()))


def year(value: str | None) -> str:
    """A date of a record (2014, 2014-05, 2014-05-31, perhaps with ~) as people write it."""
    text = (value or "").rstrip("~?%")
    try:
        if len(text) == 10:
            return format_date(date.fromisoformat(text), "long", locale=_locale(current()))
        if len(text) == 7:
            return format_date(date.fromisoformat(text + "-01"), "MMMM y", locale=_locale(current()))
    except ValueError:
        return text
    return text


def choose() -> None:
    """The language of this request: what the reader has chosen here, or what the browser asks for."""
    wanted, offered = request.cookies.get(COOKIE), settings().languages
    g.language = wanted if wanted in offered else request.accept_languages.best_match(offered, offered[0])


def _tell(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", current())
        response.vary.update(("Accept", "Accept-Language", "Cookie"))
    return response


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(REGIONS.get(language, language))
