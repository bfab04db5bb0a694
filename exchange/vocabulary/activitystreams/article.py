"""A record told as an article: plain HTML that any reader of the Fediverse can show.

Headings stand in the language of the text. A passage that was not translated stays in its original
language and says so, which is what screen readers and translators need.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

import yaml

from exchange.vocabulary import concepts
from exchange.vocabulary.fields import UNDETERMINED

LONGEST = 40_000  # characters of HTML in one language; the record beside it is always whole


@cache
def _words() -> dict[str, dict[str, str]]:
    text = files("exchange").joinpath("seeds/headings.yaml").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = yaml.load(text, Loader=concepts.LOADER)  # noqa: S506 - a safe loader
    return words


def word(name: str, language: str, /, **params: Any) -> str:
    """A heading or phrase in a language, else in English."""
    words = _words()
    text = words.get(language.partition("-")[0], {}).get(name) or words["en"][name]
    return text % params if params else text


def speaks(language: str) -> bool:
    """Whether we have all phrases and the labels of the vocabularies in that language."""
    return language.partition("-")[0] in concepts.LANGUAGES


def pick(text: Mapping[str, str], language: str) -> tuple[str, str]:
    """The text in the language, else in its first one; with the language that it is in."""
    if language in text:
        return text[language], language
    return next(((value, key) for key, value in text.items()), ("", language))


def paragraphs(text: Mapping[str, str], language: str, *, lead: str = "") -> str:
    """A text as paragraphs, escaped, marked with its language where that is another one."""
    told, spoken = pick(text, language)
    mark = _mark(spoken, language)
    parts = [p.strip() for p in re.split(r"\n\s*\n", told) if p.strip()]
    html = [escape(p, quote=False).replace("\n", "<br>") for p in parts]
    return "".join(f"<p{mark}>{lead if not n else ''}{p}</p>" for n, p in enumerate(html))


def _mark(spoken: str, language: str) -> str:
    return f' lang="{escape(spoken)}"' if spoken not in (language, UNDETERMINED) else ""


def bullets(texts: Iterable[Mapping[str, str]], language: str) -> str:
    """Texts as a list; empty when there are none."""
    items = []
    for told, spoken in (pick(t, language) for t in texts if t):
        items.append(
            f"<li{_mark(spoken, language)}>{escape(told, quote=False).replace(chr(10), '<br>')}</li>"
        )
    return f"<ul>{''.join(items)}</ul>" if items else ""


def article(record: Mapping[str, Any], language: str, *, by_others: bool) -> str:
    """The whole record in one language, as far as it was written or translated."""
    parts = [paragraphs(record.get("summary", {}), language)]
    if by_others:
        parts.append(f"<p><em>{escape(word('others', language))}</em></p>")
    for name, body in _sections(record, language):
        if body:
            parts.append(f"<h2>{escape(word(name, language))}</h2>{body}")
    html = ""
    for part in parts:  # whole sections or none: a cut inside would leave broken markup
        if len(html) + len(part) <= LONGEST:
            html += part
    return html


def _sections(record: Mapping[str, Any], language: str) -> Iterable[tuple[str, str]]:
    def text(*path: str) -> str:
        value: Any = record
        for name in path:
            value = value.get(name, {})
        return paragraphs(value, language)

    def listed(name: str, *path: str) -> str:
        value: Any = record.get(name, {})
        for step in path:
            value = value.get(step, [])
        return bullets([v.get("text", v) if isinstance(v, dict) else v for v in value], language)

    level = record.get("engagement", {}).get("level")
    cost = record.get("cost", {}).get("class")
    yield "problem", text("problem")
    yield "context", text("context")
    yield "objectives", text("objectives")
    yield "solution", text("solution")
    yield "engagement", _label(level, language) + text("engagement", "process")
    yield "inclusion", text("inclusion", "measures")
    yield "governance", text("governance")
    yield "procurement", text("procurement", "text")
    yield (
        "cost",
        _label(cost, language) + bullets(_told(record.get("cost", {}).get("items", [])), language),
    )
    yield "financing", bullets(_told(record.get("financing", [])), language)
    yield "legal", text("legal")
    yield "dataProtection", text("dataProtection", "text")
    yield "result", bullets(map(_result, record.get("result", [])), language)
    yield "lesson", listed("lesson")
    yield "prerequisite", listed("prerequisite")
    yield "replication", listed("replication", "steps") + text("replication", "core")
    yield "source", _sources(record.get("source", []))


def _told(items: Iterable[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    return [i["text"] for i in items if i.get("text")]


def _label(concept: str | None, language: str) -> str:
    return f"<p>{escape(concepts.label(concept, language.partition('-')[0]))}</p>" if concept else ""


def _result(result: Mapping[str, Any]) -> Mapping[str, str]:
    if result.get("text"):
        told: Mapping[str, str] = result["text"]
        return told
    figures = " ".join(str(result[k]) for k in ("value", "unit") if result.get(k))
    period = f" ({result['period']})" if result.get("period") else ""
    return {k: f"{v}: {figures}{period}" for k, v in result.get("indicator", {}).items()}


def _sources(sources: Iterable[Mapping[str, Any]]) -> str:
    items = []
    for source in sources:
        title = escape(source["title"])
        url = source.get("url")
        items.append(f'<a href="{escape(url)}" rel="nofollow noopener">{title}</a>' if url else title)
    return f"<ul>{''.join(f'<li>{i}</li>' for i in items)}</ul>" if items else ""


def shortened(text: str, limit: int) -> str:
    """A text of at most `limit` characters, cut between words."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[limit // 2 :] else cut).rstrip(" ,;:.") + "…"
