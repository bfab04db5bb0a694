"""Room for communities that nobody here has heard of: so many a day from one domain, unless we follow or allow it.

Whoever owns a domain can make as many actors as there are numbers, and each of them may judge and adopt every
practice of ours once. What all of them together may add in a day is therefore counted by what somebody had to register.
"""

from datetime import timedelta

from sqlmodel import Session, col, func, or_, select

from exchange.messages import N_, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from federation.ledger import relations, rules
from federation.wire.activity import host_of, origin_of

A_DAY = 50
DAY = timedelta(days=1)
SCHEMES = ("https", "http")
SUFFIXES = frozenset("ac asso co com edu go gob gouv gov gv ne net nom or org".split())  # under countries


def check(session: Session, uri: str) -> None:
    """Refuse one more community from a domain of strangers when enough have come from there today."""
    host = host_of(uri) or ""
    rule = rules.word(session, host)
    if relations.is_followed(session, host) or (rule is not None and rule.allowed):
        return
    domain = registrable(host)
    there = or_(
        Community.instance == origin_of(uri),
        *(
            col(Community.instance).like(f"{scheme}://{part}{domain}")
            for scheme in SCHEMES
            for part in ("", "%.")
        ),
    )
    lately = select(func.count()).where(there, col(Community.created_at) > now() - DAY)
    if session.exec(lately.select_from(Community)).one() >= A_DAY:
        raise Refusal(N_("As many new communities as we take in on one day have come from there today."))


def registrable(host: str) -> str:
    """The part of a host that somebody had to register, roughly: with subdomains alone nobody becomes many.

    Two labels, or three where the last but one is what countries register under (co.uk, gouv.fr, com.es). Where
    that is too wide, strangers of one suffix share a day; who is followed or allowed is not counted.
    """
    name, colon, port = host.partition(":")
    labels = name.split(".")
    if labels[-1].isdigit():  # an address
        return host
    deep = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SUFFIXES
    return ".".join(labels[-3:] if deep else labels[-2:]) + colon + port
