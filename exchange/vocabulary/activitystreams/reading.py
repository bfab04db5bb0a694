"""Reading what arrived: each value is what it should be, or the whole is refused in a sentence."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from exchange.messages import N_, Message, Problem, Refusal
from exchange.vocabulary import completeness
from exchange.vocabulary.fields import clean

_CONCEPT = re.compile(r"[a-z][a-z0-9-]{1,60}")
_ROUNDS = 4  # in which what we do not know is taken out of a record before it is judged
Model = TypeVar("Model", bound=BaseModel)


FIRST_YEAR, LAST_YEAR = 1900, 2200  # of what somebody said; beyond it nobody can count on from there


def refuse(path: str, msgid: str, **params: Any) -> Refusal:
    """A refusal of what arrived, at one field."""
    return Refusal([Problem(path, Message(msgid, params))])


def node(obj: Any, name: str, kind: str) -> dict[str, Any]:
    """The typed record inside an object; refused when it is not there or speaks of another object."""
    if not isinstance(obj, dict):
        raise refuse("", N_("An object is expected here."))
    inner = obj.get(name)
    if not isinstance(inner, dict) or inner.get("type") != kind:
        raise refuse(name, N_("This object carries no record of the kind %(kind)s."), kind=kind)
    named = inner.get("id")
    if named is not None and (not isinstance(named, str) or named.partition("#")[0] != obj.get("id")):
        raise refuse(f"{name}.id", N_("The record inside belongs to another object."))
    return inner


def is_uri(value: Any) -> bool:
    """Whether this can be the id of anything on the web."""
    if (
        not isinstance(value, str)
        or not 8 < len(value) <= 2000
        or re.search(r"[\s<>\"\x00-\x1f\x7f\\]", value)
    ):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def uri_at(obj: Mapping[str, Any], name: str, path: str = "") -> str:
    """An address at a field: itself, the id of an embedded object, or the only one of a list."""
    value = obj.get(name)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("id")
    if not is_uri(value):
        raise refuse(path or name, N_("A web address is expected here."))
    return str(value)


def number_at(obj: Mapping[str, Any], name: str, path: str, *, low: int = 1, high: int = 1_000_000) -> int:
    """A whole number at a field; 1 when it is absent."""
    value = obj.get(name, 1)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise refuse(f"{path}.{name}", N_("A whole number is expected here."))
    return value


def moment_at(obj: Mapping[str, Any], name: str, default: datetime | None = None) -> datetime:
    """A date and time with its offset at a field, in UTC."""
    value = obj.get(name)
    if value is None and default is not None:
        return default
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and len(value) < 40 else None
        moment = moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise refuse(name, N_("A date and time with its offset from UTC is expected here."))
    return moment


def flag_at(obj: Mapping[str, Any], name: str, path: str) -> bool:
    """Yes or no at a field; no when it is absent."""
    value = obj.get(name, False)
    if not isinstance(value, bool):
        raise refuse(f"{path}.{name}", N_("Yes or no is expected here."))
    return value


def choice_at(obj: Mapping[str, Any], name: str, path: str, choices: Iterable[str], default: str = "") -> str:
    """One of the choices at a field."""
    value = obj.get(name, default)
    if not isinstance(value, str) or value not in choices:
        raise refuse(
            f"{path}.{name}", N_("“%(value)s” is not one of the choices here."), value=clean(str(value)[:80])
        )
    return value


def slug_at(obj: Mapping[str, Any], path: str) -> str | None:
    """The name an object had where it was first written down."""
    value = obj.get("slug")
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,99}", value):
        raise refuse(
            f"{path}.slug", N_("A short name has small letters, digits and hyphens, at most a hundred.")
        )
    return value


def validated(model: type[Model], data: Any, path: str) -> Model:
    """A record out of what arrived, without what we do not know: other fields, other concepts.

    Another instance may run a newer version, whose vocabularies have grown: what we cannot show is
    left out of our copy, which is better than to lose the practice. Any other nonsense is refused.
    """
    try:
        for _ in range(_ROUNDS):
            try:
                return model.model_validate(data)
            except ValidationError as error:
                found = error.errors(include_url=False, include_input=False)
                unknown = [e["loc"] for e in found if _unknown(e)]
                if not unknown:
                    told = completeness.problems(error)[:20]
                    raise Refusal([Problem(_join(path, p.path), p.message) for p in told]) from error
                data = _without(data, unknown)
    except RecursionError as error:
        raise refuse(path, N_("This is nested too deeply.")) from error
    raise refuse(path, N_("This is not in the form expected here."))


def _join(*parts: str) -> str:
    return ".".join(p for p in parts if p)


def _unknown(error: Any) -> bool:
    if error["type"] == "extra_forbidden":
        return True
    return error["type"] == "concept" and bool(_CONCEPT.fullmatch(str(error["ctx"].get("value"))))


def _without(data: Any, paths: list[tuple[int | str, ...]]) -> Any:
    """A copy of the data without the values at those paths; a list closes its gaps."""
    gone = {p[:-1] if p and p[-1] == "[key]" else p for p in paths}
    weighted = {p[:-2] for p in paths if p and p[-1] == "[key]"}  # a sum without one of its parts is none
    return _pruned(data, (), gone | weighted)


def _pruned(value: Any, at: tuple[int | str, ...], gone: set[tuple[int | str, ...]]) -> Any:
    if isinstance(value, dict):
        return {k: _pruned(v, (*at, k), gone) for k, v in value.items() if (*at, k) not in gone}
    if isinstance(value, list):
        return [_pruned(v, (*at, n), gone) for n, v in enumerate(value) if (*at, n) not in gone]
    return value
