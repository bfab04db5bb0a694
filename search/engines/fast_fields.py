"""The fields of a Tantivy index, and a document put into them."""

import tantivy

from search import analysis
from search.answer import order
from search.engine import Document
from search.geo import place_of
from search.layout import Layout

PLAIN = "plain"  # our terms, separated by spaces: the engine's own analysis is never used


def schema(layout: Layout) -> tantivy.Schema:
    """The schema for a layout."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("live", tokenizer_name="raw", index_option="basic")
    for zone in (analysis.ALL, *layout.texts):
        builder.add_text_field(f"words_{zone}", tokenizer_name=PLAIN, index_option="position")
        builder.add_text_field(f"stems_{zone}", tokenizer_name=PLAIN, index_option="freq")
    builder.add_text_field("choices", tokenizer_name="raw", index_option="basic")
    builder.add_json_field("facets", fast=True, tokenizer_name="raw", index_option="basic")
    for name in layout.numbers:
        builder.add_float_field(f"number_{name}", fast=True)
    builder.add_text_field("spot", tokenizer_name="raw", index_option="basic")
    builder.add_float_field("lat", fast=True)
    builder.add_float_field("lon", fast=True)
    for name in order.NUMBERS:
        builder.add_unsigned_field(f"sort_{name}", fast=True)
    for name in order.title_orders(layout):
        builder.add_text_field(f"sort_{name}", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("tie", fast=True)
    builder.add_bytes_field("row", stored=True)
    builder.add_unsigned_field("seen", stored=True)
    return builder.build()


def document(given: Document, layout: Layout) -> tantivy.Document:
    """A document as Tantivy takes it."""
    made = tantivy.Document()
    made.add_text("id", given.id)
    made.add_text("live", "1")
    for name, zone in analysis.zones(given, layout).items():
        if zone.words:
            made.add_text(f"words_{name}", " ".join(zone.words))
        if zone.stems:
            made.add_text(f"stems_{name}", " ".join(zone.stems))
    for choice in analysis.choices(given):
        made.add_text("choices", choice)
    if facets := analysis.facets(given):
        made.add_json("facets", facets)
    for name, number in analysis.numbers(given).items():
        made.add_float(f"number_{name}", number)
    if (spot := analysis.spot_of(given)) is not None:
        made.add_text("spot", spot)
        lat, lon = place_of(spot)
        made.add_float("lat", lat)
        made.add_float("lon", lon)
    for name, key in order.keys(given).items():
        made.add_unsigned(f"sort_{name}", key)
    for name, letters in order.title_keys(given, layout).items():
        made.add_text(f"sort_{name}", letters)
    made.add_unsigned("tie", order.tie(given.id))
    made.add_bytes("row", analysis.row(given, layout).encode())
    return made


def seen(number: int) -> tantivy.Document:
    """The document that remembers how far the index has followed the journal."""
    made = tantivy.Document()
    made.add_text("id", analysis.SEEN_ID)
    made.add_unsigned("seen", number)
    return made
