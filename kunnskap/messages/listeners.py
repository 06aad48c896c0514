"""Tells by mail that somebody has written, and what has become of a talk."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kunnskap import events, letters, mail, text
from kunnskap.accounts.models import Account
from kunnskap.db import session
from kunnskap.messages import queries, rules
from kunnskap.messages.events import MessageSent, TalkChanged
from kunnskap.messages.models import Conversation, ConversationSide, Message, Talk
from kunnskap.people.models import Person


@dataclass(frozen=True)
class Messenger:
    """Writes the mail; it lets nobody in, and holds no address of the sender's. `address` is the site's own."""

    address: str

    def listen(self) -> None:
        """Begin to write."""
        events.listen(self.tell_sent, MessageSent)
        events.listen(self.tell_changed, TalkChanged)

    def tell_sent(self, sent: Sequence[MessageSent]) -> None:
        """Tell the other of each message, unless it is hidden by now, the sender is shut out, or they want no more of theirs."""
        for one in sent:
            rows = select(Message).where(Message.id == one.message_id, Message.hidden_at.is_(None))
            message = session.scalar(rows.options(joinedload(Message.sender), joinedload(Message.talk)))
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
        if queries.owner(message.sender_id) is None:
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
            times=_times(message.talk, reader.person.language),
            link=self._link(one),
        )
        mail.send(reader.email, subject, words)

    def tell_changed(self, changed: Sequence[TalkChanged]) -> None:
        """Tell both what was agreed on or called off, and whoever suggested it that none of the times fit."""
        for one in changed:
            rows = select(Message).where(Message.id == one.message_id).options(joinedload(Message.talk))
            message = session.scalar(rows)
            if message is not None and message.talk is not None:
                self._tell_of_talk(one, message, message.talk)

    def _tell_of_talk(self, changed: TalkChanged, message: Message, talk: Talk) -> None:
        conversation = session.get_one(Conversation, message.conversation_id)
        rows = select(Person).join(ConversationSide, ConversationSide.person_id == Person.id)
        both = session.scalars(rows.where(ConversationSide.conversation_id == conversation.id)).all()
        for person in both:
            is_told = person.id != changed.by_id or changed.what == rules.AGREED or changed.was_agreed
            account = queries.owner(person.id) if is_told else None
            other = next((one for one in both if one.id != person.id), person)
            if account is None:
                continue
            at = rules.written_time(talk.chosen_at, person.language) if talk.chosen_at else ""
            facts = {"who": other.name, "subject": conversation.subject, "at": at, "where": talk.where}
            link = self._link(conversation)
            subject, words = letters.write(f"talk_{changed.what}", person.language, link=link, **facts)
            mail.send(account.email, subject, words)

    def _link(self, one: Conversation) -> str:
        return f"{self.address}/meldinger/{one.id}"


def _times(talk: Talk | None, language: str) -> list[str]:
    return [rules.written_time(moment, language) for moment in rules.times_of(talk)] if talk is not None else []
