"""``askfirst eval preview``: how long it takes to try one edited page on past questions."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from api.settings import read_settings
from api.wiring import Encoders, make_store, open_assistant
from assistant.asking.policy import POLICY
from assistant.preview.comparing import Previews, preview
from assistant.preview.models import PastQuestion
from commands.console import results
from commands.sets import writable
from corpus.page import Block, Page
from eval.datasets import load_dataset
from eval.perturbing import with_typos, without_diacritics
from indexer.build import build_generation
from indexer.contents import adapter_in, read_pages
from indexer.generations import Generations


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds that a preview took, and of what; ``warm`` where the live generation had been asked the same before."""

    warm: bool
    build: float
    open: float
    ask: float

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.build + self.open + self.ask


def preview_speed(
    data: Annotated[Path, typer.Option(help="Questions to ask: a labelled set.")],
    *,
    corpus: Annotated[Path | None, typer.Option(help="Its pages, where it has no corpus.jsonl.")] = None,
    questions: Annotated[int, typer.Option(min=1, help="How many questions.")] = 1000,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Edit a page of the live index, build a candidate with it, and ask both; twice, of which the first is cold."""
    settings = read_settings()
    if json_file is not None:
        writable(json_file)
    generations, encoders = Generations(settings.index_dir), Encoders(settings)
    live = generations.folder(generations.live())
    store = make_store(settings)
    pages = read_pages(live)
    asked = _questions([(one.text, one.lang) for one in load_dataset(data, corpus).questions], questions)
    before = open_assistant(generations, generations.live(), encoder_of=encoders.of, store=store)
    before.index.embed("the model is loaded before anything is timed")
    kept = Previews()
    found = []
    for number, warm in enumerate((False, True)):
        began = time.perf_counter()
        made = build_generation(
            [*pages[:number], _edited(pages[number]), *pages[number + 1 :]],
            generations=generations,
            encoder=encoders.of(live),
            store=store,
            policy=(live / POLICY).read_bytes(),
            adapter=adapter_in(live),
            promote=False,
        )
        built = time.perf_counter()
        after = open_assistant(generations, made.manifest.id, encoder_of=encoders.of, store=store)
        opened = time.perf_counter()
        compared = preview(asked, before, after, previews=kept)
        found.append(Took(warm, built - began, opened - built, time.perf_counter() - opened))
        generations.drop(made.manifest.id)
    for one in found:
        results.print(
            f"{'warm' if one.warm else 'cold'}: {one.seconds:.1f} s for {len(compared.compared)} questions and "
            f"{len(pages)} pages (build {one.build:.1f}, open {one.open:.1f}, ask {one.ask:.1f})",
            markup=False,
        )
    if json_file is not None:
        json_file.write_text(json.dumps([{**asdict(one), "seconds": one.seconds} for one in found], indent=2) + "\n")


def _questions(texts: Sequence[tuple[str, str]], many: int) -> list[PastQuestion]:
    """Return so many different questions: as they are, then as they come from a phone."""
    found = dict.fromkeys(texts)
    for change in (without_diacritics, with_typos, str.upper, str.lower):
        if len(found) < many:
            found |= dict.fromkeys((change(text), language) for text, language in texts)
    return [PastQuestion(text, language) for text, language in list(found)[:many]]


def _edited(page: Page) -> Page:
    first = page.sections[0]
    said = Block("Since this autumn the same can be done on a phone, in the app, under Settings.", "")
    return replace(page, sections=(replace(first, blocks=(*first.blocks, said)), *page.sections[1:]), digest="")
