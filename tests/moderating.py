"""What tests of moderation do again and again."""

import re

from kunnskap.accounts.models import Account
from kunnskap.db import session
from kunnskap.moderation.models import Report
from kunnskap.posts.models import Comment, Post
from tests import factories

WORDS = "Se gjerne på dette en gang til."


def the(table, number):
    session.rollback()
    return session.get(table, number, populate_existing=True)


def decide(desk, address, act, reason="reklame", **more):
    """Do what a moderator does on the second page."""
    sent = {"act": act, "reason": reason, "words": WORDS} | more
    return desk.post(f"/moderering/{address}/avgjor", data=sent)


def report(client, address, reason="reklame", words=""):
    return client.post(f"/meld/{address}", data={"reason": reason, "words": words})


def comment(post, author, body="En prøvekommentar", **facts):
    made = factories.keep(
        Comment(post_id=post.id, author_id=author.person_id, body=body, body_html=f"<p>{body}</p>", **facts)
    )
    session.get_one(Post, post.id).comment_count += 1
    session.commit()
    return made


def only(table):
    session.rollback()
    return session.query(table).one()


def appeal_link(letter):
    return re.search(r"http://localhost(/moderering/klage/\S+)", letter.text)[1]


def only_reporter_email():
    account = session.query(Account).join(Report, Report.reporter_id == Account.person_id).one()
    return account.email
