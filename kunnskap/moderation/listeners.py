"""Writes to those whom moderation concerns, the author and those who reported; and looks for spam in what is new."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from kunnskap import clock, events, letters, mail
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.i18n import mark
from kunnskap.moderation import queries, rules, spam
from kunnskap.moderation.events import AppealAnswered, DecisionMade, ReportsSettled
from kunnskap.moderation.models import Decision, Report
from kunnskap.posts import actions as posts
from kunnskap.posts.events import CommentPublished, PostPublished
from kunnskap.posts.models import Comment, Post
from kunnskap.posts.queries import visible
from kunnskap.rights import MEMBER

_UNTITLED = {
    rules.COMMENT: mark("Kommentaren din"),
    rules.MESSAGE: mark("Meldingen din"),
    rules.POST: mark("Innlegget ditt"),
}


@dataclass(frozen=True)
class Letters:
    """Writes the mail. `address` is the site's own, `secret` signs the link by which one appeals without signing in."""

    address: str
    secret: str = field(repr=False)

    def listen(self) -> None:
        """Begin to write, and to watch for spam."""
        events.listen(self.tell_decided, DecisionMade)
        events.listen(self.tell_answered, AppealAnswered)
        events.listen(self.tell_settled, ReportsSettled)
        events.listen(watch, PostPublished, CommentPublished)

    def tell_decided(self, made: Sequence[DecisionMade]) -> None:
        """Tell the ones concerned what was decided and why, and how to appeal."""
        for one in made:
            self._write(one.decision_id, "moderation_decision")

    def tell_answered(self, answered: Sequence[AppealAnswered]) -> None:
        """Tell those who appealed what came of it."""
        for one in answered:
            self._write(one.decision_id, "moderation_appeal")

    def tell_settled(self, settled: Sequence[ReportsSettled]) -> None:
        """Tell those who reported that moderators have looked, but nothing of what anybody else said or was told."""
        for one in settled:
            reporters = select(Report.reporter_id).where(Report.id.in_(one.report_ids), Report.reporter_id.is_not(None))
            for person_id in session.scalars(reporters.distinct().order_by(Report.reporter_id)).all():
                account = queries.account_of(person_id)
                if account is not None:
                    mail.send(account.email, *letters.write("moderation_report", letters.BOKMAL, acted=one.acted))

    def _write(self, decision_id: int, letter: str) -> None:
        decision = session.get(Decision, decision_id)
        if decision is None:
            return
        account = queries.account_of(decision.person_id, closed_too=decision.act == rules.END)
        if account is None:
            return
        subject, text = letters.write(
            letter,
            letters.BOKMAL,
            told=rules.ACTS[decision.act].told,
            title=_title(decision, account.acting_as(MEMBER)),
            decision=decision,
            may_appeal=rules.appeal_problem(decision) is None,
            until=account.suspended_until if decision.act == rules.SUSPEND else None,
            page=self._page(decision),
            appeal=f"{self.address}/moderering/klage/{rules.appeal_mark(self.secret, decision.id)}",
        )
        mail.send(account.email, subject, text)

    def _page(self, decision: Decision) -> str:
        post_id = decision.post_id
        if decision.comment_id is not None:
            post_id = session.scalar(select(Comment.post_id).where(Comment.id == decision.comment_id))
        return f"{self.address}/innlegg/{post_id}" if post_id else ""


def watch(published: Sequence[PostPublished | CommentPublished]) -> None:
    """Look for signs of spam in what is new; where there are some, ask moderators to look, or have it wait for them."""
    for one in published:
        row = _row(one)
        account = queries.account_of(row.author_id) if row is not None else None
        if row is not None and account is not None and account.role == MEMBER:
            _look(row, account)


def _row(one: PostPublished | CommentPublished) -> Post | Comment | None:
    """What was published, unless it was brought in from elsewhere or a moderator has looked at it."""
    if isinstance(one, CommentPublished):
        row: Post | Comment | None
        row, is_it = session.get(Comment, one.comment_id), Report.comment_id == one.comment_id
    else:
        row, is_it = session.get(Post, one.post_id), Report.post_id == one.post_id
    if row is None or row.external_id is not None or row.hidden_at is not None:
        return None
    return None if queries.reported_by_site(is_it) else row


def _look(row: Post | Comment, account: Account) -> None:
    written = queries.written(row, account)
    shown = spam.signs(written)
    if spam.points(shown) < spam.REPORT_AT:
        return
    words = "\n".join(spam.SIGNS[name].words for name in shown)
    about = {"comment_id": row.id} if isinstance(row, Comment) else {"post_id": row.id}
    session.add(Report(reason=rules.SPAM, words=words, **about))
    if spam.is_to_wait(written, shown) and row.held_at is None:
        row.held_at = clock.now()
        if isinstance(row, Post):
            row.held_for = rules.REVIEW
            posts.came_or_went(row)
    session.flush()


def _title(decision: Decision, reader: Actor) -> str:
    """What the letter calls the post: its title, or its question's where the reader knows of that; a comment has none."""
    if decision.comment_id is not None:
        return _UNTITLED[rules.COMMENT]
    if decision.message_id is not None:
        return _UNTITLED[rules.MESSAGE]
    post = session.get(Post, decision.post_id) if decision.post_id else None
    if post is not None and post.parent_id is not None:
        post = session.scalar(select(Post).where(Post.id == post.parent_id, visible(reader)))
    return post.title if post is not None and post.title else _UNTITLED[rules.POST]
