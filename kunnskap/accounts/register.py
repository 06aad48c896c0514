"""The starting list of known domains: reads the file, refuses what is wrong with it, and adds what is missing."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from kunnskap.accounts.models import KnownDomain
from kunnskap.accounts.rules import is_public_domain
from kunnskap.audit import AuditEntry
from kunnskap.db import session
from kunnskap.tables import DATA, Loaded, Row, read_csv, refuse_repeats

FILE = "known_domains.csv"
COLUMNS = ("domain", "workplace_kind", "organisation", "seen")
KINDS = {"state", "other"}
"""Municipalities and counties have their domains in the data of places."""
DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"


@dataclass(frozen=True)
class Entry:
    """A domain as the file tells it."""

    domain: str
    workplace_kind: str
    organisation: str


def read(folder: Path = DATA) -> list[Entry]:
    """Read and check the file; raises BadFile on the first thing that is wrong."""
    rows = read_csv(folder / FILE, COLUMNS)
    refuse_repeats(rows, "domain")
    return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
    entry = Entry(row.matching("domain", DOMAIN), row.one_of("workplace_kind", KINDS), row.text("organisation"))
    if is_public_domain(entry.domain):
        raise row.bad(f"anybody may get an address at {entry.domain}")
    if entry.domain not in row.text("seen"):
        raise row.bad("what was seen does not show the domain")
    return entry


def load(folder: Path = DATA) -> Loaded:
    """Add the domains that are missing; raises BadFile before anything is touched.

    What moderators have changed is left as it is, and what they have removed stays away: the audit log remembers.
    """
    entries = read(folder)
    known = set(session.scalars(select(KnownDomain.domain)))
    removed = set(session.scalars(select(AuditEntry.target).where(AuditEntry.act == "domain removed")))
    missing = [one for one in entries if one.domain not in known and f"domain:{one.domain}" not in removed]
    session.add_all(
        KnownDomain(domain=one.domain, workplace_kind=one.workplace_kind, organisation=one.organisation)
        for one in missing
    )
    session.flush()
    return Loaded({"known domains": len(entries)}, len(missing))
