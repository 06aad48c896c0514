"""Plain makers of rows for tests. Everything made here is committed; people are obviously test people."""

import itertools
from datetime import date
from typing import Any, TypeVar

from sqlalchemy.orm.attributes import set_committed_value

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.db import Base, session
from kunnskap.events import emit
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.networks.models import Network, NetworkPlace
from kunnskap.people.models import Person
from kunnskap.places.models import COUNTY, MUNICIPALITY, Place
from kunnskap.posts.events import PostChanged, PostPublished
from kunnskap.posts.kinds import ANSWER, ANSWERED, EXPERIENCE, QUESTION, SOLVED, UNANSWERED, Kind
from kunnskap.posts.models import Post, Revision
from kunnskap.questions.models import QuestionDetails
from kunnskap.themes.models import Theme

_numbers = itertools.count(1)
OF_ACCOUNT = {"confirmed_at", "approved_at", "trusted_at", "seen_at", "suspended_until", "closed_at", "totp_secret"}
Row = TypeVar("Row", bound=Base)


def keep(row: Row) -> Row:
    """Commit a row and return it."""
    session.add(row)
    session.commit()
    return row


def county(name: str = "Telemark", number: str = "40", **facts: Any) -> Place:
    """A county that exists today."""
    return keep(Place(kind=COUNTY, name=name, number=number, valid_from=date(2024, 1, 1), **facts))


def place(name: str = "Skien", number: str = "4003", **facts: Any) -> Place:
    """A municipality that exists today."""
    return keep(Place(kind=MUNICIPALITY, name=name, number=number, valid_from=date(2024, 1, 1), **facts))


def theme(slug: str = "klimabudsjett", name: str = "Klimabudsjett", **facts: Any) -> Theme:
    """A theme; the same name in every language unless told otherwise."""
    names = {"name_nb": name, "name_nn": name, "name_en": name, "position": next(_numbers)}
    return keep(Theme(slug=slug, **(names | facts)))


def network(slug: str = "testnettverk", name: str = "Testnettverk", **facts: Any) -> Network:
    """A network without members."""
    return keep(Network(slug=slug, name=name, **facts))


def belongs(network: Network, place: Place, **facts: Any) -> NetworkPlace:
    """A place takes part in a network; `since` and `until` may be given."""
    return keep(NetworkPlace(network_id=network.id, place_id=place.id, **facts))


def person(name: str = "Test Testesen", place: Place | None = None, **facts: Any) -> Person:
    """Somebody in the directory, without an account."""
    kind = "municipality" if place else "other"
    made = Person(name=name, place_id=place.id if place else None, **({"workplace_kind": kind} | facts))
    made.place = place
    return keep(made)


def account(name: str = "Test Testesen", role: str = "member", place: Place | None = None, **facts: Any) -> Account:
    """Somebody who can sign in, with a confirmed address at skien.kommune.no."""
    email = facts.pop("email", f"test.person{next(_numbers)}@skien.kommune.no")
    password = facts.pop("password_hash", None)
    own = {name: facts.pop(name) for name in OF_ACCOUNT & facts.keys()}
    face = person(name, place, **({"email": email} | facts))
    now = clock.now()
    proven = {"confirmed_at": now, "approved_at": now, "trusted_at": now, "place_id": place.id if place else None}
    made = Account(email=email, role=role, person_id=face.id, password_hash=password, **(proven | own))
    made.person = face
    keep(made)
    set_committed_value(made, "memberships", None)
    return made


def post(kind: Kind, author: Account | Person | None = None, **facts: Any) -> Post:
    """A post as the kernel keeps it: rendered, with its first revision, and told about.

    `themes` and `places` are lists of rows; any other column may be given.
    """
    face = author.person if isinstance(author, Account) else author or person("Prøve Person")
    facts = {"title": "Prøvetittel" if kind.has_title else "", "body": "Prøvetekst"} | facts
    made = Post(kind_key=kind.key, author_id=face.id, **facts)
    made.write(made.body)
    made.author = face
    session.add(made)
    session.flush()
    session.add(Revision(post_id=made.id, editor_id=face.id, title=made.title, body=made.body))
    emit(PostPublished(made.id, made.parent_id or made.id))
    session.commit()
    return made


def question(author: Account | Person | None = None, **facts: Any) -> Post:
    """A question nobody has answered."""
    made = post(QUESTION, author, **({"status": UNANSWERED} | facts))
    keep(QuestionDetails(post_id=made.id))
    return made


def answer(to: Post, author: Account | Person | None = None, *, accepted: bool = False, **facts: Any) -> Post:
    """An answer to a question."""
    made = post(ANSWER, author, parent_id=to.id, **facts)
    asked = session.get_one(Post, to.id)
    asked.answer_count += 1
    asked.status = SOLVED if accepted else ANSWERED
    if accepted:
        session.get_one(QuestionDetails, to.id).accepted_answer_id = made.id
    emit(PostChanged(asked.id, asked.id))
    session.commit()
    return made


def experience(author: Account | Person | None = None, details: dict[str, Any] | None = None, **facts: Any) -> Post:
    """An experience that was carried out; `details` are columns of ExperienceDetails."""
    made = post(EXPERIENCE, author, **({"status": "gjennomfort"} | facts))
    keep(ExperienceDetails(post_id=made.id, **(details or {})))
    return made
