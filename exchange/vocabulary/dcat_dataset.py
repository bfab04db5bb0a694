"""One practice as a `dcat:Dataset`, and the community that owns it as its publisher and its place."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, ORG, PROV, RDF, RDFS, SKOS, XSD

from exchange.models.community import Community
from exchange.models.practice import OTHERS, Practice
from exchange.vocabulary import authorities, concepts
from exchange.vocabulary.graphs import (
    ADMS,
    DCAT,
    GEO,
    LOCN,
    OURS,
    SCHEMA,
    VCARD,
    VOC,
    iri,
    say,
    state,
    text,
)

EU = authorities.EU
THEMES = URIRef(f"{EU}data-theme")
PUBLIC = f"{EU}access-right/PUBLIC"
MEDIA = "https://www.iana.org/assignments/media-types/"
PUBLISHER = "http://purl.org/adms/publishertype/"
OWNER = URIRef("http://inspire.ec.europa.eu/metadata-codelist/ResponsiblePartyRole/owner")
REGIONAL = ("ck-county", "ck-region")
_NUTS3 = re.compile(r"[A-Z]{2}[A-Z0-9]{3}")

Words = Mapping[str, Mapping[str, str]]  # what the instance says about everything, by language


def dataset(
    made: Graph, practice: Practice, owner: Community, origin: str, words: Words, contact: URIRef | None
) -> URIRef:
    """State a practice with everything that hangs on it, but not its owner; its node.

    `words` holds `page`, `owner` and `others`: what its page is called, and whose words it consists of.
    `contact` is whom to ask where the record names nobody.
    """
    node, record = iri(practice.uri), practice.record
    state(
        made,
        node,
        (RDF.type, DCAT.Dataset),
        (RDF.type, OURS.Practice),
        (RDF.type, FOAF.Document),  # the same address is its page
        (DCTERMS.identifier, text(practice.uri)),
        (DCTERMS.publisher, iri(owner.uri)),
        (DCTERMS.issued, moment(practice.issued_at)),
        (DCTERMS.modified, moment(practice.modified_at)),
        (DCAT.version, text(str(practice.version))),
        (DCAT.landingPage, node),
        (DCTERMS.accessRights, listed(made, PUBLIC, DCTERMS.RightsStatement)),
        (DCTERMS.license, _licence(made, record.get("licence", ""), f"{practice.uri}#licence")),
        (ADMS.status, VOC[record["status"]] if record.get("status") else None),
        (DCTERMS.temporal, _period(made, practice)),
        (DCTERMS.provenance, _provenance(made, practice, words)),
    )
    titles = practice.title_texts or {practice.language: practice.title or practice.uri}
    say(made, node, DCTERMS.title, titles)
    say(made, node, DCTERMS.description, practice.summary_texts or titles)
    for language in dict.fromkeys((practice.language, *titles)):
        known = listed(made, authorities.language(language), DCTERMS.LinguisticSystem)
        state(made, node, (DCTERMS.language, known))
    if practice.documented_by != OTHERS:
        state(made, node, (DCTERMS.creator, iri(owner.uri)))
    _about(made, node, record)
    _where(made, node, practice, owner)
    _contacts(made, node, practice, contact)
    _sources(made, node, record)
    _distributions(made, node, practice, origin, words["page"])
    return node


def agent(made: Graph, owner: Community) -> URIRef:
    """State a community as an agent, with its kind, and the place that it is."""
    node = iri(owner.uri)
    kind = "Regional authority" if owner.kind in REGIONAL else "Local Authority"
    sort = PUBLISHER + kind.title().replace(" ", "")
    listed(made, sort, SKOS.Concept)
    sorts = state(made, URIRef(f"{PUBLISHER}1.0"), (RDF.type, SKOS.ConceptScheme))
    state(made, sorts, (DCTERMS.title, text("Publisher type", "en")))
    state(made, URIRef(sort), (SKOS.prefLabel, text(kind, "en")))
    state(
        made,
        node,
        (RDF.type, FOAF.Agent),
        (DCTERMS.type, URIRef(sort)),
        (ORG.classification, VOC[owner.kind]),
        (DCTERMS.identifier, text(owner.uri)),
        (FOAF.homepage, state(made, iri(owner.url), (RDF.type, FOAF.Document)) if owner.url else None),
        (DCTERMS.spatial, _place(made, f"{owner.uri}#place", owner.name, owner.lat, owner.lon)),
    )
    say(made, node, FOAF.name, owner.name or {"": owner.slug})
    return node


def moment(at: datetime | None) -> Literal | None:
    """A moment to the second."""
    return Literal(at.replace(microsecond=0)) if at else None


def file_type(made: Graph, code: str) -> URIRef:
    """A format by its code in the EU's table of file types."""
    uri = f"{EU}file-type/{code}"
    listed(made, uri, DCTERMS.MediaTypeOrExtent)
    return URIRef(uri)


def listed(made: Graph, uri: str | None, kind: URIRef) -> URIRef | None:
    """What a table of authority lists, of its class and in its scheme; None for what none lists."""
    if uri is None:
        return None
    table = f"{PUBLISHER}1.0" if uri.startswith(PUBLISHER) else uri.rpartition("/")[0]
    scheme = URIRef(table) if uri.startswith((EU, PUBLISHER)) else None
    return state(made, iri(uri), (RDF.type, kind), (SKOS.inScheme, scheme))


def _about(made: Graph, node: URIRef, record: Mapping[str, Any]) -> None:
    for theme in record.get("theme", []):
        eu = authorities.data_theme(theme)
        state(made, node, (DCAT.theme, VOC[theme]), (DCAT.theme, URIRef(eu) if eu else None))
        known = concepts.concept(theme)
        say(made, node, DCAT.keyword, known.labels if known else {})
    for words in record.get("keyword", []):
        say(made, node, DCAT.keyword, words)
    for goal in record.get("sdg", []):
        state(made, node, (DCTERMS.subject, URIRef(f"{authorities.SDG}{goal}")))
    for commitment in record.get("commitment", []):
        state(made, node, (DCTERMS.subject, VOC[commitment]))


def _where(made: Graph, node: URIRef, practice: Practice, owner: Community) -> None:
    """The community, its country and its NUTS 3 region, and places within it where the record names them."""
    _place(made, f"{owner.uri}#place", owner.name, owner.lat, owner.lon)
    state(made, node, (DCTERMS.spatial, iri(f"{owner.uri}#place")))
    nuts3 = str((owner.profile.get("nuts3") or {}).get("code", ""))
    near = [authorities.country(owner.country)]
    near += [f"http://data.europa.eu/nuts/code/{nuts3}"] if _NUTS3.fullmatch(nuts3) else []
    for uri in filter(None, near):
        state(made, node, (DCTERMS.spatial, listed(made, uri, DCTERMS.Location)))
    for number, one in enumerate(practice.record.get("place", []), 1):
        name = {"": one["name"]} if one.get("name") else {}
        place = _place(made, f"{practice.uri}#place-{number}", name, one.get("lat"), one.get("lon"))
        state(made, node, (DCTERMS.spatial, place))


def _place(
    made: Graph, address: str, names: Mapping[str, str], lat: float | None, lon: float | None
) -> URIRef:
    node = iri(address)
    state(made, node, (RDF.type, DCTERMS.Location))
    say(made, node, SKOS.prefLabel, names)
    if lat is not None and lon is not None:  # well-known text has the longitude first
        point = Literal(f"POINT({lon:.6f} {lat:.6f})", datatype=GEO.wktLiteral)
        state(made, node, (DCAT.centroid, point), (LOCN.geometry, point))
    return node


def _contacts(made: Graph, node: URIRef, practice: Practice, otherwise: URIRef | None) -> None:
    """By role: a record names functions and never a person."""
    if not practice.record.get("contactRole"):
        state(made, node, (DCAT.contactPoint, otherwise))
    for number, one in enumerate(practice.record.get("contactRole", []), 1):
        address, role = str(one.get("url", "")), str(one.get("role", ""))
        mailbox = "@" in address and not address.startswith(("http://", "https://"))
        contact = state(
            made,
            iri(f"{practice.uri}#contact-{number}"),
            (RDF.type, VCARD.Kind),
            (RDF.type, VCARD.Organization),
            (VCARD.fn, text(", ".join(filter(None, (role, one.get("organisation")))))),
            (VCARD.role, text(role) if role else None),
            (VCARD["organization-name"], text(one["organisation"]) if one.get("organisation") else None),
            (VCARD.hasEmail if mailbox else VCARD.hasURL, iri(f"mailto:{address}" if mailbox else address)),
        )
        state(made, node, (DCAT.contactPoint, contact))


def _sources(made: Graph, node: URIRef, record: Mapping[str, Any]) -> None:
    for uri in record.get("basedOn", []):
        state(made, node, (PROV.wasDerivedFrom, iri(uri)))
    for uri in record.get("sameAs", []):
        state(made, node, (SCHEMA.sameAs, iri(uri)))
    for uri in record.get("dataset", []):
        state(made, node, (DCTERMS.relation, iri(uri)))
    for one in record.get("source", []):
        if one.get("url"):  # pages about it: `dct:source` is another dataset in the profile
            page = state(
                made, iri(one["url"]), (RDF.type, FOAF.Document), (DCTERMS.title, text(one["title"]))
            )
            state(made, node, (FOAF.page, page))


def _provenance(made: Graph, practice: Practice, words: Words) -> URIRef:
    node = state(made, iri(f"{practice.uri}#provenance"), (RDF.type, DCTERMS.ProvenanceStatement))
    say(made, node, RDFS.label, words["others" if practice.documented_by == OTHERS else "owner"])
    return node


def _period(made: Graph, practice: Practice) -> URIRef | None:
    start, end = (_date(practice.record.get(name)) for name in ("startDate", "endDate"))
    if start is None and end is None:
        return None
    node = iri(f"{practice.uri}#period")
    return state(made, node, (RDF.type, DCTERMS.PeriodOfTime), (DCAT.startDate, start), (DCAT.endDate, end))


def _date(told: str | None) -> Literal | None:
    """A year, a month or a day; that it is only about then, RDF's types of date cannot say."""
    bare = (told or "").rstrip("~?%")
    kind = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}.get(len(bare))
    return Literal(bare, datatype=kind, normalize=False) if kind else None


def _licence(made: Graph, told: str, address: str) -> URIRef | None:
    if not told:
        return None
    uri = authorities.licence(told)
    if uri:
        return listed(made, uri, DCTERMS.LicenseDocument)
    return state(made, iri(address), (RDF.type, DCTERMS.LicenseDocument), (RDFS.label, text(told)))


def _distributions(
    made: Graph, node: URIRef, practice: Practice, origin: str, page: Mapping[str, str]
) -> None:
    """The page, the document for ActivityPub and the answer of the API; then what is attached to the record."""
    own = _licence(made, practice.record.get("licence", ""), f"{practice.uri}#licence")
    api = f"{origin}/api/v1/practices/{practice.key}"
    forms = (
        ("page", practice.uri, "HTML", "text/html", page),
        ("activitypub", practice.uri, "JSON_LD", "application/activity+json", {"": "ActivityPub"}),
        ("api", api, "JSON", "application/json", {"": "API"}),
    )
    for name, address, code, media, title in forms:
        one = state(
            made,
            iri(f"{practice.uri}#{name}"),
            (RDF.type, DCAT.Distribution),
            (DCAT.accessURL, iri(address)),
            (DCTERMS["format"], file_type(made, code)),
            (DCAT.mediaType, state(made, URIRef(MEDIA + media), (RDF.type, DCTERMS.MediaType))),
            (DCTERMS.license, own),
        )
        say(made, one, DCTERMS.title, title)
        state(made, node, (DCAT.distribution, one))
    for number, held in enumerate(practice.record.get("attachment", []), 1):
        address = f"{practice.uri}#attachment-{number}"
        one = state(
            made,
            iri(address),
            (RDF.type, DCAT.Distribution),
            (DCAT.accessURL, iri(held["url"])),
            (DCTERMS.title, text(held["title"])),
            (DCTERMS.license, _licence(made, held.get("licence", ""), f"{address}-licence")),
        )
        state(made, node, (DCAT.distribution, one))
