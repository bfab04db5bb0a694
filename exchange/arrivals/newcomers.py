"""Room for communities that nobody here has heard of: so many a day from one host, unless we follow or allow it.

Whoever owns a domain can make as many actors as there are numbers, and each of them may judge and adopt every
practice of ours once. What all of them together may add in a day is therefore counted by their host.
"""

from datetime import timedelta

from sqlmodel import Session, col, func, select

from exchange.messages import N_, Refusal
from exchange.models.base import now
from exchange.models.community import Community
from federation.ledger import relations, rules
from federation.wire.activity import host_of, origin_of

A_DAY = 50
DAY = timedelta(days=1)


def check(session: Session, uri: str) -> None:
    """Refuse one more community from a host of strangers when enough have come from there today."""
    host = host_of(uri) or ""
    lately = select(func.count()).where(
        Community.instance == origin_of(uri), col(Community.created_at) > now() - DAY
    )
    if session.exec(lately.select_from(Community)).one() < A_DAY or relations.is_followed(session, host):
        return
    rule = rules.word(session, host)
    if rule is None or not rule.allowed:
        raise Refusal(N_("As many new communities as we take in on one day have come from there today."))
