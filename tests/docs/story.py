"""The story that FEDERATION.md tells, played by two instances: what they say to each other, as it was said.

`python -m tests.docs.story` writes the examples of the page anew.
"""

import json
import re
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
import time_machine
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from sqlmodel import select

from exchange import schema
from exchange.catalogue import shelf
from exchange.catalogue.adoption import adopt, handshake
from exchange.catalogue.clusters import call, calls, cluster, collect, contribute
from exchange.catalogue.communities import community
from exchange.catalogue.files import imports
from exchange.catalogue.judging import answer, delegate
from exchange.catalogue.practices import revise, withdraw
from exchange.db import Database
from exchange.fetching import fetch_now
from exchange.models.adoption import Adoption
from exchange.models.handshake import CONTESTED, OPEN
from exchange.models.review import Review
from federation.ledger import journal
from federation.neighbours import followers
from federation.wire import signatures
from tests.architecture.sources import ROOT
from tests.docs import pages
from tests.rig import SEEDS, House, Rig

PAGE = ROOT / "FEDERATION.md"
OWNER, OTHER = "https://villages.example", "https://uplands.example"
PRACTICE, PLACE, ADOPTER, GIVER = "ungersheim-21-actions", "ungersheim", "hillfoot", "glenmoor"
LONGEST = 160  # characters of a text that an example shows
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_ENVELOPES = ("create", "update", "update-actor", "add-collection", "outbox-page")


def tell(rig: Rig) -> dict[str, Any]:
    """Play the story, and return the documents of the page by name."""
    found: dict[str, Any] = {}
    with _at("09:00"):
        owner, other = rig.instance("villages"), rig.instance("uplands")
        imports.import_file(owner.instance.database, owner.origin, SEEDS, only={PLACE})
        other.community(ADOPTER, "Hillfoot", "IE", population=640, degurba="dg-3")
        other.community(GIVER, "Glenmoor", "IE", population=210, degurba="dg-3")
        rig.settle()
    with owner.instance.database.reading() as session:
        uri = shelf.practice(session, PRACTICE).uri
    found["practice"] = owner.document(uri)
    found["create"] = _said(owner, "Create", uri)
    with _at("09:10"):
        other.follow(owner)
        rig.settle()
        found["follow"] = _said(other, "Follow", f"{owner.origin}/actor")
        found["accept"] = _said(owner, "Accept")
        found |= _actors(owner)
    with _at("09:15"), other.instance.database.writing() as session:
        giver, receiver = shelf.community(session, GIVER), shelf.community(session, ADOPTER)
        theme = shelf.practice(session, uri).themes[0]
        lent = delegate.delegate(session, giver, theme, receiver).uri
    found["delegation"] = other.document(lent)
    with _at("09:20"):
        other.review(uri, ADOPTER, replicability=4, engagement=None, comment={"en": "Clear and honest."})
        other.adopt(uri, ADOPTER, "ad-assessing", on="2026-02")
        other.adopt(uri, ADOPTER, "ad-decided", adaptationType="at-adapt", since="2026-02")
        rig.settle()
    review, adoption = _only(other, Review).uri, _only(other, Adoption).uri
    found["review"], found["adoption"] = other.document(review), other.document(adoption)
    for clock, state, name in (("09:25", CONTESTED, "contest"), ("09:28", OPEN, "lift")):
        with _at(clock):
            with owner.instance.database.writing() as session:
                taken = session.exec(select(Adoption).where(Adoption.uri == adoption)).one()
                reason = {"fr": "La commune n'a encore rien décidé."} if state == CONTESTED else None
                handshake.answer(session, taken, state, reason=reason)
            rig.settle()
            found[name] = _said(owner, "Remove")
    with _at("09:30"):
        with owner.instance.database.writing() as session:
            taken = session.exec(select(Adoption).where(Adoption.uri == adoption)).one()
            adopt.confirm(session, taken)
        rig.settle()
    found["add"] = _said(owner, "Add")
    with _at("09:35"):
        with owner.instance.database.writing() as session:
            held = session.exec(select(Review).where(Review.uri == review)).one()
            answered = answer.answer(session, held, {"fr": "Le coût complet est dans la version 2."}).uri
        found["answer"] = owner.document(answered)
    with _at("09:37"), owner.instance.database.writing() as session:
        led = cluster.found(session, owner.origin, slug="small-places", name={"en": "Small places"})
        begun = collect.begin(
            session, led, {"en": "Begin with these"}, {"en": "What a village can do alone."}
        )
        collect.put(session, begun, shelf.practice(session, uri), {"en": "It says what it cost."})
        gathered = begun.uri
    found |= _consultation(rig, owner, other)
    found["collection"] = owner.document(gathered)
    found["add-collection"] = _said(owner, "Add", gathered)
    found["reviews"] = owner.document(f"{uri}/reviews")
    found["adoptions"] = owner.document(f"{uri}/adoptions")
    found["outbox"] = owner.document("/actor/outbox")
    found["outbox-page"] = owner.document("/actor/outbox?page=0")
    found["followers"] = owner.document("/actor/followers?page=0")
    with _at("09:40"), owner.instance.database.writing() as session:
        held = shelf.practice(session, uri)
        revise.revise(session, held, {**held.record, "endDate": "2025"}, note="The programme has ended.")
        community.change_profile(session, shelf.community(session, PLACE), population=2450)
    found["update"] = _said(owner, "Update", uri)
    found["update-actor"] = _said(owner, "Update", f"{owner.origin}/communities/{PLACE}")
    with _at("09:50"):
        with owner.instance.database.writing() as session:
            reason = {"fr": "Le programme a pris fin et la fiche n'est plus tenue."}
            withdraw.withdraw(session, shelf.practice(session, uri), reason=reason)
        found["delete"] = _said(owner, "Delete")
        gone = owner.get(uri, accept="application/activity+json")
        assert gone.status_code == 410
        found["tombstone"] = gone.json()
        node = other.instance.node
        with other.instance.database.writing() as session:
            followers.unfollow(
                session, node, local_actor=node.instance_actor, target_actor=f"{owner.origin}/actor"
            )
        found["undo"] = _said(other, "Undo")
        found["refusal"] = _refused(owner)
    return _tidy(found, {owner.origin: OWNER, other.origin: OTHER})


def _consultation(rig: Rig, owner: House, other: House) -> dict[str, Any]:
    """A cluster asks, a community of the other instance answers, and one here supports that."""
    with _at("09:38"):
        with owner.instance.database.writing() as session:
            led = cluster.cluster(session, "small-places")
            days: dict[str, Any] = {
                "opens_on": "2026-03-02",
                "closes_on": "2026-03-31",
                "open_to": "everybody",
            }
            asked = call.open_(
                session, led, "consultation",
                title={"en": "Lamps at night"}, words={"en": "When are yours off?"}, theme="th-energy", **days,
            ).uri  # fmt: skip
            called = call.open_(
                session, led, "campaign",
                title={"en": "Ten from villages"}, words={"en": "Tell what you did."}, theme="th-food",
                aim={"number": 10, "place": "rural"}, **days,
            ).uri  # fmt: skip
        fetch_now(other.instance, asked)
        with other.instance.database.writing() as session:
            said = contribute.contribute(
                session,
                shelf.community(session, ADOPTER),
                calls.call(session, asked),
                title={"en": "At eleven"},
                text={"en": "Off since 2019, and nobody asked for them back."},
            ).uri
        rig.settle()
    with _at("09:39"), owner.instance.database.writing() as session:
        contribute.support(session, shelf.community(session, PLACE), calls.contribution(session, said))
    return {
        "consultation": owner.document(asked),
        "campaign": owner.document(called),
        "contribution": other.document(said),
        "add-contribution": _said(owner, "Add", said),
        "like": _said(owner, "Like", said),
    }


def _actors(owner: House) -> dict[str, Any]:
    host = owner.origin.partition("://")[2]
    return {
        "community": owner.document(f"/communities/{PLACE}"),
        "instance": owner.document("/actor"),
        "webfinger": owner.get(f"/.well-known/webfinger?resource=acct:{PLACE}@{host}").json(),
        "webfinger-instance": owner.get(f"/.well-known/webfinger?resource={owner.origin}/").json(),
        "nodeinfo-links": owner.get("/.well-known/nodeinfo").json(),
        "nodeinfo": owner.get("/nodeinfo/2.1").json(),
    }


def _refused(owner: House) -> Any:
    """The answer to an activity that nobody signed."""
    said = {"id": "https://a.example/1", "type": "Follow", "actor": "https://a.example/a", "object": "x"}
    answer = requests.post(
        f"http://127.0.0.1:{owner.port}/inbox",
        json=said,
        headers={"Host": f"{owner.name}.localhost:{owner.port}"},
        timeout=10,
    )
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.json()


@contextmanager
def _at(clock: str) -> Iterator[None]:
    with time_machine.travel(datetime.fromisoformat(f"2026-03-02T{clock}:00.250000+00:00"), tick=False):
        yield


def _said(house: House, kind: str, about: str | None = None) -> dict[str, Any]:
    """The newest activity of that kind that the house sent."""
    with house.instance.database.reading() as session:
        rows = [row for row in journal.after(session, 0, 1000) if row.direction == "out" and row.kind == kind]
    return next(row.activity for row in reversed(rows) if about in (None, row.object_id))


def _only(house: House, model: Any) -> Any:
    with house.instance.database.reading() as session:
        return session.exec(select(model).where(model.local)).one()


def _tidy(found: dict[str, Any], origins: dict[str, str]) -> dict[str, Any]:
    """The documents as they look anywhere and any time: names instead of ports, ids that stay the same."""
    for name in _ENVELOPES:
        found[name] = _cut_objects(found[name])
    text = json.dumps(found, ensure_ascii=False)
    for here, there in origins.items():
        text = text.replace(here, there).replace(here.partition("://")[2], there.partition("://")[2])
    numbers: dict[str, str] = {}
    for one in _UUID.findall(text):
        numbers.setdefault(one, _numbered(len(numbers) + 1))
    text = _UUID.sub(lambda one: numbers[one[0]], text)
    tidy: dict[str, Any] = _shortened(json.loads(text))
    return tidy


def _numbered(number: int) -> str:
    plain = uuid.uuid5(uuid.NAMESPACE_URL, f"{OWNER}/{number}")
    return str(uuid.UUID(bytes=plain.bytes, version=4))


def _cut_objects(activity: Any) -> Any:
    """Activities whose objects stand elsewhere on the page in full."""
    if "orderedItems" in activity:
        return activity | {"orderedItems": [_cut_objects(item) for item in activity["orderedItems"]]}
    if isinstance(activity["object"], str):
        return activity
    return activity | {"object": {name: activity["object"][name] for name in ("id", "type")}}


def _shortened(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _shortened(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shortened(inner, name) for inner in value]
    if name == "publicKeyPem":
        return "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0B…\n-----END PUBLIC KEY-----\n"
    if name == "publicKeyMultibase":
        return "z6Mk…"
    if name == "proofValue":
        return "z…"
    if isinstance(value, str) and len(value) > LONGEST:
        return value[:LONGEST].rstrip() + "…"
    return value


def signed(dialect: str) -> str:
    """A delivery as it leaves in one of the dialects; what no reader can foretell is cut out."""
    key = generate_private_key(65537, 2048)
    headers = signatures.sign(
        method="POST",
        url=f"{OTHER}/inbox",
        body=b"{}",
        key_id=f"{OWNER}/communities/{PLACE}#main-key",
        private_key=key,
        dialect=dialect,
        date=datetime.fromisoformat("2026-03-02T09:00:00+00:00"),
    )
    lines = ["POST /inbox HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    text = re.sub(r"[A-Za-z0-9+/]{40,}=*", "…", "\n".join(lines))
    return f"{text}\n"


def as_written(rig: Rig) -> dict[str, str]:
    """All examples as they stand on the page, by name."""
    told = {name: json.dumps(one, ensure_ascii=False, indent=2) + "\n" for name, one in tell(rig).items()}
    return told | {f"signed-{dialect}": signed(dialect) for dialect in signatures.DIALECTS}


def databases(place: Path) -> Callable[[], str]:
    """Fresh databases with their tables, outside of a test."""

    def make() -> str:
        url = f"sqlite:///{place}/{uuid.uuid4()}.sqlite"
        database = Database(url)
        schema.create(database)
        database.close()
        return url

    return make


def main() -> None:
    with tempfile.TemporaryDirectory() as place, Rig(Path(place), databases(Path(place))) as rig:
        made = as_written(rig)
    PAGE.write_text(pages.with_examples(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")


if __name__ == "__main__":
    main()
