"""Take a file of practices, communities and adoptions in: each record enters whole, or not at all.

A record that is here already is compared by its short name: unchanged it is left alone, changed it
becomes a new version. So a file may be taken in again and again.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlmodel import Session, col, select

from exchange.catalogue.adoption.adopt import KEPT, document_adoption
from exchange.catalogue.communities.community import found
from exchange.catalogue.practices.publish import publish
from exchange.catalogue.practices.revise import revise
from exchange.db import Database
from exchange.messages import N_, Message, Problem, Refusal
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import OTHERS, OWNER, Practice
from exchange.vocabulary import completeness, files, profile
from exchange.vocabulary.activitystreams.adoption import NamedAdopter
from exchange.vocabulary.adoption import AdoptionRecord
from exchange.vocabulary.fields import clean
from exchange.vocabulary.record import PracticeRecord

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
BATCH = 20  # records in one transaction, each behind a savepoint of its own
_BESIDE = (
    *("id", "community", "documentedBy", "documented_by", "version", "uri", "issued", "modified"),
    "signed",  # what its owner once said; what is imported is said anew
)
_AROUND = ("id", "uri", "practice", "adopter", "stage", "documentedBy", "practiceVersion", *KEPT)
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
Thing = TypeVar("Thing", Practice, Adoption)
Progress = Callable[[int, int], None]  # how many records are done, of how many


@dataclass
class Report:
    """What became of each record of a file, by its short name; `refused` says why, field by field."""

    entered: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[tuple[str, list[Problem]]] = field(default_factory=list)
    communities_created: list[str] = field(default_factory=list)
    adoptions_entered: list[str] = field(default_factory=list)
    adoptions_updated: list[str] = field(default_factory=list)
    adoptions_unchanged: list[str] = field(default_factory=list)

    def refuse(self, name: str, why: Refusal | ValidationError) -> None:
        problems = why.problems if isinstance(why, Refusal) else completeness.problems(why)
        self.refused.append((name, problems))


def import_file(
    database: Database,
    origin: str,
    source: Path | str | bytes,
    *,
    kind: str | None = None,
    community: str | None = None,
    documented_by: str | None = None,
    only: Collection[str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Take in a YAML, JSON, CSV or XLSX file (`kind`, else told by its name and content).

    `community` is the short name of the one community for which records may enter, also for those
    that name none. `documented_by` is said of records that do not say it themselves. `only` picks
    records by the short names of their communities, the others are passed over without a word.
    Raises Refusal when the file as a whole cannot be read; what is wrong with a record is in the report.
    """
    contents = files.load(source, kind)
    report = Report(refused=list(contents.faults))
    work = _Import(origin.rstrip("/"), report, community, documented_by, only)
    work.describe(contents.communities)
    steps: list[tuple[Callable[[Session, dict[str, Any], str], None], dict[str, Any], str]] = []
    for number, record in enumerate(contents.communities):
        name = _named(record, contents.place(record) or f"communities.{number}")
        steps.append((work.community, record, name))
    for number, record in enumerate(contents.practices):
        name = _named(record, contents.place(record) or f"practices.{number}")
        steps.append((work.practice, record, name))
    for number, record in enumerate(contents.adoptions):
        name = _named(record, contents.place(record) or f"adoptions.{number}")
        steps.append((work.adoption, record, name))
    for start in range(0, len(steps), BATCH):
        batch = steps[start : start + BATCH]
        with database.writing() as session:
            for step, record, name in batch:
                founded = len(report.communities_created)
                try:
                    with session.begin_nested():
                        step(session, record, name)
                except (Refusal, ValidationError) as why:
                    del report.communities_created[founded:]  # it went back with the record
                    report.refuse(name, why)
        if progress:
            progress(start + len(batch), len(steps))
    return report


def _named(record: dict[str, Any], otherwise: str) -> str:
    name = record.get("id")
    return clean(str(name)[:100]) if isinstance(name, str | int) and not isinstance(name, bool) else otherwise


def slug_of(text: str) -> str:
    """A short name out of a title: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:60].strip("-")


class _Import:
    """One file on its way in: what it describes, and what has been met in it."""

    def __init__(
        self,
        origin: str,
        report: Report,
        community: str | None,
        documented_by: str | None,
        only: Collection[str] | None,
    ) -> None:
        if documented_by not in (None, OWNER, OTHERS):
            raise ValueError(documented_by)
        self.origin, self.report = origin, report
        self.alone, self.documented_by, self.only = community, documented_by, only
        self.described: dict[str, dict[str, Any]] = {}
        self.met: set[tuple[str, str]] = set()
        self.called: dict[
            str, str
        ] = {}  # what the file calls a practice that has no such short name → its address

    def describe(self, records: list[dict[str, Any]]) -> None:
        for record in records:
            if isinstance(record.get("id"), str):
                self.described.setdefault(record["id"], record)

    # ------------------------------------------------------------------ one record each

    def community(self, session: Session, record: dict[str, Any], name: str) -> None:
        slug = record.get("id") or slug_of(str(record.get("name") or ""))
        if not isinstance(slug, str):
            raise _refusal("id", N_("A short name has small letters, digits and hyphens, at most a hundred."))
        if not self._wanted(slug) or (self.alone and slug != self.alone):
            return
        self._once("community", slug)
        self._owner(session, slug, {**record, "id": slug})

    def practice(self, session: Session, record: dict[str, Any], name: str) -> None:
        owner_slug = record.get("community") or self.alone
        if not self._wanted(owner_slug):
            return
        if not isinstance(owner_slug, str) or not owner_slug:
            raise _refusal("community", N_("Name the community to which this practice belongs."))
        if self.alone and owner_slug != self.alone:
            raise _refusal("community", N_("Only records of “%(slug)s” may enter here."), slug=self.alone)
        read = completeness.read({k: v for k, v in record.items() if k not in _BESIDE})
        slug = self._slug(record, f"{owner_slug}-{read.title.get(read.language, '')}")
        self._once("practice", slug)
        by = self._documented_by(record, read)
        owner = self._owner(session, owner_slug, self.described.get(owner_slug))
        known = self._at(session, Practice, record)
        if known is not None and not known.local:
            raise _refusal("uri", N_("Only its owner changes a practice."))
        if known is None:
            known = session.exec(select(Practice).where(Practice.slug == slug, Practice.local)).first()
        if known is None:
            publish(session, owner, read, documented_by=by, slug=slug)
            self.report.entered.append(slug)
            return
        if known.community_id != owner.id:
            raise _refusal(
                "id", N_("“%(slug)s” is the short name of another community's practice."), slug=slug
            )
        if known.slug != slug:
            self.called[slug] = known.uri
        version = known.version
        revise(session, known, read)
        (self.report.unchanged if known.version == version else self.report.updated).append(slug)

    def adoption(self, session: Session, record: dict[str, Any], name: str) -> None:
        practice = self._adopted(session, record.get("practice"))
        if practice is None:
            return
        slug = self._slug(record, "")
        self._once("adoption", slug)
        told = AdoptionRecord.model_validate({k: v for k, v in record.items() if k not in _AROUND}).data()
        adopter, here = self._adopter(session, record.get("adopter"))
        query = select(Adoption).where(Adoption.slug == slug, Adoption.practice_id == practice.id)
        known = self._at(session, Adoption, record) or session.exec(query).first()
        if (known and known.documented_by == OWNER) or (here and self._own_word(session, practice, here)):
            self.report.adoptions_unchanged.append(
                slug
            )  # who took it up says so, and no file says it for them
            return
        if known is not None and known.slug is None:
            known.slug = slug
            session.add(known)
            session.flush()
        before = known.modified_at if known else None
        made = document_adoption(
            session,
            practice,
            adopter,
            stage=str(record.get("stage")),
            slug=slug,
            adopter_community=here,
            **told,
        )
        report = self.report
        fate = report.adoptions_unchanged if made.modified_at == before else report.adoptions_updated
        (report.adoptions_entered if known is None else fate).append(slug)

    # ------------------------------------------------------------------ what they need

    def _at(self, session: Session, model: type[Thing], record: dict[str, Any]) -> Thing | None:
        """What a record is of here, by the address that an export wrote down."""
        uri = record.get("uri")
        return session.exec(select(model).where(model.uri == uri)).first() if isinstance(uri, str) else None

    def _own_word(self, session: Session, practice: Practice, adopter: Community) -> bool:
        query = select(Adoption.id).where(
            Adoption.practice_id == practice.id,
            Adoption.adopter_id == adopter.id,
            Adoption.documented_by == OWNER,
        )
        return session.exec(query).first() is not None

    def _wanted(self, slug: Any) -> bool:
        return self.only is None or (isinstance(slug, str) and slug in self.only)

    def _once(self, kind: str, slug: str) -> None:
        if (kind, slug) in self.met:
            raise _refusal("id", N_("“%(slug)s” stands in this file twice."), slug=clean(slug[:80]))
        self.met.add((kind, slug))

    def _slug(self, record: dict[str, Any], otherwise: str) -> str:
        slug = record.get("id", slug_of(otherwise) or None)
        slug = str(slug) if isinstance(slug, int) and not isinstance(slug, bool) else slug
        if not isinstance(slug, str) or not SLUG.fullmatch(slug):
            raise _refusal("id", N_("A short name has small letters, digits and hyphens, at most a hundred."))
        return slug

    def _owner(self, session: Session, slug: str, described: dict[str, Any] | None) -> Community:
        known = self._local(session, slug)
        if known is not None:
            return known
        if described is None:
            raise _refusal(
                "community",
                N_("There is no community “%(slug)s” here, and the file does not describe it."),
                slug=clean(slug[:80]),
            )
        columns = profile.from_file(described).columns()
        for derived in ("population_class", "url"):
            columns.pop(derived)
        made = found(session, self.origin, slug=slug, **columns)
        self.report.communities_created.append(slug)
        return made

    def _local(self, session: Session, slug: Any) -> Community | None:
        if not isinstance(slug, str) or not SLUG.fullmatch(slug):
            return None
        return session.exec(select(Community).where(Community.slug == slug, Community.local)).first()

    def _documented_by(self, record: dict[str, Any], read: PracticeRecord) -> str:
        """Whose words these are: the record's own statement, the caller's, else what the record shows.

        Marks of certainty are made by those who write about others; so is, as a rule, a record that
        lacks what an owner would know but names its sources.
        """
        said = record.get("documentedBy", record.get("documented_by", self.documented_by))
        if said in (OWNER, OTHERS):
            return str(said)
        if said is not None:
            raise _refusal("documentedBy", N_("Write “owner” or “others”."))
        marks = [*(r.certainty for r in read.result), *(lesson.certainty for lesson in read.lesson)]
        marked = bool(read.certainty) or any(marks)
        lacking = bool(completeness.missing(read))
        return OTHERS if marked or (lacking and read.source) else OWNER

    def _adopted(self, session: Session, ref: Any) -> Practice | None:
        """The practice of an adoption; None when it was passed over with its community."""
        query = select(Practice, Community).join(Community, Community.id == Practice.community_id)  # type: ignore[arg-type]
        known = isinstance(ref, str) and SLUG.fullmatch(ref)
        named = (
            col(Practice.uri) == self.called[ref]
            if isinstance(ref, str) and ref in self.called
            else col(Practice.slug) == ref
        )
        row = session.exec(query.where(named, Practice.local)).first() if known else None
        if row is not None:
            practice, owner = row
            if self.alone and owner.slug != self.alone:
                raise _refusal("practice", N_("Only records of “%(slug)s” may enter here."), slug=self.alone)
            return practice if self._wanted(owner.slug) else None
        if self.only is not None:
            return None
        raise _refusal("practice", N_("There is no practice “%(ref)s” here."), ref=clean(str(ref)[:80]))

    def _adopter(self, session: Session, told: Any) -> tuple[dict[str, Any], Community | None]:
        told = told if isinstance(told, dict) else {}
        name = clean(told["name"]) if isinstance(told.get("name"), str) else ""
        if not name:
            raise _refusal("adopter", N_("An adoption names its adopter."))
        country = told.get("country") or ""
        if not isinstance(country, str) or not re.fullmatch(r"([A-Z]{2})?", country):
            raise _refusal("adopter.country", N_("Write the country as two capital letters, such as FR."))
        place = {k: told[k] for k in ("degurba", "population") if told.get(k) is not None}
        try:
            named = NamedAdopter.model_validate({"name": name[:300], "country": country, **place})
        except ValidationError as error:
            raise Refusal(
                Problem(f"adopter.{one.path}", one.message) for one in completeness.problems(error)
            ) from error
        return named.known(), self._local(session, told.get("community"))


def _refusal(path: str, msgid: str, **params: Any) -> Refusal:
    return Refusal([Problem(path, Message(msgid, params))])
