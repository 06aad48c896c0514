"""The audit log: written with the act, read in words, and changed by nobody without its being seen."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError
from werkzeug.routing.converters import NumberConverter

from kunnskap import audit, clock, events
from kunnskap.accounts.models import Account
from kunnskap.actor import Actor
from kunnskap.administration import rules
from kunnskap.administration.listeners import Caretaker
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.mail import MailWanted
from tests.browsing import tell


@pytest.fixture
def noted(database):
    """Four acts of three people, one of them the site itself."""
    for number, act in enumerate(("role", "let in", "moderation.suspend", "moderation.hide"), start=1):
        who = Actor(900 + number, "administrator") if number < 4 else None
        audit.note(who, act, f"account:{number}", {"role": "moderator"})
    session.commit()
    return [one.id for one in session.query(AuditEntry).order_by(AuditEntry.id)]


@pytest.fixture
def boss(member):
    return member("Sjef Testesen", role="administrator", email="sjef@skien.kommune.no")


@pytest.fixture
def admin(browser, boss):
    return browser(boss)


@pytest.fixture
def sent_mail(app):
    letters = []
    deliver = letters.extend
    events.listen(deliver, MailWanted)
    yield letters
    events._listeners.pop(deliver)


def unguarded(statement):
    """Change the table behind everybody's back, as one who owns the database can."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER audit_entries_no_update"))
        session.execute(text("DROP TRIGGER audit_entries_no_delete"))
    else:
        session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_guard"))
    session.execute(statement, execution_options={"synchronize_session": False})
    session.commit()
    session.expire_all()


def test_what_is_noted_follows_what_was_noted_before(noted):
    entries = session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert entries[0].previous == audit.FIRST
    assert [one.previous for one in entries[1:]] == [one.digest for one in entries[:-1]]
    assert audit.broken_at() is None


def test_an_act_that_is_undone_leaves_no_note(database):
    audit.note(Actor(1, "administrator"), "role", "account:1")
    session.rollback()
    assert session.query(AuditEntry).count() == 0


@pytest.mark.parametrize(
    "change",
    [
        update(AuditEntry).where(AuditEntry.act == "let in").values(act="refused"),
        update(AuditEntry).values(facts={}),
        delete(AuditEntry),
        delete(AuditEntry).where(AuditEntry.act == "let in"),
    ],
)
def test_the_database_itself_refuses_to_change_an_entry(noted, change):
    with pytest.raises(DatabaseError, match="the audit log is not changed"):
        session.execute(change)
    session.rollback()
    assert audit.broken_at() is None
    assert session.query(AuditEntry).count() == 4


def test_the_house_refuses_to_change_an_entry(noted):
    entry = session.get(AuditEntry, noted[0])
    entry.act = "refused"
    with pytest.raises(PermissionError):
        session.flush()
    session.rollback()
    session.delete(session.get(AuditEntry, noted[0]))
    with pytest.raises(PermissionError):
        session.flush()
    session.rollback()


@pytest.mark.parametrize(
    "values",
    [
        {"act": "refused"},
        {"person_id": 9},
        {"role": "member"},
        {"target": "account:9"},
        {"facts": {"role": "member"}},
        {"happened_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"digest": "0" * 64},
        {"previous": "1" * 64},
    ],
)
def test_an_entry_that_was_changed_behind_everybodys_back_is_found(noted, values):
    unguarded(update(AuditEntry).where(AuditEntry.id == noted[1]).values(**values))
    assert audit.broken_at() == noted[1]


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_an_entry_that_was_removed_is_found_by_the_one_after_it(noted, gone):
    unguarded(delete(AuditEntry).where(AuditEntry.id == noted[gone]))
    assert audit.broken_at() == noted[gone + 1]


def test_the_page_says_whether_the_log_is_as_it_was_written(admin, noted):
    assert "slik den ble skrevet" not in admin.get("/administrasjon/logg").text
    assert "Hele loggen er slik den ble skrevet." in admin.get("/administrasjon/logg?kontroller=1").text
    unguarded(update(AuditEntry).where(AuditEntry.id == noted[2]).values(act="let in"))
    assert f"Linje {noted[2]} er ikke slik den ble skrevet" in admin.get("/administrasjon/logg?kontroller=1").text


def test_the_daily_check_tells_administrators_when_the_log_is_broken(boss, noted, sent_mail, caplog):
    Caretaker("http://localhost").check_log(threading.Event())
    tell()
    assert sent_mail == []
    unguarded(update(AuditEntry).where(AuditEntry.id == noted[0]).values(act="let in"))
    Caretaker("http://localhost").check_log(threading.Event())
    tell()
    assert [(one.to, one.subject) for one in sent_mail] == [
        ("sjef@skien.kommune.no", "Revisjonsloggen til Kunnskap er endret")
    ]
    assert f"broken at entry {noted[0]}" in caplog.text


def lines(admin, query=""):
    return admin.get(f"/administrasjon/logg?{query}").text.partition("<tbody>")[2].partition("</tbody>")[0]


def test_entries_are_shown_in_words(admin, boss, member):
    someone = member("Rolle Testesen")
    acting = Actor(boss.person_id, "administrator")
    audit.note(acting, "role", f"account:{someone.id}", {"role": "moderator", "was": "member"})
    session.commit()
    shown = lines(admin)
    for words in (
        "Sjef Testesen",
        "Administrator",
        "Endret en rolle",
        "Rolle Testesen",
        "rolle: Moderator",
        "før: Medlem",
    ):
        assert words in shown


def test_entries_are_found_by_act_person_target_and_days(admin, boss, noted):
    audit.note(Actor(boss.person_id, "administrator"), "refused", "account:77")
    session.commit()

    def found(query):
        return [
            words
            for words in ("Endret en rolle", "Slapp inn", "Stengte en konto", "Skjulte noe", "Avslo")
            if words in lines(admin, query)
        ]

    assert found("handling=let in") == ["Slapp inn"]
    assert found("person=Sjef") == ["Avslo"]
    assert found("person=903") == ["Stengte en konto"]
    assert found("gjelder=account:1") == ["Endret en rolle"]
    assert len(found("gjelder=account")) == 5
    assert found("handling=let in&person=901") == []
    today, tomorrow = clock.now().date(), clock.now().date() + timedelta(1)
    assert len(found(f"fra={today}&til={today}")) == 5
    assert found(f"fra={tomorrow}") == []
    assert found("til=2020-01-01") == []


@pytest.mark.parametrize(
    "query",
    [
        "fra=i+gar",
        "til=2026-99-99",
        "side=0",
        "side=99999999",
        "person=%00",
        "gjelder=%25",
        "handling='--",
        "person=" + "9" * 50,
        "fra=0001-01-01",
        "til=9999-12-31",
    ],
)
def test_odd_questions_are_answered(admin, noted, query):
    assert admin.get(f"/administrasjon/logg?{query}").status_code == 200


def test_the_log_is_paged(admin):
    for number in range(60):
        audit.note(None, "role", f"account:{number}")
    session.commit()
    assert lines(admin).count("<tr>") == 50
    assert lines(admin, "side=2").count("<tr>") == 10


def test_only_administrators_read_it(browser, member):
    for client in (browser(), browser(member()), browser(member(role="moderator"))):
        assert client.get("/administrasjon/logg").status_code in {302, 403}


def test_no_route_changes_what_is_written(app, admin, noted):
    """Every form of the site is sent, with everything that could name an entry; the entries stand as they were."""
    before = [(one.id, one.digest) for one in session.query(AuditEntry).order_by(AuditEntry.id)]
    adapter = app.url_map.bind("localhost")
    number = str(noted[0])
    admin.expects_failure = True
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint not in {
            "accounts.sign_out",
            "accounts.sign_out_everywhere",
        }:
            values = {
                name: noted[0] if isinstance(rule._converters[name], NumberConverter) else number
                for name in rule.arguments
            }
            admin.post(
                adapter.build(rule.endpoint, values, method="POST"), data={"id": number, "act": "x", "facts": "{}"}
            )
    session.expire_all()
    after = [(one.id, one.digest) for one in session.query(AuditEntry).order_by(AuditEntry.id)]
    assert after[: len(before)] == before
    assert audit.broken_at() is None


def test_no_entry_holds_names_or_addresses(admin, boss, member, noted):
    someone = member("Hemmelig Testesen", email="hemmelig@skien.kommune.no")
    admin.post(f"/administrasjon/kontoer/{someone.id}/rolle", data={"role": "moderator"})
    admin.post(f"/moderering/person/{someone.person_id}/avslutt", data={"reason": "annet", "words": "Noe privat"})
    assert session.get_one(Account, someone.id).closed_at is not None
    session.expire_all()
    held = repr([(one.act, one.target, one.facts) for one in session.query(AuditEntry)])
    assert not any(words in held for words in ("Hemmelig", "hemmelig@", "Noe privat"))


def test_the_words_cover_every_act_that_is_noted_here():
    assert all(words.strip() for words in (*rules.ACTS.values(), *rules.TARGETS.values(), *rules.FACTS.values()))
