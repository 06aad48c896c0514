"""Whether people find what they look for: every judged query, asked of the demonstration content as the site asks."""

import pytest
from sqlalchemy import select

from kunnskap.actor import ANYONE
from kunnskap.cli import demo
from kunnskap.db import session
from kunnskap.places import register as places
from kunnskap.posts.models import Post
from kunnskap.search import indexing, queries
from kunnskap.search import register as synonyms
from kunnskap.search.engines.memory import MemoryEngine
from kunnskap.search.engines.whoosh import WhooshEngine
from kunnskap.search.indexing import Index
from kunnskap.search.results import Wanted
from kunnskap.themes import register as themes
from tests.loading import load_once
from tests.search import relevance
from tests.search.relevance import Outcome

TOTAL_LEAST = 0.85
KIND_LEAST = 0.70
LEAST = {"english": 0.40}
"""Less is asked where hardly any text is in the language of the query."""


@pytest.fixture(params=["whoosh", "memory"])
def loaded(request, database, tmp_path, monkeypatch):
    load_once("demo with synonyms", places.load, themes.load, synonyms.load, demo.load)
    index = Index(WhooshEngine(tmp_path / "index") if request.param == "whoosh" else MemoryEngine())
    monkeypatch.setattr(indexing, "_connected", [index])
    assert index.rebuild() == demo.EXPERIENCES + demo.QUESTIONS
    yield index
    index.close()


@pytest.fixture
def outcomes(loaded) -> list[Outcome]:
    posts = session.execute(select(Post.id, Post.external_id).where(Post.external_id.is_not(None))).all()
    names = {number: name.removeprefix(demo.PREFIX) for number, name in posts}
    return [Outcome(one, [names[found.id] for found in _ask(one.query)]) for one in relevance.read()]


def _ask(words):
    return queries.search(ANYONE, Wanted(words=words)).page.items


@pytest.mark.timeout(240)
def test_what_people_judged_relevant_is_found_first(outcomes):
    reached = {kind: relevance.mean_score(those) for kind, those in relevance.by_kind(outcomes).items()}
    missed = [f"{kind} {score:.3f}" for kind, score in reached.items() if score < LEAST.get(kind, KIND_LEAST)]
    total = relevance.mean_score(outcomes)
    assert not missed, f"below the least: {', '.join(missed)}\n{relevance.table(outcomes)}"
    assert total >= TOTAL_LEAST, f"{total:.3f} in all, below {TOTAL_LEAST}\n{relevance.table(outcomes)}"
