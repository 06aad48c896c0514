"""Asking, answering, settling: the room of questions through its pages."""

import io

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from kunnskap.db import session
from kunnskap.following.models import Follow
from kunnskap.people.models import PersonTheme
from kunnskap.posts.kinds import ANSWER, QUESTION
from kunnskap.posts.models import Draft, Post
from kunnskap.questions.models import QuestionDetails
from tests import factories

TITLE = "Hvordan lager en liten kommune klimabudsjett?"
BODY = "Vi er **to** personer i administrasjonen."


@pytest.fixture
def theme():
    return factories.theme()


def asked(theme, **changes):
    return {"title": TITLE, "body": BODY, "themes": theme.slug, "audience": "everyone", "language": "nb"} | changes


def page_of(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def posts_of(kind):
    return list(session.scalars(select(Post).where(Post.kind_key == kind.key).order_by(Post.id)))


def the(model, key):
    session.expire_all()
    return session.get(model, key)


def test_a_member_asks_gets_an_answer_and_accepts_it(browser, member, theme):
    asker, helper = browser(member("Test Spørsen")), browser(member("Prøve Svarsen"))
    sent = asker.post("/sporsmal/nytt", data=asked(theme))
    assert sent.status_code == 302
    question = posts_of(QUESTION)[0]
    assert sent.location == f"/sporsmal/{question.slug}"
    assert question.status == "ubesvart"

    sent = helper.post(f"/sporsmal/{question.id}/svar", data={"body": "Begynn med SSB sine tall.", "language": "nb"})
    answer = posts_of(ANSWER)[0]
    assert sent.location == f"/sporsmal/{question.slug}#innlegg-{answer.id}"
    question = the(Post, question.id)
    assert (question.status, question.answer_count) == ("besvart", 1)

    asker.post(f"/sporsmal/svar/{answer.id}/godta", data={"godta": "1"})
    assert the(Post, question.id).status == "lost"
    page = browser().get(f"/sporsmal/{question.slug}").get_data(as_text=True)
    assert "Dette løste det" in page
    assert "Begynn med SSB sine tall." in page
    assert "<strong>to</strong>" in page


def test_who_asks_and_who_answers_follow_the_question(browser, member, theme):
    asker, helper = member("Test Spørsen"), member("Prøve Svarsen")
    browser(asker).post("/sporsmal/nytt", data=asked(theme))
    question = posts_of(QUESTION)[0]
    browser(helper).post(f"/sporsmal/{question.id}/svar", data={"body": "Slik gjør vi det."})
    followers = session.scalars(select(Follow.person_id).where(Follow.target_id == question.id)).all()
    assert set(followers) == {asker.person_id, helper.person_id}


def test_a_question_page_has_one_right_address(browser, theme):
    question = factories.question(title=TITLE)
    for wrong in (str(question.id), f"{question.id}-noe-annet"):
        answer = browser().get(f"/sporsmal/{wrong}")
        assert (answer.status_code, answer.location) == (301, f"/sporsmal/{question.slug}")


@pytest.mark.parametrize("slug", ["999999", "0-null", "-1", "abc", "99999999999999999999-x", "7\x00"])
def test_what_is_no_question_is_not_found(browser, slug):
    assert browser().get(f"/sporsmal/{slug}").status_code == 404


def test_the_list_is_narrowed_by_state_theme_and_county(browser, theme):
    telemark = factories.county()
    skien = factories.place(county_id=telemark.id)
    factories.question(title="Et ubesvart spørsmål", themes=[theme])
    solved = factories.question(title="Et løst spørsmål", places=[skien])
    factories.answer(solved, accepted=True)
    visitor = browser()

    def titles(query):
        found = page_of(visitor.get(f"/sporsmal?{query}")).select(".k-card__title")
        return {title.get_text(strip=True) for title in found}

    assert titles("") == {"Et ubesvart spørsmål", "Et løst spørsmål"}
    assert titles("status=ubesvart") == {"Et ubesvart spørsmål"}
    assert titles("status=lost") == {"Et løst spørsmål"}
    assert titles("status=besvart") == set()
    assert titles(f"tema={theme.slug}") == {"Et ubesvart spørsmål"}
    assert titles("fylke=40&sorter=aktive") == {"Et løst spørsmål"}
    assert titles("status=tull&tema=tull&fylke=tull&side=-4") == {"Et ubesvart spørsmål", "Et løst spørsmål"}


@pytest.mark.parametrize("number", ["-1", "0", "abc", "99999999999999999999", "%00"])
def test_pages_that_are_no_pages_do_no_harm(browser, number):
    factories.question()
    assert browser().get(f"/sporsmal?side={number}").status_code == 200


def test_similar_questions_are_shown_before_posting_and_nothing_is_written(browser, member, theme):
    factories.question(title="Klimabudsjett i en liten kommune, hvordan?")
    asker = member()
    client = browser(asker)
    client.post("/innlegg/utkast", data={"form": "sporsmal", "title": TITLE})
    first = client.post("/sporsmal/nytt", data=asked(theme, form_key="en-gang"))
    assert first.status_code == 200
    page = page_of(first)
    assert (
        "Klimabudsjett i en liten kommune, hvordan?" in page.find("form", attrs={"data-draft": "sporsmal"}).get_text()
    )
    assert page.find(id="title")["value"] == TITLE
    assert page.find(id="body").get_text(strip=True) == BODY
    assert len(posts_of(QUESTION)) == 1
    assert the(Draft, (asker.person_id, "sporsmal")) is not None

    again = client.post("/sporsmal/nytt", data=asked(theme, form_key="en-gang", sett_lignende="1"))
    assert again.status_code == 302
    assert len(posts_of(QUESTION)) == 2
    assert the(Draft, (asker.person_id, "sporsmal")) is None


def test_the_same_form_sent_twice_makes_one_question(browser, member, theme):
    client = browser(member())
    sent = [client.post("/sporsmal/nytt", data=asked(theme, form_key="samme")) for _ in range(2)]
    assert [one.status_code for one in sent] == [302, 302]
    assert sent[0].location == sent[1].location
    assert len(posts_of(QUESTION)) == 1


def test_the_same_answer_sent_twice_is_one_answer(browser, member, theme):
    question = factories.question()
    client = browser(member())
    for _ in range(2):
        client.post(f"/sporsmal/{question.id}/svar", data={"body": "Et svar.", "form_key": "samme"})
    assert len(posts_of(ANSWER)) == 1
    assert the(Post, question.id).answer_count == 1


def test_the_form_takes_over_what_was_searched_for(browser, member, theme):
    client = browser(member())
    for query in ("tittel=Hva+koster+solceller%3F", "q=Hva+koster+solceller%3F", "title=Hva+koster+solceller%3F"):
        page = page_of(client.get(f"/sporsmal/nytt?{query}&tema={theme.slug}"))
        assert page.find(id="title")["value"] == "Hva koster solceller?"
        assert page.find("input", value=theme.slug).has_attr("checked")


def test_a_draft_opens_in_the_form_and_can_be_thrown_away(browser, member, theme):
    client = browser(member())
    people_send = {"Accept": "text/html", "Referer": "http://localhost/sporsmal/nytt"}
    begun = {"form": "sporsmal", "title": "Halvferdig spørsmål", "body": "Vi har", "themes": theme.slug}
    kept = client.post("/innlegg/utkast", data=begun, headers=people_send)
    assert (kept.status_code, kept.location) == (302, "/sporsmal/nytt")
    page = page_of(client.get("/sporsmal/nytt"))
    assert page.find(id="title")["value"] == "Halvferdig spørsmål"
    assert "Du begynte på dette tidligere" in page.get_text()
    gone = client.post("/innlegg/utkast/forkast", data={"form": "sporsmal"}, headers=people_send)
    assert gone.location == "/sporsmal/nytt"
    assert not page_of(client.get("/sporsmal/nytt")).find(id="title").get("value")


def test_what_was_searched_for_becomes_the_title_of_the_draft(browser, member, theme):
    client = browser(member())
    client.post("/innlegg/utkast", data={"form": "sporsmal", "title": "Begynt på", "body": "Vi har"})
    page = page_of(client.get("/sporsmal/nytt?q=Hva+koster+solceller%3F"))
    assert page.find(id="title")["value"] == "Hva koster solceller?"
    assert page.find(id="body").get_text(strip=True) == "Vi har"


def test_a_draft_of_an_answer_waits_on_the_question(browser, member):
    question = factories.question()
    client = browser(member())
    client.post("/innlegg/utkast", data={"form": f"svar:{question.id}", "body": "Vi gjorde det slik"})
    page = page_of(client.get(f"/sporsmal/{question.slug}"))
    assert page.find(id="body").get_text(strip=True) == "Vi gjorde det slik"
    client.post(f"/sporsmal/{question.id}/svar", data={"body": "Vi gjorde det slik, ferdig."})
    page = page_of(client.get(f"/sporsmal/{question.slug}"))
    assert page.find(id="body").get_text(strip=True) == ""


def test_a_visitor_is_led_to_sign_in_instead_of_the_form(browser, theme):
    question = factories.question()
    page = page_of(browser().get(f"/sporsmal/{question.slug}"))
    assert page.find(id="body") is None
    assert page.find("a", string="Logg inn for å svare")
    for path in ("/sporsmal/nytt", f"/sporsmal/{question.id}/svar", f"/sporsmal/{question.id}/lurer"):
        assert browser().post(path, data=asked(theme)).status_code == 302
    assert (len(posts_of(QUESTION)), len(posts_of(ANSWER))) == (1, 0)


def test_the_state_follows_the_answers_that_stand(browser, member):
    asker, helper = member("Test Spørsen"), member("Prøve Svarsen")
    question = factories.question(asker)
    answer = factories.answer(question, helper)
    browser(asker).post(f"/sporsmal/svar/{answer.id}/godta", data={"godta": "1"})
    assert the(Post, question.id).status == "lost"
    browser(helper).post(f"/innlegg/{answer.id}/trekk")
    assert (the(Post, question.id).status, the(Post, question.id).answer_count) == ("ubesvart", 0)
    assert the(QuestionDetails, question.id).accepted_answer_id is None
    browser(helper).post(f"/innlegg/{answer.id}/legg-ut-igjen")
    assert (the(Post, question.id).status, the(Post, question.id).answer_count) == ("besvart", 1)


def test_only_the_asker_and_moderators_accept_and_one_answer_at_most(browser, member):
    asker = member("Test Spørsen")
    question = factories.question(asker)
    first, second = factories.answer(question), factories.answer(question)
    path = "/sporsmal/svar/{}/godta"
    assert browser(member()).post(path.format(first.id)).status_code == 403
    browser(asker).post(path.format(first.id))
    browser(member("Mod Eratoren", role="moderator")).post(path.format(second.id))
    assert the(QuestionDetails, question.id).accepted_answer_id == second.id
    browser(asker).post(path.format(second.id), data={"godta": "0"})
    assert the(QuestionDetails, question.id).accepted_answer_id is None
    assert the(Post, question.id).status == "besvart"


def test_the_accepted_answer_stands_first_and_then_the_most_useful(browser):
    question = factories.question()
    answers = [
        factories.answer(question, body=body, score=score) for body, score in (("lite", 1), ("mye", 9), ("ok", 2))
    ]
    factories.answer(question, body="valgt", accepted=True)
    page = page_of(browser().get(f"/sporsmal/{question.slug}"))
    bodies = [one.select_one(".k-prose").get_text(strip=True) for one in page.select(".k-answer")]
    assert bodies == ["valgt", "mye", "ok", "lite"]
    assert len(answers) == 3


def test_wondering_the_same_counts_once_follows_and_can_be_taken_back(browser, member):
    question = factories.question()
    me = member()
    client = browser(me)
    for _ in range(2):
        client.post(f"/sporsmal/{question.id}/lurer", data={"lurer": "1"})
    assert the(QuestionDetails, question.id).wonder_count == 1
    assert the(Follow, (me.person_id, "post", question.id)) is not None
    assert "Det lurer jeg også på (1)" in " ".join(page_of(client.get(f"/sporsmal/{question.slug}")).get_text().split())
    for _ in range(2):
        client.post(f"/sporsmal/{question.id}/lurer", data={"lurer": "0"})
    assert the(QuestionDetails, question.id).wonder_count == 0


def test_nobody_wonders_about_their_own_question(browser, member):
    asker = member()
    question = factories.question(asker)
    assert browser(asker).post(f"/sporsmal/{question.id}/lurer").status_code == 403


def test_a_duplicate_leads_to_the_first_question_without_steps_or_circles(browser, member):
    moderator = browser(member("Mod Eratoren", role="moderator"))
    first, second, third = (factories.question(title=f"Spørsmål nummer {n}") for n in ("en", "to", "tre"))

    def mark(question, original):
        return moderator.post(f"/sporsmal/{question.id}/duplikat", data={"original": original})

    def leads_to(question):
        return the(QuestionDetails, question.id).duplicate_of_id

    assert mark(third, str(second.id)).status_code == 302
    assert mark(second, f"http://localhost/sporsmal/{first.slug}").status_code == 302
    assert (leads_to(third), leads_to(second)) == (first.id, first.id)
    assert mark(first, str(third.id)).status_code == 422
    assert leads_to(first) is None
    page = page_of(browser().get(f"/sporsmal/{third.slug}"))
    assert page.find("a", string="Spørsmål nummer en", href=f"/sporsmal/{first.slug}")
    assert mark(third, "").status_code == 302
    assert leads_to(third) is None


@pytest.mark.parametrize("original", ["999999", "tull", "/sporsmal/", "99999999999999999999"])
def test_a_duplicate_of_nothing_is_refused_with_the_text_kept(browser, member, original):
    asker = member()
    question = factories.question(asker)
    answer = browser(asker).post(f"/sporsmal/{question.id}/duplikat", data={"original": original})
    assert answer.status_code == 422
    assert page_of(answer).find(id="original")["value"] == original


def test_only_the_asker_and_moderators_point_at_duplicates(browser, member):
    question, other = factories.question(), factories.question()
    sent = browser(member()).post(f"/sporsmal/{question.id}/duplikat", data={"original": str(other.id)})
    assert sent.status_code == 403


def test_the_asker_changes_the_question_and_readers_see_how(browser, member, theme):
    asker = member()
    client = browser(asker)
    client.post("/sporsmal/nytt", data=asked(theme))
    question = posts_of(QUESTION)[0]
    page = page_of(client.get(f"/sporsmal/{question.id}/rediger"))
    assert page.find(id="title")["value"] == TITLE
    changed = asked(theme, title="Hvordan lager en stor kommune klimabudsjett?")
    assert client.post(f"/sporsmal/{question.id}/rediger", data=changed).status_code == 302
    assert browser(member()).get(f"/sporsmal/{question.id}/rediger").status_code == 403
    history = page_of(browser().get(f"/innlegg/{question.id}/historikk"))
    assert [tag.get_text() for tag in history.select("del")][1:] == ["liten "]
    assert "stor " in [tag.get_text() for tag in history.select("ins")]


def test_answers_are_for_the_same_readers_as_the_question(browser, member, theme):
    asker = member()
    client = browser(asker)
    client.post("/sporsmal/nytt", data=asked(theme, audience="members"))
    question = posts_of(QUESTION)[0]
    browser(member()).post(f"/sporsmal/{question.id}/svar", data={"body": "Bare for oss."})
    assert posts_of(ANSWER)[0].audience == "members"
    assert browser().get(f"/sporsmal/{question.slug}").status_code == 404
    assert client.post(f"/sporsmal/{question.id}/rediger", data=asked(theme)).status_code == 422
    assert browser().get(f"/sporsmal/{question.slug}").status_code == 404


def test_an_answer_is_changed_by_its_author_only(browser, member):
    helper = member()
    question = factories.question()
    answer = factories.answer(question, helper, body="Frste utkast")
    path = f"/sporsmal/svar/{answer.id}/rediger"
    assert browser(member()).post(path, data={"body": "Hærverk"}).status_code == 403
    assert "Frste utkast" in browser(helper).get(path).get_data(as_text=True)
    assert browser(helper).post(path, data={"body": ""}).status_code == 422
    assert browser(helper).post(path, data={"body": "Første utkast"}).status_code == 302
    assert the(Post, answer.id).body == "Første utkast"


def test_people_who_know_the_theme_and_related_posts_show_the_way_on(browser, theme):
    question = factories.question(title=TITLE, themes=[theme])
    factories.question(title="Klimabudsjett for hele kommunen?", themes=[theme])
    helper = factories.person("Kan Hjelpesen")
    factories.keep(PersonTheme(person_id=helper.id, theme_id=theme.id, level="guide"))
    page = page_of(browser().get(f"/sporsmal/{question.slug}"))
    assert page.find("a", href=f"/folk/{helper.slug}")
    assert "Klimabudsjett for hele kommunen?" in page.select_one(".k-related").get_text()


def test_a_question_page_asks_the_database_little(browser, member, theme, count_sql):
    place = factories.place()
    question = factories.question(member(place=place), themes=[theme], places=[place], comment_count=1)
    reader = member("Test Leseren")
    for number in range(10):
        answer = factories.answer(question, body=f"Svar {number}")
    for _ in range(2):
        browser(reader).post(f"/innlegg/{answer.id}/kommentar", data={"body": "Takk!"})
    browser(reader).post(f"/innlegg/{answer.id}/nyttig")
    browser(reader).post("/innlegg/utkast", data={"form": f"svar:{question.id}", "body": "Jeg"})
    files = {"body": "Se vedlegget.", "attachments": (io.BytesIO(b"bare tekst\n"), "notat.txt")}
    browser(reader).post(f"/sporsmal/{question.id}/svar", data=files)
    helper = factories.person("Kan Hjelpesen", place=place)
    factories.keep(PersonTheme(person_id=helper.id, theme_id=theme.id, level="guide"))
    factories.question(title="Prøvetittel om det samme")
    client = browser(reader)
    client.get(f"/sporsmal/{question.slug}")
    with count_sql() as statements:
        page = client.get(f"/sporsmal/{question.slug}")
    assert "notat.txt" in page.get_data(as_text=True)
    assert len(statements) <= 8, str(statements)


def test_the_list_asks_the_database_little(browser, member, theme, count_sql):
    county = factories.county()
    place = factories.place(county_id=county.id)
    for _ in range(5):
        factories.question(themes=[theme], places=[place])
    client = browser(member())
    # Themes and places are remembered from one page to the next.
    client.get("/sporsmal")
    with count_sql() as statements:
        client.get(f"/sporsmal?tema={theme.slug}&fylke=40")
    assert len(statements) <= 6, str(statements)
