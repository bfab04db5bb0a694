"""The keys of our own actors, and what makes a public key of anyone acceptable."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from sqlmodel import Field, Session, col, select

from federation.base import FederationTable, UtcDateTime, now

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ed25519.Ed25519PublicKey

RSA_BITS = 2048
MAX_RSA_BITS = 8192
FRAGMENTS = {"rsa": "main-key", "ed25519": "ed25519-key"}
OVERLAP = timedelta(days=8)  # longer than anything waits for its delivery


class ActorKey(FederationTable, table=True):
    """One key pair of a local actor; a retired one stays for the record."""

    __tablename__ = "actor_key"

    id: str = Field(primary_key=True)
    actor: str = Field(index=True)
    kind: str
    private_pem: str
    public_pem: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@dataclass(frozen=True)
class VerifiedKey:
    """A public key whose owner lists it in the owner's own document."""

    id: str
    owner: str
    public_key: PublicKey
    kind: str


def create(session: Session, actor: str) -> list[ActorKey]:
    """Give a new actor its two keys: RSA-2048 for HTTP, Ed25519 for what it publishes."""
    return [_new(session, actor, kind, f"{actor}#{fragment}") for kind, fragment in FRAGMENTS.items()]


def rotate(session: Session, actor: str, kind: str = "rsa", *, overlap: timedelta = OVERLAP) -> ActorKey:
    """A new key for an actor; the old one goes on signing while the change is being announced.

    The new key has an id of its own: a peer that missed the announcement meets an unknown key
    and fetches it, where a changed key under a known id would look like a forgery.
    """
    moment = now()
    for old in _keys(session, actor, kind):
        if old.retired_at is None or old.retired_at > moment:
            old.retired_at = moment + overlap
            session.add(old)
    count = len(_keys(session, actor, kind))
    return _new(session, actor, kind, f"{actor}#{FRAGMENTS[kind]}-{count + 1}")


def signing_key(session: Session, actor: str, kind: str = "rsa") -> tuple[str, PrivateKey]:
    """The id and private key with which an actor signs now: the oldest that is not retired."""
    for key in usable(session, actor, kind):
        return key.id, load_private(key.private_pem)
    raise LookupError(f"{actor} has no {kind} key")


def proving_key(session: Session, actor: str) -> tuple[str, ed25519.Ed25519PrivateKey]:
    """The id and private key with which an actor signs what it publishes: the newest Ed25519 key.

    What is published stays longer than the overlap of two keys; and whoever meets a new key's id in a
    proof can fetch it.
    """
    found = usable(session, actor, "ed25519")
    private = load_private(found[-1].private_pem) if found else None
    if not isinstance(private, ed25519.Ed25519PrivateKey):
        raise LookupError(f"{actor} has no ed25519 key")
    return found[-1].id, private


def usable(session: Session, actor: str, kind: str | None = None) -> list[ActorKey]:
    """The keys of an actor that hold at present, the one that signs first."""
    moment = now()
    return [key for key in _keys(session, actor, kind) if key.retired_at is None or key.retired_at > moment]


def find(session: Session, key_id: str) -> VerifiedKey | None:
    """One of our own public keys by its id, unless it is retired."""
    key = session.get(ActorKey, key_id)
    if key is None or (key.retired_at is not None and key.retired_at <= now()):
        return None
    return VerifiedKey(key.id, key.actor, load_public(key.public_pem), key.kind)


def _keys(session: Session, actor: str, kind: str | None) -> list[ActorKey]:
    query = select(ActorKey).where(ActorKey.actor == actor)
    if kind is not None:
        query = query.where(ActorKey.kind == kind)
    return list(session.exec(query.order_by(col(ActorKey.created_at), col(ActorKey.id))))


def _new(session: Session, actor: str, kind: str, key_id: str) -> ActorKey:
    private: PrivateKey = (
        rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
        if kind == "rsa"
        else ed25519.Ed25519PrivateKey.generate()
    )
    key = ActorKey(
        id=key_id,
        actor=actor,
        kind=kind,
        private_pem=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        public_pem=to_pem(private.public_key()),
    )
    session.add(key)
    session.flush()
    return key


def to_pem(key: PublicKey) -> str:
    """A public key as the PEM text that actor documents carry."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def kind_of(key: PublicKey) -> str:
    """`rsa` or `ed25519`."""
    return "rsa" if isinstance(key, rsa.RSAPublicKey) else "ed25519"


@lru_cache(maxsize=1024)
def load_private(pem: str) -> PrivateKey:
    """Our own private key from its PEM text; parsing one costs more than signing with it."""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise TypeError("only RSA and Ed25519 keys sign here")
    return key


@lru_cache(maxsize=8192)
def load_public(pem: str) -> PublicKey:
    """Anyone's public key from its PEM text; ValueError when it is unreadable, weak or of another kind."""
    try:
        key = load_pem_public_key(pem.encode())
    except (UnsupportedAlgorithm, UnicodeError, TypeError) as error:
        raise ValueError("not a public key") from error
    if not isinstance(key, rsa.RSAPublicKey | ed25519.Ed25519PublicKey):
        raise ValueError("neither an RSA nor an Ed25519 key")
    return check_strength(key)


def check_strength(key: PublicKey) -> PublicKey:
    """The key itself, or ValueError for RSA under 2048 bits (forgeable) or over 8192 (slow on purpose)."""
    if isinstance(key, rsa.RSAPublicKey) and not RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        raise ValueError(f"an RSA key of {key.key_size} bits")
    return key
