"""A report in the reader's words: labels, figures and dates as people read them."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from kunnskap.desk.exporting import Cell, Grid, Paper, Story
from kunnskap.desk.figures import Figures, FromPlace, Met
from kunnskap.desk.models import NetworkReport
from kunnskap.networks.models import Network
from kunnskap.posts.kinds import ANSWER, DOCUMENT, EXPERIENCE, QUESTION, Kind
from kunnskap.posts.models import Post
from kunnskap.web.filters import day, number

HOURS_A_DAY = 24


def lines(figures: Figures) -> list[tuple[str, str | int]]:
    """The counts of a report, each with its label."""
    posts = figures.posts
    return [
        (_("Medlemmer ved slutten av perioden"), figures.members),
        (_("Nye medlemmer i perioden"), figures.new_members),
        (_("Koordinatorer"), figures.coordinators),
        (_("Kommuner som hører til nettverket"), figures.municipalities),
        (_("Kommuner som er nådd"), figures.reached),
        (_("Spørsmål"), posts[QUESTION.key]),
        (_("Spørsmål med svar"), _with_share(figures)),
        (_("Median tid til første svar"), wait_words(figures.median_first_answer)),
        (_("Svar"), posts[ANSWER.key]),
        (_("Erfaringer"), posts[EXPERIENCE.key]),
        (_("Dokumenter"), posts[DOCUMENT.key]),
        (_("Møter"), len(figures.meetings)),
        (_("Deltakere på møtene til sammen"), sum(one.attended or 0 for one in figures.meetings)),
        (_("Brev til alle"), figures.letters),
        (_("Nye samlinger"), figures.collections),
    ]


def _with_share(figures: Figures) -> str | int:
    share = figures.share_answered
    return figures.answered if share is None else f"{figures.answered} ({number(round(100 * share))} %)"


def wait_words(wait: timedelta | None) -> str:
    """Say how long something took: in hours the first two days, then in days."""
    if wait is None:
        return "–"
    hours = wait.total_seconds() / 3600
    if hours < 1:
        return _("under en time")
    if hours < 2 * HOURS_A_DAY:
        return ngettext("%(num)s time", "%(num)s timer", round(hours))
    return ngettext("%(num)s dag", "%(num)s dager", round(hours / HOURS_A_DAY))


def place_grid(figures: Figures) -> Grid:
    """How many people each municipality has in the network and what came from there."""
    kinds = (QUESTION, ANSWER, EXPERIENCE, DOCUMENT)
    head = [_("Kommune eller fylke"), _("Folk i nettverket"), *(_(kind.plural) for kind in kinds)]
    rows = [_from_place(one, kinds) for one in figures.places]
    return Grid(_("Fra hver kommune"), head, rows)


def _from_place(one: FromPlace, kinds: Sequence[Kind]) -> list[Cell]:
    return [one.place.name, one.people, *(one.posts.get(kind.key, 0) for kind in kinds)]


def meeting_grid(figures: Figures) -> Grid:
    """The meetings that were held."""
    head = [_("Møte"), _("Dato"), _("Påmeldte"), _("Til stede")]
    return Grid(_("Møter"), head, [_met(one) for one in figures.meetings])


def _met(one: Met) -> list[Cell]:
    return [one.title, day(one.day), one.coming, "–" if one.attended is None else one.attended]


def paper(
    network: Network, report: NetworkReport, figures: Figures, stories: list[tuple[Post, str]], language: str
) -> Paper:
    """The whole report, ready to be written in any format. The address of each story is put in by the caller."""
    return Paper(
        title=_("Nettverksrapport: %(network)s", network=network.name),
        period=period(report.since, report.until),
        note=_("Utkast, laget av Kunnskap. Tallene gjelder det koordinatoren kan se. Se over før rapporten sendes."),
        language=language,
        words=report.words,
        grids=[Grid(_("I tall"), [_("Hva"), _("Antall")], lines(figures)), place_grid(figures), meeting_grid(figures)],
        stories_heading=_("Historier"),
        stories=[_story(post, note) for post, note in stories],
    )


def period(since: date, until: date) -> str:
    """Say which days a report is for."""
    return _("%(since)s til %(until)s", since=day(since), until=day(until))


def _story(post: Post, note: str) -> Story:
    who = "" if post.hides_author else ", ".join(part for part in (post.author.name, post.workplace) if part)
    kind = _(post.kind.name)
    return Story(post.title, ". ".join(part for part in (kind, who, day(post.published_at)) if part), note, "")
