"""Moderation: people report, moderators see to it, and whoever it concerns is told why and may appeal."""

import re
from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.audit import AuditEntry, broken_at
from kunnskap.db import session
from kunnskap.moderation import queries, rules
from kunnskap.moderation.models import Decision, Report
from kunnskap.posts.models import Comment, Post
from kunnskap.questions.models import QuestionDetails
from tests import factories

WORDS = "Se gjerne på dette en gang til."


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


def the(table, number):
    session.rollback()
    return session.get(table, number, populate_existing=True)


def decide(desk, address, act, reason="reklame", **more):
    """Do what a moderator does on the second page."""
    sent = {"act": act, "reason": reason, "words": WORDS} | more
    return desk.post(f"/moderering/{address}/avgjor", data=sent)


def report(client, address, reason="reklame", words=""):
    return client.post(f"/meld/{address}", data={"reason": reason, "words": words})


def comment(post, author, body="En prøvekommentar", **facts):
    made = factories.keep(
        Comment(post_id=post.id, author_id=author.person_id, body=body, body_html=f"<p>{body}</p>", **facts)
    )
    session.get_one(Post, post.id).comment_count += 1
    session.commit()
    return made


def only(table):
    session.rollback()
    return session.query(table).one()


def appeal_link(letter):
    return re.search(r"http://localhost(/moderering/klage/\S+)", letter.text)[1]


def test_a_reader_reports_and_hears_when_it_is_seen_to(reader, desk, author, sent):
    question = factories.question(author, title="Kjøp billige klimakvoter hos oss")
    page = reader.get(f"/meld/innlegg/{question.id}")
    assert "Kjøp billige klimakvoter" in page.text
    assert report(reader, f"innlegg/{question.id}", words="Dette er jo reklame").status_code == 303
    assert "En moderator ser på det" in reader.get(f"/sporsmal/{question.slug}").text
    queue = desk.get("/moderering").text
    assert f"/moderering/innlegg/{question.id}" in queue
    case = desk.get(f"/moderering/innlegg/{question.id}").text
    assert "Dette er jo reklame" in case
    assert "Dette gjelder saken" in case
    form = desk.get(f"/moderering/innlegg/{question.id}/avgjor?act=hide&reason=reklame").text
    assert "Dette leses som reklame" in form
    assert decide(desk, f"innlegg/{question.id}", "hide").status_code == 303
    told = {letter.to: letter for letter in sent}
    assert set(told) == {author.email, only_reporter_email()}
    assert WORDS in told[author.email].text
    assert "Lese" not in told[author.email].text
    assert "Vi har gjort noe med det" in told[only_reporter_email()].text
    assert WORDS not in told[only_reporter_email()].text
    assert "Ingenting venter" in desk.get("/moderering").text


def only_reporter_email():
    account = session.query(Account).join(Report, Report.reporter_id == Account.person_id).one()
    return account.email


def test_the_same_person_reports_the_same_thing_once(reader, author):
    question = factories.question(author)
    for _again in range(2):
        assert report(reader, f"innlegg/{question.id}").status_code == 303
    assert "meldt fra om dette før" in reader.get("/").text
    assert session.query(Report).count() == 1


def test_what_moderators_let_stand_can_be_reported_anew_once_it_is_changed(reader, desk, author):
    question = factories.question(author)
    report(reader, f"innlegg/{question.id}")
    desk.post(f"/moderering/innlegg/{question.id}/la-sta")
    report(reader, f"innlegg/{question.id}")
    assert session.query(Report).count() == 1
    the(Post, question.id).edited_at = clock.now()
    session.commit()
    report(reader, f"innlegg/{question.id}")
    assert session.query(Report).count() == 2


def test_letting_something_stand_tells_the_reporter_and_changes_nothing(reader, desk, author, sent):
    question = factories.question(author)
    report(reader, f"innlegg/{question.id}")
    desk.post(f"/moderering/innlegg/{question.id}/la-sta")
    assert [letter.to for letter in sent] == [only_reporter_email()]
    assert "kan stå som det er" in sent[0].text
    assert session.query(Decision).count() == 0
    desk.post(f"/moderering/innlegg/{question.id}/la-sta")
    assert len(sent) == 1
    assert session.query(AuditEntry).filter_by(act="moderation.dismiss").count() == 1


@pytest.mark.parametrize(
    ("reason", "words", "says"),
    [("", "", "Velg hva som er galt"), ("tull", "", "Velg en av"), ("annet", " ", "Skriv hva som er galt")],
)
def test_a_report_says_what_is_wrong(reader, author, reason, words, says):
    question = factories.question(author)
    answer = report(reader, f"innlegg/{question.id}", reason, words)
    assert answer.status_code == 422
    assert says in answer.text
    assert session.query(Report).count() == 0


def test_a_report_that_is_too_long_keeps_what_was_typed(reader, author):
    question = factories.question(author)
    answer = report(reader, f"innlegg/{question.id}", "annet", "Mye å si. " * 400)
    assert answer.status_code == 422
    assert "Mye å si." in answer.text


def test_one_reports_only_what_one_may_see(reader, author, browser):
    hidden = factories.question(author, hidden_at=clock.now())
    closed = factories.question(author, audience="network", for_network_id=factories.network().id)
    remark = comment(factories.question(author), author, hidden_at=clock.now())
    for address in (f"innlegg/{hidden.id}", f"innlegg/{closed.id}", f"kommentar/{remark.id}", "innlegg/999999",
                    "person/999999", "tull/1"):  # fmt: skip
        assert reader.get(f"/meld/{address}").status_code == 404, address
        assert report(reader, address).status_code == 404, address
    assert browser().get(f"/meld/innlegg/{hidden.id}").status_code == 302
    assert session.query(Report).count() == 0


def test_nobody_reports_what_is_their_own(browser, author):
    mine = browser(author)
    question = factories.question(author)
    for address in (f"innlegg/{question.id}", f"person/{author.person_id}"):
        assert mine.get(f"/meld/{address}").status_code == 403
        assert report(mine, address).status_code == 403


def test_comments_and_people_can_be_reported_where_they_are_read(reader, desk, author):
    question = factories.question(author)
    remark = comment(question, author, "Dette var en stygg kommentar")
    page = reader.get(f"/sporsmal/{question.slug}").text
    assert f"/meld/innlegg/{question.id}" in page
    assert f"/meld/kommentar/{remark.id}" in page
    assert f"/meld/person/{author.person_id}" in reader.get(f"/folk/{author.person.slug}").text
    report(reader, f"kommentar/{remark.id}", "upassende")
    report(reader, f"person/{author.person_id}", "upassende", "Skriver stygt overalt")
    queue = desk.get("/moderering?vis=meldinger").text
    assert f"/moderering/kommentar/{remark.id}" in queue
    assert f"/moderering/person/{author.person_id}" in queue
    assert "Dette var en stygg kommentar" in desk.get(f"/moderering/kommentar/{remark.id}").text
    assert "Skriver stygt overalt" in desk.get(f"/moderering/person/{author.person_id}").text


def test_a_moderator_never_sees_who_reported_what_is_the_moderators_own(reader, desk, moderator, browser, member):
    question = factories.question(moderator)
    report(reader, f"innlegg/{question.id}", words="Hemmelig melding")
    report(reader, f"person/{moderator.person_id}", "upassende")
    assert "Ingenting venter" in desk.get("/moderering").text
    for address in (f"innlegg/{question.id}", f"person/{moderator.person_id}"):
        assert desk.get(f"/moderering/{address}").status_code == 403
        assert desk.get(f"/moderering/{address}/avgjor?act=hide&reason=annet").status_code == 403
        assert decide(desk, address, "hide").status_code == 403
        assert desk.post(f"/moderering/{address}/la-sta").status_code == 403
    other = browser(member("Annen Testesen", role="moderator"))
    assert f"/moderering/innlegg/{question.id}" in other.get("/moderering").text
    assert queries.open_count() == 2


def test_the_desk_is_for_moderators(reader, author, browser):
    question = factories.question(author)
    for path in ("/moderering", f"/moderering/innlegg/{question.id}", "/moderering/avgjorelse/1",
                 f"/moderering/innlegg/{question.id}/avgjor"):  # fmt: skip
        assert reader.get(path).status_code == 403
        assert browser().get(path).status_code == 302
    assert decide(reader, f"innlegg/{question.id}", "hide").status_code == 403
    assert the(Post, question.id).hidden_at is None


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


def test_the_queue_shows_the_oldest_first_in_pages_with_few_statements(desk, author, reader, count_sql):
    now = clock.now()
    for number in range(25):
        post = factories.question(author, title=f"Meldt spørsmål nummer {number}")
        factories.keep(Report(post_id=post.id, reason="annet", made_at=now - timedelta(hours=number)))
    remark = comment(post, author)
    factories.keep(Report(comment_id=remark.id, reason="annet"))
    factories.keep(Report(person_id=author.person_id, reason="annet"))
    factories.question(author, held_at=now, held_for="review")
    desk.get("/moderering")
    with count_sql() as statements:
        page = desk.get("/moderering").text
    assert len(statements) <= 8, statements
    assert page.index("nummer 24") < page.index("nummer 10")
    assert "nummer 0<" not in page
    assert "nummer 0<" in desk.get("/moderering?side=2").text
    assert desk.get("/moderering?vis=tull&side=99").status_code == 200


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
