"""What an adapter is checked on: pairs of matters that it has not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from indexer.adapting.pairs import Pair
from indexer.ports import Encoder

_HELD_OUT = 0.15
_MOST = 600


def split_pairs(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Return the pairs to learn from and those to check with, by the hash of their matter: at most 600 of these."""
    learnt: list[Pair] = []
    held: list[Pair] = []
    for pair in pairs:
        place = int(hashlib.sha256(pair.matter.encode("utf-8")).hexdigest()[:8], 16) / 0x100000000
        (held if place < _HELD_OUT else learnt).append(pair)
    return learnt, held[:_MOST]


def first_is_right(pairs: Sequence[Pair], encoder: Encoder) -> list[bool]:
    """Say of each pair's question whether the nearest of all the pairs' answers is on its matter."""
    questions = encoder.embed_queries([pair.question for pair in pairs])
    answers = np.empty_like(questions)
    for is_label, embed in ((True, encoder.embed_queries), (False, encoder.embed_passages)):
        places = [place for place, pair in enumerate(pairs) if pair.is_label == is_label]
        if places:
            answers[places] = embed([pairs[place].answer for place in places])
    nearest = np.argmax(questions @ answers.T, axis=1)
    return [pairs[place].matter == pair.matter for pair, place in zip(pairs, nearest.tolist(), strict=True)]


def helps(before: Sequence[bool], after: Sequence[bool]) -> bool:
    """Say whether more questions are right than before, by more than chance would often bring about.

    Source: the exact McNemar test (McNemar, Psychometrika 1947), one-sided, at 5 %.
    """
    from scipy.stats import binomtest

    won = sum(now and not then for then, now in zip(before, after, strict=True))
    lost = sum(then and not now for then, now in zip(before, after, strict=True))
    return won > lost and float(binomtest(won, won + lost, 0.5, alternative="greater").pvalue) < 0.05
