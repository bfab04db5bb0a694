"""What the product says to people: sentences that are translated where they are shown.

Every rule below the pages states its refusal as a `Message`: an English sentence with named gaps,
which is the key of the catalogue of translations. Pages, API and command line render it in the
reader's language; nothing below them needs to know which that is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


def N_(msgid: str) -> str:
    """Mark a sentence for the translators and leave it as it is."""
    return msgid


@dataclass(frozen=True)
class Message:
    """One sentence (`msgid`, %-format with names) and what fills its gaps."""

    msgid: str
    params: dict[str, Any] = field(default_factory=dict)

    def render(self, gettext: Callable[[str], str] = str) -> str:
        params = {k: v.render(gettext) if isinstance(v, Message) else v for k, v in self.params.items()}
        return gettext(self.msgid) % params if params else gettext(self.msgid)

    def __str__(self) -> str:
        return self.render()


@dataclass(frozen=True)
class Problem:
    """Something wrong at one field; `path` is dotted, as in `lesson.0.text`, empty for the whole."""

    path: str
    message: Message

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else str(self.message)


class Refusal(Exception):
    """The rules of the exchange refuse this; `problems` says where and why."""

    def __init__(self, problems: Iterable[Problem] | Message | str, **params: Any) -> None:
        if isinstance(problems, str):
            problems = Message(problems, params)
        if isinstance(problems, Message):
            problems = [Problem("", problems)]
        self.problems = list(problems)
        super().__init__("; ".join(str(p) for p in self.problems))


class Unfit(ValueError):
    """A value that a setting cannot take; `message` says why, to the log in English and to a page in any language."""

    def __init__(self, message: Message | str, **params: Any) -> None:
        self.message = message if isinstance(message, Message) else Message(message, params)
        super().__init__(str(self.message))


class NotFound(Refusal):
    """Nothing here goes by that name."""


class NotAllowed(Refusal):
    """This person may not do that."""


class NotNow(Refusal):
    """What has to be asked for this does not answer; it passes, and nothing was changed."""

    RETRY_AFTER = 5  # seconds
