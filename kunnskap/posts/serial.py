"""What pages say of a post in the reader's language: who may read it, and who wrote it where that may be told."""

from flask.sansio.app import App
from flask_babel import gettext as _

from kunnskap.networks import queries as networks
from kunnskap.places import queries as places
from kunnskap.places.rules import Sized
from kunnskap.posts import rules
from kunnskap.posts.models import Comment, Post
from kunnskap.web.access import actor
from kunnskap.web.page_cache import is_readers_own


def init_app(app: App) -> None:
    """Give templates these words and tests."""
    app.add_template_filter(audience_words)
    app.add_template_filter(colleague)
    app.add_template_test(is_named, "named")
    app.add_template_test(is_editable, "editable")
    app.add_template_test(is_commenter_named, "commenter_named_in")


def audience_words(post: Post) -> str:
    """Say who may read a post."""
    if post.audience == "network":
        return _("Nettverk: %(network)s", network=networks.names().get(post.for_network_id or 0, ""))
    if post.audience == "place":
        return _("Bare %(place)s", place=places.names_by_id().get(post.for_place_id or 0, ""))
    return _("Alle") if post.audience == "everyone" else _("Bare innloggede")


def colleague(place: Sized | None) -> str:
    """Say who wrote something from a place without saying from where."""
    return _(rules.colleague(place))


def is_named(post: Post) -> bool:
    """Whether the reader may know who wrote a post; every page asks here before it tells.

    Authors are named to themselves, on pages that are given to nobody else.
    """
    who = actor()
    if post.hides_author and who.person_id == post.author_id:
        is_readers_own()
    return rules.may_see_author(who, post)


def is_editable(post: Post) -> bool:
    """Whether the reader may change a post; the page of one that was handed over to them is given to nobody else."""
    who = actor()
    if post.keeper_id is not None and post.keeper_id == who.person_id:
        is_readers_own()
    return rules.may_edit(who, post)


def is_commenter_named(comment: Comment, thread: Post) -> bool:
    """Whether the reader may know who wrote a comment in the thread of a question."""
    return comment.author_id != thread.author_id or is_named(thread)
