"""Pages for those who look after the content: what people search for, and words that mean the same."""

import csv
import io

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kunnskap.insight import actions, queries, rules
from kunnskap.insight.forms import SynonymForm
from kunnskap.insight.tally import Tally
from kunnskap.paging import page_number
from kunnskap.web.access import actor, moderators, open_door
from kunnskap.web.limits import limiter

insight = Blueprint("insight", __name__)
LONGEST_FILTER = 100
TOTAL = "X-Total-Count"
"""The search page says in this header how many hits it has, kept pages too."""
NARROWING_APART = {"q", "side", "likt", "bare", "ordrett"}
FORMULA = ("=", "+", "-", "@", "\t")
"""A cell that begins like this is calculated by spreadsheets; ours are words."""


@insight.get("/innsikt")
@moderators
def index() -> ResponseReturnValue:
    """Lead to the first of the pages."""
    return redirect(url_for("insight.searches"))


@insight.get("/innsikt/sok")
@moderators
def searches() -> str:
    """Show what was looked for in the last `dager` days, narrowed by `vis`."""
    view, days = _asked()
    page = queries.sought(view, days, page_number(request.args.get("side")))
    return render_template(
        "insight/searches.html", page=page, view=view, days=days, views=queries.VIEWS, periods=rules.PERIODS
    )


@insight.get("/innsikt/sok.csv")
@moderators
def searches_as_table() -> Response:
    """Give the same as a table for spreadsheets."""
    view, days = _asked()
    written = io.StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow([_("Søkeord"), _("Søk"), _("Uten treff"), _("Valgt")])
    for row in queries.sought(view, days, size=queries.MOST_ROWS).items:
        words = f"'{row.words}" if row.words.startswith(FORMULA) else row.words
        table.writerow([words, row.searches, row.without_hits, row.clicks])
    answer = Response(written.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="sok-{view}-{days}-dager.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _asked() -> tuple[str, int]:
    view, days = request.args.get("vis", ""), request.args.get("dager", "")
    known = {str(period): period for period in rules.PERIODS}
    return view if view in queries.VIEWS else next(iter(queries.VIEWS)), known.get(days, rules.PERIODS[0])


@insight.get("/innsikt/synonymer")
@moderators
def synonyms() -> str:
    """List groups of words, narrowed by `q`, and show what the words in `prov` become."""
    words, tried = (_plain(request.args.get(name, "")) for name in ("q", "prov"))
    return render_template(
        "insight/synonyms.html",
        page=queries.groups(words, page_number(request.args.get("side"))),
        words=words,
        trying=tried,
        tried=queries.tried(actor(), tried) if tried else None,
    )


@insight.get("/innsikt/synonymer/ny")
@moderators
def new_synonym() -> str:
    """Show an empty form, or one with the words in `ord`."""
    return render_template("insight/synonym.html", form=SynonymForm(words=_plain(request.args.get("ord", ""))))


@insight.post("/innsikt/synonymer/ny")
@moderators
def add_synonym() -> ResponseReturnValue:
    """Make a group."""
    form = SynonymForm.sent()
    if form.validate():
        with form.gather_problems():
            group = actions.add(actor(), form.words.data)
            flash(_("Nå betyr disse det samme i søket: %(words)s.", words=group.words))
            return redirect(url_for("insight.synonyms"), 303)
    return render_template("insight/synonym.html", form=form), 422


@insight.get("/innsikt/synonymer/<int:number>")
@moderators
def edit_synonym(number: int) -> str:
    """Show a group in the form."""
    group = queries.group(number)
    form = SynonymForm(words="\n".join(group.members), version=str(group.version))
    return render_template("insight/synonym.html", form=form, group=group)


@insight.post("/innsikt/synonymer/<int:number>")
@moderators
def change_synonym(number: int) -> ResponseReturnValue:
    """Change a group; whoever comes after somebody else is told, and may save again."""
    form = SynonymForm.sent()
    if form.validate():
        with form.gather_problems():
            group = actions.change(actor(), number, form.seen, form.words.data)
            flash(_("Nå betyr disse det samme i søket: %(words)s.", words=group.words))
            return redirect(url_for("insight.synonyms"), 303)
    group = queries.group(number)
    form.version.data = str(group.version)
    return render_template("insight/synonym.html", form=form, group=group), 422


@insight.get("/innsikt/synonymer/<int:number>/fjern")
@moderators
def removing_synonym(number: int) -> str:
    """Ask whether the group is to be removed."""
    return render_template("insight/remove.html", group=queries.group(number))


@insight.post("/innsikt/synonymer/<int:number>/fjern")
@moderators
def remove_synonym(number: int) -> ResponseReturnValue:
    """Remove a group that still is as it was seen."""
    if not actions.remove(actor(), number, SynonymForm.sent().seen):
        flash(_("Noen andre har endret gruppen i mellomtiden. Se på den før du fjerner den."), "warning")
        return redirect(url_for("insight.removing_synonym", number=number), 303)
    flash(_("Gruppen er fjernet."))
    return redirect(url_for("insight.synonyms"), 303)


@insight.post("/sok/valgt")
@open_door
@limiter.limit("60 per minute;600 per hour")
def chosen() -> ResponseReturnValue:
    """Count that somebody went on to something the words in `q` found; sent by the page's script, kept without person."""
    words, tally = rules.countable(request.form.get("q", "")), _tally()
    if words and tally and not rules.is_robot(request.user_agent.string):
        tally.clicked(words, _visitor())
    return "", 204


@insight.after_app_request
def count_search(response: Response) -> Response:
    """Count a search by its words alone, from the first page of its results only."""
    is_search = request.endpoint == "search.results" and request.method == "GET" and response.status_code == 200
    total, tally = response.headers.get(TOTAL, ""), _tally()
    if is_search and total.isdecimal() and tally is not None and _is_somebody_looking():
        words = rules.countable(request.args.get("q", ""))
        if words:
            narrowed = any(value for name, value in request.args.items() if name not in NARROWING_APART)
            tally.searched(words, _visitor(), found=narrowed or int(total) > 0)
    return response


def _is_somebody_looking() -> bool:
    fetched_ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    first = page_number(request.args.get("side")) == 1
    return first and not fetched_ahead and not rules.is_robot(request.user_agent.string)


def _visitor() -> str:
    """Something that tells visitors apart for an hour; it is mixed beyond recognition before it is remembered."""
    return f"{request.remote_addr}\n{request.user_agent.string}\n{session.get('_user_id', '')}"


def _tally() -> Tally | None:
    found: Tally | None = current_app.extensions.get("kunnskap.tally")
    return found


def _plain(typed: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in typed[:LONGEST_FILTER]).split())
