"""Where the dictionaries of `federation.ledger.packing` come from: what messages of different owners have in common.

`python -m tests.federation.shapes` prints one, made of the shipped practices, each from an instance of its
own, and of reviews, adoptions and gestures about them. Words that only one or two practices use are not in
it: it knows how messages are built, not what they say.
"""

import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

import yaml
from sqlmodel import Session

from exchange import schema
from exchange.catalogue.adoption import adopt
from exchange.catalogue.communities import community
from exchange.catalogue.judging import review
from exchange.catalogue.practices import publish
from exchange.db import Database
from exchange.models.base import new_key
from exchange.vocabulary.record import PracticeRecord
from federation import actor
from federation.ledger import journal
from tests.rig import seeds

MOST = 16_000  # bytes; a message of usual length still reaches to its beginning (a window of 32 KiB)
WIDTH = 12  # bytes that must be the same for a passage to be seen
SHARED = 4  # messages in which a passage must be
HEADS = {*PracticeRecord.model_fields, "dataProtection"}


def messages(place: Path, practices: Iterable[dict[str, object]] | None = None) -> list[bytes]:
    """What each practice's owner says, as it would be sent; every owner on another instance."""
    said: list[bytes] = []
    for number, record in enumerate(practices or seeds()["practices"]):
        database = Database(f"sqlite:///{place}/{number}-{uuid.uuid4()}.sqlite")
        schema.create(database)
        with database.writing() as session:
            said += _story(session, record, f"https://{new_key()[:13].replace('-', '.')}")
        database.close()
    return said


def _story(session: Session, told: dict[str, object], origin: str) -> list[bytes]:
    owner_name, other_name = (new_key()[: 5 + len(origin) % 7] for _ in range(2))
    actor.create(session, origin, "Application", "instance")
    owner = community.found(session, origin, slug=owner_name, name=owner_name, country="FR")
    other = community.found(session, origin, slug=other_name, name=other_name, country="DE")
    record = {key: value for key, value in told.items() if key not in ("id", "community")}
    practice = publish.publish(session, owner, record, documented_by="others")
    review.review(session, practice, other, relation="rr-peer", ratings={"rc-replicability": 4})
    adopt.adopt(session, practice, other, stage="ad-decided", adaptationType="at-adapt")
    return [row.body for row in journal.after(session, 0)]


def dictionary(samples: list[bytes], most: int = MOST) -> bytes:
    """The passages that most samples share; the most worthwhile are last, where they are cheapest to name."""
    shared: Counter[bytes] = Counter()
    for sample in samples:
        shared.update({sample[n : n + WIDTH] for n in range(len(sample) - WIDTH)})
    passages: Counter[bytes] = Counter()
    for sample in samples:
        passages.update(set(_common(sample, shared)))
    usual = _usual()
    text, known, room = b"", set[bytes](), most - len(usual)
    for passage, _ in sorted(passages.items(), key=lambda one: (-_worth(*one), one[0])):
        parts = {passage[n : n + WIDTH] for n in range(len(passage) - WIDTH + 1)}
        if len(passage) <= room - len(text) and 2 * len(parts - known) > len(parts):
            text, known = passage + text, known | parts
    return (usual + text).decode("utf-8", "ignore").encode()


def _usual() -> bytes:
    """What is the same in every record, whether these samples have it or not: fields and headings."""
    fields = "".join(f', "{name}": ' for name in PracticeRecord.model_fields)
    text = files("exchange").joinpath("seeds/headings.yaml").read_text(encoding="utf-8")
    headings = [
        word for words in yaml.safe_load(text).values() for name, word in words.items() if name in HEADS
    ]
    return (fields + "".join(f"<h2>{word}</h2>" for word in headings)).encode()


def _common(sample: bytes, shared: Counter[bytes]) -> Iterable[bytes]:
    start: int | None = None
    for n in range(len(sample) - WIDTH):
        if shared[sample[n : n + WIDTH]] >= SHARED:
            start = n if start is None else start
        elif start is not None:
            yield sample[start : n + WIDTH - 1]
            start = None


def _worth(passage: bytes, times: int) -> int:
    return (len(passage) - 3) * times


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        sys.stdout.buffer.write(dictionary(messages(Path(name))))
