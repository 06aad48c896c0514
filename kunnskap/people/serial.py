"""A person as a contact card that phones and mail programs read (vCard 3.0, RFC 2426)."""

from collections.abc import Mapping

import vobject

from kunnskap import text
from kunnskap.people.models import Person

CARD = "text/vcard"


def contact_card(person: Person, ways: Mapping[str, str], address: str) -> str:
    """Write the card of a person with these ways to reach them (`queries.ways`); `address` is that of their page."""
    card = vobject.vCard()
    first, _, last = _line(person.name).rpartition(" ")
    card.add("n").value = vobject.vcard.Name(family=last, given=first)
    card.add("fn").value = _line(person.name)
    workplace = [person.place.name] if person.place else []
    workplace += [one for one in (_line(person.organisation),) if one and one not in workplace]
    if workplace:
        card.add("org").value = workplace
    if person.role:
        card.add("title").value = _line(person.role)
    if "email" in ways:
        mail = card.add("email")
        mail.value, mail.type_param = _line(ways["email"]), ["INTERNET", "WORK"]
    if "phone" in ways:
        phone = card.add("tel")
        phone.value, phone.type_param = _line(ways["phone"]), ["WORK", "VOICE"]
    if "other_contact" in ways:
        card.add("note").value = _line(ways["other_contact"])
    card.add("url").value = address
    written: str = card.serialize()
    return written


def card_name(person: Person) -> str:
    """Name the file of a card: letters a to z, digits and dashes only."""
    return f"{text.slug(person.name) or person.id}.vcf"


def _line(words: str) -> str:
    return " ".join(words.split())
