"""How words, facts and names are shown: which language first, what counts as a fact, where a thing lives."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, request, url_for

from exchange.catalogue import shelf
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.vocabulary import concepts
from exchange.web.frame.guard import may_govern
from exchange.web.frame.language import current, label
from exchange.web.frame.reach import settings

FACTS = ("V", "V2", "E", "G")  # read in a source, or official data; all else is shown as not checked
STATIC = Path(__file__).parents[2] / "static"
# What a page may say at its top after something was done; each has its sentence in parts/note.html
NOTES = frozenset(
    """
    saved published revised withdrawn rated adopted discarded followed unfollowed comment-shown
    comment-hidden report-done question-done invited search-saved search-seen search-changed
    search-deleted search-restored answered retried confirmed contested welcome logged-out
    unchanged review-withdrawn review-answered lent voice-back signed unsigned asked-to-join
    left-cluster lifted heeded asked request-done still-so collected saved-collection
    collection-gone call-opened call-closed call-changed call-gone contributed commented
    supported support-back said-back said-hidden said-shown said-moved takes-part parted set-up
    set-up-already backup-begun backup-made backup-gone judged merged taken-in translated
    password-changed account-gone follows follows-not adoption-gone
    """.split()
)


@dataclass(frozen=True)
class Wording:
    """One text in one language; `translated` when it is not the language it was written in."""

    language: str
    text: str
    translated: bool = False


def register(app: Flask) -> None:
    """Give the templates what they show with."""
    app.jinja_env.globals.update(
        asset=asset,
        wordings=wordings,
        best=best,
        doubt=doubt,
        kind_of_place=kind_of_place,
        community_url=community_url,
        practice_url=practice_url,
        with_args=with_args,
        scheme=concepts.scheme,
        concept=concepts.concept,
        step_of=step_of,
        is_stale=is_stale,
        settings=settings,
        may_govern=may_govern,
        host_of=host_of,
        note=note,
        here=here,
        short_language=short_language,
    )
    app.jinja_env.filters.update(paragraphs=paragraphs, labels=labels, truncate=truncate)


def truncate(text: str | None, most: int = 255, killwords: bool = False, end: str = "\u00a0…") -> str:
    """At most so many characters of a text, up to the end of a word (or not: `killwords`), without a comma left over.

    Jinja's own filter writes three dots, after a comma too, and leaves five characters more than it is told.
    """
    text = text or ""
    if len(text) <= most:
        return text
    kept = text[: most - len(end)]
    if not (killwords or text[len(kept)].isspace() or kept[-1].isspace()):
        kept = kept.rsplit(None, 1)[0]
    return kept.rstrip(" ,;:.–—-(") + end


@cache
def asset(name: str) -> str:
    """The address of a static file, with its content's hash so that it can be kept for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def wordings(texts: Mapping[str, str] | None, original: str = "und") -> list[Wording]:
    """A text as it is shown: the original first, then a translation that serves the reader better, if there is one.

    That is the one into their language, else the English one, as with `best`.
    """
    texts = {k: v for k, v in (texts or {}).items() if v}
    if not texts:
        return []
    first = original if original in texts else next(iter(texts))
    shown = [Wording(first, texts[first])]
    for language in (current(), "en"):
        if language == first:
            break
        if language in texts:
            shown.append(Wording(language, texts[language], translated=True))
            break
    return shown


def best(texts: Mapping[str, str] | None, fallback: str = "") -> Wording:
    """A name or a title in the one language that serves the reader best."""
    texts = {k: v for k, v in (texts or {}).items() if v}
    for language in (current(), "en"):  # who cannot read the original can more often read English
        if language in texts:
            return Wording(language, texts[language])
    if not texts:
        return Wording("und", fallback)
    language, text = next(iter(texts.items()))
    return Wording(language, text)


def doubt(certainty: str | None) -> str:
    """What to say beside a statement: "" for a fact, "editorial" for a classification, else "unchecked"."""
    code = (certainty or "").partition(",")[0].strip()
    if not code or code in FACTS:
        return ""
    return "editorial" if code == "editorial" else "unchecked"


def kind_of_place(degurba: str | None) -> str:
    """rural, town or city; "" when it is not known."""
    return {"dg-1": "city", "dg-2": "town", "dg-3": "rural"}.get(degurba or "", "")


def step_of(concept_id: str | None) -> int:
    """Where a concept stands in its scheme, counted from 0; -1 when there is none."""
    found = concepts.concept(concept_id) if concept_id else None
    return list(concepts.scheme(found.scheme).concepts).index(found.id) if found else -1


def is_stale(practice: Practice) -> bool:
    """Whether the owner of a practice should have looked at it again by now."""
    return practice.review_due is not None and practice.review_due < now().date()


def community_url(community: Community | Mapping[str, Any]) -> str:
    """The page of a community here, ours or somebody else's."""
    if isinstance(community, Community):
        ref = community.slug if community.local else shelf.handle(community)
    else:
        origin = origin_of(str(community.get("id", "")))
        key = str(community.get("key") or community.get("slug") or "")
        ref = key if origin == settings().origin else f"@{key}@{urlsplit(origin).netloc}"
    return url_for("public.community", ref=ref)


def practice_url(practice: Practice | Mapping[str, Any]) -> str:
    """The page of a practice here."""
    key = practice.key if isinstance(practice, Practice) else str(practice["key"])
    return url_for("public.practice", key=key)


def origin_of(uri: str) -> str:
    """The scheme and host of an address."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(uri: str | None) -> str:
    """The host of an address, as people name an instance."""
    return urlsplit(uri or "").netloc or (uri or "")


def with_args(drop: Iterable[tuple[str, str | None]] = (), **change: str | None) -> str:
    """The address of this page with some of its arguments changed; those in `drop` are taken out."""
    pairs = [(k, v) for k, v in request.args.items(multi=True) if v]
    dropped = list(drop)
    pairs = [
        (k, v) for k, v in pairs if (k, v) not in dropped and (k, None) not in dropped and k not in change
    ]
    pairs += [(k, v) for k, v in change.items() if v]
    return request.path + ("?" + urlencode(pairs) if pairs else "")


def here() -> str:
    """The address of the page that is open, to come back to it; behind a form that is the form's own page."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    try:
        before = urlsplit(request.referrer or "")
    except ValueError:  # a browser that says nonsense about where it comes from
        return url_for("public.home")
    if f"{before.scheme}://{before.netloc}" != settings().origin:
        return url_for("public.home")
    return before.path + (f"?{before.query}" if before.query else "")


def note() -> str:
    """What has just been done, as the address says after a form was sent; "" when nothing was."""
    wanted = request.args.get("done", "")
    return wanted if wanted in NOTES else ""


def short_language(code: str) -> str:
    """A language tag that is fit for a lang attribute; empty means that the language is not known."""
    return "" if code == "und" else code


def paragraphs(text: str | None) -> list[list[str]]:
    """A text as its paragraphs, each as its lines."""
    blocks = re.split(r"\n\s*\n", (text or "").strip())
    return [block.splitlines() for block in blocks if block.strip()]


def labels(concept_ids: Iterable[str] | None) -> list[str]:
    """The names of several concepts in the reader's language."""
    return [label(one) for one in concept_ids or ()]
