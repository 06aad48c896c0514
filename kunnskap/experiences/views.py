"""Pages of experiences: find, read, share, change."""

from datetime import date

from babel.dates import format_date
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from kunnskap import text
from kunnskap.errors import NotAllowed, NotFound
from kunnskap.experiences import actions, queries
from kunnskap.experiences.forms import ExperienceForm, filled, place_words
from kunnskap.experiences.models import BARRIERS, COST_BASES, EFFECT_BASES, EFFECT_UNITS, FUNDERS, ExperienceDetails
from kunnskap.experiences.queries import Wanted
from kunnskap.paging import page_number
from kunnskap.people import queries as people
from kunnskap.places import queries as places
from kunnskap.posts import actions as post_actions
from kunnskap.posts import attaching, rules
from kunnskap.posts import queries as posts
from kunnskap.posts.forms import CommentForm
from kunnskap.posts.kinds import EXPERIENCE
from kunnskap.posts.models import Draft, Post
from kunnskap.posts.nearness import nearest
from kunnskap.posts.views import by_home, home, lead_on, like, waits_for_review
from kunnskap.search import queries as search
from kunnskap.themes import queries as themes
from kunnskap.web.access import actor, members, open_door
from kunnskap.web.addresses import number_of
from kunnskap.web.limits import POSTING, limiter
from kunnskap.web.locale import language
from kunnskap.web.page_cache import differs_by, same_for_members
from kunnskap.web.security import takes_files
from kunnskap.web.shelf import sent_files, shelf

experiences = Blueprint("experiences", __name__, url_prefix="/erfaringer")
DRAFT = "erfaring"
TOLD = ("problem", "actions", "worked", "barriers", "advice")
WORDS = {
    "barrier_codes": BARRIERS,
    "cost_basis": COST_BASES,
    "effect_unit": EFFECT_UNITS,
    "effect_basis": EFFECT_BASES,
    "funding_source": FUNDERS,
}


@experiences.get("")
@open_door
@same_for_members
@differs_by(by_home)
def index() -> str:
    """List experiences, narrowed by status, theme, county and whether figures are given."""
    tree, counties = themes.tree(), places.counties()
    chosen = {name: request.args.get(name, "") for name in ("status", "tema", "fylke", "sorter")}
    flags = {name: name in request.args for name in ("effekt", "kostnad")}
    wanted = Wanted(
        status=chosen["status"] if chosen["status"] in EXPERIENCE.statuses else None,
        themes=themes.family_ids(tree, chosen["tema"]),
        county_id=next((county.id for county in counties if county.number == chosen["fylke"]), None),
        with_effect=flags["effekt"],
        with_cost=flags["kostnad"],
        like=like(),
    )
    page = queries.page(actor(), wanted, page_number(request.args.get("side")))
    return render_template(
        "experiences/index.html",
        page=page,
        home=home(),
        nearest=nearest(wanted.like, page.items),
        tree=tree,
        counties=counties,
        statuses=EXPERIENCE.statuses,
        chosen=chosen | flags,
    )


@experiences.get("/<slug>")
@open_door
def show(slug: str) -> ResponseReturnValue:
    """Show an experience with its figures."""
    who = actor()
    try:
        post, details = queries.experience(who, number_of(slug))
    except NotFound:
        queries.refuse_what_never_was_one(number_of(slug))
        return lead_on(number_of(slug))
    if slug != post.slug:
        return redirect(url_for("experiences.show", slug=post.slug), 301)
    return render_template(
        "experiences/show.html",
        post=post,
        details=details,
        words_of=WORDS,
        period=_period(details),
        html={name: text.to_html(getattr(details, name)) for name in TOLD},
        comments=posts.comments(actor(), [post]).get(post.id, []),
        comment_form=CommentForm() if who.is_member else None,
        attachments=posts.attachments(actor(), [post]).get(post.id, []),
        mine=posts.mine(who, [post]),
        related=search.related(who, post),
    )


@experiences.get("/ny")
@members
def new_form() -> str:
    """Show the form of a new experience, with what was begun earlier."""
    begun = posts.draft(actor(), DRAFT)
    form = ExperienceForm(MultiDict(begun.fields)) if begun else ExperienceForm(data=_from_profile())
    return _form_page(_ready(form), begun=begun)


@experiences.post("/ny")
@members
@limiter.limit(POSTING)
@takes_files
def new() -> ResponseReturnValue:
    """Share an experience."""
    who = actor()
    form = _ready(ExperienceForm.sent())
    if form.validate():
        with form.gather_problems():
            files = attaching.keep(shelf(), sent_files("attachments"))
            post = actions.share(who, form.content(), form.facts(), form.form_key.data)
            if not post.attachment_count:
                attaching.hang(who, post, files)
            post_actions.forget_draft(who, DRAFT)
            flash(waits_for_review() if post.held_at else _("Takk! Erfaringen er delt."))
            return redirect(url_for("experiences.show", slug=post.slug))
    return _form_page(form), 422


@experiences.get("/<int:post_id>/rediger")
@members
def edit_form(post_id: int) -> str:
    """Show the form with an experience to be changed."""
    post, details = _mine_to_edit(post_id)
    begun = posts.draft(actor(), f"{DRAFT}:{post.id}")
    shown = filled(actor(), post, details)
    form = ExperienceForm(MultiDict(begun.fields)) if begun else ExperienceForm(data=shown)
    return _form_page(_ready(form, post, details), post, begun)


@experiences.post("/<int:post_id>/rediger")
@members
@takes_files
def edit(post_id: int) -> ResponseReturnValue:
    """Change an experience."""
    who = actor()
    post, details = _mine_to_edit(post_id)
    form = _ready(ExperienceForm.sent(), post, details)
    if form.validate():
        with form.gather_problems():
            actions.edit(who, post, form.content(), form.facts())
            attaching.attach(who, post, shelf(), sent_files("attachments"))
            post_actions.forget_draft(who, f"{DRAFT}:{post.id}")
            flash(_("Endringene er lagret."))
            return redirect(url_for("experiences.show", slug=post.slug))
    return _form_page(form, post), 422


def _form_page(form: ExperienceForm, post: Post | None = None, begun: Draft | None = None) -> str:
    return render_template(
        "experiences/form.html",
        form=form,
        post=post,
        draft=f"{DRAFT}:{post.id}" if post else DRAFT,
        begun=begun,
        attachments=posts.attachments(actor(), [post]).get(post.id, []) if post else [],
        theme_tree=themes.choices(language()),
        place_options=places.options(),
    )


def _ready(form: ExperienceForm, post: Post | None = None, details: ExperienceDetails | None = None) -> ExperienceForm:
    form.prepare(actor(), {theme.slug: theme.name_in(language()) for theme in themes.every()})
    if post is not None and details is not None:
        form.remember(post, details)
    return form


def _from_profile() -> dict[str, str]:
    person_id = actor().person_id
    me = people.person(person_id) if person_id else None
    return {"place": place_words(me.place) if me and me.place else "", "contact_role": me.role if me else ""}


def _mine_to_edit(post_id: int) -> tuple[Post, ExperienceDetails]:
    post, details = queries.experience(actor(), post_id)
    if not rules.may_edit(actor(), post):
        raise NotAllowed
    return post, details


def _period(details: ExperienceDetails) -> str:
    first, last = (_spoken(when) for when in (details.period_from, details.period_to))
    return first if first == last else f"{first}–{last}"


def _spoken(when: str | None) -> str:
    """Write "2024-05" as "mai 2024" in the reader's language."""
    if not when or "-" not in when:
        return when or ""
    year, _dash, month = when.partition("-")
    return format_date(date(int(year), int(month), 1), "MMMM y", locale=language())
