"""What the orders of a list are called."""

from sqlmodel import Session

from exchange.catalogue import shelf
from exchange.messages import N_, NotFound
from exchange.translation import gettext_for

SORTS = {
    "relevance": N_("Best match"),
    "newest": N_("Newest first"),
    "updated": N_("Last changed first"),
    "oldest": N_("Oldest first"),
    "adoptions": N_("Most adopted"),
    "evidence": N_("Best evidence"),
    "population": N_("Largest places first"),
    "title": N_("Title"),
}
FROM_HOME = {"like": N_("Most like %(place)s"), "nearest": N_("Nearest to %(place)s")}


def called(session: Session, sort: str, home: str, language: str) -> str:
    """An order in words; empty for the usual one. Of those from a place, the place is `home`."""
    gettext = gettext_for(language)
    if sort in FROM_HOME:
        try:
            return gettext(FROM_HOME[sort]) % {"place": shelf.community(session, home).called(language)}
        except NotFound:
            return gettext("By distance") if sort == "nearest" else gettext("By likeness")
    return gettext(SORTS[sort]) if sort != "relevance" else ""
