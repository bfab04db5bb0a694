"""Figures as people type them in their language, and as they find them again in the field.

12.500 is twelve thousand and a half thousand to a German and twelve and a half to an Irish clerk: whatever is
read here is shown so that reading it again gives the same.
"""

import re
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.numbers import get_decimal_symbol

_THOUSANDS = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+")


def read(text: str, language: str, *, grouped: bool = True) -> int | float | str:
    """A number as people write it in a language; what is none stays as it was typed.

    Not `grouped` is what never comes to thousands, such as a latitude: its one sign is the decimal's.
    """
    plain = re.sub(r"[\s'’]", "", text)
    if (
        grouped
        and _THOUSANDS.fullmatch(plain)
        and ("." in plain) == _has_comma(language)
        and not ("." in plain and "," in plain)
    ):
        plain = re.sub(r"[.,]", "", plain)
    elif "," in plain and "." in plain:
        decimal = max(plain.rfind(","), plain.rfind("."))
        plain = re.sub(r"[.,]", "", plain[:decimal]) + "." + plain[decimal + 1 :]
    plain = plain.replace(",", ".")
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", plain):
        return text
    return float(plain) if "." in plain else int(plain)


def written(value: Any, language: str) -> str:
    """A number for a field, with the decimal sign of a language and no other; what is none as it is."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    if isinstance(value, float) and _has_comma(language):
        return text.replace(".", ",")
    return text


@cache
def _has_comma(language: str) -> bool:
    try:
        return get_decimal_symbol(Locale.parse(language, sep="-")) == ","
    except (UnknownLocaleError, ValueError):
        return False
