"""One suite for every vector store: exact numbers on vectors made by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.adapters.faiss_store import FaissFormat
from indexer.adapters.numpy_store import NumpyFormat
from indexer.ports import Vectors, VectorStore, VectorStoreFormat

EAST, NORTH, WEST, NORTH_EAST = [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.6, 0.8]


@pytest.fixture(params=[FaissFormat(), NumpyFormat()], ids=["faiss", "numpy"])
def store_format(request: pytest.FixtureRequest) -> VectorStoreFormat:
    chosen: VectorStoreFormat = request.param
    return chosen


@pytest.fixture
def store(store_format: VectorStoreFormat, tmp_path: Path) -> VectorStore:
    return stored(store_format, tmp_path, [EAST, NORTH, WEST, NORTH_EAST])


def stored(store_format: VectorStoreFormat, folder: Path, rows: list[list[float]]) -> VectorStore:
    path = folder / f"vectors{store_format.suffix}"
    store_format.write(np.array(rows, np.float32).reshape(-1, 2), path)
    return store_format.read(path)


def vector(values: list[float]) -> Vectors:
    return np.array(values, np.float32)


def test_scores_are_cosine_similarities_best_first(store: VectorStore) -> None:
    found = store.search(vector(EAST), k=4, within=range(4))

    assert [row for row, _ in found] == [0, 3, 1, 2]
    assert [score for _, score in found] == pytest.approx([1.0, 0.6, 0.0, -1.0])


def test_a_range_is_searched_alone_and_rows_keep_their_numbers(store: VectorStore) -> None:
    found = store.search(vector(EAST), k=4, within=range(1, 3))

    assert [row for row, _ in found] == [1, 2]
    assert [score for _, score in found] == pytest.approx([0.0, -1.0])


def test_asking_for_more_than_there_is_gives_what_there_is(store: VectorStore) -> None:
    assert len(store.search(vector(EAST), k=100, within=range(4))) == 4


def test_an_empty_range_gives_nothing(store: VectorStore) -> None:
    assert store.search(vector(EAST), k=3, within=range(2, 2)) == []


def test_similarities_come_in_the_order_of_the_rows_asked_for(store: VectorStore) -> None:
    found = store.similarities(vector(NORTH), np.array([3, 1, 1, 0]))

    assert found.tolist() == pytest.approx([0.8, 1.0, 1.0, 0.0])


def test_no_rows_have_no_similarities(store: VectorStore) -> None:
    assert store.similarities(vector(NORTH), np.array([], np.int64)).tolist() == []


def test_an_empty_store_is_searched_without_an_error(store_format: VectorStoreFormat, tmp_path: Path) -> None:
    store = stored(store_format, tmp_path, [])

    assert len(store) == 0
    assert store.search(vector(EAST), k=3, within=range(0)) == []
