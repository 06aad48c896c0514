"""Sharing and changing experiences."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from kunnskap.actor import Actor
from kunnskap.db import session
from kunnskap.errors import Invalid
from kunnskap.experiences import rules
from kunnskap.experiences.models import ExperienceDetails
from kunnskap.experiences.rules import Facts
from kunnskap.following import actions as following
from kunnskap.people.models import Person
from kunnskap.posts import actions as posts
from kunnskap.posts import queries
from kunnskap.posts.actions import Content
from kunnskap.posts.kinds import EXPERIENCE
from kunnskap.posts.models import Post
from kunnskap.targets import Target

WHOLE = {"contact_id", "cost_investment", "cost_yearly", "cost_extra", "cost_year", "funding_amount"}
KEYS = {"cost_basis", "effect_unit", "effect_basis", "funding_source", "period_from", "period_to"}


def share(actor: Actor, content: Content, facts: Facts, submission_key: str | None = None) -> Post:
    """Publish an experience and follow it; a form sent twice gives back the first one. Raises Invalid by field of the form."""
    first = queries.by_submission(actor, submission_key)
    if first is not None:
        return first
    _check(content, facts)
    post = posts.publish(actor, EXPERIENCE, _with_history(content, facts), submission_key=submission_key)
    session.add(ExperienceDetails(post_id=post.id, **_columns(facts)))
    following.follow(actor, Target("post", post.id))
    return post


def edit(actor: Actor, post: Post, content: Content, facts: Facts) -> None:
    """Change an experience and remember how it stood. Raises Invalid by field of the form."""
    _check(content, facts)
    posts.edit(actor, post, _with_history(content, facts))
    _keep(session.get_one(ExperienceDetails, post.id), facts)


def as_text(facts: Facts) -> dict[str, str]:
    """Write facts as the text that history keeps; `from_text` reads it back."""
    return {name: _written(value) for name, value in asdict(facts).items() if value not in (None, "", ())}


def from_text(details: Mapping[str, str]) -> Facts:
    """Read facts that `as_text` wrote."""
    values: dict[str, Any] = {field.name: _read(field.name, details.get(field.name, "")) for field in fields(Facts)}
    return Facts(**values)


def _check(content: Content, facts: Facts) -> None:
    problems = rules.problems(content, facts)
    if facts.contact_id is not None and session.get(Person, facts.contact_id) is None:
        problems["contact_name"] = rules.NOT_IN_LIST
    if problems:
        raise Invalid(**problems)


def _with_history(content: Content, facts: Facts) -> Content:
    details = {"status": content.status or "", **as_text(facts)}
    contact = session.get(Person, facts.contact_id) if facts.contact_id is not None else None
    if contact is not None:
        details["contact_id"] = f"{contact.id} {contact.name}".strip()
    return replace(content, details=details)


def _columns(facts: Facts) -> dict[str, object]:
    return asdict(facts) | {"barrier_codes": list(facts.barrier_codes)}


def _keep(row: ExperienceDetails, facts: Facts) -> None:
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    session.flush()


def _written(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _read(name: str, words: str) -> object:
    if name == "barrier_codes":
        return tuple(code for code in words.split(", ") if code)
    if name in WHOLE:
        return int(words.split(maxsplit=1)[0]) if words else None
    if name == "effect_amount":
        return float(words) if words else None
    return (words or None) if name in KEYS else words


def _restore(post: Post, details: Mapping[str, str]) -> None:
    if not details:
        return  # a revision from before facts were remembered says nothing of them
    facts = from_text(details)
    if facts.contact_id is not None and session.get(Person, facts.contact_id) is None:
        facts = replace(facts, contact_id=None)
    post.status = details.get("status") or post.status
    _keep(session.get_one(ExperienceDetails, post.id), facts)


posts.restores_details(EXPERIENCE, _restore)
