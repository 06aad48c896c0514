"""The starting list of known domains is as it should be, and a wrong one is refused."""

import pytest

from kunnskap.accounts import register
from kunnskap.accounts.rules import PUBLIC_DOMAINS, is_public_domain
from kunnskap.errors import BadFile
from kunnskap.places import register as places

HEAD = "domain,workplace_kind,organisation,seen\n"


def test_the_file_is_read_whole():
    entries = register.read()
    assert len(entries) == 30
    assert {"miljodir.no", "statsforvalteren.no", "ks.no"} <= {one.domain for one in entries}
    assert [one.domain for one in entries] == sorted(one.domain for one in entries)


def test_no_domain_of_a_place_stands_in_it():
    theirs = {domain for place in places.read().places for domain in place.facts.get("domains", [])}
    assert len(theirs) > 300
    for one in register.read():
        assert not any(one.domain == own or own.endswith(f".{one.domain}") for own in theirs)


@pytest.mark.parametrize(
    "row",
    [
        "gmail.com,other,Hvem som helst,post@gmail.com",
        "Direktorat.no,state,Prøve,post@Direktorat.no",
        "direktorat,state,Prøve,post@direktorat",
        "direktorat.no,municipality,Prøve,post@direktorat.no",
        "direktorat.no,state,,post@direktorat.no",
        "direktorat.no,state,Prøve,post@annet.no",
        "direktorat.no,state,Prøve,post@direktorat.no\ndirektorat.no,state,Prøve,post@direktorat.no",
    ],
)
def test_a_wrong_row_refuses_the_file(tmp_path, row):
    (tmp_path / register.FILE).write_text(HEAD + row + "\n", "utf-8")
    with pytest.raises(BadFile):
        register.read(tmp_path)


def test_mail_providers_are_known_for_what_they_are():
    assert len(PUBLIC_DOMAINS) > 50
    assert is_public_domain("gmail.com")
    assert is_public_domain("post.online.no")
    assert not is_public_domain("notgmail.com")
    assert not is_public_domain("skien.kommune.no")
