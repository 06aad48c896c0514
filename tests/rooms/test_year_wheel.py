"""The year wheel: what comes every year, brought forward weeks before with what to read."""

from datetime import date, timedelta

import icalendar
import pytest

from kunnskap import clock
from kunnskap.accounts.models import Account
from kunnskap.actor import ANYONE
from kunnskap.audit import AuditEntry
from kunnskap.db import expect_writes, session
from kunnskap.errors import BadFile
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.saved import actions as searches
from kunnskap.saved.models import SavedSearch
from kunnskap.themes import register as themes
from kunnskap.web import page_cache
from kunnskap.year_wheel import actions, queries, register
from kunnskap.year_wheel.models import YearEvent, YearEventDate, YearEventPost, YearEventTheme, YearEventTold
from tests import factories
from tests.browsing import tell

TODAY = clock.today()


@pytest.fixture
def editor(browser, member):
    return browser(member("Moder Testesen", role="moderator"))


def event(title="Søknadsfrist", day=None, theme=None, posts=(), **facts):
    day = day or TODAY + timedelta(days=10)
    facts = {"slug": "soknadsfrist", "month": day.month, "day": day.day, "source_url": "https://example.no"} | facts
    made = factories.keep(YearEvent(title=title, **facts))
    if theme is not None:
        factories.keep(YearEventTheme(event_id=made.id, theme_id=theme.id))
    for place, post in enumerate(posts):
        factories.keep(YearEventPost(event_id=made.id, post_id=post.id, position=place))
    return made


def sent(**more):
    day = TODAY + timedelta(days=10)
    facts = {"title": "Budsjett vedtas", "about": "Kort", "day": day.day, "month": day.month, "is_yearly": "y"}
    return facts | {"weeks_before": "6", "source_url": "https://example.no", "dates": "", "posts": ""} | more


def test_what_comes_soon_stands_on_the_front_page_with_what_to_read(browser):
    theme = factories.theme()
    picked = factories.question(title="Utvalgt spørsmål om frister")
    template = factories.post(DOCUMENT, title="Mal for saksframlegg", status="mal-veileder", themes=[theme])
    plan = factories.post(DOCUMENT, title="En gammel plan", status="plan", themes=[theme])
    factories.experience(title="Slik søkte vi", themes=[theme])
    event("Søknadsfrist for Klimasats", theme=theme, posts=[picked])
    page = browser().get("/").text
    section = page[page.index("Dette kommer snart") : page.index('id="ubesvart"')]
    order = [section.index(words) for words in (picked.title, template.title, "Slik søkte vi")]
    assert order == sorted(order)
    assert plan.title not in section
    assert "om 10 dager" in section


def test_what_is_far_off_has_passed_or_is_taken_out_is_not_brought_forward(browser):
    event("Langt fram", TODAY + timedelta(days=80), slug="langt-fram", weeks_before=6)
    event("Var i går", TODAY - timedelta(days=1), slug="var-i-gar")
    event("Tatt ut", slug="tatt-ut", is_active=False)
    assert "Dette kommer snart" not in browser().get("/").text
    assert browser().get("/arshjul/tatt-ut").status_code == 404
    event("I dag", TODAY, slug="i-dag")
    assert "i dag" in browser().get("/").text


def test_posts_that_the_reader_may_not_see_are_not_shown(browser, member):
    theme, network = factories.theme(), factories.network()
    facts = {"audience": "network", "for_network_id": network.id}
    hidden = factories.experience(title="Bare for nettverket", themes=[theme], **facts)
    gone = factories.experience(title="Skjult erfaring", themes=[theme], hidden_at=clock.now())
    members = factories.experience(title="For innloggede", themes=[theme], audience="members")
    event(theme=theme, posts=[hidden, gone])
    author = session.get_one(Account, member("Forfatter Testesen").id)
    for client, sees in ((browser(), False), (browser(author), True)):
        for address in ("/", "/arshjul", "/arshjul/soknadsfrist"):
            page = client.get(address).text
            wheel = page.split('id="ubesvart"')[0]
            assert hidden.title not in page
            assert gone.title not in wheel
            assert (members.title in wheel) == sees


def test_the_front_page_asks_no_more_for_it_when_nothing_has_changed(browser, count_sql):
    theme = factories.theme()
    factories.experience(title="Slik søkte vi", themes=[theme])
    visitor = browser()
    visitor.get("/")
    with count_sql() as before:
        visitor.get("/")
    event(theme=theme)
    visitor.get("/")
    with count_sql() as after:
        visitor.get("/")
    assert len(after) - len(before) <= 1


def test_a_new_day_makes_pages_anew(monkeypatch, app):
    with app.test_request_context("/"):
        before = page_cache._state()
        monkeypatch.setattr(page_cache, "_depends", [clock.today])
        today = page_cache._state()
        monkeypatch.setattr(page_cache, "_depends", [lambda: clock.today() + timedelta(days=1)])
        assert page_cache._state() != today
    assert clock.today() in before


def test_the_wheel_lists_each_month_and_is_read_with_few_statements(browser, count_sql):
    for number in range(8):
        event(f"Hendelse {number}", TODAY + timedelta(days=40 * number + 3), slug=f"hendelse-{number}")
    visitor = browser()
    page = visitor.get("/arshjul").text
    assert page.index("Hendelse 1") < page.index("Hendelse 7")
    with count_sql() as statements:
        visitor.get("/arshjul")
    assert len(statements) <= 4


def test_the_calendar_holds_whole_days_for_some_years(browser):
    event("Klimasats", date(TODAY.year, 2, 15), slug="klimasats", is_approximate=True)
    made = event("Skuddårsdag", date(2024, 2, 29), slug="skudd")
    factories.keep(YearEventDate(event_id=made.id, year=TODAY.year + 1, falls_on=date(TODAY.year + 1, 2, 3)))
    answer = browser().get("/kalender/arshjul.ics")
    assert answer.mimetype == "text/calendar"
    found = {str(one["uid"]): one for one in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")}
    assert len(found) == 6
    klimasats = found[f"arshjul-klimasats-{TODAY.year}@kunnskap"]
    assert klimasats.decoded("dtstart") == date(TODAY.year, 2, 15)
    assert klimasats.decoded("dtend") == date(TODAY.year, 2, 16)
    assert "om lag" in klimasats["summary"]
    assert found[f"arshjul-skudd-{TODAY.year + 1}@kunnskap"].decoded("dtstart") == date(TODAY.year + 1, 2, 3)


def test_editors_add_change_and_take_out(browser, editor):
    theme, post = factories.theme(), factories.question(title="Verdt å lese nøye")
    answer = editor.post("/arshjul/ny", data=sent(themes=[theme.slug], posts=f"http://localhost/sporsmal/{post.slug}"))
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert address == "/arshjul/budsjett-vedtas"
    page = browser().get(address).text
    assert post.title in page
    assert "Rediger" not in page
    form = editor.get(f"{address}/rediger").text
    assert f"/innlegg/{post.id}" in form
    changed = sent(title="Budsjettet vedtas", dates=f"03.12.{TODAY.year + 1}", posts="")
    assert editor.post(f"{address}/rediger", data=changed).status_code == 303
    page = browser().get(address).text
    assert "Budsjettet vedtas" in page
    assert post.title not in page
    assert editor.post(f"{address}/ta-ut").status_code == 303
    assert browser().get(address).status_code == 404
    assert "Budsjettet vedtas" in editor.get("/arshjul").text
    assert "Budsjettet vedtas" not in browser().get("/arshjul").text
    editor.post(f"{address}/sett-tilbake")
    assert browser().get(address).status_code == 200
    acts = [act for (act,) in session.query(AuditEntry.act).order_by(AuditEntry.id)]
    assert acts == [f"year_wheel.{act}" for act in ("add", "change", "hide", "show")]


def test_two_events_with_one_name_have_each_their_address(editor):
    first, second = (editor.post("/arshjul/ny", data=sent(title="Ny")).headers["Location"] for _ in range(2))
    assert (first, second) == ("/arshjul/ny-2", "/arshjul/ny-3")
    assert editor.get("/arshjul/ny").status_code == 200


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"title": " "}, "Skriv hva det gjelder."),
        ({"day": "31", "month": "2"}, "dagene 1 til 29"),
        ({"day": "0"}, "dagene 1 til"),
        ({"day": "x"}, "helt tall"),
        ({"month": "13"}, "Velg en av verdiene"),
        ({"weeks_before": "0"}, "antall uker"),
        ({"weeks_before": "99"}, "antall uker"),
        ({"source_url": "javascript:alert(1)"}, "https://"),
        ({"dates": "31.02.2027"}, "er ingen dato"),
        ({"dates": "01.02.2027\n03.03.2027"}, "bare én dato for 2027"),
        ({"dates": "01.02.1812"}, "Skriv år fra"),
        ({"is_yearly": ""}, "minst én dato"),
        ({"posts": "/sporsmal/999999-finnes-ikke"}, "finner ikke alle"),
        ({"posts": "tull"}, "finner ikke alle"),
        ({"themes": ["finnes-ikke"]}, "Velg en av verdiene"),
        ({"about": "Født 05109703232"}, "fødselsnummer"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(editor, more, problem):
    answer = editor.post("/arshjul/ny", data={name: value for name, value in sent(**more).items() if value != ""})
    assert answer.status_code == 422
    assert problem in answer.text
    assert session.query(YearEvent).count() == 0


def test_only_moderators_edit(browser, member):
    made = event()
    client = browser(member("Vanlig Testesen"))
    for path in ("ny", f"{made.slug}/rediger"):
        assert client.get(f"/arshjul/{path}").status_code == 403
        assert client.post(f"/arshjul/{path}", data=sent()).status_code == 403
        assert browser().get(f"/arshjul/{path}").status_code == 302
    assert client.post(f"/arshjul/{made.slug}/ta-ut").status_code == 403
    assert browser().get("/arshjul/finnes-ikke").status_code == 404


def test_a_day_in_february_exists_in_ordinary_years(editor):
    assert editor.post("/arshjul/ny", data=sent(day="29", month="2")).status_code == 303


def test_the_register_is_loaded_once_and_leaves_what_editors_changed(browser, editor):
    expect_writes()
    themes.load()
    assert register.load().changed == 11
    assert register.load().changed == 0
    session.commit()
    page = browser().get("/arshjul/planstrategi").text
    assert "2028" in page
    editor.post("/arshjul/klimasats/ta-ut")
    data = sent(title="Vårt eget navn")
    editor.post("/arshjul/budsjett/rediger", data=data)
    session.rollback()
    assert register.load().changed == 0
    kept = {one.slug: one for one in session.query(YearEvent)}
    assert kept["budsjett"].title == "Vårt eget navn"
    assert not kept["klimasats"].is_active
    kept["kostra"].title = "Endret i databasen"
    session.flush()
    assert register.load().changed == 1
    assert "om lag" in browser().get("/arshjul").text


def test_every_event_of_the_register_is_sourced_and_themed():
    entries = register.read()
    assert all(entry.facts.source_url.startswith("https://") and entry.facts.themes for entry in entries)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",2,15,", ",2,31,"),
        ("klimasats;andre", "klimasats;klimasats;andre"),
        (",8,", ",0,"),
        ("2021-02-15", "2021-02-30"),
    ],
)
def test_a_file_with_something_wrong_is_refused_whole(tmp_path, old, new):
    text = (register.DATA / register.FILE).read_text("utf-8")
    (tmp_path / register.FILE).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadFile):
        register.load(tmp_path)


def test_a_letter_tells_of_an_event_once_a_year(member):
    theme = factories.theme()
    factories.experience(title="Slik søkte vi", themes=[theme])
    event(theme=theme)
    reader = member().actor
    expect_writes()
    first = actions.take_to_tell(reader, TODAY)
    assert [(one.occasion.event.slug, [post.title for post in one.posts]) for one in first] == [
        ("soknadsfrist", ["Slik søkte vi"])
    ]
    assert actions.take_to_tell(reader, TODAY) == []
    assert session.query(YearEventTold).count() == 1
    next_year = TODAY.replace(year=TODAY.year + 1, day=min(TODAY.day, 28))
    assert len(actions.take_to_tell(reader, next_year)) == 1
    assert len(queries.for_letters(ANYONE, TODAY)) == 1


def test_the_letter_about_saved_searches_tells_of_it_once(browser, member, sent, monkeypatch):
    reader = member("Lagre Testesen")
    theme = factories.theme()
    factories.experience(title="Slik søkte vi om støtte", themes=[theme])
    event("Søknadsfrist for Klimasats", theme=theme, is_approximate=True)
    client = browser(reader)
    client.post("/lagrede-sok", data={"sok": "/sok?q=overvann"})
    session.rollback()
    number = session.query(SavedSearch).one().id
    client.post(f"/lagrede-sok/{number}", data={f"sok-{number}-name": "Overvann", f"sok-{number}-notice": "daily"})
    real = clock.now
    for days, letters in ((1, 0), (3, 1), (5, 2)):
        later = real() + timedelta(days=days)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        look()
        assert len(sent) == letters
        factories.question(title=f"Hva gjør dere med overvann {days}?", published_at=later + timedelta(hours=1))
    assert "Søknadsfrist for Klimasats (om lag " in sent[0].text
    assert "Slik søkte vi om støtte" in sent[0].text
    assert "http://localhost/arshjul/soknadsfrist" in sent[0].text
    assert "Søknadsfrist" not in sent[1].text


def look():
    tell()
    searches.find_due()
    session.commit()
    tell()
    session.rollback()
