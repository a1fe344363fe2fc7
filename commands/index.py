"""``askfirst index``: build generations, and choose which one answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.settings import Settings, read_settings
from api.wiring import make_encoder, make_store, new_policy, policy_for
from assistant.asking.policy import dump_policy
from commands import comparing
from commands.console import errors, progress, results, say
from commands.gating import pass_gate
from corpus.page import Page
from corpus.readers.directory import Reading, read_directory
from indexer.build import KEPT_GENERATIONS, Build, build_generation
from indexer.contents import adapter_in, read_pages
from indexer.errors import IndexerError
from indexer.generations import Generations
from indexer.ports import Encoder
from indexer.recipe import Recipe

app = typer.Typer(no_args_is_help=True, help="Build generations of the index, and choose which one answers.")

app.command()(comparing.compare)

Out = Annotated[
    Path | None, typer.Option("--out", "--index", help="Directory of the index; ASKFIRST_INDEX_DIR unless given.")
]


@app.command()
def build(
    pages: Annotated[Path, typer.Option(help="Folder of the help pages: Markdown files.")],
    out: Out = None,
    full: Annotated[bool, typer.Option("--full", help="Read and embed everything again.")] = False,
    keep_adapter: Annotated[
        bool, typer.Option("--keep-adapter/--drop-adapter", help="Go on with what 'askfirst adapt' has learnt.")
    ] = True,
    strict: Annotated[bool, typer.Option("--strict", help="Fail if a single file cannot be read.")] = False,
    promote: Annotated[bool, typer.Option(help="Make the new generation the live one.")] = True,
    force: Annotated[
        bool, typer.Option("--force", help="Make it the live one even if confirmed answers would be lost.")
    ] = False,
) -> None:
    """Index a folder of help pages and print the generation's id.

    It is not made the live one if more confirmed answers would be lost than ASKFIRST_PROMOTION_LOSSES.
    """
    settings = read_settings()
    generations = Generations(out or settings.index_dir)
    started = time.perf_counter()
    with progress() as bar:
        reading = read_directory(
            pages,
            strict=strict,
            default_locale=settings.default_locale,
            kept={} if full else _kept_pages(generations),
            progress=bar("Reading pages"),
        )
        _print_problems(reading)
        adapter = _live_adapter(generations) if keep_adapter else None
        encoder = make_encoder(settings, adapter=adapter, progress=bar("Making the bundled model"))
        made = build_generation(
            reading.pages,
            generations=generations,
            encoder=encoder,
            store=make_store(settings),
            policy=_policy(settings, encoder, adapter),
            adapter=adapter,
            full=full,
            promote=False,
            progress=bar("Embedding texts"),
        )
    if promote and not made.unchanged:
        pass_gate(settings, generations, made.manifest.id, force=force)
        generations.promote(made.manifest.id)
        generations.prune(keep=KEPT_GENERATIONS)
    _print_build(made, time.perf_counter() - started)
    results.print(made.manifest.id)


@app.command("list")
def list_generations(out: Out = None) -> None:
    """List the generations, oldest first."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    for heading in ("", "generation", "built (UTC)", "pages", "passages", "recipe"):
        table.add_column(heading, no_wrap=True)
    for listed in _generations(out).all():
        mark = "live" if listed.live else ""
        if listed.manifest is None:
            table.add_row(mark, listed.id, listed.problem)
            continue
        manifest = listed.manifest
        table.add_row(
            mark,
            manifest.id,
            f"{manifest.created_at:%Y-%m-%d %H:%M}",
            str(manifest.counts.pages),
            str(manifest.counts.passages),
            manifest.recipe.digest,
        )
    results.print(table if table.row_count else "there are no generations yet")


@app.command()
def verify(generation: Annotated[str | None, typer.Argument()] = None, out: Out = None) -> None:
    """Compare a generation's files, by default the live one's, with its manifest."""
    generations = _generations(out)
    manifest = generations.verify(generation or generations.live())
    results.print(f"{manifest.id} is whole: {len(manifest.files)} files, {manifest.counts.pages} pages")


@app.command()
def promote(
    generation: str,
    out: Out = None,
    force: Annotated[
        bool, typer.Option("--force", help="Even if confirmed answers would be lost; the log says so.")
    ] = False,
) -> None:
    """Make a generation the live one; running services take it up by themselves.

    It is not done if more confirmed answers would be lost than ASKFIRST_PROMOTION_LOSSES; they are listed with reasons.
    """
    generations = _generations(out)
    generations.verify(generation)
    pass_gate(read_settings(), generations, generation, force=force)
    results.print(f"{generations.promote(generation).generation} is live")


@app.command()
def rollback(out: Out = None) -> None:
    """Go back to the generation that was live before this one."""
    results.print(f"{_generations(out).rollback().generation} is live again")


def _generations(out: Path | None) -> Generations:
    return Generations(out or read_settings().index_dir)


def _live_adapter(generations: Generations) -> Path | None:
    """Return the adapter of the live generation, if it has one."""
    try:
        return adapter_in(generations.folder(generations.live()))
    except IndexerError:
        return None


def _policy(settings: Settings, encoder: Encoder, adapter: Path | None) -> bytes:
    """Return the policy to put beside the index.

    With an adapter that is the one of the generation which it comes from, unless the operator's own was made for it.
    """
    policy = new_policy(settings)
    if adapter is not None and policy.recipe != Recipe(encoder.model).digest:
        policy = policy_for(adapter.parent)
    return dump_policy(policy)


def _kept_pages(generations: Generations) -> dict[tuple[str, str], Page]:
    """Return the pages of the live generation by which unchanged files need not be read again."""
    try:
        return {(page.id, page.digest): page for page in read_pages(generations.folder(generations.live()))}
    except (IndexerError, ValueError, OSError):  # whatever is wrong with it, reading the files again is the mend
        return {}


def _print_problems(reading: Reading) -> None:
    for path in reading.passed_over:
        errors.print(f"{path}: a table of contents, not a page; passed over", markup=False)
    for problem in reading.problems:
        say("cannot be read:", str(problem), style="yellow")
    if reading.problems:
        errors.print(f"{len(reading.problems)} files cannot be read; the others are indexed")


def _print_build(made: Build, seconds: float) -> None:
    counts = made.manifest.counts
    if made.unchanged:
        errors.print(f"nothing has changed: {counts.pages} pages in {_by_locale(counts.pages_by_locale)}")
        return
    rate = f" ({made.embedded / made.embedding_seconds:.0f}/s)" if made.embedded else ""
    errors.print(
        f"{counts.pages} pages ({_by_locale(counts.pages_by_locale)}), {counts.passages} passages in "
        f"{counts.windows} windows; {made.embedded} texts embedded{rate}, {made.reused} reused; {seconds:.1f} s in all"
    )


def _by_locale(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{locale} {count}" for locale, count in counts.items())
