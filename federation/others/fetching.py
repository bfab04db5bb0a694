"""Documents of others, fetched beside the work that needs them, and each only once at a time."""

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from federation.errors import FetchError, Quarantined, Refused, TryLater, Unreachable
from federation.ledger import hosts
from federation.node import Node
from federation.others import proving
from federation.wire.activity import host_of

THREADS = 16

Pending = Future[dict[str, Any] | None]


class Fetcher:
    """A few threads that fetch; they start when the first document is asked for."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._pool: ThreadPoolExecutor | None = None
        self._asked: dict[str, Pending] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def ask(self, uri: str) -> Pending:
        """The document at a URI, in a while; None when it cannot be had. FetchError: a later try may do."""
        pending = self._asked.get(uri)
        if pending is None or pending.done():
            self._pool = self._pool or ThreadPoolExecutor(THREADS, thread_name_prefix="fetching")
            pending = self._asked[uri] = self._pool.submit(fetch, self._node, uri)
        return pending

    def prove(self, said: dict[str, Any] | None) -> Future[bool] | None:
        """Check an object's proof beside the work; None when there is nothing to check."""
        if said is None:
            return None
        self._pool = self._pool or ThreadPoolExecutor(THREADS, thread_name_prefix="fetching")
        return self._pool.submit(proving.check, self._node, said)


def fetch(node: Node, uri: str) -> dict[str, Any] | None:
    """The document whose id is this URI, or None. Raises FetchError when a later try may do."""
    try:
        document = node.client.get_object(uri).json
        proving.check(node, document)
    except FetchError as error:
        if error.retry:
            raise
        return None
    except (TryLater, Quarantined) as error:
        raise Unreachable("The key of a proof cannot be had or believed at present.") from error
    except Refused as refusal:
        _refused(node, uri, refusal)
        return None
    return document if document.get("id") == uri.partition("#")[0] else None


def _refused(node: Node, uri: str, refusal: Refused) -> None:
    with node.database.writing() as session:
        hosts.refused(session, host_of(uri) or "", str(refusal))


def available(waits: dict[str, Pending]) -> dict[str, dict[str, Any]]:
    """Those of the documents that are there by now."""
    return {
        uri: document
        for uri, pending in waits.items()
        if pending.done() and pending.exception() is None and (document := pending.result()) is not None
    }
