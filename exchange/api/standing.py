"""Whether somebody on the machine itself is asking: nobody in between, and no name but the machine's own.

A reverse proxy on the same machine makes every visitor look like a neighbour. A trusted one
(`JUMELAGE_TRUSTED_PROXIES`) says who it is, and then that counts. One that was not named gives itself away by
the headers that proxies add, or by the public name that it hands on; either is enough to be refused.
"""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

TOLD = "jumelage.client_told"  # set where a trusted proxy has said whom it asks for
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::[0-9]*)?")
_BETWEEN = (
    *("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO"),
    *("HTTP_X_FORWARDED_SERVER", "HTTP_X_REAL_IP", "HTTP_X_CLIENT_IP", "HTTP_TRUE_CLIENT_IP"),
    *("HTTP_CF_CONNECTING_IP", "HTTP_VIA"),
)


def here(environ: Mapping[str, Any]) -> bool:
    """Whether the request of this WSGI environment comes from the machine itself, and no proxy brought it."""
    if not is_loopback(str(environ.get("REMOTE_ADDR", ""))):
        return False
    if not environ.get(TOLD) and any(environ.get(name) for name in _BETWEEN):
        return False
    return _names_loopback(str(environ.get("HTTP_HOST", "")))


def is_loopback(address: str) -> bool:
    """Whether an address is of the machine itself, also where IPv6 carries one of IPv4."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def _names_loopback(host: str) -> bool:
    """Whether a request was sent to the machine itself by name; a page elsewhere cannot make a browser do so."""
    found = _HOST.fullmatch(host.lower())
    name = (found[1] or found[2]) if found else ""
    return name == "localhost" or name.endswith(".localhost") or is_loopback(name)
