"""Demonstration content: true, sourced, and loaded again without harm."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kunnskap.cli import demo
from kunnskap.db import session
from kunnskap.errors import BadFile
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.people.models import Person
from kunnskap.places import register as places
from kunnskap.posts import actions as posts
from kunnskap.posts.actions import Content
from kunnskap.posts.models import Post, PostPlace, PostTheme
from kunnskap.questions.models import QuestionDetails
from kunnskap.tables import DATA
from kunnskap.themes import register as themes
from tests.loading import load_once


@pytest.fixture
def loaded(database: object) -> None:
    load_once("demo", places.load, themes.load, demo.load)


def _post(external_id: str) -> Post:
    return session.scalars(select(Post).where(Post.external_id == f"demo:{external_id}")).one()


def test_every_project_and_question_is_there_with_source_themes_and_answer(loaded: None) -> None:
    counts = dict(session.execute(select(Post.kind_key, func.count()).group_by(Post.kind_key)).all())
    assert counts == {"experience": 81, "question": 60, "answer": 60}
    assert not session.scalar(select(func.count()).select_from(Post).where(~Post.source_url.startswith("http")))
    authors = session.scalars(select(Person).join(Post, Post.author_id == Person.id).distinct())
    assert [person.name for person in authors] == ["Redaksjonen"]
    tagged = select(func.count(PostTheme.post_id.distinct()))
    assert session.scalar(tagged) == 141
    certain, unsure = _post("sporsmal-03"), _post("sporsmal-16")
    assert (certain.status, unsure.status) == ("lost", "besvart")
    assert session.get_one(QuestionDetails, certain.id).accepted_answer_id == _post("sporsmal-03-svar").id
    assert session.get_one(QuestionDetails, unsure.id).accepted_answer_id is None
    assert certain.answer_count == unsure.answer_count == 1


def test_a_project_keeps_its_facts_also_when_it_came_to_nothing(loaded: None) -> None:
    post = _post("erfaring-12")
    details = session.get_one(ExperienceDetails, post.id)
    assert (post.language, post.status) == ("nn", "gjennomfort")
    assert (details.effect_amount, details.effect_unit, details.effect_basis) == (30.4, "per-ar", "beregnet")
    assert (details.funding_source, details.funding_amount, details.period_from) == ("klimasats", 600_000, "2022")
    assert "4626" in session.scalars(
        select(places.Place.number)
        .join(PostPlace, PostPlace.place_id == places.Place.id)
        .where(PostPlace.post_id == post.id)
    )
    assert _post("erfaring-03").status == "avlyst"
    assert _post("erfaring-18").status == "takket-nei"
    assert session.get_one(ExperienceDetails, _post("erfaring-18").id).barrier_codes == ["bemanning"]


def test_loading_again_changes_only_what_was_corrected_in_the_file(
    loaded: None, tmp_path: Path, member: Callable
) -> None:
    assert demo.load().changed == 0
    assert session.scalar(select(func.count()).select_from(Post)) == 201
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "experiences.jsonl"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"funding_amount": 1000000', '"funding_amount": 1000001', 1), encoding="utf-8")
    assert demo.load(tmp_path).changed == 1
    assert session.get_one(ExperienceDetails, _post("erfaring-01").id).funding_amount == 1_000_001
    mended = _post("sporsmal-01")
    posts.edit(member(role="moderator").actor, mended, Content("Bedre fortalt.", mended.title, themes=("klimasats",)))
    assert demo.load(tmp_path).changed == 0
    assert mended.body == "Bedre fortalt."


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("experiences", '"4003"', '"9003"', "experiences.jsonl, line 1: places: '9003' is not known"),
        ("experiences", '"vann-avlop"', '"vann"', "line 1: themes: 'vann' is not known"),
        ("experiences", '"gjennomfort"', '"ferdig"', "line 1: status 'ferdig' is not one of"),
        ("experiences", '"erfaring-02"', '"erfaring-01"', "the id 'demo:erfaring-01' stands twice"),
        ("experiences", '"funding_amount": 1000000', '"funding_amount": "mye"', "line 1: funding_amount must be"),
        ("experiences", '"amount": 30.4', '"amount": -30.4', "line 12: effect needs an amount"),
        ("questions", '"accepted": true', '"accepted": "ja"', "line 1: accepted must be true or false"),
        ("questions", '"source": "https', '"source": "javascript', "line 1: source must be a web address"),
        ("questions", '"language": "nb"', '"language": "sv"', "line 1: language 'sv' is not one of"),
    ],
)
def test_a_wrong_file_is_refused_whole(tmp_path: Path, file: str, old: str, new: str, reason: str) -> None:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    path = tmp_path / f"{file}.jsonl"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadFile) as refused:
        demo.load(tmp_path)
    assert reason in str(refused.value)
    assert session.scalar(select(func.count()).select_from(Post)) == 0
