"""Taking in people."""

from sqlalchemy import delete, select

from kunnskap import events
from kunnskap.cli.importing.known import PEOPLE, Known
from kunnskap.cli.importing.lines import Line
from kunnskap.db import session
from kunnskap.people.events import PersonChanged
from kunnskap.people.models import GUIDE, Person, PersonTheme


class People:
    """Takes person lines: a new person, the same one again by outside id, or one already here by e-mail."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._seen: dict[str, Person] = {}

    def prepare(self, lines: list[Line]) -> None:
        """Look up those who are here already; two statements."""
        ids = [PEOPLE + line.id for line in lines]
        mails = [mail.lower() for line in lines if isinstance(mail := line.data.get("email"), str) and mail]
        by_mail = session.scalars(select(Person).where(Person.email.in_(mails), Person.external_id.is_(None)))
        self._seen = {person.email: person for person in by_mail}
        self._seen |= {
            str(p.external_id): p for p in session.scalars(select(Person).where(Person.external_id.in_(ids)))
        }

    def take(self, line: Line) -> bool:
        """Take one line; returns whether the person is new. Raises BadLine."""
        name, mail, role = line.needed("name", 120), line.text("email", 254).lower(), line.text("role", 120)
        number, themes = line.key("municipality"), self._known.theme_ids(line.texts("themes"))
        place = self._known.place(number) if number else None
        person = self._seen.get(PEOPLE + line.id) or self._seen.get(mail or "-")
        is_new = person is None
        person = person or Person(name=name)
        person.name, person.email, person.role, person.external_id = name, mail, role, PEOPLE + line.id
        if place is not None:
            person.place_id, person.workplace_kind = place.id, place.kind
            person.organisation = f"{place.name} {'fylkeskommune' if place.is_county else 'kommune'}"
        session.add(person)
        session.flush()
        session.execute(delete(PersonTheme).where(PersonTheme.person_id == person.id, PersonTheme.level == GUIDE))
        session.add_all(PersonTheme(person_id=person.id, theme_id=theme, level=GUIDE) for theme in themes)
        self._seen[PEOPLE + line.id] = person
        self._known.remember(person)
        events.emit(PersonChanged(person.id))
        return is_new

    def finish(self) -> None:
        """Nothing is left to do for people."""
