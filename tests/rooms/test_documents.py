"""Documents: sharing a file, reading it page by page, finding and changing it."""

import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kunnskap import db
from kunnskap.documents.events import FileArrived
from kunnskap.documents.models import DocumentDetails, DocumentPage
from kunnskap.events import emit
from kunnskap.files import Shelf, StoredFile
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Post, Revision
from tests import factories, papers
from tests.browsing import tell

PLAN = papers.pdf("Klimaplan for Testdal", "Sykkelveier og buss", "Vedlegg")


@pytest.fixture
def themed(database):
    return factories.theme()


@pytest.fixture
def author(member, themed):
    return member("Prøve Person", place=factories.place())


def sheet(content=PLAN, name="Klimaplan_2024.pdf", **fields):
    """What the form sends."""
    filled = {"status": "plan", "themes": "klimabudsjett", "language": "nb", "audience": "everyone", "title": "Planen"}
    file = {"file": (io.BytesIO(content), name)} if content is not None else {}
    return {"form_key": "nøkkel", **filled, **fields, **file}


def share(browser, author, *args, **fields):
    return browser(author).post("/dokumenter/nytt", data=sheet(*args, **fields))


def the_document():
    return db.session.scalars(select(Post).where(Post.kind_key == "document")).one()


def the_details():
    return db.session.scalars(select(DocumentDetails)).one()


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def test_a_member_shares_a_pdf_and_everybody_reads_it_page_by_page(browser, author):
    answer = share(browser, author, title="", body="Bruk **gjerne** kapittel 2.", year="2024", places="Skien")
    assert answer.status_code == 302
    visitor = browser()
    page = visitor.get(answer.location)
    for words in ("Klimaplan 2024", "<strong>gjerne</strong>", "3 sider", "fra 2024", "Teksten er søkbar", "Plan"):
        assert words in page.text
    second = visitor.get(f"/dokumenter/{the_document().id}/side/2")
    assert "Sykkelveier og buss" in second.text
    assert f"/dokumenter/{the_document().id}/fil#page=2" in second.text
    assert f"/dokumenter/{the_document().id}/side/3" in second.text


def test_a_wrong_name_in_the_address_leads_to_the_right_one(browser, author):
    share(browser, author)
    post = the_document()
    answer = browser().get(f"/dokumenter/{post.id}-noe-annet")
    assert (answer.status_code, answer.location) == (301, f"/dokumenter/{post.slug}")


@pytest.mark.parametrize("path", ["/dokumenter/99", "/dokumenter/x", "/dokumenter/99/fil", "/dokumenter/99/side/1"])
def test_what_is_not_there_is_not_found(browser, path):
    assert browser().get(path).status_code == 404


@pytest.mark.parametrize("number", [0, 4, 99999999999])
def test_a_page_beyond_the_file_is_not_found(browser, author, number):
    share(browser, author)
    assert browser().get(f"/dokumenter/{the_document().id}/side/{number}").status_code == 404


def test_the_file_is_given_so_that_no_browser_runs_anything_in_it(browser, author):
    share(browser, author)
    answer = browser().get(f"/dokumenter/{the_document().id}/fil", buffered=True)
    assert answer.data == PLAN
    assert answer.mimetype == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == "inline; filename=Klimaplan_2024.pdf"


def test_files_that_browsers_do_not_show_are_saved(browser, author):
    share(browser, author, papers.docx("Tekst"), "plan.docx")
    assert (
        browser()
        .get(f"/dokumenter/{the_document().id}/fil", buffered=True)
        .headers["Content-Disposition"]
        .startswith("attachment")
    )


def test_what_is_for_members_is_not_given_to_visitors(browser, author, member):
    share(browser, author, audience="members")
    post, visitor, colleague = the_document(), browser(), browser(member())
    for path in (post.slug, f"{post.id}/side/1"):
        assert visitor.get(f"/dokumenter/{path}").status_code == 404
        assert colleague.get(f"/dokumenter/{path}").status_code == 200
    assert visitor.get(f"/dokumenter/{post.id}/fil").status_code == 404
    assert colleague.get(f"/dokumenter/{post.id}/fil", buffered=True).status_code == 200
    assert "Planen" not in visitor.get("/dokumenter").text


def test_visitors_are_shown_the_way_in_before_they_share(browser):
    assert browser().get("/dokumenter/nytt").status_code == 302
    assert browser().post("/dokumenter/nytt", data=sheet()).status_code == 302
    assert count(Post) == 0


def test_the_same_form_sent_twice_makes_one_document(browser, author):
    first, second = share(browser, author), share(browser, author)
    assert first.location == second.location
    assert count(DocumentDetails) == 1


def test_without_a_file_the_form_asks_for_one_and_keeps_what_was_typed(browser, author):
    answer = share(browser, author, None, body="Det jeg skrev")
    assert answer.status_code == 422
    assert "Velg en fil." in answer.text
    assert "Det jeg skrev" in answer.text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"status": "tull"}, "Velg hva slags dokument det er."),
        ({"themes": []}, "Velg minst ett tema."),
        ({"themes": ["a", "b", "c", "d", "e"]}, "Velg høyst fire temaer."),
        ({"themes": "finnes-ikke"}, "Velg temaer fra listen."),
        ({"places": "Atlantis"}, "Vi finner ikke «Atlantis»."),
        ({"places": ", ".join(["Skien"] * 11)}, "høyst 10 steder"),
        ({"year": "i fjor"}, "Skriv et årstall fra 1990"),
        ({"year": "1800"}, "Skriv et årstall fra 1990"),
        ({"title": "a" * 151}, "Teksten er for lang."),
        ({"body": "a" * 20_001}, "Teksten er for lang."),
        ({"body": "Nul\x00l"}, "Noen av tegnene kunne ikke leses"),
        ({"language": "xx"}, "Velg et språk fra listen."),
        ({"audience": "ingen"}, "Velg hvem som kan lese."),
    ],
)
def test_wrong_input_is_told_at_its_field_and_the_file_asked_for_again(browser, author, fields, message):
    answer = share(browser, author, **({"title": "Tittelen min"} | fields))
    assert answer.status_code == 422
    assert message in answer.text
    assert "Velg filen på nytt." in answer.text
    assert "Tittelen min" in answer.text or "title" in fields
    assert count(Post) == 0


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"<html><script>alert(1)</script></html>", "plan.pdf", "Denne filtypen kan ikke deles her."),
        (b"", "tom.pdf", "Filen er tom."),
        (papers.docx("x", extra={"word/media/n.bin": "0" * 22_000_000}), "bombe.docx", "urimelig stort"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_at_its_field(browser, author, content, name, message):
    answer = share(browser, author, content, name, body="Det jeg skrev")
    assert answer.status_code == 422
    assert message in answer.text
    assert "Det jeg skrev" in answer.text
    assert count(Post) == 0


def test_a_file_over_the_limit_is_told_at_its_field(browser, author, app, monkeypatch):
    monkeypatch.setitem(app.extensions, "kunnskap.shelf", Shelf(Path(app.instance_path) / "files", 100))
    answer = share(browser, author, body="Det jeg skrev")
    assert answer.status_code == 422
    assert "Filen er for stor." in answer.text
    assert "Det jeg skrev" in answer.text


def test_an_upload_of_200_megabytes_is_refused_before_it_is_read(browser, author):
    class Unread(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, _buffer):
            raise AssertionError("the body was read")

    answer = browser(author).post(
        "/dokumenter/nytt",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "Det du sendte, er for stort" in answer.text


def test_a_file_whose_name_is_a_path_gets_a_name_of_its_own(browser, author):
    share(browser, author, name="../../etc/hemmelig/plan.exe", title="")
    assert the_details().filename == "plan.exe.pdf"
    assert the_document().title == "plan.exe"


def test_html_in_every_field_is_shown_as_written(browser, author):
    evil = "<script>alert(1)</script>"
    answer = share(browser, author, name=f"{evil}.pdf", title=evil, body=f"{evil} [lenke](javascript:alert(1))")
    page = browser().get(answer.location).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize(
    ("content", "name", "state", "words"),
    [
        (papers.pdf("Hemmelig", password="prøve"), "a.pdf", "locked", "Filen har passord"),
        (PLAN[:120] + b"\x00\xff" * 40, "a.pdf", "broken", "Filen kunne ikke leses"),
        (papers.PNG, "a.png", "no-text", "ingen tekst å søke i"),
        ("år;tonn\n2020;Ål\n".encode("cp1252"), "a.csv", "read", "Teksten er søkbar"),
    ],
)
def test_a_file_is_shared_whether_or_not_its_words_can_be_read(browser, author, content, name, state, words):
    answer = share(browser, author, content, name)
    assert the_details().reading == state
    assert words in browser().get(answer.location).text
    assert browser().get(f"/dokumenter/{the_document().id}/fil", buffered=True).data == content


def test_a_picture_is_shown_on_the_page(browser, author):
    answer = share(browser, author, papers.PNG, "kart.png")
    page = browser().get(answer.location).text
    assert "k-picture" in page
    assert f'src="/dokumenter/{the_document().id}/fil"' in page


def test_hearing_twice_that_a_file_arrived_changes_nothing(browser, author):
    share(browser, author)
    emit(FileArrived(the_document().id))
    db.session.commit()
    tell()
    assert count(DocumentPage) == 3


def test_the_author_corrects_the_words_and_keeps_the_file(browser, author):
    share(browser, author)
    mine = browser(author)
    form = mine.get(f"/dokumenter/{the_document().id}/rediger")
    assert "Klimaplan_2024.pdf" in form.text
    answer = mine.post(
        f"/dokumenter/{the_document().id}/rediger", data=sheet(None, title="Ny tittel", status="rapport")
    )
    assert answer.status_code == 302
    page = mine.get(answer.location).text
    assert "Ny tittel" in page
    assert "Rapport og notat" in page
    assert count(DocumentPage) == 3


def test_a_new_file_takes_the_place_of_the_old_and_history_remembers_both(browser, author):
    share(browser, author)
    content = papers.docx("Bare én side om ladepunkter")
    browser(author).post(f"/dokumenter/{the_document().id}/rediger", data=sheet(content, "ny plan.docx"))
    details = the_details()
    assert (details.filename, details.page_count, details.reading) == ("ny plan.docx", 1, "read")
    assert [page.text for page in db.session.scalars(select(DocumentPage))] == ["Bare én side om ladepunkter"]
    names = [one.details["filename"] for one in db.session.scalars(select(Revision).order_by(Revision.id))]
    assert names == ["Klimaplan_2024.pdf", "ny plan.docx"]


def test_an_earlier_version_is_restored_with_its_file(browser, author):
    share(browser, author, year="2020")
    mine = browser(author)
    mine.post(f"/dokumenter/{the_document().id}/rediger", data=sheet(b"Bare tekst", "ny.txt", year="2024"))
    first = db.session.scalars(select(Revision).order_by(Revision.id)).first()
    mine.post(f"/innlegg/{the_document().id}/historikk/{first.id}/gjenopprett")
    details = the_details()
    assert (details.filename, details.year, details.page_count) == ("Klimaplan_2024.pdf", 2020, 3)


def test_nobody_changes_what_another_shared(browser, author, member):
    share(browser, author)
    address = f"/dokumenter/{the_document().id}/rediger"
    other = browser(member())
    assert other.get(address).status_code == 403
    assert other.post(address, data=sheet(None, title="Min nå")).status_code == 403
    assert the_document().title == "Planen"


def test_the_list_is_narrowed_by_kind_theme_county_and_year(browser, member, themed):
    telemark = factories.county()
    author = member(place=factories.place(county_id=telemark.id))
    share(browser, author, b"Tekst", "a.txt", title="Plan fra Skien", year="2022", form_key="a")
    share(browser, author, b"Tekst", "a.txt", title="Rapport fra Skien", year="2023", form_key="b", status="rapport")
    visitor = browser()
    shown = {
        query: [
            title
            for title in ("Plan fra Skien", "Rapport fra Skien")
            if title in visitor.get(f"/dokumenter?{query}").text
        ]
        for query in ("", "slag=plan", "ar=2023", "fylke=40", "tema=klimabudsjett", "slag=plan&ar=2023", "side=-3")
    }
    both = ["Plan fra Skien", "Rapport fra Skien"]
    assert shown == {
        "": both,
        "slag=plan": both[:1],
        "ar=2023": both[1:],
        "fylke=40": both,
        "tema=klimabudsjett": both,
        "slag=plan&ar=2023": [],
        "side=-3": both,
    }


@pytest.mark.parametrize("query", ["side=99", "side=x", "ar=x", "fylke='", "tema=%00", "slag=%ff"])
def test_an_odd_address_of_the_list_is_no_error(browser, author, query):
    share(browser, author, b"Tekst", "a.txt")
    assert browser().get(f"/dokumenter?{query}").status_code == 200


def test_the_pages_ask_little_of_the_database(browser, author, member, count_sql):
    share(browser, author, places="Skien")
    reader = browser(member())
    address = f"/dokumenter/{the_document().slug}"
    browser().get("/dokumenter")  # what many pages need may be remembered from here on
    with count_sql() as listed:
        browser().get("/dokumenter")
    with count_sql() as shown:
        reader.get(address)
    assert len(listed) <= 6, str(listed)
    assert len(shown) <= 8, str(shown)


def test_what_was_begun_is_there_when_one_comes_back(browser, author):
    mine = browser(author)
    mine.post("/innlegg/utkast", data={"form": "dokument", "title": "Begynt på", "themes": "klimabudsjett"})
    assert "Begynt på" in mine.get("/dokumenter/nytt").text
    share(browser, author)
    assert "Begynt på" not in mine.get("/dokumenter/nytt").text


def test_a_document_that_is_taken_back_takes_its_file_and_pages_along(browser, author, member):
    share(browser, author)
    post_id = the_document().id
    browser(author).post(f"/innlegg/{post_id}/trekk")
    for path in ("fil", "side/1"):
        assert browser(member()).get(f"/dokumenter/{post_id}/{path}").status_code == 404
        assert browser(author).get(f"/dokumenter/{post_id}/{path}", buffered=True).status_code == 200


def test_the_words_of_a_page_are_found_by_search(browser, author):
    share(browser, author)
    assert f"/dokumenter/{the_document().id}/side/2" in browser().get("/sok?q=sykkelveier").text


def test_restoring_a_version_that_knows_only_words_leaves_the_year_alone(browser, author):
    post = factories.post(DOCUMENT, author)
    first = db.session.scalars(select(Revision).where(Revision.post_id == post.id)).one()
    stored = factories.keep(StoredFile(sha256="a" * 64, media_type="application/pdf", size=1))
    factories.keep(DocumentDetails(post_id=post.id, sha256=stored.sha256, filename="plan.pdf", year=2021))
    assert browser(author).post(f"/innlegg/{post.id}/historikk/{first.id}/gjenopprett").status_code == 302
    assert db.session.get_one(DocumentDetails, post.id).year == 2021


def test_a_plan_tells_how_long_it_holds_and_an_odd_day_is_refused(browser, author):
    share(browser, author, valid_until="2028-12-31")
    page = browser(author).get(f"/dokumenter/{the_document().slug}")
    assert "Gjelder til" in page.text
    assert "31. desember 2028" in page.text
    mine = browser(author)
    for day, words in (("2028-13-31", "Skriv datoen som år, måned og dag"), ("1066-10-14", "Skriv en dato fra 1990")):
        answer = mine.post(f"/dokumenter/{the_document().id}/rediger", data=sheet(b"", "", valid_until=day))
        assert answer.status_code == 422
        assert words in answer.text
