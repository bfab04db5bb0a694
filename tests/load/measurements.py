"""What is measured: the way of a practice to a peer, the inbox, the search, and an idle instance's memory."""

import random
import statistics
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from sqlmodel import col, func, select

from exchange.catalogue import publish
from federation import keys, signatures
from federation.arrivals import Arrival
from federation.journal import JournalEntry
from federation.lease import unfinished
from tests.load.town import Town, until
from tests.rig import complete, seeds

WORDS = [
    "énergie citoyenne",
    "Bürgerenergie",
    "solar roof",
    "mobilité village",
    "eau",
    "school",
    "data",
    "forêt",
]


def records(count: int) -> list[dict[str, Any]]:
    """Real practices from the seeds, as often as it takes; each copy has a word of its own in its title."""
    texts = [
        complete({key: value for key, value in practice.items() if key not in ("id", "community")})
        for practice in seeds()["practices"]
    ]
    whole = [record for record in texts if not publish.check(record)[1]]
    return [_marked(whole[number % len(whole)], word()) for number in range(count)]


def word() -> str:
    """A word that no practice has."""
    return "zq" + "".join(random.choices("bcdfghklmnpqrstvwxz", k=10))


def _marked(record: dict[str, Any], mark: str) -> dict[str, Any]:
    title = {language: f"{text[:80]} {mark}" for language, text in record["title"].items()}
    return record | {"title": title}


def latency(origin: Town, peer: Town, times: int) -> dict[str, float]:
    """Seconds from the answer to *publish* until the practice is found in the peer's search."""
    took = []
    for record in records(times):
        mark = next(iter(record["title"].values())).split()[-1]
        origin.publish(record)
        took.append(until(lambda mark=mark: peer.search(q=mark)["total"] == 1, "it did not arrive"))
    return spread(took)


def exchange(origin: Town, peer: Town, count: int) -> float:
    """Practices per second, from a publication of many at once until the peer's search has them all."""
    before = peer.search()["total"]
    began = time.perf_counter()
    origin.publish_many(records(count))
    until(lambda: peer.search()["total"] == before + count, "not all arrived", every=0.1)
    return count / (time.perf_counter() - began)


def inbox(sender: Town, receiver: Town, count: int) -> dict[str, float]:
    """Signed updates per second that the inbox accepts, and until the last of them has been handled."""
    target = f"{receiver.origin}/inbox"
    with sender.database.reading() as session:
        of_practices = select(JournalEntry).where(col(JournalEntry.kind) == "Create").limit(count)
        sent = [entry.activity for entry in session.exec(of_practices)]
        key_id, key = keys.signing_key(session, sender.actor)
    posts = []
    for number in range(count):
        activity = sent[number % len(sent)] | {
            "type": "Update",
            "id": f"{sender.origin}/activities/{uuid.uuid4()}",
        }
        body = requests.Request("POST", target, json=activity).prepare().body
        assert isinstance(body, bytes)
        headers = signatures.sign(method="POST", url=target, body=body, key_id=key_id, private_key=key)
        posts.append((body, headers))

    def post(message: tuple[bytes, dict[str, str]]) -> int:
        body, headers = message
        address = f"http://127.0.0.1:{receiver.port}/inbox"
        return receiver.web.post(
            address,
            data=body,
            headers={**headers, "Host": receiver.origin.removeprefix("http://")},
            timeout=60,
        ).status_code

    began = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(post, posts))
    accepted = time.perf_counter() - began
    assert set(answers) == {202}, f"the inbox answered {sorted(set(answers))}"
    until(lambda: _unhandled(receiver) == 0, "not all were handled", every=0.05)
    return {"accepted": count / accepted, "handled": count / (time.perf_counter() - began)}


def farewells(sender: Town, receiver: Town, count: int) -> dict[str, float]:
    """Seconds that the inbox takes for the Delete of an actor whom it never heard of, two at a time."""
    address = f"http://127.0.0.1:{receiver.port}/inbox"
    headers = {"Host": receiver.origin.removeprefix("http://"), "Content-Type": "application/activity+json"}

    def post(number: int) -> float:
        gone = f"{sender.origin}/users/{number}"
        said = {"id": f"{gone}#delete", "type": "Delete", "actor": gone, "object": gone}
        began = time.perf_counter()
        answer = requests.post(address, json=said, headers=headers, timeout=60)
        took = time.perf_counter() - began
        assert answer.status_code == 202, answer.text
        return took

    with ThreadPoolExecutor(2) as pool:
        return spread(list(pool.map(post, range(count))))


def search(town: Town, times: int) -> dict[str, float]:
    """Seconds for a page of results with its facets, over HTTP."""
    took = []
    for number in range(times):
        began = time.perf_counter()
        town.search(q=WORDS[number % len(WORDS)])
        took.append(time.perf_counter() - began)
    return spread(took)


def spread(values: list[float]) -> dict[str, float]:
    """The median and the value that 95 of 100 stay below."""
    return {"p50": statistics.median(values), "p95": statistics.quantiles(values, n=20)[-1]}


def _unhandled(town: Town) -> int:
    with town.database.reading() as session:
        return session.exec(select(func.count()).select_from(Arrival).where(unfinished(Arrival))).one()
