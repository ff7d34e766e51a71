"""One connection to the mail server: TLS verified always, one message after another, refusals told apart."""

import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import SMTP as SMTP_LINES
from email.utils import format_datetime
from typing import Any

import aiosmtplib

from server.mail_server import MailServer

TIMEOUT_SECONDS = 20.0
_PERMANENT = 500
_MOST_REASON_CHARS = 180
_ADDRESS = re.compile(r"\S*@\S*")
_METHOD = re.compile(r"^METHOD:(\w+)\r?$", re.MULTILINE)


class MailServerAway(Exception):
    """No mail can be handed over now: unreachable, not trusted, or it refuses us as a whole."""


class MailRefused(Exception):
    """The server refuses one mail; `is_final` when asking again would not help."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Connection:
    """An open connection that takes mails."""

    def __init__(self, client: aiosmtplib.SMTP, sender: str) -> None:
        self._client = client
        self._sender = sender

    async def send(self, mail: Mapping[str, Any]) -> None:
        """Hand one row of `mails` over; returns once the server has taken it upon itself."""
        message = message_of(mail, self._sender)
        try:
            await self._client.send_message(message, sender=self._sender, recipients=[mail["to_address"]])
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            answer = refusal.recipients[0]
            raise MailRefused(
                _said(answer.code, answer.message), is_final=answer.code >= _PERMANENT
            ) from None
        except aiosmtplib.SMTPSenderRefused as refusal:
            raise MailServerAway(_said(refusal.code, refusal.message)) from None
        except aiosmtplib.SMTPResponseException as refusal:
            if not self._client.is_connected:
                raise MailServerAway(_said(refusal.code, refusal.message)) from None
            raise MailRefused(
                _said(refusal.code, refusal.message), is_final=refusal.code >= _PERMANENT
            ) from None
        except (aiosmtplib.SMTPException, OSError) as problem:
            raise MailServerAway(type(problem).__name__) from None


@asynccontextmanager
async def connected(server: MailServer, sender: str, password: str) -> AsyncIterator[Connection]:
    """Connect, verify the certificate, sign in; the connection ends with the block."""
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.is_tls,
        start_tls=server.has_starttls,
        tls_context=ssl.create_default_context(),
        timeout=TIMEOUT_SECONDS,
    )
    try:
        await client.connect()
        if server.user:
            await client.login(server.user, password)
    except aiosmtplib.SMTPResponseException as refusal:
        client.close()
        raise MailServerAway(_said(refusal.code, refusal.message)) from None
    except (aiosmtplib.SMTPException, OSError) as problem:
        client.close()
        raise MailServerAway(_why(problem)) from None
    try:
        yield Connection(client, sender)
    finally:
        client.close()


def message_of(mail: Mapping[str, Any], sender: str) -> EmailMessage:
    """Give a row of `mails` as a message; the same row gives the same Message-ID every time."""
    message = EmailMessage(policy=SMTP_LINES)
    message["From"] = sender
    message["To"] = mail["to_address"]
    message["Subject"] = mail["subject"]
    message["Date"] = format_datetime(mail["created_at"])
    message["Message-ID"] = f"<{mail['id']}@{sender.rpartition('@')[2]}>"
    message["Content-Language"] = mail["language"]
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail["text"], cte="quoted-printable")
    message.add_alternative(mail["html"], subtype="html", cte="quoted-printable")
    if mail["calendar"]:
        found = _METHOD.search(mail["calendar"])
        method = found[1] if found else "PUBLISH"
        parameters = {"method": method, "component": "VEVENT"}
        message.add_alternative(mail["calendar"], subtype="calendar", params=parameters, cte="base64")
        message.add_attachment(
            mail["calendar"].encode(), maintype="application", subtype="ics", filename="invitation.ics"
        )
    return message


def _why(problem: Exception) -> str:
    cause = problem.__cause__ or problem
    if isinstance(cause, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(problem):
        return "the certificate of the mail server is not trusted"
    return type(problem).__name__


def _said(code: int, text: str) -> str:
    """What the server said, without addresses, in one short line."""
    words = " ".join(_ADDRESS.sub("…", f"{code} {text}").split())
    return "".join(letter for letter in words if letter.isprintable())[:_MOST_REASON_CHARS]
