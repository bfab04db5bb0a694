"""Communities that a question names among its words: `community:Ulm`, `adopted_by:helsinki`."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from sqlmodel import Session, col, select

from exchange.catalogue import shelf
from exchange.catalogue.finding.narrowed import OWNERS
from exchange.messages import NotFound
from exchange.models.community import Community
from search.layout import LAYOUT
from search.question import understanding
from search.words.thesaurus import Concept, Thesaurus, folded, unlike

MOST = 20  # communities that may be meant by one name
Named = tuple[str, tuple[str, ...]]


def named(session: Session, typed: str) -> Thesaurus | None:
    """What the communities are called that a question names; None when it names none.

    The index knows them by their addresses. People write short names, as in the address of a community's
    page, or what they call the place; a name that nobody has comes with those that are nearly so.
    """
    asked = list(dict.fromkeys(understanding.values(typed, OWNERS, LAYOUT)))
    if not asked:
        return None
    return Thesaurus(
        (concept for field, value in asked for concept in _meant(session, field, value)),
        fields={field for field, _value in asked},
    )


def _meant(session: Session, field: str, value: str) -> Iterator[Concept]:
    if "://" in value:
        yield Concept(field, value, {})
        return
    with suppress(NotFound):
        yield Concept(field, shelf.community(session, value).uri, {"und": (value,)})
        return
    near = _near(session, folded(value))
    same = [uri for uri, names in near if folded(value) in map(folded, names)]
    if same:
        yield Concept(field, same[0], {"und": (value,)}, tuple(same[1:]))
        return
    yield from (Concept(field, uri, {"und": names}) for uri, names in near)


def _near(session: Session, typed: str) -> Sequence[Named]:
    """The communities with such a name in any language, the likest first."""
    known = select(Community.uri, Community.name).where(col(Community.gone).is_(False))
    met = []
    for uri, names in session.exec(known):
        far = [one for name in names.values() if (one := unlike(typed, folded(name))) is not None]
        if far:
            met.append((min(far), uri, tuple(names.values())))
    return [(uri, names) for _far, uri, names in sorted(met)[:MOST]]
