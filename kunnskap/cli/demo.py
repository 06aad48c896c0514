"""Demonstration content: true projects and questions from open sources, posted by the editors.

The files are read and checked whole before anything is written. Each post carries the id of its row, so that loading
again only brings over what has changed in the files, and only to posts that nobody else has changed.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import BadFile
from kunnskap.experiences.actions import as_text
from kunnskap.experiences.models import BARRIERS, EFFECT_BASES, EFFECT_UNITS, FUNDERS, ExperienceDetails
from kunnskap.experiences.rules import Facts
from kunnskap.i18n import POST_LANGUAGES
from kunnskap.people.models import Person
from kunnskap.places import register as places
from kunnskap.places.models import Place
from kunnskap.posts import actions as posts
from kunnskap.posts.actions import Content
from kunnskap.posts.kinds import EXPERIENCE
from kunnskap.posts.models import Post, Revision
from kunnskap.questions import actions as questions
from kunnskap.rights import MEMBER
from kunnskap.tables import DATA, Loaded, read_objects
from kunnskap.themes import register as themes

PREFIX = "demo:"
EDITORS = f"{PREFIX}redaksjonen"
EXPERIENCES, QUESTIONS = 81, 60
APART = timedelta(minutes=1)
OWNER = {"nb": "Prosjekteier", "nn": "Prosjekteigar"}


@dataclass(frozen=True)
class Line:
    """One object of a file. Every method raises BadFile when a value is not what it should be."""

    file: str
    line: int
    values: Mapping[str, object]

    def bad(self, reason: str) -> BadFile:
        """Make the error that refuses this line."""
        return BadFile(self.file, self.line, reason)

    def text(self, name: str, *, needed: bool = True) -> str:
        """Give a text; one that is needed holds something."""
        value = self.values.get(name, "")
        if not isinstance(value, str) or (needed and not value.strip()):
            raise self.bad(f"{name} must be text")
        return value

    def one_of(self, name: str, choices: Collection[str]) -> str:
        """Give a text that must be one of the choices."""
        value = self.text(name)
        if value not in choices:
            raise self.bad(f"{name} {value!r} is not one of {', '.join(sorted(choices))}")
        return value

    def some_of(self, name: str, choices: Collection[str], most: int = 20) -> list[str]:
        """Give a list of different choices, at most so many."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or len(value) > most or len(set(map(str, value))) != len(value):
            raise self.bad(f"{name} must be a list of at most {most} different things")
        for one in value:
            if one not in choices:
                raise self.bad(f"{name}: {one!r} is not known")
        return [str(one) for one in value]

    def whole(self, name: str) -> int | None:
        """Give a whole number above zero, or nothing when there is none."""
        value = self.values.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value <= 0):
            raise self.bad(f"{name} must be a whole number above zero")
        return value


@dataclass(frozen=True)
class Item:
    """A post as the file tells it; `numbers` are of places, `facts` of experiences, the last two of questions."""

    id: str
    content: Content
    numbers: list[str]
    facts: Facts = field(default_factory=Facts)
    answer: str = ""
    accepted: bool = False


def read(folder: Path = DATA) -> tuple[list[Item], list[Item]]:
    """Read and check experiences and questions; raises BadFile on the first thing that is wrong."""
    slugs = {entry.slug for entry in themes.read(folder)}
    numbers = {entry.number for entry in places.read(folder).places}
    found = []
    for name, count, make in (("experiences", EXPERIENCES, _experience), ("questions", QUESTIONS, _question)):
        lines = [Line(f"{name}.jsonl", *one) for one in read_objects(folder / f"{name}.jsonl")]
        if len(lines) != count:
            raise BadFile(f"{name}.jsonl", len(lines), f"{len(lines)} lines, not {count}")
        items = [make(line, slugs, numbers) for line in lines]
        for line, item in zip(lines, items, strict=True):
            if sum(one.id == item.id for one in items) > 1:
                raise line.bad(f"the id {item.id!r} stands twice")
        found.append(items)
    return found[0], found[1]


def _experience(line: Line, slugs: set[str], numbers: set[str]) -> Item:
    parts = [line.text("summary"), line.text("goal", needed=False), line.text("note", needed=False)]
    summary, goal, note = parts
    owner = line.text("owner", needed=False)
    signed = owner and f"{OWNER[line.one_of('language', OWNER)]}: {owner}"
    body = "\n\n".join(part for part in (summary, goal and f"Mål: {goal}", note, signed) if part)
    status, facts = line.one_of("status", EXPERIENCE.statuses), _facts(line)
    content = replace(_content(line, slugs, body, status), details={"status": status, **as_text(facts)})
    where = line.some_of("places", numbers)
    if not where or not content.themes:
        raise line.bad("an experience needs a place and a theme")
    return Item(PREFIX + line.text("id"), content, where, facts)


def _facts(line: Line) -> Facts:
    year = line.whole("year")
    facts = Facts(
        worked=line.text("worked", needed=False),
        barriers=line.text("barriers", needed=False),
        barrier_codes=tuple(line.some_of("barrier_codes", BARRIERS)),
        advice=line.text("advice", needed=False),
        funding_source=line.one_of("funding_source", FUNDERS) if line.values.get("funding_source") else None,
        funding_amount=line.whole("funding_amount"),
        period_from=str(year) if year else None,
    )
    effect = line.values.get("effect")
    if effect is None:
        return facts
    if not isinstance(effect, dict) or not isinstance(amount := effect.get("amount"), int | float) or amount <= 0:
        raise line.bad("effect needs an amount above zero")
    inner = Line(line.file, line.line, effect)
    return replace(
        facts,
        effect_amount=float(amount),
        effect_unit=inner.one_of("unit", EFFECT_UNITS),
        effect_basis=inner.one_of("basis", EFFECT_BASES),
        effect_method=inner.text("method", needed=False),
    )


def _question(line: Line, slugs: set[str], numbers: set[str]) -> Item:
    accepted = line.values.get("accepted")
    if not isinstance(accepted, bool):
        raise line.bad("accepted must be true or false")
    content = _content(line, slugs, line.text("body"))
    where = line.some_of("places", numbers)
    return Item(PREFIX + line.text("id"), content, where, answer=line.text("answer"), accepted=accepted)


def _content(line: Line, slugs: set[str], body: str, status: str | None = None) -> Content:
    source = line.text("source")
    if not source.startswith(("https://", "http://")):
        raise line.bad("source must be a web address")
    return Content(
        body=body,
        title=line.text("title"),
        language=line.one_of("language", POST_LANGUAGES),
        status=status,
        source_url=source,
        themes=line.some_of("themes", slugs, posts.MOST_THEMES),
    )


def load(folder: Path = DATA) -> Loaded:
    """Post what is not posted and change what has changed; places and themes must be loaded. The caller commits."""
    shared, asked = read(folder)
    desk = Desk()
    changed = sum(desk.share(item) for item in shared)
    changed += sum(desk.ask(item) for item in asked)
    session.flush()
    return Loaded({"experiences": len(shared), "questions": len(asked)}, changed)


class Desk:
    """Where the editors sit: one person without an account who posts everything, a minute apart."""

    def __init__(self) -> None:
        """Find what is there already, and the editors themselves."""
        self._actor = Actor(_editors().id, MEMBER)
        self._places = {place.number: place.id for place in session.scalars(select(Place))}
        there = session.scalars(select(Post).where(Post.external_id.is_not(None)))
        self._there = {str(post.external_id): post for post in there}
        self._next = clock.now()

    def share(self, item: Item) -> bool:
        """Post an experience or bring it up to date; returns whether anything changed."""
        post, changed = self._post(item)
        details = session.get(ExperienceDetails, post.id)
        if details is None:
            details = ExperienceDetails(post_id=post.id)
            session.add(details)
        told = asdict(item.facts) | {"barrier_codes": list(item.facts.barrier_codes)}
        differing = {name: value for name, value in told.items() if getattr(details, name) != value}
        if differing and not self._is_ours(post):
            return changed
        for name, value in differing.items():
            setattr(details, name, value)
        return changed or bool(differing)

    def ask(self, item: Item) -> bool:
        """Post a question with its answer or bring them up to date; returns whether anything changed."""
        said = Content(item.answer, language=item.content.language, source_url=item.content.source_url)
        content, answer_id = self._placed(item), f"{item.id}-svar"
        if item.id in self._there:
            changed = self._bring_up_to_date(self._there[item.id], content)
            answer = self._there.get(answer_id)
            return (answer is not None and self._bring_up_to_date(answer, said)) or changed
        question = questions.ask(self._actor, content)
        answer = questions.answer(self._actor, question, said)
        if item.accepted:
            questions.accept(self._actor, question, answer, accepted=True)
        self._sign(question, item.id)
        self._sign(answer, answer_id, question.published_at + APART / 2)
        return True

    def _post(self, item: Item) -> tuple[Post, bool]:
        content = self._placed(item)
        if item.id in self._there:
            return self._there[item.id], self._bring_up_to_date(self._there[item.id], content)
        post = posts.publish(self._actor, EXPERIENCE, content)
        self._sign(post, item.id)
        return post, True

    def _placed(self, item: Item) -> Content:
        return replace(item.content, places=[self._places[number] for number in item.numbers])

    def _sign(self, post: Post, external_id: str, moment: datetime | None = None) -> None:
        post.external_id = external_id
        post.published_at = post.active_at = moment or self._next
        self._next -= APART

    def _is_ours(self, post: Post) -> bool:
        """Whether nobody else has changed the post since; what others have put right stands."""
        last = select(Revision.editor_id).where(Revision.post_id == post.id).order_by(Revision.id.desc()).limit(1)
        return session.scalar(last) == self._actor.person_id

    def _bring_up_to_date(self, post: Post, content: Content) -> bool:
        said = (post.title, post.body, post.language, post.source_url)
        same_status = content.status in (None, post.status)
        if said == (content.title, content.body, content.language, content.source_url) and same_status:
            return False
        if not self._is_ours(post):
            return False
        posts.edit(self._actor, post, content)
        return True


def _editors() -> Person:
    found = session.scalar(select(Person).where(Person.external_id == EDITORS))
    if found is None:
        found = Person(name="Redaksjonen", organisation="Kunnskap", listed=False, external_id=EDITORS)
        session.add(found)
        session.flush()
    return found
