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
_INVISIBLE = regex.compile(r"[\p{Cc}\p{Cs}\p{Co}]")
_WITHIN_WORDS = regex.compile(r"\p{Cf}")  # soft hyphens, joiners, marks of direction: they part no words
_WORD = regex.compile(r"[\p{L}\p{N}]")
_WORDS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_LETTER = regex.compile(r"\p{L}")
_LEAST_CAPITALS = 12
"""Fewer may be an abbreviation: ``OSS VAT``."""
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
    lines = (_SPACES.sub(" ", _INVISIBLE.sub(" ", _WITHIN_WORDS.sub("", line))).strip() for line in text.splitlines())
    cleaned = unicodedata.normalize("NFC", "\n".join(line for line in lines if line))
    if not cleaned:
        raise QuestionUnusable("the question is empty; type what you want to know")
    return cleaned


def has_words(text: str) -> bool:
    """Say whether there is a letter or digit to search for."""
    return _WORD.search(text) is not None


def word_count(text: str) -> int:
    """Return how many words a text has."""
    return len(_WORDS.findall(text))


def query_of(text: str, language: str) -> str:
    """Return the query of a cleaned question: short ones whole, long ones cut to the sentences that ask.

    What was typed in capitals throughout is searched for in small letters, as pages are written.
    Of a long text the sentences of some words that end in a question mark are taken, after those right before them,
    which often say what it is about; a text that asks nothing gives its beginning.
    """
    if text.isupper() and len(_LETTER.findall(text)) >= _LEAST_CAPITALS:
        text = text.lower()
    if len(text) <= _QUERY_CHARS:
        return text.replace("\n", " ")
    sentences = [text[start:end] for start, end in sentence_spans(text, language)]
    asking = [
        number
        for number, sentence in enumerate(sentences)
        if sentence.endswith(_ASKS) and len(_WORDS.findall(sentence)) >= _LEAST_OTHER_WORDS
    ]
    if not asking:
        return _beginning(" ".join(sentences), _QUERY_CHARS)
    asked = _beginning(" ".join(sentences[number] for number in asking), _QUERY_CHARS)
    before = " ".join(sentences[number - 1] for number in asking if number and number - 1 not in asking)
    room = _QUERY_CHARS - len(asked) - 1
    return f"{_beginning(before, room)} {asked}".strip() if room > 0 else asked


def without_names(query: str, is_name: Callable[[str], bool]) -> str:
    """Return a query without the names that every page bears, unless hardly anything else would be left of it."""
    words = _WORDS.findall(query)
    others = [word for word in words if not is_name(word)]
    if len(others) == len(words) or len(others) < _LEAST_OTHER_WORDS:
        return query
    kept = _WORDS.sub(lambda word: "" if is_name(word.group()) else word.group(), query)
    return _SPACES.sub(" ", kept).strip()


def _beginning(text: str, most: int) -> str:
    """Return as many of a text's first words as fit into so many characters."""
    if len(text) <= most:
        return text
    border = text.rfind(" ", 0, most + 1)
    return text[: border if border > 0 else most]
