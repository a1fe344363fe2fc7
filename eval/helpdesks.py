"""Real helpdesks for measurements and tests: django-helpdesk and Request Tracker 5, each with a database of its own.

They are started on 127.0.0.1, can be killed and started again, and end with the block.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from eval.errors import EvalError

TOKEN = "0123456789abcdef0123456789abcdef01234567"  # noqa: S105 - of a server that lives for a minute
QUEUE = "Support"
_START_SECONDS = 60.0
_SETUP_DATABASE = "/usr/sbin/rt-setup-database-5"
_RT_SERVER = "/usr/share/request-tracker5/libexec/rt-server"
RT_MISSING = "Request Tracker 5 is not installed: run 'make system-packages'"
DJANGO_MISSING = "the package django-helpdesk is missing: run 'make install'"


@dataclass(slots=True)
class Helpdesk:
    """A running helpdesk; ``url`` and ``token`` are what an adapter is given. It keeps its port and its data."""

    url: str
    token: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    ready: str
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            EvalError: if it does not, with the end of what it logged.
        """
        until = time.monotonic() + _START_SECONDS
        self._launch()
        while not _answers(self.ready):
            if time.monotonic() > until:
                raise EvalError(f"the helpdesk did not start:\n{self.log[-2000:]}")
            if self.process is None or self.process.poll() is not None:
                self._launch()  # after a kill its port may be in use for a moment
            time.sleep(0.1)

    def _launch(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )

    @property
    def log(self) -> str:
        """All that it has logged."""
        return (self.folder / "server.log").read_text("utf-8", "replace")

    def kill(self) -> None:
        """End it without a chance to finish anything."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, 9)
            self.process.wait()

    def run(self, *command: str, given: str | None = None) -> str:
        """Run one of its own programs and return what it prints.

        Raises:
            EvalError: if it fails.
        """
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **self.environment},
            input=given,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise EvalError(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-2000:]}")
        return done.stdout


@contextmanager
def django_helpdesk() -> Iterator[Helpdesk]:
    """Start django-helpdesk with one queue and a member of staff whose token is ``TOKEN``."""
    if find_spec("helpdesk") is None:
        raise EvalError(DJANGO_MISSING)
    folder, port = Path(tempfile.mkdtemp(prefix="askfirst-helpdesk-")), _free_port()
    (folder / "site_settings.py").write_text(_DJANGO_SETTINGS, "utf-8")
    (folder / "site_urls.py").write_text(_DJANGO_URLS, "utf-8")
    environment = {"DJANGO_SETTINGS_MODULE": "site_settings", "PYTHONPATH": str(folder), "PYTHONWARNINGS": "ignore"}
    helpdesk = Helpdesk(
        f"http://127.0.0.1:{port}/helpdesk",
        TOKEN,
        (sys.executable, "-m", "django", "runserver", "--noreload", f"127.0.0.1:{port}"),
        folder,
        environment,
        f"http://127.0.0.1:{port}/helpdesk/api/tickets/",
    )
    try:
        helpdesk.run(sys.executable, "-m", "django", "migrate", "--verbosity", "0")
        helpdesk.run(sys.executable, "-m", "django", "shell", given=_DJANGO_DATA)
        helpdesk.start()
        yield helpdesk
    finally:
        helpdesk.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def request_tracker() -> Iterator[Helpdesk]:
    """Start Request Tracker with one queue and the custom field that Askfirst finds its tickets by."""
    if not Path(_RT_SERVER).is_file():
        raise EvalError(RT_MISSING)
    folder, port = Path(tempfile.mkdtemp(prefix="askfirst-rt-")), _free_port()
    config = _RT_CONFIG.replace("PORT", str(port)).replace("FOLDER", str(folder))
    (folder / "RT_SiteConfig.pm").write_text(config, "utf-8")
    for name in ("empty.d", "mason", "sessions"):
        (folder / name).mkdir()
    (folder / "initial.pl").write_text(_RT_DATA, "utf-8")
    environment = {
        "RT_SITE_CONFIG": str(folder / "RT_SiteConfig.pm"),
        "RT_SITE_CONFIG_DIR": str(folder / "empty.d"),
        "LANG": "C.UTF-8",
    }
    helpdesk = Helpdesk(
        f"http://127.0.0.1:{port}",
        "root:password",
        (_RT_SERVER, "--server", "Starlet", "--host", "127.0.0.1", "--port", str(port), "--max-workers", "2"),
        folder,
        environment,
        f"http://127.0.0.1:{port}/REST/2.0/rt",
    )
    try:
        helpdesk.run(_SETUP_DATABASE, "--action", "init", "--skip-create")
        helpdesk.run(_SETUP_DATABASE, "--action", "insert", "--datafile", str(folder / "initial.pl"), "--skip-create")
        helpdesk.start()
        yield helpdesk
    finally:
        helpdesk.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10):  # noqa: S310 - of this machine
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _free_port() -> int:
    """Return a port that the system gives to nobody while the helpdesk is down."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise EvalError("there is no free port from 20000 to 30000")


_DJANGO_SETTINGS = textwrap.dedent(
    """\
    from pathlib import Path

    HERE = Path(__file__).parent
    SECRET_KEY = "of the tests"
    DEBUG = False
    ALLOWED_HOSTS = ["127.0.0.1"]
    SITE_ID = 1
    ROOT_URLCONF = "site_urls"
    INSTALLED_APPS = [
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.sites",
        "django.contrib.messages",
        "django.contrib.admin",
        "django.contrib.humanize",
        "rest_framework",
        "rest_framework.authtoken",
        "helpdesk",
    ]
    MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
    TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ]
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HERE / "helpdesk.db",
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
        }
    }
    REST_FRAMEWORK = {
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
    }
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    HELPDESK_ACTIVATE_API_ENDPOINT = True
    HELPDESK_TEAMS_MODE_ENABLED = False
    DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
    STATIC_URL = "/static/"
    MEDIA_ROOT = HERE / "media"
    USE_TZ = True
    TIME_ZONE = "UTC"
    """
)
_DJANGO_URLS = 'from django.urls import include, path\n\nurlpatterns = [path("helpdesk/", include("helpdesk.urls"))]\n'
_DJANGO_DATA = f"""\
from django.contrib.auth import get_user_model
from helpdesk.models import Queue
from rest_framework.authtoken.models import Token
api = get_user_model().objects.create_superuser("askfirst", "askfirst@example.com", "password")
zofia = get_user_model().objects.create_user("zofia", "zofia@example.com", "password", is_staff=True, first_name="Zofia", last_name="Nowak", is_superuser=True)
Token.objects.create(user=api, key="{TOKEN}")
Token.objects.create(user=zofia, key="{TOKEN[::-1]}")
Queue.objects.create(title="{QUEUE}", slug="support")
"""  # noqa: E501 - a shell takes a statement a line
_RT_CONFIG = """\
Set($rtname, 'tests');
Set($Organization, 'tests.example.com');
Set($WebDomain, '127.0.0.1');
Set($WebPort, PORT);
Set($WebPath, '');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, 'FOLDER/rt.db');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'warning');
Set($MailCommand, 'testfile');
Set($MasonDataDir, 'FOLDER/mason');
Set($MasonSessionDir, 'FOLDER/sessions');
Set($HTMLFormatter, 'core');
Set($RestrictReferrer, 0);
Set($SendmailPath, '/bin/true');
1;
"""
_RT_DATA = f"""\
@Queues = ({{ Name => '{QUEUE}', Description => 'Tickets of Askfirst' }});
@CustomFields = (
    {{ Name => 'Askfirst', Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket', MaxValues => 1,
       ApplyTo => ['{QUEUE}'] }},
);
@Users = (
    {{ Name => 'zofia', RealName => 'Zofia Nowak', EmailAddress => 'zofia@example.com', Password => 'password',
       Privileged => 1 }},
);
@ACL = map {{ {{ GroupDomain => 'SystemInternal', GroupType => 'Privileged', Right => $_ }} }}
    qw(SeeQueue ShowTicket ShowTicketComments CreateTicket ModifyTicket ReplyToTicket CommentOnTicket SeeCustomField
       ModifyCustomField);
1;
"""
