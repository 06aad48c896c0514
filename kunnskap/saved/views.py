"""Pages of saved searches: save, see what is new, choose notices, and stop them."""

from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from kunnskap import clock
from kunnskap.errors import Invalid, NotFound
from kunnskap.saved import actions, queries, rules
from kunnskap.saved.forms import SavedForm
from kunnskap.saved.models import NOTICES, SavedSearch
from kunnskap.search.results import Label
from kunnskap.web import limits
from kunnskap.web.access import actor, members, open_door
from kunnskap.web.filters import told
from kunnskap.web.limits import limiter
from kunnskap.web.locale import language

saved = Blueprint("saved", __name__, url_prefix="/lagrede-sok")


@saved.get("")
@members
def index() -> str:
    """List the actor's searches with what is new in them."""
    return _listed()


@saved.post("")
@members
@limiter.limit(limits.POSTING)
def save() -> ResponseReturnValue:
    """Save the search whose address is in `sok`."""
    address = request.form.get("sok", "")
    try:
        made, is_new = actions.save(actor(), address, _described(address), language())
    except Invalid as refused:
        for problem in refused.problems.values():
            flash(told(problem), "warning")
        return redirect(url_for("saved.index"), 303)
    words = (
        _("Søket er lagret. Velg om du vil ha e-post om nye treff.") if is_new else _("Du har lagret dette søket før.")
    )
    flash(words, "success" if is_new else "info")
    return redirect(url_for("saved.index", _anchor=f"sok-{made.id}"), 303)


@saved.post("/<int:number>")
@members
def change(number: int) -> ResponseReturnValue:
    """Give a search another name and choose when to be told."""
    own = queries.one(actor(), number)
    form = SavedForm(formdata=MultiDict(request.form), prefix=_prefix(own))
    if form.validate():
        with form.gather_problems():
            given = {"name": form.name.data or "", "notice": form.notice.data}
            actions.change(actor(), number, **given, language=language())
            flash(_("Endringene er lagret."))
            return redirect(url_for("saved.index", _anchor=f"sok-{number}"), 303)
    return _listed(number, form), 422


@saved.post("/<int:number>/sett")
@members
def see(number: int) -> ResponseReturnValue:
    """Take what was new up to the moment `til` as seen."""
    actions.see(actor(), number, _moment(request.form.get("til", "")))
    return redirect(url_for("saved.index", _anchor=f"sok-{number}"), 303)


@saved.post("/<int:number>/fjern")
@members
def remove(number: int) -> ResponseReturnValue:
    """Keep a search no more."""
    actions.remove(actor(), number)
    flash(_("Søket er fjernet."))
    return redirect(url_for("saved.index"), 303)


@saved.get("/stopp/<mark>")
@open_door
def stopping(mark: str) -> str:
    """Show the button that stops mail about all of somebody's searches; a mail scanner that looks stops nothing."""
    _whose(mark)
    return render_template("saved/stop.html", is_stopped=False)


@saved.post("/stopp/<mark>")
@open_door
@limiter.limit(limits.POSTING)
def stop(mark: str) -> str:
    """Stop mail about all of somebody's searches."""
    actions.stop_notices(_whose(mark))
    return render_template("saved/stop.html", is_stopped=True)


def _whose(mark: str) -> int:
    person_id = rules.person_of(str(current_app.secret_key), mark)
    if person_id is None:
        raise NotFound
    return person_id


def _listed(number: int = 0, sent: SavedForm | None = None) -> str:
    """The list; the search with this number shows the form as it was sent."""
    mine, now = queries.of(actor()), clock.now()
    rows = [
        {
            "saved": own,
            "words": rules.wanted(own.query).words,
            "choices": queries.choices(actor(), own.query),
            "form": sent if own.id == number else SavedForm(obj=own, prefix=_prefix(own)),
        }
        for own in mine
    ]
    news = queries.known_news(actor(), {own.id: own.seen_at for own in mine})
    return render_template("saved/index.html", rows=rows, news=news, now=now, notices=NOTICES, sent=sent)


def _prefix(own: SavedSearch) -> str:
    return f"sok-{own.id}-"


def _described(address: str) -> str:
    """Name a search after its words, or else after what it is narrowed to."""
    query = rules.kept(address)
    words = rules.wanted(query).words
    if words:
        return words
    named = [one.name_in(language()) if isinstance(one, Label) else _(one) for one in queries.choices(actor(), query)]
    return ", ".join(named) or _("Uten navn")


def _moment(sent: str) -> datetime:
    try:
        moment = datetime.fromisoformat(sent)
    except ValueError:
        return clock.now()
    return moment if moment.tzinfo else clock.now()
