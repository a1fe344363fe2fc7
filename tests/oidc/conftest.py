"""The provider, and somebody's browser that goes back and forth between it and the desk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest
import structlog
from fastapi.testclient import TestClient

from assistant.staff.accounts import Accounts
from tests.api.conftest import build_small, client_over
from tests.oidc.provider import CLIENT, CLIENT_SECRET, PASSWORD, RealProvider, real_provider

PEOPLE: dict[str, dict[str, Any]] = {
    "zofia": {"email": "Zofia@Example.com", "email_verified": True, "name": "Zofia Żak", "roles": ["admin", "staff"]},
    "ben": {"email": "ben@example.com", "email_verified": True, "name": "Ben", "roles": "staff"},
    "noa": {"email": "noa@example.com", "email_verified": True, "name": "נועה", "roles": ["writer", "guest"]},
    "guest": {"email": "guest@example.com", "email_verified": True, "name": "Guest", "roles": ["guest"]},
}


class Browser:
    """A browser with cookies that follows where it is led, one step at a time, to the desk and to the provider."""

    def __init__(self, desk: TestClient) -> None:
        self.desk = desk
        self.company = httpx2.Client(timeout=30.0)
        self.visited: list[str] = []

    def go(self, url: str, *, stop_at: Callable[[str], bool] = lambda _: False) -> httpx2.Response:
        """Open an address and follow all redirects, until one leads where the test wants to look at it itself."""
        while True:
            self.visited.append(url)
            client = self.desk if urlsplit(url).netloc in ("", "testserver") else self.company
            response = client.get(url, follow_redirects=False)
            if not response.is_redirect:
                return response
            url = urljoin(url, response.headers["location"])
            if stop_at(url):
                self.visited.append(url)
                return response

    def sign_in(self, name: str, *, to: str = "/desk/password", until_callback: bool = False) -> httpx2.Response:
        """Sign in as one of the company's people, from the desk's own link on; end at the desk, or before the last
        step."""

        def callback(url: str) -> bool:
            return until_callback and "/desk/oidc/callback" in url

        form = self.go(f"/desk/oidc?to={to}", stop_at=callback)
        if form.is_redirect or 'name="csrfmiddlewaretoken"' not in form.text:
            return form
        fields = dict(re.findall(r'name="(csrfmiddlewaretoken|next)" value="([^"]*)"', form.text))
        fields["next"] = fields["next"].replace("&amp;", "&")
        done = self.company.post(
            str(form.url), data={**fields, "username": name, "password": PASSWORD}, follow_redirects=False
        )
        assert done.is_redirect, "the company did not take the password"
        return self.go(urljoin(str(form.url), done.headers["location"]), stop_at=callback)

    @property
    def callback(self) -> str:
        """The address that the provider sent it back to last."""
        return [url for url in self.visited if "/desk/oidc/callback" in url][-1]


@pytest.fixture(scope="module")
def running() -> Iterator[RealProvider]:
    if find_spec("oauth2_provider") is None:
        pytest.skip("the package django-oauth-toolkit is missing: run 'make install'")
    with real_provider(PEOPLE) as provider:
        yield provider


@pytest.fixture
def company(running: RealProvider) -> RealProvider:
    """The provider, saying of its people what it said at first."""
    running.people = PEOPLE
    running.speaks_shortly(False)
    running.start()
    return running


@pytest.fixture
def role_claim() -> str:
    return "roles"


@pytest.fixture
def settings_of(company: RealProvider, role_claim: str) -> dict[str, Any]:
    return {
        "oidc_role_claim": role_claim,
        "oidc_issuer": company.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": CLIENT_SECRET,
        "public_url": "http://testserver",
    }


@pytest.fixture
def desk(tmp_path: Path, settings_of: dict[str, Any]) -> Iterator[TestClient]:
    build_small(tmp_path)
    with client_over(tmp_path, **settings_of) as client:
        yield client
    structlog.reset_defaults()


@pytest.fixture
def browser(desk: TestClient) -> Iterator[Browser]:
    opened = Browser(desk)
    yield opened
    opened.company.close()


@pytest.fixture
def accounts(desk: TestClient) -> Accounts:
    """The desk's accounts, as the service itself has them."""
    found: Accounts = desk.app.state.services.accounts  # type: ignore[attr-defined]
    return found
