"""Who may come in, and where things may be changed."""

from werkzeug.routing.converters import NumberConverter

from tests.house import doors
from tests.house.doors import WITHOUT_A_DOOR

SAFE = {"GET", "HEAD", "OPTIONS"}
# Each route that a visitor may send something to, and why.
OPEN_TO_VISITORS = {
    "home.choose_language": "the choice is kept in the visitor's own cookie",
    "home.tell": "whoever cannot use the site cannot be asked to sign in to say so",
    "accounts.sign_in": "one signs in from outside",
    "accounts.sign_up": "one becomes a member from outside",
    "accounts.confirm": "a link from a mail confirms an address",
    "accounts.send_link": "one asks for a link to sign in with",
    "accounts.sign_in_by_link": "a link from a mail signs in",
    "accounts.forgot": "one who forgot the password cannot sign in",
    "accounts.new_password": "a link from a mail lets a new password be chosen",
    "accounts.change": "a link from a mail makes an address the account's",
    "second_factor.ask": "the code is what lets one in",
    "second_factor.give_up": "one who is half-way in may stop there; it ends only the visitor's own session",
    "passkeys.enter_options": "a challenge for a key is given out; it is kept in the visitor's own cookie",
    "passkeys.enter": "one signs in from outside with a key",
    "organisations.enter": "one signs in from outside, as whom one's organisation has said one is",
    "moderation.appeal_by_link": "whoever is suspended cannot sign in, and appeals with a signed link from a mail",
    "invitations.come": "a link from somebody who is in lets one sign up",
    "networks.leave_by_link": "a signed link from a mail has one leave a network, and one need not sign in for that",
    "expertise.stop": "a signed link from a mail stops suggestions of pairs, and one need not sign in for that",
    "saved.stop": "a signed link from a mail stops mail, and one need not sign in for that",
    "people.confirm_by_link": "a signed link from a mail says that a profile holds, and one need not sign in for that",
    "routing.reply_by_link": "a signed link from a mail says whether one can answer, and one need not sign in for that",
    "desk.stop": "a signed link from a mail stops letters to a network, and one need not sign in for that",
    "routing.stop": "a signed link from a mail has one asked nothing more, and one need not sign in for that",
    "minutes.settle_by_link": "a signed link from a mail lets a speaker say yes or no to what is posted in their name",
    "insight.chosen": "a count of searches that led somewhere is raised in memory; nothing of the visitor is kept",
}


def test_every_route_says_who_may_come_in(app):
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in WITHOUT_A_DOOR and not hasattr(app.view_functions[rule.endpoint], "door")
    ]
    assert silent == []


def test_every_route_stands_in_the_list_of_doors_as_it_is(app):
    hung, listed = doors.hung(app), doors.listed()
    missing = [one.line for one in hung if one not in listed]
    gone = [one.line for one in listed if one not in hung]
    assert not missing, (
        f"{doors.FILE.name} does not have these routes as they are now. Is the door the right one for each? Then add the "
        "lines, where they belong in the order of endpoints:\n" + "\n".join(missing)
    )
    assert not gone, f"{doors.FILE.name} has routes that are gone or have another door now. Remove:\n" + "\n".join(gone)


def test_the_list_of_doors_is_in_order_and_says_each_thing_once():
    listed = doors.listed()
    assert listed == sorted(listed)
    assert len({(one.endpoint, one.method) for one in listed}) == len(listed)


def test_the_list_knows_only_the_doors_that_are():
    assert {one.door for one in doors.listed()} <= set(doors.DOORS)
    assert {one.recent for one in doors.listed()} <= {"", doors.RECENT}


def test_what_asks_who_one_is_anew_stands_under_a_door():
    assert [one.line for one in doors.listed() if one.recent and one.door == "anyone"] == []


def test_what_administrators_change_asks_who_they_are_anew():
    changed = [one for one in doors.listed() if one.door == "administrators" and one.method != "GET"]
    assert [one.line for one in changed if not one.recent] == []


def test_no_route_that_changes_things_is_open_to_anyone_without_a_reason(app):
    careless = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods - SAFE and getattr(app.view_functions[rule.endpoint], "door", "") == "anyone"
    }
    assert careless - set(OPEN_TO_VISITORS) == set()


def test_no_reason_is_left_for_a_route_that_is_gone(app):
    assert set(OPEN_TO_VISITORS) <= set(app.view_functions), set(OPEN_TO_VISITORS) - set(app.view_functions)


def test_a_stranger_is_turned_away_from_every_guarded_page(app, browser):
    stranger = browser()
    adapter = app.url_map.bind("localhost")
    let_in = []
    for rule in app.url_map.iter_rules():
        door = getattr(app.view_functions[rule.endpoint], "door", "anyone")
        if door == "anyone" or "GET" not in rule.methods:
            continue
        values = {name: _some_value(rule, name) for name in rule.arguments}
        answer = stranger.get(adapter.build(rule.endpoint, values))
        if answer.status_code not in {302, 401, 403, 404}:
            let_in.append((rule.endpoint, answer.status_code))
    assert let_in == []


def _some_value(rule, name):
    converter = rule._converters[name]
    return 1 if isinstance(converter, NumberConverter) else "x"
