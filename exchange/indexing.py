"""Catalogue to documents: the index follows the journal, and nothing else, to stay in step."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, col, func, select

from exchange.db import Database
from exchange.models.adoption import Adoption
from exchange.models.collection import Collected, Collection
from exchange.models.community import Community
from exchange.models.practice import OTHERS, PUBLISHED, Practice
from exchange.models.review import Review
from exchange.vocabulary import concepts
from federation.ledger import journal
from federation.ledger.journal import JournalEntry
from search.engine import Document, Index

BATCH = 500


def catch_up(database: Database, engine: Index, *, batch: int = BATCH) -> int:
    """Read the journal after what the index holds and put what it means; the number of rows read.

    One call reads one batch, so that a long rebuild can be interrupted and shows its progress.
    """
    with database.reading() as session:
        rows = journal.after(session, engine.seen(), limit=batch, bodies=False)
        if not rows:
            return 0
        documents, deletes = meaning(session, rows)
    engine.put(documents, deletes, rows[-1].number)
    return len(rows)


def meaning(session: Session, rows: Sequence[JournalEntry]) -> tuple[list[Document], list[str]]:
    """The documents to put and the ids to delete for a stretch of the journal."""
    named = {
        uri for row in rows for uri in (row.object_id, row.actor if row.kind == "Update" else None) if uri
    }
    return of(session, named)


def of(session: Session, named: Iterable[str]) -> tuple[list[Document], list[str]]:
    """The same for everything that these addresses touch."""
    affected: dict[int, Practice] = {}
    for part in _parts(sorted(set(named))):
        for query in _touched(part):
            affected.update({p.id: p for p in session.exec(query)})  # type: ignore[misc]
    unwilling = _unwilling(session, {p.community_id for p in affected.values()})
    living: list[Practice] = []
    gone: list[Practice] = []
    for practice in affected.values():
        shown = practice.state == PUBLISHED and practice.community_id not in unwilling
        (living if shown else gone).append(practice)
    return documents(session, living), [p.uri for p in gone]


def _unwilling(session: Session, owners: set[int]) -> set[int]:
    """Those of the communities that do not want to be found by searching (FEP-5feb)."""
    asked = (
        select(Community.id, Community.profile).where(~col(Community.local), col(Community.id).in_(part))
        for part in _parts(sorted(owners))
    )
    return {
        key
        for query in asked
        for key, profile in session.exec(query)
        if key is not None and (profile or {}).get("indexable") is False
    }


def _touched(uris: list[str]) -> Iterable[Any]:
    """The queries for practices that these addresses name: as themselves, by review, adoption, owner or collection."""
    yield select(Practice).where(col(Practice.uri).in_(uris))
    yield select(Practice).join(Review, Review.practice_id == Practice.id).where(col(Review.uri).in_(uris))  # type: ignore[arg-type]
    yield (
        select(Practice)
        .join(Adoption, Adoption.practice_id == Practice.id)
        .where(col(Adoption.uri).in_(uris))
    )  # type: ignore[arg-type]
    yield (
        select(Practice)
        .join(Community, Community.id == Practice.community_id)
        .where(col(Community.uri).in_(uris))
    )  # type: ignore[arg-type]
    yield (
        select(Practice)
        .join(Collected, Collected.practice == Practice.uri)  # type: ignore[arg-type]
        .join(Collection, Collection.id == Collected.collection_id)  # type: ignore[arg-type]
        .where(col(Collection.uri).in_(uris))
    )


def documents(session: Session, practices: Sequence[Practice]) -> list[Document]:
    """Practices as documents, with their owners, reviews and adoptions counted in."""
    ids = [p.id for p in practices]
    owners: dict[int, Community] = {}
    reviews: dict[int, int] = {}
    taken: dict[int, list[tuple[Adoption, str | None]]] = defaultdict(list)
    for part in _parts(sorted({p.community_id for p in practices})):
        owners.update({c.id: c for c in session.exec(select(Community).where(col(Community.id).in_(part)))})  # type: ignore[misc]
    for part in _parts(ids):
        counted = (
            select(Review.practice_id, func.count())
            .where(col(Review.practice_id).in_(part), Review.withdrawn_at == None)  # noqa: E711
            .group_by(col(Review.practice_id))
        )
        reviews.update(dict(session.exec(counted).all()))
        adopted = (
            select(Adoption, Community.uri, Community.local)
            .join(Community, Community.id == Adoption.adopter_id, isouter=True)  # type: ignore[arg-type]
            .where(col(Adoption.practice_id).in_(part), Adoption.withdrawn_at == None)  # noqa: E711
        )
        for adoption, uri, ours in session.exec(adopted):
            hearsay = ours and adoption.documented_by == OTHERS and not adoption.local
            taken[adoption.practice_id].append((adoption, None if hearsay else uri))
    return [
        document(p, owners[p.community_id], reviews.get(p.id, 0), taken.get(p.id, []))  # type: ignore[arg-type]
        for p in practices
    ]


def document(
    practice: Practice, owner: Community, reviews: int, adoptions: Sequence[tuple[Adoption, str | None]]
) -> Document:
    """One practice as a document."""
    record = practice.record
    counted = [(a, uri) for a, uri in adoptions if a.counts]
    profile = owner.profile or {}
    cost_class = (record.get("cost") or {}).get("class")
    started = _year(record.get("startDate"))
    facets: dict[str, tuple[str, ...]] = {
        "theme": tuple(practice.themes),
        "country": _some(owner.country),
        "degurba": _some(owner.degurba),
        "population_class": _some(owner.population_class),
        "language": _some(practice.language),
        "maturity": _some(practice.maturity),
        "evidence": _some(practice.evidence_level),
        "status": _some(practice.status),
        "cost_class": _some(cost_class),
        "commitment": concepts.with_broader(record.get("commitment") or ()),
        "instance": (urlsplit(owner.instance).netloc,),
        "community": (owner.uri,),
        "key": (*_some(practice.key), *_some(practice.slug)),  # either ends an address of its page
        "topography": tuple(profile.get("topography") or ()),
        "sdg": tuple(str(n) for n in record.get("sdg") or ()),
        "adopted_by": tuple(sorted({uri for _a, uri in counted if uri})),
    }
    numbers = {
        "issued": practice.issued_at.timestamp(),
        "updated": practice.modified_at.timestamp(),
        "adoptions": float(len(counted)),
        "reviews": float(reviews),
    }
    optional = {
        "population": owner.population,
        "started": started,
        "ended": _year(record.get("endDate")),
        "cost": euros(record.get("cost") or {}),
        "evidence_rank": _rank(practice.evidence_level),
    }
    numbers |= {k: float(v) for k, v in optional.items() if v is not None}
    return Document(
        id=practice.uri,
        language=practice.language,
        texts=_texts(practice, owner),
        facets={k: v for k, v in facets.items() if v},
        numbers=numbers,
        point=(owner.lat, owner.lon) if owner.lat is not None and owner.lon is not None else None,
        stored=_stored(practice, owner, reviews, len(counted)),
    )


def _texts(practice: Practice, owner: Community) -> dict[str, dict[str, str]]:
    record = practice.record
    body: dict[str, list[str]] = defaultdict(list)
    for value in (
        *(
            record.get(name)
            for name in ("problem", "context", "objectives", "solution", "governance", "legal")
        ),
        *(record.get(name) for name in ("engagement", "inclusion", "procurement", "result", "lesson")),
        *(
            record.get(name)
            for name in ("prerequisite", "replication", "cost", "financing", "dataProtection")
        ),
    ):
        for language, text in _all_texts(value):
            body[language].append(text)
    keywords: dict[str, list[str]] = defaultdict(list)
    for language, text in _all_texts(record.get("keyword") or []):
        keywords[language].append(text)
    places = [p["name"] for p in record.get("place") or [] if p.get("name")]
    return {
        "title": practice.title_texts,
        "summary": practice.summary_texts,
        "body": {language: "\n".join(dict.fromkeys(texts)) for language, texts in body.items()},
        "keywords": {language: "\n".join(texts) for language, texts in keywords.items()},
        "place": {practice.language: "\n".join(places)} if places else {},
        "owner": dict(owner.name),
    }


def _all_texts(value: Any) -> Iterable[tuple[str, str]]:
    """Every text in a part of a record; a mapping whose values are all texts is one text by language."""
    if isinstance(value, list):
        for item in value:
            yield from _all_texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, dict | list):
                yield from _all_texts(item)
            elif isinstance(item, str) and (len(name) == 2 or name == "und" or "-" in name):
                yield name, item


def _stored(practice: Practice, owner: Community, reviews: int, adoptions: int) -> dict[str, Any]:
    """What a hit shows, so that a page of results needs no database."""
    return {
        "id": practice.uri,
        "key": practice.key,
        "title": practice.title_texts,
        "summary": practice.summary_texts,
        "language": practice.language,
        "community": {
            "id": owner.uri,
            "key": owner.slug,
            "local": owner.local,
            "name": owner.name,
            "country": owner.country,
            "degurba": owner.degurba,
            "population_class": owner.population_class,
            "population": owner.population,
        },
        "instance": owner.instance,
        "themes": practice.themes,
        "evidence_level": practice.evidence_level,
        "maturity": practice.maturity,
        "status": practice.status,
        "documented_by": practice.documented_by,
        "incomplete": practice.incomplete,
        "adoptions": adoptions,
        "reviews": reviews,
        "issued": practice.issued_at.isoformat(timespec="seconds"),
        "modified": practice.modified_at.isoformat(timespec="seconds"),
    }


def _some(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _year(value: Any) -> int | None:
    return int(value[:4]) if isinstance(value, str) and value[:4].isdigit() else None


def euros(cost: Mapping[str, Any]) -> float | None:
    """What a practice cost, in euros: its amounts together, else the upper end of its class.

    None where an amount is in another currency or for one of many (per household, per square metre).
    The class without an upper end counts with its lower one.
    """
    items = [item for item in cost.get("items") or () if item.get("amount") is not None]
    if items:
        usable = all(item.get("currency") in (None, "", "EUR") and not item.get("per") for item in items)
        return float(sum(item["amount"] for item in items)) if usable else None
    known = concepts.concept(cost.get("class") or "")
    more = known.more if known and known.scheme == "practice-cost-class" else {}
    return more.get("max", more.get("min"))


def _rank(evidence_level: str | None) -> int | None:
    return int(evidence_level[-1]) if evidence_level and evidence_level[-1].isdigit() else None


def _parts(values: Sequence[Any]) -> Iterable[list[Any]]:
    """In portions that every database takes as parameters of one query."""
    for start in range(0, len(values), BATCH):
        yield list(values[start : start + BATCH])
