"""Our vocabularies as SKOS, so that others can read, keep and map the concepts that our records name."""

from collections.abc import Iterable

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF, SKOS

from exchange.vocabulary import authorities, concepts
from exchange.vocabulary.concepts import Concept, Scheme
from exchange.vocabulary.graphs import VOC, graph, iri, say, state, text

CC0 = f"{authorities.EU}licence/CC0"


def vocabularies(schemes: Iterable[Scheme]) -> Graph:
    """The graph of these schemes, their collections and all of their concepts (SKOS, W3C 2009)."""
    made = graph()
    for scheme in schemes:
        _scheme(made, scheme)
        for one in scheme:
            describe(made, one)
    return made


def describe(made: Graph, concept: Concept) -> URIRef:
    """State what we know of a concept; its node."""
    node, scheme = VOC[concept.id], VOC[concept.scheme]
    state(made, node, (RDF.type, SKOS.Concept), (SKOS.inScheme, scheme))
    say(made, node, SKOS.prefLabel, concept.labels)
    for language, words in concept.alternatives.items():
        for word in dict.fromkeys(words):
            if word != concept.labels.get(language):  # SKOS S13: no word is both
                made.add((node, SKOS.altLabel, text(word, language)))
    say(made, node, SKOS.definition, concept.definitions)
    say(made, node, SKOS.scopeNote, concept.more.get("question") or {})
    if concept.notation:
        made.add((node, SKOS.notation, text(concept.notation)))
    if concept.more.get("rule"):
        made.add((node, SKOS.scopeNote, text(concept.more["rule"], "en")))
    if concept.broader:
        _broader(made, concept, concept.broader)
    for other in concept.more.get("related", ()):
        made.add((node, SKOS.related, VOC[other]))
    for relation, uri in authorities.mappings(concept):
        made.add((node, SKOS[relation], iri(uri)))
    return node


def title(made: Graph, scheme: Scheme) -> URIRef:
    """State that this is a scheme, and what it is called; its node."""
    node = VOC[scheme.name]
    state(made, node, (RDF.type, SKOS.ConceptScheme))
    say(made, node, SKOS.prefLabel, scheme.labels)
    say(made, node, DCTERMS.title, scheme.labels)
    return node


def _scheme(made: Graph, scheme: Scheme) -> None:
    node = title(made, scheme)
    state(made, node, (DCTERMS.license, iri(CC0)), (DCTERMS.identifier, text(scheme.name)))
    if scheme.version:
        made.add((node, OWL.versionInfo, text(scheme.version)))
    if scheme.note:
        made.add((node, SKOS.note, text(scheme.note, "en")))
    for one in scheme:
        if one.broader not in scheme:
            state(made, node, (SKOS.hasTopConcept, VOC[one.id]))
            state(made, VOC[one.id], (SKOS.topConceptOf, node))
    for name, members in scheme.collections.items():
        group = VOC[f"{scheme.name}#{name}"]
        state(made, group, (RDF.type, SKOS.Collection), (SKOS.prefLabel, text(name.replace("_", " "), "en")))
        for member in members:
            made.add((group, SKOS.member, VOC[member]))


def _broader(made: Graph, concept: Concept, wider: str) -> None:
    """Within a scheme it is broader; what lies in another scheme is mapped."""
    known = concepts.concept(wider)
    inside = known is not None and known.scheme == concept.scheme
    node = VOC[concept.id]
    state(made, node, (SKOS.broader if inside else SKOS.broadMatch, VOC[wider]))
    state(made, VOC[wider], (SKOS.narrower if inside else SKOS.narrowMatch, node))
