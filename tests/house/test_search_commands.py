"""Commands that look after the index: building anew, comparing, and what is done before the site answers."""

import io
import sys

import pytest
from sqlalchemy import update

from kunnskap.cli import search
from kunnskap.cli.search import Bars, prepare_search
from kunnskap.db import session
from kunnskap.posts.events import PostChanged
from kunnskap.posts.models import Post
from kunnskap.search import indexing
from kunnskap.search.engines.protocol import Document, IndexBusy, IndexDown, Query
from kunnskap.targets import Target
from tests import factories
from tests.browsing import tell


@pytest.fixture
def run(app):
    """Run a command of the site: `run("check-search")` gives its exit status and what it said."""
    runner = app.test_cli_runner()

    def run_command(*arguments):
        session.commit()
        result = runner.invoke(args=arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output

    return run_command


@pytest.fixture
def question(monkeypatch):
    monkeypatch.setattr(indexing, "PAUSE", 0)
    made = factories.question(title="Solceller")
    tell()
    indexing.index().rebuild()
    return made


def found(words: str) -> list[str]:
    return [str(hit.group) for hit in indexing.index().find(Query(words)).hits]


def change_behind_the_back(question, title: str) -> None:
    """Change a title as nobody should: without telling."""
    session.execute(update(Post).where(Post.id == question.id).values(title=title))
    session.commit()


def lose(*groups: Target) -> None:
    indexing.index()._engine.drop(groups)


def test_building_anew_says_how_much_is_in_the_index_and_is_quiet_where_there_is_no_terminal(run, question):
    indexing.index().empty()
    assert run("rebuild-search") == (0, "2 things are in the index.\n")
    assert found("solceller") == [f"post:{question.id}"]


def test_building_anew_while_another_does_says_so_and_fails(run, monkeypatch):
    monkeypatch.setattr(indexing.index()._engine, "replace_all", refuse(IndexBusy))
    assert run("rebuild-search") == (1, f"Error: {search.BUSY}\n")


def test_building_anew_on_a_full_disk_says_so_in_words_and_fails(run, monkeypatch):
    monkeypatch.setattr(indexing.index()._engine, "replace_all", refuse(OSError("No space left on device")))
    status, said = run("rebuild-search")
    assert status == 1
    assert "No space left on device. What has been built stays" in said


def refuse(problem):
    def refusing(*_what, **_named):
        raise problem

    return refusing


def test_an_index_in_step_is_said_to_be(run, question):
    assert run("check-search") == (0, "The index is in step with the database: 2 things.\n")
    assert run("check-search", "--only-tell") == (0, "The index is in step with the database: 2 things.\n")


def test_what_is_missing_stale_or_left_over_is_told_and_put_right(run, question):
    other = factories.question(title="Vindkraft")
    tell()
    indexing.index().rebuild()
    lose(Target("post", other.id))
    change_behind_the_back(question, "Takrenner")
    indexing.index()._engine.put([Document(t := Target("post", 999), t, "question", "Spøkelse")])
    indexing.index()._engine.put([Document(t := Target("draft", 1), t, "draft", "Kladd")])
    told = [
        f"1 missing from the index: post:{other.id}",
        f"1 in the index as they were before a change: post:{question.id}",
        "2 in the index but should not be: draft:1, post:999",
    ]
    assert run("check-search", "--only-tell") == (1, "\n".join([*told, ""]))
    assert found("spøkelse"), "nothing was changed"
    assert run("check-search") == (0, "\n".join([*told, "They have been put right.", ""]))
    assert found("vindkraft") == [f"post:{other.id}"]
    assert found("takrenner") == [f"post:{question.id}"]
    assert found("spøkelse") == found("kladd") == found("solceller") == []
    assert run("check-search", "--only-tell")[0] == 0


def test_a_lost_page_of_a_file_is_noticed(run, question):
    group = Target("post", question.id)
    engine = indexing.index()._engine
    (document,) = [one for one in engine._documents.values() if one.target == group]
    engine.put([document, Document(Target("page", 1), group, "question", "", body="Side", page=1)])
    assert run("check-search", "--only-tell") == (1, f"1 in the index as they were before a change: {group}\n")


def test_what_waits_for_the_worker_is_no_fault(run, question):
    change_behind_the_back(question, "Takrenner")
    indexing.events.emit(PostChanged(question.id, question.id))
    status, said = run("check-search", "--only-tell")
    assert status == 0
    assert said.startswith("1 things have changed and wait for the worker")
    tell()
    assert found("takrenner") == [f"post:{question.id}"]


def test_what_changes_while_it_is_compared_is_no_fault(run, question, monkeypatch):
    lose(Target("post", question.id))
    monkeypatch.setattr(indexing.time, "sleep", lambda _seconds: indexing.index().refresh(posts=[question.id]))
    assert run("check-search", "--only-tell")[0] == 0


def test_somebody_who_is_no_longer_there_is_left_over(run, question):
    indexing.index()._engine.put([Document(t := Target("person", 77), t, "person", "Borte Bortesen")])
    assert run("check-search", "--only-tell") == (1, "1 in the index but should not be: person:77\n")


def test_an_index_of_an_older_analysis_is_told_of_or_built_anew(run, question, monkeypatch):
    lose(Target("post", question.id))
    monkeypatch.setattr(indexing.index()._engine, "is_current", lambda: False)
    older = "The index is missing, damaged or made by an older analysis.\n"
    assert run("check-search", "--only-tell") == (1, older)
    assert found("solceller") == []
    assert run("check-search") == (0, f"{older}It was built anew; 2 things are in it.\n")
    assert found("solceller") == [f"post:{question.id}"]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_each_reading_has_a_bar_and_a_broken_off_build_is_told_of(monkeypatch, capsys):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    bars = Bars()
    bars.begin(None, 0, 200)
    assert terminal.getvalue() == "", "whoever only looks is not shown"
    bars.begin(None, 0, 200)
    for _ in range(2):
        bars.advance(100)
    bars.begin(Target("post", 50), 50, 200)
    bars.advance(150)
    bars.close()
    assert "Round 1: 100%" in terminal.getvalue()
    assert "Round 2: 100%" in terminal.getvalue()
    assert capsys.readouterr().out == "An earlier build was broken off; it goes on after 50 of 200 things.\n"


class Prepared:
    """What was done before the site answers."""

    def __init__(self, monkeypatch) -> None:
        self.built = 0
        self._patch = monkeypatch
        monkeypatch.setattr(indexing.index(), "rebuild", self._build)

    def when(self, *, current: bool, answers: bool, has_worker: bool = True) -> int:
        self._patch.setattr(indexing.index(), "is_current", lambda: current)
        self._patch.setattr(indexing.index(), "answers", lambda: answers)
        self.built = 0
        prepare_search(has_worker=has_worker)
        return self.built

    def _build(self, _progress):
        self.built += 1
        return 0


@pytest.fixture
def prepared(question, monkeypatch) -> Prepared:
    return Prepared(monkeypatch)


def test_the_site_answers_at_once_with_an_index_of_an_older_analysis(prepared, capsys):
    assert prepared.when(current=False, answers=True) == 0
    assert prepared.when(current=False, answers=True, has_worker=False) == 0
    assert "rebuild-search" in capsys.readouterr().out
    assert prepared.when(current=True, answers=True) == 0


def test_a_small_index_that_is_missing_is_built_first_and_a_large_one_while_the_site_answers(prepared, monkeypatch):
    assert prepared.when(current=False, answers=False) == 1
    monkeypatch.setattr(search, "SMALL", 1)
    assert prepared.when(current=False, answers=False) == 0
    assert prepared.when(current=False, answers=False, has_worker=False) == 1, "nobody else would build it"


def test_an_empty_index_of_a_database_with_something_in_it_is_built(prepared):
    indexing.index().empty()
    assert prepared.when(current=True, answers=True) == 1


def test_a_site_whose_index_cannot_be_built_is_served_without(prepared, monkeypatch, capsys):
    monkeypatch.setattr(indexing.index(), "rebuild", refuse(IndexBusy))
    prepared.when(current=False, answers=False)
    assert search.BUSY in capsys.readouterr().out


def test_an_index_that_is_down_does_not_answer(monkeypatch):
    assert indexing.index().answers()
    monkeypatch.setattr(indexing.index()._engine, "find", refuse(IndexDown))
    assert not indexing.index().answers()
