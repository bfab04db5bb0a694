"""Connections that go only to judged addresses, and that end when their time is up."""

import socket
import threading
import time
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from federation.errors import FetchError, Unreachable
from federation.others.addresses import Resolver

MAX_POOLS = 512
KEPT_PER_HOST = 4

_current = threading.local()


class Deadline:
    """The end of one request, connecting and reading included.

    Socket timeouts count from the last byte, so a server that sends one byte at a time never meets
    them. When this deadline passes, the socket under the request is shut, whatever it is doing.
    """

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds
        self.passed = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._timer.start()
        _current.deadline = self
        return self

    def __exit__(self, *_: object) -> None:
        _current.deadline = None
        self._timer.cancel()
        with self._lock:
            self._socket = None

    @property
    def left(self) -> float:
        """Seconds that remain; Unreachable when there are none."""
        seconds = self.end - time.monotonic()
        if seconds <= 0:
            raise Unreachable("The other instance did not answer in time.")
        return seconds

    def check(self) -> None:
        """Raise Unreachable when the time is up."""
        if self.passed or self.left <= 0:
            raise Unreachable("The other instance did not answer in time.")

    def hold(self, connection: socket.socket | None) -> None:
        """This is the socket to shut."""
        with self._lock:
            self._socket = connection
            late = self.passed
        if late:
            self._shut()

    def _shut(self) -> None:
        with self._lock:
            self.passed = True
            if self._socket is not None:
                try:
                    # Not SSLSocket.shutdown, which would take its state apart under the reading thread.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
                except OSError:
                    self._socket = None  # it was closed already


def _hold(connection: socket.socket | None) -> None:
    deadline = getattr(_current, "deadline", None)
    if deadline is not None:
        deadline.hold(connection)


def _connect(connection: Any, resolver: Resolver) -> socket.socket:
    """Try the judged addresses of a connection's host in turn."""
    host = connection.host.strip("[]")
    deadline: Deadline | None = getattr(_current, "deadline", None)
    last: OSError | None = None
    for family, address in resolver.addresses(host, connection.port):
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.settimeout(min(deadline.left, connection.timeout or 10) if deadline else connection.timeout)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.connect((address, connection.port))
        except FetchError:
            made.close()
            raise
        except OSError as error:
            made.close()
            last = error
            continue
        _hold(made)
        return made
    if isinstance(last, TimeoutError):
        raise ConnectTimeoutError(connection, f"{host} took too long") from last
    raise NewConnectionError(connection, f"{host} cannot be reached: {last}") from last


class _Judged:
    """What both kinds of connection do differently from their parents in urllib3."""

    resolver: Resolver
    sock: socket.socket | None

    def _new_conn(self) -> socket.socket:
        return _connect(self, self.resolver)

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        _hold(self.sock)

    def request(self, *args: Any, **kwargs: Any) -> None:
        _hold(self.sock)
        super().request(*args, **kwargs)  # type: ignore[misc]


def adapter(resolver: Resolver, ca: str | None = None) -> HTTPAdapter:
    """A transport for `requests` whose every connection asks this resolver.

    The certificates in the file `ca` are trusted beside the usual ones. Given to `requests` as what to
    verify by, they would stand in their place, and all the others could be reached no more.
    """

    class Plain(_Judged, HTTPConnection):
        pass

    class Secure(_Judged, HTTPSConnection):
        def connect(self) -> None:
            if ca:
                self.ssl_context = create_urllib3_context()
                self.ssl_context.load_verify_locations(ca)
            super().connect()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    Plain.resolver = Secure.resolver = resolver
    made = HTTPAdapter(pool_connections=MAX_POOLS, pool_maxsize=KEPT_PER_HOST, max_retries=0)
    manager: urllib3.PoolManager = made.poolmanager
    manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return made
