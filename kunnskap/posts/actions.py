"""Publishing and changing posts, the same way for every kind."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from kunnskap import audit, clock, events, personal_numbers, text
from kunnskap.actor import Actor
from kunnskap.db import hold, session
from kunnskap.errors import AlreadyPosted, Invalid, NotAllowed
from kunnskap.i18n import POST_LANGUAGES, Message, mark
from kunnskap.people.models import Person
from kunnskap.places.models import Place
from kunnskap.posts import rules
from kunnskap.posts.events import PostChanged, PostPublished
from kunnskap.posts.kinds import AUDIENCES, REVIEW, Kind
from kunnskap.posts.models import Comment, Draft, Post, PostPlace, PostTheme, Revision
from kunnskap.themes.models import Theme

MOST_THEMES = 4
NOT_ONES_OWN = mark("Velg et nettverk du er med i, eller kommunen din. Andre kan du ikke skrive lukket for.")
FOR_FEWER = mark("Andre har svart eller kommentert for færre lesere enn dette. Da kan ikke flere få lese.")
ONLY_ITS_WRITER = mark("Bare den som skrev innlegget, kan la flere lese det.")
READERS_STAY = mark("Bare den som skrev innlegget, kan endre hvem som leser det.")
WEB_ADDRESSES = ("https://", "http://")
Restorer = Callable[[Post, Mapping[str, str]], None]
_restorers: dict[str, Restorer] = {}
Keeper = Callable[[Post], None]
_keepers: dict[str, Keeper] = {}
Holder = Callable[[Post], str | None]
_holders: dict[str, Holder] = {}


@dataclass(frozen=True)
class Content:
    """What a post says. `themes` are slugs, `places` ids; `details` is what only its kind has, as text, for history.

    `network_id` is the network that the audience `network` means.
    """

    body: str
    title: str = ""
    language: str = "nb"
    audience: str = "everyone"
    network_id: int | None = None
    hides_author: bool = False
    status: str | None = None
    source_url: str = ""
    themes: Collection[str] = ()
    places: Collection[int] = ()
    details: Mapping[str, str] = field(default_factory=dict)


def publish(
    actor: Actor, kind: Kind, content: Content, *, parent: Post | None = None, submission_key: str | None = None
) -> Post:
    """Make a post.

    Raises NotAllowed for visitors and on posts that are gone, Invalid for what may not be said so, AlreadyPosted when
    the author has just posted with the same key.
    """
    if actor.person_id is None or (parent is not None and not rules.may_reply(actor, parent)):
        raise NotAllowed
    if (kind.replies_to or None) != (parent.kind_key if parent else None):
        raise Invalid(parent=mark("Dette innlegget må høre til et annet."))
    if parent is not None:
        content = replace(content, audience=parent.audience)
    _check(kind, content)
    if parent is None and not rules.may_address(actor, content.audience, content.network_id):
        raise Invalid(audience=NOT_ONES_OWN)
    post = Post(
        kind_key=kind.key,
        parent_id=parent.id if parent else None,
        author_id=actor.person_id,
        place_id=actor.place_id,
        workplace=actor.workplace,
        submission_key=submission_key or None,
    )
    _write(post, content)
    _address(actor, post, content, parent)
    if actor.is_newcomer:
        post.held_at, post.held_for = clock.now(), REVIEW
    _add(post)
    _tag(post, content)
    _remember(actor.person_id, post, content)
    events.emit(PostPublished(post.id, root_id(post)))
    return post


def edit(actor: Actor, post: Post, content: Content, note: str = "") -> None:
    """Change what a post says and remember how it stood."""
    if not rules.may_edit(actor, post) or actor.person_id is None:
        raise NotAllowed
    _check(post.kind, content)
    _check_numbers({"note": note})
    hold(post)
    if post.parent_id is None and _is_addressed_anew(post, content):
        if not rules.may_address_anew(actor, post):
            raise Invalid(audience=READERS_STAY)
        if not rules.may_address(actor, content.audience, content.network_id):
            raise Invalid(audience=NOT_ONES_OWN)
        _address_anew(actor, post, content)
    if actor.person_id != post.author_id and post.hides_author:
        content = replace(content, hides_author=True)  # that is for the writer to take back
    _write(post, content)
    post.edited_at = post.active_at = post.confirmed_at = clock.now()
    _tag(post, content)
    _remember(actor.person_id, post, content, note)
    note_power(actor, "edit", post)
    events.emit(PostChanged(post.id, root_id(post)))


def restore(actor: Actor, post: Post, revision: Revision) -> None:
    """Put a post back to how it stood; the way back is a new revision too.

    What was written for fewer than read the post now, its author alone puts back.
    """
    if not rules.may_restore(actor, post, revision) or actor.person_id is None:
        raise NotAllowed
    details = {name: value for name, value in revision.details.items() if name != rules.READERS}
    _check_numbers({"title": revision.title, "body": revision.body, **details})
    post.title = revision.title
    post.write(revision.body)
    if post.kind_key in _restorers:
        _restorers[post.kind_key](post, details)
    post.edited_at = post.active_at = clock.now()
    session.add(
        Revision(
            post_id=post.id,
            editor_id=actor.person_id,
            title=post.title,
            body=post.body,
            details=details,
            note=mark("Gjenopprettet en tidligere versjon"),
        )
    )
    note_power(actor, "restore", post)
    events.emit(PostChanged(post.id, root_id(post)))


def restores_details(kind: Kind, restorer: Restorer) -> None:
    """Have a room put back what only its kind has, from the text a revision remembers."""
    _restorers[kind.key] = restorer


def withdraw(actor: Actor, post: Post) -> None:
    """Take a post back: only its author and moderators see it from now on."""
    if not rules.may_withdraw(actor, post):
        raise NotAllowed
    hold(session.get_one(Post, root_id(post)))
    if post.withdrawn_at is None:
        post.withdrawn_at = clock.now()
        note_power(actor, "withdraw", post)
        came_or_went(post)


def put_up_again(actor: Actor, post: Post) -> None:
    """Undo `withdraw`."""
    if not rules.may_withdraw(actor, post):
        raise NotAllowed
    hold(session.get_one(Post, root_id(post)))
    if post.withdrawn_at is not None:
        post.withdrawn_at = None
        note_power(actor, "put_up_again", post)
        came_or_went(post)


def note_power(actor: Actor, act: str, post: Post) -> None:
    """Write it down in the audit log when somebody does something to what another wrote."""
    if actor.person_id != post.author_id:
        audit.note(actor, f"posts.{act}", f"post:{post.id}")


def came_or_went(post: Post) -> None:
    """Tell that a post was taken away or put up again; its room first brings in step what depends on it."""
    session.flush()
    if post.kind_key in _keepers:
        _keepers[post.kind_key](post)
    changed(post)


def keeps_in_step(kind: Kind, keeper: Keeper) -> None:
    """Have a room hear, in the same transaction, when posts of its kind are taken away or put up again."""
    _keepers[kind.key] = keeper


def confirm(actor: Actor, post: Post) -> None:
    """Say that a post still holds."""
    if not actor.is_member or post.is_gone:
        raise NotAllowed
    post.confirmed_at = clock.now()
    changed(post)


def release(post: Post) -> None:
    """Let others see what was held, unless its room still holds it; what was held from the start counts as published now."""
    if post.held_at is None:
        return
    post.held_for = _holders[post.kind_key](post) if post.kind_key in _holders else None
    if post.held_for is not None:
        changed(post)
        return
    if post.held_at <= post.published_at:
        post.published_at = post.active_at = clock.now()
    post.held_at = None
    came_or_went(post)


def may_hold(kind: Kind, holder: Holder) -> None:
    """Have a room say what posts of its kind still wait for (a key of HELD_FOR) when somebody wants to let them out."""
    _holders[kind.key] = holder


def changed(post: Post) -> None:
    """Tell that a post changed in a way that those who show it must know."""
    events.emit(PostChanged(post.id, root_id(post)))


def root_id(post: Post) -> int:
    """Give the id of the post whose page shows this one."""
    return post.parent_id or post.id


def forget_draft(actor: Actor, form: str) -> None:
    """Throw away what was begun in a form, since it is posted or not wanted."""
    session.execute(delete(Draft).where(Draft.person_id == actor.person_id, Draft.form == form))


def save_draft(actor: Actor, form: str, fields: Mapping[str, list[str]]) -> Draft:
    """Keep what is being written in a form; the last one saved is the one kept."""
    if actor.person_id is None:
        raise NotAllowed
    hold(session.get_one(Person, actor.person_id))
    draft = session.get(Draft, (actor.person_id, form))
    if draft is None:
        draft = Draft(person_id=actor.person_id, form=form)
        session.add(draft)
    draft.fields = {name: [text.readable(value) for value in values] for name, values in fields.items()}
    draft.saved_at = clock.now()
    session.flush()
    return draft


def _check(kind: Kind, content: Content) -> None:
    problems: dict[str, str | Message] = {}
    if kind.has_title and not content.title.strip():
        problems["title"] = mark("Skriv en tittel.")
    if content.audience not in AUDIENCES:
        problems["audience"] = mark("Velg hvem som skal se innlegget.")
    if content.language not in POST_LANGUAGES:
        problems["language"] = mark("Velg språket innlegget er skrevet på.")
    if content.source_url and not content.source_url.lower().startswith(WEB_ADDRESSES):
        problems["source_url"] = mark("Skriv hele lenken. Den begynner med https://")
    if len(set(content.themes)) > MOST_THEMES:
        problems["themes"] = mark("Velg høyst fire temaer.")
    if content.status is not None and content.status not in kind.statuses:
        problems["status"] = mark("Velg en av verdiene i listen.")
    if problems:
        raise Invalid(**problems)
    _check_numbers({"title": content.title, "body": content.body, **content.details})


def _check_numbers(words: Mapping[str, str]) -> None:
    """Refuse identity numbers and account numbers; what begins with an underscore nobody wrote."""
    written = {name: value for name, value in words.items() if not name.startswith("_")}
    if problems := personal_numbers.problems(written):
        raise Invalid(**problems)


def _add(post: Post) -> None:
    if post.submission_key is None:
        session.add(post)
        session.flush()
        return
    try:
        with session.begin_nested():
            session.add(post)
    except IntegrityError:
        mine = (Post.author_id == post.author_id, Post.submission_key == post.submission_key)
        first = session.scalar(select(Post.id).where(*mine))
        if first is None:
            raise
        raise AlreadyPosted(first) from None


def _is_addressed_anew(post: Post, content: Content) -> bool:
    return (post.audience, post.for_network_id) != (content.audience, content.network_id)


def _address(actor: Actor, post: Post, content: Content, parent: Post | None = None) -> None:
    """Say whom a post is for; an answer is for whom its question is."""
    post.audience = content.audience
    if parent is not None:
        post.for_network_id, post.for_place_id = parent.for_network_id, parent.for_place_id
    else:
        post.for_network_id = content.network_id if content.audience == "network" else None
        post.for_place_id = actor.proven_place_id if content.audience == "place" else None


def _address_anew(actor: Actor, post: Post, content: Content) -> None:
    """Say anew whom a post is for. What others wrote below it, and what it said before, is for no more than it was."""
    before = rules.circle(post)
    token = rules.circle_token(post)
    _address(actor, post, content)
    if rules.is_no_wider(rules.circle(post), before):
        return
    if actor.person_id != post.author_id:
        raise Invalid(audience=ONLY_ITS_WRITER)
    if _others_wrote_below(post):
        raise Invalid(audience=FOR_FEWER)
    below = select(Post.id).where(or_(Post.id == post.id, Post.parent_id == post.id))
    for revision in session.scalars(select(Revision).where(Revision.post_id.in_(below))):
        revision.details = {rules.READERS: token} | revision.details


def _others_wrote_below(post: Post) -> bool:
    answers = select(Post.id).where(Post.parent_id == post.id)
    by_others = answers.where(Post.author_id != post.author_id)
    remarks = select(Comment.id).where(or_(Comment.post_id == post.id, Comment.post_id.in_(answers)))
    remarks = remarks.where(Comment.author_id != post.author_id, Comment.withdrawn_at.is_(None))
    return bool(session.scalar(select(or_(by_others.exists(), remarks.exists()))))


def _write(post: Post, content: Content) -> None:
    post.title = " ".join(content.title.split())
    post.write(content.body)
    post.language, post.source_url, post.hides_author = content.language, content.source_url, content.hides_author
    if content.status is not None:
        post.status = content.status


def _tag(post: Post, content: Content) -> None:
    if post.kind.replies_to:
        return
    theme_ids = session.scalars(select(Theme.id).where(Theme.slug.in_(list(content.themes)))).all()
    place_ids = session.scalars(select(Place.id).where(Place.id.in_(list(content.places)))).all()
    if len(theme_ids) != len(set(content.themes)):
        raise Invalid(themes=mark("Velg temaer fra listen."))
    if len(place_ids) != len(set(content.places)):
        raise Invalid(places=mark("Velg steder fra listen."))
    session.execute(delete(PostTheme).where(PostTheme.post_id == post.id))
    session.execute(delete(PostPlace).where(PostPlace.post_id == post.id))
    session.add_all(PostTheme(post_id=post.id, theme_id=number) for number in theme_ids)
    named = dict.fromkeys(content.places)
    session.add_all(PostPlace(post_id=post.id, place_id=one, position=place) for place, one in enumerate(named))
    session.flush()


def _remember(editor_id: int, post: Post, content: Content, note: str = "") -> None:
    session.add(
        Revision(
            post_id=post.id,
            editor_id=editor_id,
            title=post.title,
            body=post.body,
            details={name: value for name, value in content.details.items() if value},
            note=note,
        )
    )
