"""Doing what a moderator decided: one door to every act."""

from collections.abc import Callable

from kunnskap.actor import Actor
from kunnskap.errors import NotAllowed
from kunnskap.moderation import hiding, merging, moving, rules, suspending
from kunnskap.moderation.deciding import Wish
from kunnskap.moderation.models import Decision
from kunnskap.moderation.rules import Thing

Doer = Callable[[Actor, Thing, Wish], Decision | None]
_DOERS: dict[str, Doer] = {
    **dict.fromkeys((rules.HIDE, rules.RESTORE, rules.LOCK, rules.UNLOCK, rules.APPROVE, rules.REFUSE), hiding.act),
    **dict.fromkeys((rules.WARN, rules.SUSPEND, rules.LIFT, rules.END), suspending.act),
    rules.MERGE: merging.merge,
    rules.MOVE: moving.move,
    rules.SPLIT: moving.split,
    rules.REHOME: moving.rehome,
}


def decide(actor: Actor, thing: Thing, wish: Wish) -> Decision | None:
    """Do what is wished to a thing and write it down; None when it was done already. Raises Invalid and NotAllowed."""
    if wish.act not in _DOERS:
        raise NotAllowed
    return _DOERS[wish.act](actor, thing, wish)
