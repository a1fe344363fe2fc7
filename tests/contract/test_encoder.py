"""One suite for every encoder: unit rows in order, two kinds of text, nearness that means something."""

from __future__ import annotations

import numpy as np
import pytest

from api.settings import Settings
from indexer.adapters.bundled_model import ensure_bundled_model
from indexer.adapters.encoders import PLAIN, load_encoder
from indexer.adapters.sentence_transformers import SentenceTransformerEncoder
from indexer.ports import Encoder
from tests.fakes import WordEncoder

TEXTS = ["Refunds take ten days.", "Zwrot trwa dziesięć dni.", "استرداد المبلغ يستغرق عشرة أيام", "x " * 3000]


@pytest.fixture(params=["words", "bundled"])
def any_encoder(request: pytest.FixtureRequest, encoder: Encoder) -> Encoder:
    return WordEncoder() if request.param == "words" else encoder


def test_rows_are_unit_vectors_of_the_models_dimension(any_encoder: Encoder) -> None:
    for rows in (any_encoder.embed_queries(TEXTS), any_encoder.embed_passages(TEXTS)):
        assert rows.shape == (len(TEXTS), any_encoder.model.dim)
        assert rows.dtype == np.float32
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-4)


def test_rows_come_in_the_order_of_the_texts(any_encoder: Encoder) -> None:
    together = any_encoder.embed_passages(TEXTS)
    alone = np.concatenate([any_encoder.embed_passages([text]) for text in TEXTS])

    assert (together * alone).sum(axis=1) == pytest.approx(1.0, abs=1e-3)


def test_progress_adds_up_to_the_texts(any_encoder: Encoder) -> None:
    counts: list[int] = []

    any_encoder.embed_passages(TEXTS, progress=counts.append)

    assert sum(counts) == len(TEXTS)


def test_a_question_is_nearest_to_the_text_that_answers_it(any_encoder: Encoder) -> None:
    question = any_encoder.embed_queries(["how many days do refunds take"])[0]
    passages = any_encoder.embed_passages(["Refunds take ten days.", "Parcels leave in the evening."])

    assert passages[0] @ question > passages[1] @ question


def test_questions_and_passages_are_embedded_differently_by_a_model_with_prompts(encoder: Encoder) -> None:
    same_text = TEXTS[:1]

    assert float(encoder.embed_queries(same_text)[0] @ encoder.embed_passages(same_text)[0]) < 0.999


def test_the_bundled_model_understands_across_languages(encoder: Encoder) -> None:
    question = encoder.embed_queries(["Ile trwa zwrot pieniędzy?"])[0]
    passages = encoder.embed_passages(["A refund takes ten days.", "The logo should be at least 400 pixels wide."])

    assert passages[0] @ question > passages[1] @ question + 0.02


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.embed_passages([]).shape == (0, 384)
    assert encoder.embed_queries([]).shape == (0, 384)


def test_bfloat16_gives_nearly_the_same_vectors(encoder: SentenceTransformerEncoder) -> None:
    narrow, wide = (
        SentenceTransformerEncoder(encoder.folder, model=encoder.model, bfloat16=one).embed_passages(TEXTS[:3])
        for one in (True, False)
    )

    assert ((narrow * wide).sum(axis=1) > 0.995).all()


def test_the_adapted_model_is_another_than_the_plain_one(encoder: Encoder) -> None:
    plain = load_encoder(PLAIN, cache_dir=Settings().cache_dir)

    likeness = (plain.embed_queries(TEXTS[:3]) * encoder.embed_queries(TEXTS[:3])).sum(axis=1)

    assert plain.model.digest != encoder.model.digest
    assert (likeness < 0.9999).all()


def test_a_model_named_by_its_folder_is_described_from_it(encoder: Encoder) -> None:
    folder = str(ensure_bundled_model(Settings().cache_dir / "models"))

    described = SentenceTransformerEncoder(folder).model

    assert described.dim == 384
    assert len(described.digest) == 64
    assert described.passage_prompt == "passage: "
