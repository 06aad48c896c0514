"""What search engines are told: the site map, what they are asked not to fetch, and what to leave out."""

import fnmatch
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from kunnskap.home import queries
from tests import factories

SITE = "http://localhost"


def addresses(text):
    tree = ElementTree.fromstring(text)  # noqa: S314 -- what the site itself has made
    return [one.text for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def mapped(visit):
    index = visit.get("/sitemap.xml")
    assert index.content_type == "application/xml; charset=utf-8"
    parts = [visit.get(part.removeprefix(SITE)) for part in addresses(index.text)]
    assert all(part.status_code == 200 for part in parts)
    return [one.removeprefix(SITE) for part in parts for one in addresses(part.text)]


def test_what_is_open_to_everyone_is_on_the_map(browser):
    telemark = factories.county()
    skien = factories.place(county_id=telemark.id)
    question, experience = (
        factories.question(title="Hva koster det?"),
        factories.experience(title="Gravemaskiner & kaier"),
    )
    theme, network = factories.theme(), factories.network()
    visit = browser()
    found = mapped(visit)
    for address in (
        "/",
        "/personvern",
        f"/kommuner/{skien.slug}",
        f"/fylker/{telemark.slug}",
        f"/tema/{theme.slug}",
        f"/nettverk/{network.slug}",
        f"/sporsmal/{question.slug}",
        f"/erfaringer/{experience.slug}",
    ):
        assert address in found
        assert visit.get(address).status_code == 200
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "closed",
    [
        {"audience": "members"},
        {"audience": "network"},
        {"audience": "place"},
        {"hidden_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"withdrawn_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"held_at": datetime(2026, 1, 1, tzinfo=UTC), "held_for": "review"},
    ],
    ids=lambda facts: next(iter(facts.values())) if "audience" in facts else next(iter(facts)),
)
def test_nothing_closed_hidden_or_held_is_on_the_map_whoever_asks(browser, member, closed):
    facts = dict(closed)
    if facts.get("audience") == "network":
        facts["for_network_id"] = factories.network().id
    if facts.get("audience") == "place":
        facts["for_place_id"] = factories.place().id
    me = member(role="moderator")
    secret = factories.question(me, title="Det hemmelige", **facts)
    factories.question(title="Det åpne")
    for visit in (browser(), browser(me)):
        assert secret.slug not in " ".join(mapped(visit))
        assert "det-apne" in " ".join(mapped(visit))


def test_what_was_merged_into_another_and_what_has_no_page_of_its_own_is_not_on_the_map(browser):
    kept = factories.question(title="Den som står")
    merged = factories.question(title="Den som ble slått sammen", merged_into_id=kept.id)
    answer = factories.answer(kept)
    found = mapped(browser())
    assert f"/sporsmal/{kept.slug}" in found
    assert not [one for one in found if merged.slug in one or f"/{answer.id}-" in one]


def test_people_are_not_on_the_map_and_are_left_out_by_search_engines(browser):
    person, network = factories.person("Prøve Person"), factories.network()
    visit = browser()
    assert not [one for one in mapped(visit) if one.startswith("/folk") or one.endswith("/medlemmer")]
    for address in ("/folk", f"/folk/{person.slug}", f"/nettverk/{network.slug}/medlemmer"):
        answer = visit.get(address)
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in answer.text


def test_everything_else_may_be_found(browser):
    assert "X-Robots-Tag" not in browser().get("/").headers


def test_a_part_of_the_map_is_of_posts_whose_numbers_follow_one_another(browser, monkeypatch):
    first, last = factories.question(title="Først"), factories.question(title="Sist")
    monkeypatch.setattr(queries, "MAP_SIZE", 1)
    visit = browser()
    parts = addresses(visit.get("/sitemap.xml").text)
    assert {f"{SITE}/sitemap-{post.id}.xml" for post in (first, last)} <= set(parts)
    assert addresses(visit.get(f"/sitemap-{last.id}.xml").text) == [f"{SITE}/sporsmal/{last.slug}"]


@pytest.mark.parametrize("part", ["99", "300000", "2147483647", "99999999999", "-1", "x"])
def test_a_part_that_is_not_there_is_not_found(browser, part):
    assert browser().get(f"/sitemap-{part}.xml").status_code == 404


def test_the_map_says_when_each_post_changed(browser):
    post = factories.question(active_at=datetime(2026, 5, 3, 12, 30, tzinfo=UTC))
    part = (post.id - 1) // queries.MAP_SIZE + 1
    assert "<lastmod>2026-05-03T12:30:00Z</lastmod>" in browser().get(f"/sitemap-{part}.xml").text


def test_an_empty_site_has_a_map_of_its_pages(browser):
    assert "/om" in mapped(browser())


def test_asking_for_the_map_takes_as_many_statements_however_many_posts_there_are(browser, count_sql):
    visit, seen = browser(), []
    for _time in range(2):
        factories.question()
        part = queries.map_parts()[-1]
        with count_sql() as statements:
            visit.get(f"/sitemap-{part}.xml")
        seen.append(len(statements))
    assert seen[0] == seen[1]


def refused(visit):
    answer = visit.get("/robots.txt")
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    return [line.removeprefix("Disallow: ") for line in answer.text.splitlines() if line.startswith("Disallow: ")]


def test_robots_are_asked_not_to_fetch_what_has_a_door(app, browser):
    patterns = [f"{one}*" for one in refused(browser())]
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and getattr(app.view_functions[rule.endpoint], "door", "anyone") != "anyone":
            address = re.sub(r"<[^>]+>", "1", rule.rule)
            assert any(fnmatch.fnmatchcase(address, pattern) for pattern in patterns), address


def test_robots_may_fetch_everything_on_the_map_and_the_pages_that_tell_them_to_leave_them_out(browser):
    person = factories.person("Prøve Person")
    factories.question(title="Hva koster det?")
    visit = browser()
    patterns = [f"{one}*" for one in refused(visit)]
    for address in [*mapped(visit), "/folk", f"/folk/{person.slug}"]:
        assert not [one for one in patterns if fnmatch.fnmatchcase(address, one)], address


def test_robots_are_told_where_the_map_is(browser):
    assert f"Sitemap: {SITE}/sitemap.xml" in browser().get("/robots.txt").text
