"""Reading who can be asked on each step of the ladder, who was asked, and where an unanswered question stands."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import joinedload

from kunnskap import clock, signed, working_days
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import opens
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import NotFound
from kunnskap.expertise.models import TrackRecord
from kunnskap.expertise.queries import Need, who_can_help
from kunnskap.expertise.rules import Ranked
from kunnskap.messages.models import Block
from kunnskap.networks.models import NetworkMember
from kunnskap.networks.queries import place_ids
from kunnskap.people import queries as people
from kunnskap.people.asking import can_be_asked
from kunnskap.people.models import GUIDE, HELPING, Person, PersonTheme
from kunnskap.people.rules import is_away
from kunnskap.posts.models import Post, PostTheme
from kunnskap.posts.queries import CARD, visible
from kunnskap.questions.models import QuestionDetails
from kunnskap.rights import MEMBER
from kunnskap.routing import rules
from kunnskap.routing.models import CHOSEN, YES, Ladder, Offer

MOST_HISTORY = 30
AMONG, ENOUGH_OF_THEM = 300, 30
"""Among how many of the likeliest one looks first, and how few of them who may be asked make one look at all."""
SPARE = 8
"""How many more than are needed are looked at, since some of the best may turn out not to be asked."""


def recent_load(person_ids: Collection[int]) -> dict[int, int]:
    """Count how often people were asked in the last seven days, by person; those who were not are left out."""
    lately = (Offer.person_id.in_(list(person_ids)), Offer.offered_at > clock.now() - rules.A_WEEK)
    rows = select(Offer.person_id, func.count()).where(*lately).group_by(Offer.person_id)
    return dict(session.execute(rows).all()) if person_ids else {}


def duplicate_of(question_id: int) -> int | None:
    """Give the question this one leads to as its duplicate."""
    return session.scalar(select(QuestionDetails.duplicate_of_id).where(QuestionDetails.post_id == question_id))


def theme_ids(question_id: int) -> list[int]:
    """Give the themes of a question, by id."""
    return list(session.scalars(select(PostTheme.theme_id).where(PostTheme.post_id == question_id)))


def may_be_asked(question: Post) -> list[ColumnElement[bool]]:
    """The conditions on Person that keep those who may be offered a question; `rules.refusal` looks closer at each."""
    account = [Account.person_id == Person.id, *opens()]
    if question.audience == "place":
        account.append(Account.place_id == question.for_place_id)
    found: list[ColumnElement[bool]] = [
        Person.asks_a_week > 0,
        exists().where(*account),
        ~exists().where(Offer.question_id == question.id, Offer.person_id == Person.id),
        ~_blocks(Person.id, question.author_id),
    ]
    if question.audience == "network":
        inside = (NetworkMember.person_id == Person.id, NetworkMember.network_id == question.for_network_id)
        found.append(exists().where(*inside))
    return found


def _blocks(one: ColumnElement[int] | object, other: int) -> ColumnElement[bool]:
    """Whether one of two people wants nothing more from the other."""
    return exists().where(
        or_(
            and_(Block.blocker_id == one, Block.blocked_id == other),
            and_(Block.blocker_id == other, Block.blocked_id == one),
        )
    )


def helpers_among(
    question: Post,
    themes: Collection[int],
    place_id: int | None,
    narrowed: Sequence[ColumnElement[bool]],
    among: int | None,
) -> list[Ranked]:
    """Look among the likeliest first, and among all when too few of those may be asked, or only few may see the question."""
    among = among if question.audience in {"everyone", "members"} else None
    need = Need(frozenset(themes), without=frozenset({question.author_id}), among=among)
    found = who_can_help(need, place_id, recent_load, narrowed)
    if among is not None and len(found) < ENOUGH_OF_THEM:
        found = who_can_help(replace(need, among=None), place_id, recent_load, narrowed)
    return found


def accounts(person_ids: Collection[int]) -> dict[int, Account]:
    """Give the accounts that open the house, with their people as they now are, by person."""
    rows = select(Account).where(Account.person_id.in_(list(person_ids)), *opens()).options(joinedload(Account.person))
    return {one.person_id: one for one in session.scalars(rows.execution_options(populate_existing=True))}


def never_asked(question: Post, person_ids: Collection[int]) -> set[int]:
    """Give those of the people who were asked this already, or between whom and the asker one wants nothing of the other."""
    rows = select(Person.id).where(Person.id.in_(list(person_ids)))
    asked = exists().where(Offer.question_id == question.id, Offer.person_id == Person.id)
    return set(session.scalars(rows.where(or_(asked, _blocks(Person.id, question.author_id)))))


@dataclass(frozen=True)
class Standing:
    """Where a question stands, for the one who asked: how many were asked, what comes next, and who said yes.

    `chosen` are those the asker chose; of the others who were asked nobody is named.
    """

    ladder: Ladder
    asked: int = 0
    willing: Sequence[Person] = ()
    chosen: Sequence[Person] = ()

    @property
    def is_on_its_way(self) -> bool:
        """Whether more people are asked when nobody answers."""
        return self.ladder.stopped_at is None

    @property
    def has_ended(self) -> bool:
        """Whether everybody was asked in vain."""
        return rules.has_ended(self.ladder)

    @property
    def next_words(self) -> str:
        """What the next step is called (a marked sentence); nothing when there is none."""
        return rules.NEXT.get(rules.following(self.ladder.step) or "", "")


def standing(actor: Actor, question: Post) -> Standing | None:
    """Tell the one who asked where a question stands; nothing to others, nor before anybody could be asked. One statement."""
    if not rules.may_follow(actor, question):
        return None
    rows = (
        select(Ladder, Offer, Person)
        .outerjoin(Offer, Offer.question_id == Ladder.question_id)
        .outerjoin(Person, Person.id == Offer.person_id)
        .where(Ladder.question_id == question.id)
        .order_by(Offer.id)
    )
    found = session.execute(rows).all()
    if not found:
        return None
    offers = [(offer, person) for _ladder, offer, person in found if offer is not None]
    willing = [person for offer, person in offers if offer.reply == YES]
    mine = [person for offer, person in offers if offer.step == CHOSEN and offer.chosen_by_id == question.author_id]
    return Standing(found[0][0], len(offers), willing, [one for one in mine if one not in willing])


@dataclass(frozen=True)
class Proposal:
    """Somebody the asker may choose; `has_enough` when they cannot be asked more this week."""

    person: Person
    has_enough: bool


def proposals(actor: Actor, question: Post, limit: int = rules.MOST_CHOSEN) -> list[Proposal]:
    """Give the asker people to choose from while the question is open, the best first."""
    if not rules.may_follow(actor, question) or not rules.is_open(question, duplicate_of(question.id)):
        return []
    narrowed, here = may_be_asked(question), rules.asked_from(question)
    themes = [theme.id for theme in question.themes]
    found = helpers_among(question, themes, here, narrowed, AMONG)[: limit + SPARE]
    known = people.by_ids([one.person_id for one in found])
    here_now = [one for one in found if not is_away(known[one.person_id], clock.today())]
    return [Proposal(known[one.person_id], one.asked >= one.known.asks_a_week) for one in here_now[:limit]]


@dataclass(frozen=True)
class Asked:
    """An offer with its question, as the one who was asked sees it."""

    offer: Offer
    post: Post
    is_open: bool
    is_over: bool

    @property
    def waits(self) -> bool:
        """Whether a reply still makes a difference."""
        return self.offer.reply is None and self.is_open and not self.is_over


def asked_of(actor: Actor) -> list[Asked]:
    """Give what the actor was asked and may still see, the newest first."""
    rows = (
        select(Offer, Post, QuestionDetails.duplicate_of_id)
        .join(Post, Post.id == Offer.question_id)
        .outerjoin(QuestionDetails, QuestionDetails.post_id == Post.id)
        .where(Offer.person_id == actor.person_id, visible(actor))
        .options(*CARD)
        .order_by(Offer.id.desc())
    )
    return [_asked(*row) for row in session.execute(rows.limit(MOST_HISTORY))]


def waiting_offer(actor: Actor, question: Post) -> Offer | None:
    """Give the actor's offer of an open question while it waits for a reply; one statement, none when it is answered."""
    if not actor.is_member or rules.may_follow(actor, question) or not rules.is_open(question, None):
        return None
    rows = select(Offer, QuestionDetails.duplicate_of_id).where(Offer.question_id == question.id)
    rows = rows.outerjoin(QuestionDetails, QuestionDetails.post_id == Offer.question_id)
    found = session.execute(rows.where(Offer.person_id == actor.person_id)).first()
    return found[0] if found and _asked(found[0], question, found[1]).waits else None


def was_asked(actor: Actor, question_id: int) -> ColumnElement[bool]:
    """The condition under which the actor was offered a question."""
    return exists().where(Offer.question_id == question_id, Offer.person_id == (actor.person_id or 0))


def asked(actor: Actor, offer_id: int) -> Asked:
    """Give one of the actor's offers; raises NotFound, also when the question is no longer theirs to see."""
    rows = select(Offer, Post, QuestionDetails.duplicate_of_id).join(Post, Post.id == Offer.question_id)
    rows = rows.outerjoin(QuestionDetails, QuestionDetails.post_id == Post.id)
    rows = rows.where(Offer.id == offer_id, Offer.person_id == (actor.person_id or 0), visible(actor))
    row = session.execute(rows.options(*CARD)).first()
    if row is None:
        raise NotFound
    return _asked(*row)


def _asked(offer: Offer, post: Post, duplicate_of_id: int | None) -> Asked:
    return Asked(offer, post, rules.is_open(post, duplicate_of_id), rules.is_over(offer, clock.now()))


def by_link(secret: str, mark: str) -> tuple[Actor, Asked]:
    """Give whom a link in a letter was sent to, as a plain member, and their offer; raises NotFound when it opens nothing."""
    facts = signed.facts(secret, rules.LINK, mark, rules.OPEN_FOR) or {}
    offer = session.get(Offer, facts.get("offer", 0))
    account = accounts([offer.person_id]).get(offer.person_id) if offer else None
    if offer is None or account is None:
        raise NotFound
    actor = account.acting_as(MEMBER)
    return actor, asked(actor, offer.id)


def whose_stop(secret: str, mark: str) -> int:
    """Say whose questions a link stops; raises NotFound when we never made it."""
    found = (signed.facts(secret, rules.STOP, mark) or {}).get("person")
    if not isinstance(found, int):
        raise NotFound
    return found


@dataclass(frozen=True)
class Unanswered:
    """A question that waits: how many working days, where it has come on the ladder, and who could answer."""

    post: Post
    days: int
    ladder: Ladder | None
    helpers: Sequence[Person] = field(default_factory=tuple)


def unanswered(actor: Actor, network_id: int, limit: int = 20) -> list[Unanswered]:
    """Give unanswered questions from a network's places and members, or asked in it, that the actor may see; oldest first.

    Nameless ones are among them only when they are asked in the network itself.
    """
    members = select(NetworkMember.person_id).where(NetworkMember.network_id == network_id)
    theirs = or_(Post.author_id.in_(members), Post.place_id.in_(place_ids(network_id)))
    rows = (
        select(Post, Ladder)
        .outerjoin(QuestionDetails, QuestionDetails.post_id == Post.id)
        .outerjoin(Ladder, Ladder.question_id == Post.id)
        .where(*_waits(), visible(actor))
        .where(or_(Post.for_network_id == network_id, and_(theirs, Post.hides_author.is_(False))))
        .options(*CARD)
        .order_by(Post.published_at, Post.id)
        .limit(limit)
    )
    found = session.execute(rows).all()
    helpers = _helpers([post for post, _ladder in found])
    return [Unanswered(post, _days(post), ladder, helpers.get(post.id, ())) for post, ladder in found]


def _waits() -> tuple[ColumnElement[bool], ...]:
    """The twin of `rules.is_open`."""
    return (
        Post.kind_key == "question", Post.answer_count == 0, Post.locked_at.is_(None), Post.merged_into_id.is_(None),
        Post.hidden_at.is_(None), Post.withdrawn_at.is_(None), Post.held_at.is_(None),
        QuestionDetails.duplicate_of_id.is_(None),
    )  # fmt: skip


def _helpers(posts: Sequence[Post]) -> dict[int, list[Person]]:
    """Give some who could answer each question and may see it, by question; two statements however many."""
    wanted = {theme.id for post in posts for theme in post.themes}
    shown = func.coalesce(TrackRecord.answers + TrackRecord.experiences, 0)
    order = (shown.desc(), case((PersonTheme.level == GUIDE, 0), else_=1), PersonTheme.person_id)
    record = and_(TrackRecord.person_id == PersonTheme.person_id, TrackRecord.theme_id == PersonTheme.theme_id)
    place = func.row_number().over(partition_by=PersonTheme.theme_id, order_by=order)
    rows = select(PersonTheme.person_id, PersonTheme.theme_id, place.label("place")).outerjoin(TrackRecord, record)
    rows = rows.join(Person, Person.id == PersonTheme.person_id).join(Account, Account.person_id == Person.id)
    rows = rows.where(PersonTheme.theme_id.in_(wanted), PersonTheme.level.in_(HELPING))
    ranked = rows.where(can_be_asked(clock.now()), Person.asks_a_week > 0, *opens()).subquery()
    best = select(ranked).where(ranked.c.place <= SPARE).order_by(ranked.c.place, ranked.c.person_id)
    found = session.execute(best).all() if wanted else []
    known = accounts({person_id for person_id, _theme, _place in found})
    of_theme: defaultdict[int, list[Account]] = defaultdict(list)
    for person_id, theme_id, _place in found:
        of_theme[theme_id].append(known[person_id])
    return {post.id: _who_may_see(post, of_theme) for post in posts}


def _who_may_see(post: Post, of_theme: Mapping[int, Sequence[Account]]) -> list[Person]:
    likely = {one.person_id: one for theme in post.themes for one in of_theme.get(theme.id, ())}
    may = [one.person for one in likely.values() if rules.refusal(one, post, 0, clock.today()) is None]
    return may[: rules.FEWEST]


def _days(post: Post) -> int:
    first: date = post.published_at.astimezone(clock.HERE).date()
    return working_days.between(first, clock.today())
