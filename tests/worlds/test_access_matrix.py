"""Every role at every door, and at every thing of one's own, of others' and of those it is closed to."""

from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace

import pytest
from sqlalchemy import update
from werkzeug.routing.converters import NumberConverter

from kunnskap import clock
from kunnskap.accounts.models import AccountSession
from kunnskap.db import session
from kunnskap.documents.models import DocumentDetails
from kunnskap.handover.models import Handover
from kunnskap.invitations.models import Invitation
from kunnskap.messages.models import Conversation, ConversationSide
from kunnskap.moderation.models import Decision
from kunnskap.networks.models import NetworkMember
from kunnskap.passkeys.models import Passkey
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Attachment, Comment, Revision
from kunnskap.privacy.models import Export
from kunnskap.routing.models import Offer
from kunnskap.saved.models import SavedSearch
from tests import factories
from tests.house import doors

ROLES = ("visitor", "member", "coordinator", "moderator", "administrator")
LEAST = dict(zip(doors.DOORS, ROLES, strict=True))
SIGN_IN, ANEW = "/logg-inn", "/bekreft-deg"

# What may be done with a post or what hangs on it by those who wrote it (and moderators) alone.
WRITERS_ONLY = {
    "documents.edit", "documents.edit_form", "documents.explain", "experiences.edit", "experiences.edit_form",
    "posts.detach", "posts.edit_comment", "posts.edit_comment_form", "posts.put_up_again", "posts.restore",
    "posts.withdraw", "posts.withdraw_comment", "questions.accept", "questions.edit", "questions.edit_answer",
    "questions.edit_answer_form", "questions.edit_form", "questions.mark_duplicate",
}  # fmt: skip
# What may be done by whoever may see it, though not always with what is one's own.
READERS_TOO = {
    "documents.file", "documents.page", "documents.show", "experiences.show", "moderation.report",
    "moderation.report_form", "posts.attachment", "posts.comment", "posts.confirm", "posts.follow", "posts.history",
    "posts.show", "posts.vote", "questions.answer", "questions.answer_form", "questions.show", "questions.wonder",
}  # fmt: skip
# Nobody votes for, wonders about or reports what is one's own; only what is locked in a file's numbers is explained.
NOT_ONES_OWN = {
    "documents.explain", "moderation.report", "moderation.report_form", "posts.confirm", "posts.comment", "posts.vote",
    "questions.answer", "questions.wonder",
}  # fmt: skip
# What belongs to one person, by its number: for all others it is as if there were no such thing.
PERSONAL = {
    "handover.begin": "handover",
    "handover.cancel": "handover",
    "handover.show": "handover",
    "accounts.end_session": "session",
    "moderation.appeal": "decision",
    "moderation.own_decision": "decision",
    "messages.answer": "conversation",
    "messages.cancel": "conversation",
    "messages.choose": "conversation",
    "messages.decline": "conversation",
    "messages.put_away": "conversation",
    "messages.read": "conversation",
    "messages.show": "conversation",
    "messages.suggest": "conversation",
    "messages.talk_calendar": "conversation",
    "messages.talk_form": "conversation",
    "passkeys.remove": "passkey",
    "passkeys.rename": "passkey",
    "privacy.export_file": "export",
    "routing.pass_form": "offer",
    "routing.reply": "offer",
    "saved.change": "saved",
    "saved.remove": "saved",
    "saved.see": "saved",
}
# Public pages and buttons of people, networks and the like, which have no closed ones among them.
OPEN = {
    "following.follow",
    "home.site_map_part",
    "messages.block",
    "networks.remove",
    "networks.set_role",
    "people.confirm",
    "people.edit",
    "people.edit_form",
    "people.add_position",
    "people.change_position",
    "people.contact_card",
    "people.positions",
    "people.remove_position",
    "people.report",
    "people.report_form",
}
# Of meetings: those they are for, and those who run them. tests/rooms/test_meetings*.py try each door.
MEETINGS = {
    "calendars.meeting", "meetings.add_point", "meetings.agenda_form", "meetings.cancel", "meetings.cancel_form",
    "meetings.change_point", "meetings.draw", "meetings.edit", "meetings.edit_form", "meetings.point_form",
    "meetings.sign_up", "minutes.attendance_form", "minutes.give_homework", "minutes.homework_form",
    "minutes.note_attendance", "minutes.part", "minutes.remove_homework", "minutes.sections", "minutes.settle",
    "minutes.settle_homework", "minutes.wish", "minutes.wish_form", "minutes.write", "minutes.write_form",
}  # fmt: skip
# Of networks and their collections: those who coordinate them. tests/rooms/test_networks*.py and test_collections*.py
# try each door.
NETWORKS = {
    "collections.add", "collections.copy", "collections.edit", "collections.edit_form", "collections.move",
    "collections.move_pin", "collections.publish", "collections.put", "collections.put_form", "collections.remove",
    "collections.rewrite", "collections.share", "collections.take_out", "collections.unpin", "collections.words_form",
    "desk.letter", "networks.end_place", "networks.set_task", "networks.take_place_back",
}  # fmt: skip
# Of a question: who asked it, and nobody else. tests/rooms/test_routing_replies.py tries them.
ASKERS_ONLY = {"routing.choose", "routing.choose_form"}
OTHERS_PROFILE = {
    "people.add_position", "people.change_position", "people.edit", "people.edit_form", "people.positions",
    "people.remove_position",
}  # fmt: skip


@contextmanager
def undone(database):
    """What is done within leaves no trace."""
    session.remove()  # what the session has begun would take this down with it
    one = database.begin_nested()
    try:
        yield
    finally:
        session.remove()
        one.rollback()


@pytest.fixture
def people(member):
    """Somebody in each role, and one who is shut out."""
    network = factories.network()
    made = {role: member(role=role) for role in ("member", "moderator", "administrator")}
    made["coordinator"] = member("Koordinator Testesen")
    made["suspended"] = member("Stengt Testesen", role="administrator", suspended_until=clock.now() + timedelta(days=2))
    session.add(NetworkMember(network_id=network.id, person_id=made["coordinator"].person_id, role="coordinator"))
    session.commit()
    return made | {"visitor": None}


def routes(app):
    """Each rule with one method, as the list of doors has them."""
    rules = {(rule.endpoint, method): rule for rule in app.url_map.iter_rules() for method in rule.methods}
    return [(door, rules[door.endpoint, door.method]) for door in doors.listed()]


def address(app, rule, **known) -> str:
    """Fill in a rule with what is known, and else with what is not there."""
    values = {
        name: known.get(name, 1 if isinstance(rule._converters[name], NumberConverter) else "x")
        for name in rule.arguments
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def ask(reader, method: str, where: str):
    """Ask for something; what is sent is little, and little of it fits."""
    if method == "GET":
        return reader.get(where)
    return reader.post(where, data={"body": "Nye ord", "reason": "spam"}, content_type="multipart/form-data")


def leads_to(answer, page: str) -> bool:
    """Whether an answer leads to a page."""
    return answer.status_code in {302, 303} and answer.headers["Location"].partition("?")[0].endswith(page)


@pytest.mark.parametrize("role", [*ROLES, "suspended"])
def test_every_door_lets_in_just_those_it_is_for(app, browser, people, database, role):
    rank = ROLES.index("visitor" if role == "suspended" else role)
    wrong = []
    for door, rule in routes(app):
        with undone(database):
            answer = ask(browser(people[role]), door.method, address(app, rule))
            is_let_in = rank >= ROLES.index(LEAST[door.door])
            if rank == 0 and not is_let_in:
                is_right = leads_to(answer, SIGN_IN)
            elif not is_let_in:
                is_right = answer.status_code == 403
            else:
                is_right = answer.status_code < 500 and (rank == 0 or not leads_to(answer, ANEW))
                is_right = is_right and (
                    door.door == "anyone" or not leads_to(answer, SIGN_IN) or "sign_out" in door.endpoint
                )
            if not is_right:
                wrong.append((door.line, answer.status_code, answer.headers.get("Location")))
            answer.close()
    assert not wrong, wrong


@pytest.mark.parametrize("role", ["member", "moderator", "administrator"])
def test_what_is_dangerous_asks_who_one_is_anew(app, browser, people, database, role):
    careless = []
    for door, rule in routes(app):
        if door.recent and ROLES.index(role) >= ROLES.index(LEAST[door.door]):
            with undone(database):
                reader = browser(people[role])
                session.execute(update(AccountSession).values(fresh_at=clock.now() - timedelta(hours=1)))
                session.commit()
                if not leads_to(ask(reader, door.method, address(app, rule)), ANEW):
                    careless.append(door.line)
    assert careless == []


def test_power_without_the_second_factor_that_the_site_asks_for_is_no_power(app, browser, people, database, settings):
    app.extensions["kunnskap.settings"] = type(settings)(**{**vars(settings), "require_second_factor": True})
    try:
        let_in = []
        for door, rule in routes(app):
            if door.door in {"moderators", "administrators"}:
                with undone(database):
                    reader = browser()
                    reader.sign_in(people["administrator"], second_factor=False)
                    answer = ask(reader, door.method, address(app, rule))
                    if answer.status_code != 403 and not leads_to(answer, "/totrinn"):
                        let_in.append((door.line, answer.status_code))
        assert let_in == []
    finally:
        app.extensions["kunnskap.settings"] = settings


def things(shelf, author, **facts) -> SimpleNamespace:
    """One of each kind of post by somebody, with what hangs on it."""
    kept = shelf.store(BytesIO(b"Bare en prove"))
    question = factories.question(author, **facts)
    document = factories.post(DOCUMENT, author, status="plan", **facts)
    session.add(
        DocumentDetails(post_id=document.id, sha256=kept.sha256, filename="prove.txt", page_count=1, reading="read")
    )
    comment = Comment(post_id=question.id, author_id=author.person_id, body="Hei", body_html="<p>Hei</p>")
    hung = Attachment(post_id=question.id, sha256=kept.sha256, filename="prove.txt")
    question.comment_count = question.attachment_count = 1
    session.add_all([comment, hung])
    session.commit()
    return SimpleNamespace(
        question=question,
        answer=factories.answer(question, author, **facts),
        experience=factories.experience(author, **facts),
        document=document,
        comment=comment,
        attachment=hung,
        revision=session.query(Revision).filter_by(post_id=question.id).first(),
    )


def names(endpoint: str, there: SimpleNamespace) -> dict[str, object]:
    """What stands in the address of a page or button for one of these things."""
    room, _, what = endpoint.partition(".")
    post = {"documents": there.document, "experiences": there.experience}.get(room, there.question)
    post = there.answer if what in {"accept", "edit_answer", "edit_answer_form"} else post
    found = {"post_id": post.id, "slug": post.slug, "number": 1 if room == "documents" else post.id, "kind": "innlegg"}
    hung = {"comment_id": there.comment.id, "attachment_id": there.attachment.id, "filename": there.attachment.filename}
    return found | hung | {"revision_id": there.revision.id}


@pytest.fixture
def world(app, member, people):
    """Things of one's own, of others' for all to see, and of others' that are closed, for a network or hidden."""
    shelf, network = app.extensions["kunnskap.shelf"], factories.network("lukket", "Lukket nettverk")
    other = member("Annen Testesen")
    closed = {"audience": "network", "for_network_id": network.id}
    return SimpleNamespace(
        own=things(shelf, people["member"]),
        open=things(shelf, other),
        closed=things(shelf, other, **closed),
        hidden=things(shelf, other, hidden_at=clock.now()),
    )


def of_posts(app):
    """The doors to things that are posts or hang on them."""
    return [(door, rule) for door, rule in routes(app) if door.endpoint in WRITERS_ONLY | READERS_TOO]


@pytest.mark.parametrize("what", ["closed", "hidden"])
@pytest.mark.parametrize("role", ["visitor", "member", "coordinator", "suspended"])
def test_what_is_closed_is_as_if_it_were_not_there(app, browser, people, world, database, role, what):
    told = []
    for door, rule in of_posts(app):
        with undone(database):
            answer = ask(
                browser(people[role]), door.method, address(app, rule, **names(door.endpoint, getattr(world, what)))
            )
            is_turned_away = role in {"visitor", "suspended"} and door.door != "anyone" and leads_to(answer, SIGN_IN)
            if answer.status_code != 404 and not is_turned_away:
                told.append((door.line, answer.status_code))
            answer.close()
    assert not told, told


def test_others_posts_are_read_and_answered_and_left_as_they_are(app, browser, people, world, database):
    wrong = []
    for door, rule in of_posts(app):
        with undone(database):
            answer = ask(browser(people["member"]), door.method, address(app, rule, **names(door.endpoint, world.open)))
            is_refused, is_there = answer.status_code == 403, answer.status_code not in {403, 404}
            if not (is_refused if door.endpoint in WRITERS_ONLY else is_there):
                wrong.append((door.line, answer.status_code))
            answer.close()
    assert not wrong, wrong


@pytest.mark.parametrize(("role", "what"), [("member", "own"), ("moderator", "closed"), ("moderator", "hidden")])
def test_what_is_ones_own_and_what_one_looks_after_is_there(app, browser, people, world, database, role, what):
    missing = []
    for door, rule in of_posts(app):
        with undone(database):
            answer = ask(
                browser(people[role]), door.method, address(app, rule, **names(door.endpoint, getattr(world, what)))
            )
            may_be_refused = door.endpoint in NOT_ONES_OWN or (role == "moderator" and "comment" in door.endpoint)
            may_be_refused = may_be_refused or (what == "hidden" and door.endpoint == "questions.accept")
            if answer.status_code == 404 or (answer.status_code == 403 and not may_be_refused):
                missing.append((door.line, answer.status_code))
            answer.close()
    assert not missing, missing


@pytest.fixture
def belongings(member):
    """One of each thing that belongs to one person, of somebody else's; by name, its number."""
    other = member("Annen Testesen")
    session.add_all(
        made := [
            AccountSession(digest="a", account_id=other.id, how="password"),
            Invitation(digest="b", invited_by_id=other.person_id, expires_at=clock.now() + timedelta(days=1)),
            Decision(person_id=other.person_id, act="warn", reason="tone", made_by_id=other.person_id),
            Passkey(account_id=other.id, credential_id="c", public_key=b"d", name="Nøkkel"),
            Export(
                person_id=other.person_id,
                filename="e.zip",
                ready_at=clock.now(),
                expires_at=clock.now() + timedelta(days=1),
            ),
            SavedSearch(person_id=other.person_id, query="q=sol", name="Sol", language="nb"),
            Offer(person_id=other.person_id, question_id=factories.question().id, step="first"),
            Handover(person_id=other.person_id, leaves_on=clock.today()),
            Conversation(subject="Flom", sides=[ConversationSide(person_id=other.person_id)]),
        ]
    )
    session.commit()
    kinds = ("session", "invitation", "decision", "passkey", "export", "saved", "offer", "handover", "conversation")
    return dict(zip(kinds, (one.id for one in made), strict=True))


@pytest.mark.parametrize("role", ["member", "coordinator", "moderator", "administrator"])
def test_what_belongs_to_another_is_as_if_it_were_not_there(app, browser, people, belongings, database, role):
    told = []
    for door, rule in routes(app):
        if door.endpoint in PERSONAL and ROLES.index(role) >= ROLES.index(LEAST[door.door]):
            answers = []
            for number in (belongings[PERSONAL[door.endpoint]], 999_999):
                with undone(database):
                    answer = ask(browser(people[role]), door.method, address(app, rule, number=number))
                    answers.append((answer.status_code, answer.headers.get("Location")))
            if answers[0] != answers[1]:
                told.append((door.line, *answers))
    assert not told, told


def test_nobody_but_moderators_changes_others_profiles(app, browser, people, member):
    other = member("Annen Testesen")
    for door, rule in routes(app):
        if door.endpoint in OTHERS_PROFILE:
            where = address(app, rule, person_id=other.person_id)
            assert ask(browser(people["member"]), door.method, where).status_code == 403, door.line


def test_every_door_to_a_numbered_thing_is_looked_at_here(app):
    known = WRITERS_ONLY | READERS_TOO | set(PERSONAL) | OPEN | MEETINGS | NETWORKS | ASKERS_ONLY
    unknown = {
        door.line
        for door, rule in routes(app)
        if any(isinstance(one, NumberConverter) for one in rule._converters.values())
        and door.door in {"anyone", "members"}
        and door.endpoint not in known
    }
    assert unknown == set(), "say in one of the lists above whose these things are"
    assert known <= {door.endpoint for door in doors.listed()}, "a list above has something that is gone"
