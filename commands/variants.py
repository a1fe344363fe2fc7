"""Help centres that differ in a few pages, for measures that edit them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from api.settings import Settings
from api.wiring import make_store, new_policy, open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.policy import dump_policy
from commands.console import Report
from corpus.page import Page
from indexer.build import build_generation
from indexer.generations import Generations
from indexer.ports import Encoder


class Variants:
    """Builds help centres that differ in a few pages, beside one that holds all; only what is new is embedded."""

    def __init__(self, settings: Settings, root: Path, encoder: Encoder, pages: Sequence[Page], report: Report) -> None:
        self._settings = settings
        self._generations = Generations(root)
        self._encoder = encoder
        self._build(pages, promote=True, report=report)

    def __call__(self, pages: Sequence[Page]) -> Assistant:
        """Return an assistant over pages; the files are gone again when it is there."""
        generation = self._build(pages, promote=False)
        assistant = open_assistant(
            self._generations,
            generation,
            encoder_of=lambda _: self._encoder,
            store=make_store(self._settings),
        )
        if generation != self._generations.live():
            self._generations.drop(generation)
        return assistant

    def _build(self, pages: Sequence[Page], *, promote: bool, report: Report | None = None) -> str:
        made = build_generation(
            pages,
            generations=self._generations,
            encoder=self._encoder,
            store=make_store(self._settings),
            policy=dump_policy(new_policy(self._settings)),
            promote=promote,
            progress=report,
        )
        return made.manifest.id
