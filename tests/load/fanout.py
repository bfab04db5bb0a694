"""One practice to many followers, some of whose hosts are dead: how long until the last living one has it."""

import asyncio
import threading
import time
from collections import Counter
from types import TracebackType

from federation.base import now
from federation.ledger.relations import Follow
from tests.load.figures import Figure
from tests.load.measurements import records
from tests.load.town import Town, free_port, until

INBOXES, HOSTS = 500, 200
DEAD = 20  # of the hosts: half refuse every connection, half take it and never answer
SETTLED = 0.2


class Receivers:
    """Inboxes that take everything, and some that take a connection and say nothing, in one thread."""

    def __init__(self) -> None:
        self.port, self.silent = free_port(), free_port()
        self.got: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Receivers":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(10)

    def _end(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_soon(self._loop.stop)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        for port, answer in ((self.port, self._take), (self.silent, self._ignore)):
            self._loop.run_until_complete(asyncio.start_server(answer, "127.0.0.1", port))
        self._loop.run_forever()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
                await reader.readexactly(int(fields.get("content-length", "0")))
                self.got[fields["host"] + head.split(" ", 2)[1]] += 1
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the sender has ended the conversation
        finally:
            writer.close()

    async def _ignore(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            writer.close()


def measure(town: Town) -> list[Figure]:
    """Seconds from the answer to *publish* until every inbox of a living host has the practice."""
    with Receivers() as receivers:
        with town.database.writing() as session:
            for number in range(INBOXES):
                host = number % HOSTS
                port = _port(receivers, host)
                person = f"http://host-{host}.localhost:{port}/people/{number}"
                session.add(
                    Follow(
                        follower=person,
                        followed=town.actor,
                        activity_id=f"{person}/follow",
                        state="accepted",
                        follower_inbox=f"{person}/inbox",
                        at=now(),
                    )
                )
        alive = sum(_port(receivers, number % HOSTS) == receivers.port for number in range(INBOXES))
        times = []
        for record in records(2):
            receivers.got.clear()
            began = time.perf_counter()
            town.publish(record)
            until(lambda: len(receivers.got) == alive, "not all inboxes got it", every=0.01)
            times.append(time.perf_counter() - began)
            time.sleep(SETTLED)
    note = f"{alive} living inboxes of {INBOXES} on {HOSTS} hosts, {DEAD} hosts dead"
    return [
        Figure("fan-out, hosts of which nothing is known", times[0], "s", aim="< 10", note=note),
        Figure("fan-out, hosts that have answered before", times[1], "s", aim="< 10"),
        Figure("deliveries to living inboxes", alive / times[1], "/s"),
    ]


def _port(receivers: Receivers, host: int) -> int:
    if host % (HOSTS // DEAD):
        return receivers.port
    return receivers.silent if host % (2 * HOSTS // DEAD) else 9  # nobody listens on the port of “discard”
