"""What people search for, counted without person, and the words that editors say mean the same."""

import re
from datetime import timedelta

import pytest

from kunnskap import clock, remembering
from kunnskap.db import session
from kunnskap.insight import actions, rules
from kunnskap.insight.models import SearchTally
from kunnskap.insight.tally import Count, Tally
from kunnskap.search import register, synonyms
from kunnskap.search.models import SynonymGroup
from tests import factories

PERSON = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


@pytest.fixture
def editor(browser, member):
    return browser(member("Rediger Testesen", role="moderator"))


@pytest.fixture
def tally(app):
    """The counting of searches, which tests do without; nothing is handed on but by `flush`."""
    app.extensions["kunnskap.tally"] = made = Tally(_keep, pause=None)
    yield made
    del app.extensions["kunnskap.tally"]


def _keep(counts):
    actions._add_counts(counts)


def add(client, words, **more):
    return client.post("/innsikt/synonymer/ny", data={"words": words} | more)


def group():
    session.rollback()
    return session.query(SynonymGroup).order_by(SynonymGroup.id.desc()).first()


def counted():
    session.rollback()
    return {row.words: (row.searches, row.without_hits, row.clicks) for row in session.query(SearchTally)}


def test_what_editors_say_means_the_same_takes_effect_at_once(editor):
    before = synonyms.current()
    assert before.groups == ()
    answer = add(editor, "ROS\nrisiko- og  sårbarhetsanalyse\nROS")
    assert (answer.status_code, answer.location) == (303, "/innsikt/synonymer")
    assert synonyms.current().groups == (("ROS", "risiko- og sårbarhetsanalyse"),)
    assert "ROS = risiko- og sårbarhetsanalyse" in editor.get("/innsikt/synonymer").text


def test_a_search_finds_what_is_written_with_the_other_words_with_no_new_build(editor, browser):
    factories.question(title="Hvem har kjøpt en nullutslippsbil?")
    factories.question(title="Hva koster en bro?")
    reader = browser()
    assert "nullutslippsbil" not in reader.get("/sok?q=batterivogn").text
    add(editor, "batterivogn = nullutslippsbil")
    assert "Hvem har kjøpt en" in reader.get("/sok?q=batterivogn").text
    editor.post(f"/innsikt/synonymer/{group().id}/fjern", data={"version": "1"})
    assert "Hvem har kjøpt en" not in reader.get("/sok?q=batterivogn").text


def test_the_same_object_is_given_while_no_group_changes(editor):
    add(editor, "KPA = kommuneplanens arealdel")
    session.rollback()
    first = synonyms.current()
    factories.theme()
    factories.place()
    remembering.forget()
    session.rollback()
    assert synonyms.current() is first


def test_a_form_sent_twice_makes_one_group(editor):
    for _ in range(2):
        assert add(editor, "ROS = risikoanalyse").status_code == 303
    assert session.query(SynonymGroup).count() == 1


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "minst to"),
        ("elbil", "minst to"),
        ("elbil = Elbil", "minst to"),
        ("\n".join(f"ord{number}" for number in range(21)), "høyst 20"),
        ("elbil\n" + "x" * 81, "for langt"),
        ("elbil = !!!", "ikke noe ord"),
        ("plug-in\nRos", "«Ros» står allerede i gruppen «ROS = risikoanalyse»"),
        ("elbil\n\x00", "tegnene kunne ikke leses"),
        ("x" * 5_000, "for lang"),
    ],
)
def test_what_cannot_be_a_group_is_refused_at_its_field_and_kept_there(editor, typed, problem):
    add(editor, "ROS = risikoanalyse")
    answer = add(editor, typed)
    assert answer.status_code == 422
    assert problem in answer.text.replace("&lt;", "<")
    if "\x00" not in typed and typed:
        assert typed.splitlines()[0].split(" =")[0] in answer.text
    assert session.query(SynonymGroup).count() == 1


def test_an_editor_changes_and_removes_a_group(editor):
    add(editor, "ROS = risikoanalyse")
    page = f"/innsikt/synonymer/{group().id}"
    version = re.search(r'name="version"[^>]*value="(\d+)"', editor.get(page).text)[1]
    editor.post(page, data={"words": "ROS\nrisikoanalyse\nsårbarhetsanalyse", "version": version})
    assert group().members == ("ROS", "risikoanalyse", "sårbarhetsanalyse")
    assert "Vil du fjerne gruppen?" in editor.get(f"{page}/fjern").text
    for _ in range(2):
        editor.post(f"{page}/fjern", data={"version": group().version})
    assert synonyms.current().groups == ()
    assert "ROS = risikoanalyse" not in editor.get("/innsikt/synonymer").text
    assert add(editor, "ROS = risikovurdering").status_code == 303


def test_the_later_of_two_editors_is_told_and_may_save_again(editor, browser, member):
    other = browser(member("Annen Testesen", role="administrator"))
    add(editor, "ROS = risikoanalyse")
    page = f"/innsikt/synonymer/{group().id}"
    editor.post(page, data={"words": "ROS = sårbarhet", "version": "1"})
    answer = other.post(page, data={"words": "ROS = fare", "version": "1"})
    assert answer.status_code == 422
    assert "Noen andre har endret gruppen" in answer.text
    assert "ROS = sårbarhet" in answer.text
    assert "ROS = fare" in answer.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)[1]
    assert other.post(page, data={"words": "ROS = fare", "version": version}).status_code == 303
    assert editor.post(f"{page}/fjern", data={"version": "1"}).location == f"{page}/fjern"
    assert group().removed_at is None
    editor.post(f"{page}/fjern", data={"version": group().version})
    assert "har fjernet gruppen" in other.post(page, data={"words": "ROS = ras", "version": "3"}).text
    assert other.post(page, data={"words": "ROS = ras", "version": group().version}).status_code == 303
    assert group().removed_at is None
    assert other.post(page, data={"words": "ROS = rasfare", "version": "tull"}).status_code == 422


def test_groups_are_found_by_any_word_in_them(editor):
    add(editor, "elbil = nullutslippsbil")
    add(editor, "ÅDT = årsdøgntrafikk")
    editor.get("/innsikt/synonymer")
    assert "elbil" not in editor.get("/innsikt/synonymer?q=aarsd").text
    assert "ÅDT" in editor.get("/innsikt/synonymer?q=aarsd").text
    assert "Ingen grupper passer" in editor.get("/innsikt/synonymer?q=%00fjell").text


def test_an_editor_tries_what_words_become(editor):
    factories.question(title="Hva koster elbiler?")
    add(editor, "elbil = nullutslippsbil")
    shown = editor.get("/innsikt/synonymer?prov=en+elbil").text
    assert "elbil = nullutslippsbil" in shown
    assert "1 treff" in shown
    assert "Ingen av ordene står i en gruppe" in editor.get("/innsikt/synonymer?prov=tog").text


def test_these_pages_are_for_those_who_look_after_the_content(browser, member):
    for path in ("/innsikt/sok", "/innsikt/sok.csv", "/innsikt/synonymer", "/innsikt/synonymer/ny"):
        assert browser(member()).get(path).status_code == 403, path
        assert "/logg-inn" in browser().get(path).location
    assert browser(member()).post("/innsikt/synonymer/ny", data={"words": "a = b"}).status_code == 403


def seeds(folder, *lines):
    (folder / "synonyms.csv").write_text("\n".join(("words", *lines)) + "\n", encoding="utf-8")
    loaded = register.load(folder)
    session.commit()
    return loaded.changed


def test_the_houses_own_groups_follow_their_file_until_editors_touch_them(editor, tmp_path, database):
    assert seeds(tmp_path, "ROS = risikoanalyse", "elbil = elektrisk bil", "KPA = arealdel", "tog = jernbane") == 4
    assert seeds(tmp_path, "ROS = risikoanalyse", "elbil = elektrisk bil", "KPA = arealdel", "tog = jernbane") == 0
    numbers = {one.seed: one.id for one in session.query(SynonymGroup)}
    editor.post(f"/innsikt/synonymer/{numbers['ROS']}", data={"words": "ROS = fareanalyse", "version": "0"})
    editor.post(f"/innsikt/synonymer/{numbers['elbil']}/fjern", data={"version": "0"})
    add(editor, "buss = kollektiv")
    changed = seeds(
        tmp_path, "ROS = risikoanalyse = sårbarhet", "elbil = elektrisk bil", "KPA = arealdel = plan", "buss = rutebil"
    )
    assert changed == 2, "one followed the file, one left with it"
    session.rollback()
    assert set(synonyms.current().groups) == {
        ("ROS", "fareanalyse"), ("KPA", "arealdel", "plan"), ("buss", "kollektiv")
    }  # fmt: skip


def test_a_search_is_counted_by_its_words_alone(browser, tally):
    factories.question(title="Hva koster elbiler?")
    for _ in range(2):
        reader = browser()
        reader.environ_base["HTTP_USER_AGENT"] = PERSON
        reader.environ_base["REMOTE_ADDR"] = f"192.0.2.{_}"
        for words in (
            "Elbiler",
            "  elbiler ",
            "romskip",
            "elbiler&side=2",
            "elbiler&type=person",
            "romferge&type=person",
        ):
            reader.get(f"/sok?q={words}")
        assert reader.post("/sok/valgt", data={"q": "Elbiler"}).status_code == 204
    assert tally._counts["elbiler"] == Count(2, 0, 2)
    assert tally._counts["romskip"] == Count(2, 2, 0)
    assert tally._counts["romferge"] == Count(2, 0, 0), "a filter may be why"
    tally.flush()
    tally.flush()
    assert counted() == {"elbiler": (2, 0, 2), "romskip": (2, 2, 0), "romferge": (2, 0, 0)}


@pytest.mark.parametrize("program", ["Googlebot/2.1", "curl/8", "", "python-requests"])
def test_robots_are_not_counted(browser, tally, program):
    reader = browser()
    reader.get("/sok?q=elbil", headers={"User-Agent": program})
    reader.post("/sok/valgt", data={"q": "elbil"}, headers={"User-Agent": program})
    assert not tally._counts


def test_neither_suggestions_nor_pages_fetched_ahead_are_counted(browser, tally):
    reader = browser()
    reader.get("/sok/forslag?q=elbil", headers={"User-Agent": PERSON})
    reader.get("/sok?q=elbil", headers={"User-Agent": PERSON, "Sec-Purpose": "prefetch"})
    reader.get("/sok", headers={"User-Agent": PERSON})
    reader.head("/sok?q=elbil", headers={"User-Agent": PERSON})
    assert not tally._counts


@pytest.mark.parametrize(
    "words",
    [
        "ola@skien.kommune.no",
        "ring 12345678",
        "12 34 56 78",
        "+47 123 45 678",
        "010190 12345",
        "01019012345",
        "x" * 101,
    ],
)
def test_what_looks_personal_is_never_counted(browser, tally, words):
    reader = browser()
    reader.get("/sok", query_string={"q": words}, headers={"User-Agent": PERSON})
    reader.post("/sok/valgt", data={"q": words}, headers={"User-Agent": PERSON})
    assert not tally._counts


@pytest.mark.parametrize("words", ["§ 5-4", "2019-2021", "sak 2023/1234", "co₂ 55 prosent 2030"])
def test_ordinary_numbers_are_counted(words):
    assert rules.countable(words) == words


def test_another_site_cannot_count_for_us(browser, tally):
    assert (
        browser().post("/sok/valgt", data={"q": "elbil"}, headers={"Origin": "https://example.org"}).status_code == 403
    )


def tallied(words, searches=5, without_hits=0, clicks=1, days=0):
    week = rules.week_of(clock.now().date() - timedelta(days=days))
    return factories.keep(
        SearchTally(week=week, words=words, searches=searches, without_hits=without_hits, clicks=clicks)
    )


def test_editors_see_what_people_do_not_find(editor):
    tallied("romskip", without_hits=5, clicks=0)
    tallied("elbil")
    tallied("sykkelvei", clicks=0)
    tallied("kari nordmann", searches=1, without_hits=1)
    tallied("hybel", without_hits=5, days=80)
    shown = editor.get("/innsikt/sok").text
    assert "romskip" in shown
    assert "/innsikt/synonymer/ny?ord=romskip" in shown
    assert not any(words in shown for words in ("sykkelvei", "elbil", "kari", "hybel"))
    assert "hybel" in editor.get("/innsikt/sok?dager=90").text
    shown = editor.get("/innsikt/sok?vis=uten-valg").text
    assert "sykkelvei" in shown
    assert not any(words in shown for words in ("romskip", "elbil"))
    shown = editor.get("/innsikt/sok?vis=flest&dager=365&side=999").text
    assert "kari" not in shown
    assert "romskip" in editor.get("/innsikt/synonymer/ny?ord=romskip").text
    assert editor.get("/innsikt/sok?vis=tull&dager=-1&side=x").status_code == 200


def test_editors_take_the_figures_with_them(editor):
    tallied("romskip; «fly»", without_hits=5)
    tallied("=1+1", without_hits=2)
    answer = editor.get("/innsikt/sok.csv")
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert lines[0].count(";") == 3
    assert lines[1] == '"romskip; «fly»";5;5;1'
    assert lines[2].startswith("'=1+1;")


def test_what_nobody_else_looked_for_is_forgotten_after_a_month_and_everything_after_a_year(database):
    tallied("ny", searches=1)
    tallied("ensom", searches=1, days=40)
    tallied("igjen", searches=1, days=40)
    tallied("igjen", searches=1)
    tallied("vanlig", days=390)
    tallied("gammel", days=420)
    actions.tidy()
    session.commit()
    assert set(counted()) == {"ny", "igjen", "vanlig"}


def test_what_cannot_be_kept_now_is_kept_with_the_next():
    kept, fails = [], [True]

    def keep(counts):
        if fails.pop():
            raise OSError
        kept.append(counts)

    tally = Tally(keep, pause=None)
    tally.searched("elbil", "en", found=True)
    tally.flush()
    fails.append(False)
    tally.searched("elbil", "en annen", found=False)
    tally.flush()
    assert kept == [{"elbil": Count(2, 1, 0)}]


def test_a_flood_of_words_nobody_means_goes_no_further():
    kept = []
    tally = Tally(kept.append, pause=None)
    for number in range(2_000):
        tally.searched(f"ord {number}", "en", found=False)
    tally.flush()
    assert len(kept[0]) == 500
