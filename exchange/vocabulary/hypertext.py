"""Text with a little markup, as people elsewhere write it: cleaned of all that does anything but say something."""

import re
from html import unescape

import nh3

from exchange.vocabulary.fields import clean

TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "strong", "ul"}
REL = "nofollow ugc noopener"


def limited(html: str) -> str:
    """The same words with the tags of plain prose only; links lead to the web and vouch for nothing."""
    kept = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"}, link_rel=REL)
    return clean(kept)


def plain(html: str) -> str:
    """The words alone, as text that is still to be escaped where it is shown."""
    spaced = re.sub(r"(?i)<br\s*/?>|</(?:p|li|div|blockquote)>", "\n", html)
    bare = nh3.clean(spaced, tags=set())
    return clean(unescape(bare))


def says_nothing(html: str) -> bool:
    """Whether no words are left of it."""
    return not plain(html).strip()
