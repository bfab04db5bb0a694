"""What is measured between two instances: the way of a practice, the inbox, a backfill, pages, and idleness."""

import json
import random
import sqlite3
import time
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from sqlmodel import col, func, select

from exchange.catalogue.practices import evidence, publish
from federation import keys
from federation.ledger.arrivals import Arrival
from federation.ledger.journal import JournalEntry
from federation.ledger.lease import unfinished
from federation.wire import signatures
from tests.load.figures import Baselines, Figure, spread
from tests.load.senders import SENDERS, send, written
from tests.load.town import Town, until
from tests.rig import complete, seeds

DELETES = 1_450
STORM, CALM = 1_000, 40  # requests of one domain at once, and of another meanwhile
IDLE = 5.0  # seconds that an instance is left alone to see what it does meanwhile
WORDS = [
    *("énergie citoyenne", "Bürgerenergie", "solar roof", "mobilité village"),
    *("eau", "school", "data", "forêt"),
]


def records(count: int) -> list[dict[str, Any]]:
    """Real practices from the seeds, as often as it takes; each copy has a word of its own in its title."""
    texts = [
        complete({key: value for key, value in practice.items() if key not in ("id", "community")})
        for practice in seeds()["practices"]
        if practice.get("evidenceLevel")
        != evidence.BY_RULE  # which follows from adoptions, and nobody claims
    ]
    whole = [record for record in texts if not publish.check(record)[1]]
    return [_marked(whole[number % len(whole)], word()) for number in range(count)]


def word() -> str:
    """A word that no practice has."""
    return "zq" + "".join(random.choices("bcdfghklmnpqrstvwxz", k=10))


def _marked(record: dict[str, Any], mark: str) -> dict[str, Any]:
    title = {language: f"{text[:80]} {mark}" for language, text in record["title"].items()}
    return record | {"title": title}


def idle(town: Town) -> list[Figure]:
    """What an instance costs that nobody asks for anything."""
    time.sleep(1.0)
    before, began = town.processor(), time.perf_counter()
    time.sleep(IDLE)
    busy = (town.processor() - before) / (time.perf_counter() - began)
    return [
        Figure("resident memory of an idle instance", town.memory(), "MiB", aim="< 100"),
        Figure("processor of an idle instance", busy * 100, "%", aim="< 1", note="of one core"),
    ]


def way(origin: Town, peer: Town, times: int) -> list[Figure]:
    """From the answer to *publish* until the practice is found in the peer's search."""
    took = []
    for record in records(times):
        mark = next(iter(record["title"].values())).split()[-1]
        origin.publish(record)
        took.append(until(partial(_finds, peer, mark), "it did not arrive"))
    half, most = spread(took)
    return [
        Figure("publish to the hit in a peer's search, median", half * 1000, "ms", aim="< 1,000"),
        Figure("publish to the hit in a peer's search, p95", most * 1000, "ms"),
    ]


def _finds(town: Town, mark: str) -> bool:
    return bool(town.search(q=mark)["total"] == 1)


def burst(origin: Town, peer: Town, count: int) -> list[Figure]:
    """Many publications at once, until the peer's search has them all."""
    before = peer.search()["total"]
    began = time.perf_counter()
    origin.publish_many(records(count))
    until(lambda: peer.search()["total"] == before + count, "not all arrived", every=0.1)
    rate = count / (time.perf_counter() - began)
    return [Figure("practices exchanged in a burst, published to indexed", rate, "/s")]


def inbox(sender: Town, receiver: Town, count: int, floor: Baselines) -> list[Figure]:
    """Signed activities that the inbox verifies and stores, and until the last of them has been handled."""
    with sender.database.reading() as session:
        created = select(JournalEntry).where(col(JournalEntry.kind) == "Create").limit(count)
        practices = [entry.activity["object"] for entry in session.exec(created)]
    key = _key(sender)
    likes = [{"type": "Like", "object": practices[n % len(practices)]["id"]} for n in range(count)]
    updates = [{"type": "Update", "object": practices[n % len(practices)]} for n in range(count)]
    return [
        *_flood("small activities", list(_posts(sender, receiver, key, likes)), receiver, floor, "≥ 1,000"),
        *_flood("whole practices", list(_posts(sender, receiver, key, updates)), receiver, floor, ""),
    ]


def _key(town: Town) -> tuple[str, Any]:
    with town.database.reading() as session:
        return keys.signing_key(session, town.actor)


def _posts(
    sender: Town, receiver: Town, key: tuple[str, Any], activities: Iterable[dict[str, Any]]
) -> Iterable[bytes]:
    url = f"{receiver.origin}/inbox"
    for one in activities:
        name = f"{sender.origin}/activities/{uuid.uuid4()}"
        activity = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": name,
            "actor": sender.actor,
        } | one
        body = json.dumps(activity, ensure_ascii=False).encode()
        headers = signatures.sign(method="POST", url=url, body=body, key_id=key[0], private_key=key[1])
        yield written("POST", "/inbox", headers, body)


def _flood(what: str, posts: list[bytes], receiver: Town, floor: Baselines, aim: str) -> list[Figure]:
    before, began = receiver.processor(), time.perf_counter()
    sent = send(receiver.port, posts)
    busy = (receiver.processor() - before) / len(posts)
    assert set(sent.answers) == {202}, f"the inbox answered {sorted(sent.answers)}"
    until(lambda: _unhandled(receiver) == 0, "not all were handled", every=0.05)
    handled = len(posts) / (time.perf_counter() - began)
    size = sum(map(len, posts)) / len(posts) / 1024
    half, most = spread(sent.waits)
    return [
        Figure(
            f"inbox, {what}, verified and stored", sent.rate, "/s", "hello", sent.rate / floor.requests, aim,
            f"{size:.1f} KiB each, {SENDERS} senders, {busy * 1000:.2f} ms of processor each, "
            f"and {sent.processor / len(posts) * 1000:.2f} ms to send it",
        ),
        Figure(f"inbox, {what}, wait for the answer, median", half * 1000, "ms"),
        Figure(f"inbox, {what}, wait for the answer, p95", most * 1000, "ms", aim="< 50" if aim else ""),
        Figure(f"inbox, {what}, stored and handled", handled, "/s"),
    ]  # fmt: skip


def storms(sender: Town, other: Town, receiver: Town) -> list[Figure]:
    """Point 7: Deletes of unknown actors, and one domain beyond its budget while another sends what it may.

    `receiver` has the budgets that every instance has.
    """
    gone = f"{sender.origin}/users/{{}}"
    leaving = [{"id": gone.format(n) + "#delete", "type": "Delete"} for n in range(DELETES)]
    farewells = [
        json.dumps(one | dict.fromkeys(("actor", "object"), gone.format(n))).encode()
        for n, one in enumerate(leaving)
    ]
    headers = {"Host": receiver.origin.removeprefix("http://"), "Content-Type": "application/activity+json"}
    deletes = send(receiver.port, [written("POST", "/inbox", headers, body) for body in farewells])
    assert set(deletes.answers) == {202}, f"the inbox answered {deletes.answers}"
    storm, calm = (
        list(_posts(town, receiver, _key(town), [{"type": "Like", "object": receiver.actor}] * count))
        for town, count in ((sender, STORM), (other, CALM))
    )
    send(receiver.port, [storm.pop(), calm.pop()])  # their keys are known from now on
    with ThreadPoolExecutor(1) as pool:
        storming = pool.submit(send, receiver.port, storm, senders=SENDERS // 2)
        served = send(receiver.port, calm, senders=1)
        stormed = storming.result()
    assert set(served.answers) == {202}, f"who sent little was answered {served.answers}"
    return [
        Figure("Deletes of unknown actors, wait for the answer, p95", spread(deletes.waits)[1] * 1000, "ms", aim="< 50",
               note=f"{deletes.rate:,.0f}/s"),
        Figure("a storm from one domain, told to wait (429)", stormed.answers.get(429, 0) / len(storm) * 100, "%",
               note=f"{stormed.rate:,.0f} requests a second"),
        Figure("another domain meanwhile, wait for the answer, p95", spread(served.waits)[1] * 1000, "ms", aim="< 50",
               note="each of them taken"),
    ]  # fmt: skip


def pages(town: Town, times: int) -> list[Figure]:
    """The page of results with its facets, as JSON and as a person sees it, over HTTP."""
    figures = []
    for name, ask in (
        ("as JSON", lambda q: town.search(q=q)),
        ("as a page", lambda q: town.page("/practices", q=q)),
    ):
        ask(WORDS[0])  # the first page after the start also reads templates and vocabularies
        took = []
        for number in range(times):
            began = time.perf_counter()
            ask(WORDS[number % len(WORDS)])
            took.append(time.perf_counter() - began)
        half, most = spread(took)
        figures.append(Figure(f"search over HTTP, {name}, median", half * 1000, "ms", aim="< 50"))
        figures.append(Figure(f"search over HTTP, {name}, p95", most * 1000, "ms"))
    return figures


def backfill(origin: Town, newcomer: Town, count: int) -> list[Figure]:
    """An instance follows another for the first time and reads its whole catalogue."""
    have = origin.search()["total"]
    origin.publish_many(records(max(0, count - have)))
    until(lambda: origin.search()["total"] >= count, "the origin's index is late", every=0.2)
    count = origin.search()["total"]
    before, began = _pages(newcomer), time.perf_counter()
    newcomer.command("peer", "follow", f"{origin.origin}/actor")
    until(lambda: newcomer.search()["total"] == count, "the backfill did not end", every=0.2)
    took = time.perf_counter() - began
    minutes = took / 60 * (10_000 / count)
    each = (_pages(newcomer) - before) / count
    index = sum(f.stat().st_size for f in (newcomer.data / "index").rglob("*") if f.is_file()) / count
    scaled = "" if count >= 10_000 else f"scaled from {count:,} practices in {took:.1f} s"
    return [
        Figure("backfill of 10,000 practices", minutes, "min", aim="< 3", note=scaled),
        Figure(
            "a remote practice in the database", each / 1024, "KiB", aim="≤ 10", note="after the backfill"
        ),
        Figure("a remote practice in the index", index / 1024, "KiB"),
    ]


def _pages(town: Town) -> int:
    """Bytes of the database that are in use, what is still in its log included."""
    with sqlite3.connect(str(town.database.url).removeprefix("sqlite:///")) as database:
        numbers = [database.execute(f"PRAGMA {name}").fetchone()[0] for name in _USED]
    return int((numbers[0] - numbers[1]) * numbers[2])


_USED = ("page_count", "freelist_count", "page_size")


def _unhandled(town: Town) -> int:
    with town.database.reading() as session:
        return session.exec(select(func.count()).select_from(Arrival).where(unfinished(Arrival))).one()
