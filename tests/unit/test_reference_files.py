"""The house's own data files: that they hold what they should, and that a wrong file is refused with line and reason."""

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kunnskap.errors import BadFile
from kunnskap.networks import register as networks
from kunnskap.places import register as places
from kunnskap.places.models import COUNTY, MUNICIPALITY
from kunnskap.tables import DATA, read_csv, read_objects
from kunnskap.themes import register as themes

Change = Callable[[str, str, str], Path]


@pytest.fixture(scope="module")
def register() -> places.Register:
    return places.read()


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """A copy of the files in which the first such piece of one of them has been replaced."""

    def change(file: str, old: str, new: str) -> Path:
        shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return change


@pytest.mark.parametrize(
    ("year", "municipalities", "counties"),
    [
        (2017, 426, 19),
        (2018, 422, 18),
        (2019, 422, 18),
        (2020, 356, 11),
        (2023, 356, 11),
        (2024, 357, 15),
        (2026, 357, 15),
    ],
)
def test_as_many_places_live_on_new_years_day_as_the_country_had(
    register: places.Register, year: int, municipalities: int, counties: int
) -> None:
    day = date(year, 1, 1)
    living = Counter(
        place.kind for place in register.places if place.valid_from <= day and (place.valid_to or day) >= day
    )
    assert living == {MUNICIPALITY: municipalities, COUNTY: counties}


def test_every_former_place_leads_to_todays(register: places.Register) -> None:
    after: dict[str, set[str]] = {}
    for change in register.changes:
        if change.is_succession:
            after.setdefault(change.old.number, set()).add(change.new.number)
    todays = {place.number for place in register.places if place.valid_to is None}

    def ends(number: str) -> set[str]:
        return {number} if number in todays else set().union(*(ends(one) for one in after[number]))

    assert all(ends(place.number) for place in register.places)
    assert ends("1850") == {"1806", "1875"}
    assert ends("1601") == {"5001"}
    assert ends("0137") == {"3114"}
    assert ends("1507") == {"1508", "1580"}


def test_a_former_place_has_its_days_and_its_names(register: places.Register) -> None:
    tysfjord = next(place for place in register.places if place.number == "1850")
    assert (tysfjord.name, tysfjord.valid_to) == ("Tysfjord", date(2019, 12, 31))
    assert tysfjord.facts["parallel_names"] == [{"lang": "smj", "name": "Divtasvuodna"}]
    viken = next(place for place in register.places if place.number == "30")
    assert (viken.name, viken.valid_from, viken.valid_to) == ("Viken", date(2020, 1, 1), date(2023, 12, 31))


def test_todays_places_have_every_fact(register: places.Register) -> None:
    kafjord = next(place for place in register.places if place.number == "5540")
    assert kafjord.county == "55"
    assert kafjord.facts["parallel_names"] == [{"lang": "se", "name": "Gáivuotna"}, {"lang": "fkv", "name": "Kaivuono"}]
    assert kafjord.facts["domains"] == ["kafjord.kommune.no"]
    people = [place.facts["population"] for place in register.places if place.county and place.valid_to is None]
    assert sum(map(int, map(str, people))) == 5_627_400


def test_there_are_thirteen_themes_with_seventy_two_subthemes() -> None:
    entries = themes.read()
    assert Counter(bool(entry.parent) for entry in entries) == {False: 13, True: 72}
    assert next(entry.name_nn for entry in entries if entry.slug == "flom") == "Flaum"


def test_the_networks_have_members_that_exist() -> None:
    register = networks.read()
    assert len(register.networks) == 26
    assert ("klimanettverk-haugalandet", "4612") in register.members
    assert ("klima-viken", "30") in register.members


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("municipalities.csv", "0301,Oslo", "301,Oslo", "line 2: number '301' is not written"),
        ("municipalities.csv", "1101,Eigersund", "0301,Eigersund", "line 3: number '0301' stands twice"),
        ("municipalities.csv", "15546", "0", "line 3: population 0 is not from 1"),
        ("municipalities.csv", "58.451", "85.451", "line 3: latitude 85.451 is not from"),
        ("municipalities.csv", "bokmål", "svensk", "line 3: language_form 'svensk' is not one of"),
        ("municipalities.csv", "1103,Stavanger,,11", "1103,Stavanger,,46", "line 4: municipality 1103 cannot lie"),
        ("municipalities.csv", "sma:Oslove", "Oslove", "line 2: parallel_names must be written"),
        ("municipalities.csv", ",oslo.kommune.no", ",oslo", "line 2: email_domains 'oslo' is not written"),
        ("municipalities.csv", ",59.913", "", "line 2: 10 cells, not 11"),
        ("municipalities.csv", "number,name", "nummer,name", "line 1: the columns must be"),
        ("municipalities.csv", "Oslo,sma", '"Oslo"x,sma', "line 2: "),
        ("municipalities.csv", "Eigersund", "Eiger\0sund", "line 3: holds a NUL"),
        ("counties.csv", "508922", "508923", "line 3: population is not 508922"),
        ("counties.csv", "Stavanger,508922,23", "Stavanger,508922,24", "line 3: municipalities is not 23"),
        ("place_changes.csv", "2017-01-01", "2017-02-30", "line 2: date '2017-02-30' is no date"),
        ("place_changes.csv", "2017-01-01", "2018-01-01", "line 3: the changes do not stand in the order"),
        ("place_changes.csv", "merged,0704", "swallowed,0704", "line 2: change 'swallowed' is not one of"),
        ("place_changes.csv", "0710,Sandefjord", "07,Sandefjord", "line 3: a municipality cannot become a county"),
        ("place_changes.csv", "0710,Sandefjord", "0799,Sandefjord", "0799 is not one of today's"),
        ("themes.csv", "klimabudsjett,klimaledelse", "klimabudsjett,klima", "line 4: parent 'klima' is not one of"),
        ("themes.csv", "governance,1", "governance,7", "line 8: position '7' stands twice"),
        ("networks.csv", "https://", "ftp://", "line 2: source 'ftp://"),
        ("network_members.csv", "5601", "9999", "line 2: there is no place 9999"),
        ("network_members.csv", "nord-norge", "nordnorge", "line 2: network 'klimanettverk-nordnorge' is not one of"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_and_the_reason(
    changed: Change, file: str, old: str, new: str, reason: str
) -> None:
    folder = changed(file, old, new)
    with pytest.raises(BadFile) as refused:
        places.read(folder), themes.read(folder), networks.read(folder)
    assert reason in str(refused.value)


def test_a_number_used_twice_is_refused(changed: Change) -> None:
    folder = changed(
        "place_changes.csv",
        "2026-01-01,renamed,5006",
        "2026-01-01,merged,5007,Namsos,,1601,Trondheim,\n2026-01-01,renamed,5006",
    )
    with pytest.raises(BadFile, match="1601 is used for the second time"):
        places.read(folder)


def test_a_file_that_lost_a_row_is_refused(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    lines = (tmp_path / "municipalities.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "municipalities.csv").write_text("\n".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(BadFile, match="356 rows, not 357"):
        places.read(tmp_path)


def test_a_file_that_is_missing_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_csv(tmp_path / "none.csv", ("a",))
    (tmp_path / "latin.csv").write_bytes("a\nTromsø\n".encode("latin-1"))
    with pytest.raises(BadFile, match="line 2: not UTF-8"):
        read_csv(tmp_path / "latin.csv", ("a",))


def test_lines_that_are_no_json_objects_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "content.jsonl"
    file.write_text('{"id": 1}\n{"id": \n', encoding="utf-8")
    with pytest.raises(BadFile, match="line 2: not JSON"):
        read_objects(file)
    file.write_text("[]\n", encoding="utf-8")
    with pytest.raises(BadFile, match="line 1: not an object"):
        read_objects(file)
