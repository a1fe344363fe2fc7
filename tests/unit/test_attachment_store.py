"""Attachments as they are kept: in a folder, and in a store that is no folder."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from assistant.adapters.attachment_store import AttachmentStore
from assistant.tickets.ports import AttachmentMissing

KEY = "0c64b1d9e83f4a27"


@pytest.fixture(params=["file", "plain path", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> AttachmentStore:
    folder = tmp_path / "kept" / "attachments"
    urls = {"file": folder.as_uri(), "plain path": str(folder), "memory": f"memory://{uuid.uuid4().hex}/attachments"}
    return AttachmentStore(urls[request.param])


def test_a_content_is_kept_byte_for_byte(store: AttachmentStore) -> None:
    content = bytes(range(256)) * 300

    store.put(KEY, content)
    store.put("another-key_of-16", b"")

    assert store.get(KEY) == content
    assert store.get("another-key_of-16") == b""


def test_a_content_that_is_put_again_replaces_the_first(store: AttachmentStore) -> None:
    store.put(KEY, b"first, and longer")
    store.put(KEY, b"second")

    assert store.get(KEY) == b"second"


def test_what_is_not_there_is_missing(store: AttachmentStore) -> None:
    with pytest.raises(AttachmentMissing):
        store.get(KEY)


def test_what_is_deleted_is_missing_and_can_be_deleted_again(store: AttachmentStore) -> None:
    store.put(KEY, b"content")

    store.delete(KEY)
    store.delete(KEY)

    with pytest.raises(AttachmentMissing):
        store.get(KEY)


@pytest.mark.parametrize(
    "key",
    ["", "short", "a" * 65, "../../etc/passwd-12", "a/b" * 8, "żółw-żółw-żółw-żółw", f"{KEY}\n", "*" * 20, "." * 20],
)
def test_a_key_that_is_none_of_ours_is_refused(store: AttachmentStore, key: str) -> None:
    with pytest.raises(ValueError, match="16 to 64"):
        store.put(key, b"")
    with pytest.raises(ValueError, match="16 to 64"):
        store.get(key)
    with pytest.raises(ValueError, match="16 to 64"):
        store.delete(key)


def test_a_folder_holds_nothing_but_whole_files_that_nobody_else_reads(tmp_path: Path) -> None:
    folder = tmp_path / "attachments"
    AttachmentStore(folder.as_uri()).put(KEY, b"content")

    assert [path.name for path in folder.iterdir()] == [KEY]
    assert (folder / KEY).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o077 == 0


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / KEY).mkdir()  # a folder cannot be replaced by a file

    with pytest.raises(OSError, match="directory"):
        AttachmentStore(tmp_path.as_uri()).put(KEY, b"content")

    assert [path.name for path in tmp_path.iterdir()] == [KEY]


def test_an_address_without_slashes_is_a_folder_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    AttachmentStore("file:.kept/attachments").put(KEY, b"content")

    assert (tmp_path / ".kept" / "attachments" / KEY).read_bytes() == b"content"


def test_a_place_of_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        AttachmentStore("nowhere://x")
