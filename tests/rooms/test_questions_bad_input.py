"""What people and programs send that cannot be taken: the right status, the words kept, nothing half-written."""

import io

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from kunnskap.db import session
from kunnskap.posts.models import Post, PostTheme, Revision
from tests import factories

TITLE = "Hvordan lager en liten kommune klimabudsjett?"
SCRIPT = "<script>alert('hei')</script><img src=x onerror=alert(1)>"


@pytest.fixture
def theme():
    return factories.theme()


@pytest.fixture
def client(browser, member):
    return browser(member())


def asked(**changes):
    sent = {
        "title": TITLE,
        "body": "Noen som vet?",
        "themes": "klimabudsjett",
        "audience": "everyone",
        "language": "nb",
    }
    return sent | changes


def page_of(answer):
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser")


def count(table):
    return session.scalar(select(func.count()).select_from(table))


def assert_nothing_written():
    assert [count(table) for table in (Post, Revision, PostTheme)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "   \n "}, "title"),
        ({"title": "For kort"}, "title"),
        ({"title": "x" * 151}, "title"),
        ({"title": "y" * 100_000}, "title"),
        ({"body": ""}, "body"),
        ({"body": "z" * 20_001}, "body"),
        ({"themes": []}, "themes"),
        ({"themes": ["finnes-ikke"]}, "themes"),
        ({"themes": ["klimabudsjett", "finnes-ikke"]}, "themes"),
        ({"themes": ["a", "b", "c", "d", "e"]}, "themes"),
        ({"audience": "hemmelig"}, "audience"),
        ({"audience": ""}, "audience"),
        ({"language": "tlh"}, "language"),
        ({"places": "Ingensteds"}, "places"),
        ({"places": "x" * 1001}, "places"),
        ({"title": "Et spørsmål med \x00 tegn i seg"}, "title"),
        ({"body": "En tekst med \x00 tegn i seg"}, "body"),
        ({"title": "Et spørsmål med \ufffd tegn i seg"}, "title"),
    ],
)
def test_a_question_that_cannot_be_taken_is_shown_again(client, theme, changes, field):
    answer = client.post("/sporsmal/nytt", data=asked(**changes))
    assert answer.status_code == 422
    page = page_of(answer)
    assert page.select_one(f".ds-error-summary a[href='#{field}']")
    assert page.title.get_text().startswith("Feil:")
    if field != "body":
        assert page.find(id="body").get_text(strip=True) == "Noen som vet?"
    if field != "title":
        assert page.find(id="title")["value"] == TITLE
    assert_nothing_written()


def test_what_is_sent_in_another_encoding_is_refused_not_garbled(client, theme):
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode("latin-1")
        for name, value in asked(body="Blåbær på fjellet").items()
    ]
    sent = b"".join(parts) + b"--x--\r\n"
    answer = client.post("/sporsmal/nytt", data=sent, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 422
    assert "Noen av tegnene kunne ikke leses" in answer.get_data(as_text=True)
    assert_nothing_written()


def test_an_empty_form_names_everything_that_is_missing(client, theme):
    answer = client.post("/sporsmal/nytt", data={})
    assert answer.status_code == 422
    links = {link["href"] for link in page_of(answer).select(".ds-error-summary a")}
    assert {"#title", "#body", "#themes"} <= links
    assert_nothing_written()


def test_a_form_that_is_too_large_is_turned_away(client, theme):
    sent = asked(body="x" * (3 * 1024 * 1024))
    answer = client.post("/sporsmal/nytt", data=sent)
    assert answer.status_code == 413
    assert_nothing_written()


def test_script_in_every_field_is_shown_as_words(client, browser, theme):
    refused = client.post(
        "/sporsmal/nytt", data=asked(**dict.fromkeys(asked(), SCRIPT), places=SCRIPT, form_key=SCRIPT)
    )
    assert refused.status_code == 422
    assert "<script>alert" not in refused.get_data(as_text=True)
    made = client.post("/sporsmal/nytt", data=asked(title=f"Hva gjør {SCRIPT}", body=f"Hei {SCRIPT} **fet**"))
    assert made.status_code == 302
    question = session.scalars(select(Post)).one()
    client.post(f"/sporsmal/{question.id}/svar", data={"body": f"Svar {SCRIPT}"})
    client.post(f"/innlegg/{question.id}/kommentar", data={"body": f"Kommentar {SCRIPT}"})
    for path in (f"/sporsmal/{question.slug}", "/sporsmal", f"/innlegg/{question.id}/historikk"):
        html = browser().get(path).get_data(as_text=True)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "&#106;avascript:x",
    ],
)
def test_links_that_run_something_are_no_links(client, browser, theme, link):
    client.post("/sporsmal/nytt", data=asked(body=f"Se [her]({link}) og <a href='{link}'>der</a>."))
    question = session.scalars(select(Post)).one()
    page = page_of(browser().get(f"/sporsmal/{question.slug}"))
    hrefs = [str(tag["href"]) for tag in page.select(".k-prose a[href]")]
    assert [href for href in hrefs if not href.startswith(("http", "/"))] == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://ond.example"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ],
)
def test_forms_on_other_sites_change_nothing(client, theme, headers):
    assert client.post("/sporsmal/nytt", data=asked(), headers=headers).status_code == 403
    assert_nothing_written()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/sporsmal/999/rediger"),
        ("post", "/sporsmal/999/rediger"),
        ("get", "/sporsmal/999/svar"),
        ("post", "/sporsmal/999/svar"),
        ("post", "/sporsmal/999/lurer"),
        ("post", "/sporsmal/999/duplikat"),
        ("get", "/sporsmal/svar/999/rediger"),
        ("post", "/sporsmal/svar/999/godta"),
        ("get", "/sporsmal/99999999999999999999/svar"),
        ("post", "/sporsmal/-1/svar"),
    ],
)
def test_unknown_numbers_are_not_found(client, method, path):
    assert getattr(client, method)(path).status_code == 404


def test_an_answer_is_no_question(client):
    question = factories.question()
    answer = factories.answer(question)
    assert client.get(f"/sporsmal/{answer.id}").status_code == 404
    assert client.post(f"/sporsmal/{answer.id}/svar", data={"body": "Et svar på et svar"}).status_code == 404
    assert client.post(f"/sporsmal/svar/{question.id}/godta").status_code == 404


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 20_001, "Med \x00 i"])
def test_an_answer_that_cannot_be_taken_is_shown_again_on_the_question(client, body):
    question = factories.question()
    answer = client.post(f"/sporsmal/{question.id}/svar", data={"body": body})
    assert answer.status_code == 422
    assert page_of(answer).find(id="body").get_text(strip=True) == body.replace("\x00", "").strip()
    assert count(Post) == 1


def test_an_answer_with_a_file_that_cannot_be_shared_is_not_posted(client):
    question = factories.question()
    file = (io.BytesIO(b"MZ\x90\x00\x03\x00program"), "../../regneark.exe")
    answer = client.post(f"/sporsmal/{question.id}/svar", data={"body": "Se vedlegget.", "attachments": file})
    assert answer.status_code == 422
    page = page_of(answer)
    assert page.find(id="body").get_text(strip=True) == "Se vedlegget."
    assert "Ingen har svart ennå" in page.get_text()
    assert count(Post) == 1


def test_what_is_taken_back_can_not_be_answered_or_wondered_about(browser, member):
    asker = member()
    question = factories.question(asker)
    browser(asker).post(f"/innlegg/{question.id}/trekk")
    assert browser(member()).get(f"/sporsmal/{question.slug}").status_code == 404
    assert browser(member()).post(f"/sporsmal/{question.id}/svar", data={"body": "Hei"}).status_code == 404
    assert browser(asker).get(f"/sporsmal/{question.slug}").status_code == 200
    assert browser(asker).post(f"/sporsmal/{question.id}/svar", data={"body": "Hei"}).status_code == 403


def test_posts_of_people_who_have_left_are_still_read(client, browser):
    gone = factories.person("")
    question = factories.question(gone, title="Hva lurte den som dro på?")
    factories.answer(question, gone)
    for reader in (client, browser()):
        page = reader.get(f"/sporsmal/{question.slug}").get_data(as_text=True)
        assert "Tidligere medlem" in page
        assert reader.get("/sporsmal").status_code == 200


def test_a_draft_too_large_to_keep_is_refused_and_the_old_one_stands(client):
    client.post("/innlegg/utkast", data={"form": "sporsmal", "title": "Begynt på"})
    assert client.post("/innlegg/utkast", data={"form": "sporsmal", "body": "x" * 200_001}).status_code == 422
    as_page = {"Accept": "text/html"}
    refused = client.post("/innlegg/utkast", data={"form": "sporsmal", "body": "x" * 200_001}, headers=as_page)
    assert refused.status_code == 422
    assert page_of(client.get("/sporsmal/nytt")).find(id="title")["value"] == "Begynt på"


def test_a_list_of_very_many_places_is_refused_without_looking_each_up(browser, member, count_sql):
    client = browser(member())
    with count_sql() as statements:
        answer = client.post("/sporsmal/nytt", data={"title": "Hvem har prøvd dette?", "places": ",".join("x" * 400)})
    assert answer.status_code == 422
    assert "høyst 10 steder" in answer.text
    assert len(statements) < 30


def test_a_choice_that_is_not_on_the_form_is_refused_in_the_readers_language(client):
    client.set_cookie("sprak", "nn")
    answer = client.post("/erfaringer/ny", data={"cost_basis": "tull"})
    assert answer.status_code == 422
    assert "Vel ein av verdiane i lista." in answer.get_data(as_text=True)
