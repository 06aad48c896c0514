"""Appeals: the one concerned says once why a decision is wrong, and another moderator looks at it again."""

from kunnskap import clock, events, personal_numbers
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import mark, say
from kunnskap.messages.models import Message
from kunnskap.moderation import deciding, hiding, queries, rules, suspending
from kunnskap.moderation.events import AppealAnswered
from kunnskap.moderation.models import Decision
from kunnskap.moderation.rules import Thing
from kunnskap.posts.models import Comment, Post


def appeal(decision: Decision, words: str) -> None:
    """Appeal a decision about oneself; the caller has seen to who it is. Raises Invalid on `words`."""
    _check(words, mark("Skriv hvorfor du mener at avgjørelsen er feil."))
    hold(decision)
    problem = rules.appeal_problem(decision)
    if problem:
        raise Invalid(words=problem)
    decision.appeal, decision.appealed_at = words.strip(), clock.now()
    session.flush()


def answer(actor: Actor, decision: Decision, words: str, *, upheld: bool) -> None:
    """Say whether a decision stands; when it does not, what can be undone is undone. Raises Invalid, NotAllowed."""
    hold(decision)
    if not rules.may_answer(actor, decision):
        raise NotAllowed
    _check(words, mark("Skriv hva du kom fram til, så den som klaget forstår."))
    decision.answer, decision.answered_at = words.strip(), clock.now()
    decision.answered_by_id, decision.upheld = actor.person_id, upheld
    if not upheld and decision.undone_at is None:
        decision.undone_at = clock.now()
        session.flush()
        _undo(decision)
    deciding.note(actor, "answer-appeal", f"decision:{decision.id}", {"upheld": int(upheld)})
    events.emit(AppealAnswered(decision.id))


def _check(words: str, when_empty: str) -> None:
    if not words.strip():
        raise Invalid(words=when_empty)
    if len(words) > rules.LONGEST_WORDS:
        raise Invalid(words=say("Teksten er for lang. Den kan ha høyst %(count)s tegn.", count=rules.LONGEST_WORDS))
    if problems := personal_numbers.problems({"words": words}):
        raise Invalid(**problems)


def _undo(decision: Decision) -> None:
    """Do the reverse of what was decided, where there is one and it is not done already."""
    found = _thing(decision)
    deciding.held(found)
    possible = rules.possible(found)
    if decision.act in {rules.HIDE, rules.REFUSE} and rules.RESTORE in possible:
        hiding.show(found)
    elif decision.act == rules.LOCK and rules.UNLOCK in possible:
        hiding.lock(found, locked=False)
    elif decision.act == rules.SUSPEND and rules.LIFT in possible and found.account is not None:
        suspending.lift(found.account)
    elif decision.act == rules.END and found.account is not None and found.account.closed_at is not None:
        suspending.reopen(found.account)


def _thing(decision: Decision) -> Thing:
    if decision.comment_id is not None:
        comment = session.get_one(Comment, decision.comment_id)
        return Thing(post=session.get_one(Post, comment.post_id), comment=comment)
    if decision.message_id is not None:
        return Thing(message=session.get_one(Message, decision.message_id))
    if decision.post_id is not None:
        return Thing(post=session.get_one(Post, decision.post_id))
    account: Account | None = queries.account_of(decision.person_id, closed_too=True)
    return Thing(person=account.person if account else decision.person, account=account)
