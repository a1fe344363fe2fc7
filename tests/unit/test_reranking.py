"""Rerankers: what they may change, and one that runs a real, tiny cross-encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from api.wiring import open_assistant
from assistant.adapters.cross_encoder import CrossEncoderReranker
from assistant.asking.assistant import Assistant
from assistant.asking.models import Answer, Question, Related, RelatedReason
from assistant.asking.policy import MOST_SHOWN, dump_policy
from assistant.asking.ports import Reranker
from assistant.asking.ranking import Ranked, rank
from assistant.asking.reranking import reranked
from assistant.errors import RerankerUnusable
from corpus.page import Page
from corpus.passage import Passage
from indexer.adapters.numpy_store import NumpyFormat
from indexer.build import build_generation
from indexer.generations import Generations
from indexer.search import Found
from tests.api.conftest import word_policy
from tests.fakes import WordEncoder, page

POLICY = word_policy()


class WordJudge:
    """Gives each text the score of the first word it knows in it; remembers what it was asked."""

    def __init__(self, digest: str = "judge", **scores: float) -> None:
        self._digest = digest
        self._scores = scores
        self.asked: list[tuple[str, list[str]]] = []

    @property
    def digest(self) -> str:
        return self._digest

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        self.asked.append((question, list(texts)))
        return [next((score for word, score in self._scores.items() if word in text), 0.0) for text in texts]


def assistant_over(
    root: Path, pages: list[Page], reranker: Reranker | None, *, fitted_with: str = "judge"
) -> Assistant:
    generations = Generations(root)
    made = build_generation(
        pages,
        generations=generations,
        encoder=WordEncoder(),
        store=NumpyFormat(),
        policy=dump_policy(replace(POLICY, reranker=fitted_with)),
    )
    return open_assistant(
        generations, made.manifest.id, encoder_of=lambda _: WordEncoder(), store=NumpyFormat(), reranker=reranker
    )


def nearest(assistant: Assistant, question: str) -> list[str]:
    return [hit.passage.page_id for hit in assistant.answer(Question(question, "en")).nearest]


THREE = [
    page("en/exact", "Money", "Money back. Alpha"),
    page("en/near", "Money", "Money matters here. Beta"),
    page("en/far", "Fees", "Costs for money and other things. Gamma"),
]


def test_the_reranker_decides_the_order_of_the_nearest(tmp_path: Path) -> None:
    judge = WordJudge(Gamma=0.9, Beta=0.5, Alpha=0.1)

    assert nearest(assistant_over(tmp_path / "without", THREE, None), "money back") == ["en/exact", "en/near", "en/far"]
    assert nearest(assistant_over(tmp_path / "with", THREE, judge), "money back") == ["en/far", "en/near", "en/exact"]


def test_it_is_given_the_query_and_the_best_window_of_each_page(tmp_path: Path) -> None:
    judge = WordJudge()
    long = page("en/long", "Fruit", f"Apples {'·' * 300}\n\nPears {'·' * 300}")

    assistant_over(tmp_path, [long, page("en/trees", "Trees", "Oaks")], judge).answer(Question("pears\nplease", "en"))

    assert judge.asked == [("pears please", [f"Fruit\nPears {'·' * 300}", "Trees\nOaks"])]


def test_ten_pages_are_judged_and_none_of_the_others_outranks_them(tmp_path: Path) -> None:
    near = [page(f"en/near{number}", "Money", "Money back") for number in range(10)]
    far = [page(f"en/far{number}", "Money", "Money costs. Alpha") for number in range(5)]
    judge = WordJudge(Alpha=1.0)

    found = nearest(assistant_over(tmp_path, near + far, judge), "money back")

    assert len(judge.asked[0][1]) == 10
    assert set(found) == {one.id for one in near}


def found(identity: str, similarity: float, *, words: float = 0.0) -> Found:
    passage = Passage(
        identity, identity.split("#")[0], "Title", "en", f"/{identity}", (), None, identity, ((0, len(identity)),)
    )
    return Found(passage, similarity, -1.0, similarity, similarity, words, 0.0, 0)


def ranked(everything: list[Found]) -> list[Ranked]:
    return rank(everything, POLICY, spoken="en", matter_of=str, most=10)


def test_a_passage_that_was_not_judged_never_outranks_one_that_was_however_near_it_is() -> None:
    everything = [found("a#1", 1.0, words=1.0), found("a#2", 0.99, words=0.9), found("b", 0.2)]

    judged = ranked(reranked(everything, ranked(everything), "?", WordJudge(b=0.04)))

    assert [one.found.passage.id for one in judged] == ["b", "a#1"]
    assert [one.found.reranked for one in judged] == [0.04, 0.0]


def test_where_nothing_was_found_nothing_is_judged() -> None:
    judge = WordJudge()

    assert reranked([], [], "?", judge) == []
    assert judge.asked == []


@pytest.mark.parametrize(
    ("reranker", "fitted_with", "trusted"),
    [
        (WordJudge(), "judge", True),
        (WordJudge("another"), "judge", False),
        (WordJudge(), "", False),
        (None, "judge", False),
        (None, "", True),
    ],
)
def test_a_policy_counts_only_with_the_reranker_it_was_fitted_with(
    tmp_path: Path, reranker: Reranker | None, fitted_with: str, trusted: bool
) -> None:
    assistant = assistant_over(tmp_path, THREE, reranker, fitted_with=fitted_with)

    outcome = assistant.answer(Question("money back", "en")).outcome

    assert assistant.trusted is trusted
    assert assistant.reranker_digest == (reranker.digest if reranker else "")
    assert isinstance(outcome, Answer if trusted else Related)
    if isinstance(outcome, Related):
        assert outcome.reason is RelatedReason.NO_POLICY


def test_the_confidence_is_that_of_the_rerankers_scores(tmp_path: Path) -> None:
    sure = replace(POLICY.same_language.sets[0], intercept=-20.0, score=8.0)  # half sure at a score of 2.5
    basis = replace(POLICY.same_language, sets=(sure,) * MOST_SHOWN)
    assistant = assistant_over(tmp_path, THREE, WordJudge(Alpha=0.5, Beta=0.2))
    assistant.policy = replace(assistant.policy, same_language=basis)

    first, *_ = assistant.answer(Question("money back", "en")).nearest

    assert [first.score, first.confidence] == pytest.approx([2.5, 0.5])


WORDS = ["refunds", "take", "ten", "days", "zwrot", "pieniędzy", "استرداد", "parcels", "leave", "today"]


def tiny_model(folder: Path, *, seed: int) -> Path:
    """Save a random cross-encoder that knows a few words."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocabulary = {word: number for number, word in enumerate([*special, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=special[1]))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(name, vocabulary[name]) for name in ("[CLS]", "[SEP]")],
    )
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **names).save_pretrained(folder)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        initializer_range=0.5,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("reranker") / "tiny", seed=1)


TEXTS = ["refunds take ten days", "zwrot pieniędzy", "استرداد", "parcels leave today", "parcels " * 300]


def test_a_cross_encoder_gives_each_pair_a_probability_in_order(tiny: Path) -> None:
    reranker = CrossEncoderReranker(str(tiny))

    scores = reranker.scores("refunds ten days", TEXTS)

    assert len(scores) == len(TEXTS)
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert len({round(score, 4) for score in scores}) == len(TEXTS)
    assert reranker.scores("refunds ten days", TEXTS[::-1]) == pytest.approx(scores[::-1], abs=1e-5)
    assert reranker.scores("parcels today", TEXTS) != pytest.approx(scores, abs=1e-3)


def test_a_cross_encoder_loaded_again_says_the_same(tiny: Path) -> None:
    once, again = (CrossEncoderReranker(str(tiny)) for _ in range(2))

    assert once.scores("refunds", TEXTS) == again.scores("refunds", TEXTS)
    assert once.digest == again.digest


def test_other_weights_are_another_reranker(tmp_path: Path) -> None:
    before = CrossEncoderReranker(str(tiny_model(tmp_path, seed=1))).digest
    assert CrossEncoderReranker(str(tiny_model(tmp_path, seed=1))).digest == before

    assert CrossEncoderReranker(str(tiny_model(tmp_path, seed=2))).digest != before


def test_a_model_known_by_its_id_alone_has_a_digest_of_that_id() -> None:
    assert CrossEncoderReranker("some/model").digest == CrossEncoderReranker("some/model").digest
    assert CrossEncoderReranker("some/model").digest != CrossEncoderReranker("another/model").digest


@pytest.mark.parametrize("name", ["", "no-such-folder"])
def test_a_path_without_a_model_is_refused_when_first_needed(tmp_path: Path, name: str) -> None:
    reranker = CrossEncoderReranker(str(tmp_path / name))

    with pytest.raises(RerankerUnusable, match="cannot be loaded") as caught:
        reranker.scores("refunds", TEXTS)

    assert str(tmp_path) in str(caught.value)


def test_a_cross_encoder_serves_an_assistant(tmp_path: Path, tiny: Path) -> None:
    reranker = CrossEncoderReranker(str(tiny))

    assistant = assistant_over(tmp_path, THREE, reranker, fitted_with=reranker.digest)

    assert assistant.trusted
    assert set(nearest(assistant, "money back")) == {one.id for one in THREE}
