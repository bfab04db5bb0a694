"""What this instance publishes as a DCAT-AP 3 catalogue, a page at a time, for the harvesters of data portals.

A practice is a `dcat:Dataset` under its own address; which term a field maps to stands in
`seeds/record-schema.yaml`. Properties and ranges are those of DCAT-AP 3.0 (SEMIC, 2024), pages those of
Hydra, with the older names of CKAN's harvester beside them. What a node stands under is its practice's
or community's address with a fragment, so that the graphs of two pages, or of two days, can be laid together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, SKOS

from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.vocabulary import authorities, concepts, skos
from exchange.vocabulary.dcat_dataset import THEMES, Words, agent, dataset, file_type, listed, moment
from exchange.vocabulary.graphs import DCAT, HYDRA, VCARD, VOC, graph, iri, say, state, text


@dataclass(frozen=True)
class Catalogue:
    """The instance as it stands before its practices: names, and when it last published or took back something."""

    origin: str
    name: str
    contact: str
    languages: tuple[str, ...]
    words: Words  # `about` it, its `service`, and what `dataset` needs
    countries: tuple[str, ...]
    modified: datetime | None

    @property
    def uri(self) -> str:
        return f"{self.origin}/catalogue"


@dataclass(frozen=True)
class Place:
    """Which page this is: the first is 1, `address` that of the file without a page, `total` the practices in all."""

    number: int
    last: int
    size: int
    total: int
    address: str

    def page(self, number: int) -> str:
        """The address of a page."""
        return f"{self.address}?page={number}"


def catalogue(of: Catalogue, practices: Iterable[tuple[Practice, Community]], place: Place) -> Graph:
    """The graph of one page: the catalogue, these practices with their owners, and the way to the other pages."""
    made = graph()
    contact = _contact(made, of) if of.contact else None
    node = _catalogue(made, of, contact)
    owners: set[str] = set()
    for practice, owner in practices:
        told = dataset(made, practice, owner, of.origin, of.words, contact)
        state(made, node, (DCAT.dataset, told))
        state(made, iri(f"{of.origin}/api/v1"), (DCAT.servesDataset, told))
        if owner.uri not in owners:
            owners.add(owner.uri)
            agent(made, owner)
    _themes(made, node)
    _pages(made, node, place)
    return made


def _catalogue(made: Graph, of: Catalogue, contact: URIRef | None) -> URIRef:
    node, home, publisher = iri(of.uri), iri(f"{of.origin}/"), iri(f"{of.origin}/actor")
    state(
        made,
        node,
        (RDF.type, DCAT.Catalog),
        (DCTERMS.title, text(of.name)),
        (DCTERMS.publisher, publisher),
        (DCTERMS.identifier, text(of.uri)),
        (FOAF.homepage, home),
        (DCTERMS.modified, moment(of.modified)),
        (DCAT.service, _service(made, of, contact)),
        (DCAT.contactPoint, contact),
    )
    say(made, node, DCTERMS.description, of.words["about"])
    for language in of.languages:
        state(
            made,
            node,
            (DCTERMS.language, listed(made, authorities.language(language), DCTERMS.LinguisticSystem)),
        )
    for country in of.countries:
        state(made, node, (DCTERMS.spatial, listed(made, authorities.country(country), DCTERMS.Location)))
    state(made, home, (RDF.type, FOAF.Document))
    state(made, publisher, (RDF.type, FOAF.Agent), (FOAF.name, text(of.name)), (FOAF.homepage, home))
    if of.contact:
        state(made, publisher, (FOAF.mbox, iri(f"mailto:{of.contact}")))
    return node


def _contact(made: Graph, of: Catalogue) -> URIRef:
    return state(
        made,
        iri(f"{of.uri}#contact"),
        (RDF.type, VCARD.Kind),
        (RDF.type, VCARD.Organization),
        (VCARD.fn, text(of.name)),
        (VCARD.hasEmail, iri(f"mailto:{of.contact}")),
    )


def _service(made: Graph, of: Catalogue, contact: URIRef | None) -> URIRef:
    """The API as a data service."""
    node = iri(f"{of.origin}/api/v1")
    say(made, node, DCTERMS.title, of.words["service"])
    return state(
        made,
        node,
        (RDF.type, DCAT.DataService),
        (DCTERMS.publisher, iri(f"{of.origin}/actor")),
        (DCAT.contactPoint, contact),
        (DCAT.endpointURL, node),
        (DCAT.endpointDescription, iri(f"{of.origin}/api/openapi.json")),
        (DCTERMS["format"], file_type(made, "JSON")),
    )


def _themes(made: Graph, node: URIRef) -> None:
    """The taxonomies, and of ours those concepts that are named on this page."""
    state(made, node, (DCAT.themeTaxonomy, skos.title(made, concepts.scheme("themes"))))
    state(made, node, (DCAT.themeTaxonomy, THEMES))
    state(made, THEMES, (RDF.type, SKOS.ConceptScheme), (DCTERMS.title, text("Data theme", "en")))
    for one in concepts.scheme("themes"):
        if (None, DCAT.theme, VOC[one.id]) in made:
            skos.describe(made, one)
            if uri := authorities.data_theme(one.id):
                state(made, iri(uri), (RDF.type, SKOS.Concept), (SKOS.inScheme, THEMES))
                state(made, iri(uri), (SKOS.prefLabel, text(uri.rpartition("/")[2])))


def _pages(made: Graph, node: URIRef, place: Place) -> None:
    view = iri(place.page(place.number))
    state(
        made,
        node,
        (RDF.type, HYDRA.Collection),
        (HYDRA.totalItems, Literal(place.total)),
        (HYDRA.view, view),
    )
    state(made, view, (RDF.type, HYDRA.PartialCollectionView), (RDF.type, HYDRA.PagedCollection))
    state(made, view, (HYDRA.itemsPerPage, Literal(place.size)), (HYDRA.totalItems, Literal(place.total)))
    there = {"first": 1, "last": place.last, "previous": place.number - 1, "next": place.number + 1}
    for name, number in there.items():
        if 1 <= number <= place.last:
            address = place.page(number)
            state(made, view, (HYDRA[name], iri(address)), (HYDRA[f"{name}Page"], iri(address)))
