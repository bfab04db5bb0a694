"""Every spelling of an address that is not public is refused, and names are judged by what they lead to."""

import ipaddress
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import AddressRefused, Unreachable
from federation.others import addresses
from federation.others.addresses import Resolver, check_url

PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001:80b::200e"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_known_as_such(address: str) -> None:
    assert not addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_public_network_passes(address: str) -> None:
    assert addresses.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "//example.org/",
        "example.org",
        "",
        "https://",
        "https://user:secret@example.org/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.0.0.0x1/",
        "https://0/",
        "https://8.8.8.8/",
        "https://[::1]/",
        "https://[::ffff:7f00:1]/",
        "https://[2606:4700::1111]/",
        "https://[fe80::1%25eth0]/",
        "https://1\u30027.0.0.1/",
        "https://\u2460\u2461\u2466.0.0.1/",
        "https://localhost/",
        "https://LOCALHOST/",
        "https://localhost./",
        "https://a.localhost/",
        "https://printer.local/",
        "https://metadata.google.internal/",
        "https://1.0.0.127.in-addr.arpa/",
        "https://intranet/",
        "https://example.org./",
        "https://exa\tmple.org/",
        "https://example.org\r\nX: y/",
        "https://example.org\\@127.0.0.1/",
        "https://127.0.0.1#@example.org/",
        "https://example.org:22/",
        "https://example.org:25/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://b\u00fccher.example/",
        "https://example.org/\u00fc",
        "https://example.org/" + "a" * 3000,
    ],
)
def test_a_url_that_leads_astray_is_refused_by_its_letters(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    ["https://example.org/a?b=c", "https://example.org:443/", "https://xn--bcher-kva.example:8443/inbox"],
)
def test_a_plain_https_url_passes(url: str) -> None:
    assert check_url(url).scheme == "https"


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8000/",
        "http://127.0.0.1:80/",
        "http://[::1]:8000/",
        "http://ulm.localhost:8000/actor",
        "https://ulm.localhost/",
        "https://example.org/",
    ],
)
def test_a_laboratory_may_use_http_and_this_machine(url: str) -> None:
    assert check_url(url, lab=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://127.1/",
        "http://127.0.0.2/",
        "http://evillocalhost/",
    ],
)
def test_a_laboratory_reaches_no_private_network(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, lab=True)


@given(st.text(max_size=80) | st.text(max_size=40).map("https://{}/".format))
def test_any_text_is_a_good_url_or_refused(text: str) -> None:
    try:
        parts = check_url(text)
    except AddressRefused:
        return
    assert parts.scheme == "https"
    assert "." in str(parts.hostname)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, list[str]]], list[str]]:
    """Decide what names lead to; the list that comes back grows by each name that is asked for."""

    def decide(answers: dict[str, list[str]]) -> list[str]:
        asked: list[str] = []

        def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
            asked.append(host)
            if host not in answers:
                raise socket.gaierror(socket.EAI_NONAME, "unknown")
            return [
                (
                    socket.AF_INET6 if ":" in address else socket.AF_INET,
                    socket.SOCK_STREAM,
                    socket.IPPROTO_TCP,
                    "",
                    (address, port, 0, 0) if ":" in address else (address, port),
                )
                for address in answers[host]
            ]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return decide


def test_a_name_is_asked_for_once_and_its_answer_kept(names: Any) -> None:
    asked = names({"a.example": ["93.184.215.14", "2606:4700::1111"]})
    resolver = Resolver()
    expected = [(socket.AF_INET, "93.184.215.14"), (socket.AF_INET6, "2606:4700::1111")]
    assert resolver.addresses("a.example", 443) == expected
    assert resolver.addresses("a.example", 443) == expected
    assert asked == ["a.example"]


@pytest.mark.parametrize("bad", [*PRIVATE, "fe80::1%eth0"])
def test_one_bad_address_in_the_answer_refuses_the_name(names: Any, bad: str) -> None:
    names({"a.example": ["93.184.215.14", bad], "b.example": [bad, "93.184.215.14"]})
    for host in ("a.example", "b.example"):
        with pytest.raises(AddressRefused):
            Resolver().addresses(host, 443)


def test_a_name_that_leads_nowhere_may_be_tried_again(names: Any) -> None:
    names({"empty.example": []})
    for host in ("empty.example", "unknown.example"):
        with pytest.raises(Unreachable) as caught:
            Resolver().addresses(host, 443)
        assert caught.value.retry


def test_names_of_this_machine_are_not_even_asked_for(names: Any) -> None:
    asked = names({"localhost": ["127.0.0.1"]})
    with pytest.raises(AddressRefused):
        Resolver().addresses("localhost", 443)
    assert Resolver(lab=True).addresses("ulm.localhost", 80) == [(socket.AF_INET, "127.0.0.1")]
    assert asked == []


def test_a_resolver_that_hangs_ends_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(addresses, "ANSWER_SECONDS", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(5))
    with pytest.raises(Unreachable):
        Resolver().addresses("slow.example", 443)
    release.set()
