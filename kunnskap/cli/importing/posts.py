"""Taking in posts of every kind; what only one kind has is taken by a function of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import aliased

from kunnskap import clock, events
from kunnskap.cli.importing.known import Known, post_name, posts_by_name
from kunnskap.cli.importing.lines import BadLine, Line
from kunnskap.db import session
from kunnskap.documents.actions import hold_until_read
from kunnskap.documents.models import DocumentDetails
from kunnskap.errors import Invalid
from kunnskap.experiences import models as experience
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.files import Shelf, clean_name
from kunnskap.i18n import POST_LANGUAGES
from kunnskap.people.models import Person
from kunnskap.posts.events import PostChanged
from kunnskap.posts.kinds import ANSWERED, KINDS, SOLVED, UNANSWERED
from kunnskap.posts.models import Post, PostPlace, PostTheme, Revision
from kunnskap.posts.queries import stands
from kunnskap.questions.models import QuestionDetails

LONGEST_TITLE = 150
BODY = {"question": "body", "answer": "body", "experience": "summary", "document": "description"}


@dataclass(frozen=True)
class Taken:
    """A post that has been taken, and what is written once it has its number."""

    post: Post
    themes: list[int]
    places: list[int]
    details: Callable[[Post], None]
    is_new: bool
    revised_by: int | None

    def hang(self) -> None:
        """Write themes, places, details and the revision."""
        post = self.post
        session.add_all(PostTheme(post_id=post.id, theme_id=number) for number in self.themes)
        named = dict.fromkeys(self.places)
        session.add_all(PostPlace(post_id=post.id, place_id=one, position=place) for place, one in enumerate(named))
        self.details(post)
        if self.revised_by is not None:
            session.add(Revision(post_id=post.id, editor_id=self.revised_by, title=post.title, body=post.body))


class Posts:
    """Takes the lines of one kind of post."""

    def __init__(self, kind: str, known: Known, shelf: Shelf, folder: Path) -> None:
        self._kind = KINDS[kind]
        self._known, self._shelf, self._folder = known, shelf, folder
        self._seen: dict[str, Post] = {}
        self._taken: list[Taken] = []

    def prepare(self, lines: list[Line]) -> None:
        """Look up the posts that are here already and the questions they answer; one statement."""
        names = {post_name(self._kind.key, line.id) for line in lines}
        if self._kind.replies_to:
            keys = [key for line in lines if isinstance(key := line.data.get("question"), str | int)]
            names |= {post_name(self._kind.replies_to, str(key)) for key in keys}
        self._seen = posts_by_name(names)
        self._taken = []

    def take(self, line: Line) -> bool:
        """Take one line; returns whether the post is new. Raises BadLine, and then has written nothing of it."""
        author = self._known.person(line, "author")
        parent = self._parent(line)
        title = line.needed("title", LONGEST_TITLE) if self._kind.has_title else ""
        body = line.needed(BODY[self._kind.key]) if self._kind.key != "document" else line.text("description")
        about = self._about(line)
        details = DETAILS[self._kind.key](self, line)
        name = post_name(self._kind.key, line.id)
        post = self._seen.get(name)
        is_new = post is None
        post = post or Post(kind_key=self._kind.key, external_id=name)
        changed = is_new or (post.title, post.body) != (title, body)
        post.title, post.parent_id = title, parent.id if parent else None
        if changed:
            post.write(body)
        self._sign(post, line, author)
        session.add(post)
        self._seen[name] = post
        self._taken.append(Taken(post, *about, details, is_new=is_new, revised_by=author.id if changed else None))
        return is_new

    def finish(self) -> None:
        """Write what hangs on the posts, bring questions' states in step with their answers, tell what has changed."""
        session.flush()
        again = [one.post.id for one in self._taken if not one.is_new]
        session.execute(delete(PostTheme).where(PostTheme.post_id.in_(again)))
        session.execute(delete(PostPlace).where(PostPlace.post_id.in_(again)))
        touched = {one.post.parent_id or one.post.id for one in self._taken}
        standing = _question_details(touched) if self._kind.key in {"question", "answer"} else []
        for one in self._taken:
            one.hang()
        if standing:
            _count_answers(touched)
        for number in sorted(touched):
            events.emit(PostChanged(number, number))

    def _parent(self, line: Line) -> Post | None:
        if not self._kind.replies_to:
            return None
        key = line.needed_key("question")
        parent = self._seen.get(post_name(self._kind.replies_to, key))
        if parent is None:
            raise BadLine(f"question: there is no question {key!r}")
        return parent

    def _about(self, line: Line) -> tuple[list[int], list[int]]:
        if self._kind.replies_to:
            return [], []
        numbers = line.texts("place") or line.texts("municipality")
        return self._known.theme_ids(line.texts("themes")), [self._known.place(number).id for number in numbers]

    def _sign(self, post: Post, line: Line, author: Person) -> None:
        moment = line.moment("created") or post.published_at or clock.now()
        post.author_id, post.place_id, post.workplace = author.id, author.place_id, author.organisation
        post.language = line.choice("language", POST_LANGUAGES, "nb") or "nb"
        post.source_url = _web_address(line)
        post.published_at = post.active_at = post.confirmed_at = moment

    def question_details(self, _line: Line) -> Callable[[Post], None]:
        """A question's row of details is made by `finish`."""
        return lambda _post: None

    def answer_details(self, line: Line) -> Callable[[Post], None]:
        """An accepted answer is noted on its question."""
        accepted = line.yes("accepted")

        def write(post: Post) -> None:
            details = session.get_one(QuestionDetails, post.parent_id)
            if accepted:
                details.accepted_answer_id = post.id
            elif details.accepted_answer_id == post.id:
                details.accepted_answer_id = None

        return write

    def experience_details(self, line: Line) -> Callable[[Post], None]:
        """Everything the form of an experience asks for."""
        values = _experience_values(line)
        values["contact_id"] = self._known.person(line, "contact").id if line.key("contact") else None
        status = line.choice("status", self._kind.statuses, "gjennomfort")

        def write(post: Post) -> None:
            post.status = status
            session.merge(ExperienceDetails(post_id=post.id, **values))

        return write

    def document_details(self, line: Line) -> Callable[[Post], None]:
        """The file, taken from beside the import; its words are read by the worker."""
        path = self._file(line)
        year, status = line.whole("year"), line.choice("kind", self._kind.statuses, "annet")
        try:
            with path.open("rb") as stream:
                kept = self._shelf.store(stream)
        except Invalid as refused:
            raise BadLine(f"file {path.name}: {'; '.join(str(one) for one in refused.problems.values())}") from refused

        def write(post: Post) -> None:
            post.status = status
            found = session.get(DocumentDetails, post.id)
            if found is None or found.sha256 != kept.sha256:
                name = clean_name(path.name, kept.ending)
                session.merge(
                    DocumentDetails(
                        post_id=post.id,
                        sha256=kept.sha256,
                        filename=name,
                        year=year,
                        reading="waiting",
                        numbers=[],
                        numbers_reason="",
                    )
                )
                hold_until_read(post)
            else:
                found.year = year

        return write

    def _file(self, line: Line) -> Path:
        path = (self._folder / line.needed("file", 1_000)).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise BadLine("file must stand in the folder of the import or below it")
        if not path.is_file():
            raise BadLine(f"file: there is no file {line.text('file')!r}")
        return path


DETAILS: dict[str, Callable[[Posts, Line], Callable[[Post], None]]] = {
    "question": Posts.question_details,
    "answer": Posts.answer_details,
    "experience": Posts.experience_details,
    "document": Posts.document_details,
}


def _web_address(line: Line) -> str:
    address = line.text("source", 1_000)
    if address and not address.startswith(("https://", "http://")):
        raise BadLine("source must be a web address")
    return address


def _question_details(question_ids: set[int]) -> list[QuestionDetails]:
    """Load the details of these questions, and make those that are missing."""
    found = list(session.scalars(select(QuestionDetails).where(QuestionDetails.post_id.in_(question_ids))))
    missing = question_ids - {one.post_id for one in found}
    made = [QuestionDetails(post_id=number) for number in sorted(missing)]
    session.add_all(made)
    session.flush()
    return found + made


def _experience_values(line: Line) -> dict[str, object]:
    cost, effect = line.part("cost", "note"), line.part("effect", "method")
    funding, period, barriers = (
        line.part("funding", "source"),
        line.part("period", "from"),
        line.part("barriers", "text"),
    )
    codes = barriers.texts("codes")
    if unknown := [code for code in codes if code not in experience.BARRIERS]:
        raise BadLine(f"barriers: codes must be of {', '.join(experience.BARRIERS)}, not {unknown[0]!r}")
    return {
        **{name: line.text(name) for name in ("problem", "actions", "worked", "advice")},
        "contact_role": line.text("contact_role", 120),
        "contact_mailbox": line.text("contact_mailbox", 254),
        "barriers": barriers.text("text"),
        "barrier_codes": codes,
        **{f"cost_{name}": cost.whole(name) for name in ("investment", "yearly", "extra", "year")},
        "cost_basis": cost.choice("basis", experience.COST_BASES),
        "effect_amount": effect.amount("amount"),
        "effect_unit": effect.choice("unit", experience.EFFECT_UNITS),
        "effect_basis": effect.choice("basis", experience.EFFECT_BASES),
        "effect_method": effect.text("method"),
        "funding_source": funding.choice("source", experience.FUNDERS),
        "funding_amount": funding.whole("amount"),
        "funding_case": funding.text("case", 100),
        "period_from": period.text("from", 7) or None,
        "period_to": period.text("to", 7) or None,
    }


def _count_answers(question_ids: set[int]) -> None:
    """Set number of answers and state of these questions from what stands in the database."""
    session.flush()
    answer = aliased(Post)
    standing = answer.parent_id == Post.id, stands(answer)
    count = select(func.count()).select_from(answer).where(*standing).correlate(Post).scalar_subquery()
    chosen = update(Post).where(Post.id.in_(question_ids)).execution_options(synchronize_session=False)
    session.execute(chosen.values(answer_count=count))
    session.execute(chosen.where(Post.answer_count == 0).values(status=UNANSWERED))
    session.execute(chosen.where(Post.answer_count > 0).values(status=ANSWERED))
    solved = select(QuestionDetails.post_id).where(QuestionDetails.accepted_answer_id.is_not(None))
    session.execute(chosen.where(Post.id.in_(solved)).values(status=SOLVED))
