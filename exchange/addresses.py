"""The addresses that an operator writes: of the instance, of what it stands on, and where it listens."""

import ipaddress
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

SEARCH_SERVERS = ("opensearch", "elasticsearch")


def canonical_origin(value: str, *, lab: bool = False) -> str:
    """`value` as scheme, host and port in lower case; ValueError says what is wrong with it."""
    try:
        parts = urlsplit(value.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(f"is not an address: {error}") from error
    if parts.scheme not in ("https", "http"):
        raise ValueError("must begin with https://")
    if parts.scheme == "http" and not lab:
        raise ValueError("must begin with https:// (http:// needs JUMELAGE_LAB=1)")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be https://host or https://host:port, without a path")
    if not host or any(not (character.isalnum() or character in "-.:") for character in host):
        raise ValueError("must name a host")
    if not host.isascii():
        raise ValueError(f"must be written in ASCII: {host.encode('idna').decode()}")
    if not lab and (_is_address(host) or "." not in host or host.endswith(".localhost")):
        raise ValueError("must name a host that other instances can reach, not an address or localhost")
    host = f"[{host}]" if ":" in host else host
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def host_and_port(value: str) -> tuple[str, int]:
    """The two halves of `HOST:PORT`; ValueError says what is wrong with it."""
    host, _, port = value.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare or (":" in bare and bare == host) or not port.isascii() or not port.isdigit():
        raise ValueError("must be HOST:PORT, like 127.0.0.1:8000")
    if int(port) > 65535:
        raise ValueError("must have a port of 65535 or less")
    return bare, int(port)


def database_address(value: str) -> str:
    """The address of a database as SQLAlchemy wants it; ValueError says what is wrong with it.

    It says no more than that: a password may stand in it.
    """
    scheme, separator, rest = value.partition("://")
    if separator and scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        try:
            make_url(f"postgresql+psycopg://{rest}")
        except (ArgumentError, ValueError):
            raise ValueError("has a host or a port that is none") from None
        return f"postgresql+psycopg://{rest}"
    if separator and scheme == "sqlite" and rest.startswith("/") and rest.strip("/"):
        return value
    raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")


def mail_way(value: str) -> str:
    """How letters leave, as it was written; ValueError says what is wrong with it."""
    if value in ("", "console", "none"):
        return value
    if value.startswith("file:"):
        if not Path(value.removeprefix("file:")).is_absolute():
            raise ValueError("must name a whole path, like file:/srv/jumelage/mail")
        return value
    parts = _parts(value)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("must be console, none, file:DIRECTORY, smtp://HOST:587 or smtps://HOST:465")
    return value


def search_server(value: str, engines: Sequence[str]) -> str:
    """The address of a search server, as it was written; ValueError says what is wrong with it.

    `engines` are those that need no server: whoever wrote no address may have meant one of them.
    """
    kind, plus, address = value.partition("+")
    parts = _parts(address)
    if not plus or kind not in SEARCH_SERVERS or parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError(f"must be {', '.join(engines)}, or like opensearch+https://search.example:9200")
    if parts.query or not re.fullmatch(r"/?|/[a-z0-9][a-z0-9._-]{0,100}/?", parts.path):
        raise ValueError("may end with one name of small letters and digits, like /jumelage-villages")
    return value


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _possible = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"is not an address: {error}") from error
    return parts


def tile_server(value: str, *, lab: bool = False) -> str:
    """The template of a tile's address, as Leaflet fills it in; ValueError says what is wrong with it.

    Its origin is named in the security policy of a page, so it is held to what an origin may be.
    """
    parts = urlsplit(value.strip())
    origin = canonical_origin(f"{parts.scheme}://{parts.netloc}", lab=lab)
    rest = value.strip()[len(f"{parts.scheme}://{parts.netloc}") :]
    if any(f"{{{name}}}" not in rest for name in "zxy"):
        raise ValueError("must have {z}, {x} and {y} in it, like https://tiles.example/{z}/{x}/{y}.png")
    if re.search(r"[^!-~]|[\"'<>\\]", rest):
        raise ValueError("may hold nothing but ASCII letters, digits and the usual signs of an address")
    return origin + rest


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
