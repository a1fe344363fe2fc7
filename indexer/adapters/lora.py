"""Adapt an encoder with low-rank updates (LoRA, Hu et al., ICLR 2022): train, keep as a small file, merge.

Source of the loss: softmax over in-batch and mined wrong answers (Henderson et al., 2017), with one more choice, "none
of them", at a learned similarity. A right answer must be nearer than it, a wrong one farther, so that similarities
stay comparable across questions and say when there is no answer.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer.adapters.adapted_model import load_sentence_transformer, without_peft_warnings
from indexer.adapting.pairs import Pair
from indexer.errors import ModelUnusable

_LINEAR_LAYERS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]


@dataclass(frozen=True, slots=True)
class Training:
    """How an adapter is trained; the values were chosen as eval/README.md tells.

    ``scale`` is the inverse temperature of the softmax; ``question_tokens`` and ``answer_tokens`` are where texts are
    cut; ``wrong`` is how many mined wrong answers of a pair a batch takes.
    """

    steps: int = 400
    batch: int = 32
    rank: int = 16
    learning_rate: float = 5e-4
    warm_up: float = 0.1
    scale: float = 40.0
    question_tokens: int = 64
    answer_tokens: int = 96
    wrong: int = 1
    none_share: float = 0.5
    seed: int = 0


OnStep = Callable[[int, int, float], None]
"""Called with the steps done, the steps in all and the mean loss of late."""


def train_adapter(
    model_folder: Path,
    pairs: Sequence[Pair],
    out: Path,
    *,
    training: Training,
    shares: dict[str, float] | None = None,
    start: Path | None = None,
    query_prompt: str,
    passage_prompt: str,
    on_step: OnStep | None = None,
) -> None:
    """Train low-rank updates of a model on pairs and write them as a PEFT folder with float16 weights.

    Args:
        model_folder: a sentence-transformers folder of a BERT-like model with mean pooling.
        pairs: what to learn; each batch is of one source.
        out: a folder to make.
        training: how.
        shares: share of the batches by source; by default by the square root of its pairs.
        start: an adapter to go on from, instead of from nothing.
        query_prompt: put in front of questions and labels.
        passage_prompt: put in front of answers.
        on_step: told how far it is.

    Raises:
        ModelUnusable: if the model is of another kind.
    """
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model

    torch.manual_seed(training.seed)
    chance = random.Random(training.seed)  # noqa: S311 - reproducible, not secret
    sentence_model = load_sentence_transformer(str(model_folder))
    tokenizer = sentence_model.tokenizer
    with without_peft_warnings():
        if start is None:
            config = LoraConfig(
                r=training.rank, lora_alpha=2 * training.rank, target_modules=_LINEAR_LAYERS, bias="none"
            )
            try:
                model = get_peft_model(sentence_model[0].auto_model, config)
            except ValueError as exc:
                raise ModelUnusable(f"{model_folder.name} is not built as BERT is and cannot be adapted") from exc
        else:
            model = PeftModel.from_pretrained(sentence_model[0].auto_model, str(start), is_trainable=True)
    model.train()
    none_at = torch.nn.Parameter(torch.tensor(0.83))
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": weights}, {"params": [none_at], "lr": 2e-3}], lr=training.learning_rate, weight_decay=0.01
    )
    warm_up = max(1, round(training.warm_up * training.steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm_up, max(0.0, (training.steps - step) / max(1, training.steps - warm_up))),
    )
    batches = _Batches(pairs, training, shares, chance)

    def embed(texts: list[str], tokens: int) -> Any:
        inputs = tokenizer(texts, padding=True, truncation=True, max_length=tokens, return_tensors="pt")
        hidden = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).last_hidden_state
        mask = inputs["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)

    recent: list[float] = []
    for step in range(training.steps):
        batch = batches.next()
        questions = embed([query_prompt + pair.question for pair in batch], training.question_tokens)
        answers: list[str] = []
        matters: list[str] = []
        for pair in batch:
            prompt = query_prompt if pair.is_label else passage_prompt
            answers.append(prompt + pair.answer)
            matters.append(pair.matter)
        for pair in batch:
            prompt = query_prompt if pair.is_label else passage_prompt
            for text in chance.sample(pair.wrong, min(training.wrong, len(pair.wrong))):
                answers.append(prompt + text)
                matters.append("")
        candidates = embed(answers, training.answer_tokens)
        logits = training.scale * (questions @ candidates.T)
        same = torch.tensor([[one.matter == matter for matter in matters] for one in batch])
        own = torch.zeros_like(same)
        has_answer = torch.tensor([bool(pair.answer) for pair in batch])
        own[torch.arange(len(batch)), torch.arange(len(batch))] = True
        empty = torch.tensor([text in (query_prompt, passage_prompt) for text in answers])
        logits = logits.masked_fill((same & ~own) | empty[None, :], -1e4)
        none = (training.scale * none_at).expand(len(batch), 1)
        target = torch.where(has_answer, torch.arange(len(batch)), torch.tensor(logits.shape[1]))
        cross_entropy = torch.nn.functional.cross_entropy(torch.cat([logits, none], dim=1), target)
        loss = cross_entropy
        if training.none_share:
            # Without its right answer in view, a question should choose none.
            wrong_only = logits.masked_fill(own, -1e4)
            loss = loss + training.none_share * torch.nn.functional.cross_entropy(
                torch.cat([wrong_only, none], dim=1), torch.full((len(batch),), logits.shape[1])
            )
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        recent = [*recent[-49:], float(cross_entropy.detach())]
        if on_step is not None:
            on_step(step + 1, training.steps, float(np.mean(recent)))
    _write(model, out, base=model_folder.name)


class _Batches:
    """Batches of one source each, every pair of a source once before any comes again."""

    def __init__(
        self, pairs: Sequence[Pair], training: Training, shares: dict[str, float] | None, chance: random.Random
    ) -> None:
        self._size = training.batch
        self._chance = chance
        self._by_source: dict[str, list[Pair]] = {}
        for pair in pairs:
            self._by_source.setdefault(pair.source, []).append(pair)
        self._queues: dict[str, list[Pair]] = {source: [] for source in self._by_source}
        self._sources = sorted(self._by_source)
        self._shares = [
            (shares or {}).get(source, 0.0) if shares else len(self._by_source[source]) ** 0.5
            for source in self._sources
        ]

    def next(self) -> list[Pair]:
        source = self._chance.choices(self._sources, self._shares)[0]
        queue = self._queues[source]
        if len(queue) < self._size:
            fresh = list(self._by_source[source])
            self._chance.shuffle(fresh)
            queue.extend(fresh)
        batch, self._queues[source] = queue[: self._size], queue[self._size :]
        return batch


def _write(model: Any, out: Path, *, base: str) -> None:
    import torch

    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(torch.float16)
    config = model.peft_config["default"]
    config.base_model_name_or_path = base
    config.target_modules = sorted(config.target_modules)
    model.save_pretrained(str(out), save_embedding_layers=False)
    (out / "README.md").unlink(missing_ok=True)  # PEFT's form for a model hub; card.json says what this is
