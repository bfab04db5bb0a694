"""Many senders at once: requests made beforehand, posted on connections that stay open.

The machine that is measured is the machine that sends, so sending has to be cheap: one thread looks after
all connections and does nothing but pass bytes on. What it takes is told beside what it measures.
"""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

SENDERS = 16
PATIENCE = 60.0  # seconds without any answer after which the server is taken for dead


@dataclass(frozen=True)
class Sent:
    """What came of it: how long it took as a whole, how long each waited, what was answered, what sending took."""

    seconds: float
    waits: list[float]
    answers: dict[int, int]  # status → how often
    processor: float  # seconds of processor time of the senders

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds


@dataclass(eq=False)
class _Sender:
    """One connection, and what has come of the answer it waits for."""

    wire: socket.socket
    began: float = 0.0
    got: bytes = field(default=b"")

    def post(self, request: bytes) -> None:
        self.began, self.got = time.perf_counter(), b""
        self.wire.setblocking(True)
        self.wire.sendall(request)
        self.wire.setblocking(False)


def written(method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def send(port: int, requests: Sequence[bytes], *, senders: int = SENDERS) -> Sent:
    """Post all of them to this machine, each sender the next one as soon as its last was answered."""
    waits: list[float] = []
    answers: dict[int, int] = {}
    left = iter(requests)
    busy = 0
    with selectors.DefaultSelector() as selector:
        began, used = time.perf_counter(), time.thread_time()
        for _, request in zip(range(senders), left, strict=False):
            sender = _Sender(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            sender.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sender.post(request)
            selector.register(sender.wire, selectors.EVENT_READ, sender)
            busy += 1
        while busy:
            ready = selector.select(PATIENCE)
            if not ready:
                raise TimeoutError("The server does not answer any more.")
            for key, _events in ready:
                sender = key.data
                status = _answer(sender)
                if status is None:
                    continue
                waits.append(time.perf_counter() - sender.began)
                answers[status] = answers.get(status, 0) + 1
                if (request := next(left, b"")) != b"":
                    sender.post(request)
                else:
                    selector.unregister(sender.wire)
                    sender.wire.close()
                    busy -= 1
        return Sent(time.perf_counter() - began, waits, answers, time.thread_time() - used)


def _answer(sender: _Sender) -> int | None:
    """The status of an answer that has come to its end; None while more is to come."""
    part = sender.wire.recv(65536)
    if not part:
        raise ConnectionError("The server hung up.")
    sender.got += part
    head, end, body = sender.got.partition(b"\r\n\r\n")
    if not end or len(body) < int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0):
        return None
    return int(head.split(b" ", 2)[1])
