"""Putting words where they belong: a question that is an experience, an answer that is a question, or another's answer."""

from sqlalchemy import delete, func, select, update

from kunnskap import clock, text
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import Invalid
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.experiences.rules import LONGEST_SUMMARY
from kunnskap.following.models import Follow
from kunnskap.i18n import mark, say
from kunnskap.moderation import deciding
from kunnskap.moderation.deciding import Wish
from kunnskap.moderation.models import Decision
from kunnskap.moderation.rules import Thing
from kunnskap.posts import actions as posts
from kunnskap.posts.kinds import EXPERIENCE, QUESTION, UNANSWERED
from kunnskap.posts.models import Comment, Post, PostPlace, PostTheme, Revision
from kunnskap.posts.rules import circle, is_no_wider
from kunnskap.questions import actions as questions
from kunnskap.questions import rules as question_rules
from kunnskap.questions.models import QuestionDetails

SECTIONS = {
    "problem": mark("Utfordring"),
    "actions": mark("Hva vi gjorde"),
    "worked": mark("Hva fungerte"),
    "barriers": mark("Hindringer"),
    "advice": mark("Råd til andre"),
}
NOTE = mark("Flyttet av en moderator")


def move(actor: Actor, thing: Thing, wish: Wish) -> Decision | None:
    """Make an experience of a question, or a question of an experience; None when somebody else has done something to it."""
    post = _to_move(actor, thing, wish)
    if post is None:
        return None
    if post.kind is QUESTION:
        _make_experience(post)
    else:
        _make_question(post)
    _remember(actor, post)
    posts.changed(post)
    return deciding.write(actor, thing, wish)


def split(actor: Actor, thing: Thing, wish: Wish) -> Decision | None:
    """Make a question of its own of an answer, by the same author, for the same readers, about the same themes."""
    title = " ".join(wish.title.split())
    if not question_rules.SHORTEST_TITLE <= len(title) <= question_rules.LONGEST_TITLE:
        shortest, longest = question_rules.SHORTEST_TITLE, question_rules.LONGEST_TITLE
        message = "Skriv en tittel på mellom %(shortest)s og %(longest)s tegn."
        raise Invalid(title=say(message, shortest=shortest, longest=longest))
    answer = _to_move(actor, thing, wish)
    if answer is None:
        return None
    asked = session.get_one(Post, answer.parent_id)
    keep_unnamed(asked, [answer.id])
    answer.kind_key, answer.parent_id, answer.title, answer.status = QUESTION.key, None, title, UNANSWERED
    answer.locked_at, answer.active_at = None, clock.now()
    session.add(QuestionDetails(post_id=answer.id))
    session.flush()
    _about_the_same(answer, asked)
    _have_author_follow(answer)
    questions.keep_in_step(asked)
    _remember(actor, answer)
    for changed in (answer, asked):
        posts.changed(changed)
    return deciding.write(actor, thing, wish)


def rehome(actor: Actor, thing: Thing, wish: Wish) -> Decision | None:
    """Move an answer to another question. Raises Invalid where more would read it than before."""
    target = question_to_join(wish, thing)
    asked = session.get_one(Post, thing.post.parent_id) if thing.post else target
    for one in sorted((asked, target), key=lambda post: post.id):
        hold(one)
    answer = _to_move(actor, thing, wish)
    if answer is None:
        return None
    refuse_target(actor, answer, target)
    if target.id == asked.id:
        raise Invalid(target=mark("Svaret står under dette spørsmålet allerede."))
    keep_unnamed(asked, [answer.id])
    hang_under(answer, target)
    target.active_at = clock.now()
    for question in (asked, target):
        questions.keep_in_step(question)
        posts.changed(question)
    posts.changed(answer)
    return deciding.write(actor, thing, wish)


def question_to_join(wish: Wish, thing: Thing) -> Post:
    """Give the question that something is to come to. Raises Invalid on `target`."""
    if wish.target is None or wish.target.kind is not QUESTION or wish.target.id == thing.id:
        raise Invalid(target=mark("Velg et annet spørsmål, som finnes."))
    return wish.target


def refuse_target(actor: Actor, moved: Post, target: Post) -> None:
    """Raise Invalid when a held question cannot take what is moved."""
    if target.is_gone or target.merged_into_id is not None or target.kind is not QUESTION:
        raise Invalid(target=mark("Velg et spørsmål som andre kan se."))
    if target.author_id == actor.person_id:
        raise Invalid(target=mark("Spørsmålet er ditt eget. La en annen moderator gjøre dette."))
    if not is_no_wider(circle(target), circle(moved)):
        raise Invalid(
            target=mark("Flere ville få lese det som flyttes, enn de det er skrevet for. Da kan det ikke flyttes.")
        )


def keep_unnamed(asked: Post, post_ids: list[int]) -> None:
    """Raise Invalid when moving posts away from a question would name the one who asked it without a name."""
    if not asked.hides_author:
        return
    theirs = (Comment.author_id == asked.author_id, Comment.post_id.in_(post_ids))
    there = Comment.withdrawn_at.is_(None)  # what is hidden may be shown again
    if session.scalar(select(func.count()).select_from(Comment).where(*theirs, there)):
        raise Invalid(
            form=mark("Den som spurte uten navn, har kommentert her. Navnet ville vises om dette ble flyttet.")
        )


def hang_under(answer: Post, question: Post) -> None:
    """Make an answer one to this question: for its readers, as open as it is, and telling no more of who asked."""
    answer.parent_id, answer.audience, answer.locked_at = question.id, question.audience, question.locked_at
    answer.for_network_id, answer.for_place_id = question.for_network_id, question.for_place_id
    if question.hides_author and question.author_id == answer.author_id:
        answer.hides_author = True


def _to_move(actor: Actor, thing: Thing, wish: Wish) -> Post | None:
    deciding.check(actor, thing, wish)
    deciding.held(thing)
    return thing.post if deciding.is_still_possible(thing, wish.act) else None


def _make_experience(post: Post) -> None:
    """What does not fit the summary becomes what was done; the author fills in the rest when it is next edited."""
    if post.hides_author:
        raise Invalid(form=mark("Det er spurt uten navn. En erfaring må ha noen å spørre."))
    answers = (Post.parent_id == post.id, Post.hidden_at.is_(None), Post.withdrawn_at.is_(None))
    if session.scalar(select(func.count()).select_from(Post).where(*answers)):
        raise Invalid(form=mark("Spørsmålet har svar. Flytt svarene, eller gjør dem til egne spørsmål, først."))
    details = session.get(ExperienceDetails, post.id)
    if details is None:
        details = ExperienceDetails(post_id=post.id, contact_id=post.author_id)
        session.add(details)
        session.flush()
    if len(post.body) > LONGEST_SUMMARY:
        details.actions = details.actions or post.body
        post.write(text.shortened(text.plain(post.body_html), LONGEST_SUMMARY))
    post.kind_key, post.status, post.active_at = EXPERIENCE.key, None, clock.now()
    session.flush()
    if post.place_id is not None and not session.scalar(select(PostPlace.place_id).where(PostPlace.post_id == post.id)):
        session.add(PostPlace(post_id=post.id, place_id=post.place_id))
    own, others = QuestionDetails.post_id == post.id, QuestionDetails.duplicate_of_id == post.id
    session.execute(update(QuestionDetails).where(own | others).values(duplicate_of_id=None))


def _make_question(post: Post) -> None:
    """Everything that was told in words becomes the question's text; figures are kept, in case it is moved back."""
    details = session.get(ExperienceDetails, post.id)
    told = {name: getattr(details, name) for name in SECTIONS} if details is not None else {}
    parts = [post.body, *(f"## {SECTIONS[name]}\n\n{words}" for name, words in told.items() if words.strip())]
    post.write("\n\n".join(parts))
    post.kind_key, post.status, post.active_at = QUESTION.key, UNANSWERED, clock.now()
    session.flush()
    if session.get(QuestionDetails, post.id) is None:
        session.add(QuestionDetails(post_id=post.id))
    questions.keep_in_step(post)


def _about_the_same(post: Post, other: Post) -> None:
    """Have a post be about the themes and places another is about."""
    session.execute(delete(PostTheme).where(PostTheme.post_id == post.id))
    session.execute(delete(PostPlace).where(PostPlace.post_id == post.id))
    for theme_id in session.scalars(select(PostTheme.theme_id).where(PostTheme.post_id == other.id)).all():
        session.add(PostTheme(post_id=post.id, theme_id=theme_id))
    places = select(PostPlace.place_id, PostPlace.position).where(PostPlace.post_id == other.id)
    for place_id, position in session.execute(places).all():
        session.add(PostPlace(post_id=post.id, place_id=place_id, position=position))
    session.flush()


def _have_author_follow(post: Post) -> None:
    if session.get(Follow, (post.author_id, "post", post.id)) is None:
        session.add(Follow(person_id=post.author_id, target_kind="post", target_id=post.id))


def _remember(actor: Actor, post: Post) -> None:
    """Keep how the post stands after it was moved, so that history tells."""
    if actor.person_id is not None:
        session.add(Revision(post_id=post.id, editor_id=actor.person_id, title=post.title, body=post.body, note=NOTE))
    session.flush()
