"""Keeping the count of what people have shown in step with what they wrote."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from kunnskap.actor import ANYONE
from kunnskap.db import session
from kunnskap.expertise.models import TrackRecord
from kunnskap.people.models import FORMER, Person
from kunnskap.posts.kinds import ANSWER, DOCUMENT, EXPERIENCE, Kind
from kunnskap.posts.models import Post, PostTheme
from kunnskap.posts.queries import names_author, visible
from kunnskap.questions.models import QuestionDetails

AT_ONCE = 500
COUNTED = ("answers", "accepted", "experiences", "documents", "latest_at")
Row = tuple[int, int]
Rows = dict[Row, tuple[Any, ...]]


def authors_near(post_ids: Collection[int]) -> set[int]:
    """Give those who wrote these posts or what hangs on them: whom it may concern that one of these changed."""
    those = Post.id.in_(list(post_ids)) | Post.parent_id.in_(list(post_ids))
    return set(session.scalars(select(Post.author_id).where(those).distinct()))


def recount(person_ids: Collection[int]) -> int:
    """Count anew what these people have shown; returns how many rows that changed. Counted twice, it is the same.

    Others who count the same people wait meanwhile, so that two workers never stand in each other's way.
    """
    changed = 0
    everybody = sorted(set(person_ids))
    for start in range(0, len(everybody), AT_ONCE):
        some = everybody[start : start + AT_ONCE]
        held = select(Person.id).where(Person.id.in_(some)).order_by(Person.id)
        session.execute(held.with_for_update(key_share=True)).all()
        changed += _bring_up_to_date(_kept(TrackRecord.person_id.in_(some)), _counted(Post.author_id.in_(some)))
    session.flush()
    return changed


def out_of_step() -> set[int]:
    """Give everybody whose count is not what it should be, as when a change was never told; reads only."""
    kept = {key: _values(record) for key, record in _kept().items()}
    counted = _counted()
    return {key[0] for key in kept.keys() | counted.keys() if kept.get(key) != counted.get(key)}


def _bring_up_to_date(kept: dict[Row, TrackRecord], counted: Rows) -> int:
    differing = [
        key for key in kept.keys() | counted.keys() if key not in kept or _values(kept[key]) != counted.get(key)
    ]
    for key in differing:
        if key not in counted:
            session.delete(kept[key])
            continue
        record = kept.get(key) or TrackRecord(person_id=key[0], theme_id=key[1])
        for name, value in zip(COUNTED, counted[key], strict=True):
            setattr(record, name, value)
        session.add(record)
    return len(differing)


def _values(record: TrackRecord) -> tuple[Any, ...]:
    return tuple(getattr(record, name) for name in COUNTED)


def _kept(*whose: ColumnElement[bool]) -> dict[Row, TrackRecord]:
    rows = select(TrackRecord).where(*whose).execution_options(populate_existing=True)
    return {(record.person_id, record.theme_id): record for record in session.scalars(rows)}


def _counted(*whose: ColumnElement[bool]) -> Rows:
    return {(row[0], row[1]): tuple(row[2:]) for row in session.execute(_counts().where(*whose))}


def _counts() -> Select[int, int, int, int, int, int, datetime]:
    """What counts: what everybody may see and bears the name of somebody who is still here. An answer is on its question's themes."""
    accepted = case((QuestionDetails.accepted_answer_id.is_not(None), 1), else_=0)
    rows = (
        select(
            Post.author_id,
            PostTheme.theme_id,
            _number_of(ANSWER),
            func.sum(accepted),
            _number_of(EXPERIENCE),
            _number_of(DOCUMENT),
            func.max(Post.published_at),
        )
        .join(PostTheme, PostTheme.post_id == func.coalesce(Post.parent_id, Post.id))
        .join(Person, Person.id == Post.author_id)
        .outerjoin(QuestionDetails, QuestionDetails.accepted_answer_id == Post.id)
    )
    kinds = Post.kind_key.in_([kind.key for kind in (ANSWER, EXPERIENCE, DOCUMENT)])
    is_here = Person.external_id.is_(None) | ~Person.external_id.startswith(FORMER, autoescape=True)
    rows = rows.where(kinds, visible(ANYONE), names_author(ANYONE), is_here)
    return rows.group_by(Post.author_id, PostTheme.theme_id)


def _number_of(kind: Kind) -> ColumnElement[int]:
    return func.sum(case((Post.kind_key == kind.key, 1), else_=0))
