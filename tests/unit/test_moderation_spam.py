"""What looks like spam, and what does not."""

from datetime import timedelta

import pytest

from kunnskap.moderation import spam
from kunnskap.moderation.spam import Written

YOUNG, OLD = timedelta(days=1), timedelta(days=400)
ADVERT = "Best prices on carbon credits! https://bit.ly/3xyz https://billige-kvoter.example/kjop https://cheap.example/buy now"
LONG = "Vi har testet elektriske gravemaskiner i to år, og det har gått bedre enn vi trodde da vi begynte."
HONEST = [
    "Hvordan har dere gått fram for å få med økonomiavdelingen på klimabudsjettet?",
    "Se https://www.miljodirektoratet.no/klimasats for hvem som kan søke.",
    (
        "Vi brukte disse tre: https://www.ssb.no/klimagass, https://www.enova.no/kommune og "
        "https://www.miljodirektoratet.no/klimasats. Den første gir tall for egen kommune år for år, den andre støtter "
        "forprosjekter, og den tredje gir penger til selve tiltaket. Vi begynte med tallene, og så fant vi ut hva vi kunne "
        "søke om. Det tok omtrent tre måneder fra ide til søknad, og vi fikk god hjelp av fylkeskommunen underveis."
    ),
    "Kilde: [Klimasats](https://www.miljodirektoratet.no/klimasats) (https://www.miljodirektoratet.no/klimasats).",
    "Takk!",
    "",
    "https://[::1",
]


@pytest.mark.parametrize("text", HONEST)
@pytest.mark.parametrize("age", [YOUNG, OLD])
def test_what_advisers_write_shows_no_sign(text, age):
    assert spam.signs(Written(text, age)) == []


def test_an_advert_shows_signs_and_waits_when_the_account_is_young():
    written = Written(ADVERT, YOUNG)
    assert spam.signs(written) == ["links", "shortened"]
    assert spam.is_to_wait(written, spam.signs(written))


def test_the_text_of_an_old_account_never_waits():
    written = Written(ADVERT, OLD, 50, {spam.fingerprint(ADVERT)}, {spam.fingerprint(ADVERT)})
    shown = spam.signs(written)
    assert "fast" not in shown
    assert spam.points(shown) >= spam.HOLD_AT
    assert not spam.is_to_wait(written, shown)


def test_a_new_account_that_posts_fast_is_seen():
    assert spam.signs(Written("Hei", YOUNG, spam.MOST_AN_HOUR)) == []
    assert spam.signs(Written("Hei", YOUNG, spam.MOST_AN_HOUR + 1)) == ["fast"]


@pytest.mark.parametrize("again", [LONG, LONG.upper(), LONG.replace(" ", "  ") + "!!!", "**" + LONG + "**"])
def test_the_same_text_is_known_again(again):
    assert spam.signs(Written(again, OLD, own={spam.fingerprint(LONG)})) == ["own"]
    assert spam.signs(Written(again, OLD, others={spam.fingerprint(LONG)})) == ["others"]


def test_short_texts_are_alike_by_chance():
    assert spam.fingerprint("Ja, det gjorde vi også.") == ""
    assert spam.signs(Written("Takk for svaret!", OLD, own={""}, others={""})) == []


@pytest.mark.parametrize("link", ["https://bit.ly/x", "HTTPS://WWW.BIT.LY/x", "http://tinyurl.com/y."])
def test_links_that_hide_where_they_lead_are_seen(link):
    assert spam.signs(Written(f"Les mer om dette her {link} i dag", OLD)) == ["shortened"]


def test_a_name_that_ends_like_a_shortener_is_no_shortener():
    assert spam.signs(Written("Se https://ikke-bit.ly.example/x og https://notbit.ly.kommune.no", OLD)) == []


def test_one_sign_is_reported_and_none_alone_makes_a_text_wait():
    for name, sign in spam.SIGNS.items():
        assert spam.REPORT_AT <= sign.points < spam.HOLD_AT, name
