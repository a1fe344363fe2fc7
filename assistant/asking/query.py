"""Question → query: what of a visitor's text is embedded and searched for."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import regex

from assistant.errors import QuestionUnusable
from corpus.sentences import sentence_spans

MAX_QUESTION_CHARS = 10_000
_QUERY_CHARS = 400
"""A ticket's text is cut to what it asks: a mean over more would say a little of everything."""

_SPACES = regex.compile(r"[\s\p{Zs}]+")
_INVISIBLE = regex.compile(r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}]")
_WORD = regex.compile(r"[\p{L}\p{N}]")
_WORDS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_LEAST_OTHER_WORDS = 3
_ASKS = ("?", "？", "؟", "\u037e")


def clean(text: str) -> str:
    """Return a question's text composed (NFC), on one line per line typed, without characters that cannot be seen.

    Raises:
        QuestionUnusable: if nothing is left, or it is longer than ``MAX_QUESTION_CHARS``.
    """
    if len(text) > MAX_QUESTION_CHARS:
        raise QuestionUnusable(
            f"the question has {len(text):,} characters; at most {MAX_QUESTION_CHARS:,} can be searched for"
        )
    lines = (_SPACES.sub(" ", _INVISIBLE.sub(" ", line)).strip() for line in text.splitlines())
    cleaned = unicodedata.normalize("NFC", "\n".join(line for line in lines if line))
    if not cleaned:
        raise QuestionUnusable("the question is empty; type what you want to know")
    return cleaned


def has_words(text: str) -> bool:
    """Say whether there is a letter or digit to search for."""
    return _WORD.search(text) is not None


def query_of(text: str, language: str) -> str:
    """Return the query of a cleaned question: short ones whole, long ones cut to the sentences that ask.

    Of a long text the sentences with a question mark are taken, each with the one before it, which often says what
    it is about; a text that asks nothing gives its beginning.
    """
    if len(text) <= _QUERY_CHARS:
        return text.replace("\n", " ")
    sentences = [text[start:end] for start, end in sentence_spans(text, language)]
    asking = [number for number, sentence in enumerate(sentences) if sentence.endswith(_ASKS)]
    taken = sorted({number for asked in asking for number in (asked - 1, asked) if number >= 0})
    chosen = asking if sum(len(sentences[number]) for number in taken) > _QUERY_CHARS else taken
    query = " ".join(sentences[number] for number in chosen) or " ".join(sentences)
    return _shortened(query)


def without_names(query: str, is_name: Callable[[str], bool]) -> str:
    """Return a query without the names that every page bears, unless hardly anything else would be left of it."""
    words = _WORDS.findall(query)
    others = [word for word in words if not is_name(word)]
    if len(others) == len(words) or len(others) < _LEAST_OTHER_WORDS:
        return query
    kept = _WORDS.sub(lambda word: "" if is_name(word.group()) else word.group(), query)
    return _SPACES.sub(" ", kept).strip()


def _shortened(query: str) -> str:
    if len(query) <= _QUERY_CHARS:
        return query
    border = query.rfind(" ", 0, _QUERY_CHARS + 1)
    return query[: border if border > 0 else _QUERY_CHARS]
