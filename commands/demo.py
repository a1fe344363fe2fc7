"""``askfirst demo``: the service and, beside it, a shop of ours that embeds it."""

from __future__ import annotations

import base64
import secrets
import shutil
import socket
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer
from pydantic import SecretStr

from api.demo_shop.fees import Till
from api.demo_shop.mailbox import Mailbox, open_mail_port
from api.demo_shop.serving import serving_shop
from api.demo_shop.shop import Agreement, create_shop
from api.demo_shop.signing import keep_key
from api.dependencies import system_clock
from api.main import make_app_with
from api.settings import Settings, read_settings
from api.wiring import Encoders, open_record
from api.wiring_desk import make_accounts
from assistant.staff.accounts import COMMAND_LINE, Accounts
from assistant.staff.models import Role
from assistant.staff.passwords import new_password
from commands.console import errors, fail, progress
from corpus.readers.markdown import page_id
from indexer.contents import read_pages
from indexer.errors import IndexerError
from indexer.generations import Generations

_HOST = "127.0.0.1"
_STAFF = "zofia@kramik.example"
_STARTER = Path(__file__).parents[1] / "corpus" / "pages"


def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the service, 0 for a free one.")] = 8000,
    shop_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the demo shop, 0 for a free one.")] = 8001,
) -> None:
    """Serve the service and a demo shop that embeds it, side by side on this machine."""
    settings = read_settings()
    service_socket, shop_socket = _listen(port, "--port"), _listen(shop_port, "--shop-port")
    askfirst, shop = _address(service_socket), _address(shop_socket)
    key, keys_file = keep_key(settings.secret_file.parent / "demo")
    fee_secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    mail_port = open_mail_port()
    smtp_url = SecretStr(f"smtp://{_HOST}:{mail_port.getsockname()[1]}") if mail_port is not None else None
    settings = settings.model_copy(
        update={
            "host": _HOST,
            "port": service_socket.getsockname()[1],
            "public_url": askfirst,
            "origins": (shop,),
            "sign_in_url": f"{shop}/sign-in",
            "identity_keys": keys_file,
            "identity_mode": "enforce",
            "identity_audience": None,
            "fee_url": f"{shop}/fees",
            "fee_secret": SecretStr(fee_secret),
            "smtp_url": smtp_url,
        }
    )
    if settings.pages is None and _serves_starter(settings):
        # Writers may edit a copy; the starter help centre itself stays as it is.
        pages = settings.secret_file.parent / "pages"
        if not pages.is_dir():
            part = pages.with_name(f"{pages.name}.part")  # a copy that was broken off is no help centre
            shutil.rmtree(part, ignore_errors=True)
            shutil.copytree(_STARTER, part)
            part.rename(pages)
        settings = settings.model_copy(update={"pages": pages})
    record = open_record(settings)  # what is wrong with it is to be said before anything takes long
    password = _desk_password(make_accounts(settings, record.engine))
    record.close()
    with progress() as bar:
        encoders = Encoders(settings, progress=bar("Making the model"))
        encoders.plain.warm_up()
    agreement = Agreement(askfirst, key, Till(fee_secret, askfirst, clock=system_clock))
    with ExitStack() as running:
        running.enter_context(serving_shop(create_shop(agreement, Mailbox(), mail_port=mail_port), shop_socket))
        if mail_port is None:
            errors.print("No e-mail sign-in: the package aiosmtpd is not installed", markup=False)
        errors.print(f"The demo shop is on {shop}", markup=False)
        errors.print(f"The desk is on {askfirst}/desk: {_STAFF}, password {password}", markup=False)
        errors.print(f"Writers work on {askfirst}/writers", markup=False)
        errors.print(f"Askfirst serves on {askfirst} - stop both with Ctrl-C", markup=False)
        import uvicorn

        config = uvicorn.Config(make_app_with(settings, encoders), log_config=None, access_log=False)
        uvicorn.Server(config).run(sockets=[service_socket])


def _desk_password(accounts: Accounts) -> str:
    """Make the demo's administrator, or give them a new password; return it."""
    now, password = system_clock(), new_password()
    member = accounts.store.by_email(_STAFF)
    if member is None:
        accounts.add(_STAFF, "Zofia", Role.ADMIN, password=password, by=COMMAND_LINE, at=now)
    else:
        accounts.set_password(member.id, password, by=COMMAND_LINE, at=now)
    return password


def _serves_starter(settings: Settings) -> bool:
    """Say whether the live generation holds the starter help centre, or what a writer has made of it."""
    generations = Generations(settings.index_dir)
    try:
        live = {page.id for page in read_pages(generations.folder(generations.live()))}
    except (IndexerError, ValueError, OSError):
        return False
    own = {page_id(PurePosixPath(one.relative_to(_STARTER).as_posix())) for one in _STARTER.rglob("*.md")}
    return bool(own) and own <= live


def _listen(port: int, option: str) -> socket.socket:
    try:
        return socket.create_server((_HOST, port), backlog=2048)
    except OSError as exc:
        fail(f"cannot listen on {_HOST}:{port}: {exc.strerror}; choose another port with {option}")


def _address(listening: socket.socket) -> str:
    return f"http://{_HOST}:{listening.getsockname()[1]}"
