"""Labelled sets: their layout, and what is wrong with a broken one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.datasets import Asked, load_dataset, load_questions, sample
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
        ({"qrels": "q1\ta/xx\t1\n"}, "q1 names the unknown page 'a/xx'"),
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


def test_a_set_without_documents_takes_its_pages_from_a_folder_of_markdown(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "own", qrels="q1\tpl/zwroty\t2\n")
    (folder / "corpus.jsonl").unlink()
    (tmp_path / "pages" / "pl").mkdir(parents=True)
    (tmp_path / "pages" / "pl" / "zwroty.md").write_text("# Zwroty\n\nTowar można zwrócić.\n", "utf-8")

    dataset = load_dataset(folder, tmp_path / "pages")

    assert dataset.name == "own"
    assert [(page.id, page.title, page.language) for page in dataset.pages] == [("pl/zwroty", "Zwroty", "pl")]


def test_pages_may_be_those_of_another_set(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "own")
    (folder / "corpus.jsonl").unlink()

    dataset = load_dataset(folder, write_set(tmp_path / "public"))

    assert [page.id for page in dataset.pages] == ["a/pl", "a/en"]


def test_a_set_whose_pages_are_nowhere_says_how_to_name_them(tmp_path: Path) -> None:
    folder = write_set(tmp_path)
    (folder / "corpus.jsonl").unlink()

    with pytest.raises(DatasetUnusable, match="name its pages with --corpus"):
        load_dataset(folder)


def test_unanswerable_questions_and_their_kinds_and_splits_are_read(tmp_path: Path) -> None:
    folder = write_set(tmp_path)
    line = {
        "id": "n1",
        "text": "هل تبيعون الدراجات؟",
        "lang": "ar-EG",
        "kind": "near",
        "split": "tune",
        "nearest": "a/en",
    }
    (folder / "oos.jsonl").write_text(json.dumps(line), "utf-8")

    (asked,) = load_dataset(folder).unanswerable

    assert (asked.text, asked.language, asked.kind, asked.split) == ("هل تبيعون الدراجات؟", "ar", "near", "tune")


def test_an_unknown_split_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text('{"id": "q", "text": "?", "lang": "en", "split": "holdout"}', "utf-8")

    with pytest.raises(DatasetUnusable, match=r"queries\.jsonl, line 1: split"):
        load_questions(path)


def test_a_set_is_stamped_by_its_questions_and_labels_and_not_by_its_pages(tmp_path: Path) -> None:
    digest = load_dataset(write_set(tmp_path / "one")).digest
    other_pages = "\n".join(json.dumps({**document, "text": "New.\nNew."}) for document in DOCUMENTS)

    assert load_dataset(write_set(tmp_path / "two", documents=other_pages)).digest == digest
    assert load_dataset(write_set(tmp_path / "three", qrels="q1\ta/pl\t1\n")).digest != digest
