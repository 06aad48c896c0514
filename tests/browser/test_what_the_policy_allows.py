"""The security policy stops nothing of ours, and everything that is not."""

import pytest

PAGES = [
    "/",
    "/sok?q=klimabudsjett",
    "/sporsmal",
    "/erfaringer",
    "/dokumenter",
    "/folk",
    "/kommuner",
    "/nettverk",
    "/tema",
    "/om",
    "/personvern",
    "/tilgjengelighet",
    "/logg-inn",
    "/registrer",
    "/glemt-passord",
    "/finnes-ikke",
]
NOTE = "addEventListener('securitypolicyviolation', e => console.error('STOPPED', e.effectiveDirective, e.blockedURI))"


@pytest.fixture
def heard(context, page):
    """What the browser says of the page under way, with what the policy stopped."""
    said = []
    context.add_init_script(NOTE)
    page.on("console", lambda message: said.append(message.text))
    return said


@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_our_pages_is_stopped_or_unknown_to_the_browser(page, heard, path):
    page.goto(path)
    links = page.eval_on_selector_all("main a[href^='/']", "links => links.map(link => link.getAttribute('href'))")
    for link in [one for one in links if one.startswith(f"{path}/")][:1]:
        page.goto(link)
    assert [line for line in heard if "Failed to load resource" not in line] == []


def test_searching_while_typing_is_not_stopped(page, heard):
    page.goto("/")
    with page.expect_response("**/sok/forslag?*"):
        page.locator("main input[type=search]").first.press_sequentially("klima", delay=30)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sok?*")
    assert heard == []


@pytest.mark.parametrize(
    ("put_in", "stopped"),
    [
        pytest.param("<script>window.ran = 1</script>", "script-src-elem", id="a script"),
        pytest.param("<img src=x onerror='window.ran = 1'>", "script-src-attr", id="a handler"),
        pytest.param("<p style='color: red'>", "style-src-attr", id="a style"),
        pytest.param("<script src='https://evil.example/a.js'></script>", "script-src-elem", id="another's script"),
        pytest.param("<img src='https://evil.example/a.png'>", "img-src", id="another's picture"),
        pytest.param("<iframe src='https://evil.example/'></iframe>", "frame-src", id="another's page"),
        pytest.param("<object data='https://evil.example/'></object>", "object-src", id="a plug-in"),
    ],
)
def test_what_finds_its_way_into_a_page_does_nothing(chromium, address, put_in, stopped):
    with chromium.new_context(base_url=address, locale="nb-NO") as context:
        context.add_init_script(NOTE)
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.route("**/om", lambda route: _put_into(route, put_in))
        page.goto("/om")
        assert page.evaluate("window.ran") is None
        assert any(line.startswith(f"STOPPED {stopped}") for line in said), said


def _put_into(route, put_in):
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("</main>", f"{put_in}</main>"))


def test_a_form_cannot_be_sent_elsewhere(chromium, address):
    with chromium.new_context(base_url=address, locale="nb-NO") as context:
        context.add_init_script(NOTE)
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.route(
            "**/om", lambda route: _put_into(route, "<form action='https://evil.example/'><button>Send her</button>")
        )
        page.goto("/om")
        page.get_by_role("button", name="Send her").click(no_wait_after=True)
        page.wait_for_timeout(200)
        assert page.url.endswith("/om")
        assert any(line.startswith("STOPPED form-action") for line in said), said


def test_our_pages_cannot_be_shown_inside_anothers(chromium, address):
    with chromium.new_context(locale="nb-NO") as context:
        page = context.new_page()
        page.set_content(f"<iframe src='{address}/om'></iframe>")
        assert page.frames[1].locator("main").count() == 0
