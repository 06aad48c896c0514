"""What a site must have before it can be used, each brought into place by one function that may run again."""

from collections.abc import Callable
from typing import cast

from flask import current_app

from kunnskap.accounts import actions as accounts
from kunnskap.accounts import register as domains
from kunnskap.cli import demo, mergers
from kunnskap.config import Settings
from kunnskap.db import expect_writes, session
from kunnskap.networks import register as networks
from kunnskap.places import comparing as likeness
from kunnskap.places import register as places
from kunnskap.search import register as synonyms
from kunnskap.tables import Loaded
from kunnskap.themes import register as themes
from kunnskap.year_wheel import register as year_wheel


def settings() -> Settings:
    """The settings the app was made with."""
    return cast(Settings, current_app.extensions["kunnskap.settings"])


def load_reference_data() -> str:
    """Load places with what follows them, themes, networks, synonyms and the year wheel in one transaction, and tell what was found."""
    of_places = (places.load, mergers.follow, likeness.load)
    return _told("Reference data", *of_places, themes.load, networks.load, synonyms.load, domains.load, year_wheel.load)


def load_demo_content() -> str:
    """Load the demonstration content, and tell what was found."""
    return _told("Demonstration content", demo.load)


def _told(what: str, *loads: Callable[[], Loaded]) -> str:
    expect_writes()
    loaded = [load() for load in loads]
    session.commit()
    found = ", ".join(f"{count} {name}" for one in loaded for name, count in one.counts.items())
    changed = sum(one.changed for one in loaded)
    return f"{what}: {found}; {changed} new or changed."


def first_administrator(email: str, name: str) -> bool:
    """Make the account administrator; returns whether it had to be made. The caller commits; raises Invalid."""
    expect_writes()
    return accounts.create_admin(email, name)
