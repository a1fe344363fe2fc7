"""Keeps attachments where fsspec reaches: a folder of this machine, an object store, or memory."""

from __future__ import annotations

import os
import re
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from assistant.tickets.ports import AttachmentMissing

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


class AttachmentStore:
    """Keeps each content under its key, never under a name that somebody gave it.

    Args:
        url: where, such as ``file:///var/askfirst/attachments``, ``memory://attachments`` or ``s3://bucket/folder``.

    Raises:
        ValueError: if fsspec knows no such kind of place.
        ImportError: if the package for it is not installed; the message names it.
    """

    def __init__(self, url: str) -> None:
        # An address without "//" is a folder's, which fsspec takes for a name unless it is told.
        protocol = {"protocol": "file"} if url.startswith("file:") else {}
        fs, root = fsspec.core.url_to_fs(url, **protocol)
        self._fs: Any = fs
        self._root: str = str(root).rstrip("/")
        self._folder = Path(self._root) if isinstance(fs, LocalFileSystem) else None

    def put(self, key: str, content: bytes) -> None:
        """Keep a content, whole or not at all; on a disk of this machine it is there for good once this returns.

        Raises:
            ValueError: if the key is none of ours.
            OSError: if it cannot be kept.
        """
        path = self._path(key)
        if self._folder is not None:
            _write_whole(self._folder, key, content)
        else:
            self._fs.pipe_file(path, content)

    def get(self, key: str) -> bytes:
        """Return a content.

        Raises:
            AttachmentMissing: if there is none.
            ValueError: if the key is none of ours.
        """
        try:
            content = self._fs.cat_file(self._path(key))
        except FileNotFoundError as exc:
            raise AttachmentMissing(f"there is no attachment {key}") from exc
        return bytes(content)

    def delete(self, key: str) -> None:
        """Forget a content; one that there is not is forgotten already.

        Raises:
            ValueError: if the key is none of ours.
        """
        with suppress(FileNotFoundError):
            self._fs.rm_file(self._path(key))

    def _path(self, key: str) -> str:
        if not _KEY.fullmatch(key):
            raise ValueError("an attachment's key has 16 to 64 letters, digits, hyphens and underscores")
        return f"{self._root}/{key}"


def _write_whole(folder: Path, key: str, content: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = folder / f".{key}.{uuid.uuid4().hex}"
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(folder / key)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)  # the new name, too
    finally:
        os.close(opened)
