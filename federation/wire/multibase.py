"""Keys and signatures in the letters of base58btc, as FEP-521a and FEP-8b32 write them."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}
# Decoding takes quadratic time; no key or signature that is accepted here is longer.
MAX_LETTERS = 1_500

ED25519_PUB = b"\xed\x01"
RSA_PUB = b"\x85\x24"


def encode(data: bytes) -> str:
    """Bytes as multibase text: `z` and base58btc."""
    number = int.from_bytes(data, "big")
    letters: list[str] = []
    while number:
        number, rest = divmod(number, 58)
        letters.append(_LETTERS[rest])
    leading = len(data) - len(data.lstrip(b"\0"))
    return "z" + _LETTERS[0] * leading + "".join(reversed(letters))


def decode(text: str) -> bytes:
    """The bytes of a `z…` multibase text; ValueError for any other text."""
    if not text.startswith("z") or len(text) > MAX_LETTERS:
        raise ValueError("not a base58btc multibase text")
    letters = text[1:]
    number = 0
    try:
        for letter in letters:
            number = number * 58 + _VALUES[letter]
    except KeyError as error:
        raise ValueError("not a base58btc multibase text") from error
    leading = len(letters) - len(letters.lstrip(_LETTERS[0]))
    return b"\0" * leading + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode_key(key: Ed25519PublicKey | RSAPublicKey) -> str:
    """A public key as `publicKeyMultibase` of a Multikey."""
    if isinstance(key, Ed25519PublicKey):
        return encode(ED25519_PUB + key.public_bytes_raw())
    return encode(RSA_PUB + key.public_bytes(Encoding.DER, PublicFormat.PKCS1))


def decode_key(text: str) -> Ed25519PublicKey | RSAPublicKey:
    """The public key in a `publicKeyMultibase`; ValueError when it is none that we can use."""
    data = decode(text)
    if data.startswith(ED25519_PUB):
        return Ed25519PublicKey.from_public_bytes(data[len(ED25519_PUB) :])
    if data.startswith(RSA_PUB):
        try:
            key = load_der_public_key(data[len(RSA_PUB) :])
        except (UnsupportedAlgorithm, TypeError) as error:
            raise ValueError("not a public key") from error
        if isinstance(key, RSAPublicKey):
            return key
    raise ValueError("neither an Ed25519 nor an RSA key")
