"""What people tell the site's owners, kept, passed on and in the end thrown away."""

from sqlalchemy import delete, select

from kunnskap import audit, clock, letters, mail, personal_numbers
from kunnskap.accounts.rules import checked_email
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.home import rules
from kunnskap.home.models import Feedback
from kunnskap.i18n import mark


def tell(page: str, words: str, email: str = "", *, contact: str = "") -> Feedback:
    """Keep what somebody finds hard to use, and mail it to `contact` if there is such an address.

    What is sent twice is kept once. Raises Invalid for no words, for identity and account numbers, and for an address that no answer could be sent to.
    """
    if not words.strip():
        raise Invalid(words=mark("Skriv hva som er vanskelig."))
    if problems := personal_numbers.problems({"page": page, "words": words}):
        raise Invalid(**problems)
    email = checked_email(email) if email else ""
    same = session.scalar(
        select(Feedback).where(
            Feedback.page == page,
            Feedback.words == words,
            Feedback.email == email,
            Feedback.made_at > clock.now() - rules.SAME,
        )
    )
    if same is not None:
        return same
    told = Feedback(page=page, words=words, email=email)
    session.add(told)
    session.flush()
    if contact:
        mail.send(contact, *letters.write("feedback", letters.BOKMAL, told=told))
    return told


def handle_feedback(actor: Actor, feedback_id: int) -> None:
    """Say that something told has been seen to; raises NotAllowed to others than moderators, and NotFound."""
    if not actor.may("moderate"):
        raise NotAllowed
    told = session.get(Feedback, feedback_id)
    if told is None:
        raise NotFound
    if told.handled_at is None:
        told.handled_at = clock.now()
        audit.note(actor, "feedback handled", f"feedback:{told.id}")


def tidy() -> None:
    """Throw away what was seen to long ago."""
    session.execute(delete(Feedback).where(Feedback.handled_at < clock.now() - rules.KEPT))
