"""A certificate is checked for the name, although the connection is made to an address."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from federation.base import now
from federation.errors import Unreachable
from federation.others.client import Client
from search.engines.cluster_server import Server
from search.errors import IndexBroken
from tests.federation.foreign import RSA


@dataclass
class Secure:
    port: int
    certificate: str
    silent: threading.Event = field(default_factory=threading.Event)
    names: list[str | None] = field(default_factory=list)


def _certificate(place: Path, *names: str) -> tuple[str, str]:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    known = [x509.DNSName(name) for name in names]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(RSA.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - datetime.timedelta(days=1))
        .not_valid_after(now() + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([*known, x509.IPAddress(ipaddress.ip_address("127.0.0.9"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(RSA, hashes.SHA256())
    )
    certificate, key = place / "certificate.pem", place / "key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    key.write_bytes(RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(certificate), str(key)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Secure]:
    certificate, key = _certificate(tmp_path, "a.localhost", "there.localhost", "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))
    secure = Secure(listener.getsockname()[1], certificate)
    context.sni_callback = lambda _socket, name, _context: secure.names.append(name)

    def serve(raw: socket.socket) -> None:
        if secure.silent.is_set():
            time.sleep(3)
            raw.close()
            return
        try:
            with context.wrap_socket(raw, server_side=True) as connection:
                while connection.recv(65536):
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
                    for letter in b"ok":
                        connection.sendall(bytes([letter]))
                        time.sleep(0.15)
        except OSError:
            return

    def listen() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(raw,), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    yield secure
    listener.close()


def client(there: Secure, **options: object) -> Client:
    return Client(origin="https://here.localhost", lab=True, ca=there.certificate, **options)  # type: ignore[arg-type]


def test_the_name_goes_into_the_handshake_and_is_checked_in_the_certificate(there: Secure) -> None:
    made = client(there)
    for _ in range(2):
        assert made.get(f"https://there.localhost:{there.port}/").body == b"ok"
    assert there.names == ["there.localhost"]


def test_a_certificate_for_another_name_is_refused(there: Secure) -> None:
    with pytest.raises(Unreachable, match="certificate"):
        client(there).get(f"https://other.localhost:{there.port}/")
    with pytest.raises(Unreachable, match="certificate"):
        client(there).get(f"https://127.0.0.1:{there.port}/")


def test_a_certificate_that_nobody_vouches_for_is_refused(there: Secure) -> None:
    made = Client(origin="https://here.localhost", lab=True)
    with pytest.raises(Unreachable, match="certificate"):
        made.get(f"https://there.localhost:{there.port}/")


def test_a_private_authority_is_trusted_beside_the_usual_ones_and_not_in_their_place(
    there: Secure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "private").mkdir()
    private, _ = _certificate(tmp_path / "private", "elsewhere.localhost")
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", there.certificate)
    made = Client(origin="https://here.localhost", lab=True, ca=private)
    assert made.get(f"https://there.localhost:{there.port}/").body == b"ok"
    with pytest.raises(IndexBroken, match="not JSON"):  # it was reached, and says ok
        Server(f"https://localhost:{there.port}", ca=private).ask("GET", "")


def test_two_names_at_one_address_do_not_share_a_connection(there: Secure) -> None:
    made = client(there)
    made.get(f"https://there.localhost:{there.port}/")
    made.get(f"https://a.localhost:{there.port}/")
    assert there.names == ["there.localhost", "a.localhost"]


def test_time_runs_out_in_the_handshake_and_under_encryption_too(there: Secure) -> None:
    with pytest.raises(Unreachable, match="in time"):
        client(there, seconds=0.1).get(f"https://there.localhost:{there.port}/")
    there.silent.set()
    start = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        client(there, seconds=0.3).get(f"https://there.localhost:{there.port}/")
    assert time.monotonic() - start < 1.5
