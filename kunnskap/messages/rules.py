"""Who can write to whom, and what a message may say. Pure: no database, no request."""

from kunnskap import personal_numbers
from kunnskap.actor import Actor
from kunnskap.i18n import Message as Words
from kunnskap.i18n import mark, say
from kunnskap.people.models import Person

LONGEST, LONGEST_SUBJECT = 5_000, 120
"""Characters."""
FIRST_WORDS = 300
"""How much of a message the mail about it tells."""
SENDING, SENDING_NEW = "20 per hour", "6 per hour"
"""How many messages somebody may send, and how many while they are new here."""
STARTING, STARTING_NEW = "5 per hour;20 per day", "2 per hour;4 per day"
"""How many new conversations somebody may begin, and how many while they are new here."""
SELF, CLOSED, BLOCKING = "self", "closed", "blocking"
"""Why one cannot write: to oneself, to somebody who takes no messages (from the actor, or at all), to whom one has
asked for none from. Whoever is not wanted is told what is told about those without an account."""
WHY_NOT = {
    SELF: mark("Du kan ikke skrive til deg selv."),
    CLOSED: mark("Det går ikke an å skrive til denne personen her nå."),
    BLOCKING: mark("Du har sagt at du ikke vil ha meldinger fra denne personen. Ta imot igjen, så kan dere skrive."),
}


def why_not(actor: Actor, person: Person, *, takes_messages: bool, blocking: bool, blocked: bool) -> str | None:
    """Say why the actor cannot write to somebody, as a key of WHY_NOT; None when they can."""
    if actor.person_id == person.id:
        return SELF
    if blocking:
        return BLOCKING
    return None if takes_messages and not blocked and not person.is_former else CLOSED


def problems(body: str, subject: str | None = None) -> dict[str, str | Words]:
    """Say what is wrong with a message, by field; `subject` is none in an answer."""
    found: dict[str, str | Words] = {}
    if not body.strip():
        found["body"] = mark("Skriv meldingen.")
    elif len(body) > LONGEST:
        found["body"] = say("Meldingen er for lang. Den kan ha høyst %(count)s tegn.", count=LONGEST)
    if subject is not None and not subject.strip():
        found["subject"] = mark("Skriv hva det gjelder.")
    elif subject is not None and len(subject) > LONGEST_SUBJECT:
        found["subject"] = say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=LONGEST_SUBJECT)
    return personal_numbers.problems({"body": body, "subject": subject or ""}) | found
