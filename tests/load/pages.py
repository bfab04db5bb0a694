"""What the pages cost: the heavy ones at many practices, what a first view weighs, and two hundred visitors at once.

The catalogue is that of a cluster: one practice of its own, which 50 communities have reviewed and 20 have
taken up, among many that came from 20 other instances, written as what arrives is written, without the keys
of their owners, which no page asks for.
"""

import gzip
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from flask.testing import FlaskClient
from sqlmodel import Session, select

from exchange import indexing
from exchange.app import create_app
from exchange.catalogue.communities import community
from exchange.catalogue.practices import publish
from exchange.instance import Instance
from exchange.models.adoption import Adoption
from exchange.models.base import now
from exchange.models.community import Community
from exchange.models.practice import Practice
from exchange.models.review import Review
from exchange.vocabulary import concepts
from federation.ledger import journal
from federation.ledger.hosts import Host
from tests.load.corpus import PLACES
from tests.load.figures import Figure, spread
from tests.load.measurements import records
from tests.load.senders import send, written
from tests.load.town import ROOT, free_port, until

PRACTICES, OWNERS, INSTANCES = 20_000, 1_200, 20
REVIEWS, ADOPTIONS = 50, 20
VISITORS, VIEWS = 200, 3  # at once, and how many pages each of them opens
ASKED = (
    "energy",
    "water school",
    "mobility village",
    "energía",
    "Bürger",
    "forest",
    "data",
    "énergie citoyenne",
)
HEADERS = {"Accept": "text/html", "Accept-Language": "en"}


def measure(place: Path, times: int, count: int = PRACTICES) -> list[Figure]:
    """All figures about pages."""
    port = free_port()
    origin = f"http://pages.localhost:{port}"
    instance = Instance.create(
        place / "pages", origin=origin, name="pages", lab=True, listen=f"127.0.0.1:{port}", log="error"
    )
    heavy = _fill(instance, count)
    app = create_app(instance)
    client = app.test_client()
    pages: dict[str, Callable[[int], str]] = {
        "home": lambda n: f"/?n={n}",  # each time another address: none is remembered
        "search": lambda n: f"/practices?q={ASKED[n % len(ASKED)]}&n={n}",
        "all practices": lambda n: f"/practices?n={n}",
        f"practice, {REVIEWS} reviews, {ADOPTIONS} adoptions": lambda n: f"/practices/{heavy}?n={n}",
        "map": lambda n: f"/map?n={n}",
    }
    figures = []
    for name, path in pages.items():
        figures += _cost(client, origin, name, path, times)
    for name in ("home", "search", f"practice, {REVIEWS} reviews, {ADOPTIONS} adoptions"):
        figures += _weight(client, origin, name, pages[name](0))
    instance.close()
    figures += _crowd(place / "pages", port, origin, ["/", "/practices", f"/practices/{heavy}"])
    return figures


def _fill(instance: Instance, count: int) -> str:
    """The catalogue; the key of the practice that has everything."""
    made = random.Random(6)
    kinds = [("dg-3", 900, "pop-1"), ("dg-2", 14_000, "pop-4"), ("dg-1", 220_000, "pop-7")]
    told = records(68)
    with instance.database.writing() as session:
        home = community.found(session, instance.origin, slug="home", name="Home", country="FR")
        owners = []
        for n in range(OWNERS):
            country, (lat, lon, reach) = made.choice(list(PLACES.items()))
            degurba, people, size = kinds[n % 3]
            host = f"https://i{n % INSTANCES}.example"
            owners.append(
                Community(
                    uri=f"{host}/communities/c{n}", slug=f"c{n}", local=False, instance=host,
                    name={"und": f"Place {n}"}, country=country, degurba=degurba, population=people + n,
                    population_class=size, lat=lat + made.uniform(-reach, reach), lon=lon + made.uniform(-reach, reach),
                )
            )  # fmt: skip
        session.add_all(owners)
        session.add_all(Host(host=f"i{n}.example", last_in=now()) for n in range(INSTANCES))
        session.flush()
        practice = publish.publish(session, home, told[0])
        key = practice.key
        session.add_all(_reviews(practice, owners, made))
        session.add_all(_adoptions(practice, owners, ADOPTIONS))
    checked = [publish.accept(record, publish.OTHERS) for record in told]
    for first in range(0, count - 1, 1000):
        with instance.database.writing() as session:
            rows = []
            for n in range(first, min(first + 1000, count - 1)):
                owner = owners[n % OWNERS]
                row = Practice(
                    uri=f"{owner.instance}/practices/p{n}",
                    key=f"p{n}",
                    community_id=owner.id or 0,
                    local=False,
                )
                publish.write(row, checked[n % len(checked)])
                rows.append(row)
            session.add_all(rows)
            session.flush()
            for row in rows[::40]:
                session.add_all(_adoptions(row, owners, 1 + (row.id or 0) % 3))
    _index(instance)
    return key


def _reviews(practice: Practice, by: list[Community], made: random.Random) -> Iterator[Review]:
    criteria = [one.id for one in concepts.scheme("rating-criteria")]
    relations = [one.id for one in concepts.scheme("rater-relation")]
    for n, one in enumerate(by[:REVIEWS]):
        yield Review(
            uri=f"{one.instance}/reviews/r{n}", practice_id=practice.id or 0, community_id=one.id or 0,
            local=False, relation=relations[n % len(relations)],
            ratings={c: made.choice((1, 2, 3, 4, 5, None)) for c in criteria},
            comment={"en": f"It asks much time of those who take part. We would do it again ({n})."},
        )  # fmt: skip


def _adoptions(practice: Practice, by: list[Community], number: int) -> Iterator[Adoption]:
    stages = [one.id for one in concepts.scheme("adoption-stage") if one.id != "ad-stopped"]
    first = 7 * (practice.id or 0)
    for n in range(number):
        one = by[(first + n) % OWNERS]
        yield Adoption(
            uri=f"{one.instance}/adoptions/a{practice.id}-{n}", practice_id=practice.id or 0,
            publisher_id=one.id or 0, adopter_id=one.id, local=False, stage=stages[n % len(stages)],
            adopter={"name": one.called(), "country": one.country}, confirmed=n % 3 == 0 or None,
            record={"since": "2021", "changes": {"en": "Smaller, with two villages together."}},
        )  # fmt: skip


def _index(instance: Instance) -> None:
    """Put every practice into the index at the place of the journal where it stands."""
    while instance.index_once():
        pass
    with instance.database.reading() as session:
        number = journal.last(session)
        ids = list(session.exec(select(Practice.id)))
    for first in range(0, len(ids), 1000):
        with instance.database.reading() as session:
            instance.engine.put(
                indexing.documents(session, _rows(session, ids[first : first + 1000])), (), number
            )


def _rows(session: Session, ids: list[Any]) -> list[Practice]:
    return [session.get_one(Practice, one) for one in ids]


def _cost(
    client: FlaskClient, origin: str, name: str, path: Callable[[int], str], times: int
) -> list[Figure]:
    """What it costs this process to make a page: its processor time, and the clock beside it."""
    used, took = [], []
    for n in range(-len(ASKED), times):  # the first of each also read templates and vocabularies
        cpu, began = time.process_time(), time.perf_counter()
        answer = client.get(path(n), headers=HEADERS, base_url=origin)
        if n >= 0:
            used.append(time.process_time() - cpu)
            took.append(time.perf_counter() - began)
        assert answer.status_code == 200, (path(n), answer.status)
    half, most = spread(used)
    clock, clock_most = spread(took)
    return [
        Figure(f"{name}, processor, median", half * 1000, "ms"),
        Figure(f"{name}, processor, p95", most * 1000, "ms", aim="< 60",
               note=f"by the clock {clock * 1000:.0f} / {clock_most * 1000:.0f} ms"),
    ]  # fmt: skip


def _weight(client: FlaskClient, origin: str, name: str, path: str) -> list[Figure]:
    """Bytes and requests until a first visitor has seen a page, all that it may load counted as loaded."""
    packed = {**HEADERS, "Accept-Encoding": "gzip"}
    page = client.get(path, headers=packed, base_url=origin)
    text = gzip.decompress(page.data).decode()
    asked = set(
        re.findall(
            r'<(?:link rel="(?:preload|stylesheet|icon)"|script|img)[^>]*?(?:href|src)="([^"]+)"', text
        )
    )
    asked |= {re.sub("400-normal", "700-normal", one) for one in asked if "400-normal" in one}
    parts = [client.get(one.replace("&amp;", "&"), headers=packed, base_url=origin) for one in sorted(asked)]
    whole = len(page.data) + sum(len(one.data) for one in parts)
    again = client.get(
        path, headers={**packed, "If-None-Match": page.headers.get("ETag", "")}, base_url=origin
    )
    note = f"the page itself {len(page.data) / 1000:.0f} kB, unpacked {len(text.encode()) / 1000:.0f}; asked again {again.status_code}, {len(again.data)} bytes"
    return [
        Figure(f"{name}, first view", whole / 1000, "kB", aim="< 150", note=note),
        Figure(f"{name}, first view, requests", 1 + len(parts), "", aim="< 15"),
    ]


@contextmanager
def _served(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "exchange", "serve", "--data", str(data)], cwd=ROOT)

    def answers() -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False

    try:
        until(answers, "the instance does not start", every=0.1)
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def _crowd(data: Path, port: int, origin: str, paths: list[str]) -> list[Figure]:
    """Two hundred visitors who come at the same moment, each going on when their page has come."""
    headers = {"Host": origin.removeprefix("http://"), **HEADERS}
    views = [written("GET", paths[n % len(paths)], headers, b"") for n in range(VISITORS * VIEWS)]
    with _served(data, port) as process:
        send(port, views[: len(paths) * 8], senders=4)
        before = _processor(process.pid)
        sent = send(port, views, senders=VISITORS)
        busy = (_processor(process.pid) - before) / len(views)
    assert set(sent.answers) == {200}, sent.answers
    half, most = spread(sent.waits)
    return [
        Figure(f"{VISITORS} visitors at once, one process", sent.rate, "/s", note=f"{busy * 1000:.1f} ms of processor a page, none refused"),
        Figure(f"{VISITORS} visitors at once, wait for a page, median", half, "s"),
        Figure(f"{VISITORS} visitors at once, wait for a page, p95", most, "s"),
    ]  # fmt: skip


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
