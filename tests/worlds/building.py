"""Puts the facts of a world into the database, as the site would have kept them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO

from sqlalchemy.orm.attributes import set_committed_value

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.db import session
from kunnskap.documents.models import DocumentDetails, DocumentPage
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.files import Shelf, StoredFile
from kunnskap.following.models import Follow
from kunnskap.networks.models import Network, NetworkMember
from kunnskap.people.models import Person
from kunnskap.places import comparing
from kunnskap.places.models import COUNTY, MUNICIPALITY, Place
from kunnskap.posts.models import Attachment, Comment, Draft, Post, PostPlace, PostTheme, Revision
from kunnskap.posts.rules import READERS
from kunnskap.questions.models import QuestionDetails
from kunnskap.saved.models import SavedSearch
from kunnskap.themes.models import Theme
from tests.worlds import facts
from tests.worlds.facts import EVERYWHERE, Said, World

LONG_AGO = timedelta(days=2)
STATUSES = {"question": "ubesvart", "experience": "gjennomfort", "document": "plan", "answer": None}


@dataclass
class Built:
    """The rows of a world, in the order of its facts; people by their number."""

    shelf: Shelf
    places: list[Place] = field(default_factory=list)
    counties: dict[str, Place] = field(default_factory=dict)
    networks: list[Network] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)
    accounts: dict[int, Account] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    remarks: list[Comment] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)


def build(world: World, shelf: Shelf) -> Built:
    """Put everything in place and commit."""
    built = Built(shelf)
    _put_reference(world, built)
    for person in world.people[1:]:
        _put_person(person, built)
    for said in world.posts:
        _put_post(world, said, built)
    for remark in world.remarks:
        _put_remark(remark, built)
    session.add_all(
        Follow(person_id=built.accounts[who].person_id, target_kind="post", target_id=built.posts[what].id)
        for who, what in world.follows
    )
    session.commit()
    return built


def _put_reference(world: World, built: Built) -> None:
    for number in sorted({place.county for place in world.places}):
        built.counties[number] = Place(kind=COUNTY, number=number, name=f"Fylke {number}", valid_from=date(2020, 1, 1))
    built.networks += [Network(slug=f"nett{one}", name=f"Nettverk {one}") for one in range(world.networks)]
    built.themes += [
        Theme(slug=f"tema{one}", name_nb=f"Tema {one}", name_nn=f"Tema {one}", name_en=f"Tema {one}", position=one)
        for one in range(world.themes)
    ]
    session.add_all([*built.counties.values(), *built.networks, *built.themes])
    session.flush()
    for place in world.places:
        given = {"number": place.number, "name": place.name, "population": place.population}
        above = built.counties[place.county].id
        built.places.append(Place(kind=MUNICIPALITY, valid_from=date(2020, 1, 1), county_id=above, **given))
    session.add_all(built.places)
    comparing.recompute()


def _put_person(who: facts.Person, built: Built) -> None:
    place = built.places[who.place] if who.place is not None else None
    now = clock.now()
    person = Person(
        name=f"{who.name} Testesen",
        place_id=place.id if place else None,
        workplace_kind="municipality" if place else "other",
        organisation="" if place else "Prøveverket",
        listed=not who.is_secret,
    )
    session.add(person)
    session.flush()
    account = Account(
        email=f"test{who.number}@skien.kommune.no",
        role=who.role,
        person_id=person.id,
        place_id=place.id if place and who.is_proven else None,
        confirmed_at=now,
        approved_at=now,
        trusted_at=None if who.is_newcomer else now,
        suspended_until=now + timedelta(days=9) if who.is_suspended else None,
    )
    account.person = person
    set_committed_value(account, "memberships", None)
    role = "coordinator" if who.coordinates else "member"
    session.add(account)
    session.add_all(
        NetworkMember(network_id=built.networks[one].id, person_id=person.id, role=role) for one in who.networks
    )
    own = {"title": [who.words.text], "body": [who.words.text]}
    session.add(Draft(person_id=person.id, form="sporsmal", fields=own))
    for query in (f"q={EVERYWHERE}", "type=sporsmal", "nettverk=nett0", "fylke=72"):
        days = {"seen_at": now - LONG_AGO, "told_at": now - LONG_AGO, "due_at": now}
        saved = SavedSearch(person_id=person.id, query=query, name="Søk", notice="daily", language="nb", **days)
        session.add(saved)
    session.flush()
    built.accounts[who.number] = account


def _put_post(world: World, said: Said, built: Built) -> None:
    author, now = built.accounts[said.author], clock.now()
    place = world.people[said.author].place
    post = Post(
        kind_key=said.kind,
        parent_id=built.posts[said.parent].id if said.parent is not None else None,
        author_id=author.person_id,
        place_id=built.places[place].id if place is not None else None,
        workplace=author.person.organisation,
        title="" if said.kind == "answer" else said.words.text,
        audience=said.audience,
        for_network_id=built.networks[said.network].id if said.audience == "network" else None,
        for_place_id=built.places[said.place].id if said.audience == "place" else None,
        hides_author=said.hides,
        status=STATUSES[said.kind],
        locked_at=now if said.is_locked else None,
        published_at=now - timedelta(hours=1),
        **_became(said.state),
    )
    post.write(f"{said.words.text} {EVERYWHERE if said.parent is None else ''}".strip())
    session.add(post)
    session.flush()
    built.posts.append(post)
    _put_versions(said, post, author, built)
    if said.parent is None:
        session.add(PostTheme(post_id=post.id, theme_id=built.themes[said.theme].id))
        if said.about is not None:
            session.add(PostPlace(post_id=post.id, place_id=built.places[said.about].id))
    elif said.state == "stands":
        built.posts[said.parent].answer_count += 1
        built.posts[said.parent].status = "besvart"
    _put_what_only_its_kind_has(said, post, built)
    session.flush()


def _became(state: str) -> dict[str, object]:
    now = clock.now()
    if state == "held":
        return {"held_at": now, "held_for": "review"}
    return {f"{state}_at": now} if state in ("hidden", "withdrawn") else {}


def _put_versions(said: Said, post: Post, author: Account, built: Built) -> None:
    closed = {READERS: f"network:{built.networks[said.network].id}"} if said.older_was_closed else {}
    for words, details in ((said.older, closed), (said.words, {})):
        version = Revision(post_id=post.id, editor_id=author.person_id, title=post.title, body=words.text)
        version.details = details
        session.add(version)
        session.flush()


def _put_what_only_its_kind_has(said: Said, post: Post, built: Built) -> None:
    kept = _file(said, built)
    if said.kind == "document":
        facts = {"sha256": kept.sha256, "filename": f"{said.file.mark}.txt", "page_count": 1, "reading": "read"}
        session.add(DocumentDetails(post_id=post.id, **facts))
        session.flush()
        session.add(DocumentPage(post_id=post.id, number=1, text=said.file.text))
        return
    if said.kind == "question":
        session.add(QuestionDetails(post_id=post.id))
    if said.kind == "experience":
        session.add(ExperienceDetails(post_id=post.id, problem=said.words.text))
    held = "numbers" if said.file_is_held else None
    hung = Attachment(post_id=post.id, sha256=kept.sha256, filename=f"{said.file.mark}.txt", held_for=held)
    session.add(hung)
    post.attachment_count = 1
    built.attachments.append(hung)


def _file(said: Said, built: Built) -> StoredFile:
    return built.shelf.store(BytesIO(said.file.text.encode()))


def _put_remark(remark: facts.Remark, built: Built) -> None:
    post = built.posts[remark.on]
    comment = Comment(
        post_id=post.id,
        author_id=built.accounts[remark.author].person_id,
        body=remark.words.text,
        body_html=f"<p>{remark.words.text}</p>",
        **{name: value for name, value in _became(remark.state).items() if name != "held_for"},
    )
    session.add(comment)
    session.flush()
    post.comment_count += remark.state != "withdrawn"
    built.remarks.append(comment)
