"""Where an instance may go: public names over https, and only addresses that are public in truth.

A URL from outside can spell a private address in many ways, and a name can be made to point at one.
So names are judged by their letters, addresses by what the resolver answered; the connection is
then made to the very addresses that were judged, never to the name again.
"""

import ipaddress
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import SplitResult, urlsplit

from federation.errors import AddressRefused, Unreachable
from federation.wire.activity import MAX_URI, origin_of

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Listed in full: which of these `is_global` knows depends on the version of Python.
REFUSED_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; cloud metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # unspecified, loopback, IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo, ORCHID and other special purposes
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
LOOPBACK = tuple(ipaddress.ip_network(network) for network in ("127.0.0.0/8", "::1/128"))
# Names that are resolved inside of somebody's house, whatever the public DNS says.
REFUSED_SUFFIXES = ("localhost", "local", "internal", "intranet", "lan", "arpa", "onion")
# Mail, shells and databases misread HTTP as commands; federation needs none of their ports.
LOWEST_PORT = 1024
_NUMERIC_LABEL = re.compile(r"\d+|0[xX][0-9a-fA-F]*")
MEMORY_SECONDS = 60
MAX_REMEMBERED = 4_096
ASKING = 16
ANSWER_SECONDS = 5


def check_url(url: str, *, lab: bool = False) -> SplitResult:
    """The parts of a URL that may be requested; AddressRefused for any other."""
    if len(url) > MAX_URI or origin_of(url) is None:
        raise AddressRefused("This is not a web address.", detail=url[:200])
    parts = urlsplit(url)
    host = parts.hostname or ""
    home = lab and is_home(host)
    if parts.scheme != "https" and not (parts.scheme == "http" and lab):
        raise AddressRefused("Only https addresses are fetched.", detail=url[:200])
    if not url.isascii():
        raise AddressRefused("A web address must be written in ASCII.", detail=url[:200])
    if not home:
        _check_name(host)
        standard = (443, 80) if lab else (443,)
        if parts.port is not None and parts.port < LOWEST_PORT and parts.port not in standard:
            raise AddressRefused("This port is not one of the web.", detail=url[:200])
    return parts


def is_home(host: str) -> bool:
    """Whether a host names this machine in one of the spellings that a laboratory may use."""
    return host in ("localhost", "127.0.0.1", "::1") or host.endswith(".localhost")


def _check_name(host: str) -> None:
    labels = host.split(".")
    if ":" in host or _NUMERIC_LABEL.fullmatch(labels[-1]):
        raise AddressRefused("An instance is reached by its name, not by a number.", detail=host)
    if len(labels) < 2 or labels[-1] in REFUSED_SUFFIXES or host.endswith("."):
        raise AddressRefused("This name is not one of the public network.", detail=host)


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the public network and hides no other address inside."""
    return address.is_global and not any(
        address in network for network in REFUSED_NETWORKS if network.version == address.version
    )


class Resolver:
    """Turns names into addresses that may be connected to, and remembers them for a minute.

    One private address among the answers refuses the name altogether.
    """

    def __init__(self, *, lab: bool = False) -> None:
        self.lab = lab
        self._lock = threading.Lock()
        self._asking = ThreadPoolExecutor(ASKING, thread_name_prefix="resolver")
        self._remembered: dict[tuple[str, int], tuple[float, list[tuple[int, str]]]] = {}

    def addresses(self, host: str, port: int) -> list[tuple[int, str]]:
        """`(family, address)` in the order in which they should be tried."""
        if self.lab and is_home(host):
            return [(socket.AF_INET6, "::1")] if host == "::1" else [(socket.AF_INET, "127.0.0.1")]
        _check_name(host)
        moment = time.monotonic()
        with self._lock:
            until, found = self._remembered.get((host, port), (0.0, []))
        if until > moment:
            return found
        found = self._ask(host, port)
        with self._lock:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[host, port] = (moment + MEMORY_SECONDS, found)
        return found

    def _ask(self, host: str, port: int) -> list[tuple[int, str]]:
        try:
            # The resolver of the system knows no deadline, and whoever owns a name can make it wait.
            asked = self._asking.submit(
                socket.getaddrinfo, host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
            )
            answers = asked.result(timeout=ANSWER_SECONDS)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise Unreachable("The name of the other instance is not found.", detail=host) from error
        found: list[tuple[int, str]] = []
        for family, _type, _protocol, _name, where in answers:
            text = str(where[0])
            if family not in (socket.AF_INET, socket.AF_INET6) or not self._allowed(text):
                raise AddressRefused("This name leads to an address that is not public.", detail=host)
            if (family, text) not in found:
                found.append((family, text))
        if not found:
            raise Unreachable("The name of the other instance is not found.", detail=host)
        return found

    def _allowed(self, text: str) -> bool:
        if "%" in text:
            return False
        address = ipaddress.ip_address(text)
        if self.lab and any(address in net for net in LOOPBACK if net.version == address.version):
            return True
        return is_public(address)
