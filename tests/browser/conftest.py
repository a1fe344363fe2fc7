"""A real Chromium, and the service with the demo shop beside it as a user starts them, over the starter help centre."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from eval.browsing import FLAGS

CHROMIUM = shutil.which("chromium")
PHONE: ViewportSize = {"width": 390, "height": 844}
START_SECONDS = 120.0
expect.set_options(timeout=15_000)


@dataclass(frozen=True)
class Demonstration:
    """Where the service and the shop are."""

    askfirst: str
    shop: str
    staff: str
    password: str


@pytest.fixture(scope="session")
def demonstration(starter_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    folder = tmp_path_factory.mktemp("demo")
    environment = {
        **os.environ,
        # A writer publishes into it, and other tests use the other.
        "ASKFIRST_INDEX_DIR": str(shutil.copytree(starter_index, folder / "index")),
        "ASKFIRST_DATABASE": f"sqlite:///{folder}/record.db",
        "ASKFIRST_SECRET_FILE": str(folder / "secret"),
        "ASKFIRST_ATTACHMENTS": f"file:{folder}/attachments",
        "ASKFIRST_RELOAD_SECONDS": "0.1",
        "ASKFIRST_QUESTION_LIMIT": "100000/minute",
        "ASKFIRST_TICKET_LIMIT": "100000/minute",
        "ASKFIRST_MAIL_LIMIT": "100000/minute",
        "ASKFIRST_SIGN_IN_LIMIT": "100000/minute",
    }
    command = [str(Path(sys.executable).parent / "askfirst"), "demo", "--port", "0", "--shop-port", "0"]
    log = folder / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    give_up_at = time.monotonic() + START_SECONDS
    while "service.started" not in (said := log.read_text("utf-8", "replace")):
        if process.poll() is not None or time.monotonic() > give_up_at:
            pytest.fail(f"the demonstration did not start:\n{said}")
        time.sleep(0.05)
    shop, askfirst = re.findall(r"http://127\.0\.0\.1:\d+", said)[:2]
    signs_in = re.search(r"/desk: (\S+), password (\S+)", said)
    assert signs_in is not None
    yield Demonstration(askfirst, shop, signs_in[1], signs_in[2])
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="module")  # playwright's event loop runs as long, and other tests have their own
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine: run 'make system-packages' as root")
    with sync_playwright() as playwright:
        # Pages that a test makes up come from no address, and Chromium asks before such a page may load from here.
        args = [*FLAGS, "--disable-features=LocalNetworkAccessChecks"]
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser, demonstration: Demonstration) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=demonstration.askfirst, viewport=PHONE, locale="pl-PL")
    yield opened
    opened.close()


@pytest.fixture
def loose_page(context: BrowserContext) -> Page:
    """A page where errors are expected."""
    return context.new_page()


@pytest.fixture
def page(loose_page: Page) -> Iterator[Page]:
    """A page on whose console no error may appear."""
    complaints: list[str] = []
    loose_page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    loose_page.on("pageerror", lambda error: complaints.append(str(error)))
    yield loose_page
    assert complaints == []
