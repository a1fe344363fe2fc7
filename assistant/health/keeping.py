"""Looks at the pages of a generation once, and keeps what was found for as long as it is live."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from assistant.health.languages import missing_languages, newer_twins
from assistant.health.links import broken_links
from assistant.health.models import Look, PageLook, Pair, Staleness
from assistant.health.pairs import near_pairs
from assistant.health.ports import PageDays
from assistant.record.events import Instant
from assistant.writing.page_files import PageFolder
from corpus.errors import PageUnreadable
from corpus.page import Page
from corpus.readers.markdown import source_digest
from indexer.search import PassageIndex

_LOOKED_SECONDS = 60.0
_LOOK_AFTER_SECONDS = 1.0
_COUNTED_EVERY_MS = 600_000
_DAYS_AT_ONCE = 14


@dataclass(frozen=True, slots=True)
class FileState:
    """A page's file: when it was changed, and whether what is served was made from it as it is."""

    changed_at: Instant
    served: bool


class HealthKeeper:
    """Knows how pages do.

    Args:
        days: counts what became of pages.
        folder: the files of pages, where the help centre is made of files that are at hand.
        promoted: returns when the live generation was promoted.
    """

    def __init__(
        self,
        days: PageDays,
        folder: PageFolder | None,
        promoted: Callable[[], datetime.datetime | None] = lambda: None,
    ) -> None:
        self.days = days
        self._folder = folder
        self._promoted = promoted
        self._look: Look | None = None
        self._files: tuple[float, str, Mapping[str, FileState]] | None = None
        self._looking = threading.Lock()
        self._begun = ""
        self._counted_at: Instant | None = None

    def look_at(self, index: PassageIndex) -> Look:
        """Return what was found on the pages of a generation; whoever asks first waits until it has been looked at."""
        generation = index.manifest.id
        known = self._look
        if known is not None and known.generation == generation:
            return known
        with self._looking:
            if self._look is None or self._look.generation != generation:
                self._look = self._looked(index)
            return self._look

    def known(self, index: PassageIndex) -> Look | None:
        """Return what was found on the pages of a generation; ``None``, and somebody begins to look, if nobody has."""
        known = self._look
        if known is not None and known.generation == index.manifest.id:
            return known
        if self._begun != index.manifest.id:
            self._begun = index.manifest.id
            # A little later, or it would slow down just the page that somebody waits for.
            later = threading.Timer(_LOOK_AFTER_SECONDS, self.look_at, (index,))
            later.daemon = True
            later.start()
        return None

    def count(self, now: Instant) -> int:
        """Count what became of pages, unless that was done in the last minutes; return how many days were counted.

        After the first start of a year's record it takes several calls until all days are counted.
        """
        if self._counted_at is not None and now - self._counted_at < _COUNTED_EVERY_MS:
            return 0
        done = self.days.count(now, most_days=_DAYS_AT_ONCE)
        if done < _DAYS_AT_ONCE:
            self._counted_at = now
        return done

    def files(self, index: PassageIndex) -> Mapping[str, FileState]:
        """Return the files of the pages that are served, as they were at most a minute ago."""
        generation = index.manifest.id
        known = self._files
        if known is None or known[1] != generation or time.monotonic() - known[0] > _LOOKED_SECONDS:
            known = (time.monotonic(), generation, self._read_files(index.pages))
            self._files = known
        return known[2]

    def staleness(self, index: PassageIndex) -> Staleness:
        """Return how long changes wait until they are served."""
        files = self.files(index)
        waiting = {page: one.changed_at for page, one in files.items() if not one.served}
        promoted = self._promoted() or index.manifest.created_at
        at = round(promoted.timestamp() * 1000)
        waited = [at - one.changed_at for one in files.values() if one.served and one.changed_at <= at]
        return Staleness(waiting, min(waited, default=None))

    def _looked(self, index: PassageIndex) -> Look:
        pages = list(index.pages.values())
        files = self.files(index)
        changed = {page.id: day for page in pages if (day := _changed(page, files)) is not None}
        missing, newer, broken = missing_languages(pages), newer_twins(pages, changed), broken_links(index.pages)
        pairs = near_pairs(pages, index)
        of: dict[str, list[Pair]] = {}
        for pair in pairs:
            of.setdefault(pair.page, []).append(pair)
            of.setdefault(pair.other, []).append(pair)
        served_at = self._promoted() or index.manifest.created_at
        looks = {
            page.id: PageLook(
                missing=missing.get(page.id, ()),
                newer=newer.get(page.id, ()),
                broken=broken.get(page.id, ()),
                pairs=tuple(of.get(page.id, ())),
                changed=changed.get(page.id),
                served_at=served_at,
            )
            for page in pages
        }
        return Look(index.manifest.id, looks, tuple(pairs))

    def _read_files(self, pages: Mapping[str, Page]) -> Mapping[str, FileState]:
        if self._folder is None:
            return {}
        found = {}
        for page in pages.values():
            try:
                file = self._folder.file(page.id)
                if file is not None:
                    changed_at = round((self._folder.root / file.relative).stat().st_mtime * 1000)
                    served = not page.digest or source_digest(file.source, file.relative) == page.digest
                    found[page.id] = FileState(changed_at, served)
            except (PageUnreadable, OSError):  # it is being written, or gone meanwhile
                continue
        return found


def _changed(page: Page, files: Mapping[str, FileState]) -> datetime.date | None:
    if page.updated is not None:
        return page.updated
    file = files.get(page.id)
    if file is None:
        return None
    return datetime.datetime.fromtimestamp(file.changed_at / 1000, datetime.UTC).date()
