"""Which files may go with a ticket, told by what is in them: neither a name nor a declared type is believed."""

from __future__ import annotations

import codecs
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Literal

import puremagic

from assistant.errors import AssistantError

Reason = Literal["empty", "too_large", "kind", "infected", "too_many", "sign_in", "unscanned"]

_HEAD_BYTES = 8192
_NAME_CHARS = 120
# Signatures: ISO/IEC 10918-1, PNG (W3C) 5.2, ISO 32000-1 7.5.2, and APPNOTE 4.3.7 and 4.3.16 for an empty archive.
_ZIP_HEADS = (b"PK\x03\x04", b"PK\x05\x06")
# A ZIP that holds one of these is an Office file, a program or a book.
_PACKAGES = ("[content_types].xml", "mimetype", "meta-inf/manifest.mf", "androidmanifest.xml", "classes.dex")
# What a browser takes for a page (WHATWG MIME Sniffing, 7.1), and other texts that programs carry out.
_MARKUP = re.compile(
    r"\s*(?:<(?:!doctype\s+html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg|!--)[\s/>]"
    r"|<!doctype|<!--|<\?|#!|\{\\rtf|%!ps|\\documentclass|mime-version:)",
    re.IGNORECASE,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
_EIGHT_BIT = ("cp1250", "cp1252", "cp1251", "cp1253")


class AttachmentRefused(AssistantError, ValueError):
    """A file is not taken; ``reason`` is a word to translate by, the message a sentence for developers.

    ``found`` says what a file of the wrong kind seems to be, as a media type, where that can be told.
    """

    def __init__(self, reason: Reason, message: str, *, found: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.found = found


class Kind(StrEnum):
    """What a file is by its content; CSV and TXT are both text, and only told apart by the name."""

    JPG = "jpg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"
    CSV = "csv"
    TXT = "txt"
    ZIP = "zip"

    @property
    def media_type(self) -> str:
        """What it is to be served as, always as a download."""
        return _MEDIA_TYPES[self]

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings that a name of this kind may have, the usual one first."""
        return (".jpg", ".jpeg") if self is Kind.JPG else (f".{self.value}",)


_MEDIA_TYPES = {
    Kind.JPG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.PDF: "application/pdf",
    Kind.CSV: "text/csv",
    Kind.TXT: "text/plain",
    Kind.ZIP: "application/zip",
}


@dataclass(frozen=True, slots=True)
class AttachmentRules:
    """How many files go with a ticket, and how large each may be."""

    most: int = 5
    max_bytes: int = 10 * 1024 * 1024


DEFAULT_RULES = AttachmentRules()


def inspect(name: str, content: bytes, rules: AttachmentRules = DEFAULT_RULES) -> Kind:
    """Return what a file is.

    Args:
        name: as the customer calls it; it only tells a table from other text.
        content: the whole of it.
        rules: how large it may be.

    Raises:
        AttachmentRefused: if it is empty, too large, or of a kind that is not taken.
    """
    if not content:
        raise AttachmentRefused("empty", "the file is empty")
    if len(content) > rules.max_bytes:
        raise AttachmentRefused("too_large", f"the file has {len(content)} bytes; at most {rules.max_bytes} are taken")
    if (kind := _signed_kind(content)) is not None:
        return kind
    if _is_plain_text(content):
        return Kind.CSV if name.lower().endswith((".csv", ".tsv")) else Kind.TXT
    found = _found(content)
    raise AttachmentRefused("kind", f"the file seems to be {found or 'of a kind that nobody knows'}", found=found)


def safe_name(name: str, kind: Kind) -> str:
    """Return a name that is safe to show and to save under, whose ending is the kind's.

    Folders, characters that cannot be seen and those that turn the direction of writing are left out; letters of every
    script stay.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Category C: controls, formats (among them those for the direction of writing), surrogates, private use.
    seen = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in last)
    kept = " ".join(re.sub(r'[<>:"|?*%;]', "_", seen).split()).strip(". ")
    stem, ending = kept, kind.endings[0]
    if "." in kept:
        before, _, after = kept.rpartition(".")
        if f".{after.lower()}" in kind.endings:
            stem, ending = before, f".{after.lower()}"
    return (stem[: _NAME_CHARS - len(ending)].rstrip(". ") or "file") + ending


def _signed_kind(content: bytes) -> Kind | None:
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPG
    if content.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"):
        return Kind.PNG
    if content[:4] == b"RIFF" and content[8:15] == b"WEBPVP8":
        return Kind.WEBP
    if content.startswith(b"%PDF-"):
        return Kind.PDF
    return Kind.ZIP if content.startswith(_ZIP_HEADS) and _is_plain_archive(content) else None


def _is_plain_archive(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = [name.lower() for name in archive.namelist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return False
    return not any(name in _PACKAGES for name in names)


def _is_plain_text(content: bytes) -> bool:
    text = _decoded(content)
    return text is not None and not _CONTROLS.search(text) and not _MARKUP.match(text)


def _decoded(content: bytes) -> str | None:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", *_EIGHT_BIT)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _found(content: bytes) -> str | None:
    if content.startswith(_ZIP_HEADS):
        return "application/zip"  # of something: its contents have been looked at already
    try:
        matches = puremagic.magic_string(content[:_HEAD_BYTES])
    except (puremagic.PureError, ValueError):
        return None
    return next((match.mime_type for match in matches if match.mime_type), None)
