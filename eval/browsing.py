"""A real Chromium, for what is measured in one."""

from __future__ import annotations

import shutil

from eval.errors import EvalError

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


def chromium_path() -> str:
    """Return where Chromium is.

    Raises:
        EvalError: if there is none on this machine.
    """
    path = shutil.which("chromium")
    if path is None:
        raise EvalError("there is no Chromium on this machine: run 'make system-packages' as root")
    return path
