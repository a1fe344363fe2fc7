"""``askfirst adapt``: learn a help centre's own language from its pages."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from api.settings import read_settings
from api.wiring import make_encoder, make_store, new_policy, open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.carrying_over import carry_over
from assistant.asking.policy import POLICY, Evidence, Policy, dump_policy
from assistant.asking.query import clean, query_of, word_count
from assistant.asking.ranking import evidence_of, rank
from commands.console import Report, errors, fail, progress, results
from commands.index import Out
from corpus.readers.directory import read_directory
from indexer.adapters.lora import Training, train_adapter
from indexer.adapters.sentence_transformers import SentenceTransformerEncoder
from indexer.adapting.holdout import first_is_right, helps, split_pairs
from indexer.adapting.pairs import Pair, pairs_of_pages
from indexer.build import build_generation
from indexer.contents import ADAPTER
from indexer.generations import Generations
from indexer.manifest import write_durably

_LEAST_HELD_OUT = 50
_LEARNING = Training(steps=1, rank=8, learning_rate=3e-4)
_CARRIED_BY = 200
"""Questions by which a policy is carried over: mean and spread of 200 are known to some hundredths of the spread."""


def adapt(
    pages: Annotated[Path, typer.Option(help="Folder of the help pages: Markdown files.")],
    out: Out = None,
    steps: Annotated[int, typer.Option(min=1, help="How many batches to learn from; some 3 s each.")] = 100,
    seed: Annotated[int, typer.Option(help="Decides the sentences and the batches.")] = 0,
    promote: Annotated[bool, typer.Option(help="Make the new generation the live one.")] = True,
) -> None:
    """Adapt the model to a help centre, from its pages alone, and build a generation with it.

    What the adapter learnt is checked on pages that it has not seen; if it does not help there, nothing is built.
    'askfirst index build' keeps the adapter; 'askfirst index rollback' goes back to the generation before.
    """
    settings = read_settings()
    generations = Generations(out or settings.index_dir)
    store = make_store(settings)
    reading = read_directory(pages, default_locale=settings.default_locale)
    learnt, held = split_pairs(pairs_of_pages(reading.pages, seed=seed))
    if len(held) < _LEAST_HELD_OUT:
        fail(
            f"{len(reading.pages)} pages are too few to learn from: they leave {len(held)} sentences to check with, "
            f"and it takes {_LEAST_HELD_OUT}; nothing was built"
        )
    errors.print(f"{len(learnt)} pairs to learn from, {len(held)} of other pages to check with")
    with progress() as bar, tempfile.TemporaryDirectory() as scratch:
        base = make_encoder(settings, progress=bar("Making the model"))
        if not Path(base.folder).is_dir():
            fail(f"only a model in a folder can be adapted; ASKFIRST_MODEL is {settings.model!r}")
        adapter = Path(scratch) / "adapter"
        _learn(learnt, base, adapter, replace(_LEARNING, steps=steps, seed=seed), bar("Learning from the pages"))
        adapted = make_encoder(settings, adapter=adapter)
        before, after = first_is_right(held, base), first_is_right(held, adapted)
        errors.print(
            f"found at first among sentences of pages not learnt: {_share(before)} before, {_share(after)} now"
        )
        if not helps(before, after):
            shutil.rmtree(adapted.folder, ignore_errors=True)
            fail("the adapter does not help on pages that it has not seen; nothing was built")
        plain = build_generation(
            reading.pages,
            generations=generations,
            encoder=base,
            store=store,
            policy=dump_policy(new_policy(settings)),
            promote=False,
            progress=bar("Embedding"),
        )
        made = build_generation(
            reading.pages,
            generations=generations,
            encoder=adapted,
            store=store,
            adapter=adapter,
            promote=False,
            progress=bar("Embedding, adapted"),
        )
    plainly = open_assistant(generations, plain.manifest.id, encoder_of=lambda _: base, store=store)
    adaptedly = open_assistant(generations, made.manifest.id, encoder_of=lambda _: adapted, store=store)
    write_durably(generations.folder(made.manifest.id) / POLICY, dump_policy(_policy(plainly, adaptedly, held)))
    if promote:
        generations.promote(made.manifest.id)
    certify = f"'askfirst eval certify --adapter {generations.folder(made.manifest.id) / ADAPTER}'"
    errors.print(
        f"how sure the answers are was carried over from the model before; nothing is guaranteed until {certify} has "
        "checked it"
        if plainly.trusted
        else "the policy was fitted for another model: pages are offered as related, none as the answer, until "
        f"{certify} has made one",
        markup=False,
    )
    results.print(made.manifest.id)


def _learn(pairs: Sequence[Pair], base: SentenceTransformerEncoder, out: Path, how: Training, report: Report) -> None:
    train_adapter(
        Path(base.folder),
        pairs,
        out,
        training=how,
        query_prompt=base.model.query_prompt,
        passage_prompt=base.model.passage_prompt,
        on_step=lambda done, total, loss: report(done, total),
    )


def _policy(plainly: Assistant, adaptedly: Assistant, held: Sequence[Pair]) -> Policy:
    """Return the policy for the adapted model; one that was not fitted for the model before stays as void as it was."""
    if not plainly.trusted:
        return plainly.policy
    asked = [pair for pair in held if pair.language in adaptedly.index.languages and not pair.is_label][:_CARRIED_BY]
    return carry_over(
        plainly.policy,
        recipe=adaptedly.index.manifest.recipe.digest,
        before=_evidence(plainly, asked),
        after=_evidence(adaptedly, asked),
    )


def _evidence(assistant: Assistant, asked: Sequence[Pair]) -> list[list[Evidence]]:
    """Return what speaks for the answer sets of each question, asked in the language of its page."""
    basis = assistant.policy.same_language
    pages = assistant.index.pages
    seen = []
    for pair in asked:
        text = clean(pair.question)
        query, vector = assistant.query(text, pair.language)
        found = assistant.search(query, vector, languages=(pair.language,), spoken=pair.language)
        ranked = rank(found, assistant.policy, spoken=pair.language, matter_of=lambda page: pages[page].matter or page)
        seen.append(evidence_of(ranked, lone_lead=basis.lone_lead, words=word_count(query_of(text, pair.language))))
    return [evidence for evidence in seen if evidence]


def _share(right: Sequence[bool]) -> str:
    return f"{sum(right) / len(right):.1%}"
