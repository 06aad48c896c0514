"""Somebody leaves: what they looked after goes to a successor, or to all who work at the place."""

from datetime import timedelta

import pytest

from kunnskap import clock
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.following.models import Follow
from kunnskap.handover import actions
from kunnskap.handover.models import Handover
from kunnskap.networks.models import NetworkMember
from kunnskap.people.models import Person
from kunnskap.posts.models import Post
from kunnskap.routing.models import Offer
from tests import factories
from tests.browsing import tell

PAGE = "/overtakelse"
EVERYTHING = ["questions", "experiences", "documents", "contacts", "follows", "stand_in", "networks"]
TODAY = clock.today()


@pytest.fixture
def leaver(member, skien):
    return member("Test Slutter", place=skien, organisation="Skien kommune")


@pytest.fixture
def heir(member, skien):
    return member("Test Tarover", place=skien, organisation="Skien kommune")


def wish(**fields):
    sent = {"leaves_on": TODAY.isoformat(), "to": "person", "successor": "Test Tarover, Skien", "kinds": EVERYTHING}
    return sent | {"words": "Snakk med Bamble først.", "bekreft": "1"} | fields


def leave(client, page=PAGE, **fields):
    answer = client.post(page, data={key: value for key, value in wish(**fields).items() if value is not None})
    assert answer.status_code == 302, answer.text
    return answer


def anew(model, number):
    return session.get(model, number, populate_existing=True)


def gone(account):
    session.query(Person).filter_by(id=account.person_id).update({"left_at": clock.now()})
    session.commit()
    session.remove()


def written(author, place, **facts):
    return {"place_id": place.id, "workplace": "Skien kommune"} | facts


def test_a_member_leaves_and_the_successor_finds_everything(browser, leaver, heir, skien, member, sent):
    asked = factories.question(leaver, title="Hvordan måler vi utslipp?", **written(leaver, skien))
    shared = factories.experience(
        leaver, {"contact_id": leaver.person_id}, title="Vi delte en elbil", **written(leaver, skien)
    )
    other = member("Test Kjenner", place=factories.place("Bamble", "4012"))
    factories.answer(asked, other, place_id=other.person.place_id)
    client = browser(leaver)
    page = client.get(PAGE).text
    assert "Spørsmål som ikke er løst (1)" in page
    assert "Test Tarover, Skien" in page
    preview = client.post(PAGE, data={key: value for key, value in wish().items() if key != "bekreft"})
    assert "Ingenting er gjort ennå" in preview.text
    assert session.query(Handover).count() == 0
    answer = leave(client)
    assert [(anew(Post, one.id).keeper_id, anew(Post, one.id).author_id) for one in (asked, shared)] == [
        (heir.person_id, leaver.person_id)
    ] * 2
    assert anew(ExperienceDetails, shared.id).contact_id == heir.person_id
    assert anew(Person, leaver.person_id).left_at is not None
    assert [letter.to for letter in sent] == [heir.email]
    assert answer.location in sent[0].text
    starter = browser(heir).get(answer.location).text
    for words in (
        "Snakk med Bamble først.",
        "Hvordan måler vi utslipp?",
        "Vi delte en elbil",
        "Test Kjenner",
        "svarte 1 gang",
    ):
        assert words in starter


def test_the_successors_own_page_leads_to_what_was_taken_over_until_they_have_begun(browser, leaver, heir):
    address = leave(browser(leaver)).location
    client = browser(heir)
    assert f'href="{address}"' in client.get("/min-side").text
    assert f'href="{address}"' not in browser(leaver).get("/min-side").text
    client.post(f"{address}/sett")
    assert f'href="{address}"' not in client.get("/min-side").text


def test_who_keeps_a_post_edits_and_accepts_but_does_not_withdraw_or_close_it(browser, leaver, heir, skien, member):
    asked = factories.question(leaver, title="Hvordan måler vi utslipp?", **written(leaver, skien))
    answer = factories.answer(asked, member("Annen Person"))
    leave(browser(leaver))
    client = browser(heir)
    page = client.get(f"/sporsmal/{asked.slug}").text
    assert f"/sporsmal/{asked.id}/rediger" in page
    assert f"/innlegg/{asked.id}/trekk" not in page
    assert client.get(f"/sporsmal/{asked.id}/rediger").status_code == 200
    assert client.post(f"/innlegg/{asked.id}/trekk").status_code == 403
    assert client.post(f"/sporsmal/svar/{answer.id}/godta", data={"godta": "1"}).status_code == 302
    assert anew(Post, asked.id).status == "lost"


def test_a_keeper_does_not_change_who_reads_a_post(browser, leaver, heir, skien):
    theme = factories.theme()
    asked = factories.question(leaver, title="Hvordan måler vi utslipp?", **written(leaver, skien))
    leave(browser(leaver))
    told = {"title": "Hvordan måler vi utslippene?", "body": "Ny tekst", "themes": [theme.slug], "language": "nb"}
    address = f"/sporsmal/{asked.id}/rediger"
    refused = browser(heir).post(address, data=told | {"audience": "members"})
    assert refused.status_code == 422
    assert "Bare den som skrev innlegget" in refused.text
    assert browser(heir).post(address, data=told | {"audience": "everyone"}).status_code == 302


def test_others_do_not_get_the_keepers_page(browser, leaver, heir, skien, member):
    asked = factories.question(leaver, title="Hvordan måler vi utslipp?", **written(leaver, skien))
    leave(browser(leaver))
    other = browser(member("Annen Person"))
    assert f"/sporsmal/{asked.id}/rediger" not in other.get(f"/sporsmal/{asked.slug}").text
    assert other.get(f"/sporsmal/{asked.id}/rediger").status_code == 403
    assert other.get(f"{PAGE}/{session.query(Handover).one().id}").status_code == 404


def test_all_at_the_place_keep_what_goes_to_the_municipality(browser, leaver, skien, member):
    asked = factories.question(leaver, title="Hvordan måler vi utslipp?", **written(leaver, skien))
    colleague, stranger = member("Test Kollega", place=skien), member("Test Fremmed")
    leave(browser(leaver), to="place", successor="")
    assert anew(Post, asked.id).keeper_place_id == skien.id
    assert browser(colleague).get(f"/sporsmal/{asked.id}/rediger").status_code == 200
    assert browser(stranger).get(f"/sporsmal/{asked.id}/rediger").status_code == 403
    number = session.query(Handover).one().id
    assert browser(colleague).get(f"{PAGE}/{number}").status_code == 200
    assert browser(stranger).get(f"{PAGE}/{number}").status_code == 404


def test_a_successor_does_not_learn_who_asked_without_a_name(browser, leaver, heir, skien):
    secret = factories.question(leaver, title="Et pinlig spørsmål", hides_author=True, **written(leaver, skien))
    factories.keep(Follow(person_id=leaver.person_id, target_kind="post", target_id=secret.id))
    leave(browser(leaver))
    assert (anew(Post, secret.id).keeper_id, anew(Post, secret.id).keeper_place_id) == (None, None)
    assert session.query(Follow).filter_by(person_id=heir.person_id, target_id=secret.id).count() == 0
    page = browser(heir).get(f"{PAGE}/{session.query(Handover).one().id}").text
    assert "Et pinlig spørsmål" not in page


def test_nameless_questions_go_to_the_municipality_only_when_ticked(browser, leaver, heir, skien):
    secret = factories.question(leaver, title="Et pinlig spørsmål", hides_author=True, **written(leaver, skien))
    leave(browser(leaver), kinds=[*EVERYTHING, "nameless"])
    assert (anew(Post, secret.id).keeper_id, anew(Post, secret.id).keeper_place_id) == (None, skien.id)
    client = browser(heir)
    assert "Et pinlig spørsmål" not in client.get(f"{PAGE}/{session.query(Handover).one().id}").text
    page = client.get(f"/sporsmal/{secret.slug}").text
    assert "Test Slutter" not in page
    assert f"/sporsmal/{secret.id}/rediger" in page


def test_a_handover_later_waits_for_the_day_and_can_be_taken_back(browser, leaver, heir, skien, monkeypatch):
    asked = factories.question(leaver, title="Hvordan måler vi utslipp?", **written(leaver, skien))
    client, day = browser(leaver), TODAY + timedelta(days=3)
    leave(client, leaves_on=day.isoformat())
    actions.carry_out_due()
    session.commit()
    assert anew(Post, asked.id).keeper_id is None
    assert "En overtakelse venter" in client.get(PAGE).text
    assert client.post(PAGE, data=wish()).status_code == 422
    monkeypatch.setattr(clock, "today", lambda: day)
    for _again in range(2):
        actions.carry_out_due()
        session.commit()
    assert anew(Post, asked.id).keeper_id == heir.person_id
    assert client.post(f"{PAGE}/{session.query(Handover).one().id}/avbryt").status_code == 422


def test_a_handover_that_waits_is_cancelled(browser, leaver, heir):
    client = browser(leaver)
    leave(client, leaves_on=(TODAY + timedelta(days=3)).isoformat())
    client.post(f"{PAGE}/{session.query(Handover).one().id}/avbryt")
    assert session.query(Handover).count() == 0


def test_follows_are_added_and_never_removed(browser, leaver, heir, skien, member):
    theme, both, mine = factories.theme(), factories.theme("flom", "Flom"), factories.theme("mobilitet", "Mobilitet")
    closed = factories.question(
        member(), title="For et nettverk", audience="network", for_network_id=factories.network().id
    )
    for who, what in ((leaver, theme), (leaver, both), (heir, both), (heir, mine)):
        factories.keep(Follow(person_id=who.person_id, target_kind="theme", target_id=what.id))
    factories.keep(Follow(person_id=leaver.person_id, target_kind="post", target_id=closed.id))
    leave(browser(leaver))
    rows = session.query(Follow).filter_by(person_id=heir.person_id)
    assert {(row.target_kind, row.target_id) for row in rows} == {("theme", one.id) for one in (theme, both, mine)}
    assert session.query(Follow).filter_by(person_id=leaver.person_id).count() == 3


def test_stand_ins_are_taken_over_but_nobody_stands_in_for_themselves(browser, leaver, heir, skien):
    third = factories.person("Test Tredje", skien, stand_in_id=leaver.person_id)
    session.get_one(Person, heir.person_id).stand_in_id = leaver.person_id
    session.commit()
    leave(browser(leaver))
    assert anew(Person, third.id).stand_in_id == heir.person_id
    assert anew(Person, heir.person_id).stand_in_id is None


def test_offers_that_wait_are_dropped(browser, leaver, heir, member):
    asked = factories.question(member(), title="Et annet spørsmål")
    factories.keep(Offer(question_id=asked.id, person_id=leaver.person_id, step="first"))
    leave(browser(leaver))
    assert session.query(Offer).one().reply == "not-now"


def test_moderators_and_coordinators_hand_over_after_somebody_who_has_left(browser, leaver, heir, skien, member):
    network = factories.network()
    coordinator, other = member("Test Koordinator"), member("Annen Koordinator")
    far = factories.network("langt-unna", "Langt unna")
    factories.keep(NetworkMember(network_id=network.id, person_id=leaver.person_id))
    factories.keep(NetworkMember(network_id=network.id, person_id=coordinator.person_id, role="coordinator"))
    factories.keep(NetworkMember(network_id=far.id, person_id=other.person_id, role="coordinator"))
    page = f"{PAGE}/for/{leaver.person_id}"
    assert browser(coordinator).get(page).status_code == 403, "has not left"
    gone(leaver)
    asked = factories.question(leaver, title="Hvordan måler vi utslipp?", **written(leaver, skien))
    assert browser(other).get(page).status_code == 403
    assert browser(heir).get(page).status_code == 403
    assert browser(member(role="moderator")).get(page).status_code == 200
    leave(browser(coordinator), page)
    assert anew(Post, asked.id).keeper_id == heir.person_id
    entry = session.query(AuditEntry).filter_by(act="handover").one()
    assert entry.target == f"person:{leaver.person_id}"


def test_who_works_elsewhere_now_stays_and_old_posts_stay_with_the_old_workplace(browser, leaver, heir, skien):
    bamble = factories.place("Bamble", "4012")
    asked = factories.question(leaver, title="Hvordan måler vi utslipp?", **written(leaver, skien))
    elsewhere = factories.question(leaver, title="Hva gjør vi i Bamble?", place_id=bamble.id)
    leave(browser(leaver), moves="y")
    assert anew(Person, leaver.person_id).left_at is None
    session.get_one(Person, leaver.person_id).place_id = bamble.id
    session.commit()
    assert (anew(Post, asked.id).place_id, anew(Post, asked.id).keeper_id) == (skien.id, heir.person_id)
    assert anew(Post, elsewhere.id).keeper_id is None


def test_a_successor_who_is_gone_on_the_day_leaves_it_to_the_municipality(browser, leaver, heir, skien, monkeypatch):
    asked = factories.question(leaver, title="Hvordan måler vi utslipp?", **written(leaver, skien))
    day = TODAY + timedelta(days=3)
    leave(browser(leaver), leaves_on=day.isoformat())
    gone(heir)
    monkeypatch.setattr(clock, "today", lambda: day)
    actions.carry_out_due()
    session.commit()
    assert (anew(Post, asked.id).keeper_id, anew(Post, asked.id).keeper_place_id) == (None, skien.id)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"successor": ""}, "Skriv navnet på den som tar over"),
        ({"successor": "Finnes Ikke"}, "Vi finner ingen med konto"),
        ({"successor": "Test Slutter"}, "kan ikke ta over etter seg selv"),
        ({"successor": "Test\x00Tarover"}, "kunne ikke leses"),
        ({"leaves_on": "i morgen"}, "Skriv datoen som"),
        ({"leaves_on": "1999-01-01"}, "Velg en dag innenfor"),
        ({"kinds": ["alt"]}, "Velg en av verdiene"),
        ({"words": "Ring 05109703232"}, "fødselsnummer"),
        ({"to": "verden"}, "Velg en av verdiene"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(browser, leaver, heir, fields, words):
    answer = browser(leaver).post(PAGE, data=wish(**fields))
    assert answer.status_code == 422
    if "words" in fields:
        assert fields["words"] in answer.text
    else:
        assert words in answer.text
        assert "Snakk med Bamble først." in answer.text
    assert session.query(Handover).count() == 0


def test_two_with_the_same_name_are_told_apart_by_municipality(browser, leaver, heir, member):
    member("Test Tarover", place=factories.place("Bamble", "4012"))
    assert "Flere heter dette" in browser(leaver).post(PAGE, data=wish(successor="Test Tarover")).text
    leave(browser(leaver), successor="test tarover, skien")


def test_somebody_without_an_account_cannot_take_over(browser, leaver, skien):
    factories.person("Test Tarover", skien)
    assert "Vi finner ingen med konto" in browser(leaver).post(PAGE, data=wish()).text


def test_the_page_of_deleting_an_account_offers_the_handover_first(browser, leaver):
    assert f'href="{PAGE}"' in browser(leaver).get("/konto/slett").text


def test_the_successor_says_that_they_have_begun(browser, leaver, heir):
    address = leave(browser(leaver)).location
    client = browser(heir)
    assert "Jeg er i gang" in client.get(address).text
    assert client.post(f"{address}/sett").status_code == 302
    assert "Jeg er i gang" not in client.get(address).text


def test_the_leaver_is_out_of_the_directory_and_may_still_sign_in(browser, leaver, heir):
    client = browser(leaver)
    leave(client)
    assert "Test Slutter" not in browser(heir).get("/folk").text
    assert client.get("/konto").status_code == 200


def test_a_thousand_posts_are_handed_over_in_as_many_statements_as_one(browser, leaver, heir, skien, count_sql):
    taken = []
    for number in (1, 1000):
        rows = [
            Post(kind_key="experience", author_id=leaver.person_id, place_id=skien.id, title="t", status="pagar")
            for _ in range(number)
        ]
        session.add_all(rows)
        session.commit()
        made = factories.keep(
            Handover(person_id=leaver.person_id, successor_id=heir.person_id, place_id=skien.id, leaves_on=TODAY)
        )
        made.what = {"kinds": EVERYTHING, "moves": True, "coordinators": {}}
        session.commit()
        with count_sql() as statements:
            actions.carry_out(None, made.id)
            session.commit()
        taken.append(len(statements))
    assert session.query(Post).filter_by(keeper_id=heir.person_id).count() == 1001
    assert taken[1] <= taken[0] <= 40, taken


def test_pages_take_few_statements(browser, leaver, heir, skien, member, count_sql):
    other = member("Test Kjenner")
    for number in range(4):
        asked = factories.question(leaver, title=f"Hvordan måler vi {number}?", **written(leaver, skien))
        factories.answer(asked, other)
    client = browser(leaver)
    with count_sql() as statements:
        client.get(PAGE)
    assert len(statements) <= 16, statements
    address = leave(client).location
    successor = browser(heir)
    with count_sql() as statements:
        successor.get(address)
    assert len(statements) <= 34, statements
    tell()
