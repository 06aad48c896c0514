"""Deleting an account: the person goes, and what they shared stays with the workplace it was written from.

One transaction, in statements over whole sets, so that somebody who has written much takes little longer. What is kept
belongs to a person without a name, one for each workplace. What nobody else can see (drafts, and what was withdrawn or
held) is deleted.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from kunnskap import audit, clock, events
from kunnskap.accounts import administering
from kunnskap.accounts.models import Account
from kunnskap.accounts.rules import organisation
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.documents.models import DocumentDetails
from kunnskap.events import Outbox
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.files import StoredFile
from kunnskap.following.models import Follow
from kunnskap.handover.models import Handover
from kunnskap.home.models import Feedback
from kunnskap.insight.models import SearchTally
from kunnskap.invitations.models import Invitation
from kunnskap.mail import MailWanted
from kunnskap.messages.models import Conversation, ConversationSide, Message, Talk
from kunnskap.moderation.models import Decision
from kunnskap.people.events import PersonChanged
from kunnskap.people.models import FORMER, Person
from kunnskap.places.models import Place
from kunnskap.posts.events import PostChanged
from kunnskap.posts.models import Attachment, Comment, Post, Revision, Vote
from kunnskap.privacy.events import AccountErased
from kunnskap.privacy.models import Export
from kunnskap.questions.models import QuestionDetails, Wonder

CONTACT, MAILBOX, FILE = "contact_id", "contact_mailbox", "_sha256"
"""What revisions call the contact, a shared mailbox and a document's file."""


@dataclass
class _Leaving:
    """The one who leaves: what is needed once the rows are gone, and the posts whose readers must be told."""

    account_id: int
    person_id: int
    email: str
    name: str
    place_id: int | None
    workplace: str
    changed: set[tuple[int, int]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


def erase(actor: Actor | None, account_id: int) -> bool:
    """Delete an account and the person behind it; False when somebody else just did. `actor` is none for the site itself.

    Raises Invalid for the last administrator.
    """
    leaving = _hold(account_id)
    if leaving is None:
        return False
    exports = list(session.scalars(select(Export.filename).where(Export.person_id == leaving.person_id)))
    _note_what_changes(leaving)
    _take_back_votes(leaving)
    _delete_what_nobody_sees(leaving)
    _leave_to_workplaces(leaving)
    _settle_decisions(leaving)
    _forget_address(leaving)
    _change(delete(Follow).where(Follow.target_kind == "person", Follow.target_id == leaving.person_id))
    _change(delete(Handover).where(Handover.person_id == leaving.person_id, Handover.done_at.is_(None)))
    _change(update(Handover).where(Handover.person_id == leaving.person_id).values(words=""))
    # Everything else that points to them goes, or stands without anybody, by the rules of its foreign key.
    _change(delete(Account).where(Account.id == account_id))
    _change(delete(Person).where(Person.id == leaving.person_id))
    session.expire_all()
    _tell(leaving)
    audit.note(actor, "account deleted", f"account:{account_id}", {"person": leaving.person_id})
    events.emit(AccountErased(leaving.email, [name for name in exports if name], sorted(_let_go(leaving.files))))
    return True


def _hold(account_id: int) -> _Leaving | None:
    """Have everybody else wait who does something to the account or the person; None when they are gone already."""
    session.flush()
    if session.scalar(select(Account.id).where(Account.id == account_id).with_for_update()) is None:
        return None
    account = session.get_one(Account, account_id)
    hold(account)
    administering.refuse_last_administrator(account)
    columns = select(Person.name, Person.place_id, Person.organisation).where(Person.id == account.person_id)
    name, place_id, workplace = session.execute(columns.with_for_update()).one()
    return _Leaving(account.id, account.person_id, account.email, name, place_id, _unless_named(workplace, name))


def _unless_named(workplace: str, name: str) -> str:
    """Give the name of a workplace, unless it is named after the person."""
    return "" if name and name.casefold() in workplace.casefold() else workplace


def _note_what_changes(leaving: _Leaving) -> None:
    """Gather every post that shows them, or counts them."""
    mine = leaving.person_id
    contact = select(ExperienceDetails.post_id).where(ExperienceDetails.contact_id == mine)
    voted = select(Vote.post_id).where(Vote.voter_id == mine)
    wondered = select(Wonder.post_id).where(Wonder.person_id == mine)
    those = or_(Post.author_id == mine, Post.id.in_(contact), Post.id.in_(voted), Post.id.in_(wondered))
    rows = session.execute(select(Post.id, func.coalesce(Post.parent_id, Post.id)).where(those))
    leaving.changed = {(number, root) for number, root in rows}


def _take_back_votes(leaving: _Leaving) -> None:
    voted = select(Vote.post_id).where(Vote.voter_id == leaving.person_id)
    _change(update(Post).where(Post.id.in_(voted)).values(score=Post.score - 1))
    wondered = select(Wonder.post_id).where(Wonder.person_id == leaving.person_id)
    fewer = update(QuestionDetails).where(QuestionDetails.post_id.in_(wondered))
    _change(fewer.values(wonder_count=QuestionDetails.wonder_count - 1))
    _change(delete(Vote).where(Vote.voter_id == leaving.person_id))
    _change(delete(Wonder).where(Wonder.person_id == leaving.person_id))


def _change(statement: Any) -> None:
    """Change rows without looking for them among those at hand, which are all forgotten in the end."""
    session.execute(statement, execution_options={"synchronize_session": False})


def _delete_what_nobody_sees(leaving: _Leaving) -> None:
    """Delete what was withdrawn or held, all of it; a question that others have answered is emptied, not deleted."""
    mine, other = Post.author_id == leaving.person_id, aliased(Post)
    unseen = and_(mine, or_(Post.withdrawn_at.is_not(None), Post.held_at.is_not(None)))
    answered = exists().where(other.parent_id == Post.id, other.author_id != leaving.person_id)
    _empty(leaving, list(session.scalars(select(Post.id).where(unseen, answered))))
    roots = select(Post.id).where(unseen, ~answered)
    below = and_(mine, Post.parent_id.in_(list(session.scalars(roots))))
    doomed = list(session.scalars(select(Post.id).where(or_(and_(unseen, ~answered), below))))
    _delete_comments(leaving)
    for some in _batches(doomed):
        _delete_posts(leaving, some)


def _empty(leaving: _Leaving, ids: list[int]) -> None:
    """Take the words and files out of posts that others' answers hang on."""
    leaving.files |= _files_of(ids)
    nothing = dict.fromkeys(("title", "body", "body_html", "excerpt", "source_url"), "")
    _change(update(Post).where(Post.id.in_(ids)).values(attachment_count=0, external_id=None, **nothing))
    _change(delete(Revision).where(Revision.post_id.in_(ids)))
    _change(delete(Attachment).where(Attachment.post_id.in_(ids)))
    _change(delete(ExperienceDetails).where(ExperienceDetails.post_id.in_(ids)))  # of what moderators made a question


def _delete_comments(leaving: _Leaving) -> None:
    held = and_(Comment.author_id == leaving.person_id, Comment.held_at.is_not(None), Comment.withdrawn_at.is_(None))
    number = select(func.count()).where(Comment.post_id == Post.id, held).scalar_subquery()
    with_held = update(Post).where(Post.id.in_(select(Comment.post_id).where(held)))
    _change(with_held.values(comment_count=Post.comment_count - number))
    unseen = or_(Comment.withdrawn_at.is_not(None), Comment.held_at.is_not(None))
    _change(delete(Comment).where(Comment.author_id == leaving.person_id, unseen))


def _delete_posts(leaving: _Leaving, ids: Collection[int]) -> None:
    leaving.files |= _files_of(ids)
    for column in (QuestionDetails.accepted_answer_id, QuestionDetails.duplicate_of_id):
        _change(update(QuestionDetails).where(column.in_(ids)).values({column: None}))
    _change(update(Post).where(Post.merged_into_id.in_(ids)).values(merged_into_id=None))
    _change(delete(Post).where(Post.id.in_(ids), Post.parent_id.is_not(None)))
    _change(delete(Post).where(Post.id.in_(ids)))


def _files_of(ids: Collection[int]) -> set[str]:
    """The files of posts, also those that documents had before."""
    found = set(session.scalars(select(Attachment.sha256).where(Attachment.post_id.in_(ids))))
    found |= set(session.scalars(select(DocumentDetails.sha256).where(DocumentDetails.post_id.in_(ids))))
    details = select(Revision.details).where(Revision.post_id.in_(ids))
    return found | {one[FILE] for one in session.scalars(details) if FILE in one}


def _leave_to_workplaces(leaving: _Leaving) -> None:
    """Give what stays to those who stand for former members, each post to that of the workplace it was written from."""
    mine, heir = Post.author_id == leaving.person_id, _heir(leaving.place_id, leaving.workplace)
    _rename_contact(leaving, heir)
    _leave_conversations(leaving, heir)
    told = DocumentDetails.post_id.in_(select(Post.id).where(mine))
    _change(update(DocumentDetails).where(told).values(numbers_reason=""))  # said to moderators only
    for place_id, workplace in session.execute(select(Post.place_id, Post.workplace).where(mine).distinct()).all():
        here = and_(mine, Post.place_id == place_id if place_id is not None else Post.place_id.is_(None))
        shown = _unless_named(workplace, leaving.name)
        values = {"author_id": _heir(place_id, shown), "submission_key": None, "workplace": shown}
        _change(update(Post).where(here, Post.workplace == workplace).values(values))
    comments = update(Comment).where(Comment.author_id == leaving.person_id)
    _change(comments.values(author_id=heir, submission_key=None))
    _change(update(Revision).where(Revision.editor_id == leaving.person_id).values(editor_id=heir))


def _leave_conversations(leaving: _Leaving, heir: int) -> None:
    """What was written to others stays with them; a conversation whose other side has left too goes altogether."""
    _call_off_talks(leaving.person_id)
    other = aliased(ConversationSide)
    mine = select(ConversationSide.conversation_id).where(ConversationSide.person_id == leaving.person_id)
    kept = select(other.conversation_id).join(Person, Person.id == other.person_id)
    kept = kept.where(other.person_id != leaving.person_id, _is_somebody())
    gone = list(session.scalars(mine.where(ConversationSide.conversation_id.not_in(kept))))
    for some in _batches(gone):
        _change(delete(Conversation).where(Conversation.id.in_(some)))
    sides = update(ConversationSide).where(ConversationSide.person_id == leaving.person_id)
    _change(sides.values(person_id=heir))
    suggested = Talk.message_id.in_(select(Message.id).where(Message.sender_id == leaving.person_id))
    _change(update(Talk).where(suggested).values(where=""))  # where they could be rung
    sent = update(Message).where(Message.sender_id == leaving.person_id)
    _change(sent.values(sender_id=heir, submission_key=None))


def _call_off_talks(person_id: int) -> None:
    """Call off the talks somebody has agreed on that have not been yet."""
    theirs = select(ConversationSide.conversation_id).where(ConversationSide.person_id == person_id)
    suggested = Talk.message_id.in_(select(Message.id).where(Message.conversation_id.in_(theirs)))
    coming = update(Talk).where(suggested, Talk.chosen_at > clock.now(), Talk.cancelled_at.is_(None))
    _change(coming.values(cancelled_at=clock.now(), sequence=Talk.sequence + 1))


def _is_somebody() -> ColumnElement[bool]:
    """The condition under which a person does not stand for those who have left a workplace."""
    return or_(Person.external_id.is_(None), ~Person.external_id.startswith(FORMER, autoescape=True))


def _heir(place_id: int | None, workplace: str) -> int:
    """Give the person who stands for former members of a workplace, made when there is none."""
    mark = str(place_id) if place_id is not None else hashlib.sha256(workplace.encode()).hexdigest()[:32]
    known = select(Person.id).where(Person.external_id == f"{FORMER}{mark}")
    found = session.scalar(known)
    if found is not None:
        return found
    place = session.get(Place, place_id) if place_id is not None else None
    made = Person(name="", listed=False, external_id=f"{FORMER}{mark}", place_id=place_id, organisation=workplace)
    if place is not None:
        made.workplace_kind, made.organisation = place.kind, organisation(place)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        return session.scalars(known).one()  # somebody else from there is leaving at the same time
    return made.id


def _rename_contact(leaving: _Leaving, heir: int) -> None:
    """Take their name and address out of the facts of experiences, and out of what history remembers of these."""
    named = ExperienceDetails.contact_id == leaving.person_id
    _change(update(ExperienceDetails).where(named).values(contact_id=heir))
    own = func.lower(ExperienceDetails.contact_mailbox) == leaving.email
    _change(update(ExperienceDetails).where(own).values(contact_mailbox=""))
    written = cast(Revision.details, String)
    told = or_(
        written.contains(f'"{CONTACT}": "{leaving.person_id} ', autoescape=True),
        func.lower(written).contains(f'"{MAILBOX}": "{leaving.email}"', autoescape=True),
    )
    rows = session.execute(select(Revision.id, Revision.details).where(told)).all()
    changed = [{"id": number, "details": _without(leaving, heir, details)} for number, details in rows]
    if changed:
        session.execute(update(Revision), changed)


def _without(leaving: _Leaving, heir: int, details: dict[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in details.items() if key != MAILBOX or value.lower() != leaving.email}
    if kept.get(CONTACT, "").partition(" ")[0] == str(leaving.person_id):
        kept[CONTACT] = str(heir)
    return kept


def _settle_decisions(leaving: _Leaving) -> None:
    """What was decided about posts that stay, stays: the act and the reason, without what was said about it."""
    stays = or_(Decision.post_id.is_not(None), Decision.comment_id.is_not(None))
    theirs = update(Decision).where(Decision.person_id == leaving.person_id, stays)
    _change(theirs.values(person_id=None, words="", appeal="", answer=""))


def _forget_address(leaving: _Leaving) -> None:
    """Forget mail that waits to be sent, invitations, feedback and searches that hold the address or the name."""
    waiting = Outbox.facts.contains(f'"to": "{leaving.email}"', autoescape=True)
    _change(delete(Outbox).where(Outbox.name == MailWanted.__name__, waiting))
    _change(delete(Invitation).where(Invitation.email == leaving.email))
    _change(update(Feedback).where(func.lower(Feedback.email) == leaving.email).values(email=""))
    if len(leaving.name.split()) > 1:
        name = " ".join(leaving.name.lower().split())
        _change(delete(SearchTally).where(SearchTally.words.contains(name, autoescape=True)))


def _let_go(files: Collection[str]) -> set[str]:
    """Forget those of these files that nobody holds any more; gives their names."""
    for sha256 in files:
        held = [select(model.sha256).where(model.sha256 == sha256) for model in (Attachment, DocumentDetails)]
        before = select(Revision.id).where(cast(Revision.details, String).contains(sha256))
        if not any(session.execute(one.limit(1)).first() for one in (*held, before)):
            _change(delete(StoredFile).where(StoredFile.sha256 == sha256))
    return set(files) - set(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(files))))


def _tell(leaving: _Leaving) -> None:
    events.emit_all(PostChanged(post_id, root_id) for post_id, root_id in sorted(leaving.changed))
    events.emit(PersonChanged(leaving.person_id))


def _batches(ids: list[int], size: int = 500) -> list[list[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
