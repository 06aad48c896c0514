"""Fetching one's own data: everything in one file, for its owner only, and gone after a week."""

import io
import json
import os
import zipfile
from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.accounts.models import AccountSession, AccountToken, KnownDomain
from kunnskap.audit import note
from kunnskap.db import Base, session
from kunnskap.documents.models import DocumentDetails
from kunnskap.files import StoredFile
from kunnskap.following.models import Follow
from kunnskap.invitations.models import Invitation
from kunnskap.moderation.models import Decision, Report
from kunnskap.networks.models import NetworkMember
from kunnskap.organisations.models import Identity
from kunnskap.passkeys.models import Passkey
from kunnskap.people.models import Consent, PersonTheme
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Attachment, Comment, Draft, Revision, Vote
from kunnskap.privacy import exporting, rules
from kunnskap.privacy.events import ExportAsked
from kunnskap.privacy.exporting import Owner
from kunnskap.privacy.models import Export
from kunnskap.questions.models import Wonder
from kunnskap.saved.models import SavedSearch
from kunnskap.search.models import SynonymGroup
from kunnskap.second_factor.models import RecoveryCode
from kunnskap.web.limits import limiter
from tests import factories
from tests.traces import STAYS, leave_everywhere

PAGE = "/konto/mine-data"
OTHERS = "Ingen Annen"


@pytest.fixture
def me(member):
    return member("Test Testesen", place=factories.place(), password_hash="HEMMELIG-hash", totp_secret="HEMMELIG-totp")


@pytest.fixture
def other(member):
    return member(OTHERS)


@pytest.fixture
def my_browser(browser, me):
    return browser(me)


def fetched(my_browser):
    """Ask for everything, and give the file's JSON by name, with the names of its files."""
    assert my_browser.post(PAGE).status_code == 303
    export = session.query(Export).order_by(Export.id.desc()).first()
    packed = zipfile.ZipFile(io.BytesIO(my_browser.get(f"{PAGE}/{export.id}", buffered=True).data))
    assert packed.testzip() is None
    return {name: json.loads(packed.read(name)) for name in packed.namelist() if name.endswith(".json")} | {
        name: packed.read(name) for name in packed.namelist() if not name.endswith(".json")
    }


def test_a_member_asks_gets_a_mail_and_fetches_the_file(my_browser, me, sent):
    assert "Lag en kopi" in my_browser.get(PAGE).text
    assert my_browser.post(PAGE).location == PAGE
    page = my_browser.get(PAGE).text
    assert "Kopien er klar" in page
    assert [letter.to for letter in sent] == [me.email]
    assert PAGE in sent[0].text
    export = session.query(Export).one()
    answer = my_browser.get(f"{PAGE}/{export.id}", buffered=True)
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "LESMEG.txt" in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()


def test_only_the_owner_fetches_the_file_and_only_signed_in(my_browser, browser, other):
    my_browser.post(PAGE)
    address = f"{PAGE}/{session.query(Export).one().id}"
    assert browser(other).get(address).status_code == 404
    assert browser().get(address).status_code == 302


def test_asking_and_fetching_need_to_have_shown_who_one_is_lately(my_browser):
    my_browser.post(PAGE)
    export = session.query(Export).one()
    session.query(AccountSession).update({"fresh_at": clock.now() - timedelta(hours=1)})
    session.commit()
    for answer in (my_browser.post(PAGE), my_browser.get(f"{PAGE}/{export.id}")):
        assert answer.location.startswith("/bekreft-deg")
    assert my_browser.get(PAGE).status_code == 200


def test_one_that_is_being_made_is_not_begun_again(me, my_browser):
    factories.keep(Export(person_id=me.person_id, expires_at=clock.now() + timedelta(days=7)))
    assert "Vi samler dataene dine" in my_browser.get(PAGE).text
    my_browser.post(PAGE)
    assert session.query(Export).count() == 1


def test_a_file_is_gone_after_a_week(app, my_browser, monkeypatch):
    my_browser.post(PAGE)
    exporter, export = app.extensions["kunnskap.exporter"], session.query(Export).one()
    file = exporter.path(export.filename)
    exporter.tidy()
    assert file.exists()
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    exporter.tidy()
    session.commit()
    assert not file.exists()
    assert session.query(Export).count() == 0


def test_nobody_waits_for_an_export_whose_owner_has_left(app, me, my_browser, monkeypatch):
    exporter = app.extensions["kunnskap.exporter"]
    made = factories.keep(Export(person_id=me.person_id, expires_at=clock.now() + timedelta(days=7)))
    number = made.id
    session.delete(made)
    session.commit()
    before = set(exporter.folder.glob("*"))
    exporter._make(number, Owner(me.person_id, me.id), me.email)
    assert set(exporter.folder.glob("*")) == before


def references():
    """Every column that points to a person or an account, as table.column."""
    return {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in {"people", "accounts"}
    }


def test_everything_that_points_to_a_person_is_given_out_or_left_out_for_a_reason():
    listed = set(rules.EXPORTED) | set(rules.NOT_EXPORTED)
    assert references() - listed == set(), "say in privacy/rules.py how this is given out, or why it is not"
    assert listed - references() == set()
    assert not set(rules.EXPORTED) & set(rules.NOT_EXPORTED)
    assert all(len(reason.split()) > 3 for reason in rules.NOT_EXPORTED.values())


@pytest.fixture
def everything(app, me, other):
    """One row of every kind that is mine, each telling something that must be given out, and secrets that must not."""
    shelf = app.extensions["kunnskap.shelf"]
    kept = shelf.store(io.BytesIO(b"ord fra filen"), "file")
    session.commit()
    mine, now = me.person_id, clock.now()
    theme, network = factories.theme(), factories.network()
    question = factories.question(me, title="Mitt spørsmål", themes=[theme])
    theirs = factories.question(other, title="Andres spørsmål", body="Andres tekst")
    document = factories.post(DOCUMENT, me, title="Mitt dokument")
    experience = factories.experience(other, {"contact_id": mine, "contact_role": "Prosjektleder"})
    rows = [
        DocumentDetails(post_id=document.id, sha256=kept.sha256, filename="plan.txt"),
        Attachment(post_id=question.id, sha256=kept.sha256, filename="../../ondt.txt"),
        PersonTheme(person_id=mine, theme_id=theme.id, level="guide"),
        Consent(person_id=mine, purpose="phone"),
        AccountToken(digest="HEMMELIG-lenke", account_id=me.id, purpose="reset", expires_at=now),
        Identity(issuer="https://inn.test", subject="emne-1", account_id=me.id),
        Passkey(account_id=me.id, credential_id="HEMMELIG-nøkkel", public_key=b"x", name="Nøkkelen min"),
        RecoveryCode(digest="HEMMELIG-kode", account_id=me.id),
        Revision(post_id=theirs.id, editor_id=mine, title="Andres spørsmål", body="Andres tekst"),
        Comment(post_id=theirs.id, author_id=mine, body="Min kommentar", body_html="", submission_key="k"),
        Comment(post_id=question.id, author_id=other.person_id, body="Andres kommentar", body_html=""),
        Vote(post_id=theirs.id, voter_id=mine),
        Wonder(post_id=theirs.id, person_id=mine),
        Follow(person_id=mine, target_kind="post", target_id=theirs.id),
        Draft(person_id=mine, form="sporsmal", fields={"title": ["Mitt utkast"]}),
        SavedSearch(person_id=mine, name="Mitt søk", query="q=flom"),
        NetworkMember(network_id=network.id, person_id=mine),
        Invitation(digest="HEMMELIG-invitasjon", email="ny@skien.kommune.no", invited_by_id=mine, expires_at=now),
        Report(post_id=theirs.id, reporter_id=mine, reason="spam", words="Min melding"),
        Report(post_id=question.id, reporter_id=other.person_id, reason="spam", words="Andres melding"),
        Report(person_id=mine, reporter_id=other.person_id, reason="spam", words="Andres melding om meg"),
        Decision(post_id=question.id, act="hide", reason="spam", words="Til meg", made_by_id=other.person_id),
        Decision(person_id=other.person_id, act="warn", reason="spam", words="Til en annen", made_by_id=mine),
        SynonymGroup(words="flom = oversvømmelse", changed_by_id=mine),
        KnownDomain(domain="prove.no", workplace_kind="state", organisation="Prøve", added_by_id=mine),
    ]
    session.add_all(rows)
    note(other.actor, "role", f"account:{me.id}", {"role": "member"})
    session.commit()
    leave_everywhere(mine, other.person_id, "Mine ord", "Andres ord")
    return experience


def test_all_that_points_to_me_is_in_the_file_and_nothing_of_others(my_browser, everything):
    given = fetched(my_browser)
    empty = [name for name in rules.EXPORTED.values() if not given[f"{name}.json"]]
    assert empty == []
    said = json.dumps({name: rows for name, rows in given.items() if name.endswith(".json")}, ensure_ascii=False)
    for words in (
        "Mitt spørsmål",
        "Min kommentar",
        "Mitt utkast",
        "Mitt søk",
        "Min melding",
        "Til meg",
        "emne-1",
        "Mine ord",
        STAYS,
    ):
        assert words in said
    for words in ("HEMMELIG", OTHERS, "Andres", "Til en annen"):
        assert words not in said


def test_files_are_in_it_under_names_that_lead_nowhere_else(my_browser, everything):
    given = fetched(my_browser)
    files = [name for name in given if name.startswith("filer/")]
    assert len(files) == 2
    assert all(given[name] == b"ord fra filen" for name in files)
    assert all(".." not in name and "\\" not in name and not name.startswith("/") for name in given)
    assert {row["file"] for row in given["filer.json"]} == set(files)


def test_a_file_that_was_lost_is_told_and_the_rest_is_given(app, me, my_browser):
    factories.keep(StoredFile(sha256="a" * 64, media_type="text/plain", size=1))
    post = factories.question(me)
    factories.keep(Attachment(post_id=post.id, sha256="a" * 64, filename="borte.txt"))
    assert fetched(my_browser)["filer.json"] == [
        {"post_id": post.id, "filename": "borte.txt", "media_type": "text/plain", "file": None}
    ]


def test_what_was_done_to_my_account_is_given_without_who_did_it(my_browser, everything, other):
    (entry,) = fetched(my_browser)["logg.json"]
    assert entry["act"] == "role"
    assert entry["by_me"] is False
    assert "person_id" not in entry


def test_a_person_who_has_done_nothing_gets_a_whole_file(my_browser):
    given = fetched(my_browser)
    assert given["innlegg.json"] == []
    assert given["profil.json"][0]["name"] == "Test Testesen"
    assert given["konto.json"][0]["has_password"] is True


def test_much_written_is_given_whole_and_in_order(me, my_browser, monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 3)
    for number in range(8):
        factories.question(me, title=f"Spørsmål {number}")
    given = fetched(my_browser)
    assert [row["title"] for row in given["innlegg.json"]] == [f"Spørsmål {number}" for number in range(8)]
    assert len(given["versjoner.json"]) == 8


def test_there_is_a_limit_to_how_often_one_may_ask_a_day(my_browser):
    limiter.enabled = True
    try:
        statuses = [my_browser.post(PAGE).status_code for _ in range(6)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert statuses == [303] * 5 + [429]


@pytest.mark.parametrize("number", ["0", "999999", "2147483648", "-1", "x"])
def test_a_number_that_is_nobodys_leads_nowhere(my_browser, number):
    assert my_browser.get(f"{PAGE}/{number}").status_code == 404


def test_a_file_that_is_gone_from_the_folder_is_not_found(app, my_browser):
    my_browser.post(PAGE)
    export = session.query(Export).one()
    app.extensions["kunnskap.exporter"].path(export.filename).unlink()
    assert my_browser.get(f"{PAGE}/{export.id}").status_code == 404


def test_an_export_that_was_broken_off_is_made_again_and_leaves_nothing_behind(app, me, my_browser, monkeypatch):
    exporter, write = app.extensions["kunnskap.exporter"], exporting.write

    def fail(*_args):
        raise OSError("the disk is full")

    asked = factories.keep(Export(person_id=me.person_id, expires_at=clock.now() + timedelta(days=7)))
    before = set(exporter.folder.glob("*"))
    monkeypatch.setattr(exporting, "write", fail)
    with pytest.raises(OSError, match="full"):
        exporter.make([ExportAsked(asked.id)])
    assert set(exporter.folder.glob("*")) == before
    monkeypatch.setattr(exporting, "write", write)
    exporter.make([ExportAsked(asked.id)])
    exporter.make([ExportAsked(asked.id)])
    assert len(set(exporter.folder.glob("*")) - before) == 1


def test_a_file_that_was_never_finished_goes_after_a_day(app):
    folder = app.extensions["kunnskap.exporter"].folder
    folder.mkdir(exist_ok=True)
    for name, hours in (("a" * 32, 25), ("b" * 32, 1)):
        file = folder / f"{name}.zip"
        file.touch()
        moment = (clock.now() - timedelta(hours=hours)).timestamp()
        os.utime(file, (moment, moment))
    app.extensions["kunnskap.exporter"].tidy()
    assert not (folder / f"{'a' * 32}.zip").exists()
    assert (folder / f"{'b' * 32}.zip").exists()
