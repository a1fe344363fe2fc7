"""Where people may be sent on to from the desk."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

_HOME = "/desk"
_HOMES = (_HOME, "/writers")
_NOT_BACK_TO = ("/desk/sign-", "/desk/oidc")


def inside(to: str) -> str:
    """Return where to go on, which is at the desk and nowhere else."""
    try:
        parts = urlsplit(to)
    except ValueError:
        return _HOME
    path = unquote(parts.path)
    at_the_desk = any(path == home or path.startswith(f"{home}/") for home in _HOMES)
    elsewhere = parts.scheme or parts.netloc or "\\" in path or ".." in path.split("/") or not to.isprintable()
    return to if at_the_desk and not elsewhere and not path.startswith(_NOT_BACK_TO) else _HOME
