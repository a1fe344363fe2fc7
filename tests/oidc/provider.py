"""A real OpenID Connect provider for tests: Django OAuth Toolkit in a process of its own, with its people in a file."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

CLIENT = "askfirst"
OTHER_CLIENT = "another service"
CLIENT_SECRET = "a secret: of the tests + /"  # noqa: S105
PASSWORD = "correct horse battery staple"  # noqa: S105 - of everybody there
CALLBACK = "http://testserver/desk/oidc/callback"
_START_SECONDS = 60.0


@dataclass(slots=True)
class RealProvider:
    """A running provider. It keeps its port and its data over a restart."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def issuer(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}/o"

    @property
    def people(self) -> Mapping[str, Mapping[str, Any]]:
        """What it says of its people: their claims."""
        return json.loads(self._file.read_text("utf-8"))  # type: ignore[no-any-return]

    @people.setter
    def people(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        self._file.write_text(json.dumps(people), "utf-8")

    @property
    def _file(self) -> Path:
        return self.folder / "people.json"

    def says(self, name: str, **claims: Any) -> None:
        """Have it say something of one of its people from now on; ``None``: nothing about it."""
        self.people = {**self.people, name: {**self.people[name], **claims}}

    def speaks_shortly(self, shortly: bool) -> None:
        """Have it leave everything but the id out of its ID tokens, for the user-info endpoint to tell."""
        flag = self.folder / "short"
        flag.touch() if shortly else flag.unlink(missing_ok=True)

    def take_new_key(self) -> None:
        """Have it sign with another key, from its next start on."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        (self.folder / "key.pem").write_bytes(pem)

    def start(self) -> None:
        """Start it and wait until it answers."""
        until = time.monotonic() + _START_SECONDS
        while not self._answers():
            if time.monotonic() > until:
                raise TimeoutError(f"the provider did not start:\n{self.log[-2000:]}")
            if self.process is None or self.process.poll() is not None:
                address = f"127.0.0.1:{self.port}"
                self.process = self._run("-m", "django", "runserver", "--noreload", "--skip-checks", address)
            time.sleep(0.05)

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    @property
    def log(self) -> str:
        """All that it has logged."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def set_up(self) -> None:
        """Make its database, with one account for everybody in its file of people."""
        if self._run("setup_site.py").wait(_START_SECONDS):
            raise RuntimeError(f"the provider could not be set up:\n{self.log[-2000:]}")

    def _run(self, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "site_settings",
            "PYTHONPATH": str(self.folder),
            "PYTHONWARNINGS": "ignore",
        }
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments], stdout=log, stderr=log, cwd=self.folder, env=environment
            )

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.issuer}/.well-known/openid-configuration", timeout=5.0).is_success
        except httpx2.TransportError:
            return False


@contextmanager
def real_provider(people: Mapping[str, Mapping[str, Any]], *, callbacks: str = CALLBACK) -> Iterator[RealProvider]:
    """Start a provider whose people have accounts there with ``PASSWORD``."""
    provider = RealProvider(Path(tempfile.mkdtemp(prefix="askfirst-oidc-")), _free_port())
    try:
        given = {
            "PORT": str(provider.port),
            "CALLBACKS": callbacks,
            "CLIENT": CLIENT,
            "OTHER": OTHER_CLIENT,
            "SECRET": CLIENT_SECRET,
            "PASSWORD": PASSWORD,
        }
        for name, text in _SITE.items():
            (provider.folder / name).parent.mkdir(exist_ok=True)
            (provider.folder / name).write_text(_filled(text, given), "utf-8")
        provider.people = people
        provider.take_new_key()
        provider.set_up()
        provider.start()
        yield provider
    finally:
        provider.stop()
        shutil.rmtree(provider.folder, ignore_errors=True)


def _filled(text: str, given: Mapping[str, str]) -> str:
    for name, value in given.items():
        text = text.replace(f"«{name}»", value)
    return textwrap.dedent(text)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


_SITE = {
    "site_settings.py": """\
        from pathlib import Path

        HERE = Path(__file__).parent
        SECRET_KEY = "of the tests"
        ALLOWED_HOSTS = ["127.0.0.1"]
        ROOT_URLCONF = "site_urls"
        LOGIN_URL = "/login/"
        USE_TZ = True
        DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
        PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        INSTALLED_APPS = [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ]
        MIDDLEWARE = [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ]
        TEMPLATES = [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [HERE / "pages"],
                "APP_DIRS": True,
            }
        ]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HERE / "provider.db"}}
        OAUTH2_PROVIDER = {
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": "http://127.0.0.1:«PORT»/o",
            "OIDC_RSA_PRIVATE_KEY": (HERE / "key.pem").read_text(),
            "OAUTH2_VALIDATOR_CLASS": "site_people.People",
            "SCOPES": {"openid": "who you are", "email": "your address", "profile": "your name"},
        }
        """,
    "site_people.py": """\
        import json
        from pathlib import Path

        from oauth2_provider.oauth2_validators import OAuth2Validator

        HERE = Path(__file__).parent


        class People(OAuth2Validator):
            oidc_claim_scope = None

            def get_additional_claims(self, request):
                said = json.loads((HERE / "people.json").read_text())[request.user.username]
                return {name: claim for name, claim in said.items() if claim is not None}

            def get_id_token_dictionary(self, token, token_handler, request):
                claims, expires = super().get_id_token_dictionary(token, token_handler, request)
                if (HERE / "short").exists():
                    claims = {name: claims[name] for name in ("sub", "iss", "exp", "auth_time", "jti")}
                return claims, expires
        """,
    "site_urls.py": """\
        from django.contrib.auth.views import LoginView
        from django.urls import include, path

        urlpatterns = [
            path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
            path("login/", LoginView.as_view(template_name="sign_in.html")),
        ]
        """,
    "pages/sign_in.html": """\
        <!doctype html><html lang="en"><title>The company</title>
        <form method="post">{% csrf_token %}{{ form.as_p }}<input type="hidden" name="next" value="{{ next }}">
        <button>Go on</button></form></html>
        """,
    "setup_site.py": """\
        import json

        import django

        django.setup()

        from django.contrib.auth import get_user_model
        from django.core.management import call_command
        from oauth2_provider.models import Application

        call_command("migrate", verbosity=0)
        for name in json.load(open("people.json")):
            get_user_model().objects.create_user(name, password="«PASSWORD»")
        for client in ("«CLIENT»", "«OTHER»"):
            Application.objects.create(
                client_id=client,
                client_secret="«SECRET»",
                name=client,
                client_type=Application.CLIENT_CONFIDENTIAL,
                authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
                algorithm=Application.RS256_ALGORITHM,
                redirect_uris="«CALLBACKS»",
                skip_authorization=True,
            )
        """,
}
