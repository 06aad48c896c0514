"""What lies on a network's desk: letters, reports, and what needs somebody to see to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import opens
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.desk import rules
from kunnskap.desk.models import LetterRecipient, NetworkLetter, NetworkReport
from kunnskap.documents.models import DocumentDetails
from kunnskap.errors import NotFound
from kunnskap.invitations.models import Invitation
from kunnskap.invitations.queries import usable
from kunnskap.meetings.models import MeetingSignUp
from kunnskap.networks.models import NetworkMember
from kunnskap.networks.queries import place_ids
from kunnskap.paging import Page
from kunnskap.people.models import Person
from kunnskap.posts.kinds import DOCUMENT, EXPERIENCE, QUESTION
from kunnskap.posts.models import Comment, Post
from kunnskap.posts.queries import CARD, stands, visible

SHOWN, LETTERS, CANDIDATES = 10, 20, 60


def recipients(network_id: int) -> list[int]:
    """Give the people a letter to the network goes to: its members who can sign in and take letters."""
    wanted = (
        select(NetworkMember.person_id)
        .join(Account, Account.person_id == NetworkMember.person_id)
        .join(Person, Person.id == NetworkMember.person_id)
        .where(NetworkMember.network_id == network_id, NetworkMember.gets_letters, Person.left_at.is_(None), *opens())
    )
    return list(session.scalars(wanted.order_by(NetworkMember.person_id)))


def letter_by_submission(person_id: int, key: str | None) -> NetworkLetter | None:
    """Find what this form has already sent, when it is sent a second time."""
    if not key:
        return None
    mine = select(NetworkLetter).where(NetworkLetter.sender_id == person_id, NetworkLetter.submission_key == key)
    return session.scalar(mine)


def letters(network_id: int, number: int = 1) -> Page[NetworkLetter]:
    """Give a page of the letters sent to a network, the newest first."""
    theirs = NetworkLetter.network_id == network_id
    rows = select(NetworkLetter).where(theirs).options(joinedload(NetworkLetter.sender))
    rows = rows.order_by(NetworkLetter.id.desc()).limit(LETTERS).offset((number - 1) * LETTERS)
    total = session.scalar(select(func.count()).select_from(NetworkLetter).where(theirs)) or 0
    return Page(list(session.scalars(rows)), number, LETTERS, total)


def letter(network_id: int, letter_id: int) -> NetworkLetter:
    """Give a letter to the network; raises NotFound."""
    wanted = select(NetworkLetter).where(NetworkLetter.id == letter_id, NetworkLetter.network_id == network_id)
    found = session.scalar(wanted.options(joinedload(NetworkLetter.sender)))
    if found is None:
        raise NotFound
    return found


def untold(letter_id: int) -> list[tuple[LetterRecipient, Account]]:
    """Give those a letter has not been mailed to yet and who still can sign in, with their accounts."""
    wanted = (
        select(LetterRecipient, Account)
        .join(Account, Account.person_id == LetterRecipient.person_id)
        .where(LetterRecipient.letter_id == letter_id, LetterRecipient.mailed_at.is_(None), *opens())
        .options(joinedload(Account.person))
        .order_by(LetterRecipient.person_id)
    )
    return list(session.execute(wanted.with_for_update(of=LetterRecipient)))


def reports(network_id: int) -> list[NetworkReport]:
    """Give the reports on a network, the newest period first."""
    theirs = select(NetworkReport).where(NetworkReport.network_id == network_id)
    return list(session.scalars(theirs.order_by(NetworkReport.until.desc(), NetworkReport.id.desc())))


def begun_report(network_id: int, since: date | None, until: date | None) -> NetworkReport | None:
    """Find a report on a period in which nobody has written anything yet."""
    theirs = select(NetworkReport).where(NetworkReport.network_id == network_id, NetworkReport.edited_at.is_(None))
    return session.scalar(theirs.where(NetworkReport.since == since, NetworkReport.until == until).limit(1))


def report(actor: Actor, network_id: int, report_id: int) -> NetworkReport:
    """Give a report with those of its stories that still are open to all; raises NotFound."""
    if not rules.may_use(actor, network_id):
        raise NotFound
    wanted = select(NetworkReport).where(NetworkReport.id == report_id, NetworkReport.network_id == network_id)
    found = session.scalar(wanted.options(selectinload(NetworkReport.stories)))
    if found is None:
        raise NotFound
    return found


def stories(report: NetworkReport) -> list[tuple[Post, str]]:
    """Give the posts chosen for a report, each with why; what is no longer open to all is left out."""
    ids = [story.post_id for story in report.stories]
    rows = session.scalars(select(Post).where(Post.id.in_(ids), _is_open()).options(*CARD))
    posts = {post.id: post for post in rows}
    return [(posts[story.post_id], story.note) for story in report.stories if story.post_id in posts]


def may_be_stories(report: NetworkReport, ids: Iterable[int]) -> set[int]:
    """Say which of these posts may be told in the report: those of the network's that all may read."""
    theirs = select(Post.id).where(Post.id.in_(list(ids)), _is_open(), of_network(report.network_id))
    return set(session.scalars(theirs))


def story_candidates(report: NetworkReport) -> list[Post]:
    """Give posts to choose stories from: of the network's, open to all, from the period; experiences first."""
    since, until = rules.begins(report.since), rules.ends(report.until)
    rows = select(Post).where(
        of_network(report.network_id),
        _is_open(),
        Post.parent_id.is_(None),
        Post.published_at >= since,
        Post.published_at < until,
    )
    order = (Post.kind_key != EXPERIENCE.key, Post.score.desc(), Post.id.desc())
    return list(session.scalars(rows.options(*CARD).order_by(*order).limit(CANDIDATES)))


def _is_open() -> ColumnElement[bool]:
    """A report goes out of the house: what it tells must be open to all."""
    return and_(
        stands(Post), Post.audience == "everyone", Post.kind_key.in_((QUESTION.key, EXPERIENCE.key, DOCUMENT.key))
    )


def of_network(network_id: int) -> ColumnElement[bool]:
    """The condition under which a post is a network's: meant for it, written by one in it, or from a place that is.

    What is written without a name is its own only when it was meant for it.
    """
    members = select(NetworkMember.person_id).where(NetworkMember.network_id == network_id)
    by_them = or_(Post.author_id.in_(members), Post.place_id.in_(place_ids(network_id)))
    return or_(Post.for_network_id == network_id, and_(by_them, Post.hides_author.is_(False)))


def silent(network_id: int) -> list[Person]:
    """Give members who have written nothing and met nobody for a long while, by name; not those who have just come."""
    since = clock.now() - rules.SILENT_AFTER
    # What somebody wrote without a name does not tell that it was they.
    wrote = exists().where(Post.author_id == Person.id, Post.published_at > since, Post.hides_author.is_(False))
    said = exists().where(Comment.author_id == Person.id, Comment.made_at > since, ~_is_in_own_nameless_thread())
    met = exists().where(MeetingSignUp.person_id == Person.id, MeetingSignUp.signed_at > since)
    rows = (
        select(Person)
        .join(NetworkMember, NetworkMember.person_id == Person.id)
        .where(NetworkMember.network_id == network_id, NetworkMember.joined_at < since, Person.left_at.is_(None))
        .where(~wrote, ~said, ~met)
        .options(joinedload(Person.place))
        .order_by(Person.name, Person.id)
    )
    return list(session.scalars(rows))


def _is_in_own_nameless_thread() -> ColumnElement[bool]:
    """Whether a comment is under what its writer asked without a name, so that it bears none either."""
    hung_on, root = aliased(Post), aliased(Post)
    own = root.hides_author & (root.author_id == Comment.author_id)
    thread = exists().where(hung_on.id == Comment.post_id, root.id == func.coalesce(hung_on.parent_id, hung_on.id), own)
    return thread.correlate(Comment)


def stale(actor: Actor, network_id: int, limit: int = SHOWN) -> list[Post]:
    """Give the network's experiences and documents nobody has said still hold for a long while, the oldest first."""
    old = Post.confirmed_at < clock.now() - rules.STALE_AFTER
    kinds = Post.kind_key.in_((EXPERIENCE.key, DOCUMENT.key))
    rows = select(Post).where(of_network(network_id), visible(actor), stands(Post), kinds, old)
    return list(session.scalars(rows.options(*CARD).order_by(Post.confirmed_at, Post.id).limit(limit)))


@dataclass(frozen=True)
class RunningOut:
    """A plan or an agreement and the last day it holds."""

    post: Post
    until: date


def running_out(actor: Actor, network_id: int, limit: int = SHOWN) -> list[RunningOut]:
    """Give the network's documents that stop holding within a year, or have just done so, the soonest first."""
    today = clock.today()
    near = DocumentDetails.valid_until.between(today - rules.JUST_OVER, today + rules.RUNS_OUT_WITHIN)
    rows = (
        select(Post, DocumentDetails.valid_until)
        .join(DocumentDetails, DocumentDetails.post_id == Post.id)
        .where(near, of_network(network_id), visible(actor), stands(Post))
        .options(*CARD)
        .order_by(DocumentDetails.valid_until, Post.id)
    )
    return [RunningOut(post, until) for post, until in session.execute(rows.limit(limit)) if until]


def invitations(network_id: int, limit: int = SHOWN) -> list[Invitation]:
    """Give the invitations to the network that nobody has used and that still can be, the oldest first."""
    rows = select(Invitation).where(Invitation.network_id == network_id, Invitation.used_at.is_(None), *usable())
    return list(session.scalars(rows.order_by(Invitation.made_at, Invitation.id).limit(limit)))


def has_stopped(person_id: int, network_id: int) -> bool:
    """Say whether somebody takes no letters to a network."""
    mine = session.get(NetworkMember, (network_id, person_id))
    return mine is not None and not mine.gets_letters
