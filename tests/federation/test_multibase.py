"""Base58 and Multikeys, against the published values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.wire import multibase
from tests.federation.foreign import EDWARDS, RSA


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),  # draft-msporny-base58
        (
            b"The quick brown fox jumps over the lazy dog.",
            "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
        (bytes.fromhex("0000287fb4cd"), "z11233QC4"),
        (b"", "z"),
    ],
)
def test_base58_follows_its_draft(data: bytes, text: str) -> None:
    assert multibase.encode(data) == text
    assert multibase.decode(text) == data


@given(st.binary(max_size=300))
def test_every_byte_string_comes_back(data: bytes) -> None:
    assert multibase.decode(multibase.encode(data)) == data


@given(st.text(max_size=50))
def test_any_other_text_is_a_value_error(text: str) -> None:
    try:
        assert multibase.encode(multibase.decode(text)) == text
    except ValueError:
        assert not text.startswith("z") or set(text[1:]) - set(multibase._LETTERS)


def test_a_text_long_enough_to_cost_time_is_not_decoded() -> None:
    with pytest.raises(ValueError, match="base58"):
        multibase.decode("z" + "2" * 100_000)


def test_public_keys_of_both_kinds_come_back() -> None:
    for private in (EDWARDS, RSA):
        assert multibase.decode_key(multibase.encode_key(private.public_key())) == private.public_key()
    assert multibase.encode_key(EDWARDS.public_key()).startswith("z6Mk")
    for text in (
        "z6Mk",
        "z",
        "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme",
        multibase.encode(b"\x85\x24junk"),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - any of its messages
            multibase.decode_key(text)
