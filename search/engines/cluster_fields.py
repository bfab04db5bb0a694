"""The fields of an index on a search server, and a document put into them.

The server's own analysis is never used: words and stems come ready, separated by spaces. Only what a
hit is made of is kept as text; all else lives in the index alone.
"""

import hashlib
from typing import Any

from search import analysis
from search.answer import order
from search.engine import Document
from search.geo import place_of
from search.layout import Layout

LONGEST_ID = 400  # bytes; a server takes 512
LONGEST_TERM = 8_000  # characters; a server takes 32,766 bytes
SEEN = "jumelage-seen"
DEEPEST = 150_000  # hits that an order can be asked for; nobody reads so far
ONE_PAGE = 1_000


def settings() -> dict[str, Any]:
    """One shard, so that counts are exact and a refresh shows a commit as a whole; never refreshed unasked."""
    return {
        "number_of_shards": 1,
        "auto_expand_replicas": "0-1",
        "refresh_interval": "-1",
        "max_result_window": DEEPEST + ONE_PAGE,
        "gc_deletes": "1h",  # so long is known that a document was deleted, and by which change
    }


def mappings(layout: Layout) -> dict[str, Any]:
    """The fields for a layout."""
    keyword = {"type": "keyword", "ignore_above": LONGEST_TERM}
    fields: dict[str, Any] = {
        "id": {"type": "keyword", "index": False, "doc_values": False},
        "live": {"type": "boolean"},
        "seen": {"type": "long", "index": False},
        "choices": keyword | {"doc_values": False},
        "spot": keyword,
        "at": {"type": "geo_point"},
        "vocabulary": keyword | {"index": False},
        "tie": {"type": "long", "index": False},
        "facets": {"properties": dict.fromkeys(layout.facets, keyword)},
    }
    for zone in (analysis.ALL, *layout.texts):
        fields[f"words_{zone}"] = {"type": "text", "analyzer": "whitespace"}
        fields[f"stems_{zone}"] = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
    for name in layout.numbers:
        fields[f"number_{name}"] = {"type": "double"}
    fields |= {f"sort_{name}": keyword | {"index": False} for name in order.title_orders(layout)}
    for name in order.NUMBERS:
        fields[f"sort_{name}"] = {"type": "long", "index": False}
    return {"dynamic": False, "_source": {"includes": ["id", "row", "seen"]}, "properties": fields}


def document(given: Document, layout: Layout) -> dict[str, Any]:
    """A document as the server takes it."""
    made: dict[str, Any] = {"id": given.id, "live": True, "row": analysis.row(given, layout)}
    zones = analysis.zones(given, layout)
    for name, zone in zones.items():
        if zone.words:
            made[f"words_{name}"] = " ".join(zone.words)
        if zone.stems:
            made[f"stems_{name}"] = " ".join(zone.stems)
    made["vocabulary"] = sorted(set(zones[analysis.ALL].words) - {analysis.BREAK})
    made["choices"] = analysis.choices(given)
    made["facets"] = analysis.facets(given)
    made |= {f"number_{name}": number for name, number in analysis.numbers(given).items()}
    if (spot := analysis.spot_of(given)) is not None:
        made["spot"] = spot
        lat, lon = place_of(spot)
        made["at"] = {"lat": lat, "lon": lon}
    made |= {f"sort_{name}": key for name, key in order.keys(given).items()}
    made |= {f"sort_{name}": letters for name, letters in order.title_keys(given, layout).items()}
    made["tie"] = order.tie(given.id)
    return made


def key(document_id: str) -> str:
    """The server's own id for a document; long addresses are digested."""
    if len(document_id.encode("utf-8", "surrogatepass")) <= LONGEST_ID and document_id != SEEN:
        return document_id
    return hashlib.sha256(document_id.encode("utf-8", "surrogatepass")).hexdigest()
