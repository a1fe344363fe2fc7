"""Signing in at the desk by a company account, in a real Chromium: from a ticket's link to the ticket."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from eval.service import Service
from tests.oidc.provider import CLIENT, CLIENT_SECRET, PASSWORD, RealProvider, real_provider

pytestmark = pytest.mark.browser
PEOPLE = {
    "zofia": {"email": "zofia@example.com", "email_verified": True, "name": "Zofia Żak", "roles": ["staff"]},
    "guest": {"email": "guest@example.com", "email_verified": True, "name": "Guest", "roles": []},
}


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.fixture(scope="module")
def company(port: int) -> Iterator[RealProvider]:
    if find_spec("oauth2_provider") is None:
        pytest.skip("the package django-oauth-toolkit is missing: run 'make install'")
    with real_provider(PEOPLE, callbacks=f"http://127.0.0.1:{port}/desk/oidc/callback") as provider:
        yield provider


@pytest.fixture(scope="module")
def address(
    port: int, company: RealProvider, starter_index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("oidc")
    settings = {
        "INDEX_DIR": str(starter_index),
        "DATABASE": f"sqlite:///{folder}/record.db",
        "SECRET_FILE": f"{folder}/secret",
        "ATTACHMENTS": f"file:{folder}/attachments",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "OIDC_ISSUER": company.issuer,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
    }
    service = Service(folder, {f"ASKFIRST_{name}": value for name, value in settings.items()})
    service.port = port
    try:
        service.start()
        yield service.address
    finally:
        service.stop()


def own_cookies(context: BrowserContext) -> list[str]:
    """Return the names of our cookies: the company's are on the same host, and ports do not count."""
    return [one["name"] for one in context.cookies() if one["name"].startswith("askfirst_")]


@pytest.mark.parametrize("name", PEOPLE)
def test_a_company_account_leads_to_the_desk_or_to_a_sentence(browser: Browser, address: str, name: str) -> None:
    context = browser.new_context(base_url=address, locale="en")
    page = context.new_page()
    page.goto("/desk/check")
    page.get_by_role("link", name="Sign in with your company account").click()
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()

    if name == "zofia":
        expect(page).to_have_url(f"{address}/desk/check")
        expect(page.get_by_role("contentinfo")).to_contain_text("Signed in as Zofia Żak")
        assert own_cookies(context) == ["askfirst_staff"]
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(re.compile("/desk/sign-in$"))
    else:
        expect(page.get_by_role("alert")).to_contain_text("Your company account has no role at this desk.")
        assert own_cookies(context) == []
    context.close()
