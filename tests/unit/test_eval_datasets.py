"""Labelled sets: their layout, and what is wrong with a broken one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.datasets import Asked, is_tuning, load_dataset, sample, split_key
from eval.errors import DatasetUnusable

DOCUMENTS = [
    {"id": "a/pl", "title": "Zwroty", "text": "Towar można zwrócić.\nMasz 14 dni.", "lang": "pl"},
    {"id": "a/en", "title": "Returns", "text": "Goods can be returned.\nYou have 14 days.", "lang": "en"},
]
QUESTIONS = [{"id": "q1", "text": "zwrot?", "lang": "pl"}, {"id": "q2", "text": "nobody labelled this", "lang": "en"}]


def write_set(folder: Path, *, qrels: str = "q1\ta/pl\t2\nq1\ta/en\t1\n", documents: str | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    lines = documents if documents is not None else "\n".join(map(json.dumps, DOCUMENTS))
    (folder / "corpus.jsonl").write_text(lines, "utf-8")
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)), "utf-8")
    (folder / "qrels.tsv").write_text("query_id\tdoc_id\trelevance\n" + qrels, "utf-8")
    return folder


def test_a_set_is_read_and_questions_without_a_label_are_left_out(tmp_path: Path) -> None:
    dataset = load_dataset(write_set(tmp_path / "shop"))

    assert dataset.name == "shop"
    assert [question.id for question in dataset.questions] == ["q1"]
    assert dataset.relevance == {"q1": {"a/pl": 2, "a/en": 1}}
    assert [block.text for block in dataset.pages[0].sections[0].blocks] == ["Towar można zwrócić.", "Masz 14 dni."]
    assert dataset.unanswerable == ()


def test_lists_of_wordings_become_aliases(tmp_path: Path) -> None:
    documents = "\n".join(
        json.dumps({"id": name, "title": name, "text": f"{name} please\nhow to {name}\n{name} me", "lang": "en"})
        for name in ("refund", "cancel", "pay")
    )

    dataset = load_dataset(write_set(tmp_path, documents=documents, qrels="q1\tpay\t1\n"))

    assert dataset.pages[2].aliases == ("pay please", "how to pay", "pay me")
    assert len(dataset.pages[2].sections) == 3


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"documents": '{"id": "a"}'}, r"corpus\.jsonl, line 1: title"),
        ({"documents": "not json"}, r"corpus\.jsonl, line 1"),
        ({"qrels": "q1\ta/xx\t1\n"}, "q1 names the unknown document 'a/xx'"),
        ({"qrels": "q1\ta/pl\tmany\n"}, r"qrels\.tsv, line 2"),
        ({"qrels": "q1\n"}, r"qrels\.tsv, line 2"),
    ],
)
def test_a_broken_set_says_where_it_is_broken(tmp_path: Path, broken: dict[str, str], says: str) -> None:
    with pytest.raises(DatasetUnusable, match=says):
        load_dataset(write_set(tmp_path, **broken))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = write_set(tmp_path)
    (folder / "queries.jsonl").unlink()

    with pytest.raises(DatasetUnusable, match=r"queries\.jsonl cannot be read"):
        load_dataset(folder)


def test_a_sample_is_the_same_every_time_and_keeps_its_order() -> None:
    asked = tuple(Asked(id=f"q{number}", text="?", lang="en") for number in range(100))

    chosen = sample(asked, 10)

    assert chosen == sample(asked, 10)
    assert len(chosen) == 10
    assert [asked.index(one) for one in chosen] == sorted(asked.index(one) for one in chosen)


def test_translations_of_a_question_are_on_the_same_side_of_the_split(tmp_path: Path) -> None:
    dataset = load_dataset(write_set(tmp_path, qrels="q1\ta/pl\t2\nq1\ta/en\t1\nq2\ta/en\t2\nq2\ta/pl\t1\n"))

    keys = {split_key(dataset, question) for question in dataset.questions}

    assert len(keys) == 1


def test_the_tuning_split_is_about_half() -> None:
    assert 450 < sum(is_tuning(f"page {number}") for number in range(1000)) < 550
