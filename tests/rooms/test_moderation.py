"""Moderation: people report, moderators see to it, and whoever it concerns is told why and may appeal."""

from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.audit import AuditEntry, broken_at
from kunnskap.db import session
from kunnskap.moderation import rules
from kunnskap.moderation.models import Decision
from kunnskap.posts.models import Comment, Post
from kunnskap.questions.models import QuestionDetails
from tests import factories
from tests.moderating import WORDS, appeal_link, comment, decide, only, the


@pytest.fixture
def author(member):
    return member("Skrive Testesen")


@pytest.fixture
def moderator(member):
    return member("Moder Testesen", role="moderator")


@pytest.fixture
def desk(browser, moderator):
    return browser(moderator)


@pytest.fixture
def reader(browser, member):
    return browser(member("Lese Testesen"))


def test_what_is_hidden_is_gone_for_others_and_explained_to_its_author(browser, reader, desk, author):
    question = factories.question(author, title="Et spørsmål om sjeldne solstråler")
    assert "solstråler" in reader.get("/sok?q=solstråler").text
    decide(desk, f"innlegg/{question.id}", "hide")
    assert reader.get(f"/sporsmal/{question.slug}").status_code == 404
    assert "sjeldne" not in reader.get("/sok?q=solstråler").text
    assert "sjeldne" not in reader.get("/sporsmal").text
    mine = browser(author)
    page = mine.get(f"/sporsmal/{question.slug}").text
    assert WORDS in page
    decision = only(Decision)
    assert f"/moderering/klage/{decision.id}" in page
    assert (decision.made_by_id is not None, decision.reason, decision.person_id) == (True, "reklame", author.person_id)
    assert "sjeldne" in mine.get("/moderering/mine").text
    assert decide(desk, f"innlegg/{question.id}", "restore").status_code == 303
    assert reader.get(f"/sporsmal/{question.slug}").status_code == 200
    assert "sjeldne" in reader.get("/sok?q=solstråler").text
    assert the(Decision, decision.id).undone_at is not None


def test_hiding_an_accepted_answer_keeps_the_question_in_step(desk, author, member):
    question = factories.question(member("Spørre Testesen"))
    answer = factories.answer(question, author, accepted=True)
    decide(desk, f"innlegg/{answer.id}", "hide")
    row = the(Post, question.id)
    assert (row.answer_count, row.status) == (0, "ubesvart")
    assert session.get(QuestionDetails, question.id).accepted_answer_id is None
    decide(desk, f"innlegg/{answer.id}", "restore")
    assert (the(Post, question.id).answer_count, the(Post, question.id).status) == (1, "besvart")


def test_a_hidden_comment_is_read_by_its_author_and_moderators_only(browser, reader, desk, author):
    question = factories.question()
    remark = comment(question, author, "Denne kommentaren forsvinner")
    decide(desk, f"kommentar/{remark.id}", "hide", "upassende")
    assert "Denne kommentaren" not in reader.get(f"/sporsmal/{question.slug}").text
    page = browser(author).get(f"/sporsmal/{question.slug}").text
    assert "Denne kommentaren" in page
    assert WORDS in page
    edit = f"/innlegg/kommentar/{remark.id}/rediger"
    assert edit not in page
    assert browser(author).post(edit, data={"body": "Noe annet"}).status_code == 403
    assert "Denne kommentaren" in desk.get(f"/sporsmal/{question.slug}").text
    decide(desk, f"kommentar/{remark.id}", "restore")
    assert "Denne kommentaren" in reader.get(f"/sporsmal/{question.slug}").text


def test_a_button_pressed_twice_decides_once(desk, author, sent):
    question = factories.question(author)
    for _again in range(2):
        assert decide(desk, f"innlegg/{question.id}", "hide").status_code == 303
    for _again in range(2):
        assert decide(desk, f"person/{author.person_id}", "warn").status_code == 303
    assert [one.act for one in session.query(Decision).order_by(Decision.id)] == ["hide", "warn"]
    assert len(sent) == 2


def test_a_locked_question_takes_no_answers_or_comments(desk, reader, author):
    question = factories.question(author)
    answer = factories.answer(question, author)
    decide(desk, f"innlegg/{question.id}", "lock", "annet")
    page = reader.get(f"/sporsmal/{question.slug}").text
    assert "låst" in page
    assert "Skriv en kommentar" not in page
    assert (
        reader.post(f"/sporsmal/{question.id}/svar", data={"body": "Et svar til", "language": "nb"}).status_code == 403
    )
    for post in (question, answer):
        assert reader.post(f"/innlegg/{post.id}/kommentar", data={"body": "En kommentar"}).status_code == 403
    decide(desk, f"innlegg/{question.id}", "unlock", "annet")
    assert reader.post(f"/innlegg/{answer.id}/kommentar", data={"body": "En kommentar"}).status_code == 302


def test_what_a_newcomer_writes_is_let_out_and_the_next_is_not_held(desk, reader, browser, member, sent):
    newcomer = member("Ny Testesen", trusted_at=None)
    theirs = browser(newcomer)
    question = factories.question()
    theirs.post(f"/sporsmal/{question.id}/svar", data={"body": "Et aller første svar", "language": "nb"})
    theirs.post(f"/innlegg/{question.id}/kommentar", data={"body": "En aller første kommentar"})
    session.rollback()
    answer, remark = session.query(Post).filter_by(kind_key="answer").one(), session.query(Comment).one()
    assert "aller første" not in reader.get(f"/sporsmal/{question.slug}").text
    assert "venter" in theirs.get(f"/sporsmal/{question.slug}").text
    queue = desk.get("/moderering?vis=venter").text
    assert f"/moderering/innlegg/{answer.id}" in queue
    assert f"/moderering/kommentar/{remark.id}" in queue
    decide(desk, f"innlegg/{answer.id}", "approve", "annet")
    decide(desk, f"kommentar/{remark.id}", "refuse", "upassende")
    page = reader.get(f"/sporsmal/{question.slug}").text
    assert "Et aller første svar" in page
    assert "En aller første kommentar" not in page
    assert the(Post, question.id).answer_count == 1
    assert the(Account, newcomer.id).trusted_at is not None
    assert len(sent) == 2
    theirs.post(f"/innlegg/{answer.id}/kommentar", data={"body": "Og dette synes med en gang"})
    assert "synes med en gang" in reader.get(f"/sporsmal/{question.slug}").text
    assert "Ingenting venter" in desk.get("/moderering").text


def test_a_suspended_person_is_out_and_appeals_with_the_link_from_the_mail(desk, browser, author, member, sent):
    theirs = browser(author)
    assert theirs.get("/min-side").status_code == 200
    until = (clock.now() + timedelta(days=7)).date().isoformat()
    assert decide(desk, f"person/{author.person_id}", "suspend", "upassende", until=until).status_code == 303
    assert theirs.get("/min-side").status_code == 302
    assert the(Account, author.id).is_suspended
    link = appeal_link(sent[0])
    stranger = browser()
    assert WORDS in stranger.get(link).text
    assert stranger.post(link, data={"words": ""}).status_code == 422
    assert stranger.post(link, data={"words": "Det var ikke jeg som skrev det"}).status_code == 303
    assert stranger.post(link, data={"words": "En gang til"}).status_code == 422
    decision = only(Decision)
    assert decision.appeal == "Det var ikke jeg som skrev det"
    other = browser(member("Annen Testesen", role="administrator"))
    assert f"/moderering/avgjorelse/{decision.id}" in other.get("/moderering?vis=klager").text
    other.post(f"/moderering/avgjorelse/{decision.id}", data={"outcome": "undone", "words": "Beklager, du har rett."})
    assert not the(Account, author.id).is_suspended
    assert "medhold" in sent[-1].text
    assert "Beklager, du har rett." in browser().get(appeal_link(sent[-1])).text


@pytest.mark.parametrize("until", ["", "i morgen", "2020-01-01", "2099-01-01"])
def test_a_suspension_has_an_end_that_comes(desk, author, until):
    answer = decide(desk, f"person/{author.person_id}", "suspend", until=until)
    assert answer.status_code == 422
    assert the(Account, author.id).suspended_until is None


def test_an_account_is_opened_again_before_its_time(desk, author, browser):
    until = (clock.now() + timedelta(days=7)).date().isoformat()
    decide(desk, f"person/{author.person_id}", "suspend", until=until)
    assert decide(desk, f"person/{author.person_id}", "lift").status_code == 303
    assert the(Account, author.id).suspended_until is None
    assert browser(author).get("/min-side").status_code == 200


def test_moderators_do_nothing_to_accounts_with_powers(desk, browser, member):
    for role in ("administrator", "moderator"):
        powerful = member("Mektig Testesen", role=role)
        assert "ingenting du kan gjøre" in desk.get(f"/moderering/person/{powerful.person_id}").text
        decide(desk, f"person/{powerful.person_id}", "warn")
        decide(desk, f"person/{powerful.person_id}", "suspend", until="2099-01-01")
    assert session.query(Decision).count() == 0
    administrator = browser(member("Sjef Testesen", role="administrator"))
    decide(administrator, f"person/{powerful.person_id}", "warn")
    assert only(Decision).act == "warn"


def test_the_one_who_decided_does_not_answer_the_appeal(desk, browser, author, member, moderator):
    question = factories.question(author, title="Et skjult spørsmål om snø")
    decide(desk, f"innlegg/{question.id}", "hide")
    decision, mine = only(Decision), browser(author)
    assert mine.post(f"/moderering/klage/{decision.id}", data={"words": "Dette er ikke reklame"}).status_code == 303
    assert "Ingenting venter" in desk.get("/moderering?vis=klager").text
    answer = {"outcome": "undone", "words": "Enig."}
    assert desk.post(f"/moderering/avgjorelse/{decision.id}", data=answer).status_code == 403
    other = browser(member("Annen Testesen", role="moderator"))
    assert other.post(f"/moderering/avgjorelse/{decision.id}", data={"outcome": "undone"}).status_code == 422
    assert other.post(f"/moderering/avgjorelse/{decision.id}", data=answer).status_code == 303
    assert the(Post, question.id).hidden_at is None
    assert the(Decision, decision.id).upheld is False
    assert other.post(f"/moderering/avgjorelse/{decision.id}", data=answer).status_code == 403
    assert browser().get(f"/sporsmal/{question.slug}").status_code == 200


def test_an_appeal_that_is_not_upheld_leaves_things_as_they_are(desk, browser, author, member, sent):
    question = factories.question(author)
    decide(desk, f"innlegg/{question.id}", "hide")
    decision = only(Decision)
    browser(author).post(f"/moderering/klage/{decision.id}", data={"words": "Uenig"})
    other = browser(member("Annen Testesen", role="moderator"))
    other.post(f"/moderering/avgjorelse/{decision.id}", data={"outcome": "upheld", "words": "Det er reklame."})
    assert the(Post, question.id).hidden_at is not None
    assert "blir stående" in sent[-1].text


def test_one_appeals_only_ones_own_and_in_time(desk, browser, author, reader):
    question = factories.question(author)
    decide(desk, f"innlegg/{question.id}", "hide")
    decision = only(Decision)
    assert reader.get(f"/moderering/klage/{decision.id}").status_code == 404
    assert reader.post(f"/moderering/klage/{decision.id}", data={"words": "Jeg også"}).status_code == 404
    assert browser().get("/moderering/klage/tull.tull").status_code == 404
    other_site = rules.appeal_mark("another secret", decision.id)
    assert browser().get(f"/moderering/klage/{other_site}").status_code == 404
    mine = browser(author)
    assert "Send klagen" in mine.get(f"/moderering/klage/{decision.id}").text
    the(Decision, decision.id).made_at = clock.now() - timedelta(days=31)
    session.commit()
    assert "Fristen" in mine.get(f"/moderering/klage/{decision.id}").text
    assert mine.post(f"/moderering/klage/{decision.id}", data={"words": "For sent"}).status_code == 422


def test_every_act_is_in_the_audit_log_without_words(desk, author):
    question = factories.question(author)
    decide(desk, f"innlegg/{question.id}", "hide")
    decide(desk, f"person/{author.person_id}", "warn")
    entries = session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [(one.act, one.target) for one in entries] == [
        ("moderation.hide", f"post:{question.id}"),
        ("moderation.warn", f"account:{author.id}"),
    ]
    assert WORDS not in str([one.facts for one in entries])
    assert broken_at() is None


@pytest.mark.parametrize("act", ["", "tull", "approve", "unlock", "restore", "warn", "suspend", "split"])
def test_what_does_not_fit_a_thing_is_not_done_to_it(desk, author, act):
    question = factories.question(author)
    assert decide(desk, f"innlegg/{question.id}", act).status_code == 303
    assert session.query(Decision).count() == 0


def test_a_decision_needs_a_reason_and_words(desk, author):
    question = factories.question(author)
    assert decide(desk, f"innlegg/{question.id}", "hide", "tull").status_code == 422
    assert decide(desk, f"innlegg/{question.id}", "hide", words="").status_code == 422
    assert decide(desk, f"innlegg/{question.id}", "hide", words="x" * 3_001).status_code == 422
    assert desk.get(f"/moderering/innlegg/{question.id}/avgjor?act=tull").status_code == 422
    assert the(Post, question.id).hidden_at is None


def test_an_administrator_ends_an_account_and_whoever_it_was_appeals_by_link(browser, author, member, sent):
    administrator = browser(member("Sjef Testesen", role="administrator"))
    address = f"/moderering/person/{author.person_id}"
    assert administrator.get(f"{address}/avgjor?act=end&reason=upassende").location.endswith(
        f"{address}/avslutt?reason=upassende"
    )
    assert "bryter grovt" in administrator.get(f"{address}/avslutt?reason=upassende").text
    assert administrator.get(f"{address}/avslutt?reason=tull").status_code == 422
    assert decide(administrator, f"person/{author.person_id}", "end").status_code == 403
    for _again in range(2):
        sent_form = {"reason": "upassende", "words": WORDS}
        assert administrator.post(f"{address}/avslutt", data=sent_form).status_code == 303
    assert the(Account, author.id).closed_at is not None
    assert [WORDS in letter.text for letter in sent] == [True]
    browser().post(appeal_link(sent[0]), data={"words": "Det var en misforståelse"})
    decision = only(Decision)
    undone = {"outcome": "undone", "words": "Det var det."}
    assert (
        browser(member(role="moderator")).post(f"/moderering/avgjorelse/{decision.id}", data=undone).status_code == 403
    )
    other = browser(member("Annen Testesen", role="administrator"))
    assert other.post(f"/moderering/avgjorelse/{decision.id}", data=undone).status_code == 303
    assert the(Account, author.id).closed_at is None


def test_only_administrators_end_accounts(desk, author):
    address = f"/moderering/person/{author.person_id}"
    assert "Avslutt kontoen" not in desk.get(address).text
    assert desk.get(f"{address}/avslutt?reason=annet").status_code == 403
    assert desk.post(f"{address}/avslutt", data={"reason": "annet", "words": WORDS}).status_code == 403
    assert the(Account, author.id).closed_at is None


def test_a_newcomer_is_told_that_the_question_waits(browser, member):
    factories.theme()
    newcomer = browser(member("Ny Testesen", trusted_at=None))
    sent = {"title": "Hvordan går det med snøen?", "body": "Vi lurer", "themes": "klimabudsjett", "audience": "everyone",
            "language": "nb"}  # fmt: skip
    answer = newcomer.post("/sporsmal/nytt", data=sent)
    assert answer.status_code == 302
    assert "siden du er ny her" in newcomer.get(answer.location).text


def test_one_finds_what_was_decided_from_ones_own_page(browser, desk, author):
    mine = browser(author)
    assert "/moderering/mine" not in mine.get("/min-side").text
    assert "Ingen avgjørelser" in mine.get("/moderering/mine").text
    decide(desk, f"person/{author.person_id}", "warn", "upassende")
    assert "/moderering/mine" in mine.get("/min-side").text
    assert "Send en advarsel" in mine.get("/moderering/mine").text


def test_what_a_moderator_does_to_what_others_wrote_is_in_the_audit_log(desk, author, browser):
    question = factories.question(author)
    remark = comment(question, author)
    for path in (f"{question.id}/trekk", f"{question.id}/legg-ut-igjen", f"kommentar/{remark.id}/trekk"):
        desk.post(f"/innlegg/{path}")
        browser(author).post(f"/innlegg/{path}")
    session.rollback()
    acts = [one.act for one in session.query(AuditEntry).order_by(AuditEntry.id)]
    assert acts == ["posts.withdraw", "posts.put_up_again", "posts.withdraw_comment"]
    assert "Trekk tilbake" not in desk.get(f"/sporsmal/{question.slug}").text
