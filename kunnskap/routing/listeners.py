"""Asks people when a question comes, climbs the ladder when nobody answers, and writes the letters about both."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from kunnskap import clock, events, letters, mail, signed, worker
from kunnskap.accounts.models import Account
from kunnskap.db import session
from kunnskap.expertise.queries import near_ids, records_of
from kunnskap.i18n import Message, mark, say
from kunnskap.people.models import HELPING, Person, PersonTheme
from kunnskap.people.rules import is_away
from kunnskap.places import comparing
from kunnskap.posts.events import PostChanged, PostPublished
from kunnskap.posts.models import Post
from kunnskap.posts.rules import may_see
from kunnskap.rights import MEMBER
from kunnskap.routing import actions, queries, rules
from kunnskap.routing.events import OfferDeclined, OfferMade, QuestionToRoute, StepDue
from kunnskap.routing.models import CHOSEN, COORDINATOR, COUNTY, Offer
from kunnskap.themes import queries as themes

EVERY = 300.0
"""Seconds between looks for questions that have waited long enough."""
OF_STEP = {
    COORDINATOR: mark("Spørsmålet har ventet i flere dager uten svar, og du er koordinator for et nettverk."),
    COUNTY: mark("Spørsmålet har ventet i over en uke uten svar, og du jobber i en fylkeskommune."),
}
NO_NAME = mark("Den som spør, ønsker at du blir spurt.")


@dataclass(frozen=True)
class Router:
    """Asks and writes. `address` is the site's own, `secret` signs the links by which one replies without signing in."""

    address: str
    secret: str = field(repr=False)

    def listen(self) -> None:
        """Begin to ask, and to look for who has waited long enough."""
        worker.every(EVERY, actions.find_due)
        events.listen(self.notice, PostPublished, PostChanged)
        events.listen(self.settle, QuestionToRoute)
        events.listen(self.climb, StepDue)
        events.listen(self.fill, OfferDeclined)
        events.listen(self.tell, OfferMade)

    def notice(self, happened: Sequence[PostPublished | PostChanged]) -> None:
        """Find the questions that something is to be done about."""
        actions.notice(happened)

    def settle(self, came: Sequence[QuestionToRoute]) -> None:
        """Begin to ask about a question, stop, or go on."""
        for one in came:
            actions.settle(one.question_id)

    def climb(self, due: Sequence[StepDue]) -> None:
        """Take the next step; when all were taken in vain, tell the one who asked."""
        for one in due:
            if actions.climb(one.question_id, one.step):
                self._tell_asker(one.question_id)

    def fill(self, declined: Sequence[OfferDeclined]) -> None:
        """Ask somebody else."""
        for one in declined:
            actions.fill(one.offer_id)

    def tell(self, made: Sequence[OfferMade]) -> None:
        """Write to those who are asked: once, and only while the question waits and they may see it."""
        for one in made:
            offer = actions.take_to_tell(one.offer_id)
            question = session.get(Post, offer.question_id) if offer else None
            account = queries.accounts([offer.person_id]).get(offer.person_id) if offer else None
            if offer is None or question is None or account is None:
                continue
            is_open = rules.is_open(question, queries.duplicate_of(question.id))
            if is_open and may_see(account.acting_as(MEMBER), question):
                self._write(offer, question, account)

    def _write(self, offer: Offer, question: Post, account: Account) -> None:
        link = f"{self.address}/spurt/lenke/{signed.mark(self.secret, rules.LINK, {'offer': offer.id})}"
        stop = f"{self.address}/spurt/stopp/{signed.mark(self.secret, rules.STOP, {'person': account.person_id})}"
        subject, text = letters.write(
            "offer",
            account.person.language,
            title=question.title,
            excerpt=question.excerpt,
            asker=_asker(question),
            reasons=why(offer, question, account.person),
            ways={way: f"{link}/{way}" for way in rules.WAYS},
            page=f"{self.address}/sporsmal/{question.slug}",
            site=self.address,
            stop=stop,
        )
        mail.send(account.email, subject, text, stop)

    def _tell_asker(self, question_id: int) -> None:
        question = session.get_one(Post, question_id)
        account = queries.accounts([question.author_id]).get(question.author_id)
        if account is not None:
            page = f"{self.address}/sporsmal/{question.slug}"
            mail.send(
                account.email,
                *letters.write("offer_ended", account.person.language, title=question.title, page=page),
            )


def _asker(question: Post) -> str:
    """Name who asks, and from where; nothing of one who asked without a name."""
    if question.hides_author:
        return ""
    name = session.scalar(select(Person.name).where(Person.id == question.author_id)) or ""
    return f"{name} ({question.workplace})" if question.workplace else name


def why(offer: Offer, question: Post, person: Person) -> list[Message]:
    """Say in plain words why somebody is asked; nothing that tells who asked without a name."""
    found: list[Message] = []
    if offer.step == CHOSEN:
        found.append(_chosen(offer, question))
    elif offer.step in OF_STEP:
        found.append(Message(OF_STEP[offer.step]))
    asked_of = {theme.id: theme.name_in(person.language) for theme in themes.every() if theme.id in _near(question)}
    shown = {
        asked_of[record.theme_id]: record.answers + record.experiences + record.documents
        for record in records_of([person.id], list(asked_of) or [0]).get(person.id, [])
    }
    rows = select(PersonTheme.theme_id).where(PersonTheme.person_id == person.id, PersonTheme.level.in_(HELPING))
    says = [asked_of[number] for number in dict.fromkeys(session.scalars(rows)) if number in asked_of]
    here = rules.asked_from(question)
    likeness = comparing.scores(here).get(person.place_id or 0, 0.0) if here != person.place_id else 0.0
    found += rules.reasons(shown, says, likeness)
    return found if found or offer.step == CHOSEN else _for_another(person)


def _near(question: Post) -> frozenset[int]:
    own = queries.theme_ids(question.id)
    return near_ids(own) if own else frozenset()


def _chosen(offer: Offer, question: Post) -> Message:
    if offer.chosen_by_id in {question.author_id, None} and question.hides_author:
        return Message(NO_NAME)
    name = session.scalar(select(Person.name).where(Person.id == offer.chosen_by_id))
    return say("%(name)s mente at du kan svare.", name=name) if name else Message(NO_NAME)


def _for_another(person: Person) -> list[Message]:
    away = session.scalars(select(Person).where(Person.stand_in_id == person.id)).all()
    return [
        say("Du er stedfortreder for %(name)s, som er borte nå.", name=one.name)
        for one in away
        if is_away(one, clock.today())
    ]
