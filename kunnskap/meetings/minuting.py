"""Minutes, and what becomes of them: a part is posted in the name of the one who said it, once that person says yes."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from kunnskap import audit, clock, events, text
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.experiences import actions as experiences
from kunnskap.experiences.rules import Facts
from kunnskap.i18n import mark
from kunnskap.meetings import queries, rules, times
from kunnskap.meetings.events import PartProposed
from kunnskap.meetings.models import APPROVED, DECLINED, PROPOSED, Meeting, MinutesPart
from kunnskap.posts import queries as posts
from kunnskap.posts import rules as post_rules
from kunnskap.posts.actions import Content
from kunnskap.posts.kinds import QUESTION
from kunnskap.posts.models import Post
from kunnskap.questions import actions as questions

FROM = {"nb": "Fra møte i", "nn": "Frå møte i", "en": "From a meeting in"}
"""How the words begin that say where a post comes from, in the language of the post."""
NO_QUESTION = mark(
    "Spørsmålet tar ikke imot svar lenger: Det er låst, trukket tilbake eller borte. "
    "Teksten din er tatt vare på her. Du kan kopiere den og dele den som en erfaring i stedet."
)


@dataclass(frozen=True)
class Wish:
    """What a coordinator wants a section to become, and who said it."""

    section: int
    speaker_id: int
    becomes: str
    question_id: int | None = None


def write(actor: Actor, meeting: Meeting, minutes: str, seen: str) -> bool:
    """Keep the minutes. `seen` is the digest of the text they were written from; False, and nothing is kept, when
    somebody has written something else in between. Raises Invalid on `minutes`."""
    rules.expect_run(actor, meeting.network_id)
    sizes = {"minutes": (minutes, rules.LONGEST_MINUTES)}
    rules.refuse(rules.too_long(sizes) | rules.numbers({"minutes": minutes}))
    hold(meeting)
    if minutes == meeting.minutes:
        return True
    if seen != rules.digest(meeting.minutes):
        return False
    meeting.minutes, meeting.minutes_html = minutes, text.to_html(minutes)
    meeting.minutes_at = clock.now() if minutes else None
    session.flush()
    audit.note(actor, "meeting minutes", f"meeting:{meeting.id}", {"network": meeting.network_id})
    return True


def propose(actor: Actor, meeting: Meeting, wish: Wish, seen: str) -> MinutesPart:
    """Ask a speaker whether a section may be posted in their name; the same wish twice is one.

    Raises Invalid by field, and when the minutes are no longer those with the digest `seen`.
    """
    rules.expect_run(actor, meeting.network_id)
    hold(meeting)
    section = next((one for one in rules.sections(meeting.minutes) if one.number == wish.section), None)
    if section is None or seen != rules.digest(meeting.minutes):
        raise Invalid(section=mark("Referatet er endret i mellomtiden. Se over det og velg delen på nytt."))
    _check_wish(actor, meeting, wish, section)
    made = MinutesPart(
        meeting_id=meeting.id,
        heading=section.heading,
        body=section.body,
        becomes=wish.becomes,
        question_id=wish.question_id if wish.becomes == rules.ANSWER else None,
        speaker_id=wish.speaker_id,
        proposed_by_id=actor.person_id,
    )
    first = _same(made)
    if first is not None:
        return first
    session.add(made)
    session.flush()
    events.emit(PartProposed(made.id))
    audit.note(actor, "minutes part proposed", f"meeting:{meeting.id}", {"person": wish.speaker_id})
    return made


def _check_wish(actor: Actor, meeting: Meeting, wish: Wish, section: rules.Section) -> None:
    found: rules.Problems = {}
    if not section.body:
        found["section"] = mark("Denne delen har ingen tekst under overskriften.")
    if wish.becomes not in (rules.ANSWER, rules.EXPERIENCE):
        found["becomes"] = mark("Velg en av verdiene i listen.")
    if wish.speaker_id not in {one.id for one in queries.members(meeting.network_id)}:
        found["speaker"] = mark("Velg en som er med i nettverket og kan logge inn.")
    asked = {point.post.id for point in queries.agenda(actor, meeting) if point.post and point.post.kind is QUESTION}
    if wish.becomes == rules.ANSWER and wish.question_id not in asked:
        found["question"] = mark("Velg et spørsmål som står på dagsordenen.")
    rules.refuse(found)


def _same(part: MinutesPart) -> MinutesPart | None:
    names = ("meeting_id", "heading", "body", "becomes", "question_id", "speaker_id")
    alike = [getattr(MinutesPart, name) == getattr(part, name) for name in names]
    return session.scalar(select(MinutesPart).where(*alike, MinutesPart.state.in_((PROPOSED, APPROVED))).limit(1))


def question_of(speaker: Actor, part: MinutesPart) -> Post | None:
    """Give the question an answer is for, or what it was merged into, if the speaker may see it."""
    return posts.elsewhere(speaker, part.question_id) if part.question_id is not None else None


def source(part: MinutesPart, language: str) -> str:
    """Say where a post comes from: "Fra møte i Prøvenettverket 24. november 2026"."""
    spoken = language if language in FROM else "nb"
    day = times.written_day(part.meeting.starts_at, spoken)
    return f"{FROM[spoken]} {part.meeting.network.name} {day}"


def approve_answer(speaker: Actor, part: MinutesPart, body: str, language: str) -> Post:
    """Post a part as the speaker's answer; approved before, the first stands. Raises Invalid on `body`."""
    first = _settled(speaker, part)
    if first is not None:
        return first
    question = question_of(speaker, part)
    if question is None or question.kind is not QUESTION or not post_rules.may_reply(speaker, question):
        raise Invalid(body=NO_QUESTION)
    content = Content(_with_source(body, part, language), language=language)
    return _approved(part, questions.answer(speaker, question, content, _key(part)))


def approve_experience(speaker: Actor, part: MinutesPart, content: Content, facts: Facts) -> Post:
    """Share a part as the speaker's experience; approved before, the first stands. Raises Invalid by field."""
    first = _settled(speaker, part)
    if first is not None:
        return first
    content = replace(content, body=_with_source(content.body, part, content.language))
    return _approved(
        part, experiences.share(speaker, content, replace(facts, contact_id=speaker.person_id), _key(part))
    )


def decline(speaker: Actor, part: MinutesPart) -> None:
    """Say no: nothing is posted. Twice is once; what is posted already its writer takes back on its own page."""
    _expect_speaker(speaker, part)
    hold(part)
    if part.state == APPROVED:
        raise NotAllowed
    if part.state == PROPOSED:
        part.state, part.settled_at = DECLINED, clock.now()
    session.flush()


def _settled(speaker: Actor, part: MinutesPart) -> Post | None:
    """Hold the part and give what it became already; raises NotAllowed when the speaker has said no."""
    _expect_speaker(speaker, part)
    hold(part)
    if part.state == DECLINED:
        raise NotAllowed
    if part.state != APPROVED:
        return None
    found = session.get(Post, part.post_id) if part.post_id is not None else None
    if found is None:
        raise NotFound
    return found


def _approved(part: MinutesPart, made: Post) -> Post:
    part.state, part.settled_at, part.post_id = APPROVED, clock.now(), made.id
    session.flush()
    return made


def _with_source(body: str, part: MinutesPart, language: str) -> str:
    return f"{body.strip()}\n\n*{source(part, language)}*" if body.strip() else ""


def _key(part: MinutesPart) -> str:
    return f"referat-{part.id}"


def _expect_speaker(speaker: Actor, part: MinutesPart) -> None:
    if not speaker.is_member or speaker.person_id != part.speaker_id:
        raise NotFound
