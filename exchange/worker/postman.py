"""How a letter leaves: printed, laid into a directory, or handed to a mail server over an encrypted line."""

import smtplib
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from exchange.config import Settings
from exchange.models.mail import Mail

SECONDS = 20
Send = Callable[[EmailMessage], None]


class MailFailed(Exception):
    """A letter did not leave. `final` means that the same letter will never leave for that mailbox."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        self.final = final
        super().__init__(reason)


def message(letter: Mail, settings: Settings) -> EmailMessage:
    """A letter as the post carries it; a second copy of it has the same Message-ID."""
    made = EmailMessage(policy=SMTP)
    host = urlsplit(settings.origin).hostname or "localhost"
    made["From"] = Address(settings.name, addr_spec=settings.mail_sender)
    made["To"] = letter.recipient
    made["Subject"] = letter.subject
    made["Date"] = format_datetime(letter.created_at)
    made["Message-ID"] = f"<{letter.key}@{host}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence is to be told to us
    if letter.reply_to:
        made["Reply-To"] = letter.reply_to
    for name, value in letter.headers.items():
        made[name] = str(value)
    made.set_content(letter.body)
    return made


@contextmanager
def on_the_way(settings: Settings) -> Iterator[Send]:
    """What sends a message, for as long as the connection is open; MailFailed when it cannot be opened."""
    way = settings.mail_way
    if way == "console":
        yield _print
    elif way.startswith("file:"):
        yield lambda made: _lay_down(Path(way.removeprefix("file:")), made)
    else:
        with _connected(settings) as server:
            yield lambda made: _hand_over(server, made)


def _print(made: EmailMessage) -> None:
    head = "".join(
        f"{name}: {value}\n" for name, value in made.items() if name in ("To", "Subject", "Reply-To")
    )
    sys.stdout.write(f"\n--- mail ---\n{head}\n{made.get_content()}--- end ---\n")
    sys.stdout.flush()


def _lay_down(directory: Path, made: EmailMessage) -> None:
    name = str(made["Message-ID"]).strip("<>").partition("@")[0]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        unfinished = directory / f".{name}"
        unfinished.write_bytes(made.as_bytes())
        unfinished.rename(directory / f"{name}.eml")
    except OSError as error:
        raise MailFailed(f"{directory}: {error.strerror or error}.") from error


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    parts = urlsplit(settings.mail_way)
    name = parts.hostname or ""
    tls = ssl.create_default_context()
    if settings.ca:
        tls.load_verify_locations(settings.ca)
    own = urlsplit(settings.origin).hostname
    server: smtplib.SMTP | None = None
    try:
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(name, parts.port or 465, own, timeout=SECONDS, context=tls)
        else:
            server = smtplib.SMTP(name, parts.port or 587, own, timeout=SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=tls)
                server.ehlo()
            elif not settings.lab:
                raise MailFailed(f"{name} offers no STARTTLS; no letter goes over an open line.")
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise MailFailed(f"{name}: {_reason(error)}") from error
    finally:
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()


def _hand_over(server: smtplib.SMTP, made: EmailMessage) -> None:
    try:
        server.send_message(made)
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()), (450, b""))
        raise MailFailed(f"{code} {_text(text)}", final=code >= 500) from error
    except smtplib.SMTPNotSupportedError as error:  # an address that this server cannot write
        raise MailFailed(str(error), final=True) from error
    except smtplib.SMTPResponseException as error:
        with suppress(smtplib.SMTPException):
            server.rset()
        raise MailFailed(
            f"{error.smtp_code} {_text(error.smtp_error)}", final=error.smtp_code >= 500
        ) from error


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    return str(getattr(error, "strerror", None) or error or type(error).__name__)


def _text(told: bytes | str) -> str:
    return " ".join((told.decode(errors="replace") if isinstance(told, bytes) else told).split())[:300]
