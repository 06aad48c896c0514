"""Experiences: sharing, reading, changing, and what is refused."""

import io
from datetime import date

import pytest
from bs4 import BeautifulSoup

from kunnskap.db import session
from kunnskap.experiences import actions, queries
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.following import queries as following
from kunnskap.posts import actions as posts
from kunnskap.posts import queries as post_queries
from kunnskap.posts.actions import Content
from kunnskap.posts.models import Draft, Post
from tests import factories

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"


@pytest.fixture
def skien(database):
    telemark = factories.county()
    return factories.place("Skien", "4003", county_id=telemark.id)


@pytest.fixture
def theme(database):
    return factories.theme("maskiner", "Maskiner")


def six_fields(**more):
    """The form with only what is needed."""
    return {
        "title": "Leide elektriske gravemaskiner",
        "place": "Skien",
        "themes": ["maskiner"],
        "status": "gjennomfort",
        "summary": "Vi leide to gravemaskiner for å kutte utslipp. Det gikk bra.",
        "contact": "meg",
        "contact_role": "Klimarådgiver",
        "form_key": "en-nokkel",
    } | more


def only_experience():
    post = session.query(Post).one()
    return post, session.get_one(ExperienceDetails, post.id)


def errors_in(answer):
    page = BeautifulSoup(answer.text, "html.parser")
    return " ".join(tag.get_text(" ", strip=True) for tag in page.select(".ds-error-summary"))


def test_six_fields_are_enough_to_share_an_experience(browser, member, skien, theme):
    author = member(place=skien)
    answer = browser(author).post("/erfaringer/ny", data=six_fields(), follow_redirects=True)
    assert answer.status_code == 200
    assert "Leide elektriske gravemaskiner" in answer.text
    assert "Gjennomført" in answer.text
    post, details = only_experience()
    assert (post.status, details.contact_id, details.contact_role) == ("gjennomfort", author.person_id, "Klimarådgiver")


def test_the_place_is_filled_in_from_the_profile(browser, member, skien):
    page = BeautifulSoup(browser(member(place=skien)).get("/erfaringer/ny").text, "html.parser")
    assert page.select_one("input[name=place]")["value"] == "Skien (4003)"


def test_only_the_six_fields_stand_open(browser, member, skien):
    page = BeautifulSoup(browser(member(place=skien)).get("/erfaringer/ny").text, "html.parser")
    more = page.select_one("form.k-form details:has(textarea[name=problem])")
    assert not more.has_attr("open")
    inside = {field["name"] for field in more.select("[name]")}
    outside = {field["name"] for field in page.select("form.k-form [name]:not(button)")} - inside
    core = {"title", "place", "themes", "status", "summary", "contact", "contact_name", "contact_role"}
    assert outside - {"form_key"} <= core | {"contact_mailbox"}


def test_everything_that_can_be_told_is_shown(browser, member, skien, theme):
    factories.place("Bamble", "4012")
    told = six_fields(
        more_places="Bamble",
        problem="Diesel **overalt**",
        actions="- prøvde\n- leide",
        worked="Samarbeid",
        barriers="Få maskiner",
        barrier_codes=["marked", "tid"],
        advice="Start tidlig",
        cost_investment="1 200 000",
        cost_yearly="1.200,00 kr",
        cost_extra="50000",
        cost_year="2023",
        cost_basis="faktisk",
        effect_amount="12,5",
        effect_unit="per-ar",
        effect_basis="beregnet",
        effect_method="Drivstoff ganger faktor",
        funding_source="klimasats",
        funding_amount="500 000",
        funding_case="23/1",
        period_from="2022-05",
        period_to="2023",
        source_url="https://example.org/prosjekt",
        contact_mailbox="post@skien.kommune.no",
    )
    answer = browser(member(place=skien)).post("/erfaringer/ny", data=told, follow_redirects=True)
    words = " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split()).replace("\xa0", " ")
    for expected in (
        "1 200 000 kr uten mva.",
        "1 200 kr uten mva.",
        "(2023-kroner)",
        "12,5 tonn CO₂-ekvivalenter per år",
        "Beregnet",
        "Drivstoff ganger faktor",
        "Klimasats: 500 000 kr",
        "mai 2022–2023",
        "Marked",
        "Bamble",
        "post@skien.kommune.no",
        "Start tidlig",
    ):
        assert expected in words, expected
    assert "<strong>overalt</strong>" in answer.text


def test_a_visitor_reads_but_sees_no_mailbox(browser, member, skien):
    post = factories.experience(member(), {"contact_mailbox": "post@skien.kommune.no"})
    answer = browser().get(f"/erfaringer/{post.slug}")
    assert answer.status_code == 200
    assert "post@skien.kommune.no" not in answer.text


def test_a_wrong_title_in_the_address_leads_to_the_right_one(browser):
    post = factories.experience()
    answer = browser().get(f"/erfaringer/{post.id}-noe-annet")
    assert (answer.status_code, answer.location) == (301, f"/erfaringer/{post.slug}")


@pytest.mark.parametrize("slug", ["999999-finnes-ikke", "tull", "99999999999999999999-x", "-1", "²-x"])
def test_an_unknown_experience_is_not_found(browser, slug):
    assert browser().get(f"/erfaringer/{slug}").status_code == 404


def test_a_question_is_no_experience(browser):
    assert browser().get(f"/erfaringer/{factories.question().slug}").status_code == 404


def test_the_same_form_sent_twice_makes_one_experience(browser, member, skien, theme):
    client = browser(member(place=skien))
    first, second = (client.post("/erfaringer/ny", data=six_fields()) for _ in range(2))
    assert first.location == second.location
    assert session.query(Post).count() == 1


def test_files_hang_on_it_once(browser, member, skien, theme):
    client = browser(member(place=skien))
    for _ in range(2):
        files = {"attachments": (io.BytesIO(PDF), "krav.pdf")}
        answer = client.post("/erfaringer/ny", data=six_fields() | files, content_type="multipart/form-data")
    assert client.get(answer.location).text.count("krav.pdf</a>") == 1


def test_a_file_that_may_not_be_kept_keeps_nothing_and_the_words_stay(browser, member, skien, theme):
    files = {"attachments": (io.BytesIO(b"MZ\x90\x00" + b"\x00" * 200), "virus.exe")}
    answer = browser(member(place=skien)).post(
        "/erfaringer/ny", data=six_fields() | files, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert "Leide elektriske gravemaskiner" in answer.text
    assert session.query(Post).count() == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "Skriv en tittel."),
        ({"title": "x" * 101}, "høyst 100 tegn"),
        ({"place": ""}, "Skriv hvilken kommune"),
        ({"place": "Andeby"}, "Vi finner ikke «Andeby»"),
        ({"more_places": "Skien, Gåseby"}, "Vi finner ikke «Gåseby»"),
        ({"themes": []}, "Velg minst ett tema."),
        ({"themes": ["finnes-ikke"]}, ""),
        ({"status": ""}, "Velg en status."),
        ({"status": "lost"}, ""),
        ({"summary": ""}, "Skriv kort hva dere gjorde"),
        ({"summary": "x" * 601}, "høyst 600 tegn"),
        ({"contact": "annen"}, "Skriv navnet"),
        ({"contact": "annen", "contact_name": "Ukjent Ukjentsen"}, "Vi finner ingen med det navnet."),
        ({"contact": "postkasse"}, "oppgi en postkasse"),
        ({"contact_mailbox": "ikke en adresse"}, "Skriv en e-postadresse"),
        ({"cost_investment": "masse"}, "Skriv et tall"),
        ({"cost_investment": "-5"}, "Tallet kan ikke være negativt."),
        ({"cost_investment": "10,50"}, "Skriv hele kroner"),
        ({"cost_investment": "9" * 14}, "Beløpet er for stort."),
        ({"effect_amount": "999999999"}, "Tallet er for stort."),
        ({"effect_amount": "10"}, "Velg om tallet gjelder per år eller totalt."),
        ({"effect_amount": "nan"}, "Skriv et tall"),
        ({"period_from": "i fjor"}, "Skriv år"),
        ({"period_from": "2024-13"}, "Måneden må være"),
        ({"period_from": "2024", "period_to": "2023"}, "Perioden slutter før den begynner."),
        ({"source_url": "javascript:alert(1)"}, "Skriv hele lenken."),
        ({"title": "Nul\x00tegn"}, "Noen av tegnene kunne ikke leses"),
        ({"problem": "x" * 10_001}, "høyst 10000 tegn"),
        ({"barrier_codes": ["tull"]}, ""),
        ({"audience": "ingen"}, ""),
    ],
)
def test_what_cannot_be_shared_is_explained_and_the_words_stay(browser, member, skien, theme, changed, said):
    answer = browser(member(place=skien)).post("/erfaringer/ny", data=six_fields(**changed))
    assert answer.status_code == 422
    assert said in errors_in(answer)
    assert errors_in(answer)
    assert "Klimarådgiver" in answer.text
    assert session.query(Post).count() == 0


def test_another_person_is_named_as_contact(browser, member, skien, theme):
    other = factories.person("Prøve Person", skien)
    factories.person("Prøve Person")
    sent = six_fields(contact="annen", contact_name="Prøve Person, Skien")
    browser(member(place=skien)).post("/erfaringer/ny", data=sent)
    assert only_experience()[1].contact_id == other.id


def test_two_of_the_same_name_must_be_told_apart(browser, member, skien, theme):
    factories.person("Prøve Person", skien)
    factories.person("Prøve Person")
    sent = six_fields(contact="annen", contact_name="Prøve Person")
    answer = browser(member(place=skien)).post("/erfaringer/ny", data=sent)
    assert "Flere heter det." in errors_in(answer)


def test_markup_in_every_field_is_shown_as_words(browser, member, skien, theme):
    nasty = "<script>alert(1)</script><b>x</b>"
    told = dict.fromkeys(("title", "summary", "contact_role", "problem", "advice", "funding_case"), nasty)
    sent = six_fields(**told, effect_method=nasty)
    answer = browser(member(place=skien)).post("/erfaringer/ny", data=sent, follow_redirects=True)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<b>x</b>" not in answer.text


def test_the_author_changes_it_and_history_remembers_how_it_stood(browser, member, skien, theme):
    author = member(place=skien)
    client = browser(author)
    client.post("/erfaringer/ny", data=six_fields(cost_investment="1000"))
    post, _details = only_experience()
    page = client.get(f"/erfaringer/{post.id}/rediger")
    assert "1 000" in page.text
    sent = six_fields(title="Kjøpte gravemaskiner", cost_investment="2000", status="stanset")
    answer = client.post(f"/erfaringer/{post.id}/rediger", data=sent, follow_redirects=True)
    assert "Kjøpte gravemaskiner" in answer.text
    assert only_experience()[1].cost_investment == 2000


def test_restoring_puts_figures_and_status_back(app, member, skien, theme):
    author = member(place=skien)
    with app.test_request_context():
        content = Content("Kort", "Tittel", status="pagar", themes=["maskiner"], places=[skien.id])
        facts = actions.Facts(
            contact_id=author.person_id,
            cost_investment=5,
            effect_amount=1.5,
            effect_unit="totalt",
            effect_basis="malt",
            barrier_codes=("tid", "marked"),
            period_from="2020",
        )
        post = actions.share(author.actor, content, facts)
        later = Content("Kort", "Tittel", status="avlyst", themes=["maskiner"], places=[skien.id])
        actions.edit(author.actor, post, later, actions.Facts(contact_mailbox="post@skien.kommune.no"))
        found, details = queries.experience(author.actor, post.id)
        assert (found.status, details.cost_investment, details.contact_id) == ("avlyst", None, None)
        posts.restore(author.actor, post, post_queries.revisions(author.actor, post)[-1])
        found, details = queries.experience(author.actor, post.id)
        assert (found.status, details.cost_investment, details.effect_amount) == ("pagar", 5, 1.5)
        assert (details.barrier_codes, details.period_from) == (["tid", "marked"], "2020")
        assert details.contact_id == author.person_id


def test_history_names_what_changed(browser, member, skien, theme):
    client = browser(member("Test Testesen", place=skien))
    client.post("/erfaringer/ny", data=six_fields(cost_investment="1000"))
    post, _details = only_experience()
    client.post(f"/erfaringer/{post.id}/rediger", data=six_fields(cost_investment="2000"))
    text = client.get(f"/innlegg/{post.id}/historikk").text
    assert "Investering (kroner uten mva.)" in text
    assert "Test Testesen" in text


def test_a_contact_who_is_no_longer_listed_may_stand(browser, member, skien, theme):
    gone = factories.person("Skjult Testesen", listed=False)
    author = member(place=skien)
    post = factories.experience(author, {"contact_id": gone.id}, themes=[theme], places=[skien])
    client = browser(author)
    page = BeautifulSoup(client.get(f"/erfaringer/{post.id}/rediger").text, "html.parser")
    assert page.select_one("input[name=contact_name]")["value"] == "Skjult Testesen"
    sent = six_fields(contact="annen", contact_name="Skjult Testesen")
    assert client.post(f"/erfaringer/{post.id}/rediger", data=sent).status_code == 302
    assert only_experience()[1].contact_id == gone.id


def test_a_former_place_may_stand(browser, member, skien, theme):
    former = factories.place("Porsgrunn", "0805", valid_to=date(2019, 12, 31))
    author = member(place=skien)
    post = factories.experience(author, themes=[theme], places=[former])
    client = browser(author)
    page = BeautifulSoup(client.get(f"/erfaringer/{post.id}/rediger").text, "html.parser")
    shown = page.select_one("input[name=place]")["value"]
    assert client.post(f"/erfaringer/{post.id}/rediger", data=six_fields(place=shown)).status_code == 302
    assert [place.id for place in post_queries.post(author.actor, post.id).places] == [former.id]


def test_files_are_added_and_taken_off_while_changing(browser, member, skien, theme):
    client = browser(member(place=skien))
    client.post("/erfaringer/ny", data=six_fields())
    post, _details = only_experience()
    sent = six_fields() | {"attachments": (io.BytesIO(PDF), "krav.pdf")}
    client.post(f"/erfaringer/{post.id}/rediger", data=sent, content_type="multipart/form-data")
    page = BeautifulSoup(client.get(f"/erfaringer/{post.id}/rediger").text, "html.parser")
    assert "krav.pdf" in page.get_text()
    client.post(page.select_one("form[action$=fjern]")["action"])
    assert "krav.pdf" not in client.get(f"/erfaringer/{post.slug}").text


def test_whoever_shares_an_experience_follows_it(browser, member, skien, theme):
    author = member(place=skien)
    browser(author).post("/erfaringer/ny", data=six_fields())
    assert following.followed(author.actor, "post") == [only_experience()[0].id]


def test_nobody_changes_what_another_wrote(browser, member, skien, theme):
    post = factories.experience(member())
    stranger = browser(member())
    assert stranger.get(f"/erfaringer/{post.id}/rediger").status_code == 403
    assert stranger.post(f"/erfaringer/{post.id}/rediger", data=six_fields()).status_code == 403


def test_a_form_from_another_site_is_refused(browser, member, skien, theme):
    answer = browser(member()).post("/erfaringer/ny", data=six_fields(), headers={"Origin": "https://ond.example"})
    assert answer.status_code == 403


def test_visitors_are_shown_the_way_in(browser):
    assert browser().get("/erfaringer/ny").status_code == 302


def test_what_was_begun_is_shown_again(browser, member, skien, theme):
    author = member(place=skien)
    client = browser(author)
    factories.keep(
        Draft(person_id=author.person_id, form="erfaring", fields={"title": ["Halvferdig"], "themes": ["maskiner"]})
    )
    page = BeautifulSoup(client.get("/erfaringer/ny").text, "html.parser")
    assert page.select_one("input[name=title]")["value"] == "Halvferdig"
    assert page.select_one("input[name=themes][checked]")["value"] == "maskiner"
    client.post("/erfaringer/ny", data=six_fields())
    assert session.query(Draft).count() == 0


def test_the_main_place_stays_the_main_one_whoever_wrote_it(browser, member, skien, theme):
    bamble = factories.place("Bamble", "4012")
    author = member(place=bamble)
    browser(author).post("/erfaringer/ny", data=six_fields(more_places="Bamble"))
    post, _details = only_experience()
    form = BeautifulSoup(browser(author).get(f"/erfaringer/{post.id}/rediger").text, "html.parser")
    assert form.select_one("[name=place]")["value"].startswith("Skien")
    assert form.select_one("[name=more_places]")["value"].startswith("Bamble")
