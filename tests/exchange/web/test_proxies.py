"""The address of whoever asks: believed from trusted proxies, invented by everybody else."""

from typing import Any

import pytest

from exchange.web.proxies import behind

PROXIES = ("127.0.0.1/32", "10.0.0.0/8", "2001:db8::/48")


def _seen(address: str, told: str | None) -> str:
    seen: list[str] = []

    def application(environ: dict[str, Any], _start: Any) -> list[bytes]:
        seen.append(environ["REMOTE_ADDR"])
        return []

    environ = {"REMOTE_ADDR": address} | ({"HTTP_X_FORWARDED_FOR": told} if told is not None else {})
    list(behind(application, PROXIES)(environ, lambda *_: None))
    return seen[0]


@pytest.mark.parametrize(
    ("address", "told", "client"),
    [
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("2001:db8::1", "2001:db9::7", "2001:db9::7"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the first was the client's invention
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # nobody whom we trust said so
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense", "nonsense"),
    ],
)
def test_only_a_trusted_proxy_says_who_is_asking(address: str, told: str | None, client: str) -> None:
    assert _seen(address, told) == client
