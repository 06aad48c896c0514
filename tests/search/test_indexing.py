"""From the database to the index: what is put in, what follows changes, and building anew."""

from datetime import date

import pytest

from kunnskap import clock
from kunnskap.actor import ANYONE
from kunnskap.db import session
from kunnskap.documents.models import DocumentDetails, DocumentPage
from kunnskap.files import StoredFile
from kunnskap.networks import actions as networks
from kunnskap.networks.models import NetworkPlace
from kunnskap.people.events import PersonChanged
from kunnskap.people.models import PersonTheme
from kunnskap.places.models import PlaceSuccession
from kunnskap.posts import actions, voting
from kunnskap.posts.kinds import DOCUMENT
from kunnskap.posts.models import Post, PostPlace, PostTheme
from kunnskap.search import documents, indexing
from kunnskap.search.engines.protocol import Query
from kunnskap.targets import Target
from tests import factories
from tests.browsing import tell


def found(words, reader=ANYONE.tokens, **what) -> list[str]:
    return [str(hit.group) for hit in indexing.index().find(Query(words, reader=reader, **what)).hits]


@pytest.fixture
def skien(database):
    telemark = factories.county("Telemark", "40", parallel_names=[{"lang": "se", "name": "Telemárku"}])
    return factories.place("Skien", "4003", county_id=telemark.id)


def test_a_question_is_found_by_its_words_its_answers_its_author_and_its_place(skien):
    question = factories.question(factories.person("Prøve Person"), title="Hvem har solceller?", place_id=skien.id)
    factories.answer(question, body="Vi brukte takleie.")
    tell()
    for words in ("solcelle", "takleien", "prøve", "Skien", "telemark", "telemarku"):
        assert found(words) == [f"post:{question.id}"], words
    assert found("", counties=frozenset({"40"})) == [f"post:{question.id}"]


def test_an_answer_taken_back_is_no_longer_found(skien, member):
    author = member()
    question = factories.question(title="Hvem har solceller?")
    answer = factories.answer(question, author, body="Vi brukte takleie.")
    tell()
    actions.withdraw(author.actor, session.merge(answer))
    session.commit()
    tell()
    assert found("takleie") == []
    assert found("solceller") == [f"post:{question.id}"]


def test_what_only_members_may_read_is_found_by_members_only(member):
    question = factories.question(title="Solceller bak innlogging", audience="members")
    factories.answer(question, body="Takleie", audience="members")
    tell()
    assert found("solceller takleie") == []
    assert found("takleie", reader=member().actor.tokens) == [f"post:{question.id}"]


def test_an_answer_for_members_does_not_tell_on_an_open_question():
    question = factories.question(title="Solceller")
    factories.answer(question, body="Takleie", audience="members")
    tell()
    assert found("takleie") == []


def test_a_theme_finds_by_name_in_every_language_and_by_the_theme_above():
    parent = factories.theme("energi", "Energi")
    child = factories.theme("solkraft", "Solkraft", parent_id=parent.id, name_en="Solar power")
    question = factories.question(title="Hvem har tak?")
    session.add(PostTheme(post_id=question.id, theme_id=child.id))
    session.commit()
    indexing.index().refresh(posts=[question.id])
    assert found("solar") == found("energi") == [f"post:{question.id}"]
    assert (
        found("", themes=frozenset({"energi"})) == found("", themes=frozenset({"solkraft"})) == [f"post:{question.id}"]
    )


def test_an_experience_is_found_by_all_it_tells(skien):
    contact = factories.person("Kontakt Kontaktesen")
    experience = factories.experience(
        title="Utslippsfri byggeplass", details={"barriers": "Strømnettet var for svakt", "contact_id": contact.id}
    )
    session.add(PostPlace(post_id=experience.id, place_id=skien.id))
    session.commit()
    indexing.index().refresh(posts=[experience.id])
    assert found("strømnett") == found("kontaktesen", kinds=frozenset({"experience"})) == [f"post:{experience.id}"]
    assert found("", counties=frozenset({"40"}), statuses=frozenset({"gjennomfort"})) == [f"post:{experience.id}"]


def test_a_document_is_found_by_the_words_on_its_pages_with_the_page():
    document = factories.post(DOCUMENT, title="Temaplan", status="plan")
    session.add(StoredFile(sha256="0" * 64, size=1, media_type="application/pdf"))
    session.flush()
    session.add(
        DocumentDetails(post_id=document.id, sha256="0" * 64, filename="temaplan-2021.pdf", year=2021, reading="read")
    )
    session.flush()
    session.add_all(
        DocumentPage(post_id=document.id, number=number, text=text)
        for number, text in ((1, "Forord"), (2, "Overvann"), (3, " "))
    )
    session.commit()
    indexing.index().refresh(posts=[document.id])
    hits = indexing.index().find(Query("overvann")).hits
    assert [(hit.group, hit.page) for hit in hits] == [(Target("post", document.id), 2)]
    assert found("temaplan forord") == [f"post:{document.id}"]


def test_people_of_the_directory_are_found_until_they_leave(skien):
    theme = factories.theme("overvann", "Overvann")
    person = factories.person("Test Testesen", skien, role="Klimarådgiver")
    session.add(PersonTheme(person_id=person.id, theme_id=theme.id, level="guide"))
    session.commit()
    indexing.index().hear([PersonChanged(person.id)])
    for words in ("testesen", "klimarådgivere", "skien", "overvann"):
        assert found(words) == [f"person:{person.id}"], words
    session.merge(person).left_at = clock.now()
    session.commit()
    indexing.index().hear([PersonChanged(person.id), PersonChanged(999_999)])
    assert found("testesen") == []


def test_a_place_that_is_no_more_leads_to_the_county_of_today(skien):
    gone = factories.place("Gammelby", "0899", valid_to=clock.now().date())
    session.add(
        documents.PlaceSuccession(old_id=gone.id, new_id=skien.id, happened_on=clock.now().date(), change="merged")
    )
    question = factories.question(title="Hva nå?", place_id=gone.id)
    session.commit()
    indexing.index().refresh(posts=[question.id])
    assert found("gammelby") == found("", counties=frozenset({"40"})) == [f"post:{question.id}"]


def test_a_thing_carries_what_its_places_and_people_are(skien):
    lier = factories.place("Lier", "3312", population=28_000)
    session.merge(skien).population = 4_999
    network = factories.network("follonett")
    former = factories.network("gammelnett")
    session.add_all(
        [
            NetworkPlace(network_id=network.id, place_id=lier.id),
            NetworkPlace(network_id=former.id, place_id=skien.id, until=date(2019, 12, 31)),
        ]
    )
    contact = factories.person("Kontakt Kontaktesen")
    made = factories.experience(title="Byggeplass", place_id=skien.id, details={"contact_id": contact.id})
    session.add(PostPlace(post_id=made.id, place_id=lier.id))
    session.commit()
    document = next(documents.of_posts([made.id], documents.Names()))
    assert document.sizes == {"under-5000", "20000-50000"}
    assert document.networks == {"follonett"}
    assert document.authors == {str(made.author_id), str(contact.id)}
    assert document.marks == {f"confirmed-{clock.now().year}"}


@pytest.mark.parametrize(("period_from", "year"), [("2019", 2019), ("2019-05", 2019), (None, clock.now().year)])
def test_an_experience_is_of_the_year_it_began(period_from, year):
    made = factories.experience(details={"period_from": period_from})
    assert next(documents.of_posts([made.id], documents.Names())).year == year


def test_somebody_is_found_in_the_networks_they_have_joined(skien, member):
    network = factories.network("testnettverk")
    account = member(place=skien)
    networks.join(account.actor, session.merge(network))
    session.commit()
    tell()
    assert found("", networks=frozenset({"testnettverk"})) == [f"person:{account.person_id}"]
    assert found("", authors=frozenset({str(account.person_id)})) == [f"person:{account.person_id}"]
    networks.leave(account.actor, session.merge(network))
    session.commit()
    tell()
    assert found("", networks=frozenset({"testnettverk"})) == []


def marks_of(post) -> frozenset[str]:
    (one,) = documents.of_posts([post.id], documents.Names())
    return one.marks - {f"confirmed-{clock.now().year}"}


def test_a_question_is_marked_as_answered_and_endorsed_as_soon_as_it_is():
    question = factories.question()
    assert marks_of(question) == frozenset()
    answer = factories.answer(question)
    assert marks_of(question) == {"answered"}
    session.merge(answer).score = documents.ENDORSED
    session.commit()
    assert marks_of(question) == {"answered", "endorsed"}


def test_the_index_hears_of_votes(member):
    question = factories.question(title="Solceller")
    answer = factories.answer(question)
    tell()
    assert found("solceller")
    assert "endorsed" not in marks_of(question)
    for _ in range(documents.ENDORSED):
        voting.cast(member().actor, session.get_one(Post, answer.id), useful=True)
    session.commit()
    tell()
    assert "endorsed" in marks_of(question)
    assert {fingerprint for _, fingerprint in indexing.index()._engine.fingerprints()} == {
        document.fingerprint for document in documents.of_posts([question.id], documents.Names())
    }


def test_building_anew_gives_the_same_and_counts_it(skien):
    question = factories.question(title="Solceller")
    experience = factories.experience(title="Vindkraft")
    person = factories.person("Test Testesen", skien)
    tell()
    indexing.index().empty()
    assert found("solceller") == found("vindkraft") == found("testesen") == []
    people = 1 + len({question.author_id, experience.author_id})
    assert indexing.index().rebuild() == 2 + people
    assert found("solceller") == [f"post:{question.id}"]
    assert found("vindkraft") == [f"post:{experience.id}"]
    assert found("testesen") == [f"person:{person.id}"]


def test_a_batch_is_read_with_few_statements(count_sql, skien):
    for number in range(20):
        factories.answer(factories.question(title=f"Spørsmål {number}", place_id=skien.id))
    tell()
    with count_sql() as statements:
        assert sum(1 for _ in documents.everything()) >= 20
    assert len(statements) <= 18, str(statements)


def test_what_comes_from_a_place_follows_it_into_a_network_and_out_again(skien, member):
    network, coordinator = factories.network("testnettverk"), member("Mod Testesen", role="moderator")
    author = member("Forfatter Testesen", place=skien)
    made = factories.experience(author, title="Byggeplass", place_id=skien.id)
    tell()
    inside = frozenset({"testnettverk"})
    assert found("", networks=inside) == []
    networks.add_place(coordinator.actor, session.merge(network), skien, None)
    session.commit()
    tell()
    assert set(found("", networks=inside)) == {f"post:{made.id}", f"person:{author.person_id}"}
    networks.take_place_back(coordinator.actor, session.merge(network), skien.id)
    session.commit()
    tell()
    assert found("", networks=inside) == []


def test_a_municipality_that_took_over_after_another_goes_on_in_its_networks(skien):
    network = factories.network("testnettverk")
    before = factories.place("Gamle Skien", "0806", valid_to=date(2019, 12, 31))
    factories.keep(
        PlaceSuccession(old_id=before.id, new_id=skien.id, happened_on=date(2020, 1, 1), change="renumbered")
    )
    factories.keep(NetworkPlace(network_id=network.id, place_id=before.id, until=date(2019, 12, 31)))
    made = factories.experience(title="Byggeplass", place_id=skien.id)
    assert next(documents.of_posts([made.id], documents.Names())).networks == {"testnettverk"}
