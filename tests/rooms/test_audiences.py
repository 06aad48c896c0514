"""Who sees what: open to all, for those signed in, for a network, for one's own municipality."""

import re
from io import BytesIO

import pytest
from sqlalchemy import select

from kunnskap.cli import mergers
from kunnskap.db import session
from kunnskap.networks.models import NetworkMember
from kunnskap.places.models import PlaceSuccession
from kunnskap.posts.models import Comment, Post, Revision
from kunnskap.search import indexing
from tests import factories, papers

TITLE = "Hvordan lager dere klimabudsjett?"


@pytest.fixture
def theme():
    return factories.theme()


@pytest.fixture
def network():
    return factories.network("klimanett", "Klimanettverket")


def join(account, network, role="member"):
    session.add(NetworkMember(network_id=network.id, person_id=account.person_id, role=role))
    session.commit()


def leave(account, network):
    session.delete(session.get_one(NetworkMember, (network.id, account.person_id)))
    session.commit()


def ask(reader, theme, **changes):
    form = {"title": TITLE, "body": "Vi lurer.", "themes": theme.slug, "audience": "everyone", "language": "nb"}
    return reader.post("/sporsmal/nytt", data=form | changes)


def only_post() -> Post:
    return session.scalars(select(Post).where(Post.parent_id.is_(None))).one()


def words(reader, address: str) -> str:
    """What a page says, without what marks the words that matched."""
    return re.sub(r"</?mark>", "", reader.get(address).text)


def choices(page: str) -> list[str]:
    select_field = page[page.index('name="audience"') :]
    return re.findall(r'value="([^"]*)"', select_field[: select_field.index("</select>")])


@pytest.mark.parametrize("address", ["/sporsmal/nytt", "/erfaringer/ny", "/dokumenter/nytt"])
def test_one_may_choose_ones_own_networks_and_municipality(browser, member, skien, network, address):
    factories.network("annet", "Et annet nettverk")
    me = member(place=skien)
    assert choices(browser(member()).get(address).text) == ["everyone", "members"]
    join(me, network)
    page = browser(me).get(address).text
    assert choices(page) == ["everyone", "members", f"network:{network.id}", "place"]
    assert "Nettverk: Klimanettverket" in page
    assert "Bare kommunen min: Skien" in page
    assert "Moderatorer kan lese alt" in page


def test_what_is_for_a_network_is_for_those_in_it_and_moderators(browser, member, network, theme):
    me, colleague, stranger = member(), member(), member()
    join(me, network)
    join(colleague, network)
    made = ask(browser(me), theme, audience=f"network:{network.id}")
    assert made.status_code == 302
    page = made.location
    for reader in (me, colleague, member(role="moderator")):
        assert "Nettverk: Klimanettverket" in browser(reader).get(page).text
        assert TITLE in browser(reader).get("/sporsmal").text
    for reader in (browser(), browser(stranger)):
        assert reader.get(page).status_code == 404
        assert TITLE not in reader.get("/sporsmal").text
        assert TITLE not in words(reader, "/sok?q=klimabudsjett")
        assert "0 spørsmål" in reader.get("/sporsmal").text


def test_whoever_leaves_a_network_no_longer_sees_what_is_for_it(browser, member, network, theme):
    me, colleague = member(), member()
    join(me, network)
    join(colleague, network)
    page = ask(browser(me), theme, audience=f"network:{network.id}").location
    reader = browser(colleague)
    assert TITLE in words(reader, "/sok?q=klimabudsjett")
    leave(colleague, network)
    assert reader.get(page).status_code == 404
    assert TITLE not in words(reader, "/sok?q=klimabudsjett")
    leave(me, network)
    assert browser(me).get(page).status_code == 200


def test_who_wrote_for_a_network_and_has_left_it_sees_the_post_but_not_what_is_said_there(browser, member, network):
    me, colleague = member(), member()
    join(colleague, network)
    question = factories.question(me, title=TITLE, audience="network", for_network_id=network.id)
    browser(colleague).post(f"/innlegg/{question.id}/kommentar", data={"body": "Bare for nettverket."})
    remark = session.scalars(select(Comment)).one()
    assert "Bare for nettverket." in browser(colleague).get(f"/sporsmal/{question.slug}").text
    mine = browser(me)
    page = mine.get(f"/sporsmal/{question.slug}")
    assert page.status_code == 200
    assert "Bare for nettverket." not in page.text
    assert mine.get(f"/meld/kommentar/{remark.id}").status_code == 404


def test_what_is_for_a_municipality_is_for_those_who_are_proven_to_work_there(browser, member, skien, theme):
    bamble = factories.place("Bamble", "4012")
    me, colleague = member(place=skien), member(place=skien)
    pretender = member(place=skien)
    session.get_one(type(pretender), pretender.id).place_id = None
    session.commit()
    page = ask(browser(me), theme, audience="place").location
    assert "Bare Skien" in browser(colleague).get(page).text
    for reader in (browser(), browser(pretender), browser(member(place=bamble))):
        assert reader.get(page).status_code == 404
    session.get_one(type(colleague), colleague.id).place_id = bamble.id
    session.commit()
    assert browser(colleague).get(page).status_code == 404


@pytest.mark.parametrize("audience", ["network:1", "network:x", "network:", "place", "hemmelig", "", "network:²"])
def test_nobody_writes_for_others_than_their_own(browser, member, network, theme, audience):
    wrong = ask(browser(member()), theme, audience=audience.replace("1", str(network.id)))
    assert wrong.status_code == 422
    assert 'id="audience-feil"' in wrong.text
    assert not session.scalars(select(Post)).all()


def change(reader, question, theme, **changes):
    form = {"title": TITLE, "body": "Vi lurer.", "themes": theme.slug, "audience": "everyone", "language": "nb"}
    return reader.post(f"/sporsmal/{question.id}/rediger", data=form | changes)


def test_an_answer_is_for_those_the_question_is_for_also_when_that_changes(browser, member, network, theme):
    me, colleague = member(), member()
    join(me, network)
    ask(browser(me), theme)
    question = only_post()
    browser(colleague).post(f"/sporsmal/{question.id}/svar", data={"body": "Vi bruker et ark.", "language": "nb"})
    answer = session.scalars(select(Post).where(Post.parent_id == question.id)).one()
    assert answer.audience == "everyone"
    change(browser(me), question, theme, audience=f"network:{network.id}")
    answer = session.get_one(Post, answer.id)
    assert (answer.audience, answer.for_network_id) == ("network", network.id)
    assert browser().get(f"/innlegg/{answer.id}").status_code == 404


@pytest.mark.parametrize("thing", ["svar", "kommentar"])
def test_nobody_shows_more_readers_what_others_wrote_for_few(browser, member, network, theme, thing):
    me, colleague = member(), member()
    join(me, network)
    join(colleague, network)
    ask(browser(me), theme, audience=f"network:{network.id}")
    question = only_post()
    address = f"/sporsmal/{question.id}/svar" if thing == "svar" else f"/innlegg/{question.id}/kommentar"
    browser(colleague).post(address, data={"body": "Fortrolig ark.", "language": "nb"})
    for wider in ("everyone", "members"):
        refused = change(browser(me), question, theme, audience=wider)
        assert refused.status_code == 422
        assert "Andre har svart eller kommentert for færre lesere" in refused.text
    assert session.get_one(Post, question.id).audience == "network"
    assert "Fortrolig" not in browser().get(f"/innlegg/{question.id}", follow_redirects=True).text


def test_what_a_post_said_while_it_was_for_few_is_not_in_its_history_for_more(browser, member, network, theme):
    me, colleague, stranger, moderator = member(), member(), member(), member(role="moderator")
    join(me, network)
    join(colleague, network)
    ask(browser(me), theme, audience=f"network:{network.id}", body="Fortrolig: leverandøren er sein.")
    question = only_post()
    change(browser(me), question, theme, audience="members", body="Åpnere ord.")
    change(browser(me), question, theme, body="Åpne ord.")
    history = f"/innlegg/{question.id}/historikk"
    for reader in (me, colleague, moderator):
        assert "Fortrolig" in browser(reader).get(history).text
    seen = browser(stranger).get(history).text
    assert "Åpnere ord." in seen
    assert "Fortrolig" not in seen
    seen = browser().get(history).text
    assert "Åpne" in seen
    assert "Fortrolig" not in seen
    assert "Åpnere" not in seen
    first = session.scalars(select(Revision).order_by(Revision.id)).first()
    assert browser(moderator).post(f"{history}/{first.id}/gjenopprett").status_code == 403
    browser(me).post(f"{history}/{first.id}/gjenopprett")
    assert "Fortrolig" in browser().get(history).text


def test_a_moderator_neither_opens_a_closed_post_nor_tells_who_asked(browser, member, network, theme):
    me, moderator = member("Prøve Person"), member(role="moderator")
    ask(browser(me), theme, audience="members", hides_author="y")
    question = only_post()
    refused = change(browser(moderator), question, theme)
    assert refused.status_code == 422
    assert "Bare den som skrev innlegget" in refused.text
    assert change(browser(moderator), question, theme, audience="members", body="Rettet.").status_code == 302
    question = session.get_one(Post, question.id)
    assert (question.body, question.audience, question.hides_author) == ("Rettet.", "members", True)


def test_a_moderator_mends_a_closed_post_and_it_stays_closed(browser, member, network, theme):
    me, moderator = member(), member(role="moderator")
    join(me, network)
    ask(browser(me), theme, audience=f"network:{network.id}")
    question = only_post()
    form = browser(moderator).get(f"/sporsmal/{question.id}/rediger").text
    assert f'selected value="network:{network.id}"' in form
    change = {"title": TITLE, "body": "Rettet.", "themes": theme.slug, "language": "nb"}
    browser(moderator).post(f"/sporsmal/{question.id}/rediger", data=change | {"audience": f"network:{network.id}"})
    question = session.get_one(Post, question.id)
    assert (question.body, question.audience, question.for_network_id) == ("Rettet.", "network", network.id)


def test_a_draft_for_a_network_one_has_left_asks_who_may_read_it(browser, member, network, theme):
    me = member()
    join(me, network)
    reader = browser(me)
    fields = {"form": "sporsmal", "title": TITLE, "audience": f"network:{network.id}"}
    reader.post("/innlegg/utkast", data=fields)
    leave(me, network)
    assert choices(reader.get("/sporsmal/nytt").text) == ["", "everyone", "members"]


def test_a_document_for_a_network_keeps_its_file_and_its_words_there(browser, member, network, theme):
    me = member()
    join(me, network)
    data = {
        "file": (BytesIO(papers.pdf(["Sjelden overvannsplan"])), "plan.pdf"),
        "title": "Overvannsplan",
        "status": "plan",
        "themes": theme.slug,
        "language": "nb",
        "audience": f"network:{network.id}",
    }
    made = browser(me).post("/dokumenter/nytt", data=data, content_type="multipart/form-data")
    assert made.status_code == 302, made.text
    number = only_post().id
    for reader in (browser(), browser(member())):
        for address in (made.location, f"/dokumenter/{number}/fil", f"/dokumenter/{number}/side/1"):
            assert reader.get(address).status_code == 404
        assert "Overvannsplan" not in words(reader, "/sok?q=overvannsplan")


def test_when_municipalities_merge_their_closed_posts_and_people_follow(browser, member, skien):
    old = factories.place("Gamlevik", "0899", valid_to=skien.valid_from)
    split = factories.place("Delt", "0898", valid_to=skien.valid_from)
    other = factories.place("Bamble", "4012")
    steps = [(old, skien), (split, skien), (split, other)]
    session.add_all(
        PlaceSuccession(old_id=a.id, new_id=b.id, happened_on=skien.valid_from, change="merged") for a, b in steps
    )
    session.commit()
    author, stays = member(place=old), member(place=split)
    closed = factories.question(author, title=TITLE, audience="place", for_place_id=old.id)
    unsure = factories.question(stays, title="Et spørsmål fra Delt", audience="place", for_place_id=split.id)
    colleague = member(place=skien)
    assert browser(colleague).get(f"/sporsmal/{closed.slug}").status_code == 404
    told = mergers.follow()
    session.commit()
    assert told.counts == {"accounts moved": 1, "posts moved": 1}
    indexing.index().rebuild()
    assert TITLE in words(browser(colleague), "/sok?q=klimabudsjett")
    assert browser(author).get(f"/sporsmal/{closed.slug}").status_code == 200
    assert browser(colleague).get(f"/sporsmal/{unsure.slug}").status_code == 404
    assert mergers.follow().changed == 0
