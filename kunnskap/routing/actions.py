"""Offering questions to people, taking their replies, and climbing the ladder when nobody answers.

Whoever offers holds the question first and then the people, in the order of their numbers, and counts what each was
asked lately while holding them: so nobody is asked more than they want, however many questions come at once.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select, update

from kunnskap import clock, events
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import Message
from kunnskap.people.models import Person
from kunnskap.people.rules import is_away
from kunnskap.posts.events import PostEvent
from kunnskap.posts.kinds import QUESTION
from kunnskap.posts.models import Post
from kunnskap.questions.models import QuestionDetails
from kunnskap.routing import circles, queries, rules
from kunnskap.routing.events import OfferDeclined, OfferMade, QuestionToRoute, StepDue
from kunnskap.routing.models import CHOSEN, COORDINATOR, COUNTY, FIRST, NOT_NOW, OTHER, WIDER, YES, Ladder, Offer

AT_ONCE = 500
"""How many ladders are moved on at a time."""


def notice(happened: Sequence[PostEvent]) -> None:
    """Find the questions for which something is to be done, of everything that has happened to posts; one statement."""
    ids = {one.root_id for one in happened}
    rows = (
        select(Post, QuestionDetails.duplicate_of_id, Ladder)
        .outerjoin(QuestionDetails, QuestionDetails.post_id == Post.id)
        .outerjoin(Ladder, Ladder.question_id == Post.id)
        .where(Post.id.in_(ids), or_(Post.kind_key == QUESTION.key, Ladder.question_id.is_not(None)))
        .order_by(Post.id)
    )
    for post, duplicate_of_id, ladder in session.execute(rows):
        if _is_out_of_step(post, ladder, is_open=rules.is_open(post, duplicate_of_id)):
            events.emit(QuestionToRoute(post.id))


def _is_out_of_step(post: Post, ladder: Ladder | None, *, is_open: bool) -> bool:
    if ladder is None:
        return is_open and rules.is_fresh(post, clock.now())
    stands_still = ladder.stopped_at is not None
    return (not is_open and not stands_still) or (is_open and stands_still and ladder.due_on is not None)


def settle(question_id: int) -> None:
    """Begin to ask, stop, or go on, as the question now is; done twice, it is done once.

    A ladder that stopped goes on from the step it had come to, when the only answer was taken away or a question was put
    up again; the next step gets its whole time.
    """
    question = _held(question_id)
    if question is None:
        return
    ladder = session.get(Ladder, question_id)
    is_open = rules.is_open(question, queries.duplicate_of(question_id))
    if not _is_out_of_step(question, ladder, is_open=is_open):
        return
    if ladder is None:
        today = clock.today()
        session.add(Ladder(question_id=question_id, began_on=today, due_on=rules.due_after(FIRST, today)))
        session.flush()
        _fill(question, FIRST)
    elif is_open:
        ladder.stopped_at, ladder.due_on = None, rules.due_after(ladder.step, clock.today())
        _fill(question, ladder.step)
    else:
        ladder.stopped_at = clock.now()


def find_due() -> None:
    """Have the next step taken for each question that has waited long enough; what is said already is not said again."""
    said = {(one.question_id, one.step) for one in events.untold(StepDue)}
    rows = select(Ladder).where(Ladder.stopped_at.is_(None), Ladder.due_on <= clock.today())
    for ladder in session.scalars(rows.order_by(Ladder.due_on, Ladder.question_id).limit(AT_ONCE)):
        if (ladder.question_id, ladder.step) not in said:
            events.emit(StepDue(ladder.question_id, ladder.step))


def climb(question_id: int, step: str) -> bool:
    """Take the step after this one, unless that is done; gives whether every step has now been taken in vain.

    One step at a time, however long nobody looked: the next is due as many working days later as the two stand apart.
    """
    question, today = _held(question_id), clock.today()
    ladder = session.get(Ladder, question_id, populate_existing=True)
    if question is None or ladder is None or ladder.step != step or ladder.stopped_at is not None:
        return False
    if ladder.due_on is None or ladder.due_on > today:
        return False
    if not rules.is_open(question, queries.duplicate_of(question_id)):
        ladder.stopped_at = clock.now()
        return False
    onward = rules.following(step)
    if onward is None:
        ladder.stopped_at, ladder.due_on = clock.now(), None
        return True
    ladder.step, ladder.stepped_at, ladder.due_on = onward, clock.now(), rules.due_after(onward, today)
    _take(question, onward)
    return False


def _take(question: Post, step: str) -> None:
    themes = queries.theme_ids(question.id)
    if step == WIDER:
        _offer(question, circles.wider(question, themes, rules.MOST_WIDER + queries.SPARE), rules.MOST_WIDER, WIDER)
    elif step == COORDINATOR:
        _offer(question, circles.coordinators(question, themes), rules.MOST_COORDINATORS, COORDINATOR)
    else:
        _offer(question, circles.at_county(question, themes), rules.MOST_AT_COUNTY, COUNTY)


def fill(offer_id: int) -> None:
    """Ask others in place of those who cannot answer, so that as many are asked as before while there are any."""
    offer = session.get(Offer, offer_id)
    question = _held(offer.question_id) if offer else None
    ladder = session.get(Ladder, question.id) if question else None
    if question is None or ladder is None or ladder.stopped_at is not None:
        return
    if rules.is_open(question, queries.duplicate_of(question.id)):
        _fill(question, ladder.step)


def _fill(question: Post, step: str) -> None:
    rows = session.scalars(select(Offer).where(Offer.question_id == question.id))
    waiting = sum(rules.is_waiting(offer) for offer in rows)
    themes = queries.theme_ids(question.id)
    if step == FIRST and waiting < rules.ENOUGH:
        near = circles.nearest(question, themes, rules.ENOUGH - waiting + queries.SPARE)
        waiting += len(_offer(question, near, rules.ENOUGH - waiting, FIRST))
    missing = (rules.FEWEST if step == FIRST else rules.ENOUGH) - waiting
    if missing > 0:
        more = circles.wider(question, themes, missing + queries.SPARE)
        _offer(question, more, missing, FIRST if step == FIRST else WIDER)


def _held(question_id: int) -> Post | None:
    question = session.get(Post, question_id)
    if question is not None:
        hold(question)
    return question


def _offer(question: Post, person_ids: Sequence[int], most: int, step: str) -> list[Offer]:
    """Offer a question to the first of these who may be asked, at most so many; those who are away, their stand-ins for them."""
    people = _hold_people(person_ids)
    loads = queries.recent_load(list(people))
    known, never = queries.accounts(list(people)), queries.never_asked(question, list(people))
    made: list[Offer] = []
    for number in person_ids:
        person, today = people.get(number), clock.today()
        if person is not None and is_away(person, today):
            person = people.get(person.stand_in_id or 0)
        if len(made) == most or person is None or person.id in never:
            continue
        if rules.refusal(known.get(person.id), question, loads.get(person.id, 0), today) is None:
            made.append(_make(question, person.id, step))
            never.add(person.id)
    return made


def _hold_people(person_ids: Collection[int]) -> dict[int, Person]:
    """Hold people, with those who stand in for them, in the order of their numbers, so that nobody waits in a circle."""
    ids = set(person_ids)
    if not ids:
        return {}
    instead = select(Person.stand_in_id).where(Person.id.in_(ids), Person.stand_in_id.is_not(None))
    ids |= {number for number in session.scalars(instead) if number is not None}
    rows = select(Person).where(Person.id.in_(ids)).order_by(Person.id).with_for_update(key_share=True, of=Person)
    return {one.id: one for one in session.scalars(rows.execution_options(populate_existing=True))}


def _make(question: Post, person_id: int, step: str, chosen_by_id: int | None = None) -> Offer:
    made = Offer(question_id=question.id, person_id=person_id, step=step, chosen_by_id=chosen_by_id)
    session.add(made)
    session.flush()
    events.emit(OfferMade(made.id))
    return made


def choose(actor: Actor, question: Post, person_ids: Collection[int]) -> list[Offer]:
    """Offer a question to those the asker points out, within what each will be asked. Raises Invalid on `people`."""
    if not rules.may_follow(actor, question):
        raise NotAllowed
    hold(question)
    if not rules.is_open(question, queries.duplicate_of(question.id)):
        raise Invalid(people=rules.CLOSED)
    mine = select(Offer.id).where(Offer.question_id == question.id, Offer.step == CHOSEN)
    chosen = set(person_ids)
    before = len(session.scalars(mine.where(Offer.chosen_by_id == actor.person_id)).all())
    if before + len(chosen) > rules.MOST_CHOSEN:
        raise Invalid(people=rules.TOO_MANY)
    return _point_out(actor, question, chosen, "people")


def _point_out(actor: Actor, question: Post, person_ids: Collection[int], field: str) -> list[Offer]:
    """Offer to exactly these people, or to none of them. Raises Invalid on `field`."""
    people = _hold_people(person_ids)
    known, loads = queries.accounts(person_ids), queries.recent_load(person_ids)
    never = queries.never_asked(question, person_ids)
    for number in sorted(person_ids):
        person = people.get(number)
        if person is None or not person.listed:
            raise Invalid(**{field: rules.NOBODY})
        problem = rules.refusal(known.get(number), question, loads.get(number, 0), clock.today())
        if number in never:
            problem = rules.MAY_NOT
        if problem is not None:
            raise Invalid(**{field: Message(problem, {"name": person.name})})
    return [_make(question, number, CHOSEN, actor.person_id) for number in sorted(person_ids)]


def reply(actor: Actor, offer_id: int, answer: str) -> None:
    """Say whether one can answer (YES, NOT_NOW, or OTHER without naming anybody); the same twice is once, and one may
    think better of it. A no leads to the next who can be asked."""
    offer = queries.asked(actor, offer_id).offer
    hold(offer)
    if offer.reply == answer:
        return
    was_waiting = rules.is_waiting(offer)
    offer.reply, offer.replied_at = answer, clock.now()
    session.flush()
    if was_waiting and answer != YES:
        events.emit(OfferDeclined(offer.id))


def give_back(person_id: int) -> None:
    """Say no for somebody who has left to all they were asked and have not answered, so that others are asked instead."""
    theirs = select(Offer).where(Offer.person_id == person_id, Offer.reply.is_(None))
    for offer in session.scalars(theirs.order_by(Offer.id).with_for_update()):
        offer.reply, offer.replied_at = NOT_NOW, clock.now()
        events.emit(OfferDeclined(offer.id))


def pass_on(actor: Actor, offer_id: int, colleague_id: int) -> bool:
    """Point out a colleague who can answer better; gives whether they were asked. Done twice, it is done once.

    Nobody is asked once the question has an answer. Raises Invalid on `colleague` when they cannot be asked.
    """
    asked = queries.asked(actor, offer_id)
    hold(asked.post)
    hold(asked.offer)
    if asked.offer.passed_to_id is not None:
        return asked.offer.passed_to_id == colleague_id
    is_open = rules.is_open(asked.post, queries.duplicate_of(asked.post.id))
    if is_open:
        _point_out(actor, asked.post, [colleague_id], "colleague")
        asked.offer.passed_to_id = colleague_id
    asked.offer.reply, asked.offer.replied_at = OTHER, clock.now()
    session.flush()
    events.emit(OfferDeclined(asked.offer.id))
    return is_open


def ask_no_more(person_id: int) -> None:
    """Have somebody asked nothing from now on, until they say otherwise on their profile."""
    session.execute(update(Person).where(Person.id == person_id).values(asks_a_week=0))


def take_to_tell(offer_id: int) -> Offer | None:
    """Take on the writing of the letter about an offer; None when it is written, or there is nothing to tell."""
    offer = session.get(Offer, offer_id)
    if offer is None:
        return None
    hold(offer)
    if offer.told_at is not None or offer.reply is not None:
        return None
    offer.told_at = clock.now()
    return offer
