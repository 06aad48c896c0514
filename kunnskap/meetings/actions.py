"""Making and changing meetings: when they are, what is on the agenda, who comes and was there, and what is to be done."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import delete, select

from kunnskap import audit, clock, events, text
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.i18n import mark, say
from kunnskap.meetings import drawing, queries, rules, times
from kunnskap.meetings.events import HomeworkDue, MeetingMoved, ReminderDue
from kunnskap.meetings.models import AgendaItem, CalendarKey, Homework, HomeworkDone, Meeting, MeetingSignUp
from kunnskap.meetings.rules import Plan
from kunnskap.networks.models import Network
from kunnskap.people.models import Person

TOLD = ("title", "starts_at", "ends_at", "location", "link")
"""What those who come are told when it changes."""
UP, DOWN = -1, 1
LOOK_AHEAD = timedelta(days=21)
"""How far ahead something may be that people are reminded of today; Easter and Christmas are shorter."""


def make(actor: Actor, network: Network, plan: Plan, form_key: str = "") -> Meeting:
    """Make a meeting; a form sent twice gives back the first one. Raises Invalid by field of the form."""
    rules.expect_run(actor, network.id)
    rules.refuse(rules.problems(plan))
    hold(network)
    uid = rules.uid(actor.person_id or 0, form_key)
    first = queries.by_uid(uid)
    if first is not None:
        return first
    made = Meeting(network_id=network.id, made_by_id=actor.person_id, uid=uid)
    _write(made, plan)
    session.add(made)
    session.flush()
    made.network = network
    audit.note(actor, "meeting made", f"meeting:{made.id}", {"network": network.id})
    return made


def edit(actor: Actor, meeting: Meeting, plan: Plan) -> None:
    """Change a meeting; those who come are told of what matters to them. Raises Invalid by field of the form."""
    rules.expect_run(actor, meeting.network_id)
    if meeting.cancelled_at is not None:
        raise NotAllowed
    rules.refuse(rules.problems(plan, meeting))
    hold(meeting)
    before = [getattr(meeting, name) for name in TOLD]
    starts_at, everything = meeting.starts_at, [*before, meeting.description, meeting.audience]
    _write(meeting, plan)
    if everything == [*(getattr(meeting, name) for name in TOLD), meeting.description, meeting.audience]:
        return
    meeting.sequence, meeting.edited_at = meeting.sequence + 1, clock.now()
    session.flush()
    if meeting.starts_at != starts_at:
        for row in session.scalars(select(MeetingSignUp).where(MeetingSignUp.meeting_id == meeting.id)):
            row.reminded_at = None
    if before != [getattr(meeting, name) for name in TOLD] and not rules.is_over(meeting):
        events.emit(MeetingMoved(meeting.id))
    audit.note(actor, "meeting edited", f"meeting:{meeting.id}", {"network": meeting.network_id})


def cancel(actor: Actor, meeting: Meeting) -> None:
    """Call a meeting off and tell those who come; twice is once. What has been cannot be called off."""
    rules.expect_run(actor, meeting.network_id)
    hold(meeting)
    if meeting.cancelled_at is not None:
        return
    if rules.is_over(meeting):
        raise NotAllowed
    meeting.cancelled_at, meeting.sequence = clock.now(), meeting.sequence + 1
    events.emit(MeetingMoved(meeting.id))
    audit.note(actor, "meeting cancelled", f"meeting:{meeting.id}", {"network": meeting.network_id})


def _write(meeting: Meeting, plan: Plan) -> None:
    meeting.title, meeting.audience = " ".join(plan.title.split()), plan.audience
    meeting.starts_at, meeting.ends_at = plan.starts_at, plan.ends_at
    meeting.location, meeting.link = plan.location, plan.link
    meeting.description, meeting.description_html = plan.description, text.to_html(plan.description)


def sign_up(actor: Actor, meeting: Meeting, *, is_coming: bool) -> None:
    """Say that one comes, or does not; the last word counts."""
    if actor.person_id is None or not rules.may_sign_up(actor, meeting):
        raise NotAllowed
    hold(meeting)
    mine = queries.sign_up(actor, meeting)
    if mine is None:
        session.add(MeetingSignUp(meeting_id=meeting.id, person_id=actor.person_id, is_coming=is_coming))
    elif mine.is_coming != is_coming:
        mine.is_coming, mine.signed_at = is_coming, clock.now()
    session.flush()


def add_point(actor: Actor, meeting: Meeting, title: str, note: str) -> None:
    """Put something on the agenda by hand, last; the same title twice is there once. Raises Invalid by field."""
    _may_change_agenda(actor, meeting)
    title = " ".join(title.split())
    _check_point(title, note)
    hold(meeting)
    points = _points(meeting)
    if any(one.title == title and one.note == note for one in points):
        return
    _expect_room(len(points) + 1)
    session.add(AgendaItem(meeting_id=meeting.id, position=len(points), title=title, note=note))
    session.flush()


def draw(actor: Actor, meeting: Meeting, post_ids: Collection[int]) -> int:
    """Put posts on the agenda, the oldest first; what is there already, or may not be, is passed over. Gives how many."""
    _may_change_agenda(actor, meeting)
    hold(meeting)
    found = drawing.drawable(actor, meeting, post_ids)
    points = _points(meeting)
    _expect_room(len(points) + len(found))
    for position, post in enumerate(found, len(points)):
        # The title stays with the post, so that it shows only to those who may read the post.
        session.add(AgendaItem(meeting_id=meeting.id, position=position, title="", post_id=post.id))
    session.flush()
    return len(found)


def change_point(actor: Actor, meeting: Meeting, item_id: int, title: str, note: str) -> None:
    """Change a point; the title of one that was drawn from a post is the post's. Raises Invalid by field."""
    _may_change_agenda(actor, meeting)
    hold(meeting)
    point = _point(meeting, item_id)
    was_drawn = not point.title
    title = " ".join(title.split())
    _check_point("-" if was_drawn else title, note)
    point.note = note
    if not was_drawn:
        point.title = title
    session.flush()


def move_point(actor: Actor, meeting: Meeting, item_id: int, step: int) -> None:
    """Move a point one place up or down; the first and the last stay where they are."""
    _may_change_agenda(actor, meeting)
    hold(meeting)
    points = _points(meeting)
    here = points.index(_point(meeting, item_id))
    there = here + step
    if 0 <= there < len(points):
        points[here], points[there] = points[there], points[here]
    for position, one in enumerate(points):
        one.position = position
    session.flush()


def remove_point(actor: Actor, meeting: Meeting, item_id: int) -> None:
    """Take a point off the agenda; one that is gone is gone."""
    _may_change_agenda(actor, meeting)
    hold(meeting)
    session.execute(delete(AgendaItem).where(AgendaItem.id == item_id, AgendaItem.meeting_id == meeting.id))


def note_attendance(actor: Actor, meeting: Meeting, person_ids: Collection[int]) -> int:
    """Write down who was there, of the network and those who signed up; gives how many."""
    rules.expect_run(actor, meeting.network_id)
    if not rules.has_begun(meeting) or meeting.cancelled_at is not None:
        raise NotAllowed
    hold(meeting)
    there = 0
    for person, row in queries.might_have_attended(meeting):
        was_there = person.id in person_ids
        there += was_there
        if row is not None:
            row.attended = was_there
        elif was_there:
            session.add(MeetingSignUp(meeting_id=meeting.id, person_id=person.id, is_coming=False, attended=True))
    session.flush()
    audit.note(actor, "meeting attendance", f"meeting:{meeting.id}", {"people": there})
    return there


def give_homework(
    actor: Actor, meeting: Meeting, words: str, *, person_id: int | None, due_on: date | None
) -> Homework:
    """Write down what is to be done, by a member or (without one) by everybody; sent twice it is there once.

    Raises Invalid by field.
    """
    rules.expect_run(actor, meeting.network_id)
    words = " ".join(words.split())
    found = rules.too_long({"words": (words, rules.LONGEST_NOTE)}) | rules.numbers({"words": words})
    if not words:
        found["words"] = mark("Skriv hva som skal gjøres.")
    if person_id is not None and person_id not in {one.id for one in queries.members(meeting.network_id)}:
        found["person"] = mark("Velg en som er med i nettverket.")
    if due_on is not None and due_on < meeting.starts_at.astimezone(clock.HERE).date():
        found["due"] = mark("Fristen kan ikke være før møtet.")
    rules.refuse(found)
    hold(meeting)
    return _homework(meeting, words, person_id, due_on)


def _homework(meeting: Meeting, words: str, person_id: int | None, due_on: date | None) -> Homework:
    there = session.scalars(select(Homework).where(Homework.meeting_id == meeting.id)).all()
    same = [one for one in there if (one.words, one.person_id, one.due_on) == (words, person_id, due_on)]
    if same:
        return same[0]
    if len(there) >= rules.MOST_HOMEWORK:
        raise Invalid(words=say("Et møte kan ha høyst %(count)s oppgaver.", count=rules.MOST_HOMEWORK))
    given = {"words": words, "person_id": person_id, "due_on": due_on, "is_everybodys": person_id is None}
    made = Homework(meeting_id=meeting.id, **given)
    session.add(made)
    session.flush()
    return made


def remove_homework(actor: Actor, homework: Homework, meeting: Meeting) -> None:
    """Take back what was to be done."""
    rules.expect_run(actor, meeting.network_id)
    session.delete(homework)
    session.flush()


def settle_homework(actor: Actor, homework: Homework, meeting: Meeting, *, done: bool) -> None:
    """Say that one has done it, or not after all; twice is once."""
    if actor.person_id is None or not rules.may_settle(actor, homework, meeting.network_id):
        raise NotAllowed
    hold(homework)
    row = session.get(HomeworkDone, (homework.id, actor.person_id))
    if done and row is None:
        session.add(HomeworkDone(homework_id=homework.id, person_id=actor.person_id))
    elif not done and row is not None:
        session.delete(row)
    session.flush()


def new_calendar_address(actor: Actor) -> None:
    """Shut the actor's calendar address, so that the next one is another."""
    if actor.person_id is None:
        raise NotAllowed
    hold(session.get_one(Person, actor.person_id))
    key = session.get(CalendarKey, actor.person_id)
    if key is None:
        session.add(CalendarKey(person_id=actor.person_id, number=2))
    else:
        key.number += 1
    session.flush()


def _may_change_agenda(actor: Actor, meeting: Meeting) -> None:
    rules.expect_run(actor, meeting.network_id)
    if meeting.cancelled_at is not None:
        raise NotAllowed


def _check_point(title: str, note: str) -> None:
    sizes = {"title": (title, rules.LONGEST_TITLE), "note": (note, rules.LONGEST_NOTE)}
    found = rules.too_long(sizes) | rules.numbers({"title": title, "note": note})
    if not title:
        found["title"] = mark("Skriv hva dere skal snakke om.")
    rules.refuse(found)


def _expect_room(count: int) -> None:
    if count > rules.MOST_POINTS:
        raise Invalid(title=say("En dagsorden kan ha høyst %(count)s punkter.", count=rules.MOST_POINTS))


def _points(meeting: Meeting) -> list[AgendaItem]:
    rows = select(AgendaItem).where(AgendaItem.meeting_id == meeting.id)
    return list(session.scalars(rows.order_by(AgendaItem.position, AgendaItem.id)))


def _point(meeting: Meeting, item_id: int) -> AgendaItem:
    found = session.get(AgendaItem, item_id)
    if found is None or found.meeting_id != meeting.id:
        raise NotFound
    return found


def find_due() -> None:
    """Have those reminded whose meeting is on the next working day or whose homework is soon due; each once."""
    _find_due_meetings()
    _find_due_homework()


def _find_due_meetings() -> None:
    now = clock.now()
    for meeting in queries.due_for_reminder(now + LOOK_AHEAD):
        reminds_at = times.reminds_at(meeting.starts_at)
        if reminds_at > now:
            continue
        hold(meeting)
        # Whoever said so after that morning knows it already.
        waiting = queries.waiting_comers(meeting, reminds_at)
        for row in waiting:
            row.reminded_at = now
        events.emit_all(ReminderDue(meeting.id, row.person_id) for row in waiting)


def _find_due_homework() -> None:
    today = clock.today()
    if clock.now().astimezone(clock.HERE).hour < times.MORNING:
        return
    for homework in queries.homework_to_remind_of(today + LOOK_AHEAD):
        if homework.due_on is None or not times.homework_reminds(homework.due_on, today):
            continue
        hold(homework)
        if homework.reminded_at is not None:
            continue
        homework.reminded_at = clock.now()
        meeting = session.get_one(Meeting, homework.meeting_id)
        people = queries.have_not_done(homework, meeting.network_id)
        events.emit_all(HomeworkDue(homework.id, person_id) for person_id in people)
