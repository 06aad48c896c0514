"""What people with power, and people who are invited, do at the very same moment."""

from contextlib import suppress
from datetime import timedelta

from kunnskap import clock
from kunnskap.accounts import administering
from kunnskap.accounts import queries as accounts
from kunnskap.accounts.actions import SignUp
from kunnskap.accounts.models import Account, KnownDomain
from kunnskap.accounts.queries import Workplace, digest
from kunnskap.actor import Actor
from kunnskap.administration import actions as administration
from kunnskap.audit import AuditEntry, broken_at
from kunnskap.db import session
from kunnskap.errors import Invalid, NotAllowed, NotFound
from kunnskap.events import Outbox
from kunnskap.invitations import actions as invitations
from kunnskap.invitations import rules
from kunnskap.invitations.models import Invitation
from kunnskap.invitations.rules import Invited
from tests import factories
from tests.ground import test_at_the_same_time as at_the_same_time

both = at_the_same_time.both
SITE = "http://localhost"


def boss(**facts):
    made = factories.account(role="administrator", **facts)
    return made.id, Actor(made.person_id, "administrator")


def role_of(number):
    session.expire_all()
    return session.get_one(Account, number).role


def mails():
    return session.query(Outbox).filter_by(name="MailWanted").count()


def trying(doing):
    def tried():
        with suppress(Invalid, NotAllowed, NotFound):
            doing()

    return tried


def test_two_last_administrators_cannot_both_step_down(both):
    (first, one), (second, other) = boss(), boss()
    both(
        trying(lambda: administering.set_role(one, first, "member")),
        trying(lambda: administering.set_role(other, second, "member")),
    )
    assert sorted([role_of(first), role_of(second)]) == ["administrator", "member"]


def test_two_last_administrators_cannot_end_each_other(both):
    (first, one), (second, other) = boss(), boss()
    both(
        trying(lambda: administering.end(one, second)),
        trying(lambda: administering.end(other, first)),
    )
    session.expire_all()
    assert len([number for number in (first, second) if session.get_one(Account, number).closed_at is None]) == 1


def test_one_steps_down_while_the_other_is_ended(both):
    (first, one), (second, other) = boss(), boss()
    both(
        trying(lambda: administering.set_role(one, first, "member")),
        trying(lambda: administering.end(one, second)),
    )
    session.expire_all()
    rows = [session.get_one(Account, number) for number in (first, second)]
    assert any(row.role == "administrator" and row.is_active for row in rows)
    assert other is not one


def waiting():
    return factories.account(email="venter@ukjent.example", approved_at=None, trusted_at=None, listed=False).id


def test_two_who_let_the_same_person_in_do_it_once(both):
    number, moderator = waiting(), Actor(factories.person().id, "moderator")
    done = []
    both(*[lambda: done.append(administering.let_in(moderator, number, Workplace("other", "Prøve AS"), site=SITE))] * 2)
    assert sorted(done) == [False, True]
    assert session.query(AuditEntry).count() == 1
    assert mails() == 1


def test_one_lets_in_while_another_refuses(both):
    number, moderator = waiting(), Actor(factories.person().id, "moderator")
    both(
        lambda: administering.let_in(moderator, number, Workplace("other", "Prøve AS"), site=SITE),
        lambda: administering.refuse(moderator, number, "Vi kjenner ikke firmaet."),
    )
    session.expire_all()
    assert session.get_one(Account, number).is_active
    assert mails() == 1


def test_one_who_is_refused_is_not_let_in_at_the_same_time(both):
    number, moderator = waiting(), Actor(factories.person().id, "moderator")
    done = []
    both(
        lambda: administering.refuse(moderator, number, "Vi kjenner ikke firmaet."),
        trying(lambda: done.append(administering.let_in(moderator, number, Workplace("other", "Prøve AS"), site=SITE))),
    )
    session.expire_all()
    assert session.get(Account, number) is None
    assert done == []
    assert mails() == 1


def invited(email="ny@ukjent.example", uses=1):
    inviter = factories.account(role="moderator")
    row = Invitation(
        digest=digest("secret"), email=email, workplace_kind="other", organisation="Prøve AS", uses_left=uses
    )
    row.invited_by_id, row.expires_at = inviter.person_id, clock.now() + timedelta(1)
    return factories.keep(row).id


def test_a_link_that_is_pressed_twice_makes_one_account(both):
    number = invited()
    made = []
    both(*[lambda: made.append(invitations.accept("secret", SignUp("Ny Testesen", "")))] * 2)
    assert len([one for one in made if one is not None]) == 1
    assert session.query(Account).filter_by(email="ny@ukjent.example").count() == 1
    session.expire_all()
    assert session.get_one(Invitation, number).uses_left == 0


def test_the_last_use_of_a_link_is_used_by_one(both):
    number = invited(email=None)
    letter = invitations.Letter("Emne", "Tekst")
    used = []

    def sign_up(name):
        wanted = SignUp(name, f"{name}@ukjent.example", workplace_kind="other", organisation="Prøve AS")
        used.append(invitations.sign_up("secret", wanted, name, letter, letter))

    both(lambda: sign_up("en"), lambda: sign_up("to"))
    assert sorted(used) == [False, True]
    session.expire_all()
    assert session.get_one(Invitation, number).uses_left == 0
    assert len([one for one in ("en", "to") if accounts.by_email(f"{one}@ukjent.example")]) == 1


def test_nobody_invites_more_than_the_limit_in_two_windows(both, monkeypatch):
    monkeypatch.setattr(rules, "A_DAY", 1)
    moderator = Actor(factories.account(role="moderator").person_id, "moderator")

    def invite(name):
        someone = Invited(f"{name}@ukjent.example", workplace_kind="other", organisation="Prøve AS")
        return trying(lambda: invitations.invite(moderator, someone, None, SITE))

    both(invite("en"), invite("to"))
    assert session.query(Invitation).count() == 1


def test_two_who_know_the_same_domain_know_it_once(both):
    moderator = Actor(factories.person().id, "moderator")
    add = trying(lambda: administration.add_domain(moderator, "direktorat.example", Workplace("state", "Prøve")))
    both(add, add)
    assert session.query(KnownDomain).count() == 1


def test_acts_at_the_same_time_stand_in_one_chain(both):
    (first, one), (second, other) = boss(), boss()
    both(lambda: administering.sign_out(one, second), lambda: administering.sign_out(other, first))
    assert session.query(AuditEntry).count() == 2
    assert broken_at() is None
