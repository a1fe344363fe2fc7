"""A folder of Markdown files → the pages of a help centre, with everything that could not be read."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from corpus.errors import NoPages, PagesUnreadable, PageUnreadable
from corpus.languages import detect_language, parse_locale
from corpus.page import Page
from corpus.readers.front_matter import without_front_matter
from corpus.readers.markdown import MARKDOWN_ENDINGS, page_id, read_markdown, read_source, source_digest

Progress = Callable[[int, int], None]
"""Called with the files read and the files in all."""

KeptPages = Mapping[tuple[str, str], Page]
"""Pages of an earlier reading by (page id, SHA-256 of the file); they are not parsed again."""

_CONTENTS_FILES = frozenset({"summary.md"})  # GitBook's table of contents: links only
_SAMPLE_FILES = 40
_SAMPLE_CHARS = 400
_PARALLEL_FROM = 64


@dataclass(frozen=True)
class Reading:
    """What came of a folder: pages in the order of their paths, problems, and files that are not pages by design."""

    pages: tuple[Page, ...]
    problems: tuple[PageUnreadable, ...]
    passed_over: tuple[Path, ...]


@dataclass(frozen=True)
class _Source:
    path: Path
    relative: PurePosixPath
    text: str


def read_directory(
    root: Path,
    *,
    strict: bool = False,
    default_locale: str = "en",
    kept: KeptPages | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read every Markdown file below a folder.

    A page's locale is the one its front matter names, else that of its outermost folder or the one inside
    (``pl/…``, ``docs/pt-BR/…``), else the language that the files of its top-level folder are written in, else
    ``default_locale``. Files that cannot be read are collected; the others are pages all the same.

    Raises:
        NoPages: if the folder does not exist or holds no Markdown file.
        PagesUnreadable: if ``strict`` and at least one file cannot be read.
    """
    if not root.is_dir():
        raise NoPages(f"{root} is not a folder")
    report = progress or (lambda done, total: None)
    problems: list[PageUnreadable] = []
    sources: list[_Source] = []
    passed_over: list[Path] = []
    for path in _markdown_files(root):
        relative = PurePosixPath(path.relative_to(root).as_posix())
        if relative.name.lower() in _CONTENTS_FILES:
            passed_over.append(path)
            continue
        try:
            sources.append(_Source(path, relative, read_source(path)))
        except PageUnreadable as problem:
            problems.append(problem)
    if not sources and not problems:
        raise NoPages(f"{root} holds no Markdown files ({', '.join('*' + e for e in MARKDOWN_ENDINGS)})")
    locales = _locales(sources, default_locale)
    pages: dict[str, Page] = {}
    urls: dict[str, str] = {}
    for done, (source, outcome) in enumerate(_read_all(sources, locales, kept or {}), start=1):
        report(done, len(sources))
        if isinstance(outcome, PageUnreadable):
            problems.append(outcome)
        elif outcome.id in pages:
            problems.append(PageUnreadable(source.path, f"another file already gives the page {outcome.id!r}"))
        elif outcome.url in urls:
            problems.append(
                PageUnreadable(source.path, f"the page {urls[outcome.url]!r} already has the address {outcome.url}")
            )
        else:
            pages[outcome.id] = outcome
            urls[outcome.url] = outcome.id
    problems.sort(key=lambda problem: problem.path)
    if strict and problems:
        raise PagesUnreadable(problems)
    return Reading(tuple(pages.values()), tuple(problems), tuple(passed_over))


def locale_in_path(relative: PurePosixPath) -> str | None:
    """Return the locale that a file's folders name, ``None`` if they name none."""
    for part in relative.parts[:-1][:2]:
        try:
            return parse_locale(part)
        except ValueError:
            continue
    return None


def _markdown_files(root: Path) -> Iterator[Path]:
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(MARKDOWN_ENDINGS) and not name.startswith("."):
                yield Path(folder) / name


def _locales(sources: list[_Source], default_locale: str) -> dict[PurePosixPath, str]:
    """Return the locale of each file as its folders tell it."""
    found: dict[PurePosixPath, str] = {}
    unnamed: dict[str, list[_Source]] = defaultdict(list)
    for source in sources:
        named = locale_in_path(source.relative)
        if named is not None:
            found[source.relative] = named
        else:
            parts = source.relative.parts
            unnamed[parts[0] if len(parts) > 1 else str(source.relative)].append(source)
    for group in unnamed.values():
        step = max(1, len(group) // _SAMPLE_FILES)
        sample = "\n".join(without_front_matter(source.text)[:_SAMPLE_CHARS] for source in group[::step])
        locale = detect_language(sample) or default_locale
        found.update((source.relative, locale) for source in group)
    return found


def _read_all(
    sources: list[_Source], locales: Mapping[PurePosixPath, str], kept: KeptPages
) -> Iterator[tuple[_Source, Page | PageUnreadable]]:
    """Yield each file with its page or its problem, in order; many new files are parsed by several processes."""
    jobs = [(source, locales[source.relative], _kept(source, locales[source.relative], kept)) for source in sources]
    fresh = sum(page is None for _, _, page in jobs)
    if fresh < _PARALLEL_FROM:
        for source, locale, page in jobs:
            yield source, page or _read_one(source, locale)
        return
    with ProcessPoolExecutor() as pool:
        futures = [pool.submit(_read_one, source, locale) if page is None else page for source, locale, page in jobs]
        for (source, _, _), future in zip(jobs, futures, strict=True):
            yield source, future if isinstance(future, Page) else future.result()


def _kept(source: _Source, locale: str, kept: KeptPages) -> Page | None:
    if not kept:
        return None
    page = kept.get((page_id(source.relative), source_digest(source.text, source.relative)))
    # What its folder is taken for may have changed with the files around it.
    return page if page is not None and page.locale == locale else None


def _read_one(source: _Source, locale: str) -> Page | PageUnreadable:
    try:
        return read_markdown(source.path, source.relative, source.text, locale=locale)
    except PageUnreadable as problem:
        return problem
