"""Sets of labelled questions, in the layout of the contract.

::

    corpus.jsonl   {"id", "title", "text", "lang"}; absent where the pages are given apart
    queries.jsonl  {"id", "text", "lang"}; "split" where the set fixes it
    qrels.tsv      query_id, doc_id, relevance; with a header
    oos.jsonl      {"id", "text", "lang", "kind"}: questions the corpus does not answer; optional
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.page import Block, Page, Section
from corpus.readers.directory import read_directory
from eval.errors import DatasetUnusable

_WORDING_CHARS = 200
"""Longest line of a document that is a list of wordings."""


class Document(BaseModel):
    """A line of ``corpus.jsonl``."""

    model_config = ConfigDict(frozen=True)
    id: str
    title: str
    text: str
    lang: str


class Asked(BaseModel):
    """A line of ``queries.jsonl`` or ``oos.jsonl``; ``kind`` is near, far or in-the-wild for the latter.

    ``split`` is the part it belongs to where the set fixes that; see ``eval.splits``. ``passage`` is the passage that
    answers it, where the set says so.
    """

    model_config = ConfigDict(frozen=True)
    id: str
    text: str
    lang: str
    kind: str = ""
    split: Literal["train", "tune", "test", ""] = ""
    passage: str = ""

    @property
    def language(self) -> str:
        """The language part of ``lang``: ``pt`` for ``pt-BR``."""
        return self.lang.split("-")[0]


@dataclass(frozen=True)
class Dataset:
    """A corpus, questions it answers with the pages that do, and questions it does not answer.

    ``relevance`` maps a question's id to page ids and grades; a higher grade is a better page. ``digest`` is the
    SHA-256 of the files with questions and labels.
    """

    name: str
    pages: tuple[Page, ...]
    questions: tuple[Asked, ...]
    relevance: Mapping[str, Mapping[str, int]]
    unanswerable: tuple[Asked, ...]
    digest: str = ""


def load_dataset(folder: Path, corpus: Path | None = None) -> Dataset:
    """Read a set.

    Args:
        folder: where its files are.
        corpus: where its pages are, if not in its own ``corpus.jsonl``: a folder of Markdown pages, or another set.

    Raises:
        DatasetUnusable: if a file is missing or a line is not as the layout says.
    """
    if not folder.is_dir():
        raise DatasetUnusable(f"{folder} is not a folder")
    pages = _pages(folder if corpus is None else corpus)
    questions = _lines(folder / "queries.jsonl", Asked)
    oos = folder / "oos.jsonl"
    relevance = _relevance(folder / "qrels.tsv")
    known = {page.id for page in pages}
    for question_id, grades in relevance.items():
        for page_id in grades:
            if page_id not in known:
                raise DatasetUnusable(f"{folder / 'qrels.tsv'}: {question_id} names the unknown page {page_id!r}")
    return Dataset(
        name=folder.name,
        pages=pages,
        questions=tuple(question for question in questions if question.id in relevance),
        relevance=relevance,
        unanswerable=tuple(_lines(oos, Asked)) if oos.is_file() else (),
        digest=_digest([folder / "queries.jsonl", folder / "qrels.tsv", *([oos] if oos.is_file() else [])]),
    )


def load_questions(path: Path) -> tuple[Asked, ...]:
    """Read a file of questions alone.

    Raises:
        DatasetUnusable: if it is missing or a line is not as the layout says.
    """
    return tuple(_lines(path, Asked))


def page_of(document: Document, *, is_wordings: bool) -> Page:
    """Return a document as a page: a paragraph for each line.

    A list of ways to ask for the page, as bots are trained with, becomes the page's aliases, and each a section.

    Args:
        document: the document.
        is_wordings: whether its lines are such a list.
    """
    lines = _text_lines(document)
    blocks = tuple(Block(line, "") for line in lines)
    return Page(
        id=document.id,
        title=document.title,
        locale=document.lang,
        url=f"/{document.id}",
        sections=tuple(Section(0, "", "", (block,)) for block in blocks)
        if is_wordings
        else (Section(0, "", "", blocks),),
        aliases=tuple(lines) if is_wordings else (),
        digest=hashlib.sha256(document.model_dump_json().encode("utf-8")).hexdigest(),
    )


def sample(asked: tuple[Asked, ...], most: int | None) -> tuple[Asked, ...]:
    """Return at most so many questions, the same ones every time, in their order."""
    if most is None or len(asked) <= most:
        return asked
    chosen = set(sorted((question.id for question in asked), key=_hash)[:most])
    return tuple(question for question in asked if question.id in chosen)


def _pages(folder: Path) -> tuple[Page, ...]:
    """Return the pages of a set or, where there is no ``corpus.jsonl``, of a folder of Markdown files."""
    if not (folder / "corpus.jsonl").is_file():
        if not any(folder.rglob("*.md")):
            raise DatasetUnusable(f"{folder} has no corpus.jsonl and no Markdown pages; name its pages with --corpus")
        return tuple(read_directory(folder).pages)
    documents = _lines(folder / "corpus.jsonl", Document)
    if len({document.id for document in documents}) < len(documents):
        raise DatasetUnusable(f"{folder / 'corpus.jsonl'}: two documents have one id")
    is_wordings = _holds_wordings(documents)
    return tuple(page_of(document, is_wordings=is_wordings) for document in documents)


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _holds_wordings(documents: list[Document]) -> bool:
    """Say whether a set's documents are lists of example questions: most are nothing but short lines."""
    lists = 0
    for document in documents:
        lines = _text_lines(document)
        short = len(lines) > 1 and max(len(line) for line in lines) <= _WORDING_CHARS
        lists += short and sum(line.endswith((".", ":", ";")) for line in lines) <= len(lines) / 3
    return lists > len(documents) / 2


def _text_lines(document: Document) -> list[str]:
    return [line.strip() for line in document.text.split("\n") if line.strip()]


_Row = TypeVar("_Row", bound=BaseModel)


def _lines(path: Path, model: type[_Row]) -> list[_Row]:
    try:
        with path.open(encoding="utf-8") as file:
            rows = []
            for number, line in enumerate(file, start=1):
                if line.strip():
                    try:
                        rows.append(model.model_validate_json(line))
                    except ValidationError as exc:
                        error = exc.errors()[0]
                        place = ".".join(str(part) for part in error["loc"])
                        raise DatasetUnusable(f"{path}, line {number}: {place} {error['msg']}".strip()) from exc
            return rows
    except OSError as exc:
        raise DatasetUnusable(f"{path} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise DatasetUnusable(f"{path} is not UTF-8: byte {exc.start} is 0x{exc.object[exc.start]:02x}") from exc


def _relevance(path: Path) -> dict[str, dict[str, int]]:
    relevance: dict[str, dict[str, int]] = defaultdict(dict)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter="\t"), start=2):
                try:
                    grade = int(row["relevance"])
                    if grade > 0:
                        relevance[row["query_id"]][row["doc_id"]] = grade
                except (KeyError, TypeError, ValueError) as exc:
                    raise DatasetUnusable(f"{path}, line {number}: expected query_id, doc_id, relevance") from exc
    except OSError as exc:
        raise DatasetUnusable(f"{path} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise DatasetUnusable(f"{path} is not UTF-8: byte {exc.start} is 0x{exc.object[exc.start]:02x}") from exc
    return dict(relevance)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8")).hexdigest()
