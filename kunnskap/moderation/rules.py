"""Why one reports, what moderators may do, to what, and who may appeal. Pure: no database, no request."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.i18n import mark
from kunnskap.messages.models import Message
from kunnskap.moderation.models import Decision
from kunnskap.people.models import Person
from kunnskap.posts.kinds import ANSWER, EXPERIENCE, QUESTION
from kunnskap.posts.models import Comment, Post
from kunnskap.rights import MEMBER
from kunnskap.targets import Target

POST, COMMENT, MESSAGE, PERSON = "post", "comment", "message", "person"
PATHS = {"innlegg": POST, "kommentar": COMMENT, "melding": MESSAGE, "person": PERSON}
"""What can be reported and moderated, by its name in addresses."""
REVIEW = "review"
SPAM, OTHER, MISPLACED = "reklame", "annet", "feil-sted"
REASONS = {
    "personopplysninger": mark("Personopplysninger som ikke skal ligge ute"),
    "upassende": mark("Upassende eller krenkende"),
    SPAM: mark("Reklame eller søppel"),
    "utdatert": mark("Feil eller utdatert"),
    MISPLACED: mark("Feil sted, eller spurt om før"),
    "rettighet": mark("Bruker noe andre har rettigheter til"),
    OTHER: mark("Noe annet"),
}
LONGEST_WORDS = 3_000
APPEAL_WITHIN = timedelta(days=30)
LONGEST_SUSPENSION = timedelta(days=365)
_SALT = "klage"
ANY = frozenset({POST, COMMENT})
WORDS = ANY | {MESSAGE}


@dataclass(frozen=True)
class Act:
    """Something a moderator can do. `name` is its button; `told` is what the one it concerns reads, with a `%(title)s`.

    `on` are the kinds of things it is for, `undoes` the acts it takes back. `needs` names what must be told besides
    why: until (a day), target (a question) or title. What is `fixed` cannot be appealed.
    """

    name: str
    told: str
    on: frozenset[str]
    undoes: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    fixed: bool = False
    right: str = "moderate"


_TARGET = frozenset({"target"})
_POST = frozenset({POST})
_PERSON = frozenset({PERSON})
HIDE, RESTORE, LOCK, UNLOCK, APPROVE, REFUSE = "hide", "restore", "lock", "unlock", "approve", "refuse"
MERGE, MOVE, SPLIT, REHOME = "merge", "move", "split", "rehome"
WARN, SUSPEND, LIFT, END = "warn", "suspend", "lift", "end"
ACTS = {
    APPROVE: Act(mark("Legg ut"), mark("«%(title)s» er lagt ut"), ANY, fixed=True),
    REFUSE: Act(mark("Ikke legg ut"), mark("«%(title)s» ble ikke lagt ut"), ANY),
    HIDE: Act(mark("Skjul"), mark("«%(title)s» er skjult"), WORDS),
    RESTORE: Act(mark("Vis igjen"), mark("«%(title)s» vises igjen"), WORDS, frozenset({HIDE, REFUSE}), fixed=True),
    LOCK: Act(mark("Lås for svar og kommentarer"), mark("«%(title)s» er låst for nye svar og kommentarer"), _POST),
    UNLOCK: Act(mark("Lås opp"), mark("«%(title)s» er låst opp"), _POST, frozenset({LOCK}), fixed=True),
    MERGE: Act(mark("Slå sammen med et annet spørsmål"), mark("«%(title)s» er slått sammen med et annet spørsmål"),
               _POST, needs=_TARGET),
    MOVE: Act(mark("Gjør om til spørsmål eller erfaring"), mark("«%(title)s» er flyttet til riktig sted"), _POST),
    SPLIT: Act(mark("Gjør svaret til et eget spørsmål"), mark("Svaret ditt er blitt et eget spørsmål: «%(title)s»"),
               _POST, needs=frozenset({"title"})),
    REHOME: Act(mark("Flytt svaret til et annet spørsmål"), mark("Svaret ditt er flyttet til «%(title)s»"),
                _POST, needs=_TARGET),
    WARN: Act(mark("Send en advarsel"), mark("En melding fra moderatorene"), _PERSON),
    SUSPEND: Act(mark("Steng kontoen for en tid"), mark("Kontoen din er stengt for en tid"), _PERSON,
                 needs=frozenset({"until"})),
    LIFT: Act(mark("Åpne kontoen igjen"), mark("Kontoen din er åpen igjen"), _PERSON, frozenset({SUSPEND}), fixed=True),
    END: Act(mark("Avslutt kontoen"), mark("Kontoen din er avsluttet"), _PERSON, right="change roles and end accounts"),
}  # fmt: skip
"""Everything a moderator can do, in the order it is offered."""


@dataclass(frozen=True)
class Thing:
    """A post, a comment (with its post), a message or a person (with the account, if any) that is reported or moderated."""

    post: Post | None = None
    comment: Comment | None = None
    person: Person | None = None
    account: Account | None = None
    message: Message | None = None

    @property
    def kind(self) -> str:
        """A value of PATHS."""
        if self.message is not None:
            return MESSAGE
        return COMMENT if self.comment is not None else POST if self.post is not None else PERSON

    @property
    def row(self) -> Post | Comment | Message | Person:
        """The thing itself."""
        found = self.message or self.comment or self.post or self.person
        if found is None:
            raise ValueError("a thing is a post, a comment, a message or a person")
        return found

    @property
    def id(self) -> int:
        """Its number."""
        return self.row.id

    @property
    def path(self) -> str:
        """Its kind as addresses name it."""
        return next(path for path, kind in PATHS.items() if kind == self.kind)

    @property
    def concerned_id(self) -> int:
        """The person who wrote it, or is it."""
        row = self.row
        if isinstance(row, Message):
            return row.sender_id
        return row.id if isinstance(row, Person) else row.author_id

    @property
    def target(self) -> Target:
        """Its name tag."""
        return Target(self.kind, self.id)


def may_report(actor: Actor, thing: Thing) -> bool:
    """Members, what others wrote, and others themselves."""
    return actor.may("report to moderators") and actor.person_id != thing.concerned_id


def may_moderate(actor: Actor, thing: Thing) -> bool:
    """Moderators, but never what is their own; accounts with powers are for administrators."""
    if not actor.may("moderate") or actor.person_id == thing.concerned_id:
        return False
    return thing.account is None or actor.is_administrator or thing.account.role == MEMBER


def may_do(actor: Actor, thing: Thing, act: str) -> bool:
    """Whether the actor may do this to the thing as it stands now."""
    return may_moderate(actor, thing) and act in possible(thing) and actor.may(ACTS[act].right)


def offered(actor: Actor, thing: Thing) -> list[str]:
    """What the actor may do to the thing as it stands now, in the order it is offered."""
    return [act for act in ACTS if may_do(actor, thing, act)]


def name_of(act: str, thing: Thing) -> str:
    """What an act is called when it is offered for this thing."""
    if act == MOVE and thing.post is not None:
        return mark("Gjør om til en erfaring") if thing.post.kind is QUESTION else mark("Gjør om til et spørsmål")
    return ACTS[act].name


def possible(thing: Thing) -> set[str]:
    """What can be done to a thing as it stands now."""
    if thing.comment is not None:
        return _to_words(thing.comment.hidden_at, is_held=thing.comment.held_at is not None)
    if thing.message is not None:
        return _to_words(thing.message.hidden_at, is_held=False)
    if thing.post is not None:
        return _to_post(thing.post)
    if thing.account is None or thing.account.closed_at is not None:
        return set()
    return {WARN, LIFT if thing.account.is_suspended else SUSPEND, END}


def _to_words(hidden_at: datetime | None, *, is_held: bool) -> set[str]:
    if hidden_at is not None:
        return {RESTORE}
    return {APPROVE, REFUSE} if is_held else {HIDE}


def _to_post(post: Post) -> set[str]:
    if post.merged_into_id is not None:
        return set()
    found = _to_words(post.hidden_at, is_held=post.held_for == REVIEW)
    if post.parent_id is None:
        found.add(UNLOCK if post.locked_at else LOCK)
    if not post.is_gone:
        ways = {QUESTION.key: {MERGE, MOVE}, EXPERIENCE.key: {MOVE}, ANSWER.key: {SPLIT, REHOME}}
        found |= ways.get(post.kind_key, set())
    return found


def appeal_problem(decision: Decision) -> str | None:
    """Say why a decision cannot be appealed (any more), as when the one it concerned has left; None when it can."""
    if ACTS[decision.act].fixed or decision.undone_at is not None or decision.person_id is None:
        return mark("Denne avgjørelsen er det ingenting å klage på.")
    if decision.appealed_at is not None:
        return mark("Du har klaget på denne avgjørelsen. Man kan klage én gang.")
    if clock.now() - decision.made_at > APPEAL_WITHIN:
        return mark("Fristen for å klage er ute. Den er 30 dager.")
    return None


def is_put_right_by_hand(act: str) -> bool:
    """Whether nothing is done by itself when an appeal against such an act is heard."""
    return act in {MERGE, MOVE, SPLIT, REHOME}


def may_answer(actor: Actor, decision: Decision) -> bool:
    """Another moderator than the one who decided, who may do such acts and is not concerned."""
    waits = decision.appealed_at is not None and decision.answered_at is None
    is_other = actor.person_id not in {decision.made_by_id, decision.person_id}
    return waits and is_other and actor.may("moderate") and actor.may(ACTS[decision.act].right)


def appeal_mark(secret: str, decision_id: int) -> str:
    """Make what a link ends in that opens one decision for the one it concerns, also when they cannot sign in."""
    return str(URLSafeSerializer(secret, salt=_SALT).dumps(decision_id))


def decision_of(secret: str, mark: str) -> int | None:
    """Say which decision a link opens; None when we never made it."""
    try:
        number = URLSafeSerializer(secret, salt=_SALT).loads(mark)
    except BadData:
        return None
    return number if isinstance(number, int) else None
