"""The letter that tells an officer what is new in their searches, and nothing when nothing is."""

from collections import defaultdict
from datetime import datetime

from sqlmodel import Session, col, select

from exchange.catalogue.finding import saved
from exchange.catalogue.finding.find import chosen
from exchange.catalogue.people import letters
from exchange.config import Settings
from exchange.messages import N_
from exchange.models.officer import Officer
from exchange.models.saved import NEVER, SavedSearch, SearchReader
from exchange.translation import gettext_for, ngettext_for
from exchange.vocabulary import names

LISTED = 10  # practices of one search in a letter; the page shows them all
AT_ONCE = 50


def write_due(session: Session, settings: Settings, at: datetime) -> int:
    """Write the letters whose time has come, one to an officer; how many searches were looked at."""
    query = (
        select(SearchReader, SavedSearch, Officer)
        .join(SavedSearch, col(SavedSearch.id) == SearchReader.search_id)
        .join(Officer, col(Officer.id) == SearchReader.officer_id)
        .where(SearchReader.cadence != NEVER, col(SearchReader.due_at) <= at)
        .order_by(col(SearchReader.officer_id), col(SearchReader.search_id))
    )
    due = defaultdict(list)
    for reader, search, officer in session.exec(query.limit(AT_ONCE)):
        due[officer.id].append((reader, search, officer))
    for rows in due.values():
        _write(session, settings, rows, at)
    return sum(map(len, due.values()))


def _write(
    session: Session, settings: Settings, rows: list[tuple[SearchReader, SavedSearch, Officer]], at: datetime
) -> None:
    officer, paragraphs, practices = rows[0][2], [], set[int | None]()
    for reader, search, _officer in rows:
        still = search.deleted_at is None and saved.may_read(officer, search)
        after = max(reader.mailed, reader.seen)
        found = saved.news(session, search, after, LISTED) if still else []
        if found:
            new = saved.new(session, search, after)
            practices.update(new)  # one may be new in several
            paragraphs += _told(settings, search, found, len(new), officer.language)
        pause = saved.CADENCES.get(reader.cadence)
        reader.mailed = max([reader.mailed, *(hit.number for hit, _p, _c in found)])
        reader.due_at = at + pause if pause else None
        session.add(reader)
    total = len(practices)
    if not total:
        return
    say, ngettext = gettext_for(officer.language), ngettext_for(officer.language)
    stop = f"{settings.origin}/unsubscribe/{rows[0][0].stop_token}"
    subject = ngettext(
        "%(num)s practice is new in your searches", "%(num)s practices are new in your searches", total
    )
    letters.post(
        session,
        settings,
        kind="digest",
        to=officer.mailbox,
        language=officer.language,
        subject=f"{settings.name}: {subject % {'num': total}}",
        paragraphs=[
            *paragraphs,
            say(N_("Your searches, and how often you are written to:")),
            f"{settings.origin}/desk/searches",
            say(N_("No more of these letters, with one click:")),
            stop,
        ],
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )


def _told(settings: Settings, search: SavedSearch, found: saved.Hits, many: int, language: str) -> list[str]:
    """A search with its latest practices: title, place and address of each."""
    told = [f"{search.name} ({many})"]
    for _hit, practice, owner in found:
        title = chosen(practice.title_texts, language, practice.language)[1] or practice.title
        where = ", ".join(filter(None, (owner.called(language), names.country(owner.country, language))))
        told.append(f" * {title}\n   {where}\n   {settings.origin}/practices/{practice.key}")
    if many > len(found):
        told.append(
            gettext_for(language)(N_("All of them:")) + f"\n{settings.origin}/desk/searches/{search.key}"
        )
    return told
