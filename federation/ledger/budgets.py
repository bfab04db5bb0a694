"""How much one sender may ask of an inbox: so much at once, and so much a second after that.

Budgets stand in front of everything else and cost next to nothing: no table is written and nothing
is fetched for a request beyond its budget. Whoever storms us is told when to come again (429 with
`Retry-After`), and all others are served meanwhile.
"""

import ipaddress
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from federation.errors import TooMany

RATE = 40  # requests a second of a domain we know; 0 for no limits at all
MOST_SENDERS = 20_000  # remembered at a time


@dataclass(frozen=True)
class Budget:
    """`burst` requests at once, then `rate` a second."""

    rate: float
    burst: float


class Budgets:
    """The budgets of all who send to one instance, in the memory of this process.

    A domain is claimed before anything is proven, so a claim is charged to the address that makes it
    as well: nobody can spend another's budget.
    """

    def __init__(self, rate: float = RATE, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.known = Budget(rate, 3 * rate)
        self.stranger = Budget(rate / 2, 2 * rate)
        self.farewells = Budget(rate, 40 * rate)  # Deletes of actors that we never heard of: cheap, and many
        self.address = Budget(3 * rate, 15 * rate)  # many domains may live behind one
        self._clock = clock
        self._lock = threading.Lock()
        self._spent: dict[tuple[str, ...], tuple[float, float]] = {}  # sender → (moment, what it had spent)

    def of_address(self, address: str) -> None:
        """Charge a request to its client address, before anything of it is read. Raises TooMany.

        Addresses of this machine and of its house are those of a proxy, and stand for everybody.
        """
        place = network(address)
        if place is not None:
            self._charge(("address", place), self.address)

    def of_domain(self, address: str, host: str, *, known: bool) -> None:
        """Charge a request to the domain whose key it names. Raises TooMany."""
        self._charge(("domain", network(address) or "", host), self.known if known else self.stranger)

    def of_farewell(self, address: str, host: str) -> None:
        """Charge the Delete of an actor that is not known here. Raises TooMany."""
        self._charge(("farewell", network(address) or "", host), self.farewells)

    def _charge(self, sender: tuple[str, ...], budget: Budget) -> None:
        if not self.rate:
            return
        at = self._clock()
        with self._lock:
            since, spent = self._spent.get(sender, (at, 0.0))
            spent = max(0.0, spent - (at - since) * budget.rate)
            if spent + 1 > budget.burst:
                self._spent[sender] = at, spent
                raise TooMany((spent + 1 - budget.burst) / budget.rate)
            if sender not in self._spent and len(self._spent) >= MOST_SENDERS:
                self._forget(at)
            self._spent[sender] = at, spent + 1

    def _forget(self, at: float) -> None:
        """Make room: whoever was silent for a minute has nearly all of it again."""
        self._spent = {sender: last for sender, last in self._spent.items() if at - last[0] < 60}
        if len(self._spent) >= MOST_SENDERS:
            self._spent.clear()


@lru_cache(maxsize=1024)
def network(address: str) -> str | None:
    """What one client has of addresses: one of IPv4, a /64 of IPv6; None for addresses that are not public."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if not found.is_global:
        return None
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))
