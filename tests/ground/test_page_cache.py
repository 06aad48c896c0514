"""Pages kept for visitors: as good as new, and never anybody else's."""

import dataclasses
import logging
import re

import pytest

from kunnskap import clock, create_app, db
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.insight import actions as insight
from kunnskap.insight.tally import Count, Tally
from kunnskap.people.models import PersonTheme
from kunnskap.posts.models import Draft, Vote
from kunnskap.questions import queries as questions
from kunnskap.questions.models import QuestionDetails
from kunnskap.routing.models import Offer
from kunnskap.search import indexing
from kunnskap.web.page_cache import Kept, PageCache
from tests import factories
from tests.browsing import sign_in, tell

KEY = re.compile(r"[0-9a-f]{32}")


def kept(body, state=1, until=float("inf")):
    return Kept(state, until, body, [])


def test_a_page_is_good_while_what_it_depends_on_stands_still():
    cache = PageCache()
    cache.keep("/", kept(b"side", state=1))
    assert cache.find("/", 1).body == b"side"
    assert cache.find("/", 2) is None


def test_a_page_grows_old():
    cache = PageCache()
    cache.keep("/", kept(b"side", until=0))
    assert cache.find("/", 1) is None


def test_the_pages_longest_unused_go_when_there_is_no_more_room():
    cache = PageCache(most_bytes=10)
    for name in ("a", "b"):
        cache.keep(name, kept(b"12345"))
    cache.find("a", 1)
    cache.keep("c", kept(b"12345"))
    assert [name for name in "abc" if cache.find(name, 1)] == ["a", "c"]


def test_pages_with_nothing_on_them_do_not_fill_the_memory_with_their_addresses():
    cache = PageCache(most_pages=2)
    for name in ("a", "b", "c"):
        cache.keep(name, kept(b""))
    assert [name for name in "abc" if cache.find(name, 1)] == ["b", "c"]


@pytest.fixture
def visit(app, settings, count_sql):
    """Ask a site that keeps pages; returns the answer and whether the page had to be made."""
    engine, handlers = db.session.get_bind(), logging.getLogger().handlers[:]
    site = create_app(dataclasses.replace(settings, page_cache=True, database_url="sqlite://"))
    logging.getLogger().handlers[:] = handlers
    db.session.remove()
    db.session.configure(bind=engine)

    def ask(address, account=None, headers=None):
        client = site.test_client()
        if account is not None:
            sign_in(client, account)
        with count_sql() as statements:
            answer = client.get(address, headers=headers)
        return answer, max(0, len(statements) - 1)

    ask.site = site
    yield ask
    indexing._connected[:] = [app.extensions["kunnskap.index"]]


def test_a_visitor_is_given_the_kept_page_until_something_changes(visit):
    factories.question(title="Hvem har prøvd elektriske gravemaskiner?")
    assert visit("/")[1]
    answer, made = visit("/")
    assert not made
    assert "gravemaskiner" in answer.text
    factories.question(title="Hvem har prøvd hydrogen i ferjer?")
    answer, made = visit("/")
    assert made
    assert "hydrogen" in answer.text


def test_each_language_has_its_own_page(visit):
    visit("/", headers={"Accept-Language": "nb"})
    answer, made = visit("/", headers={"Accept-Language": "en"})
    assert made
    assert 'lang="en"' in answer.text


def test_whoever_is_signed_in_gets_a_page_of_their_own_and_leaves_none(visit):
    answer, _ = visit("/", factories.account())
    assert "Logg ut" in answer.text
    answer, made = visit("/")
    assert made
    assert "Logg ut" not in answer.text


def test_what_is_the_same_for_all_members_is_kept_for_them_alone(visit):
    factories.question(title="Hva koster en ladestasjon?", audience="members")
    answer, made = visit("/sporsmal", factories.account())
    assert made
    answer, made = visit("/sporsmal", factories.account())
    assert made, "a new account is a change"
    one, other = factories.account(), factories.account()
    visit("/sporsmal", one)
    answer, statements = visit("/sporsmal", other)
    assert "ladestasjon" in answer.text
    assert not statements
    answer, _ = visit("/sporsmal")
    assert "ladestasjon" not in answer.text
    answer, _ = visit("/sporsmal", factories.account(role="moderator"))
    assert answer.status_code == 200


def test_what_is_said_to_a_moderator_without_a_second_factor_is_said_to_nobody_else(visit, monkeypatch):
    strict = dataclasses.replace(visit.site.extensions["kunnskap.settings"], require_second_factor=True)
    monkeypatch.setitem(visit.site.extensions, "kunnskap.settings", strict)
    boss, one = factories.account(role="moderator"), factories.account()
    client, warning = visit.site.test_client(), "Du kan ikke moderere"
    sign_in(client, boss, second_factor=False)
    assert warning in client.get("/sporsmal").text
    assert warning not in visit("/sporsmal", one)[0].text
    assert warning in client.get("/sporsmal").text


def test_a_question_page_is_shared_by_members_who_have_nothing_of_their_own_on_it(visit):
    asker, one, other, voter = (factories.account() for _ in range(4))
    question = factories.question(asker)
    answer = factories.answer(question)
    factories.keep(Vote(post_id=answer.id, voter_id=voter.person_id))
    address = f"/sporsmal/{question.slug}"
    first, made = visit(address, one)
    assert made
    second, statements = visit(address, other)
    assert statements <= 1, "only whether they are strangers here"
    assert first.text != second.text, "their forms have keys of their own"
    assert KEY.sub("", first.text) == KEY.sub("", second.text)
    for own in (asker, voter):
        assert visit(address, own)[1] > 1
        assert KEY.sub("", visit(address, own)[0].text) != KEY.sub("", first.text)


def test_a_page_with_an_address_longer_than_any_of_ours_is_not_kept(visit):
    address = "/?" + "x" * 2_000
    assert visit(address)[1]
    assert visit(address)[1]


def test_what_somebody_took_back_is_found_by_them_alone(visit):
    author, other = factories.account(), factories.account()
    question = factories.question(author, title="Hvem har trukket dette?")
    address = f"/sporsmal/{question.slug}"
    question.withdrawn_at = clock.now()
    factories.keep(question)
    tell()
    for account, seen in ((author, True), (other, False), (author, True), (None, False)):
        assert (address in visit("/sok?q=trukket", account)[0].text) is seen


def test_a_page_that_is_kept_carries_the_same_protection(visit):
    first, _ = visit("/om")
    second, made = visit("/om")
    assert not made
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in second.headers
    session.rollback()


def test_a_withdrawn_original_is_shown_to_nobody_because_its_author_looked_first(visit):
    author, other = factories.account(), factories.account()
    gone = factories.question(author, title="Dette angret jeg på", withdrawn_at=clock.now())
    asked = factories.question(title="Hvem har prøvd dette før?")
    session.get_one(QuestionDetails, asked.id).duplicate_of_id = gone.id
    session.commit()
    address = f"/sporsmal/{asked.slug}"
    visit(address, author)
    assert "Dette angret jeg" not in visit(address, other)[0].text


def test_a_draft_saved_while_its_page_is_made_is_shown_to_nobody_else(visit, monkeypatch):
    writer, other = factories.account(), factories.account()
    asked = factories.question(title="Hvem har prøvd dette før?")
    factories.keep(
        Draft(person_id=writer.person_id, form=f"svar:{asked.id}", fields={"body": ["Ikke ferdig"], "language": ["nb"]})
    )
    address = f"/sporsmal/{asked.slug}"
    with monkeypatch.context() as patch:
        patch.setattr(questions, "is_stranger", lambda *_: True)  # the draft was not there when this was asked
        assert "Ikke ferdig" in visit(address, writer)[0].text
    assert "Ikke ferdig" not in visit(address, other)[0].text


def test_what_somebody_is_asked_is_on_their_page_alone(visit):
    question = factories.question(title="Hvem kan svare på dette?")
    asked, other = factories.account(), factories.account()
    address, words = f"/sporsmal/{question.slug}", "Vi tror du kan svare"
    visit(address, other)
    factories.keep(Offer(question_id=question.id, person_id=asked.person_id, step="first"))
    tell()
    assert words in visit(address, asked)[0].text, "not the page that was kept for others"
    assert words not in visit(address, other)[0].text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(questions, "is_stranger", lambda *_: True)  # the offer was not there when this was asked
        visit(address + "?igjen", asked)
    assert words not in visit(address + "?igjen", other)[0].text


def test_whoever_is_not_told_to_ask_oneself_is_among_those_others_may_ask(visit):
    theme = factories.theme()
    helper, other = factories.account("Test Kjenner"), factories.account()
    factories.keep(PersonTheme(person_id=helper.person_id, theme_id=theme.id, level="guide"))
    address = f"/sporsmal/{factories.question(themes=[theme]).slug}"
    tell()
    assert "Test Kjenner" not in visit(address, helper)[0].text
    assert "Test Kjenner" in visit(address, other)[0].text


def test_a_search_is_counted_when_its_page_was_kept_too(visit):
    counted = []
    tally = Tally(counted.append, pause=None)
    visit.site.extensions["kunnskap.tally"] = tally
    for visitor in ("Mozilla/5.0 Firefox", "Mozilla/5.0 Safari", "Mozilla/5.0 Safari"):
        _, made = visit("/sok?q=romskip", headers={"User-Agent": visitor})
    assert not made
    tally.flush()
    assert counted == [{"romskip": Count(2, 2)}]


def test_what_editors_say_of_words_changes_kept_pages_at_once(visit):
    factories.question(title="Hva koster en nullutslippsbil?")
    tell()
    address = "/sok?q=batteridoning"
    visit(address)
    assert not visit(address)[1]
    insight.add(Actor(factories.person().id, "moderator"), "batteridoning = nullutslippsbil")
    session.commit()
    assert visit(address)[1]


def test_what_one_wrote_for_a_network_one_has_left_stands_on_no_page_kept_for_others(visit):
    network, one, other = factories.network(), factories.account(), factories.account()
    left = {"audience": "network", "for_network_id": network.id}
    factories.question(one, title="Hva mener dere i klimanettet?", **left)
    indexing.index().rebuild()
    for address in ("/sok?q=klimanettet", "/api/v1/search?q=klimanettet", "/sok/forslag?q=hva+mener", "/sporsmal"):
        visit(address, one)
        answer, _ = visit(address, other)
        assert "mener dere" not in answer.text, address


def test_a_list_that_names_its_reader_is_kept_for_nobody(visit):
    asker, other = factories.account("Hemmelig Testesen"), factories.account()
    factories.question(asker, title="Hvordan sier vi fra om rot?", hides_author=True)
    indexing.index().rebuild()
    for address in ("/sporsmal", "/sok?q=rot", "/api/v1/search?q=rot"):
        visit(address, asker)
        answer, _ = visit(address, other)
        assert "Hvordan sier vi fra om" in answer.text
        assert "Hemmelig" not in answer.text, address
