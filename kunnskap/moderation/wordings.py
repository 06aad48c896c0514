"""What the one concerned is told unless the moderator writes something better: kind, short, and what to do next."""

from kunnskap.i18n import mark
from kunnskap.moderation.rules import (
    APPROVE,
    END,
    LIFT,
    LOCK,
    MERGE,
    MOVE,
    REHOME,
    RESTORE,
    SPLIT,
    SUSPEND,
    UNLOCK,
    WARN,
)

_BY_ACT = {
    APPROVE: mark("Takk for at du bidrar. Det du skrev, er nå synlig. Heretter vises det du skriver, med en gang."),
    RESTORE: mark("Vi har sett på saken på nytt. Det du skrev, er synlig igjen."),
    UNLOCK: mark("Det går an å svare og kommentere igjen."),
    LIFT: mark("Du kan logge inn og bruke kontoen som før."),
    LOCK: mark("Samtalen ser ut til å være ferdig, eller den trenger en pause. Alt som er skrevet, står fortsatt."),
    MERGE: mark(
        "Noen har spurt om det samme før. Vi har samlet svarene på ett sted, så de er lettere å finne. Svarene, "
        "kommentarene og følgerne dine er flyttet med, og den gamle adressen leder dit."
    ),
    MOVE: mark(
        "Innlegget ditt passer bedre et annet sted. Vi har flyttet det dit, og den gamle adressen virker fortsatt. "
        "Se gjerne over om noe mangler."
    ),
    SPLIT: mark("Det du tar opp, er verdt et eget spørsmål. Da er det lettere for andre å finne det og svare."),
    REHOME: mark("Svaret ditt passer bedre til et annet spørsmål. Der er det flere som har nytte av det."),
    SUSPEND: mark(
        "Vi har sett flere innlegg som bryter med det vi er blitt enige om her. Derfor er kontoen stengt for en tid. "
        "Etterpå er du velkommen tilbake."
    ),
    END: mark("Vi har sett innlegg som bryter grovt med det vi er blitt enige om her. Derfor er kontoen avsluttet."),
}
_BY_REASON = {
    "personopplysninger": mark(
        "Teksten inneholder opplysninger om personer som ikke bør ligge ute. Ta dem gjerne bort og skriv til oss, "
        "så kan det vises igjen."
    ),
    "upassende": mark(
        "Noen kan oppleve teksten som krenkende. Vi er her for å hjelpe hverandre. Skriv det gjerne på nytt på en "
        "annen måte."
    ),
    "reklame": mark(
        "Dette leses som reklame. Her deler vi erfaringer og spør hverandre. Fortell gjerne hva dere har gjort og "
        "lært, uten å selge noe."
    ),
    "utdatert": mark("Noe her stemmer ikke lenger. Rett det gjerne, så andre kan stole på det de finner."),
    "feil-sted": mark("Innlegget hører hjemme et annet sted. Legg det gjerne ut på nytt der."),
    "rettighet": mark(
        "Teksten eller filen ser ut til å tilhøre noen andre. Lenk gjerne til den, og fortell med egne ord hva den sier."
    ),
    "annet": mark("Vi har sett på dette og kommet til at det ikke bør stå slik det er nå."),
}
_HEADS_UP = mark("Dette er en påminnelse. Alt du har skrevet, står, og kontoen din virker som før.")


def words(act: str, reason: str) -> list[str]:
    """Give what to tell about an act done for a reason (keys of rules.ACTS and REASONS), as marked sentences."""
    if act == WARN:
        return [_BY_REASON[reason], _HEADS_UP]
    return [_BY_ACT[act] if act in _BY_ACT else _BY_REASON[reason]]
