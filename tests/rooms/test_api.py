"""The search for other programs."""

import dataclasses
import json
import logging
import re
from pathlib import Path

import pytest

import kunnskap
from kunnskap import create_app, db
from kunnskap.db import session
from kunnskap.posts.models import PostTheme
from kunnskap.search import indexing
from kunnskap.search.addresses import NAMES
from kunnskap.search.engines.protocol import IndexDown
from kunnskap.web.limits import limiter
from tests import factories
from tests.browsing import sign_in

PAPER = Path(kunnskap.__file__).resolve().parent.parent / "docs" / "api.md"


@pytest.fixture
def asked(database):
    """A question from Skien with a theme and a body."""
    skien = factories.place("Skien", "4003", county_id=factories.county().id, population=56_000)
    theme = factories.theme("klimabudsjett", "Klimabudsjett", name_en="Climate budgets")
    made = factories.question(
        title="Hvordan lager dere klimabudsjett?", body="Vi skal <lage> vårt *første* klimabudsjett.", place_id=skien.id
    )
    session.add(PostTheme(post_id=made.id, theme_id=theme.id))
    session.commit()
    indexing.index().refresh(posts=[made.id])
    return made


def ask(browser, account=None, headers=None, **query):
    return browser(account).get("/api/v1/search", query_string=query, headers=headers)


def test_a_hit_has_all_a_program_needs(browser, asked):
    answer = ask(browser, q="klimabudsjett")
    assert answer.content_type == "application/json; charset=utf-8"
    found = answer.get_json()
    assert (found["query"], found["total"], found["page"], found["pages"]) == ("klimabudsjett", 1, 1, 1)
    hit = found["hits"][0]
    assert hit["id"] == asked.id
    assert hit["type"] == "sporsmal"
    assert hit["title"] == "Hvordan lager dere klimabudsjett?"
    assert hit["url"] == f"http://localhost/sporsmal/{asked.id}-hvordan-lager-dere-klimabudsjett"
    assert hit["excerpt"] == "Vi skal <lage> vårt første klimabudsjett."
    assert hit["excerpt_html"] == "Vi skal &lt;lage&gt; vårt første <mark>klimabudsjett</mark>."
    assert hit["place"] == {"number": "4003", "name": "Skien", "county": "Telemark"}
    assert hit["themes"] == ["klimabudsjett"]
    assert hit["score"] > 0
    assert "«klimabudsjett» står i tittelen" in hit["reasons"]
    assert hit["published_at"].endswith("+00:00")


def test_the_paper_shows_what_is_answered(browser, asked):
    told = json.loads(re.search(r"```json\n(.+?)```", PAPER.read_text("utf-8"), re.DOTALL)[1])
    found = ask(browser, q="klimabudsjett", type="sporsmal").get_json()
    assert list(told) == list(found)
    assert list(told["hits"][0]) == list(found["hits"][0])
    assert list(told["hits"][0]["place"]) == list(found["hits"][0]["place"])
    assert list(told["facets"]["type"][0]) == list(found["facets"]["type"][0])


def test_every_parameter_of_the_page_stands_in_the_paper():
    told = set(re.findall(r"^\| `(\w+)` ?\*? \|", PAPER.read_text("utf-8"), re.MULTILINE))
    assert set(NAMES.values()) | {"q", "side", "lang", "bare", "likt"} == told


def test_facets_are_named_and_keyed_as_in_addresses(browser, asked):
    facets = ask(browser, q="klimabudsjett", type="sporsmal", lang="en").get_json()["facets"]
    assert {"key": "sporsmal", "name": "Questions", "count": 1, "chosen": True} in facets["type"]
    assert {"key": "klimabudsjett", "name": "Climate budgets", "count": 1, "chosen": False} in facets["tema"]
    assert facets["fylke"][0]["key"] == "40"


def test_filters_narrow_as_on_the_page(browser, asked):
    factories.experience(title="Klimabudsjett i praksis")
    assert ask(browser, q="klimabudsjett").get_json()["total"] == 2
    assert ask(browser, q="klimabudsjett", tema="klimabudsjett", fylke="40").get_json()["total"] == 1
    assert ask(browser, q="klimabudsjett", type=["erfaring", "sporsmal"]).get_json()["total"] == 2


def test_many_hits_come_in_pages(browser):
    for number in range(12):
        factories.question(title=f"Solceller {number}")
    first, last = (ask(browser, q="solceller", side=side).get_json() for side in (1, 99))
    assert (first["pages"], len(first["hits"])) == (2, 10)
    assert (last["page"], len(last["hits"])) == (2, 2)


def test_what_is_for_members_is_for_members_only(browser, member):
    factories.question(title="Solceller bak innlogging", audience="members")
    assert ask(browser, q="solceller").get_json()["total"] == 0
    assert ask(browser, member(), q="solceller").get_json()["total"] == 1


@pytest.mark.parametrize(
    "query",
    ["", "q=", "q=%00%ff", "side=abc&type=tull&tema=%00&fylke=99", "q=" + "a" * 5000, "lang=xx&q=%22klima", "ar=x"],
)
def test_odd_parameters_are_left_out(browser, query):
    assert browser().get(f"/api/v1/search?{query}").status_code == 200


def test_an_answer_that_has_not_changed_is_not_sent_again(browser, asked):
    first = ask(browser, q="klimabudsjett")
    again = ask(browser, q="klimabudsjett", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    asked_too = factories.question(title="Klimabudsjett en gang til")
    changed = ask(browser, q="klimabudsjett", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert asked_too.id in {hit["id"] for hit in changed.get_json()["hits"]}
    assert "private" in first.headers["Cache-Control"]


def test_errors_are_told_in_json(browser):
    for address, status in (("/api/v1/finnes-ikke", 404), ("/api/tull", 404)):
        answer = browser().get(address)
        assert answer.status_code == status
        assert answer.get_json()["error"]["status"] == status
        assert answer.get_json()["error"]["message"]
    refused = browser().post("/api/v1/search")
    assert refused.status_code == 405
    assert refused.get_json()["error"]["status"] == 405
    assert browser().get("/finnes-ikke").mimetype == "text/html"


def test_an_index_that_is_down_is_told_and_when_to_come_back(browser, monkeypatch):
    def down(*_):
        raise IndexDown

    monkeypatch.setattr(indexing.Index, "find", down)
    answer = ask(browser, q="klima")
    assert answer.status_code == 503
    assert answer.get_json()["error"]["status"] == 503
    assert answer.headers["Retry-After"] == "60"


def test_whoever_asks_too_often_is_told_to_wait(app, browser, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    answers = [ask(browser, q="klima").status_code for _ in range(121)]
    limiter.reset()
    assert answers.count(429) == 1
    assert answers[-1] == 429


def test_an_answer_asks_the_database_as_little_as_the_page(browser, asked, count_sql):
    ask(browser, q="klimabudsjett")
    factories.question(title="Klimabudsjett")
    with count_sql() as statements:
        ask(browser, q="klimabudsjett")
    assert len(statements) <= 7, str(statements)


def test_what_was_mended_and_what_was_understood_is_told(browser, asked):
    for number in range(3):
        factories.question(title=f"Klimabudsjett nummer {number}")
    indexing.index().rebuild()
    found = ask(browser, q="kliambudsjett i Skien").get_json()
    assert {"typed": "kliambudsjett", "meant": "klimabudsjett"} in found["corrections"]
    assert found["understood"] == ["Treff fra Skien først"]
    assert found["hits"][0]["id"] == asked.id
    assert "Vi leste «kliambudsjett» som «klimabudsjett»" in found["hits"][0]["reasons"]
    literal = ask(browser, q="kliambudsjett", bare="ordrett").get_json()
    assert literal["total"] == 0


@pytest.fixture
def keeping(app, settings):
    """The same site, keeping answers."""
    engine, handlers = db.session.get_bind(), logging.getLogger().handlers[:]
    site = create_app(dataclasses.replace(settings, page_cache=True, database_url="sqlite://"))
    logging.getLogger().handlers[:] = handlers
    db.session.remove()
    db.session.configure(bind=engine)
    yield site
    indexing._connected[:] = [app.extensions["kunnskap.index"]]


def test_answers_are_kept_for_visitors_and_nobody_is_given_anothers(keeping, asked, member):
    indexing.index().rebuild()

    def totals(account=None):
        client = keeping.test_client()
        if account is not None:
            sign_in(client, account)
        first, again = (client.get("/api/v1/search?q=klimabudsjett") for _ in range(2))
        assert first.data == again.data
        assert first.headers["ETag"] == again.headers["ETag"]
        unchanged = client.get("/api/v1/search?q=klimabudsjett", headers={"If-None-Match": first.headers["ETag"]})
        assert unchanged.status_code == 304
        return json.loads(first.data)["total"]

    hidden = factories.question(title="Klimabudsjett bak innlogging", audience="members")
    indexing.index().refresh(posts=[hidden.id])
    assert (totals(), totals(member()), totals()) == (1, 2, 1)
