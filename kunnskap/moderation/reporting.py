"""Reporting a post, a comment, a message or a person, and letting what was reported stand."""

from datetime import datetime

from sqlalchemy import or_, select

from kunnskap import personal_numbers
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import mark, say
from kunnskap.messages.models import Message
from kunnskap.moderation import deciding, queries, rules
from kunnskap.moderation.models import Report
from kunnskap.moderation.rules import Thing
from kunnskap.people.models import Person


def report(actor: Actor, thing: Thing, reason: str, words: str) -> bool:
    """Ask moderators to look at a thing; gives whether that is new.

    The same person reports the same thing once, and again only when it is changed after moderators let it stand.
    Raises Invalid by field.
    """
    if not rules.may_report(actor, thing) or actor.person_id is None:
        raise NotAllowed
    _check(reason, words)
    hold(session.get_one(Person, actor.person_id))
    if _has_reported(actor.person_id, thing):
        return False
    session.add(
        Report(
            post_id=thing.post.id if thing.post is not None and thing.comment is None else None,
            comment_id=thing.comment.id if thing.comment is not None else None,
            message_id=thing.message.id if thing.message is not None else None,
            person_id=thing.person.id if thing.person is not None else None,
            reporter_id=actor.person_id,
            reason=reason,
            words=words.strip(),
        )
    )
    session.flush()
    return True


def dismiss(actor: Actor, thing: Thing) -> bool:
    """Let what was reported stand; gives whether there was anything to see to."""
    if not rules.may_moderate(actor, thing):
        raise NotAllowed
    deciding.held(thing)
    settled = deciding.settle(actor, thing, None)
    if settled:
        deciding.note(actor, "dismiss", str(thing.target), {"reports": settled})
    return settled > 0


def _check(reason: str, words: str) -> None:
    if reason not in rules.REASONS:
        raise Invalid(reason=mark("Velg hva som er galt."))
    if reason == rules.OTHER and not words.strip():
        raise Invalid(words=mark("Skriv hva som er galt, så moderatorene forstår."))
    if len(words) > rules.LONGEST_WORDS:
        raise Invalid(words=say("Teksten er for lang. Den kan ha høyst %(count)s tegn.", count=rules.LONGEST_WORDS))
    if problems := personal_numbers.problems({"words": words}):
        raise Invalid(**problems)


def _has_reported(person_id: int, thing: Thing) -> bool:
    mine = select(Report.id).where(queries.about(Report, thing), Report.reporter_id == person_id)
    changed = _changed_at(thing)
    if changed is not None:
        mine = mine.where(or_(Report.settled_at.is_(None), Report.made_at > changed))
    return session.scalar(mine.limit(1)) is not None


def _changed_at(thing: Thing) -> datetime | None:
    row = thing.row
    if isinstance(row, Message):
        return None  # nobody changes what is sent
    return row.confirmed_at if isinstance(row, Person) else row.edited_at
