"""What can go wrong between passages and a searchable generation."""

from __future__ import annotations

from collections.abc import Sequence


class IndexerError(Exception):
    """Base of everything the indexer raises on purpose."""


class MissingExtra(IndexerError):
    """A feature was asked for whose optional packages are not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs packages that are not installed: pip install 'askfirst[{extra}]'")
        self.feature = feature
        self.extra = extra


class ModelUnusable(IndexerError):
    """The embedding model could not be made or loaded."""


class IndexNotReady(IndexerError):
    """There is no generation to search; the message says how to make one."""


class GenerationUnknown(IndexerError):
    """A generation was named that is not there."""


class GenerationDamaged(IndexerError):
    """A generation's files are not what its manifest says."""

    def __init__(self, generation: str, problems: Sequence[str]) -> None:
        super().__init__(f"generation {generation} is damaged: {'; '.join(problems)}")
        self.generation = generation
        self.problems = tuple(problems)


class RecipeMismatch(IndexerError):
    """A generation was built with another recipe than this process embeds questions with."""

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(
            f"the index was built with recipe {found}, this process runs {expected}; "
            "build the index again, or set the model it was built with"
        )
        self.expected = expected
        self.found = found


class StoreMismatch(IndexerError):
    """A generation's vectors are kept in another kind of store than this process reads."""

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(
            f"the index keeps its vectors in '{found}' files, this process reads '{expected}' files; "
            "build the index again, or set ASKFIRST_STORE to what it was built with"
        )
        self.expected = expected
        self.found = found


class BuildRunning(IndexerError):
    """Another process is building in the same directory."""


class GenerationInUse(IndexerError):
    """A generation cannot be deleted: it answers, or may have to answer again after a rollback."""

    def __init__(self, generation: str, *, live: bool) -> None:
        reason = "it is live" if live else "it was live, and may have to be gone back to"
        super().__init__(f"generation {generation} cannot be deleted: {reason}")
        self.generation = generation
        self.live = live
