"""The questions that were written for this project: whole, and divided so that what is measured was not seen."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from functools import cache
from typing import Any

import pytest

from corpus.readers.directory import read_directory
from corpus.splitting import split_page
from eval.datasets import load_dataset, load_questions
from tests.conftest import PROJECT, STARTER_PAGES

OWN = PROJECT / "eval" / "data"
SETS = ("own_prestashop", "own_starter")
LANGUAGES = {"pl", "en", "de", "fr", "nl"}


@cache
def lines(name: str, file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (OWN / name / file).read_text("utf-8").splitlines()]


@cache
def labels(name: str) -> dict[str, dict[str, int]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    with (OWN / name / "qrels.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found[row["query_id"]][row["doc_id"]] = int(row["relevance"])
    return found


def page_of(passage_id: str) -> str:
    """Return the page of a passage: ``page#heading``, or ``page~2`` for the second part of a long one."""
    return passage_id.split("#")[0].split("~")[0]


def starter_matter(passage_id: str) -> str:
    return page_of(passage_id).split("/", 1)[1]


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("file", ["queries.jsonl", "oos.jsonl"])
def test_every_line_is_in_the_layout(name: str, file: str) -> None:
    assert len(load_questions(OWN / name / file)) == len(lines(name, file)) > 0


def test_there_are_enough_of_both_kinds() -> None:
    assert sum(len(lines(name, "queries.jsonl")) for name in SETS) >= 900
    assert sum(len(lines(name, "oos.jsonl")) for name in SETS) >= 300


@pytest.mark.parametrize("name", SETS)
def test_ids_are_unique_over_both_files(name: str) -> None:
    counts = Counter(line["id"] for file in ("queries.jsonl", "oos.jsonl") for line in lines(name, file))

    assert [identity for identity, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("file", ["queries.jsonl", "oos.jsonl"])
def test_all_five_languages_are_asked_in_every_part(name: str, file: str) -> None:
    by_split: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines(name, file):
        by_split[line["split"]].add(line["lang"])

    assert by_split == {"train": LANGUAGES, "tune": LANGUAGES, "test": LANGUAGES}


@pytest.mark.parametrize("name", SETS)
def test_no_question_is_asked_twice(name: str) -> None:
    texts = Counter(
        " ".join(line["text"].casefold().split())
        for file in ("queries.jsonl", "oos.jsonl")
        for line in lines(name, file)
    )

    assert [text for text, count in texts.items() if count > 1 or not text] == []


@pytest.mark.parametrize("name", SETS)
def test_every_question_has_a_best_page_which_is_that_of_its_passage(name: str) -> None:
    for line in lines(name, "queries.jsonl"):
        best = [page for page, grade in labels(name)[line["id"]].items() if grade == 2]
        assert best == [page_of(line["passage"])], line["id"]


@pytest.mark.parametrize("name", SETS)
def test_only_answerable_questions_have_labels(name: str) -> None:
    assert set(labels(name)) == {line["id"] for line in lines(name, "queries.jsonl")}


@pytest.mark.parametrize("name", SETS)
def test_a_page_is_the_answer_in_one_part_only(name: str) -> None:
    parts: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines(name, "queries.jsonl"):
        parts[page_of(line["passage"])].add(line["split"])

    assert {page: found for page, found in parts.items() if len(found) > 1} == {}


def test_no_matter_of_the_starter_is_in_two_parts_in_whatever_language() -> None:
    parts: defaultdict[str, set[str]] = defaultdict(set)
    for line in lines("own_starter", "queries.jsonl"):
        parts[starter_matter(line["passage"])].add(line["split"])

    assert {matter: found for matter, found in parts.items() if len(found) > 1} == {}


def test_an_unanswerable_question_is_in_the_part_of_the_page_it_is_near_to() -> None:
    parts = {starter_matter(line["passage"]): line["split"] for line in lines("own_starter", "queries.jsonl")}

    near = [(parts.get(starter_matter(line["nearest"])), line["split"]) for line in lines("own_starter", "oos.jsonl")]

    assert sum(part is not None for part, _ in near) > 50
    assert [pair for pair in near if pair[0] not in (None, pair[1])] == []


def test_every_page_and_passage_of_the_starter_exists() -> None:
    pages = {page.id: page for page in read_directory(STARTER_PAGES, strict=True).pages}
    passages = {passage.id for page in pages.values() for passage in split_page(page)}

    assert {page for grades in labels("own_starter").values() for page in grades} - set(pages) == set()
    assert {page_of(line["nearest"]) for line in lines("own_starter", "oos.jsonl")} - set(pages) == set()
    assert {line["passage"] for line in lines("own_starter", "queries.jsonl")} - passages == set()


def test_the_starter_set_is_read_with_the_starter_pages() -> None:
    dataset = load_dataset(OWN / "own_starter", STARTER_PAGES)

    assert len(dataset.questions) == len(lines("own_starter", "queries.jsonl"))
    assert {asked.language for asked in dataset.questions} == LANGUAGES == {page.language for page in dataset.pages}
