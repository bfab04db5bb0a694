"""An adoption on the wire: a reply that says who takes the practice up, and in it how far they are."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Annotated, Any

from pydantic import Field

from exchange.messages import N_
from exchange.models.adoption import Adoption
from exchange.models.community import Community
from exchange.models.practice import OTHERS, OWNER
from exchange.vocabulary import concepts
from exchange.vocabulary.activitystreams import article
from exchange.vocabulary.activitystreams.reading import (
    choice_at,
    moment_at,
    node,
    number_at,
    refuse,
    slug_at,
    uri_at,
    validated,
)
from exchange.vocabulary.activitystreams.shared import addressed, plain, stamp
from exchange.vocabulary.adoption import STOPPED, AdoptionRecord
from exchange.vocabulary.fields import UNDETERMINED, Line, Part, concept_of

_OURS = (
    *("id", "type", "adopts", "adoptedVersion", "adopter", "stage", "documentedBy", "slug"),
    "confirmedByOrigin",  # the origin's word, not the adopter's
)


class NamedAdopter(Part):
    """An adopter that has no address anywhere, as others have named it; and what kind of place it is, if they know."""

    needs = ("name",)
    name: Line
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    degurba: concept_of("degurba-l1") | None = None  # type: ignore[valid-type]
    population: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None

    def known(self) -> dict[str, Any]:
        """What an adoption keeps of it: the name and the country, and the rest where it was told."""
        told = {"degurba": self.degurba, "population": self.population}
        return {
            "name": self.name,
            "country": self.country,
            **{k: v for k, v in told.items() if v is not None},
        }


@dataclass(frozen=True)
class ReadAdoption:
    """An adoption as it came in, judged. The adopter is an actor, or only a name and what is known of its place."""

    uri: str
    attributed_to: str
    practice_uri: str
    practice_version: int
    adopter_uri: str | None
    adopter: dict[str, Any]
    stage: str
    documented_by: str
    record: dict[str, Any]
    slug: str | None
    published: datetime
    updated: datetime


def adoption_object(
    adoption: Adoption,
    practice_uri: str,
    publisher: Community,
    adopter: Community | None,
    *,
    owner: str | None = None,
) -> dict[str, Any]:
    """The Note for an adoption; `owner` is the actor of the practice's owner, who is told."""
    language = _language(adoption.record)
    content = _told(adoption, adopter, language)
    named = {
        "type": "Organization",
        **{k: adoption.adopter.get(k) or None for k in ("name", "country", "degurba", "population")},
    }
    obj = {
        **addressed(adoption.uri, publisher.uri, [owner] if owner else []),
        "type": "Note",
        "attributedTo": publisher.uri,
        "inReplyTo": practice_uri,
        "content": content,
        "contentMap": {language: content},
        "url": adoption.uri,
        "published": stamp(adoption.issued_at),
        "updated": stamp(adoption.modified_at),
        "adoption": {
            "id": f"{adoption.uri}#adoption",
            "type": "Adoption",
            "adopts": practice_uri,
            "adoptedVersion": adoption.practice_version,
            "adopter": adopter.uri if adopter else named,
            "stage": adoption.stage,
            "documentedBy": adoption.documented_by,
            "slug": adoption.slug,
            **{k: v for k, v in adoption.record.items() if k not in _OURS},
        },
    }
    return dict(plain(obj))


def _language(record: dict[str, Any]) -> str:
    """The language in which the record is told, English when it tells nothing or we lack the words."""
    spoken = [record.get("language"), *(next(iter(text)) for _, text in _texts(record))]
    return next((s for s in spoken if isinstance(s, str) and article.speaks(s)), "en")


def _told(adoption: Adoption, adopter: Community | None, language: str) -> str:
    record, base = adoption.record, language.partition("-")[0]
    name = adopter.called(base) if adopter else str(adoption.adopter.get("name", ""))
    lines = [
        article.word("inverse" if record.get("inverse") else "adopter", language, name=name),
        article.word("stage", language, stage=concepts.label(adoption.stage, base)),
    ]
    if record.get("since"):
        lines.append(article.word("since", language, date=record["since"]))
    parts = [f"<p>{'<br>'.join(escape(line) for line in lines)}</p>"]
    for heading, text in _texts(record):
        lead = f"<strong>{escape(article.word(heading, language))}:</strong> " if heading else ""
        parts.append(article.paragraphs(text, language, lead=lead))
    return "".join(parts)


def _texts(record: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """What the record tells in words, each with the name of its heading."""
    changes, reason = record.get("changes"), record.get("reason")
    found: list[tuple[str, Any]] = []
    if isinstance(changes, dict) and {"kept", "changed", "dropped", "added"} & set(changes):
        found += changes.items()
    else:
        found.append(("changes", changes))
    found.append(("reason", reason.get("text") if isinstance(reason, dict) else reason))
    found.append(("", record.get("note")))
    texts = [(name, {UNDETERMINED: text} if isinstance(text, str) and text else text) for name, text in found]
    return [(name, text) for name, text in texts if isinstance(text, dict) and text]


def adoption_of(obj: Any) -> ReadAdoption:
    """The adoption in a Note; raises Refusal, with the field, for anything that is not in order."""
    inner = node(obj, "adoption", "Adoption")
    if obj.get("type") != "Note":
        raise refuse("type", N_("An adoption comes as a Note."))
    practice = uri_at(inner, "adopts", "adoption.adopts")
    if uri_at(obj, "inReplyTo") != practice:
        raise refuse("adoption.adopts", N_("The adoption speaks of another object than it replies to."))
    stage = choice_at(inner, "stage", "adoption", concepts.scheme("adoption-stage").concepts)
    data = {k: v for k, v in inner.items() if k not in _OURS}
    record = validated(AdoptionRecord, data, "adoption")
    if stage in STOPPED and not (record.reason.cause or record.reason.text):
        raise refuse(
            "adoption.reason", N_("Say why it was not pursued or was stopped: others learn from it.")
        )
    adopter_uri, adopter = _adopter(inner)
    published = moment_at(obj, "published")
    return ReadAdoption(
        uri=uri_at(obj, "id"),
        attributed_to=uri_at(obj, "attributedTo"),
        practice_uri=practice,
        practice_version=number_at(inner, "adoptedVersion", "adoption"),
        adopter_uri=adopter_uri,
        adopter=adopter,
        stage=stage,
        documented_by=choice_at(inner, "documentedBy", "adoption", (OWNER, OTHERS), OWNER),
        record=record.data(),
        slug=slug_at(inner, "adoption"),
        published=published,
        updated=max(published, moment_at(obj, "updated", published)),
    )


def _adopter(inner: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    found = inner.get("adopter")
    if isinstance(found, dict) and "id" not in found:
        named = validated(NamedAdopter, {k: v for k, v in found.items() if k != "type"}, "adoption.adopter")
        if not named.name:
            raise refuse("adoption.adopter", N_("An adoption names its adopter."))
        return None, named.known()
    return uri_at(inner, "adopter", "adoption.adopter"), {}
