"""Letters to a network's members, and reports on a network."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import delete, insert, select

from kunnskap import audit, clock, events, text
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.desk import queries, rules
from kunnskap.desk.events import LetterSent
from kunnskap.desk.models import LetterRecipient, NetworkLetter, NetworkReport, ReportStory
from kunnskap.errors import Invalid, NotAllowed
from kunnskap.i18n import mark, say
from kunnskap.networks.models import Network, NetworkMember


def look_through(subject: str, body: str) -> None:
    """Raise Invalid, by field, for a letter that cannot be sent."""
    if problems := rules.letter_problems(subject, body):
        raise Invalid(**problems)


def send_letter(actor: Actor, network: Network, subject: str, body: str, submission_key: str | None) -> NetworkLetter:
    """Send a letter to everybody in a network who gets them; a form sent twice sends one. Raises Invalid by field."""
    if actor.person_id is None or not rules.may_use(actor, network.id):
        raise NotAllowed
    look_through(subject, body)
    hold(network)
    first = queries.letter_by_submission(actor.person_id, submission_key)
    if first is not None:
        return first
    people = queries.recipients(network.id)
    if not people:
        raise Invalid(subject=mark("Ingen i nettverket tar imot brev ennå."))
    letter = NetworkLetter(
        network_id=network.id,
        sender_id=actor.person_id,
        subject=" ".join(subject.split()),
        body=body,
        body_html=text.to_html(body),
        recipients=len(people),
        submission_key=submission_key or None,
    )
    session.add(letter)
    session.flush()
    session.execute(insert(LetterRecipient), [{"letter_id": letter.id, "person_id": number} for number in people])
    audit.note(actor, "network letter", f"network:{network.id}", {"letter": letter.id, "recipients": len(people)})
    events.emit(LetterSent(letter.id))
    return letter


def stop_letters(person_id: int, network_id: int) -> None:
    """Send somebody no more letters to a network; again is fine, and so is for one who is not in it any more."""
    mine = session.get(NetworkMember, (network_id, person_id))
    if mine is not None:
        hold(mine)
        mine.gets_letters = False


def make_report(actor: Actor, network: Network, since: date | None, until: date | None) -> NetworkReport:
    """Begin a report on a period; one that is begun and in which nothing is written yet is gone on with. Raises Invalid."""
    if not rules.may_use(actor, network.id):
        raise NotAllowed
    if problems := rules.report_problems(since, until):
        raise Invalid(**problems)
    hold(network)
    begun = queries.begun_report(network.id, since, until)
    if begun is not None:
        return begun
    report = NetworkReport(network_id=network.id, since=since, until=until, made_by_id=actor.person_id)
    session.add(report)
    session.flush()
    return report


def edit_report(actor: Actor, report: NetworkReport, words: str, stories: Mapping[int, str]) -> None:
    """Keep a report's words and the stories chosen for it, each with a word on why. Raises Invalid by field."""
    if not rules.may_use(actor, report.network_id):
        raise NotAllowed
    if len(stories) > rules.MOST_STORIES:
        raise Invalid(stories=say("Velg høyst %(count)s historier.", count=rules.MOST_STORIES))
    notes = {f"note-{number}": note for number, note in stories.items()}
    if problems := rules.report_problems(report.since, report.until, words) | rules.note_problems(notes):
        raise Invalid(**problems)
    known = queries.may_be_stories(report, stories)
    if known != set(stories):
        raise Invalid(stories=mark("Velg historier fra listen."))
    hold(report)
    report.words, report.edited_at = words, clock.now()
    for story in session.scalars(select(ReportStory).where(ReportStory.report_id == report.id)).all():
        session.delete(story)
    session.flush()
    session.add_all(
        ReportStory(report_id=report.id, post_id=number, position=position, note=note)
        for position, (number, note) in enumerate(stories.items())
    )
    session.flush()
    session.expire(report, ["stories"])


def remove_report(actor: Actor, network: Network, report_id: int) -> None:
    """Remove a report of the network; one that is gone already is gone."""
    if not rules.may_use(actor, network.id):
        raise NotAllowed
    gone = delete(NetworkReport).where(NetworkReport.id == report_id, NetworkReport.network_id == network.id)
    session.execute(gone)
