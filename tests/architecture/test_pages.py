"""A page asks nobody but its own instance for anything."""

import re

from tests.architecture.sources import ROOT, named

# What makes a browser fetch something, as opposed to a link that a person may follow.
FETCHES = [
    r"\b(?:src|srcset|action|formaction|poster|data|hx-[a-z]+)\s*=\s*[\"']?\s*(?:https?:)?//",
    r"<link\b[^>]*\bhref\s*=\s*[\"']?\s*(?:https?:)?//",
    r"<(?:use|image)\b[^>]*href\s*=\s*[\"']?\s*(?:https?:)?//",
    r"url\(\s*[\"']?\s*(?:https?:)?//",
    r"@import\s+[\"']\s*(?:https?:)?//",
    r"\b(?:fetch|import|WebSocket|EventSource|sendBeacon)\s*\(\s*[\"'`](?:https?:|wss?:)?//",
]
KINDS = {".html", ".xml", ".css", ".js", ".svg", ".txt", ".webmanifest"}


def test_no_page_makes_a_browser_ask_a_third_party() -> None:
    files = [
        path
        for directory in ("templates", "static")
        for path in (ROOT / "exchange" / directory).rglob("*")
        if path.suffix in KINDS
    ]
    found = [
        f"{named(path)}: {match.group(0)}"
        for path in files
        for pattern in FETCHES
        for match in re.finditer(pattern, path.read_text(encoding="utf-8"), re.I)
    ]
    assert found == []


def test_scripts_and_styles_stand_in_files_and_not_in_pages() -> None:
    # The content security policy would refuse them, and nobody would see why.
    inline = [
        named(path)
        for path in (ROOT / "exchange" / "templates").rglob("*.html")
        if re.search(
            r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\son[a-z]+\s*=\s*[\"']|\sstyle\s*=\s*[\"']",
            path.read_text(),
        )
    ]
    assert inline == []


def test_the_patterns_tell_a_request_from_a_link() -> None:
    asks = ['<img src="https://a.example/x">', "url(//a.example/x)", '<link rel="x" href="http://a.example">']
    links = [
        '<a href="https://a.example/">',
        '<svg xmlns="http://www.w3.org/2000/svg">',
        'src="/static/x.js"',
    ]
    assert all(any(re.search(pattern, text, re.I) for pattern in FETCHES) for text in asks)
    assert not any(re.search(pattern, text, re.I) for pattern in FETCHES for text in links)
