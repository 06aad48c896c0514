"""A whole site on a port of its own, and Chromium to look at it."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.provider import Provider, serving

HOUSE = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 60
"""Seconds a site may take to start, its content loaded."""


@pytest.fixture(scope="session", autouse=True)
def _chromium_or_skip() -> None:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine (on Debian: apt-get install chromium)")


@pytest.fixture(scope="session")
def instance(_chromium_or_skip: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site under test; its `outbox/` holds the mail."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def provider(_chromium_or_skip: None) -> Iterator[Provider]:
    """Where people of "Prøvejobben" sign in."""
    with serving(Provider()) as served:
        yield served


@pytest.fixture(scope="session")
def address(instance: Path, provider: Provider) -> Iterator[str]:
    """A served site with reference data and demonstration content; gives its address."""
    settings = {"DEMO": "yes", "ORGANISATIONS": "jobben", "ORGANISATION_JOBBEN_NAME": "Prøvejobben"}
    settings |= {"ORGANISATION_JOBBEN_ISSUER": provider.issuer, "ORGANISATION_JOBBEN_CLIENT_ID": provider.client_id}
    settings["ORGANISATION_JOBBEN_CLIENT_SECRET"] = provider.client_secret
    with _served(instance, _free_port(), settings) as address:
        yield address


@pytest.fixture(scope="session")
def named_address(tmp_path_factory: pytest.TempPathFactory, _chromium_or_skip: None) -> Iterator[tuple[str, Path]]:
    """Another site, at an address with a name, as passkeys ask for; gives its address and its folder."""
    folder, port = tmp_path_factory.mktemp("named"), _free_port()
    with _served(folder, port, {"ADDRESS": f"http://localhost:{port}"}):
        yield f"http://localhost:{port}", folder


@dataclass(frozen=True)
class MovingSite:
    """A site of its own whose day can be moved: its address and its folder."""

    address: str
    instance: Path

    def move_to(self, days: float) -> None:
        """Let it be so many days from now."""
        (self.instance / "days").write_text(str(days))


@pytest.fixture
def moving_site(tmp_path: Path, _chromium_or_skip: None) -> Iterator[MovingSite]:
    """A site with reference data and nothing else."""
    with _served(tmp_path, _free_port(), {}, ["-m", "tests.browser.site_on_another_day"]) as address:
        yield MovingSite(address, tmp_path)


@contextmanager
def _served(
    instance: Path, port: int, settings: dict[str, str], how: Sequence[str] = ("-m", "flask", "--app", "app", "serve")
) -> Iterator[str]:
    settings = {"INSTANCE": str(instance), "PORT": str(port), "WORKER": "yes", "RATE_LIMITS": "no"} | settings
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KUNNSKAP_")}
    environment = clean | {f"KUNNSKAP_{name}": value for name, value in settings.items()}
    command = [sys.executable, *how]
    with (instance / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=HOUSE, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(port, server, instance / "server.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        if _answers(port):
            return
        time.sleep(0.1)
    pytest.fail(f"the site did not start:\n{log.read_text()[-3000:]}")


def _answers(port: int) -> bool:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asking.request("GET", "/om")
        return asking.getresponse().status < 500
    except OSError:
        return False
    finally:
        asking.close()


@pytest.fixture(scope="session")
def chromium(_chromium_or_skip: None) -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, address: str) -> Iterator[BrowserContext]:
    """A reader with a wide screen who asks for bokmål, and has been nowhere."""
    made = chromium.new_context(base_url=address, locale="nb-NO", viewport={"width": 1280, "height": 900})
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """An empty tab; an error in the page's scripts, or one the security policy stops, fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield page
    assert [one for one in complaints if "Failed to load resource" not in one] == []
