"""``askfirst eval gaps``: how well failed questions are grouped, how stable that is, how long it takes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table

from api.settings import read_settings
from api.wiring import make_encoder
from assistant.gaps.grouping import Grouper, Grouping
from commands.console import Report, progress, results
from commands.sets import writable
from eval.gaps.measure import agreement, by_language, live_through, measure_speed, plain_hdbscan, uncentred
from eval.gaps.year import live, load_noise, load_topics, once_per_person
from indexer.embedding_cache import EmbeddingCache
from indexer.manifest import write_durably
from indexer.ports import Encoder, Vectors

_BLOCK = 512
_ROLE = "query"


def gaps(
    *,
    questions: Annotated[int, typer.Option(min=100, help="Questions of the year, without repeats.")] = 12_000,
    speed: Annotated[int, typer.Option(min=100, help="Questions to time the grouping of.")] = 100_000,
    news: Annotated[int, typer.Option(min=1, help="Questions of one day.")] = 300,
    seed: Annotated[int, typer.Option(help="Which year.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Group a made-up year of failed questions whose topics are known; count what is right and what stays."""
    settings = read_settings()
    if json_file is not None:
        writable(json_file)
    asked = once_per_person(live(load_topics(), load_noise(), questions=questions, seed=seed))
    spoken = [one.language for one in asked]
    with progress() as bar:
        encoder = make_encoder(settings, progress=bar("Making the model"))
        vectors = _embedded(
            [one.text for one in asked], encoder, settings.cache_dir / "eval" / "gaps", bar("Embedding questions")
        )
    rules = Grouping()
    stability, at_the_end = live_through(asked, vectors, rules)
    found = {
        "the year as lived": at_the_end,
        "all at once": Grouper(rules).regroup(vectors, spoken),
        "each language apart": by_language(vectors, spoken, rules),
        "languages' means left in": uncentred(vectors, rules),
        "plain HDBSCAN": plain_hdbscan(vectors),
        "HDBSCAN, means taken out": plain_hdbscan(vectors, spoken),
    }
    table = Table(title=f"{len(asked):,} questions; scored on the final part, two thirds of topics and one-offs")
    for column in ("", "ARI", "topical ARI", "one-offs shown", "groups of 3 and more", "in their right group"):
        table.add_column(column, justify="right" if column else "left")
    scores = {name: agreement(asked, labels, part="final") for name, labels in found.items()}
    for name, score in scores.items():
        table.add_row(
            name,
            *(f"{one:.3f}" for one in (score.ari, score.topical, score.noise_shown)),
            str(score.groups),
            f"{score.pure:.3f}",
        )
    results.print(table)
    results.print(
        f"ids: {stability.kept:,} of {stability.gaps:,} shown gaps ({stability.share:.3f}) are there a week later with "
        f"most of their questions, over {stability.weeks} changes of week",
        markup=False,
    )
    took = measure_speed(vectors, spoken, rules, questions=speed, news=news)
    results.print(
        f"{took.questions:,} questions grouped in {took.regroup_seconds:.1f} s; {took.news} new ones in "
        f"{took.extend_seconds:.1f} s",
        markup=False,
    )
    if json_file is not None:
        measured = {
            "agreement": {name: asdict(score) for name, score in scores.items()},
            "stability": {**asdict(stability), "share": stability.share},
            "speed": asdict(took),
            "rules": asdict(rules),
        }
        write_durably(json_file, json.dumps(measured, indent=2).encode("utf-8") + b"\n")


def _embedded(texts: Sequence[str], encoder: Encoder, folder: Path, report: Report) -> Vectors:
    distinct = list(dict.fromkeys(texts))
    with EmbeddingCache(folder, encoder.model) as cache:
        known = cache.get(_ROLE, distinct)
        missing = sorted((text for text in distinct if text not in known), key=len)
        for start in range(0, len(missing), _BLOCK):
            block = missing[start : start + _BLOCK]
            made = encoder.embed_queries(block)
            cache.put(_ROLE, block, made)
            known.update(zip(block, made, strict=True))
            report(start + len(block), len(missing))
    return np.stack([known[text] for text in texts])
