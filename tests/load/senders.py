"""Many senders at once: requests made beforehand, posted on connections that stay open."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

SENDERS = 16


@dataclass(frozen=True)
class Sent:
    """What came of it: how long it took as a whole, how long each waited, and what was answered."""

    seconds: float
    waits: list[float]
    answers: set[int]

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds


def written(method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def send(port: int, requests: Sequence[bytes], *, senders: int = SENDERS) -> Sent:
    """Post all of them to this machine, each sender the next one as soon as its last was answered."""
    waits: list[float] = []
    answers: set[int] = set()
    left = iter(requests)
    turn = threading.Lock()

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                with turn:
                    request = next(left, None)
                if request is None:
                    return
                began = time.perf_counter()
                wire.sendall(request)
                status = _answer(wire)
                waits.append(time.perf_counter() - began)
                answers.add(status)

    threads = [threading.Thread(target=work) for _ in range(senders)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Sent(time.perf_counter() - began, waits, answers)


def _answer(wire: socket.socket) -> int:
    """Read one answer to its end, and return its status."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += _more(wire)
    head, _, body = got.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += _more(wire)
    return int(head.split(b" ", 2)[1])


def _more(wire: socket.socket) -> bytes:
    part = wire.recv(65536)
    if not part:
        raise ConnectionError("The server hung up.")
    return part
