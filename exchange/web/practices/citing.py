"""How a practice is cited: one line for a report, and an entry of BibTeX."""

import re
import unicodedata
from urllib.parse import urlsplit

from exchange.catalogue.files.imports import slug_of
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.web.frame.reach import settings

_MARKED = re.compile(r"[\\{}%&$#_^~]")


def citation(practice: Practice, owner: Community) -> str:
    """One line: who, when, what, which version, where."""
    title = practice.title_texts.get(practice.language) or practice.title
    return (
        f"{owner.called(practice.language)} ({practice.modified_at.year}): {title}. "
        f"Version {practice.version}. {_where(practice)}. {practice.uri}"
    )


def bibtex(practice: Practice, owner: Community) -> str:
    """An entry of BibTeX; what means something there is written so that it does not."""
    title = practice.title_texts.get(practice.language) or practice.title
    fields = {
        "author": "{" + _plain(owner.called(practice.language)) + "}",
        "title": "{" + _plain(title) + "}",
        "year": str(practice.modified_at.year),
        "note": f"Version {practice.version}",
        "howpublished": _plain(_where(practice)),
        "url": practice.uri,
        "language": practice.language,
    }
    told = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{name(practice)}-{practice.modified_at.year},\n{told}\n}}\n"


def _where(practice: Practice) -> str:
    """Who publishes it: this site by its name, another by its host, which is all that is sure of it here."""
    return settings().name if practice.local else urlsplit(practice.uri).netloc


def _plain(text: str) -> str:
    """A text in which no character commands anything."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    words = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}
    return _MARKED.sub(lambda found: words.get(found[0], "\\" + found[0]), line)


def name(practice: Practice) -> str:
    """A short name for files and entries, the same in every language."""
    return slug_of(practice.title)[:60] or practice.key
