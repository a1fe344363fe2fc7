"""What a caller of the assistant can do wrong. A miss is an outcome, not an error."""

from __future__ import annotations

from collections.abc import Sequence


class AssistantError(Exception):
    """Base of everything the assistant raises on purpose."""


class QuestionUnusable(AssistantError, ValueError):
    """The question is empty or too long, or its locale is none; the message says which, for the person who asked."""


class RerankerUnusable(AssistantError):
    """The reranker's model cannot be loaded."""


class PolicyUnusable(AssistantError):
    """A policy's file cannot be understood."""


class CurationUnusable(AssistantError):
    """A file of synonyms, pinned answers or hidden pages cannot be understood; the message is for who wrote it."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}" if line is not None else f"{file}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


class CurationChanged(AssistantError):
    """Somebody else has changed a file of synonyms, pinned answers or hidden pages since it was read."""

    def __init__(self, files: Sequence[str]) -> None:
        super().__init__(
            f"{' and '.join(files)} changed while you were editing; read what is there now, and make your changes again"
        )
        self.files = tuple(files)


class RecordUnusable(AssistantError):
    """The record's database cannot be used as it is; the message says what to do."""


class RecordUnavailable(AssistantError):
    """The record's database is away; whatever was to be recorded can be sent again."""
