"""What ``askfirst doctor`` says about the support page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from api.settings import Settings, SettingsUnusable
from commands.doctor_support import check_support


def found(folder: Path, **changed: Any) -> dict[str, bool]:
    settings = Settings(
        **{
            "database": f"sqlite:///{folder}/record.db",
            "secret_file": folder / "secret",
            "attachments": f"file:{folder}/attachments",
            **changed,
        }
    )
    return {message: good for good, message in check_support(settings)}


def said(findings: dict[str, bool], words: str) -> bool:
    (good,) = [good for message, good in findings.items() if words in message]
    return good


def test_a_plain_installation_is_well_and_says_what_is_not_set_up(tmp_path: Path) -> None:
    findings = found(tmp_path)

    assert all(findings.values())
    assert said(findings, "nobody can sign in yet")
    assert said(findings, "no priority tickets")


def test_links_that_lead_nowhere_are_a_finding(tmp_path: Path) -> None:
    bad = found(tmp_path, smtp_url="smtp://127.0.0.1:25")
    good = found(tmp_path, smtp_url="smtp://127.0.0.1:25", public_url="https://help.example.com")

    assert (said(bad, "ASKFIRST_PUBLIC_URL"), said(good, "links are sent by e-mail")) == (False, True)


def test_a_shop_whose_page_would_be_refused_is_a_finding(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    public = json.loads(OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate().public_key()))
    keys.write_text(json.dumps({"keys": [{**public, "kid": "1"}]}))

    bad = found(tmp_path, identity_keys=keys)
    good = found(tmp_path, identity_keys=keys, origins=("https://shop.example",))

    assert not said(bad, "ASKFIRST_ORIGINS")
    assert all(good.values())


@pytest.mark.parametrize(
    ("setting", "value"),
    [("identity_keys", Path("no/such/file")), ("fee_url", "https://shop.example/fees"), ("smtp_url", "nonsense")],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, setting: str, value: object) -> None:
    with pytest.raises(SettingsUnusable):
        found(tmp_path, **{setting: value})


def test_a_provider_that_does_not_answer_is_a_finding(tmp_path: Path) -> None:
    away = {
        "oidc_issuer": "http://127.0.0.1:9/realms/shop",
        "oidc_client_id": "askfirst",
        "public_url": "https://help.example.com",
    }
    findings = found(tmp_path, **away)

    assert not said(findings, "staff cannot sign in by http://127.0.0.1:9/realms/shop")
    assert said(found(tmp_path), "staff signs in at /desk with a password")
