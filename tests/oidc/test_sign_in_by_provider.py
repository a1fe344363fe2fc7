"""Signing in at the desk by a real OpenID Connect provider, as a browser does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient

from api.dependencies import system_clock
from api.desk.id_tokens import TokenRefused, claims_of, validate
from api.desk.oidc import ProviderUnavailable
from api.desk.signed_in import STAFF_COOKIE
from api.routes.desk_oidc import ATTEMPT_COOKIE
from api.settings import Settings
from api.wiring_desk import make_provider
from assistant.record.events import MS_PER_HOUR
from assistant.staff.accounts import COMMAND_LINE, Accounts
from assistant.staff.models import Role
from commands.doctor_support import check_support
from tests.api.conftest import build_small, client_over
from tests.oidc.conftest import Browser
from tests.oidc.provider import CALLBACK, CLIENT, CLIENT_SECRET, OTHER_CLIENT, RealProvider

LOCAL = "żółw lubi ciepłe morze"
NOW = 1_795_431_600_000


def test_the_first_sign_in_makes_an_account_with_the_providers_role(
    browser: Browser, accounts: Accounts, company: RealProvider
) -> None:
    page = browser.sign_in("zofia", to="/desk/accounts")

    (zofia,) = accounts.members()
    assert (page.status_code, page.url.path) == (200, "/desk/accounts")
    assert (zofia.email, zofia.name, zofia.role, zofia.password) == (
        "zofia@example.com",
        "Zofia Żak",
        Role.ADMIN,
        None,
    )
    assert zofia.subject == f"{company.issuer} 1"
    assert [(one.by, one.action, one.details) for one in accounts.store.entries(most=9)] == [
        (zofia.id, "sign_in", "oidc"),
        ("identity provider", "account.added", "admin"),
    ]


def test_the_sign_in_page_offers_it_and_the_way_there_says_what_it_has_to(desk: TestClient) -> None:
    page = desk.get("/desk/sign-in?to=/desk/check")
    led = desk.get("/desk/oidc?to=/desk/check", follow_redirects=False)
    asked = parse_qs(urlsplit(led.headers["location"]).query)
    cookie = led.headers["set-cookie"].lower()

    assert 'href="/desk/oidc?to=/desk/check"' in page.text
    assert asked["client_id"] == [CLIENT]
    assert asked["scope"] == ["openid email profile"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/desk/oidc/callback"]
    assert (len(asked["state"][0]), len(asked["nonce"][0]), len(asked["code_challenge"][0])) == (43, 43, 43)
    assert all(
        part in cookie for part in (ATTEMPT_COOKIE, "httponly", "samesite=lax", "max-age=600", "path=/desk/oidc")
    )
    assert led.headers["cache-control"] == "no-store"


def test_the_second_sign_in_finds_the_account_though_the_address_has_changed(
    browser: Browser, accounts: Accounts, company: RealProvider
) -> None:
    browser.sign_in("ben")
    before = accounts.members()
    browser.desk.post("/desk/sign-out")
    company.says("ben", email="benjamin@example.com", email_verified=False)
    page = browser.sign_in("ben")

    assert page.url.path == "/desk/password"
    assert accounts.members() == before


def test_a_role_that_changes_at_the_provider_changes_here_at_the_next_sign_in(
    browser: Browser, accounts: Accounts, company: RealProvider
) -> None:
    browser.sign_in("ben")
    browser.desk.post("/desk/sign-out")
    company.says("ben", roles=["writer", "admin", "staff"])
    browser.sign_in("ben")

    (ben,) = accounts.members()
    assert ben.role is Role.ADMIN
    assert ("identity provider", "account.role", ben.id, "admin") in [
        (one.by, one.action, one.about, one.details) for one in accounts.store.entries(most=9)
    ]


def test_the_last_administrator_stays_one_whatever_the_provider_says(
    browser: Browser, accounts: Accounts, company: RealProvider
) -> None:
    browser.sign_in("zofia")
    browser.desk.post("/desk/sign-out")
    company.says("zofia", roles="staff")
    page = browser.sign_in("zofia", to="/desk/accounts")

    (zofia,) = accounts.members()
    assert (page.status_code, zofia.role) == (200, Role.ADMIN)
    assert "account.role_kept" in [one.action for one in accounts.store.entries(most=9)]


@pytest.mark.parametrize("role_claim", ["realm_access.roles"])
def test_a_role_may_be_found_deep_in_other_claims(browser: Browser, accounts: Accounts, company: RealProvider) -> None:
    company.says("noa", roles=None, realm_access={"roles": ["offline", "writer"]})
    browser.sign_in("noa")

    assert [(one.name, one.role) for one in accounts.members()] == [("נועה", Role.WRITER)]


@pytest.mark.parametrize("roles", [["guest"], "administrator", [], None, {"admin": True}, 1])
def test_somebody_without_a_role_is_told_whom_to_ask_for_one(
    browser: Browser, accounts: Accounts, company: RealProvider, roles: object
) -> None:
    company.says("guest", roles=roles)
    page = browser.sign_in("guest")

    assert page.status_code == 403
    assert "has no role at this desk" in page.text
    assert "“roles” has to say staff, writer or admin" in page.text
    assert accounts.members() == []
    assert [(one.by, one.action, one.details) for one in accounts.store.entries(most=9)] == [
        ("", "sign_in.refused", "no role")
    ]


def test_somebody_whose_role_was_taken_away_is_refused_and_signed_out_everywhere(
    browser: Browser, desk: TestClient, accounts: Accounts, company: RealProvider
) -> None:
    browser.sign_in("ben")
    elsewhere = desk.cookies[STAFF_COOKIE]
    del desk.cookies[STAFF_COOKIE]
    company.says("ben", roles=[])
    page = browser.sign_in("ben")

    assert (page.status_code, "has no role" in page.text) == (403, True)
    assert accounts.of(elsewhere, at=NOW) is None


def test_an_account_that_is_switched_off_stays_out(browser: Browser, accounts: Accounts) -> None:
    browser.sign_in("ben")
    (ben,) = accounts.members()
    accounts.disable(ben.id, disabled=True, by=COMMAND_LINE, at=NOW)
    page = browser.sign_in("ben")

    assert (page.status_code, "switched off" in page.text) == (403, True)
    assert STAFF_COOKIE not in page.headers.get("set-cookie", "")
    assert browser.desk.get("/desk/password", follow_redirects=False).status_code == 303


def test_an_account_with_a_password_is_not_taken_over_by_its_address(browser: Browser, accounts: Accounts) -> None:
    local = accounts.add("ben@example.com", "Ben", Role.ADMIN, password=LOCAL, by=COMMAND_LINE, at=NOW)
    page = browser.sign_in("ben")

    assert (page.status_code, "has an account at this desk already" in page.text) == (403, True)
    assert accounts.members() == [local]


@pytest.mark.parametrize(
    ("verified", "status"), [(True, 200), (None, 403), (False, 403), ("false", 403), ("true", 200)]
)
def test_an_account_without_a_password_waits_for_whoever_has_its_address_verified(
    browser: Browser, accounts: Accounts, company: RealProvider, verified: object, status: int
) -> None:
    waiting = accounts.add("ben@example.com", "Ben", Role.STAFF, password=None, by=COMMAND_LINE, at=NOW)
    company.says("ben", email_verified=verified)
    page = browser.sign_in("ben")

    (ben,) = accounts.members()
    assert (page.status_code, ben.id) == (status, waiting.id)
    assert (ben.subject is not None) == (status == 200)


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email_verified": False}, "is not verified yet"),
        ({"email": None}, "tells us no e-mail address"),
        ({"email": "ben"}, "tells us no e-mail address"),
        ({"email": ["ben@example.com"]}, "tells us no e-mail address"),
    ],
)
def test_nobody_gets_a_new_account_without_an_address_that_is_theirs(
    browser: Browser, accounts: Accounts, company: RealProvider, claims: dict[str, object], words: str
) -> None:
    company.says("ben", **claims)
    page = browser.sign_in("ben")

    assert (page.status_code, words in page.text) == (403, True)
    assert accounts.members() == []


def test_a_provider_that_tells_more_when_asked_is_asked(
    browser: Browser, accounts: Accounts, company: RealProvider
) -> None:
    company.speaks_shortly(True)
    page = browser.sign_in("noa")

    assert page.status_code == 200
    assert [(one.email, one.name, one.role) for one in accounts.members()] == [("noa@example.com", "נועה", Role.WRITER)]


@pytest.mark.parametrize("fault", ["another state", "no state", "no cookie", "foreign cookie", "no code", "an error"])
def test_what_was_not_begun_here_is_refused(browser: Browser, accounts: Accounts, fault: str) -> None:
    browser.sign_in("ben", until_callback=True)
    back = httpx2.URL(browser.callback)
    if fault == "another state":
        back = back.copy_set_param("state", "A" * 43)
    if fault == "no state":
        back = back.copy_remove_param("state")
    if fault == "no code":
        back = back.copy_remove_param("code")
    if fault == "an error":
        back = back.copy_add_param("error", "access_denied")
    if fault == "no cookie":
        browser.desk.cookies.clear()
    if fault == "foreign cookie":
        browser.desk.cookies.clear()
        browser.desk.cookies.set(ATTEMPT_COOKIE, "WyJhIl0.c2ln", domain="testserver.local", path="/desk/oidc")
    page = browser.desk.get(str(back), follow_redirects=False)

    begun_here = fault in ("no code", "an error")
    words = "did not sign you in" if begun_here else "This sign-in was not begun here"
    assert (page.status_code, words in page.text) == (403, True)
    assert accounts.members() == []
    assert [one.details for one in accounts.store.entries(most=9)] == ["oidc" if begun_here else "state"]


def test_a_code_is_good_for_one_sign_in(browser: Browser, desk: TestClient) -> None:
    browser.sign_in("ben", until_callback=True)
    attempt = desk.cookies[ATTEMPT_COOKIE]
    first = desk.get(browser.callback, follow_redirects=False)
    forgotten = ATTEMPT_COOKIE not in desk.cookies
    desk.cookies.clear()
    desk.cookies.set(ATTEMPT_COOKIE, attempt, domain="testserver.local", path="/desk/oidc")
    second = desk.get(browser.callback, follow_redirects=False)

    assert (first.status_code, first.headers["location"], forgotten) == (303, "/desk/password", True)
    assert (second.status_code, "did not sign you in" in second.text) == (403, True)
    assert STAFF_COOKIE not in desk.cookies


def test_the_code_of_another_attempt_is_of_no_use(browser: Browser, desk: TestClient) -> None:
    browser.sign_in("ben", until_callback=True)
    stolen = parse_qs(urlsplit(browser.callback).query)["code"][0]
    desk.cookies.clear()
    browser.sign_in("ben", until_callback=True)
    page = desk.get(str(httpx2.URL(browser.callback).copy_set_param("code", stolen)), follow_redirects=False)

    assert (page.status_code, "did not sign you in" in page.text) == (403, True)


def test_a_provider_that_is_away_is_a_sentence_and_passwords_still_work(
    desk: TestClient, accounts: Accounts, company: RealProvider
) -> None:
    accounts.add("local@example.com", "Local", Role.STAFF, password=LOCAL, by=COMMAND_LINE, at=NOW)
    company.stop()
    begun = desk.get("/desk/oidc", headers={"accept-language": "pl"}, follow_redirects=False)
    local = desk.post("/desk/sign-in", data={"email": "local@example.com", "password": LOCAL}, follow_redirects=False)

    assert (begun.status_code, '<html lang="pl"' in begun.text, 'role="alert"' in begun.text) == (503, True, True)
    assert local.status_code == 303


def test_nobody_waits_for_a_provider_that_has_just_not_answered(
    company: RealProvider, settings_of: dict[str, Any]
) -> None:
    provider = make_provider(Settings(**settings_of))
    assert provider is not None
    company.stop()
    with pytest.raises(ProviderUnavailable, match="ConnectError"):
        provider.begin(at=NOW)
    company.start()

    with pytest.raises(ProviderUnavailable, match="ConnectError"):
        provider.begin(at=NOW + 14_999)
    assert provider.begin(at=NOW + 15_000).url.startswith(f"{company.issuer}/authorize/?")


def test_a_provider_that_goes_away_halfway_is_a_sentence(
    browser: Browser, accounts: Accounts, company: RealProvider
) -> None:
    browser.sign_in("ben", until_callback=True)
    company.stop()
    late = browser.desk.get(browser.callback, follow_redirects=False)

    assert (late.status_code, "does not work right now" in late.text) == (503, True)
    assert accounts.members() == []


def test_a_new_key_of_the_provider_is_taken_up_at_once(
    browser: Browser, accounts: Accounts, company: RealProvider
) -> None:
    browser.sign_in("ben")
    browser.desk.post("/desk/sign-out")
    company.stop()
    company.take_new_key()
    company.start()
    page = browser.sign_in("ben")

    assert (page.status_code, page.url.path) == (200, "/desk/password")
    assert len(accounts.members()) == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"client_id": OTHER_CLIENT}, "aud"),
        ({"nonce": "of another attempt"}, "nonce"),
        ({"issuer": "http://127.0.0.1/o"}, "iss"),
        ({"now": system_clock() + 11 * MS_PER_HOUR}, "exp"),
        ({"now": system_clock() - 11 * MS_PER_HOUR}, "iat"),
    ],
)
def test_a_token_that_the_provider_made_for_something_else_is_refused(
    browser: Browser, company: RealProvider, settings_of: dict[str, Any], changed: dict[str, Any], why: str
) -> None:
    provider = make_provider(Settings(**settings_of))
    assert provider is not None
    attempt = provider.begin(at=system_clock())
    browser.sign_in("ben", until_callback=True)  # the company knows the browser from now on
    browser.go(attempt.url, stop_at=lambda url: "/desk/oidc/callback" in url)
    form = {
        "grant_type": "authorization_code",
        "code": parse_qs(urlsplit(browser.callback).query)["code"][0],
        "code_verifier": attempt.verifier,
        "redirect_uri": CALLBACK,
        "client_id": CLIENT,
        "client_secret": CLIENT_SECRET,
    }
    token = httpx2.post(f"{company.issuer}/token/", data=form).json()["id_token"]
    claims = claims_of(token, provider.discover(at=system_clock()).keys, ["RS256"])
    good: dict[str, Any] = {
        "issuer": company.issuer,
        "client_id": CLIENT,
        "nonce": attempt.nonce,
        "now": system_clock(),
    }
    validate(claims, **good)

    with pytest.raises(TokenRefused, match=f"claims do not hold: {why}"):
        validate(claims, **{**good, **changed})


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/desk", "/desk/../..", "/desk/sign-out", ""])
def test_after_signing_in_people_stay_at_the_desk(browser: Browser, to: str) -> None:
    browser.sign_in("zofia", to=to, until_callback=True)
    done = browser.desk.get(browser.callback, follow_redirects=False)

    assert (done.status_code, done.headers["location"]) == (303, "/desk")


def test_whoever_is_signed_in_already_is_led_on(browser: Browser) -> None:
    browser.sign_in("zofia")
    again = browser.desk.get("/desk/oidc?to=/desk/audit", follow_redirects=False)

    assert again.headers["location"] == "/desk/audit"


def test_trying_is_limited(desk: TestClient) -> None:
    statuses = [desk.get("/desk/oidc/callback?state=x&code=y").status_code for _ in range(31)]

    assert (statuses[29], statuses[30]) == (403, 429)


def test_nothing_of_codes_and_tokens_is_logged_or_kept(
    browser: Browser, accounts: Accounts, capfd: pytest.CaptureFixture[str]
) -> None:
    browser.sign_in("ben", until_callback=True)
    code = parse_qs(urlsplit(browser.callback).query)["code"][0]
    attempt = browser.desk.cookies[ATTEMPT_COOKIE]
    browser.desk.get(browser.callback)
    browser.desk.cookies.set(ATTEMPT_COOKIE, attempt, domain="testserver.local", path="/desk/oidc")
    browser.desk.get(browser.callback)
    said = capfd.readouterr()

    assert "it answers 400: invalid_grant" in said.out + said.err
    assert code not in said.out + said.err
    assert all(code not in str(one) for one in accounts.store.entries(most=9))


def test_the_doctor_finds_the_provider_well(settings_of: dict[str, Any], company: RealProvider, tmp_path: Path) -> None:
    own: dict[str, Any] = {
        "database": f"sqlite:///{tmp_path}/r.db",
        "attachments": f"file:{tmp_path}",
        "secret": "of the tests",
    }
    findings = list(check_support(Settings(**settings_of, **own)))

    assert (True, f"staff signs in by {company.issuer}, which has one key; the role is read from roles") in findings


def test_without_a_provider_there_is_no_such_page(tmp_path: Path) -> None:
    build_small(tmp_path)
    with client_over(tmp_path) as client:
        statuses = [client.get(path).status_code for path in ("/desk/oidc", "/desk/oidc/callback?code=1&state=2")]
        page = client.get("/desk/sign-in")

    assert statuses == [404, 404]
    assert "/desk/oidc" not in page.text
