"""What an experience may say: numbers as people here write them, periods, and what must be there. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kunnskap import personal_numbers
from kunnskap.experiences.models import BARRIERS, COST_BASES, EFFECT_BASES, EFFECT_UNITS, FUNDERS
from kunnskap.i18n import Message, mark, say
from kunnskap.posts.actions import Content

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_TEXT, LONGEST_LINE = 100, 600, 10_000, 200
MOST_PLACES = 20
MOST_KRONER = 100_000_000_000
MOST_TONNES = 100_000_000
FIRST_YEAR, LAST_YEAR = 1950, 2100
GROUPED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
PLAIN = re.compile(r"\d{1,15}(?:[.,]\d{1,6})?")
SPACES = re.compile(r"[\s\u00a0\u2009\u202f']+")
CURRENCY = re.compile(r"(,-|\bkr\.?|\bkroner)$|^(kr\.?|nok)", re.IGNORECASE)
PERIOD = re.compile(r"(\d{4})(?:-(\d{1,2}))?")


@dataclass(frozen=True)
class Facts:
    """What only an experience has, named as in `ExperienceDetails`. Kroner are whole and without VAT."""

    contact_id: int | None = None
    contact_role: str = ""
    contact_mailbox: str = ""
    problem: str = ""
    actions: str = ""
    worked: str = ""
    barriers: str = ""
    barrier_codes: tuple[str, ...] = ()
    advice: str = ""
    cost_investment: int | None = None
    cost_yearly: int | None = None
    cost_extra: int | None = None
    cost_year: int | None = None
    cost_basis: str | None = None
    effect_amount: float | None = None
    effect_unit: str | None = None
    effect_basis: str | None = None
    effect_method: str = ""
    funding_source: str | None = None
    funding_amount: int | None = None
    funding_case: str = ""
    period_from: str | None = None
    period_to: str | None = None


TEXTS = ("problem", "actions", "worked", "barriers", "advice", "effect_method")
LINES = ("contact_role", "contact_mailbox", "funding_case")
KRONER = ("cost_investment", "cost_yearly", "cost_extra", "funding_amount")
CODES: Mapping[str, Collection[str]] = {
    "cost_basis": COST_BASES,
    "effect_unit": EFFECT_UNITS,
    "effect_basis": EFFECT_BASES,
    "funding_source": FUNDERS,
}
NOT_IN_LIST = mark("Velg en av verdiene i listen.")


def number(words: str) -> Decimal:
    """Read a number as people write it here ("1 200 000", "1.200.000", "12,5"); raises ValueError with what to say."""
    digits = SPACES.sub("", words).replace("−", "-")
    if digits.startswith("-"):
        raise ValueError(mark("Tallet kan ikke være negativt."))
    whole, comma, rest = digits.partition(",")
    if GROUPED.fullmatch(whole):
        digits = whole.replace(".", "") + comma + rest
    if not digits.isascii() or not PLAIN.fullmatch(digits):
        raise ValueError(mark("Skriv et tall, for eksempel 1 200 000 eller 12,5."))
    return Decimal(digits.replace(",", "."))


def kroner(words: str) -> int:
    """Read an amount in whole kroner; raises ValueError with what to say."""
    amount = number(CURRENCY.sub("", words.strip()))
    if amount != int(amount):
        raise ValueError(mark("Skriv hele kroner, uten øre."))
    if amount > MOST_KRONER:
        raise ValueError(mark("Beløpet er for stort. Skriv hele kroner."))
    return int(amount)


def tonnes(words: str) -> float:
    """Read an amount of emissions in tonnes; raises ValueError with what to say."""
    amount = number(words)
    if amount > MOST_TONNES:
        raise ValueError(mark("Tallet er for stort. Skriv effekten i tonn."))
    return float(amount)


def year(words: str) -> int:
    """Read a year; raises ValueError with what to say."""
    if not re.fullmatch(r"\d{4}", words.strip(), re.ASCII) or not FIRST_YEAR <= int(words) <= LAST_YEAR:
        raise ValueError(mark("Skriv et årstall, for eksempel 2024."))
    return int(words)


def month(words: str) -> str:
    """Read a year or a month as "2024" or "2024-05"; raises ValueError with what to say."""
    found = PERIOD.fullmatch(words.strip()) if words.isascii() else None
    if found is None or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise ValueError(mark("Skriv år, eller år og måned, for eksempel 2024 eller 2024-05."))
    if found[2] is None:
        return found[1]
    if not 1 <= int(found[2]) <= 12:
        raise ValueError(mark("Måneden må være fra 01 til 12."))
    return f"{found[1]}-{int(found[2]):02}"


def is_backwards(first: str, last: str) -> bool:
    """Whether a period ends before it begins; a year without a month is the whole year."""
    return (first if "-" in first else f"{first}-01") > (last if "-" in last else f"{last}-12")


def problems(content: Content, facts: Facts) -> dict[str, str | Message]:
    """Say what is missing or wrong, by field; nothing when the experience may be shared."""
    found = _of_core(content, facts) | _of_lengths(content, facts) | _of_codes(facts) | _of_figures(facts)
    return _of_numbers(content, facts) | found


def _of_core(content: Content, facts: Facts) -> dict[str, str | Message]:
    missing: dict[str, str | Message] = {}
    if not content.places:
        missing["place"] = mark("Skriv hvilken kommune eller fylkeskommune det gjelder.")
    if len(set(content.places)) > MOST_PLACES:
        missing["place"] = say("Du kan velge høyst %(count)s steder.", count=MOST_PLACES)
    if not content.themes:
        missing["themes"] = mark("Velg minst ett tema.")
    if content.status is None:
        missing["status"] = mark("Velg en status.")
    if not content.body.strip():
        missing["summary"] = mark("Skriv kort hva dere gjorde og hvordan det gikk.")
    if facts.contact_id is None and not facts.contact_mailbox:
        missing["contact"] = mark("Si hvem andre kan spørre, eller oppgi en postkasse.")
    return missing


def _of_lengths(content: Content, facts: Facts) -> dict[str, str | Message]:
    sizes = {"title": (content.title, LONGEST_TITLE), "summary": (content.body, LONGEST_SUMMARY)}
    sizes |= {name: (getattr(facts, name), LONGEST_TEXT) for name in TEXTS}
    sizes |= {name: (getattr(facts, name), LONGEST_LINE) for name in LINES}
    return {
        name: say("Teksten er for lang. Den kan ha høyst %(max)s tegn.", max=most)
        for name, (words, most) in sizes.items()
        if len(words) > most
    }


def _of_numbers(content: Content, facts: Facts) -> dict[str, str | Message]:
    written = {"title": content.title, "summary": content.body}
    return personal_numbers.problems(written | {name: getattr(facts, name) for name in (*TEXTS, *LINES)})


def _of_codes(facts: Facts) -> dict[str, str | Message]:
    wrong: dict[str, str | Message] = {}
    if not set(facts.barrier_codes) <= set(BARRIERS):
        wrong["barrier_codes"] = NOT_IN_LIST
    for name, allowed in CODES.items():
        if getattr(facts, name) is not None and getattr(facts, name) not in allowed:
            wrong[name] = NOT_IN_LIST
    return wrong


def _of_figures(facts: Facts) -> dict[str, str | Message]:
    wrong: dict[str, str | Message] = {}
    for name in KRONER:
        if not 0 <= (getattr(facts, name) or 0) <= MOST_KRONER:
            wrong[name] = mark("Beløpet må være hele kroner og ikke negativt.")
    if not 0 <= (facts.effect_amount or 0) <= MOST_TONNES:
        wrong["effect_amount"] = mark("Skriv effekten i tonn. Tallet kan ikke være negativt.")
    if facts.effect_amount is not None and facts.effect_unit is None:
        wrong["effect_unit"] = mark("Velg om tallet gjelder per år eller totalt.")
    if facts.effect_amount is not None and facts.effect_basis is None:
        wrong["effect_basis"] = mark("Velg om tallet er beregnet, målt eller anslått.")
    if facts.period_from and facts.period_to and is_backwards(facts.period_from, facts.period_to):
        wrong["period_to"] = mark("Perioden slutter før den begynner.")
    return wrong
