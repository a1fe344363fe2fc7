"""How long one question takes over HTTP, beside what the model alone takes for it in the same process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds; ``ratio_p50`` is the service's median over the model's."""

    questions: int
    service_p50: float
    service_p95: float
    model_p50: float
    ratio_p50: float


def measure_latency(
    questions: Sequence[str],
    *,
    ask: Callable[[str], object],
    forward: Callable[[str], object],
    warm_up: int = 20,
) -> Latency:
    """Time each question both ways, turn and turn about, so that a drifting machine hits both alike.

    Args:
        questions: at least one; the first ``warm_up`` are asked once more before, uncounted.
        ask: asks the running service.
        forward: runs the model alone.
    """
    for question in questions[:warm_up]:
        ask(question)
        forward(question)
    service, model = [], []
    for question in questions:
        service.append(_milliseconds(ask, question))
        model.append(_milliseconds(forward, question))
    service_p50, model_p50 = float(np.percentile(service, 50)), float(np.percentile(model, 50))
    return Latency(
        questions=len(questions),
        service_p50=service_p50,
        service_p95=float(np.percentile(service, 95)),
        model_p50=model_p50,
        ratio_p50=service_p50 / model_p50,
    )


def _milliseconds(call: Callable[[str], object], question: str) -> float:
    started = time.perf_counter()
    call(question)
    return (time.perf_counter() - started) * 1000.0
