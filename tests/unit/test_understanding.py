"""Places and people in the words of a query."""

import pytest

from kunnskap.places import register
from kunnskap.search.place_names import ORDINARY, PlaceNames, PlaceRow
from kunnskap.search.understanding import PEOPLE_FIRST, PLACE_FIRST, optional, understand

TOWN, COUNTY = "municipality", "county"
PLACES = PlaceNames(
    [
        PlaceRow(1, COUNTY, "40", "Telemark"),
        PlaceRow(2, COUNTY, "15", "Møre og Romsdal"),
        PlaceRow(3, COUNTY, "18", "Nordland", ["Nordlánnda"]),
        PlaceRow(4, COUNTY, "03", "Oslo"),
        PlaceRow(5, COUNTY, "46", "Vestland"),
        PlaceRow(6, COUNTY, "12", "Hordaland", is_todays=False),
        PlaceRow(10, TOWN, "4003", "Skien"),
        PlaceRow(11, TOWN, "0806", "Skien", is_todays=False),
        PlaceRow(29, TOWN, "1206", "Gammelskien", is_todays=False),
        PlaceRow(12, TOWN, "0301", "Oslo", ["Oslove"]),
        PlaceRow(13, TOWN, "3207", "Nordre Follo"),
        PlaceRow(14, TOWN, "0213", "Ski", is_todays=False),
        PlaceRow(15, TOWN, "0217", "Oppegård", is_todays=False),
        PlaceRow(16, TOWN, "3228", "Nes"),
        PlaceRow(17, TOWN, "3218", "Ås"),
        PlaceRow(18, TOWN, "5610", "Karasjok", ["Kárášjohka"]),
        PlaceRow(19, TOWN, "2021", "Karasjok", is_todays=False),
        PlaceRow(20, TOWN, "3336", "Rollag"),
        PlaceRow(21, TOWN, "3419", "Våler"),
        PlaceRow(22, TOWN, "3114", "Våler"),
        PlaceRow(23, TOWN, "5006", "Steinkjer"),
        PlaceRow(24, TOWN, "5057", "Ørland"),
        PlaceRow(25, TOWN, "5000", "Delt", is_todays=False),
        PlaceRow(26, TOWN, "1833", "Rana", ["Raane"]),
        PlaceRow(27, TOWN, "3216", "Vestby"),
        PlaceRow(28, TOWN, "3450", "Nord-Aurdal"),
    ],
    {6: [5], 11: [10], 29: [10], 14: [13], 15: [13], 19: [18], 25: [23, 24]},
)  # fmt: skip


def found(text, plain=()) -> list[tuple[str, str, set[str]]]:
    return [(one.key, one.facet, set(one.keys)) for one in understand(text, PLACES, plain)]


@pytest.mark.parametrize(
    ("text", "key", "facet", "numbers"),
    [
        ("byggeplass Skien", "skien", TOWN, {"4003"}),
        ("byggeplass skien", "skien", TOWN, {"4003"}),
        ("Skiens klimabudsjett", "skiens", TOWN, {"4003"}),
        ("SKIEN BYGGEPLASS", "skien", TOWN, {"4003"}),
        ("solceller Nordland", "nordland", COUNTY, {"18"}),
        ("solceller nordlannda", "nordlannda", COUNTY, {"18"}),
        ("ferge Møre og Romsdal", "more og romsdal", COUNTY, {"15"}),
        ("ferge moere og romsdal", "more og romsdal", COUNTY, {"15"}),
        ("ferge møre romsdal", "more romsdal", COUNTY, {"15"}),
        ("Hordaland hurtigbåt", "hordaland", COUNTY, {"46"}),
        ("nordre follo sykkel", "nordre follo", TOWN, {"3207"}),
        ("plan i nord-aurdal", "nord aurdal", TOWN, {"3450"}),
        ("plan i nord aurdal", "nord aurdal", TOWN, {"3450"}),
        ("oppegaard plan", "oppegard", TOWN, {"3207"}),
        ("Karasjohka plan", "karasjohka", TOWN, {"5610"}),
        ("våler kommune plan", "valer", TOWN, {"3419", "3114"}),
        ("4003 plan", "4003", TOWN, {"4003"}),
        ("0806 plan", "0806", TOWN, {"4003"}),
        ("1206 kommune", "1206", TOWN, {"4003"}),
        ("1833 plan", "1833", TOWN, {"1833"}),
        ("kommune 2021", "2021", TOWN, {"5610"}),
        ("fylke 40", "40", COUNTY, {"40"}),
        ("Oslo kommune", "oslo", TOWN, {"0301"}),
        ("oslo fylke", "oslo", COUNTY, {"03"}),
        ("delt plan", "delt", TOWN, {"5006", "5057"}),
        ("raane plan", "rane", TOWN, {"1833"}),
    ],
)
def test_a_place_is_understood(text, key, facet, numbers):
    assert found(text) == [(key, facet, numbers)]


@pytest.mark.parametrize("text", ["Nes solceller", "solceller i Nes", "nes kommune solceller", "kommunen nes"])
def test_a_place_called_like_a_thing_is_meant_with_a_capital_or_when_it_is_said_to_be_one(text):
    assert found(text) == [("nes", TOWN, {"3228"})]


@pytest.mark.parametrize(
    "text",
    [
        "nes solceller", "ski i skolen", "Testkraft AS", "ås og dal", "NES SOLCELLER", "as", "rana på kai", "vestbygda",
        "2021", "1206", "40 prosent", "§ 4003-1", "Test Nes", "Arild Rana", "byggeplass", "", "og", "???",
    ],
)  # fmt: skip
def test_other_words_and_numbers_are_no_places(text):
    assert found(text) == []


def test_a_name_of_both_kinds_means_the_municipality_when_nothing_is_said():
    assert found("sykkel Oslo") == [("oslo", TOWN, {"0301"})]


def test_several_places_are_understood_and_stand_where_they_were_written():
    first, second = understand("Skien og Nordre Follo om sykkel", PLACES)
    assert (first.name, second.name) == ("Skien", "Nordre Follo")
    assert "Skien og Nordre Follo om sykkel"[second.start : second.end] == "Nordre Follo"


def test_places_of_before_bring_the_names_of_today():
    (one,) = understand("oppegård plan", PLACES)
    assert one.name == "Nordre Follo"
    assert one.also == ("Nordre Follo",)
    assert understand("skien", PLACES)[0].also == ()
    assert understand("4003", PLACES)[0].also == ("Skien",)


@pytest.mark.parametrize("text", ["hvem kan overvann", "kven har solceller", "who knows heat pumps", "Hvem kan?"])
def test_who_asks_for_people(text):
    (one,) = understand(text, PLACES)
    assert (one.facet, one.keys, one.preference.weight) == ("kind", {"person"}, PEOPLE_FIRST)


@pytest.mark.parametrize("text", ["hvem bør ha ansvaret", "kven betalar for lading", "who should decide"])
def test_who_must_or_pays_is_nobody_to_ask(text):
    assert found(text) == []


def test_the_world_health_organization_is_nobody_to_ask():
    assert found("WHO luftkvalitet") == []


def test_what_was_refused_is_only_words():
    assert found("hvem i Skien", ["Skien"]) == [("hvem", "kind", {"person"})]
    assert found("hvem i Nordre Follo", ["nordre follo", "hvem"]) == []
    assert found("Møre og Romsdal", ["more og romsdal"]) == []


def test_a_place_lifts_and_never_hides():
    (one,) = understand("byggeplass Skien", PLACES)
    assert (one.preference.facet, one.preference.values, one.preference.weight) == (TOWN, {"4003"}, PLACE_FIRST)


@pytest.mark.parametrize("text", ["byggeplass Skien", "hvem kan overvann", "byggeplass"])
def test_what_need_not_stand_can_be_remembered_by(text):
    assert isinstance(optional(text, understand(text, PLACES)), frozenset)


def test_a_long_query_is_understood_at_once():
    assert len(understand("Skien Oslo Nordland " * 5_000, PLACES)) == 5


def test_every_ordinary_name_is_the_name_of_a_place():
    names = {place.name.lower() for place in register.read().places}
    assert ORDINARY - names == set()
