"""A process that works for an instance until it is killed; it says what it has done, line by line.

Run as `python -m tests.federation.victim publish|work DATABASE ORIGIN NAME`.
"""

import sys
import threading
import time

from exchange.db import Database
from federation import keys
from federation.arriving import backfill, inbox
from federation.leaving.delivery import deliver_due
from federation.ledger import outbox
from federation.node import Node
from federation.others.client import Client
from tests.federation.world import PUBLIC, Notebook


def publish(node: Node, city: str) -> None:
    """Publish without end, deliver beside it, and print each activity once it is committed."""

    def carry() -> None:
        while True:
            deliver_due(node)
            time.sleep(0.005)

    threading.Thread(target=carry, daemon=True).start()
    for number in range(100_000):
        thing = {"id": f"{node.origin}/notes/{number}", "type": "Note", "attributedTo": city, "content": "x"}
        with node.database.writing() as session:
            entry = outbox.send(
                session,
                actor=city,
                activity={"type": "Create", "actor": city, "to": [PUBLIC], "object": thing},
                followers_of=[city, node.instance_actor],
            )
        print(entry.activity_id, flush=True)


def work(node: Node) -> None:
    """Judge and read without end, and print a line for each stretch of it."""
    while True:
        done = inbox.handle_due(node, limit=5) + int(backfill.step(node))
        print(done, flush=True)


def main(task: str, database: str, origin: str, name: str) -> None:
    client = Client(origin=origin, lab=True)
    node = Node(origin, Database(database), client, Notebook(), lab=True)

    def signer() -> tuple[str, keys.PrivateKey]:
        with node.database.reading() as session:
            return keys.signing_key(session, node.instance_actor)

    client.signer = signer
    if task == "publish":
        publish(node, f"{origin}/communities/{name}")
    else:
        work(node)


if __name__ == "__main__":
    main(*sys.argv[1:])
