"""What a person leaves behind in the rooms of people, places and networks: a row of every kind."""

from datetime import timedelta

from kunnskap import clock
from kunnskap.collections.models import Collection, CollectionItem
from kunnskap.db import session
from kunnskap.desk.models import LetterRecipient, NetworkLetter, NetworkReport, ReportStory
from kunnskap.expertise.models import LearningPair
from kunnskap.handover.models import Handover
from kunnskap.meetings.models import CalendarKey, Homework, HomeworkDone, Meeting, MeetingSignUp, MinutesPart
from kunnskap.messages.models import Block, Conversation, ConversationSide, Message, Talk
from kunnskap.people.models import Person, Position, ProfileReport
from kunnskap.routing.models import Offer
from kunnskap.year_wheel.models import YearEvent
from tests import factories

STAYS = "Ord som andre har fått"


def leave_everywhere(mine: int, theirs: int, words: str, others_words: str) -> None:
    """Have `mine` and `theirs` (people) leave traces that tell `words` and `others_words`.

    What one wrote to others and for a network stays with them, so it tells STAYS.
    """
    today = clock.today()
    network, theme = factories.network("sporene"), factories.theme("sporene")
    question = factories.question(title="Spor", themes=[theme])
    factories.answer(question, session.get_one(Person, mine))
    session.add_all(
        [
            Position(person_id=mine, role=words, organisation="Prøveverket", until=today),
            ProfileReport(person_id=theirs, reporter_id=mine, what="wrong", words=STAYS),
            ProfileReport(person_id=mine, reporter_id=theirs, what="wrong", words=others_words),
            LearningPair(learner_id=mine, guide_id=theirs, theme_id=theme.id),
            LearningPair(learner_id=theirs, guide_id=mine, theme_id=theme.id),
            Offer(question_id=question.id, person_id=mine, step="first"),
            Offer(question_id=question.id, person_id=theirs, step="chosen", chosen_by_id=mine, passed_to_id=mine),
            Block(blocker_id=mine, blocked_id=theirs),
            Handover(person_id=mine, successor_id=theirs, made_by_id=theirs, leaves_on=today, words=words),
            Handover(person_id=theirs, successor_id=mine, made_by_id=mine, leaves_on=today, words="Til deg"),
            YearEvent(slug="spor", title="Spor", month=3, day=1, edited_by_id=mine),
        ]
    )
    _in_conversations(mine, theirs, words, others_words)
    _in_networks(network.id, question.id, mine, words)
    question.keeper_id = mine
    session.merge(question)
    session.commit()


def _in_conversations(mine: int, theirs: int, words: str, others_words: str) -> None:
    said = Conversation(subject="Samtale", started_at=clock.now())
    said.sides = [ConversationSide(person_id=mine), ConversationSide(person_id=theirs)]
    session.add(said)
    session.flush()
    first = Message(conversation_id=said.id, sender_id=mine, body=STAYS, body_html="", submission_key="nøkkel")
    second = Message(conversation_id=said.id, sender_id=theirs, body=others_words, body_html="")
    session.add_all([first, second])
    session.flush()
    session.add(Talk(message_id=first.id, where=words, times=["2027-01-11T09:00:00+00:00"], uid="spor@kunnskap"))


def _in_networks(network_id: int, question_id: int, mine: int, words: str) -> None:
    now, today = clock.now(), clock.today()
    shared = Collection(network_id=network_id, title="Samling", made_by_id=mine)
    shared.items = [CollectionItem(position=1, person_id=mine, note="Vet mye")]
    meeting = Meeting(
        network_id=network_id,
        title="Møte",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        made_by_id=mine,
        uid="møte",
    )
    letter = NetworkLetter(
        network_id=network_id, sender_id=mine, subject="Brev", body=STAYS, body_html="", recipients=1
    )
    report = NetworkReport(network_id=network_id, since=today, until=today, words=STAYS, made_by_id=mine)
    report.stories = [ReportStory(post_id=question_id)]
    session.add_all([shared, meeting, letter, report])
    session.flush()
    task = Homework(meeting_id=meeting.id, words=STAYS, person_id=mine)
    session.add_all(
        [
            MeetingSignUp(meeting_id=meeting.id, person_id=mine),
            MinutesPart(
                meeting_id=meeting.id, heading="Punkt", body=words, becomes="answer", speaker_id=mine,
                proposed_by_id=mine,
            ),
            CalendarKey(person_id=mine),
            LetterRecipient(letter_id=letter.id, person_id=mine),
            task,
        ]
    )  # fmt: skip
    session.flush()
    session.add(HomeworkDone(homework_id=task.id, person_id=mine))
