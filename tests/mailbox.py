"""A real mail server in the test process, with what came to it, and what it says when it is asked to refuse."""

import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER, PASSWORD = b"post@town.example", b"carry it"


class MailServer:
    """What has arrived, in order; `answer` is what it says to the next letters."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answer = "250 OK"
        self.url = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            found = message_from_bytes(content, policy=default)
            assert isinstance(found, EmailMessage)
            assert [found["To"]] == envelope.rcpt_tos
            self.letters.append(found)
        return self.answer

    def text(self, number: int = -1) -> str:
        """What a letter says."""
        body = self.letters[number].get_content()
        assert isinstance(body, str)
        return body.replace("\r\n", "\n")


class _OnAFreePort(Controller):
    def _trigger_server(self) -> None:
        assert self.server
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(certificate: Path | None = None, *, logs_in: bool = False) -> Iterator[MailServer]:
    """A server on a port of its own; with a certificate it offers STARTTLS and demands it before a log-in."""
    made = MailServer()
    options: dict[str, Any] = {}
    if certificate:
        options["tls_context"] = tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    if logs_in:
        options |= {"authenticator": _authenticate, "auth_required": True, "auth_require_tls": True}
    controller = _OnAFreePort(made, hostname="127.0.0.1", port=0, **options)
    controller.start()
    made.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield made
    finally:
        controller.stop()


def certificate(place: Path) -> Path:
    """A key and a certificate for this machine, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = place / "mail.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER, PASSWORD)
    return AuthResult(success=right, handled=False)
