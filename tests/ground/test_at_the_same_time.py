"""What two requests do at the very same moment, in a database where both are committed."""

import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from kunnskap import clock, db
from kunnskap.accounts import actions as accounts
from kunnskap.accounts.models import Account
from kunnskap.accounts.queries import digest
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import AlreadyPosted, Invalid, NotAllowed
from kunnskap.events import Outbox
from kunnskap.expertise import rules as expertise_rules
from kunnskap.expertise.actions import recount
from kunnskap.expertise.listeners import Matchmaker
from kunnskap.expertise.models import LearningPair, TrackRecord
from kunnskap.files import Shelf
from kunnskap.following import actions as following
from kunnskap.insight import actions as insight
from kunnskap.insight.models import SearchTally
from kunnskap.insight.tally import Count
from kunnskap.networks import actions as networks
from kunnskap.networks.models import Network
from kunnskap.passkeys import actions as passkeys
from kunnskap.passkeys.actions import Answer, Challenge
from kunnskap.passkeys.models import Passkey
from kunnskap.passkeys.rules import Party
from kunnskap.people import actions as people
from kunnskap.people.models import GUIDE, LEARN, Person, PersonTheme
from kunnskap.people.rules import Profile
from kunnskap.posts import actions, attaching, comments, voting
from kunnskap.posts.actions import Content
from kunnskap.posts.kinds import SOLVED
from kunnskap.posts.models import Comment, Post
from kunnskap.privacy import erasing
from kunnskap.questions import actions as questions
from kunnskap.questions.models import QuestionDetails
from kunnskap.saved import actions as saved
from kunnskap.saved.models import SavedSearch
from kunnskap.search.models import SynonymGroup
from kunnskap.second_factor import actions as second_factor
from kunnskap.second_factor import sealing
from kunnskap.second_factor.models import RecoveryCode
from kunnskap.targets import Target
from tests import factories
from tests.authenticator import Authenticator, encoded
from tests.codes import code
from tests.postgres import TEST_DATABASE, fresh_database

PATIENCE = 0.3
"""Seconds the second gets to run into the first before the first commits."""
Doing = Callable[[], object]


@pytest.fixture
def both(database: object, tmp_path, worker_id: str) -> Iterator[Callable[[Doing, Doing], None]]:
    """Do two things in transactions that overlap: the second begins when the first is done but not yet committed."""
    shared = {"bind": session.get_bind(), "join_transaction_mode": "create_savepoint"}
    server = os.environ.get(TEST_DATABASE, "sqlite")
    is_postgresql = server.startswith("postgresql")
    url = fresh_database(server, f"both_{worker_id}") if is_postgresql else f"sqlite:///{tmp_path / 'both.db'}"
    session.remove()
    engine = db.connect(url)
    db.Base.metadata.create_all(engine)
    session.add(db.SiteVersion(id=1))
    session.commit()
    yield _overlapping
    session.remove()
    engine.dispose()
    session.configure(**shared)


def _overlapping(first: Doing, second: Doing) -> None:
    problems: list[BaseException] = []
    done, go_on = threading.Event(), threading.Event()

    def run(doing: Doing, *, is_first: bool) -> None:
        try:
            db.expect_writes()
            doing()
            if is_first:
                done.set()
                go_on.wait(5)
            session.commit()
        except BaseException as problem:
            problems.append(problem)
        finally:
            done.set()
            session.remove()

    threads = [threading.Thread(target=run, args=(first,), kwargs={"is_first": True})]
    threads.append(threading.Thread(target=run, args=(second,), kwargs={"is_first": False}))
    session.remove()
    threads[0].start()
    done.wait(5)
    threads[1].start()
    threads[1].join(PATIENCE)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert problems == []


def somebody() -> Actor:
    return Actor(factories.person().id, "member")


def _two() -> list[Actor]:
    return [somebody(), somebody()]


def asked() -> int:
    return factories.question().id


def the(number: int) -> Post:
    return session.get_one(Post, number)


def test_two_presses_on_useful_are_one(both):
    me, number = somebody(), asked()
    both(*[lambda: voting.cast(me, the(number), useful=True)] * 2)
    assert the(number).score == 1
    both(*[lambda: voting.cast(me, the(number), useful=False)] * 2)
    assert the(number).score == 0


def test_two_presses_on_follow_are_one(both):
    me, target = somebody(), Target("theme", factories.theme().id)
    both(*[lambda: following.follow(me, target)] * 2)
    both(*[lambda: following.unfollow(me, target)] * 2)


def test_two_who_wonder_are_two_and_one_who_presses_twice_is_one(both):
    me, other, number = somebody(), somebody(), asked()
    both(*[lambda: questions.wonder(me, the(number), wonders=True)] * 2)
    assert session.get_one(QuestionDetails, number).wonder_count == 1
    both(
        lambda: questions.wonder(other, the(number), wonders=True),
        lambda: questions.wonder(me, the(number), wonders=False),
    )
    assert session.get_one(QuestionDetails, number).wonder_count == 1


def test_two_answers_are_counted(both):
    number = asked()
    both(*[lambda who=who: questions.answer(who, the(number), Content("Vi har prøvd.")) for who in _two()])
    assert the(number).answer_count == 2


def test_a_comment_sent_twice_is_one_and_taken_away_twice_is_gone_once(both):
    me, number = somebody(), asked()
    factories.keep(Comment(post_id=number, author_id=me.person_id, body="Først", body_html="Først"))
    the(number).comment_count = 1
    session.commit()
    both(*[lambda: comments.add(me, the(number), "Takk!", "samme-nokkel")] * 2)
    assert the(number).comment_count == 2
    both(*[lambda: comments.withdraw(me, session.get_one(Comment, 1), the(number))] * 2)
    assert the(number).comment_count == 1


def test_the_same_file_handed_in_twice_is_kept_once(both, tmp_path):
    shelf = Shelf(tmp_path / "files", 1_000)
    both(*[lambda: shelf.store(io.BytesIO("Vi prøver".encode()))] * 2)


def test_files_hung_on_by_two_are_all_counted(both, tmp_path):
    moderators = [Actor(factories.person().id, "moderator") for _ in range(2)]
    number, shelf = asked(), Shelf(tmp_path / "files", 1_000)

    def hang(who: Actor) -> object:
        return attaching.attach(who, the(number), shelf, [("fil.txt", io.BytesIO(str(who).encode()))])

    both(*[lambda who=who: hang(who) for who in moderators])
    assert the(number).attachment_count == 2


def test_a_draft_saved_twice_is_one(both):
    me = somebody()
    both(*[lambda: actions.save_draft(me, "sporsmal", {"title": ["Hvem har"]})] * 2)
    both(*[lambda: actions.forget_draft(me, "sporsmal")] * 2)


def test_a_network_joined_and_left_twice(both):
    me, number = somebody(), factories.network().id
    both(*[lambda: networks.join(me, session.get_one(Network, number))] * 2)
    both(*[lambda: networks.leave(me, session.get_one(Network, number))] * 2)


def test_a_question_changed_twice_keeps_its_themes_once(both):
    theme, number = factories.theme(), asked()
    me = Actor(the(number).author_id, "member")
    content = Content("Vi lurer på dette.", "Hvem har prøvd dette før?", themes=(theme.slug,))
    both(*[lambda: questions.edit(me, the(number), content)] * 2)


def test_a_profile_saved_twice_keeps_its_themes_once(both):
    me, theme = somebody(), factories.theme()
    told = Profile(name="Test Testesen", organisation="Prøveverket", guide=(theme.slug,))
    both(*[lambda: people.edit(me, session.get_one(Person, me.person_id), told)] * 2)


def test_a_question_sent_twice_is_asked_once(both):
    me, theme = somebody(), factories.theme()
    content = Content("Vi lurer på dette.", "Hvem har prøvd dette før?", themes=(theme.slug,))

    def ask() -> None:
        try:
            questions.ask(me, content, "samme-nokkel")
        except AlreadyPosted:
            session.flush()

    both(ask, ask)
    assert session.query(Post).count() == 1


def test_an_answer_accepted_as_it_is_taken_back_solves_nothing(both):
    number = asked()
    answer = factories.answer(the(number)).id
    asker, helper = Actor(the(number).author_id, "member"), Actor(the(answer).author_id, "member")

    def accept() -> None:
        with suppress(NotAllowed):
            questions.accept(asker, the(number), the(answer), accepted=True)

    both(lambda: actions.withdraw(helper, the(answer)), accept)
    assert the(number).status != SOLVED
    assert the(number).answer_count == 0


def test_a_link_opened_twice_opens_once(both):
    account = factories.account(email="test.person@skien.kommune.no").id
    letter = accounts.Letter("Hei", "Hei")
    accounts.send_sign_in_link("test.person@skien.kommune.no", "hemmelig", letter)
    session.commit()
    opened = []
    both(*[lambda: opened.append(accounts.sign_in_by_link("hemmelig"))] * 2)
    assert [one.id if one else None for one in opened] in ([account, None], [None, account])
    assert session.get_one(Account, account).confirmed_at <= clock.now()


def test_no_expression_comes_to_stand_in_two_groups(both):
    editors = [Actor(one.person_id, "moderator") for one in _two()]

    def add(who, words):
        with suppress(Invalid):
            insight.add(who, words)

    both(lambda: add(editors[0], "ROS = risikoanalyse"), lambda: add(editors[1], "ros = sårbarhet"))
    assert [group.words for group in session.query(SynonymGroup)] == ["ROS = risikoanalyse"]
    both(lambda: add(editors[0], "KPA = arealdel"), lambda: add(editors[1], "KPA = arealdel"))
    assert session.query(SynonymGroup).count() == 2


def test_the_later_of_two_editors_overwrites_nothing_unseen(both):
    editors = [Actor(one.person_id, "moderator") for one in _two()]
    number = insight.add(editors[0], "ROS = risikoanalyse").id
    session.commit()

    def change(who, words):
        with suppress(Invalid):
            insight.change(who, number, 1, words)

    both(lambda: change(editors[0], "ROS = fare"), lambda: change(editors[1], "ROS = ras"))
    assert session.get_one(SynonymGroup, number).words == "ROS = fare"


def test_a_search_saved_twice_is_one(both):
    me = somebody()
    both(*[lambda: saved.save(me, "/sok?q=overvann", "overvann", "nb")] * 2)
    assert session.query(SavedSearch).count() == 1


def test_two_workers_who_look_for_whom_to_tell_write_to_each_once(both):
    me = somebody()
    past = clock.now() - timedelta(days=1)
    searched = SavedSearch(person_id=me.person_id, query="q=x", name="x", notice="daily", told_at=past, due_at=past)
    number = factories.keep(searched).id
    both(saved.find_due, saved.find_due)
    assert session.query(Outbox).filter_by(name="NoticeDue").count() == 1
    taken, until = [], clock.now() - timedelta(hours=1)
    both(*[lambda: taken.append(saved.take_to_tell(me.person_id, until, [number]))] * 2)
    assert sorted(map(len, taken)) == [0, 1]


def test_two_processes_that_counted_the_same_words_add_up(both):
    somebody()
    both(*[lambda: insight.keep_counts({"elbil": Count(2, 1, 0), "flom": Count(1)})] * 2)
    assert {row.words: row.searches for row in session.query(SearchTally)} == {"elbil": 4, "flom": 2}


SITE = second_factor.Site("the site's secret key")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def _with_codes() -> int:
    number = factories.account().id
    account = session.get_one(Account, number)
    account.totp_secret = sealing.seal(SECRET, SITE.key, f"secret of account {number}")
    session.add(RecoveryCode(digest=digest("abcde"), account_id=number))
    session.commit()
    return number


@pytest.mark.parametrize("typed", ["app", "abcde"])
def test_a_code_lets_in_one_of_two(both, typed):
    number, let_in = _with_codes(), []
    typed = code(SECRET) if typed == "app" else typed

    def use():
        with suppress(Invalid):
            second_factor.use_code(accounts.queries.by_id(number), typed, SITE)
            let_in.append(number)

    both(use, use)
    assert let_in == [number]


def test_an_answer_of_a_passkey_lets_in_one_of_two(both):
    account, device, let_in = factories.account(), Authenticator(counts=False), []
    device.user_handle = f"account:{account.id}".encode()
    made = {"user": {"id": encoded(device.user_handle)}, "challenge": encoded(b"a challenge of sixteen")}
    party = passkeys.Site(Party("localhost", "http://localhost"))
    given = Challenge(made["challenge"], clock.now())
    passkeys.add(account.actor, Answer(device.make(made), given), "", party)
    session.commit()
    answer = Answer(device.use(made), Challenge(made["challenge"], clock.now()))

    def use():
        with suppress(Invalid):
            let_in.append(passkeys.use(answer, party).id)

    both(use, use)
    assert let_in == [account.id]
    assert session.query(Passkey).count() == 1


def test_two_tabs_that_delete_the_account_delete_it_once(both):
    leaving = factories.account()
    question = factories.question(leaving)
    gone = []
    both(*[lambda: gone.append(erasing.erase(leaving.actor, leaving.id))] * 2)
    assert sorted(gone) == [False, True]
    assert the(question.id).author_id != leaving.person_id


def test_two_who_leave_a_workplace_at_once_leave_their_posts_to_the_same(both):
    accounts_leaving = [factories.account(organisation="Prøvedirektoratet") for _ in range(2)]
    numbers = [factories.question(one, workplace="Prøvedirektoratet").id for one in accounts_leaving]
    both(*[lambda number=one.id: erasing.erase(None, number) for one in accounts_leaving])
    assert len({the(number).author_id for number in numbers}) == 1


def test_of_two_administrators_who_delete_their_accounts_at_once_one_stays(both):
    leaving = [factories.account(role="administrator") for _ in range(2)]

    def leave(account):
        with suppress(Invalid):
            erasing.erase(account.actor, account.id)

    both(lambda: leave(leaving[0]), lambda: leave(leaving[1]))
    assert session.query(Account).count() == 1


def test_votes_cast_while_somebody_leaves_are_all_counted(both):
    leaving, voter, number = factories.account(), somebody(), asked()
    voting.cast(leaving.actor, the(number), useful=True)
    session.commit()
    both(lambda: erasing.erase(None, leaving.id), lambda: voting.cast(voter, the(number), useful=True))
    assert the(number).score == 1


def test_two_workers_that_look_for_pairs_make_them_and_write_once(both, monkeypatch):
    monkeypatch.setattr(expertise_rules, "is_time", lambda _today: True)
    theme = factories.theme()
    for level, number in ((LEARN, "40"), (GUIDE, "46")):
        county = factories.county(f"Prøvefylke {number}", number)
        there = factories.place(f"Prøve {number}", f"{number}01", county_id=county.id)
        wants = factories.account(place=there, wants_pairs=True)
        factories.keep(PersonTheme(person_id=wants.person_id, theme_id=theme.id, level=level))
    suggest = Matchmaker("http://localhost", lambda _ids: {}, "test").suggest
    both(suggest, suggest)
    assert session.query(LearningPair).count() == 1
    assert session.query(Outbox).filter_by(name="MailWanted").count() == 2


def test_two_workers_that_count_what_somebody_has_shown_count_it_once(both):
    theme = factories.theme()
    answer = factories.experience(themes=[theme])
    author = answer.author_id
    both(lambda: recount([author]), lambda: recount([author]))
    assert [one.experiences for one in session.query(TrackRecord)] == [1]
