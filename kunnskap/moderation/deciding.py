"""Writing a decision down: the row, the audit note, the reports it settles, and the word to those it concerns."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from kunnskap import audit, clock, events, personal_numbers
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import Message, mark, say
from kunnskap.moderation import queries, rules
from kunnskap.moderation.events import DecisionMade, ReportsSettled
from kunnskap.moderation.models import Decision, Report
from kunnskap.moderation.rules import Thing
from kunnskap.posts import actions as posts
from kunnskap.posts.models import Post


@dataclass(frozen=True)
class Wish:
    """What a moderator wants done and why. `words` go to the one it concerns; the rest is what some acts need besides.

    `target` is a question, `title` a new question's, `until` the day an account opens again.
    """

    act: str
    reason: str
    words: str
    until: date | None = None
    target: Post | None = None
    title: str = ""


def check(actor: Actor, thing: Thing, wish: Wish) -> None:
    """Raise NotAllowed where the actor may not moderate, Invalid by field where something is missing."""
    act = rules.ACTS.get(wish.act)
    if act is None or thing.kind not in act.on or not rules.may_moderate(actor, thing) or not actor.may(act.right):
        raise NotAllowed
    problems: dict[str, str | Message] = {}
    if wish.reason not in rules.REASONS:
        problems["reason"] = mark("Velg en grunn.")
    if not wish.words.strip():
        problems["words"] = mark("Skriv hvorfor, så den det gjelder forstår.")
    elif len(wish.words) > rules.LONGEST_WORDS:
        problems["words"] = say("Teksten er for lang. Den kan ha høyst %(count)s tegn.", count=rules.LONGEST_WORDS)
    problems |= personal_numbers.problems({"words": wish.words, "title": wish.title})
    if problems:
        raise Invalid(**problems)


def held(thing: Thing) -> None:
    """Have others wait who do something to the same thing, and read how it stands now."""
    words = thing.comment or thing.message
    if words is not None:
        hold(words)
    elif thing.post is not None:
        if thing.post.parent_id is not None:
            hold(session.get_one(Post, thing.post.parent_id))
        hold(thing.post)
    elif thing.account is not None:
        hold(thing.account)


def is_still_possible(thing: Thing, act: str) -> bool:
    """Say, after `held`, whether the act is still to be done; a button pressed twice finds that it is not."""
    return act in rules.possible(thing)


def write(actor: Actor, thing: Thing, wish: Wish) -> Decision:
    """Write a decision down, mark what it takes back as undone, and settle what was reported of the thing."""
    for_a_person = thing.kind == rules.PERSON
    decision = Decision(
        post_id=thing.post.id if thing.post is not None and thing.comment is None else None,
        comment_id=thing.comment.id if thing.comment is not None else None,
        message_id=thing.message.id if thing.message is not None else None,
        person_id=thing.concerned_id,
        act=wish.act,
        reason=wish.reason,
        words=wish.words.strip(),
        made_by_id=actor.person_id,
    )
    session.add(decision)
    session.flush()
    undone = rules.ACTS[wish.act].undoes
    if undone:
        standing = (queries.about(Decision, thing), Decision.act.in_(undone), Decision.undone_at.is_(None))
        session.execute(update(Decision).where(*standing).values(undone_at=clock.now()))
    settle(actor, thing, decision)
    target = f"account:{thing.account.id}" if for_a_person and thing.account else str(thing.target)
    facts: dict[str, int | str | None] = {
        "decision": decision.id,
        "reason": wish.reason,
        "into": wish.target.id if wish.target else None,
    }
    note(actor, wish.act, target, facts | {"until": wish.until.isoformat() if wish.until else None})
    events.emit(DecisionMade(decision.id))
    return decision


def note(actor: Actor, act: str, target: str, facts: dict[str, int | str | None]) -> None:
    """Note an act of moderation in the audit log."""
    audit.note(actor, f"moderation.{act}", target, {key: value for key, value in facts.items() if value is not None})


def settle(actor: Actor, thing: Thing, decision: Decision | None) -> int:
    """Mark the open reports of a thing as seen to; gives how many there were. Those who reported are told."""
    is_open = (queries.about(Report, thing), Report.settled_at.is_(None))
    seen_to: Collection[int] = session.scalars(select(Report.id).where(*is_open).with_for_update()).all()
    if seen_to:
        values = {"settled_at": clock.now(), "settled_by_id": actor.person_id}
        values["decision_id"] = decision.id if decision else None
        session.execute(update(Report).where(Report.id.in_(seen_to)).values(values))
        acted = decision is not None and decision.act not in {rules.APPROVE, rules.RESTORE, rules.UNLOCK, rules.LIFT}
        events.emit(ReportsSettled(list(seen_to), acted))
    return len(seen_to)


def told(thing: Thing) -> None:
    """Have the index, counts and lists follow what was done to a post; comments are read where they stand."""
    session.flush()
    if thing.post is not None and thing.comment is None:
        posts.came_or_went(thing.post)
