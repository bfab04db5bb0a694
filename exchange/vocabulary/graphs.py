"""RDF as we write it: every node with an address of its own, every text and address in a form that anybody can read.

The library behind it takes memory and time to load. Only what builds a graph imports this module, and
that is imported when a graph is asked for.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, ORG, OWL, PROV, RDF, RDFS, SKOS, XSD
from rdflib.term import Node

from exchange.vocabulary.concepts import PREFIX
from exchange.vocabulary.fields import UNDETERMINED

ADMS = Namespace("http://www.w3.org/ns/adms#")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
SCHEMA = Namespace("https://schema.org/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
OURS = Namespace("urn:practices:ns#")
VOC = Namespace(PREFIX)

PREFIXES = {
    **{"adms": ADMS, "dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "geo": GEO, "hydra": HYDRA, "locn": LOCN},
    **{"org": ORG, "owl": OWL, "prov": PROV, "rdf": RDF, "rdfs": RDFS, "schema": SCHEMA, "skos": SKOS},
    **{"sp": OURS, "vcard": VCARD, "voc": VOC, "xsd": XSD},
}
FORMATS = {"ttl": ("turtle", "text/turtle"), "jsonld": ("json-ld", "application/ld+json")}
# What may not stand in an address (RFC 3987); whoever reads Turtle would end the address there.
_FORBIDDEN = re.compile('[\x00-\x20\x7f-\xa0\u2028\u2029<>"{}|\\\\^`\ud800-\udfff\ufff0-\uffff]')


def graph() -> Graph:
    """An empty graph that knows our prefixes."""
    made = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        made.bind(prefix, namespace)
    return made


def iri(address: str) -> URIRef:
    """An address that can be written down, whatever is in it."""
    return URIRef(_FORBIDDEN.sub(lambda found: quote(found[0], errors="replace"), address))


def text(words: str, language: str | None = None) -> Literal:
    """A text, marked with its language where that is known."""
    return Literal(words, lang=language if language and language != UNDETERMINED else None)


def say(made: Graph, subject: URIRef, predicate: URIRef, texts: Mapping[str, str]) -> None:
    """State a text in each of its languages."""
    for language, words in texts.items():
        made.add((subject, predicate, text(words, language)))


def state(made: Graph, subject: URIRef, *facts: tuple[URIRef, Node | None]) -> URIRef:
    """State facts of one subject, leaving out those of which nothing is known; the subject."""
    for predicate, value in facts:
        if value is not None:
            made.add((subject, predicate, value))
    return subject


def written(made: Graph, ending: str) -> str:
    """The graph as `ttl` or `jsonld`; the latter carries its prefixes and asks nobody for a context."""
    form = FORMATS[ending][0]
    if form == "turtle":
        return made.serialize(format=form)
    context = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}
    return made.serialize(format=form, context=context, indent=1, ensure_ascii=False)
