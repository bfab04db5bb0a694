"""The kinds of value that a record is made of: texts in several languages, concepts, dates, addresses."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from exchange.messages import N_
from exchange.vocabulary import concepts

UNDETERMINED = "und"
LONG = 8000
LANGUAGES = 40  # in which one text may stand
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_EDTF = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?[~?%]?")
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)  # all of Cc but line ends and tabs, and Cs
# Overrides and embeddings of direction reach beyond the text they stand in; the others hide what is said.
UNSEEN = re.compile("[\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# Nothing that makes an address of another kind of it (javascript://…@…), or adds to what is written to it (?bcc=…).
_MAILBOX = re.compile(r"""[^@\s:/\\?#<>()"',;]{1,64}@[^@\s:/\\?#<>()"',;]+\.[^@\s:/\\?#<>()"',;]{2,}""")
_PERSONAL = re.compile(r"^[a-z]+[._][a-z]{2,}@", re.IGNORECASE)


def complain(kind: str, msgid: str, **params: Any) -> PydanticCustomError:
    """A validation error that carries a translatable sentence, its gaps %(named)s."""
    return PydanticCustomError(kind, msgid, {**params, "msgid": msgid})


def clean(text: str) -> str:
    """Text as it is kept: composed form, trimmed, no control characters but line ends, nothing unseen."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return UNSEEN.sub("", _CONTROLS.sub("", text)).strip()


def is_language(value: Any) -> bool:
    """Whether this is the code of a language, such as “fr” or “pt-BR”."""
    return isinstance(value, str) and _TAG.fullmatch(value) is not None


def _language(value: Any) -> str:
    if not is_language(value):
        raise complain("language", N_("This is not a language code such as “fr” or “pt-BR”."))
    return value


def _texts(limit: int) -> Any:
    def validate(value: Any) -> dict[str, str]:
        if isinstance(value, str):
            value = {UNDETERMINED: value}
        if not isinstance(value, dict):
            raise complain("texts", N_("A text is expected here, or texts by language."))
        if len(value) > LANGUAGES:
            raise complain("texts", N_("At most %(limit)s languages."), limit=LANGUAGES)
        kept: dict[str, str] = {}
        for language, text in value.items():
            if not isinstance(text, str):
                raise complain("texts", N_("A text is expected here, or texts by language."))
            _language(language)
            text = clean(text)
            if len(text) > limit:
                raise complain(
                    "too_long",
                    N_("At most %(limit)s characters; these are %(length)s."),
                    limit=limit,
                    length=len(text),
                )
            if text:
                kept[language] = text
        return kept

    return validate


def _line(limit: int) -> Any:
    def validate(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise complain("line", N_("A text is expected here."))
        if isinstance(value, int) and abs(value) > 10**18:  # Python refuses to write out the longest numbers
            raise complain("line", N_("A text is expected here."))
        text = clean(str(value))
        if len(text) > limit:
            raise complain(
                "too_long",
                N_("At most %(limit)s characters; these are %(length)s."),
                limit=limit,
                length=len(text),
            )
        return text

    return validate


def _url(value: str) -> str:
    value = clean(value)
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or len(value) > 2000 or " " in value:
        raise complain("url", N_("This is not a web address that begins with https:// or http://."))
    if "@" in parts.netloc:  # what stands before it looks like the host and is not
        raise complain("url", N_("A web address begins with its host, without a name or password before it."))
    return value


def _contact(value: str) -> str:
    """A form's address or a function mailbox; a mailbox of the form given.family@ is refused as personal."""
    value = clean(value)
    if "@" in value and not value.startswith(("http://", "https://")):
        mailbox = value.removeprefix("mailto:")
        if not _MAILBOX.fullmatch(mailbox):
            raise complain("mailbox", N_("This is neither a mailbox nor a web address."))
        if _PERSONAL.match(mailbox):
            raise complain(
                "personal",
                N_("This looks like a person's mailbox. Use a function mailbox or the address of a form."),
            )
        return mailbox
    return _url(value)


def _date(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000:
        value = f"{value:04}"
    text = value.isoformat() if isinstance(value, date) else value
    if isinstance(value, datetime) or not isinstance(text, str) or not _on_calendar(text):
        raise complain("date", N_("Write the date as 2024, 2024-05 or 2024-05-31."))
    return text


def _on_calendar(text: str) -> bool:
    if not _EDTF.fullmatch(text):
        return False
    try:
        year, month, day, *_ = (*(int(part) for part in text.rstrip("~?%").split("-")), 1, 1)
        return bool(date(year, month, day))
    except ValueError:
        return False


def concept_of(*schemes: str) -> Any:
    """The type of a concept's identifier out of the named schemes."""

    def validate(value: str) -> str:
        if not any(value in concepts.scheme(name) for name in schemes):
            raise complain(
                "concept", N_("“%(value)s” is not one of the choices here."), value=clean(value)[:80]
            )
        return value

    return Annotated[str, AfterValidator(validate)]


Language = Annotated[str, BeforeValidator(_language)]
Text = Annotated[dict[str, str], BeforeValidator(_texts(LONG))]
Title = Annotated[dict[str, str], BeforeValidator(_texts(120))]
Summary = Annotated[dict[str, str], BeforeValidator(_texts(600))]
Question = Annotated[dict[str, str], BeforeValidator(_texts(2000))]
ShortTitle = Annotated[dict[str, str], BeforeValidator(_texts(100))]
ShortText = Annotated[dict[str, str], BeforeValidator(_texts(700))]
Remark = Annotated[dict[str, str], BeforeValidator(_texts(300))]
Line = Annotated[str, BeforeValidator(_line(300))]
Url = Annotated[str, AfterValidator(_url)]
ContactAddress = Annotated[str, AfterValidator(_contact)]
Date = Annotated[str, BeforeValidator(_date)]


def to_come(told: str, today: date) -> bool:
    """Whether a date of a record (2014, 2014-05, 2014-05-31, perhaps with ~) begins after a day."""
    year, month, day, *_ = (*(int(part) for part in told.rstrip("~?%").split("-")), 1, 1)
    return date(year, month, day) > today


Certainty = Annotated[str, BeforeValidator(_line(80))]


class Part(BaseModel):
    """Base of everything nested in a record: written in camelCase, unknown names refused.

    `needs` names what an entry cannot be without, unless all of it is empty.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )

    @model_validator(mode="after")
    def _called(self) -> Self:
        given = [name for name, value in self.__dict__.items() if value not in ("", None, {}, [])]
        if given and not set(self.needs) <= set(given):
            raise complain("name", N_("An entry needs its name, title or text."))
        return self
