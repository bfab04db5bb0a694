"""The one way out: every request to another instance is made here, and made with care.

https to public addresses only, judged at each redirect; a limited number of bytes, also after
unpacking; a limited time, also when bytes come one by one; no proxy, cookie or password from the
environment; no signature carried to another host.
"""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import requests
from requests.structures import CaseInsensitiveDict

from federation.errors import (
    AddressRefused,
    BadActivity,
    BadDocument,
    FetchError,
    Gone,
    NotFound,
    TooLarge,
    Unreachable,
)
from federation.keys import PrivateKey
from federation.others import addresses, transport
from federation.wire import activity, media, signatures
from federation.wire.activity import ACTIVITY_JSON, LD_JSON, origin_of, same_origin, without_fragment

SECONDS = 10.0
MAX_BYTES = 1024 * 1024
MAX_ANSWER = 64 * 1024  # of what an inbox says; nobody needs more of it
MAX_REDIRECTS = 3
CHUNK = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
ACCEPT = f"{ACTIVITY_JSON}, {LD_JSON}"
AGENT = "Jumelage"

Signer = Callable[[], tuple[str, PrivateKey]]


@dataclass(frozen=True)
class Document:
    """What was found: at which address in the end, of which type, and as JSON where it was asked for."""

    url: str
    status: int
    content_type: str
    body: bytes
    data: dict[str, Any] | None = None

    @property
    def json(self) -> dict[str, Any]:
        if self.data is None:
            raise BadDocument("The answer is not JSON.", status=self.status)
        return self.data


@dataclass(frozen=True)
class Answer:
    """What another instance said to a delivery."""

    status: int
    headers: Mapping[str, str]
    retry_after: timedelta | None
    body: bytes = b""


class Client:
    """Fetches and posts for one instance; safe to share between threads, keeps connections open."""

    def __init__(
        self,
        *,
        origin: str,
        lab: bool = False,
        ca: str | None = None,
        signer: Signer | None = None,
        seconds: float = SECONDS,
        allowed: Callable[[str], bool] = lambda host: True,
    ) -> None:
        self.origin = origin
        self.lab = lab
        self.signer = signer
        self.seconds = seconds
        self.allowed = allowed
        self._agent = f"{AGENT} (+{origin})"
        self._adapter = transport.adapter(addresses.Resolver(lab=lab), ca)

    def get(
        self,
        url: str,
        *,
        accept: str = ACCEPT,
        signed: bool = True,
        limit: int = MAX_BYTES,
        seconds: float | None = None,
        peer: bool = True,
    ) -> Document:
        """The document at a URL, redirects followed; FetchError when there is none to have.

        With `signed` the instance's own actor signs, in the second dialect when the first is refused.
        Whom the operator does not talk with is not asked, at no step of the way, unless it is not as
        a `peer` that it is asked.
        """
        with transport.Deadline(seconds or self.seconds) as deadline:
            dialects = signatures.DIALECTS if signed and self.signer else (None,)
            for dialect in dialects:
                document, headers = self._follow(url, accept, dialect, limit, deadline, peer)
                if document.status not in (401, 403):
                    break
            _check_status(document.status, headers)
            return document

    def get_json(
        self,
        url: str,
        *,
        accept: str = "application/json",
        signed: bool = False,
        limit: int = MAX_BYTES,
        seconds: float | None = None,
    ) -> Document:
        """A JSON object at a URL, of whatever JSON type."""
        document = self.get(url, accept=accept, signed=signed, limit=limit, seconds=seconds)
        if not media.is_json(document.content_type):
            raise BadDocument("The answer is not JSON.", detail=document.content_type[:100])
        return _parsed(document, limit)

    def get_object(
        self, url: str, *, signed: bool = True, limit: int = MAX_BYTES, seconds: float | None = None
    ) -> Document:
        """The ActivityStreams document whose id is the very address it was fetched from.

        A document found under another address (the page of a profile, say) is fetched once more from
        its own id: only there does its host vouch for it.
        """
        claimed = url
        for _attempt in (1, 2):
            url = without_fragment(claimed)
            document = self.get(url, signed=signed, limit=limit, seconds=seconds)
            if not media.is_activity(document.content_type):
                raise BadDocument(
                    "The answer is not an ActivityPub document.", detail=document.content_type[:100]
                )
            document = _parsed(document, limit)
            named = activity.id_of(document.json)
            if named is None:
                raise BadDocument("The document has no id.", detail=url[:200])
            claimed = named
            if claimed == document.url:
                return document
        raise BadDocument("The document says that it belongs to another address.", detail=claimed[:200])

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float | None = None
    ) -> Answer:
        """Post to an inbox; the headers come signed. Redirects are answers like others."""
        with transport.Deadline(seconds or self.seconds) as deadline:
            response = self._send("POST", url, {"Accept": ACCEPT, **headers}, body, deadline)
            text = _read(response, MAX_ANSWER, deadline, cut=True)
            wait = media.retry_after(response.headers.get("Retry-After"))
            return Answer(response.status_code, response.headers, wait, text)

    def close(self) -> None:
        """Let go of the connections kept open."""
        self._adapter.close()

    def _follow(
        self,
        url: str,
        accept: str,
        dialect: str | None,
        limit: int,
        deadline: transport.Deadline,
        peer: bool,
    ) -> tuple[Document, Mapping[str, str]]:
        first = url
        for _hop in range(MAX_REDIRECTS + 1):
            headers = {"Accept": accept}
            if dialect and self.signer and same_origin(url, first):
                headers |= self._signed(url, dialect)
            response = self._send("GET", url, headers, None, deadline, peer)
            if response.status_code not in REDIRECTS or "Location" not in response.headers:
                ok = response.status_code == 200
                body = _read(response, limit if ok else MAX_ANSWER, deadline, cut=not ok)
                kind = response.headers.get("Content-Type", "")
                return Document(url, response.status_code, kind, body), response.headers
            response.close()
            there = _joined(url, response.headers["Location"])
            if url.startswith("https:") and not there.startswith("https:"):
                raise AddressRefused("The address leads from https to something else.", detail=there[:200])
            url = there
        raise BadDocument("The address leads from one redirect to the next.", detail=first[:200])

    def _signed(self, url: str, dialect: str) -> dict[str, str]:
        assert self.signer is not None
        key_id, key = self.signer()
        return signatures.sign(
            method="GET", url=url, body=None, key_id=key_id, private_key=key, dialect=dialect
        )

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: transport.Deadline,
        peer: bool = True,
    ) -> requests.Response:
        addresses.check_url(url, lab=self.lab)
        if peer and not self.allowed(activity.host_of(url) or ""):
            raise AddressRefused("The operator does not exchange anything with this instance.")
        if origin_of(url) == origin_of(self.origin):
            raise AddressRefused("This address is one of our own.", detail=url[:200])
        request = requests.Request(method, url, data=body).prepare()
        request.url = url  # letter for letter: the signature is over this very target
        request.headers = CaseInsensitiveDict(
            {"User-Agent": self._agent, "Accept-Encoding": "gzip", **headers}
        )
        if body is not None:
            request.headers["Content-Length"] = str(len(body))
        for attempt in (1, 2):
            try:
                return self._adapter.send(
                    request, stream=True, timeout=deadline.left, verify=True, proxies={}
                )
            except FetchError:
                raise
            except requests.exceptions.SSLError as error:
                if deadline.passed:  # it is we who broke the handshake off
                    raise _unreachable(error, deadline) from error
                raise Unreachable(
                    "The certificate of the other instance is not valid.", detail=str(error)[:200]
                ) from error
            except requests.ConnectionError as error:
                # A connection kept open may have been closed at the other end just now.
                stale = not isinstance(error, requests.ConnectTimeout) and "aborted" in str(error)
                if attempt == 1 and stale and not deadline.passed:
                    continue
                raise _unreachable(error, deadline) from error
            except (requests.RequestException, OSError, ValueError) as error:
                raise _unreachable(error, deadline) from error
        raise AssertionError("unreachable")


def _joined(url: str, location: str) -> str:
    try:
        return without_fragment(urljoin(url, location))
    except ValueError as error:
        raise AddressRefused("This is not a web address.", detail=location[:200]) from error


def _read(response: requests.Response, limit: int, deadline: transport.Deadline, *, cut: bool) -> bytes:
    """The body, unpacked, of at most `limit` bytes; more is cut off or refused."""
    try:
        packed = response.headers.get("Content-Encoding", "identity").strip().lower()
        if packed not in ("identity", "", "gzip", "x-gzip"):
            raise BadDocument("The answer is packed in a way that was not asked for.", detail=packed[:50])
        unpack = zlib.decompressobj(wbits=31) if "gzip" in packed else None
        body, size = bytearray(), 0
        while chunk := response.raw.read(CHUNK, decode_content=False):
            deadline.check()
            size += len(chunk)
            body += unpack.decompress(chunk, limit + 1 - len(body)) if unpack else chunk
            if size > limit or len(body) > limit:
                response.close()
                if cut:
                    return bytes(body[:limit])
                raise BadDocument("The answer is too large.")
        deadline.check()  # a socket that was shut looks like the end of the body
        return bytes(body)
    except zlib.error as error:
        raise BadDocument("The answer cannot be unpacked.") from error
    except FetchError:
        response.close()
        raise
    except Exception as error:
        response.close()
        raise _unreachable(error, deadline) from error
    finally:
        response.raw.release_conn()


def _unreachable(error: Exception, deadline: transport.Deadline) -> FetchError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, FetchError):
            return cause
        cause = cause.__cause__ or cause.__context__
    if deadline.passed or isinstance(error, requests.Timeout):
        return Unreachable("The other instance did not answer in time.", detail=_in_short(error))
    return Unreachable("The other instance cannot be reached.", detail=_in_short(error))


def _in_short(error: BaseException) -> str:
    """What the operating system said of it, in its few words; nothing of how we asked."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno is not None and seen.strerror:
            return str(seen.strerror)[:100]
        seen = (
            getattr(seen, "reason", None)
            if isinstance(getattr(seen, "reason", None), BaseException)
            else (
                next((one for one in seen.args if isinstance(one, BaseException)), None)
                or seen.__cause__
                or seen.__context__
            )
        )
    return ""


def _check_status(status: int, headers: Mapping[str, str]) -> None:
    if status == 200:
        return
    if status == 404:
        raise NotFound(status=status)
    if status == 410:
        raise Gone(status=status)
    if status in (408, 425, 429) or status >= 500:
        wait = headers.get("Retry-After", "")
        raise Unreachable("The other instance is busy or in trouble.", status=status, detail=wait[:50])
    raise FetchError("The other instance does not give out this document.", status=status)


def _parsed(document: Document, limit: int) -> Document:
    try:
        data = activity.parse(document.body, limit=limit)
    except (BadActivity, TooLarge) as error:
        raise BadDocument(error.reason, detail=error.detail) from error
    return Document(document.url, document.status, document.content_type, document.body, data)
