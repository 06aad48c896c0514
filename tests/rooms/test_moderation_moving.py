"""Merging duplicates, moving between kinds, and answers that become questions: nothing is lost, doubled or widened."""

import pytest
from sqlalchemy import select

from kunnskap import clock
from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import Invalid
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.following.models import Follow
from kunnskap.moderation import actions
from kunnskap.moderation.deciding import Wish
from kunnskap.moderation.models import Decision, Report
from kunnskap.moderation.rules import Thing
from kunnskap.posts.models import Comment, Draft, Post, Vote
from kunnskap.questions.models import QuestionDetails, Wonder
from tests import factories

WORDS = "Her er det ryddet litt."


@pytest.fixture
def moderator(member):
    return member("Moder Testesen", role="moderator")


@pytest.fixture
def desk(browser, moderator):
    return browser(moderator)


@pytest.fixture
def asker(member):
    return member("Spørre Testesen")


@pytest.fixture
def first_asker(member):
    return member("Første Testesen")


@pytest.fixture
def source(asker):
    return factories.question(asker, title="Hvordan måler dere utslipp fra bygg?")


@pytest.fixture
def target(first_asker):
    return factories.question(first_asker, title="Hvordan beregner vi utslipp fra byggeplasser?")


def the(table, number):
    session.rollback()
    return session.get(table, number, populate_existing=True)


def decide(desk, post, act, **more):
    sent = {"act": act, "reason": "feil-sted", "words": WORDS} | {key: str(value) for key, value in more.items()}
    return desk.post(f"/moderering/innlegg/{post.id}/avgjor", data=sent)


def merge(desk, source, target):
    return decide(desk, source, "merge", target=target.id)


def comment(post, author, body="En prøvekommentar"):
    made = factories.keep(Comment(post_id=post.id, author_id=author.person_id, body=body, body_html=f"<p>{body}</p>"))
    session.get_one(Post, post.id).comment_count += 1
    session.commit()
    return made


def vote(post, *voters):
    for one in voters:
        factories.keep(Vote(post_id=post.id, voter_id=one.person_id))
    session.get_one(Post, post.id).score += len(voters)
    session.commit()


def follow(post, *people):
    for one in people:
        factories.keep(Follow(person_id=one.person_id, target_kind="post", target_id=post.id))


def wonder(post, *people):
    for one in people:
        factories.keep(Wonder(post_id=post.id, person_id=one.person_id))
    session.get_one(QuestionDetails, post.id).wonder_count += len(people)
    session.commit()


def people_of(column, condition):
    session.rollback()
    return sorted(session.scalars(select(column).where(condition)))


def test_everything_that_hangs_on_a_duplicate_comes_along_once(desk, source, target, asker, first_asker, member):
    both, one = member("Begge Testesen"), member("En Testesen")
    answer = factories.answer(source, one, body="Et godt svar om varmepumper")
    factories.answer(target, both, body="Svaret som sto her")
    remark = comment(source, one, "Kommentar som flytter")
    vote(source, both, one, first_asker)
    vote(target, both, asker)
    follow(source, asker, both, first_asker)
    follow(target, first_asker, both)
    wonder(source, both, one, first_asker)
    wonder(target, both)
    factories.keep(Draft(person_id=one.person_id, form=f"svar:{source.id}", fields={"body": ["Begynt"]}))
    assert merge(desk, source, target).status_code == 303
    row, old = the(Post, target.id), session.get(Post, source.id)
    assert (row.answer_count, row.comment_count, row.status) == (2, 1, "besvart")
    assert (old.answer_count, old.comment_count, old.score, old.merged_into_id) == (0, 0, 0, target.id)
    assert session.get(Post, answer.id).parent_id == target.id
    assert session.get(Comment, remark.id).post_id == target.id
    voters = people_of(Vote.voter_id, Vote.post_id == target.id)
    assert voters == sorted(person.person_id for person in (both, asker, one))
    assert the(Post, target.id).score == 3
    assert people_of(Vote.voter_id, Vote.post_id == source.id) == []
    followers = people_of(Follow.person_id, Follow.target_id == target.id)
    assert followers == sorted(person.person_id for person in (asker, both, first_asker))
    assert people_of(Follow.person_id, Follow.target_id == source.id) == []
    wonderers = people_of(Wonder.person_id, Wonder.post_id == target.id)
    assert wonderers == sorted(person.person_id for person in (both, one))
    assert session.get(QuestionDetails, target.id).wonder_count == 2
    assert session.get(Draft, (one.person_id, f"svar:{target.id}")) is not None


def test_the_address_of_a_merged_question_leads_on_and_it_is_no_longer_found(
    browser, desk, source, target, asker, member
):
    factories.answer(source, member("En Testesen"), body="Vi bruker termografi i kulda")
    assert "måler dere" in browser().get("/sok?q=termografi").text
    merge(desk, source, target)
    for reader in (browser(), browser(asker), desk, browser(member("Lese Testesen"))):
        answer = reader.get(f"/sporsmal/{source.slug}")
        assert (answer.status_code, answer.location) == (301, f"/sporsmal/{target.slug}")
        assert reader.get(f"/innlegg/{source.id}").location == f"/sporsmal/{target.slug}"
    found = browser().get("/sok?q=termografi").text
    assert "måler dere" not in found
    assert "beregner vi" in found
    assert "måler dere" not in browser().get("/sporsmal").text
    assert "Vi bruker termografi" in browser().get(f"/sporsmal/{target.slug}").text


def test_the_author_is_told_and_reports_are_settled(desk, source, target, asker, sent):
    factories.keep(Report(post_id=source.id, reason="feil-sted"))
    merge(desk, source, target)
    assert [letter.to for letter in sent] == [asker.email]
    assert WORDS in sent[0].text
    assert f"/innlegg/{source.id}" in sent[0].text
    assert session.scalar(select(Report.settled_at)) is not None


def test_a_merge_sent_twice_is_one(desk, source, target, member, sent):
    factories.answer(source, member("En Testesen"))
    for _again in range(2):
        assert merge(desk, source, target).status_code == 303
    assert the(Post, target.id).answer_count == 1
    assert session.query(Decision).count() == 1
    assert len(sent) == 1


def test_an_accepted_answer_stays_accepted_where_there_is_none(desk, source, target, member):
    answer = factories.answer(source, member("En Testesen"), accepted=True)
    merge(desk, source, target)
    assert the(QuestionDetails, target.id).accepted_answer_id == answer.id
    assert session.get(QuestionDetails, source.id).accepted_answer_id is None
    assert session.get(Post, target.id).status == "lost"


def test_the_answer_that_was_accepted_first_stays_the_accepted_one(desk, source, target, member):
    factories.answer(source, member("En Testesen"), accepted=True)
    accepted = factories.answer(target, member("To Testesen"), accepted=True)
    merge(desk, source, target)
    assert the(QuestionDetails, target.id).accepted_answer_id == accepted.id
    assert session.get(Post, target.id).answer_count == 2


def test_hidden_and_held_answers_come_along_unseen(desk, source, target, member):
    hidden = factories.answer(source, member("En Testesen"), hidden_at=clock.now())
    held = factories.answer(source, member("To Testesen"), held_at=clock.now(), held_for="review")
    merge(desk, source, target)
    assert the(Post, target.id).answer_count == 0
    assert {session.get(Post, one.id).parent_id for one in (hidden, held)} == {target.id}
    decide(desk, held, "approve")
    assert the(Post, target.id).answer_count == 1


def test_pointers_to_a_merged_question_follow_it(desk, source, target, asker, browser):
    third, fourth = factories.question(asker, title="Det tredje spørsmålet"), factories.question(asker)
    session.get_one(QuestionDetails, third.id).duplicate_of_id = source.id
    session.get_one(QuestionDetails, target.id).duplicate_of_id = source.id
    session.commit()
    merge(desk, source, target)
    assert the(QuestionDetails, third.id).duplicate_of_id == target.id
    assert session.get(QuestionDetails, target.id).duplicate_of_id is None
    merge(desk, target, fourth)
    assert the(Post, source.id).merged_into_id == fourth.id
    assert session.get(QuestionDetails, third.id).duplicate_of_id == fourth.id
    assert browser().get(f"/sporsmal/{source.slug}").location == f"/sporsmal/{fourth.slug}"


def test_words_for_few_are_never_shown_to_more(desk, target, asker, browser, member):
    network = factories.network()
    closed = factories.question(asker, audience="network", for_network_id=network.id)
    factories.answer(
        closed, member("En Testesen"), audience="network", for_network_id=network.id, body="Fortrolig svar"
    )
    answer = merge(desk, closed, target)
    assert answer.status_code == 422
    assert "Flere ville få lese" in answer.text
    assert the(Post, closed.id).merged_into_id is None
    other = factories.question(asker, audience="network", for_network_id=factories.network("annet", "Annet").id)
    assert merge(desk, closed, other).status_code == 422
    assert merge(desk, closed, factories.question(asker, audience="members")).status_code == 422
    same = factories.question(asker, audience="network", for_network_id=network.id)
    assert merge(desk, closed, same).status_code == 303
    assert "Fortrolig" not in browser().get("/sok?q=fortrolig").text


def test_answers_take_the_readers_of_the_question_they_come_to(desk, source, asker, browser, member):
    answer = factories.answer(source, member("En Testesen"), body="Svar om fjernvarme")
    narrower = factories.question(asker, audience="members", title="Et spørsmål for innloggede")
    assert merge(desk, source, narrower).status_code == 303
    assert the(Post, answer.id).audience == "members"
    assert browser().get(f"/sporsmal/{source.slug}").status_code == 404
    assert browser().get(f"/innlegg/{source.id}").status_code == 404
    assert "innloggede" not in browser().get("/sok?q=fjernvarme").text
    assert browser(asker).get(f"/sporsmal/{source.slug}").status_code == 301


def test_a_question_is_not_merged_with_what_cannot_take_it(desk, source, moderator, asker):
    hidden = factories.question(asker, hidden_at=clock.now())
    own = factories.question(moderator)
    experience = factories.experience(asker)
    for number in (source.id, hidden.id, own.id, experience.id, 999_999, "", "tull"):
        assert decide(desk, source, "merge", target=number).status_code == 422, number
    assert the(Post, source.id).merged_into_id is None
    assert session.query(Decision).count() == 0


def test_a_target_may_be_told_by_its_address(desk, source, target):
    decide(desk, source, "merge", target=f"http://localhost/sporsmal/{target.slug}?side=2#svar")
    assert the(Post, source.id).merged_into_id == target.id


def test_who_asked_without_a_name_is_not_named_by_a_merge(desk, target, asker, member):
    unnamed = factories.question(asker, hides_author=True)
    answer = factories.answer(unnamed, member("En Testesen"))
    remark = comment(answer, asker, "Takk, det var jeg som spurte")
    refused = merge(desk, unnamed, target)
    assert refused.status_code == 422
    assert "uten navn" in refused.text
    the(Comment, remark.id).withdrawn_at = clock.now()
    session.commit()
    assert merge(desk, unnamed, target).status_code == 303


def test_a_merge_and_a_lock_meet(desk, source, target, member, browser):
    answer = factories.answer(source, member("En Testesen"))
    decide(desk, target, "lock")
    merge(desk, source, target)
    assert the(Post, answer.id).locked_at is not None
    assert decide(desk, source, "restore").status_code == 303
    assert the(Post, source.id).hidden_at is not None


def test_who_answers_a_question_that_was_just_merged_is_refused(browser, desk, source, target, member):
    reader = browser(member("Svare Testesen"))
    merge(desk, source, target)
    sent = {"body": "Et svar som kommer for sent", "language": "nb"}
    assert reader.post(f"/sporsmal/{source.id}/svar", data=sent).status_code == 404
    assert the(Post, source.id).answer_count == 0


def test_a_question_that_is_an_experience_becomes_one(desk, browser, asker, skien, sent):
    long = "Vi byttet ut alle gravemaskinene med elektriske. " * 20
    question = factories.question(asker, title="Slik gjorde vi det", body=long, place_id=skien.id)
    follow(question, asker)
    comment(question, asker, "Kommentaren følger med")
    assert decide(desk, question, "move").status_code == 303
    row = the(Post, question.id)
    assert (row.kind_key, row.status) == ("experience", None)
    assert len(row.body) <= 600
    details = session.get(ExperienceDetails, question.id)
    assert (details.actions, details.contact_id) == (long, asker.person_id)
    old = browser().get(f"/sporsmal/{question.slug}")
    assert (old.status_code, old.location) == (302, f"/erfaringer/{question.slug}")
    page = browser().get(old.location).text
    assert "Kommentaren følger med" in page
    assert "Skien" in page
    assert "Slik gjorde vi det" in browser().get("/sok?q=gravemaskinene&type=erfaring").text
    assert "Slik gjorde vi det" not in browser().get("/sporsmal").text
    assert "flyttet til riktig sted" in sent[0].subject
    assert browser(asker).get(f"/erfaringer/{question.id}/rediger").status_code == 200


def test_an_experience_that_is_a_question_becomes_one_and_may_go_back(desk, browser, asker):
    details = {"problem": "Vi vet ikke hva vi skal velge", "cost_investment": 1_000}
    experience = factories.experience(asker, details, title="Hva bør vi velge?", body="Hva gjør dere?")
    assert decide(desk, experience, "move").status_code == 303
    row = the(Post, experience.id)
    assert (row.kind_key, row.status, row.answer_count) == ("question", "ubesvart", 0)
    assert "Vi vet ikke hva vi skal velge" in row.body
    assert browser().get(f"/erfaringer/{experience.slug}").location == f"/sporsmal/{experience.slug}"
    answer = browser(asker).post(f"/sporsmal/{experience.id}/svar", data={"body": "Sol", "language": "nb"})
    assert answer.status_code == 302
    refused = decide(desk, experience, "move")
    assert refused.status_code == 422
    assert "Spørsmålet har svar" in refused.text
    decide(desk, session.scalars(select(Post).where(Post.parent_id == experience.id)).one(), "hide")
    assert decide(desk, experience, "move").status_code == 303
    assert the(ExperienceDetails, experience.id).cost_investment == 1_000
    assert browser().get(f"/erfaringer/{experience.slug}").status_code == 200


def test_an_experience_has_a_name(desk, asker):
    unnamed = factories.question(asker, hides_author=True)
    refused = decide(desk, unnamed, "move")
    assert refused.status_code == 422
    assert "spurt uten navn" in refused.text
    assert the(Post, unnamed.id).kind_key == "question"


def test_an_answer_that_is_a_question_becomes_one(desk, browser, asker, member, sent):
    source = factories.question(asker, title="Hvordan måler dere utslipp fra bygg?", themes=[factories.theme()])
    writer = member("Svare Testesen")
    answer = factories.answer(source, writer, accepted=True, body="Men hva med avfall?")
    comment(answer, writer, "Lurer på dette med avfall")
    assert decide(desk, answer, "split", title="Kort").status_code == 422
    assert decide(desk, answer, "split", title="Hva gjør dere med  avfallet?").status_code == 303
    row, asked = the(Post, answer.id), session.get(Post, source.id)
    assert (row.kind_key, row.parent_id, row.title) == ("question", None, "Hva gjør dere med avfallet?")
    assert (asked.answer_count, asked.status) == (0, "ubesvart")
    assert session.get(QuestionDetails, source.id).accepted_answer_id is None
    assert session.get(Follow, (writer.person_id, "post", answer.id)) is not None
    page = browser().get(browser().get(f"/innlegg/{answer.id}").location).text
    assert "Lurer på dette med avfall" in page
    assert "Klimabudsjett" in page
    assert "Hva gjør dere med" in browser().get("/sok?q=avfall").text
    assert sent[0].to == writer.email
    assert (
        browser(writer).post(f"/sporsmal/{answer.id}/svar", data={"body": "Kompost", "language": "nb"}).status_code
        == 302
    )


def test_an_answer_is_moved_to_the_question_it_answers(desk, browser, source, target, member):
    answer = factories.answer(source, member("Svare Testesen"), accepted=True, body="Svar om byggeplasser og strøm")
    assert decide(desk, answer, "rehome", target=source.id).status_code == 422
    assert decide(desk, answer, "rehome", target=target.id).status_code == 303
    assert the(Post, answer.id).parent_id == target.id
    assert (session.get(Post, source.id).answer_count, session.get(Post, target.id).answer_count) == (0, 1)
    assert session.get(Post, source.id).status == "ubesvart"
    assert "Svar om byggeplasser" in browser().get(f"/sporsmal/{target.slug}").text
    assert browser().get(f"/innlegg/{answer.id}").location == f"/sporsmal/{target.id}#innlegg-{answer.id}"


def test_an_answer_for_few_is_not_moved_where_more_read(desk, target, asker, member):
    closed = factories.question(asker, audience="members")
    answer = factories.answer(closed, member("Svare Testesen"), audience="members")
    assert decide(desk, answer, "rehome", target=target.id).status_code == 422
    assert the(Post, answer.id).parent_id == closed.id


def test_the_answer_of_one_who_asked_without_a_name_does_not_tell_it_elsewhere(desk, source, asker):
    unnamed = factories.question(asker, hides_author=True)
    answer = factories.answer(source, asker)
    assert decide(desk, answer, "rehome", target=unnamed.id).status_code == 303
    assert the(Post, answer.id).hides_author


def test_nobody_moves_what_is_their_own(desk, moderator, target):
    own = factories.question(moderator)
    answer = factories.answer(target, moderator)
    assert merge(desk, own, target).status_code == 403
    assert decide(desk, answer, "split", title="Et helt nytt spørsmål").status_code == 403
    assert decide(desk, own, "move").status_code == 403


def test_the_domain_itself_refuses_a_merge_that_widens(moderator, asker, target):
    closed = factories.question(asker, audience="members")
    actor = Actor(person_id=moderator.person_id, role="moderator")
    with pytest.raises(Invalid):
        actions.decide(actor, Thing(post=closed), Wish("merge", "feil-sted", WORDS, target=target))


def test_an_appeal_against_a_move_is_answered_and_put_right_by_hand(desk, browser, asker, member):
    question = factories.question(asker)
    decide(desk, question, "move")
    session.rollback()
    decision = session.query(Decision).one()
    browser(asker).post(f"/moderering/klage/{decision.id}", data={"words": "Det var et spørsmål"})
    other = browser(member("Annen Testesen", role="moderator"))
    assert "flytte tilbake" in other.get(f"/moderering/avgjorelse/{decision.id}").text
    other.post(f"/moderering/avgjorelse/{decision.id}", data={"outcome": "undone", "words": "Enig."})
    assert the(Decision, decision.id).undone_at is not None
    assert decide(other, question, "move").status_code == 303
    assert the(Post, question.id).kind_key == "question"
