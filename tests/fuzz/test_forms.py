"""Every form and every filter takes anything at all: no page breaks, and nothing that was sent runs."""

import random
import re
import string
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import update
from werkzeug.datastructures import MultiDict

from kunnskap import clock
from kunnskap.accounts.models import Account, AccountSession
from kunnskap.collections.models import Collection, CollectionItem
from kunnskap.db import session
from kunnskap.moderation.models import Decision, Report
from kunnskap.posts.models import Comment
from tests import factories

pytestmark = pytest.mark.timeout(240)
MARK = "zqxj"
"""What the texts that are sent carry, so that it is seen where they come out."""
NASTY = [
    "", " ", "\t\n", "0", "-1", "1", "2147483648", "9" * 40, "1e9", "NaN", "null", "true", "\x00", "\x00x", "\ufffd", "\u202ex",
    "æøå ÆØÅ", "\U0001f642" * 20, "x" * 300, "x" * 30_000, "'; DROP TABLE posts; --", "' OR '1'='1", '" OR ""="', "%' --",
    "../../../etc/passwd", "..\\..\\x", "file:///etc/passwd", "http://169.254.169.254/", "//e.example", "https://e.example\r\nX: y",
    f"<script>{MARK}(1)</script>", f'"><img src=x onerror={MARK}(1)>', f"' onmouseover='{MARK}(1)", f"javascript:{MARK}(1)",
    f"{{{{ {MARK} }}}}", "{% raw %}", "${7*7}", "#{7*7}", "%s%s%s%n", "\r\n\r\n", "2024-02-30", "0000-00-00", "9999-99-99",
    "=cmd|' /C calc'!A0", "01019012345", "test@skien.kommune.no", "æ@ø.å", "a" * 250 + "@skien.kommune.no", "1-x", "4003", "network:1",
    "place", "everyone", "question", "nb",
]  # fmt: skip
ROUNDS = 2
PARAMETERS = [
    "q", "side", "tema", "fylke", "kommune", "status", "sted", "type", "ar", "nettverk", "forfatter", "storrelse", "sorter", "til",
    "format", "facets", "size", "page", "lik", "ordrett", "rolle", "hva", "hvem", "fra", "handling", "tilstand",
]  # fmt: skip


@pytest.fixture
def chance(request):
    """The same choices each time for the same test, whatever others there are."""
    return random.Random(request.node.name)


@pytest.fixture
def world(app, member):
    """One of everything, and the addresses that name them."""
    place, theme, network = factories.place(county_id=factories.county().id), factories.theme(), factories.network()
    me = member(role="administrator", place=place)
    mine = factories.question(me, title="Hva koster en ladestasjon?")
    answer = factories.answer(mine, member())
    experience, other = factories.experience(member()), factories.question(member())
    comment = factories.keep(Comment(post_id=mine.id, author_id=me.person_id, body="Takk", body_html="<p>Takk</p>"))
    decision = factories.keep(Decision(post_id=other.id, act="hide", reason="upassende", made_by_id=me.person_id))
    factories.keep(Report(post_id=other.id, reporter_id=answer.author_id, reason="upassende"))
    collection = factories.keep(Collection(network_id=network.id, title="En samling", published_at=clock.now()))
    factories.keep(CollectionItem(collection_id=collection.id, position=1, url="https://example.org/", title="Lenke"))
    numbers = [me.id, me.person_id, mine.id, answer.id, experience.id, other.id, comment.id, decision.id, 987_654]
    words = {
        "kommuner": place.slug,
        "tema": theme.slug,
        "nettverk": network.slug,
        "sporsmal": mine.slug,
        "folk": me.person.slug,
        "samlinger": collection.slug,
    }
    words |= {"erfaringer": experience.slug, "": other.slug, "1": "1-x", "x": "x"}
    session.remove()
    return me, numbers, words


def _addresses(app, method, chance, numbers, words, rounds):
    """An address of each route for this method, with ids and slugs of what there is and of what there is not."""
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if method not in rule.methods or rule.endpoint in {
            "static",
            "accounts.sign_out",
            "accounts.sign_out_everywhere",
        }:
            continue
        for _ in range(rounds if rule.arguments else 1):
            fitting = words.get(rule.rule.split("/")[1], "x")
            texts = [fitting, fitting, chance.choice(list(words.values()))]
            values = {
                name: chance.choice(numbers if "Number" in type(rule._converters[name]).__name__ else texts)
                for name in rule.arguments
            }
            yield rule.endpoint, adapter.build(rule.endpoint, values)


def _refuse_script(answer):
    """Nothing that was sent stands as markup in the answer."""
    if answer.mimetype != "text/html":
        answer.close()
        return
    soup = BeautifulSoup(answer.text, "html.parser")
    for element in soup.find_all(True):
        assert not (element.name == "script" and MARK in element.text), answer.request.path
        for name, value in element.attrs.items():
            is_code = name.startswith("on") or (
                name in {"href", "src", "action", "formaction"} and "script:" in str(value)[:20]
            )
            assert not (is_code and MARK in str(value)), (answer.request.path, name)


def _nasty(chance):
    found = chance.choice(NASTY)
    return (
        found if chance.random() < 0.8 else found + "".join(chance.choices(string.printable, k=chance.randint(1, 20)))
    )


def _filled(form, chance):
    """Send a form as a hostile browser would: some fields right, some odd, some missing, some twice, some made up."""
    sent = MultiDict()
    for field in form.find_all(["input", "textarea", "select", "button"]):
        name = field.get("name")
        if not name or field.get("type") == "file":
            continue
        options = [option.get("value", "") for option in field.find_all("option")] or [
            field.get("value", field.text or "")
        ]
        for _ in range(chance.choices([0, 1, 2], [1, 8, 1])[0]):
            sent.add(name, chance.choice(options) if chance.random() < 0.5 else _nasty(chance))
    for name in ("role", "is_admin", "author_id", "person_id", "held_at", "hidden_at", "score", "id", "trusted_at"):
        if chance.random() < 0.1:
            sent.add(name, _nasty(chance))
    return sent


def _stay_in(visitor, me):
    """Undo what was done to the one who sends all this: powers, account and session are as they were."""
    if me is None:
        return
    whole = {"role": "administrator", "closed_at": None, "suspended_until": None, "totp_secret": None}
    session.execute(update(Account).where(Account.id == me.id).values(whole))
    session.execute(update(AccountSession).values(fresh_at=clock.now() + timedelta(minutes=1)))
    session.commit()
    session.remove()
    if visitor.get("/konto").status_code != 200:
        visitor.sign_in(me)


def _forms_of(page, address):
    """The forms of a page that write something of ours, each with where it is sent."""
    if page.mimetype != "text/html" or page.status_code != 200:
        page.close()
        return
    for form in BeautifulSoup(page.text, "html.parser").find_all("form", method="post"):
        action = form.get("action") or address
        if action.startswith("/") and "/logg-ut" not in action and "/slett" not in action:
            yield action, form


def _send_odd_things(visitor, me, pages, chance):
    """Fill in every form of these pages a few times; gives how many sorts of forms there were."""
    seen = set()
    for _, address in pages:
        _stay_in(visitor, me)
        for action, form in _forms_of(visitor.get(address), address):
            sort = re.sub(r"\d+", "0", action)
            for _ in range(0 if sort in seen else ROUNDS):
                _stay_in(visitor, me)
                _refuse_script(visitor.post(action, data=_filled(form, chance)))
            seen.add(sort)
    return len(seen)


def test_every_form_of_every_page_takes_anything(app, browser, world, chance):
    me, numbers, words = world
    pages = [*_addresses(app, "GET", chance, numbers, words, rounds=3)]
    assert _send_odd_things(browser(me), me, pages, chance) > 30, "the forms of the site were found"
    assert _send_odd_things(browser(), None, pages, chance) > 4


def test_every_route_that_writes_takes_anything(app, browser, world, chance):
    me, numbers, words = world
    visitor = browser(me)
    for endpoint, address in _addresses(app, "POST", chance, numbers, words, rounds=2):
        if endpoint.startswith("privacy."):
            continue  # it may remove whoever asks; its own tests send it odd things
        _stay_in(visitor, me)
        names = [
            "body",
            "title",
            "email",
            "form",
            "act",
            "reason",
            "words",
            "role",
            "nyttig",
            "folg",
            "til",
            "place",
            "themes",
        ]
        sent = MultiDict([(name, _nasty(chance)) for name in names if chance.random() < 0.6])
        _refuse_script(visitor.post(address, data=sent))
        _refuse_script(
            visitor.post(address, data=b"\xff\xfe{not a form", content_type="application/x-www-form-urlencoded")
        )
        _refuse_script(visitor.post(address, json={"a": [1, {"b": None}]}))


def test_every_filter_and_every_address_takes_anything(app, browser, world, chance):
    me, numbers, words = world
    odd = dict(enumerate(["x" * 3_000, "<script>", "%00", "..", "0", "-1", "99999999999999999999", "æ", "1-<b>", " "]))
    for who in (me, None):
        visitor = browser(who)
        for _, address in _addresses(app, "GET", chance, [*numbers, 0, 2_147_483_647], words | odd, rounds=3):
            asked = MultiDict((chance.choice(PARAMETERS), _nasty(chance)) for _ in range(chance.randint(0, 5)))
            answer = visitor.get(address, query_string=asked)
            assert answer.status_code < 500, address
            _refuse_script(answer)
