"""What this machine can do at this moment, with nothing of ours in the way."""

import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.load.figures import Baselines
from tests.load.senders import send, written
from tests.load.town import free_port, until

SECONDS = 1.0  # that each is measured for
HELLOS = 2000
HELLO = """
import logging, sys
from waitress import serve
logging.disable(logging.WARNING)
def hello(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]
serve(hello, host="127.0.0.1", port=int(sys.argv[1]), threads=8, connection_limit=1000, asyncore_use_poll=True)
"""


def measure(place: Path) -> Baselines:
    return Baselines(commits(place), verifications(), hellos())


def commits(place: Path) -> float:
    """Transactions of one row a second, each on the disk before the next begins."""
    database = sqlite3.connect(place / "bare.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, body BLOB)")

    def commit() -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO kept (body) VALUES (?)", (b"x" * 500,))
        database.execute("COMMIT")

    rate = _rate(commit)
    database.close()
    return rate


def verifications() -> float:
    """RSA-2048 signatures verified a second."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public, text = private.public_key(), b"(request-target): post /inbox" * 6
    signature = private.sign(text, PKCS1v15(), SHA256())
    return _rate(lambda: public.verify(signature, text, PKCS1v15(), SHA256()))


def hellos() -> float:
    """Requests a second that waitress answers when there is nothing to do."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", HELLO, str(port)])
    try:
        request = written("POST", "/inbox", {"Host": "hello.localhost"}, b"x" * 500)
        until(lambda: _listens(port), "waitress does not start", every=0.05)
        return send(port, [request] * HELLOS).rate
    finally:
        process.terminate()
        process.wait(timeout=30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _rate(act: Callable[[], None]) -> float:
    count, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < SECONDS:
        act()
        count += 1
    return count / took
