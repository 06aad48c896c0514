"""What a question must hold, and who may do what with it. Pure: no database, no request."""

from collections.abc import Collection

from kunnskap.actor import Actor
from kunnskap.i18n import Message, mark, say
from kunnskap.posts import rules as posts
from kunnskap.posts.actions import Content
from kunnskap.posts.kinds import ANSWERED, SOLVED, UNANSWERED
from kunnskap.posts.models import Post

SHORTEST_TITLE, LONGEST_TITLE = 10, 150
LONGEST_BODY = 20_000
MOST_PLACES = 10
Problems = dict[str, str | Message]
NO_TITLE = mark("Skriv spørsmålet i én setning.")
NO_BODY = mark("Beskriv hva du lurer på.")
NO_ANSWER = mark("Skriv et svar.")
NO_THEME = mark("Velg minst ett tema.")


def may_accept(actor: Actor, question: Post) -> bool:
    """Whoever asked says which answer solved it; so may those who keep the question now, and moderators."""
    decides = actor.is_moderator or _asked_it(actor, question) or posts.keeps(actor, question)
    return not question.is_gone and decides


def may_mark_duplicate(actor: Actor, question: Post) -> bool:
    """The same people may say that the question is asked before."""
    return posts.may_edit(actor, question)


def may_wonder(actor: Actor, question: Post) -> bool:
    """Members may wonder about what others asked and still stands."""
    return actor.is_member and not question.is_gone and not _asked_it(actor, question)


def state(answers: int, *, is_solved: bool) -> str:
    """Say which state a question with so many standing answers is in."""
    if is_solved:
        return SOLVED
    return ANSWERED if answers else UNANSWERED


def question_problems(content: Content) -> Problems:
    """Say what is wrong with a question, by field."""
    problems = body_problems(content.body, NO_BODY)
    title = " ".join(content.title.split())
    if not title:
        problems["title"] = NO_TITLE
    elif len(title) < SHORTEST_TITLE:
        problems["title"] = say("Skriv litt mer. Tittelen må ha minst %(count)s tegn.", count=SHORTEST_TITLE)
    elif len(title) > LONGEST_TITLE:
        problems["title"] = say("Tittelen er for lang. Den kan ha høyst %(count)s tegn.", count=LONGEST_TITLE)
    if not content.themes:
        problems["themes"] = NO_THEME
    if _too_many(content.places):
        problems["places"] = say("Du kan velge høyst %(count)s steder.", count=MOST_PLACES)
    return problems


def body_problems(body: str, when_empty: str) -> Problems:
    """Say what is wrong with the text of a question or an answer."""
    if not body.strip():
        return {"body": when_empty}
    if len(body) > LONGEST_BODY:
        return {"body": say("Teksten er for lang. Den kan ha høyst %(count)s tegn.", count=LONGEST_BODY)}
    return {}


def _too_many(places: Collection[int]) -> bool:
    return len(set(places)) > MOST_PLACES


def _asked_it(actor: Actor, question: Post) -> bool:
    return actor.is_member and actor.person_id == question.author_id
