"""What changed between two revisions, word by word."""

import time

from kunnskap.posts.differences import ADDED, REMOVED, SAME, between
from kunnskap.posts.models import Revision


def revision(title="Tittel", body="En tekst", **details):
    return Revision(title=title, body=body, details=details)


def told(difference):
    return [(piece.how, piece.text) for piece in difference.pieces]


def test_what_stands_is_left_out():
    assert between(revision(), revision()) == []


def test_the_first_revision_is_all_new():
    title, body = between(None, revision())
    assert (title.name, told(title)) == ("title", [(ADDED, "Tittel")])
    assert (body.name, told(body)) == ("body", [(ADDED, "En tekst")])


def test_a_word_that_is_another_is_shown_between_those_that_stand():
    (body,) = between(revision(body="Vi er to personer"), revision(body="Vi er tre personer"))
    assert told(body) == [(SAME, "Vi er "), (REMOVED, "to "), (ADDED, "tre "), (SAME, "personer")]


def test_no_letter_is_lost_on_either_side():
    old, new = "Linje en\n\nLinje  to, slutt.", "Linje en\nNy linje\n\nLinje to."
    (body,) = between(revision(body=old), revision(body=new))
    assert "".join(text for how, text in told(body) if how != ADDED) == old
    assert "".join(text for how, text in told(body) if how != REMOVED) == new


def test_facts_that_come_and_go_are_shown_by_name():
    differences = between(revision(cost="100", worked="Alt"), revision(cost="200", advice="Begynn tidlig"))
    assert [one.name for one in differences] == ["cost", "advice", "worked"]
    assert told(differences[2]) == [(REMOVED, "Alt")]


def test_long_texts_are_compared_in_reasonable_time():
    words = [f"ord{number % 400}" for number in range(3_000)]
    begun = time.perf_counter()
    between(revision(body=" ".join(words)), revision(body=" ".join(reversed(words))))
    assert time.perf_counter() - begun < 5
