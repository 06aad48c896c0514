"""Forms every kind of post shares."""

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField, ValidationError, validators
from wtforms.form import BaseForm

from kunnskap.actor import Actor
from kunnskap.i18n import mark
from kunnskap.networks import queries as networks
from kunnskap.places import queries as places
from kunnskap.places.models import Place
from kunnskap.posts.actions import NOT_ONES_OWN
from kunnskap.posts.comments import LONGEST
from kunnskap.posts.kinds import AUDIENCES
from kunnskap.posts.models import Post
from kunnskap.web.forms import Form, PostingForm, at_most, needed, options

NETWORK = "network:"
"""What the value of a choice begins with that means one network; its number follows."""
ASKED_FOR = "nettverk"
"""What an address names the network by that something new is to be for."""
NOBODY = mark("Velg hvem som kan lese.")


class AudienceField(SelectField):
    """Who may read a post: everyone, members, those in one of the writer's networks, those of the writer's municipality.

    `offer` gives it the choices of the one who writes; nothing else is taken.
    """

    def __init__(self, label: Any = None, **more: Any) -> None:
        help_text = _l("Svar og kommentarer får de samme leserne som innlegget. Moderatorer kan lese alt.")
        given = {"default": "everyone", "description": help_text, "choices": [], "validate_choice": False}
        super().__init__(label or _l("Hvem kan lese?"), [needed(_l(NOBODY)), self._check], **(given | more))

    def offer(self, actor: Actor, post: Post | None = None) -> None:
        """Set the choices: those of the actor, and what the post under change is meant for already."""
        words = {key: _(AUDIENCES[key]) for key in ("everyone", "members")}
        for network_id, name in _networks(actor, post).items():
            words[f"{NETWORK}{network_id}"] = _("Nettverk: %(network)s", network=name)
        place = _place(actor, post)
        if place is not None:
            words["place"] = _("Bare kommunen min: %(place)s", place=place.name)
            if place.is_county:
                words["place"] = _("Bare fylkeskommunen min: %(place)s", place=place.name)
        if (
            post is None
            and request.method == "GET"
            and (asked := networks.slugs().get(request.args.get(ASKED_FOR, "")))
        ):
            # A page of a network leads here; whoever is not in it chooses readers as always.
            self.data = f"{NETWORK}{asked}" if asked in actor.network_ids else self.data
        # What was begun for a network one has left must not become open to all without a choice.
        unknown = {} if self.data in words else {"": _("Velg")}
        self.choices = options(unknown | words)

    @property
    def audience(self) -> str:
        """The key of AUDIENCES that is chosen."""
        return "network" if (self.data or "").startswith(NETWORK) else self.data or ""

    @property
    def network_id(self) -> int | None:
        """The network that is chosen, if any."""
        number = (self.data or "").removeprefix(NETWORK)
        return int(number) if self.audience == "network" and number.isascii() and number.isdecimal() else None

    def _check(self, _form: BaseForm, _field: object) -> None:
        if self.data not in {choice[0] for choice in self.iter_choices()}:
            raise ValidationError(_(NOT_ONES_OWN) if self.audience in {"network", "place"} else _(NOBODY))


class NamelessField(BooleanField):
    """Whether readers are kept from knowing who wrote it."""

    def __init__(self, **more: Any) -> None:
        help_text = _l(
            "Andre ser bare hvor stor kommune du jobber i. Det gjelder også kommentarene og svarene dine til spørsmålet. "
            "Moderatorer ser hvem du er. Pass på at du ikke røper hvem du er i teksten eller i vedlegg."
        )
        super().__init__(_l("Skjul navnet mitt for lesere"), description=help_text, **more)


class CommentForm(PostingForm):
    """A short remark."""

    body = TextAreaField(_l("Kommentar"), [needed(_l("Skriv en kommentar.")), at_most(LONGEST)])


class DraftForm(Form):
    """Which form a draft belongs to."""

    form = HiddenField(validators=[validators.Regexp(r"^[a-z-]{1,20}(:\d{1,12})?$")])


def audience_value(post: Post) -> str:
    """What an audience field shows of a post that is to be changed."""
    return f"{NETWORK}{post.for_network_id}" if post.audience == "network" else post.audience


def _networks(actor: Actor, post: Post | None) -> dict[int, str]:
    offered = set(actor.network_ids)
    if post is not None and post.for_network_id is not None:
        offered.add(post.for_network_id)
    return {number: name for number, name in networks.names().items() if number in offered} if offered else {}


def _place(actor: Actor, post: Post | None) -> Place | None:
    number = (post.for_place_id if post else None) or actor.proven_place_id
    return places.by_id(number) if number is not None else None
