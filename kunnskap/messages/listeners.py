"""Tells by mail that somebody has written."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kunnskap import events, letters, mail, text
from kunnskap.accounts.models import Account
from kunnskap.db import session
from kunnskap.messages import queries, rules
from kunnskap.messages.events import MessageSent
from kunnskap.messages.models import Conversation, ConversationSide, Message


@dataclass(frozen=True)
class Messenger:
    """Writes the mail; it lets nobody in, and holds no address of the sender's. `address` is the site's own."""

    address: str

    def listen(self) -> None:
        """Begin to write."""
        events.listen(self.tell_sent, MessageSent)

    def tell_sent(self, sent: Sequence[MessageSent]) -> None:
        """Tell the other of each message, unless it is hidden by now or they want no more from the sender."""
        for one in sent:
            rows = select(Message).where(Message.id == one.message_id, Message.hidden_at.is_(None))
            message = session.scalar(rows.options(joinedload(Message.sender)))
            reader = self._reader(message) if message is not None else None
            if message is not None and reader is not None:
                self._write(message, reader)

    def _reader(self, message: Message) -> Account | None:
        sides = select(ConversationSide.person_id).where(
            ConversationSide.conversation_id == message.conversation_id,
            ConversationSide.person_id != message.sender_id,
        )
        number = session.scalar(sides)
        if number is None or queries.is_blocked_between(number, message.sender_id):
            return None
        return queries.owner(number)

    def _write(self, message: Message, reader: Account) -> None:
        one = session.get_one(Conversation, message.conversation_id)
        subject, words = letters.write(
            "message",
            reader.person.language,
            who=message.sender.name,
            subject=one.subject,
            first_words=text.shortened(text.plain(message.body_html), rules.FIRST_WORDS),
            link=f"{self.address}/meldinger/{one.id}",
        )
        mail.send(reader.email, subject, words)
