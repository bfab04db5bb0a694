"""Who is really asking: the address behind the reverse proxies that the operator trusts, and no others."""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any

TOLD = "jumelage.client_told"
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def behind(application: Application, trusted: Iterable[str]) -> Application:
    """`application`, told the client's address by the proxies in the networks `trusted` and by nobody else.

    `X-Forwarded-For` is read from its end, where the nearest proxy wrote, for as long as the writer is
    one of ours: whatever a client put before that is its own invention. Where one of them has told us, the
    environment says so under `jumelage.client_told`.
    """
    networks = [ipaddress.ip_network(network) for network in trusted]

    def ours(address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found.version == network.version and found in network for network in networks)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told = str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        address = str(environ.get("REMOTE_ADDR", ""))
        while ours(address) and told and (before := told.pop().strip()):
            address = before
            environ[TOLD] = True
        environ["REMOTE_ADDR"] = address
        return application(environ, start_response)

    return answer
