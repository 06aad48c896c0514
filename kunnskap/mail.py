"""Mail going out. It is written beside the change that causes it and delivered by the worker after commit."""

import logging
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.policy import default as usual
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from kunnskap import clock, events

log = logging.getLogger(__name__)
TIMEOUT = 30


@dataclass(frozen=True)
class MailWanted(events.Event):
    """Somebody should get a mail. Holds addresses and links that let people in, so its facts are forgotten when told.

    `stop` is the address of the page where mail of this sort is stopped, for mail programs that offer it. `calendar` is
    a calendar file that goes with it.
    """

    slow: ClassVar[bool] = True
    secret: ClassVar[bool] = True

    to: str
    subject: str
    text: str
    stop: str = ""
    calendar: str = ""


def send(to: str, subject: str, text: str, stop: str = "", calendar: str = "") -> None:
    """Have a mail sent once the change under way is committed."""
    events.emit(MailWanted(to, " ".join(subject.split()), text, stop, calendar))


class Address(UnstructuredHeader, BaseHeader):
    """A header that holds an address: written on one line, since mail programs do not read an encoded one."""

    def fold(self, *, policy: Policy) -> str:
        """Give the line, however long."""
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", Address)


@dataclass(frozen=True)
class Postman:
    """Delivers: by SMTP where an address is set, otherwise as an .eml file in `folder` (and a line in the log)."""

    folder: Path
    sender: str
    smtp_url: str = ""

    def listen(self) -> None:
        """Begin to deliver what is wanted."""
        events.listen(self.deliver, MailWanted)

    def deliver(self, wanted: Sequence[MailWanted]) -> None:
        """Deliver each; an SMTP failure raises, so that the worker tries again later."""
        for one in wanted:
            message = self._message(one)
            if self.smtp_url:
                self._by_smtp(message)
            else:
                self._as_file(message)

    def _message(self, wanted: MailWanted) -> EmailMessage:
        message = EmailMessage(usual.clone(header_factory=HEADERS))
        message["From"], message["To"], message["Subject"] = self.sender, wanted.to, wanted.subject
        message["Date"], message["Message-ID"] = format_datetime(clock.now()), make_msgid(domain="kunnskap.invalid")
        message["Auto-Submitted"] = "auto-generated"
        if wanted.stop:
            message["List-Unsubscribe"] = f"<{wanted.stop}>"
        message.set_content(wanted.text)
        if wanted.calendar:
            message.add_attachment(wanted.calendar, subtype="calendar", filename="kalender.ics")
        return message

    def _as_file(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp = clock.now().strftime("%Y%m%dT%H%M%S%f")
        file = self.folder / f"{stamp}.eml"
        file.write_bytes(bytes(message))
        log.info("a mail was written to outbox/%s", file.name)

    def _by_smtp(self, message: EmailMessage) -> None:
        url = urlsplit(self.smtp_url)
        secure = url.scheme == "smtps"
        port = url.port or (465 if secure else 25)
        context = ssl.create_default_context()
        opened = (
            smtplib.SMTP_SSL(url.hostname or "", port, timeout=TIMEOUT, context=context)
            if secure
            else smtplib.SMTP(url.hostname or "", port, timeout=TIMEOUT)
        )
        with opened as server:
            if not secure and server.has_extn("starttls"):
                server.starttls(context=context)
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(message)
