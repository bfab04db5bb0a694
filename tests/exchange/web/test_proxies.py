"""The address of whoever asks: believed from trusted proxies, invented by everybody else."""

from typing import Any

import pytest

from exchange.api import standing
from exchange.web.frame.proxies import TOLD, behind

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


@pytest.mark.parametrize(
    ("address", "headers", "is_here"),
    [
        ("127.0.0.1", {"HOST": "127.0.0.1:8000"}, True),
        ("::1", {"HOST": "[::1]:8000"}, True),
        ("::ffff:127.0.0.1", {"HOST": "localhost"}, True),
        ("127.0.0.1", {"HOST": "uplands.example"}, False),  # a proxy that adds nothing hands on the name
        ("127.0.0.1", {"HOST": "127.0.0.1.evil.example"}, False),
        ("127.0.0.1", {"HOST": "evil.example@127.0.0.1:x"}, False),
        ("127.0.0.1", {}, False),
        ("127.0.0.1", {"HOST": "localhost", "X_FORWARDED_FOR": "203.0.113.7"}, False),
        ("127.0.0.1", {"HOST": "localhost", "X_FORWARDED_FOR": "127.0.0.1, 203.0.113.7"}, False),
        ("203.0.113.7", {"HOST": "localhost", "X_FORWARDED_FOR": "127.0.0.1"}, False),
        ("203.0.113.7", {"HOST": "localhost"}, False),
        ("10.1.2.3", {"HOST": "localhost"}, False),  # a trusted proxy that says of nobody who it is
        ("", {"HOST": "localhost"}, False),
        *(
            ("127.0.0.1", {"HOST": "localhost", name: "for=203.0.113.7"}, False)
            for name in ("FORWARDED", "X_REAL_IP", "VIA", "X_FORWARDED_HOST")
        ),
    ],
)
@pytest.mark.parametrize("trusted", [(), PROXIES, ("192.0.2.1/32",)])
def test_only_the_machine_itself_is_here(
    address: str, headers: dict[str, str], is_here: bool, trusted: tuple[str, ...]
) -> None:
    assert TOLD == standing.TOLD
    seen: list[bool] = []

    def application(environ: dict[str, Any], _start: Any) -> list[bytes]:
        seen.append(standing.here(environ))
        return []

    environ = {"REMOTE_ADDR": address, **{f"HTTP_{name}": value for name, value in headers.items()}}
    list(behind(application, trusted)(environ, lambda *_: None))
    assert seen == [is_here]
