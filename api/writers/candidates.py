"""Candidate generations: the live one with a page that is being written, or what a folder or a branch holds."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from api.settings import Settings
from assistant.errors import AssistantError
from assistant.writing.models import Draft
from assistant.writing.page_files import PageFolder
from corpus.errors import PageUnreadable
from corpus.page import Page
from corpus.readers.directory import locale_in_path, read_directory
from corpus.readers.markdown import page_id, read_markdown
from indexer.build import Build, build_generation
from indexer.contents import adapter_in, read_pages
from indexer.generations import Generations
from indexer.ports import Encoder, VectorStoreFormat

_GIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Tools:
    """What generations are built with: the encoder of a generation's folder, the kind of store, and the policy to put
    beside a generation that goes on from such a folder."""

    encoder_of: Callable[[Path], Encoder]
    store: VectorStoreFormat
    policy_of: Callable[[Path, Encoder], bytes]


class SourceUnusable(AssistantError):
    """A folder or a branch that a writer has pointed at cannot be read; the message says why."""


class Candidates:
    """Builds generations that nobody is served.

    Args:
        settings: where pages and generations are.
        generations: among which they are put.
        tools: what they are built with.
    """

    def __init__(self, settings: Settings, generations: Generations, tools: Tools) -> None:
        self.generations = generations
        self._settings = settings
        self._tools = tools
        self.folder = PageFolder(settings.pages) if settings.pages is not None else None

    def with_draft(self, draft: Draft) -> Build:
        """Build the pages that there are with one that is being written.

        Raises:
            PageUnreadable: if the draft cannot become a page; the message is for its writer.
            IndexerError: if the candidate cannot be built.
        """
        relative = self.folder.place_of(draft.page) if self.folder is not None else PurePosixPath(f"{draft.page}.md")
        written = read_markdown(Path(relative), relative, draft.source, locale=self._locale_of(relative))
        pages = [page for page in self._pages() if page.id != written.id]
        taken = next((page.id for page in pages if page.url == written.url), None)
        if taken is not None:  # a build would leave the page out
            raise PageUnreadable(Path(relative), f"the page {taken!r} already has the address {written.url}")
        return self._build([*pages, written])

    def of_source(self, name: str) -> Build:
        """Build what a folder below the one for drafts holds, or a branch of the repository that the pages are in.

        Raises:
            SourceUnusable: if there is none of that name.
            CorpusError: if it holds no pages.
            IndexerError: if the candidate cannot be built.
        """
        with tempfile.TemporaryDirectory() as scratch:
            drafts = (one for one in self._drafts_folders() if one.name == name)
            folder = next(drafts, None) or self._branch(name, Path(scratch))
            reading = read_directory(folder, default_locale=self._settings.default_locale, kept=self._kept())
            return self._build(reading.pages)

    def sources(self) -> list[str]:
        """Return what a writer may point at: folders, then branches."""
        folders = sorted(one.name for one in self._drafts_folders())
        try:
            listed = self._git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads")
        except SourceUnusable:
            return folders
        return [*folders, *sorted(listed.decode().split())]

    def _pages(self) -> Sequence[Page]:
        """Return the pages as they are now: those of the folder, where there is one, else those that are live."""
        if self.folder is None:
            return read_pages(self.generations.folder(self.generations.live()))
        return read_directory(self.folder.root, default_locale=self._settings.default_locale, kept=self._kept()).pages

    def _kept(self) -> dict[tuple[str, str], Page]:
        live = read_pages(self.generations.folder(self.generations.live()))
        return {(page.id, page.digest): page for page in live}

    def _build(self, pages: Sequence[Page]) -> Build:
        live = self.generations.folder(self.generations.live())
        encoder = self._tools.encoder_of(live)
        return build_generation(
            pages,
            generations=self.generations,
            encoder=encoder,
            store=self._tools.store,
            policy=self._tools.policy_of(live, encoder),
            adapter=adapter_in(live),
            promote=False,
        )

    def _locale_of(self, relative: PurePosixPath) -> str:
        """Return the locale to take for a page that names none: its folder's, or that of other pages in it."""
        named = locale_in_path(relative)
        if named is not None:
            return named
        top, identity = relative.parts[0], page_id(relative)
        beside = [
            one for one in read_pages(self.generations.folder(self.generations.live())) if one.id.split("/")[0] == top
        ]
        found = next((one for one in beside if one.id == identity), beside[0] if beside else None)
        return found.locale if found is not None else self._settings.default_locale

    def _drafts_folders(self) -> list[Path]:
        drafts = self._settings.drafts
        if drafts is None or not drafts.is_dir():
            return []
        return [one for one in drafts.iterdir() if one.is_dir() and not one.name.startswith(".")]

    def _branch(self, name: str, scratch: Path) -> Path:
        """Return the pages of a branch, taken out of the repository without touching what is checked out."""
        if name not in self.sources():
            raise SourceUnusable(f"there is no folder and no branch named {name!r}")
        prefix = self._git("rev-parse", "--show-prefix").decode().strip()
        archive = self._git("archive", "--format=tar", f"refs/heads/{name}:{prefix}")
        try:
            with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
                tar.extractall(scratch, filter="data")
        except tarfile.TarError as exc:  # such as a link that leads out of the repository
            raise SourceUnusable(f"the branch {name!r} cannot be read: {exc}") from exc
        return scratch

    def _git(self, *arguments: str) -> bytes:
        if self.folder is None:
            raise SourceUnusable("there is no folder of pages; set ASKFIRST_PAGES")
        try:
            done = subprocess.run(  # noqa: S603 (no shell, and a branch is one of those listed)
                ["git", "-C", str(self.folder.root), *arguments],  # noqa: S607
                capture_output=True,
                timeout=_GIT_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise SourceUnusable("git cannot be run here") from exc
        if done.returncode:
            raise SourceUnusable("".join(done.stderr.decode(errors="replace").strip().splitlines()[-1:]))
        return done.stdout
