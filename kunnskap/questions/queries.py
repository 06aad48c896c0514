"""Reading questions, each with what a page of it needs in as few statements as can be."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Exists, and_, case, exists, or_, select
from sqlalchemy.orm import aliased

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import Invalid, NotFound
from kunnskap.following.models import Follow
from kunnskap.i18n import mark
from kunnskap.paging import Page
from kunnskap.posts import queries as posts
from kunnskap.posts.kinds import ANSWER, QUESTION
from kunnskap.posts.models import Comment, Draft, Post, Vote
from kunnskap.posts.queries import Mine
from kunnskap.questions.models import QuestionDetails, Wonder

ANSWER_FORM = "svar"


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to. `themes` are ids: a theme with its subthemes.

    What is most alike `like`, a municipality of today's, comes first.
    """

    status: str | None = None
    themes: tuple[int, ...] = ()
    county_id: int | None = None
    by_activity: bool = False
    like: int | None = None


def page(actor: Actor, wanted: Wanted, number: int = 1) -> Page[Post]:
    """Give one page of questions, the newest or the last active first."""
    narrowed = posts.Filter(
        kinds=(QUESTION,),
        status=wanted.status,
        themes=wanted.themes,
        county_id=wanted.county_id,
        by_activity=wanted.by_activity,
        like=wanted.like,
    )
    return posts.page(actor, narrowed, number)


@dataclass(frozen=True)
class Asked:
    """A question as its page shows it: `original` is the one asked before, `mine` what the reader has done with it."""

    post: Post
    details: QuestionDetails
    original: Post | None = None
    draft: Draft | None = None
    wonders: bool = False
    mine: Mine = field(default_factory=Mine)
    answers: Sequence[Post] = ()

    @property
    def is_readers_own(self) -> bool:
        """Whether it shows something the reader alone has begun or chosen."""
        return self.draft is not None or self.wonders or self.mine != Mine()


def question(actor: Actor, post_id: int) -> Asked:
    """Give a question with its answers in two statements; raises NotFound when the actor may not know of it."""
    first = aliased(Post)
    me = actor.person_id
    draft = and_(Draft.person_id == me, Draft.form == f"{ANSWER_FORM}:{post_id}")
    wanted = (
        select(
            Post,
            QuestionDetails,
            first,
            Draft,
            exists().where(Wonder.post_id == Post.id, Wonder.person_id == me).label("wonders"),
            _voted(me),
            exists().where(Follow.person_id == me, Follow.target_kind == "post", Follow.target_id == Post.id),
        )
        .join(QuestionDetails, QuestionDetails.post_id == Post.id)
        .outerjoin(first, and_(first.id == QuestionDetails.duplicate_of_id, posts.seen(actor.at_large, first)))
        .outerjoin(Draft, draft)
        .where(posts.visible(actor), Post.id == post_id, Post.kind_key == QUESTION.key)
    )
    row = session.execute(posts.whole(wanted)).unique().one_or_none()
    if row is None:
        raise NotFound
    post, details, original, begun, wonders, voted, follows = row
    answers = _answers(actor, details)
    useful = {one.id for one, is_voted in ((post, voted), *answers) if is_voted}
    mine = Mine(frozenset(useful), frozenset({post.id} if follows else ()))
    return Asked(post, details, original, begun, bool(wonders), mine, [one for one, _by_me in answers])


def refuse_what_never_was_one(post_id: int) -> None:
    """Raise NotFound unless the post is, or was, a question: moderators may merge one, or make an experience of it."""
    if session.get(QuestionDetails, post_id) is None:
        raise NotFound


def is_stranger(actor: Actor, post_id: int, *also: ColumnElement[bool]) -> bool:
    """Say whether a member has nothing of their own on a question's page: wrote, keeps, said, chose or began nothing there.

    `also` are conditions of rooms above under which there is.
    """
    me = actor.person_id
    thread = select(Post.id).where(or_(Post.id == post_id, Post.parent_id == post_id))
    own = (
        exists().where(
            or_(Post.author_id == me, Post.keeper_id == me), or_(Post.id == post_id, Post.parent_id == post_id)
        ),
        exists().where(Comment.author_id == me, Comment.post_id.in_(thread)),
        exists().where(Vote.voter_id == me, Vote.post_id.in_(thread)),
        exists().where(Wonder.person_id == me, Wonder.post_id == post_id),
        exists().where(Follow.person_id == me, Follow.target_kind == "post", Follow.target_id.in_(thread)),
        exists().where(Draft.person_id == me, Draft.form == f"{ANSWER_FORM}:{post_id}"),
        *also,
    )
    return not session.scalar(select(or_(*own)))


def _answers(actor: Actor, details: QuestionDetails) -> list[tuple[Post, bool]]:
    """Give the answers, the accepted one first and then the most useful, and whether the actor found each useful."""
    wanted = (
        select(Post, _voted(actor.person_id))
        .where(posts.visible(actor), Post.parent_id == details.post_id)
        .options(*posts.REPLY)
        .order_by(case((Post.id == details.accepted_answer_id, 0), else_=1), Post.score.desc(), Post.id)
    )
    return [(one, bool(voted)) for one, voted in session.execute(wanted)]


def _voted(person_id: int | None) -> Exists:
    return exists().where(Vote.post_id == Post.id, Vote.voter_id == person_id)


def answer(actor: Actor, post_id: int) -> tuple[Post, Post]:
    """Give an answer and its question; raises NotFound when the actor may not know of it."""
    made = posts.post(actor, post_id, ANSWER)
    return made, posts.post(actor, made.parent_id or 0, QUESTION)


def original(actor: Actor, post_id: int | None) -> Post:
    """Give the question another is a duplicate of; raises Invalid on `original` when there is none to see."""
    try:
        return posts.post(actor, post_id or 0, QUESTION, options=())
    except NotFound:
        raise Invalid(original=mark("Vi finner ikke spørsmålet. Lim inn adressen, eller skriv nummeret.")) from None
