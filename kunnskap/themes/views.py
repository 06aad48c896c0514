"""Pages of themes."""

from flask import Blueprint, render_template, request

from kunnskap.expertise import queries as expertise_queries
from kunnskap.following import queries as following
from kunnskap.paging import page_number
from kunnskap.posts import counts as post_counts
from kunnskap.posts import queries as post_queries
from kunnskap.posts.kinds import DOCUMENT, EXPERIENCE, PATHS, QUESTION
from kunnskap.posts.queries import Filter
from kunnskap.targets import Target
from kunnskap.themes import queries
from kunnskap.web.access import actor, open_door

themes = Blueprint("themes", __name__, url_prefix="/tema")
SHOWN = (QUESTION, EXPERIENCE, DOCUMENT)


@themes.get("")
@open_door
def index() -> str:
    """Show all themes in two levels, with how much there is of each."""
    return render_template(
        "themes/index.html",
        tree=queries.tree(),
        counts=post_counts.theme_counts(actor()),
        main_counts=post_counts.main_theme_counts(actor()),
    )


@themes.get("/<slug>")
@open_door
def show(slug: str) -> str:
    """Show a theme: what is written about it and its subthemes (of one kind with `type`), and who can help."""
    who, theme = actor(), queries.by_slug(slug)
    above, below = queries.relatives(theme)
    ids = (theme.id, *(one.id for one in below))
    kind = PATHS.get(request.args.get("type", ""))
    wanted = Filter(kinds=(kind,) if kind in SHOWN and kind else SHOWN, themes=ids)
    return render_template(
        "themes/show.html",
        theme=theme,
        above=above,
        below=below,
        kind=kind,
        kinds=SHOWN,
        kind_counts=post_counts.kind_counts(who, Filter(kinds=SHOWN, themes=ids)),
        page=post_queries.page(who, wanted, page_number(request.args.get("side"))),
        people=expertise_queries.put_forward(who, ids, limit=8),
        is_following=following.is_following(who, Target("theme", theme.id)),
    )
