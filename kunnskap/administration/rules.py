"""The words for rights, roles and what was done, and what a domain may be. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from kunnskap import rights
from kunnskap.accounts.rules import is_public_domain
from kunnskap.errors import Invalid
from kunnskap.i18n import mark

ROLES = {
    rights.VISITOR: mark("Alle"),
    rights.MEMBER: mark("Medlem"),
    rights.COORDINATOR: mark("Koordinator"),
    rights.MODERATOR: mark("Moderator"),
    rights.ADMINISTRATOR: mark("Administrator"),
}
RIGHTS = {
    "read what is open": mark("Lese det som er åpent for alle"),
    "search": mark("Søke"),
    "sign up": mark("Registrere seg"),
    "say that something is hard to use": mark("Si fra om at noe er vanskelig å bruke"),
    "read what is for members": mark("Lese det som er for innloggede"),
    "ask, answer, share and comment": mark("Spørre, svare, dele og kommentere"),
    "follow, vote and save searches": mark("Følge, stemme og lagre søk"),
    "report to moderators": mark("Melde fra til moderatorene"),
    "appeal": mark("Klage på det moderatorene har bestemt"),
    "fetch and delete own data": mark("Hente ut og slette egne opplysninger"),
    "invite colleagues": mark("Invitere kollegaer"),
    "see to what is said about profiles": mark("Avklare det kollegaer sier fra om i profiler"),
    "let in people from unknown domains": mark("Slippe inn folk fra domener vi ikke kjenner"),
    "moderate": mark("Moderere innlegg og kommentarer, og stenge kontoer for en tid"),
    "see what people search for": mark("Se hva folk søker etter"),
    "keep synonyms and domains": mark("Ta vare på synonymer og kjente domener"),
    "see who asked without a name": mark("Se hvem som har spurt uten navn"),
    "read what is closed": mark("Lese det som er for et nettverk eller en kommune"),
    "change roles and end accounts": mark("Endre roller og avslutte kontoer"),
    "read the audit log": mark("Lese revisjonsloggen"),
}
ACTS = {
    "account deleted": mark("Slettet kontoen sin"),
    "account ended": mark("Avsluttet kontoen"),
    "account closed unused": mark("Kontoen ble stengt fordi den ikke var i bruk"),
    "address changed": mark("Byttet e-postadresse"),
    "audit log checked": mark("Kontrollerte revisjonsloggen"),
    "came by invitation": mark("Kom inn med en invitasjon"),
    "collection edited": mark("Endret en samling"),
    "collection published": mark("La ut en samling"),
    "collection removed": mark("Fjernet en samling"),
    "collection share ended": mark("Viser ikke lenger en samling i et annet nettverk"),
    "collection shared": mark("Viste en samling i et annet nettverk"),
    "collection taken down": mark("Tok ned en samling"),
    "domain added": mark("La til et kjent domene"),
    "domain changed": mark("Endret et kjent domene"),
    "domain removed": mark("Fjernet et kjent domene"),
    "feedback handled": mark("Behandlet en tilbakemelding"),
    "handover": mark("Overlot arbeidet etter en som har sluttet"),
    "identity connected": mark("Koblet til innlogging gjennom jobben"),
    "identity removed": mark("Koblet fra innlogging gjennom jobben"),
    "invitation withdrawn": mark("Trakk tilbake en invitasjon"),
    "invited": mark("Inviterte en person"),
    "invited many": mark("Inviterte en liste med personer"),
    "joined by invitation": mark("Ble med i et nettverk med en invitasjon"),
    "let in": mark("Slapp inn en person"),
    "link made": mark("Laget en invitasjonslenke for flere"),
    "meeting attendance": mark("Skrev ned hvem som var på et møte"),
    "meeting cancelled": mark("Avlyste et møte"),
    "meeting edited": mark("Endret et møte"),
    "meeting made": mark("Satte opp et møte"),
    "meeting minutes": mark("Endret referatet fra et møte"),
    "minutes part proposed": mark("Foreslo å legge ut noe en annen sa på et møte"),
    "network edited": mark("Endret det som står om et nettverk"),
    "network made": mark("Opprettet et nettverk"),
    "network member added": mark("La en person til i et nettverk"),
    "network member removed": mark("Tok en person ut av et nettverk"),
    "network place added": mark("La et sted til i et nettverk"),
    "network place ended": mark("Lot et steds deltakelse i et nettverk ta slutt"),
    "network place removed": mark("Tok bort et sted som var lagt til i et nettverk ved en feil"),
    "network letter": mark("Sendte et brev til alle i et nettverk"),
    "network role": mark("Endret en rolle i et nettverk"),
    "passkey added": mark("La til en passnøkkel"),
    "passkey removed": mark("Fjernet en passnøkkel"),
    "profile edited": mark("Endret en annens profil"),
    "profile report agree": mark("Ga rett i at noe var feil i en profil"),
    "profile report dismiss": mark("Avviste at noe var feil i en profil"),
    "recovery code used": mark("Brukte en reservekode"),
    "recovery codes made": mark("Laget nye reservekoder"),
    "refused": mark("Avslo en person"),
    "role": mark("Endret en rolle"),
    "second factor off": mark("Slo av totrinnsinnlogging"),
    "second factor on": mark("Slo på totrinnsinnlogging"),
    "second factor reset": mark("Nullstilte totrinnsinnlogging"),
    "signed out": mark("Logget ut en person på alle enheter"),
    "synonyms added": mark("La til synonymer"),
    "synonyms changed": mark("Endret synonymer"),
    "synonyms removed": mark("Fjernet synonymer"),
    "posts.edit": mark("Endret det en annen har skrevet"),
    "posts.restore": mark("Gjenopprettet en tidligere versjon av det en annen har skrevet"),
    "posts.withdraw": mark("Trakk tilbake det en annen har skrevet"),
    "posts.put_up_again": mark("La ut igjen det en annen har skrevet"),
    "posts.withdraw_comment": mark("Trakk en kommentar en annen har skrevet"),
    "moderation.answer-appeal": mark("Svarte på en klage"),
    "moderation.approve": mark("La ut et innlegg som ventet"),
    "moderation.refuse": mark("La ikke ut et innlegg som ventet"),
    "moderation.hide": mark("Skjulte noe"),
    "moderation.restore": mark("Viste noe igjen"),
    "moderation.lock": mark("Låste for svar og kommentarer"),
    "moderation.unlock": mark("Låste opp for svar og kommentarer"),
    "moderation.merge": mark("Slo sammen to spørsmål"),
    "moderation.move": mark("Gjorde om et innlegg til en annen type"),
    "moderation.split": mark("Gjorde et svar til et eget spørsmål"),
    "moderation.rehome": mark("Flyttet et svar til et annet spørsmål"),
    "moderation.warn": mark("Sendte en advarsel"),
    "moderation.suspend": mark("Stengte en konto for en tid"),
    "moderation.lift": mark("Åpnet en konto igjen"),
    "moderation.end": mark("Avsluttet en konto"),
    "year_wheel.add": mark("La til noe i årshjulet"),
    "year_wheel.change": mark("Endret noe i årshjulet"),
    "year_wheel.hide": mark("Tok noe ut av årshjulet"),
    "year_wheel.show": mark("Satte noe tilbake i årshjulet"),
    "moderation.dismiss": mark("Lot noe stå etter en melding"),
}
"""What acts are called. One that has no words yet is shown by its own key."""
TARGETS = {
    "account": mark("konto"),
    "person": mark("person"),
    "post": mark("innlegg"),
    "comment": mark("kommentar"),
    "year_event": mark("hendelse i årshjulet"),
    "message": mark("melding mellom to"),
    "invitation": mark("invitasjon"),
    "network": mark("nettverk"),
    "meeting": mark("møte"),
    "collection": mark("samling"),
    "domain": mark("domene"),
    "synonyms": mark("synonymgruppe"),
    "feedback": mark("tilbakemelding"),
    "decision": mark("avgjørelse"),
    "report": mark("melding"),
}
FACTS = {
    "role": mark("rolle"),
    "was": mark("før"),
    "until": mark("til"),
    "reason": mark("grunn"),
    "workplace": mark("arbeidssted"),
    "place": mark("sted"),
    "network": mark("nettverk"),
    "invitation": mark("invitasjon"),
    "invitations": mark("antall"),
    "uses": mark("kan brukes"),
    "days": mark("dager"),
    "person": mark("person"),
    "passkey": mark("passnøkkel"),
    "report": mark("melding"),
    "decision": mark("avgjørelse"),
    "post": mark("innlegg"),
    "version": mark("utgave"),
    "tenant": mark("leietaker"),
    "kind": mark("type"),
    "broken": mark("brutt ved linje"),
    "domain": mark("domene"),
    "people": mark("antall personer"),
}
VALUES = {
    **ROLES,
    "state": mark("Stat"),
    "other": mark("Annet"),
    "municipality": mark("Kommune"),
    "county": mark("Fylkeskommune"),
    "left": mark("har sluttet"),
    "wrong": mark("feil i profilen"),
}
ACTIVE, WAITING, UNCONFIRMED, SUSPENDED, CLOSED = "active", "waiting", "unconfirmed", "suspended", "closed"
STATES = {
    ACTIVE: mark("I bruk"),
    WAITING: mark("Venter på godkjenning"),
    UNCONFIRMED: mark("Ikke bekreftet"),
    SUSPENDED: mark("Stengt for en tid"),
    CLOSED: mark("Avsluttet"),
}

LONGEST_WORDS, LONGEST_TENANT, LONGEST_DOMAIN = 100, 100, 253
TOLD_AGAIN = timedelta(hours=1)
"""Nobody gets more than one mail about people who wait within this time."""
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
TENANT = re.compile(r"[0-9A-Za-z._:/-]+")


def checked_domain(typed: str, places: Iterable[str]) -> str:
    """Give a domain as it is kept, in ASCII (punycode) and lower case; raises Invalid(domain=…).

    Refused are domains where anybody may get an address, those of municipalities and counties (`places`), which the
    reference data holds, and those that one of these lies below, as kommune.no.
    """
    domain = typed.strip().lower().removeprefix("@").rstrip(".")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if len(domain) > LONGEST_DOMAIN or not DOMAIN.fullmatch(domain):
        raise Invalid(domain=mark("Skriv et domene, for eksempel miljodir.no."))
    if is_public_domain(domain):
        raise Invalid(domain=mark("Hvem som helst kan få en adresse her. Da kan vi ikke slippe inn hele domenet."))
    theirs = list(places)
    if any(domain == one or domain.endswith(f".{one}") for one in theirs):
        raise Invalid(domain=mark("Domenet hører til en kommune eller fylkeskommune, som vi kjenner fra før."))
    if any(one.endswith(f".{domain}") for one in theirs):
        raise Invalid(domain=mark("Domenet er for vidt. Kommuner eller fylkeskommuner har adresser under det."))
    return domain


def checked_tenant(typed: str) -> str | None:
    """Give what an organisation's sign-in calls a workplace; None for nothing. Raises Invalid(tenant=…)."""
    tenant = typed.strip()
    if not tenant:
        return None
    if len(tenant) > LONGEST_TENANT or not TENANT.fullmatch(tenant):
        raise Invalid(tenant=mark("Skriv leietakerens id slik den står hos leverandøren, uten mellomrom."))
    return tenant.lower()


def told_facts(facts: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Give the facts of an entry as words, value, and whether the value is words to translate too."""
    shown = []
    for name, value in facts.items():
        if value is not None and value != "":
            words = VALUES.get(str(value))
            shown.append((FACTS.get(name, name), words or str(value), words is not None))
    return shown
