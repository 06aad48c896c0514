"""Mail goes out after commit: as files in development, by SMTP where it is set."""

import email
import email.policy
import smtplib

import pytest
from sqlalchemy import select

from kunnskap import events, mail
from kunnskap.db import session
from kunnskap.events import Outbox


@pytest.fixture
def postman(monkeypatch, tmp_path):
    monkeypatch.setattr(events, "_listeners", {})

    def hire(**how):
        made = mail.Postman(tmp_path / "outbox", "Kunnskap <post@example.org>", **how)
        made.listen()
        return made

    return hire


def sent(tmp_path):
    files = sorted((tmp_path / "outbox").glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]


def test_a_mail_is_a_file_once_the_change_is_committed(postman, tmp_path):
    postman()
    mail.send("test.person@skien.kommune.no", "Hei\r\nBcc: alle@example.org", "Blåbær\n")
    assert sent(tmp_path) == []
    session.commit()
    events.tell_pending()
    (message,) = sent(tmp_path)
    assert message["To"] == "test.person@skien.kommune.no"
    assert message["Subject"] == "Hei Bcc: alle@example.org"
    assert message["Bcc"] is None
    assert message.get_content() == "Blåbær\n"


def test_a_long_address_to_stop_mail_is_written_so_that_mail_programs_can_read_it(postman, tmp_path):
    postman()
    stop = f"https://kunnskap.example/spurt/stopp/{'langt-merke' * 20}"
    mail.send("test.person@skien.kommune.no", "Blåbær " * 30, "Hei", stop=stop)
    session.commit()
    events.tell_pending()
    (file,) = (tmp_path / "outbox").glob("*.eml")
    assert f"List-Unsubscribe: <{stop}>" in file.read_text().splitlines()


def test_the_address_and_the_text_are_forgotten_when_the_mail_is_sent(postman):
    postman()
    mail.send("test.person@skien.kommune.no", "Hei", "hemmelig lenke")
    session.commit()
    events.tell_pending()
    assert session.scalar(select(Outbox.facts)) == "{}"


def test_a_mail_that_cannot_be_delivered_is_tried_again(postman, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise smtplib.SMTPConnectError(421, "closed")

    monkeypatch.setattr(smtplib, "SMTP", refuse)
    postman(smtp_url="smtp://mail.example.org")
    mail.send("test.person@skien.kommune.no", "Hei", "tekst")
    session.commit()
    events.tell_pending()
    assert events.backlog().waiting == 1


def test_smtp_signs_in_and_asks_for_encryption(postman, monkeypatch):
    done = []

    class Server:
        def __init__(self, host, port, timeout):
            done.append(("connect", host, port))

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def has_extn(self, _name):
            return True

        def starttls(self, context):
            done.append(("starttls", context.check_hostname))

        def login(self, user, password):
            done.append(("login", user, password))

        def send_message(self, message):
            done.append(("send", message["To"]))

    monkeypatch.setattr(smtplib, "SMTP", Server)
    postman(smtp_url="smtp://bruker:p%40ss@mail.example.org:587")
    mail.send("test.person@skien.kommune.no", "Hei", "tekst")
    session.commit()
    events.tell_pending()
    assert done == [
        ("connect", "mail.example.org", 587),
        ("starttls", True),
        ("login", "bruker", "p@ss"),
        ("send", "test.person@skien.kommune.no"),
    ]


def test_a_mail_that_can_be_stopped_says_where(postman, tmp_path):
    postman()
    mail.send("test.person@skien.kommune.no", "Hei", "Nytt\n", stop="https://example.org/stopp/x")
    mail.send("prove.person@skien.kommune.no", "Hei", "Ikke nytt\n")
    session.commit()
    events.tell_pending()
    assert {one["List-Unsubscribe"] for one in sent(tmp_path)} == {"<https://example.org/stopp/x>", None}
