"""The kinds of post, told apart by what they may do rather than by class."""

from dataclasses import dataclass, field

from kunnskap.i18n import mark


@dataclass(frozen=True)
class Kind:
    """What a kind may do.

    `path` is its key in addresses and filters; `name`, `plural` and `new` are words for people; `statuses` maps the
    keys a post's `status` may have to words, in the order they are shown.
    """

    key: str
    path: str
    name: str
    plural: str
    endpoint: str
    edit_endpoint: str
    has_title: bool = True
    replies_to: str | None = None
    statuses: dict[str, str] = field(default_factory=dict, hash=False)


UNANSWERED, ANSWERED, SOLVED = "ubesvart", "besvart", "lost"
CANCELLED = frozenset({"stanset", "avlyst", "takket-nei"})

QUESTION = Kind(
    "question",
    "sporsmal",
    mark("Spørsmål"),
    mark("Spørsmål"),
    "questions.show",
    "questions.edit_form",
    statuses={UNANSWERED: mark("Ubesvart"), ANSWERED: mark("Besvart"), SOLVED: mark("Løst")},
)
ANSWER = Kind(
    "answer", "svar", mark("Svar"), mark("Svar"), "questions.show", "questions.edit_answer_form",
    has_title=False, replies_to="question",
)  # fmt: skip
EXPERIENCE = Kind(
    "experience",
    "erfaring",
    mark("Erfaring"),
    mark("Erfaringer"),
    "experiences.show",
    "experiences.edit_form",
    statuses={
        "ide": mark("Idé"),
        "forprosjekt": mark("Forprosjekt"),
        "pagar": mark("Under gjennomføring"),
        "gjennomfort": mark("Gjennomført"),
        "i-drift": mark("I drift"),
        "stanset": mark("Stanset"),
        "avlyst": mark("Avlyst"),
        "takket-nei": mark("Takket nei til støtte"),
    },
)
DOCUMENT = Kind(
    "document",
    "dokument",
    mark("Dokument"),
    mark("Dokumenter"),
    "documents.show",
    "documents.edit_form",
    statuses={
        "plan": mark("Plan"),
        "klimabudsjett": mark("Klimabudsjett"),
        "regnskap": mark("Klimaregnskap og beregning"),
        "konkurransegrunnlag": mark("Konkurransegrunnlag og krav"),
        "saksframlegg": mark("Saksframlegg og vedtak"),
        "soknad-rapport": mark("Søknad og rapport"),
        "rapport": mark("Rapport og notat"),
        "presentasjon": mark("Presentasjon"),
        "mal-veileder": mark("Mal og veileder"),
        "annet": mark("Annet"),
    },
)

KINDS = {kind.key: kind for kind in (QUESTION, ANSWER, EXPERIENCE, DOCUMENT)}
PATHS = {kind.path: kind for kind in KINDS.values()}
AUDIENCES = {
    "everyone": mark("Alle"),
    "members": mark("Bare innloggede"),
    "network": mark("Et nettverk jeg er med i"),
    "place": mark("Bare kommunen min"),
}
REVIEW, READING, NUMBERS = "review", "reading", "numbers"
HELD_FOR = {
    REVIEW: mark("Venter på gjennomsyn"),
    READING: mark("Filen leses og kontrolleres"),
    NUMBERS: mark("Filen ser ut til å inneholde fødselsnummer eller kontonummer"),
}
"""Why a post waits before others see it."""
