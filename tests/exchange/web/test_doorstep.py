"""What no browser sends is refused on the doorstep."""

import pytest

from exchange.web.doorstep import is_host
from tests.exchange.web.world import Visitor


@pytest.mark.parametrize(
    "host", ["", "ulm.example", "ulm.example:8000", "127.0.0.1", "[::1]:80", "ulm.example.", "a" * 63]
)
def test_a_host_may_be_any_name_or_number(host: str) -> None:
    assert is_host(host)


@pytest.mark.parametrize("host", ["...", "a..b", "a" * 64, f"{'a' * 64}.example", "[::1", ".example"])
def test_what_cannot_be_a_name_is_no_host(host: str) -> None:
    assert not is_host(host)


@pytest.mark.parametrize(
    "path", ["/communities/a%00b", "/practices?q=a%00b", "/practices?a%00b=c", "/api/v1/practices?q=%00"]
)
def test_a_nul_is_refused_wherever_it_stands_in_an_address(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 400
