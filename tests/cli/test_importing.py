"""Importing other systems' content from JSON lines."""

import json

import pytest
from sqlalchemy import func, select

from kunnskap.cli.importing.importer import import_file
from kunnskap.db import session
from kunnskap.documents.models import DocumentDetails
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.files import Shelf
from kunnskap.people.models import Person
from kunnskap.posts.models import Comment, Post, Revision
from tests import factories
from tests.browsing import tell

PERSON = {
    "type": "person", "id": 1, "name": "Prøve Person", "email": "Prove.Person@skien.kommune.no",
    "municipality": "4003", "role": "klimarådgiver", "themes": ["klimabudsjett"],
}  # fmt: skip
QUESTION = {
    "type": "question", "id": "q1", "title": "Hvordan begynner vi med klimabudsjett?", "body": "Vi er **små**.",
    "author": 1, "created": "2024-05-17T09:30", "themes": ["klimabudsjett"], "municipality": "4003",
}  # fmt: skip
ANSWER = {"type": "answer", "id": "a1", "question": "q1", "body": "Start enkelt.", "author": 1, "accepted": True}
COMMENT = {"type": "comment", "id": "c1", "answer": "a1", "body": "Takk!", "author": 1}
EXPERIENCE = {
    "type": "experience", "id": "e1", "title": "Elektrisk gravemaskin", "place": "4003", "themes": ["klimabudsjett"],
    "status": "stanset", "summary": "Vi prøvde.", "contact": 1, "author": 1, "barriers": {"text": "Dyrt", "codes": ["okonomi"]},
    "cost": {"investment": 1000000, "year": 2022, "basis": "faktisk"},
    "effect": {"amount": 12.5, "unit": "per-ar", "basis": "anslatt", "method": "Egen beregning"},
}  # fmt: skip
DOCUMENT = {
    "type": "document", "id": "d1", "title": "Notat", "description": "Et notat", "author": 1, "file": "notat.txt",
    "themes": [], "year": 2021,
}  # fmt: skip
EVERYTHING = [COMMENT, ANSWER, QUESTION, EXPERIENCE, DOCUMENT, PERSON]


@pytest.fixture
def take(tmp_path):
    telemark = factories.county()
    factories.place(county_id=telemark.id)
    factories.theme()
    (tmp_path / "notat.txt").write_text("Et lite notat om klima.")

    def import_lines(*lines):
        file = tmp_path / "import.jsonl"
        file.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines))
        return import_file(file, Shelf(tmp_path / "files", 1_000_000))

    return import_lines


def count(table):
    return session.scalar(select(func.count()).select_from(table))


def test_every_kind_is_taken_in_whatever_order_the_lines_stand(take):
    account = take(*EVERYTHING)
    assert account.problems == {}
    assert dict(account.new) == {"person": 1, "question": 1, "answer": 1, "comment": 1, "experience": 1, "document": 1}
    person = session.scalar(select(Person))
    assert (person.email, person.organisation) == ("prove.person@skien.kommune.no", "Skien kommune")
    question = session.scalar(select(Post).where(Post.kind_key == "question"))
    assert (question.status, question.answer_count) == ("lost", 1)
    assert question.body_html == "<p>Vi er <strong>små</strong>.</p>"
    assert question.published_at.isoformat() == "2024-05-17T07:30:00+00:00"
    assert session.scalar(select(Post.comment_count).where(Post.kind_key == "answer")) == 1
    details = session.scalar(select(ExperienceDetails))
    assert (details.effect_amount, details.barrier_codes, details.cost_investment) == (12.5, ["okonomi"], 1_000_000)
    assert session.scalar(select(DocumentDetails.filename)) == "notat.txt"


def test_the_same_lines_again_change_nothing(take):
    take(*EVERYTHING)
    before = [count(table) for table in (Person, Post, Comment, Revision)]
    account = take(*EVERYTHING)
    assert not account.new
    assert [count(table) for table in (Person, Post, Comment, Revision)] == before


def test_the_same_id_with_another_text_updates_and_remembers_the_old_one(take):
    take(*EVERYTHING)
    take(PERSON, QUESTION | {"title": "Hvordan fortsetter vi med klimabudsjett?"})
    question = session.scalar(select(Post).where(Post.kind_key == "question"))
    assert question.title == "Hvordan fortsetter vi med klimabudsjett?"
    assert session.scalar(select(func.count()).where(Revision.post_id == question.id)) == 2
    assert (question.status, question.answer_count) == ("lost", 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{not json", "is not JSON"),
        ("[1, 2]", "is not a JSON object"),
        ({"type": "poem", "id": 1}, "type must be one of"),
        ({"type": "person", "name": "Uten Id"}, "id is missing"),
        ({"type": "person", "id": 2, "name": ""}, "name is missing"),
        ({"type": "person", "id": 2, "name": "Prøve", "municipality": "9999"}, "no municipality or county '9999'"),
        (QUESTION | {"id": "q2", "author": 77}, "author: there is no person '77'"),
        (QUESTION | {"id": "q2", "title": "x" * 151}, "title is longer than 150 characters"),
        (QUESTION | {"id": "q2", "title": 5}, "title must be text"),
        (QUESTION | {"id": "q2", "body": "nul \x00"}, "body has characters that cannot be kept"),
        (QUESTION | {"id": "q2", "themes": ["romfart"]}, "there is no theme 'romfart'"),
        (QUESTION | {"id": "q2", "created": "i går"}, "created must be a date"),
        (ANSWER | {"id": "a2", "question": "q9"}, "question: there is no question 'q9'"),
        (ANSWER | {"id": "a2", "accepted": "ja"}, "accepted must be true or false"),
        ({"type": "comment", "id": 3, "body": "Hei", "author": 1}, "must name what it is on"),
        (EXPERIENCE | {"id": "e2", "status": "ferdig"}, "status must be one of"),
        (EXPERIENCE | {"id": "e2", "cost": {"investment": -1}}, "investment must be a whole number"),
        (EXPERIENCE | {"id": "e2", "barriers": {"codes": ["hekseri"]}}, "not 'hekseri'"),
        (DOCUMENT | {"id": "d2", "file": "../../etc/passwd"}, "must stand in the folder"),
        (DOCUMENT | {"id": "d2", "file": "borte.pdf"}, "there is no file 'borte.pdf'"),
        (
            QUESTION | {"id": "q2", "body": "Født 051097 03232"},
            "body holds what looks like an identity number: 051097 *****",
        ),
        (EXPERIENCE | {"id": "e2", "advice": "Konto 12345678903"}, "advice holds what looks like an account number"),
        (PERSON | {"id": 2, "role": "1234.56.78903"}, "role holds what looks like an account number: 1234.**.*****"),
        (QUESTION | {"id": "q2", "source": "javascript:alert(1)"}, "source must be a web address"),
    ],
)
def test_a_bad_line_is_reported_with_its_number_and_nothing_else_is_lost(take, line, reason):
    account = take(PERSON, QUESTION, line, ANSWER)
    assert list(account.problems) == [3]
    assert reason in account.problems[3]
    assert dict(account.new) == {"person": 1, "question": 1, "answer": 1}


def test_an_imported_document_waits_until_its_file_is_read_and_keeps_its_day(take):
    take(PERSON, DOCUMENT | {"created": "2020-05-17T12:00:00+00:00"})
    post = session.scalars(select(Post).where(Post.kind_key == "document")).one()
    assert post.held_for == "reading"
    tell()
    post = session.get_one(Post, post.id)
    assert (post.held_for, post.published_at.year) == (None, 2020)


def test_a_line_that_is_not_utf_8_is_reported(take, tmp_path):
    file = tmp_path / "latin.jsonl"
    file.write_bytes(b'{"type": "person", "id": 1, "name": "\xe6"}\n')
    assert import_file(file, Shelf(tmp_path / "files", 1)).problems == {1: "is not UTF-8"}


def test_a_person_who_is_here_already_is_known_by_e_mail(take):
    here = factories.person("Prøve Person", email="prove.person@skien.kommune.no")
    take(PERSON)
    assert count(Person) == 1
    assert session.get(Person, here.id).role == "klimarådgiver"


def test_the_command_tells_how_it_went_and_fails_when_lines_were_bad(app, take, tmp_path):
    take()
    file = tmp_path / "import.jsonl"
    file.write_text(json.dumps(PERSON) + "\n{bad\n")
    told = app.test_cli_runner().invoke(args=["import", str(file)])
    assert told.exit_code == 1
    assert "line 2: is not JSON" in told.output
    assert "person: 1 new, 0 updated" in told.output
