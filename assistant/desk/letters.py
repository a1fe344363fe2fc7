"""What of a letter is its matter: without greeting, thanks, closing, signature and what it quotes."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from assistant.asking.query import word_count
from assistant.desk import letter_cues as cues
from assistant.privacy.redaction import without_placeholders
from corpus.sentences import Span, sentence_spans

_SHORT_GREETING = 8
_SHORT_THANKS = 14
_LONGEST_CLOSING = 60
_FEWEST_WORDS = 3
_WRAPPED = regex.compile(r"(?m)(?<=^[^\n]{50,}) *\n(?=[ \t]*[\p{Ll}\p{N}])")
_ASKS = ("?", "？", "؟")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a letter's body.

    Attributes:
        span: where in the letter it stands.
        text: it, without the placeholders of what was taken out.
        is_question: whether it ends in a question mark.
        asks: whether it asks or wants something.
        turns: whether it opens with words that turn to something else.
        links: whether it opens with "and".
        opens: whether it is the first of its paragraph.
    """

    span: Span
    text: str
    is_question: bool
    asks: bool
    turns: bool
    links: bool
    opens: bool


def sentences_of(letter: str, language: str) -> tuple[Sentence, ...]:
    """Return the sentences of a letter that say what it is about, in order."""
    # As many characters as before, so that places stay what they are.
    plain = _WRAPPED.sub(lambda found: " " * len(found.group()), letter)
    quoted = cues.QUOTED_HEAD.search(plain)
    body = plain[: quoted.start()] if quoted is not None and plain[: quoted.start()].strip() else plain
    spans = _before_closing(body, sentence_spans(body, language))
    sentences: list[Sentence] = []
    line_end = -1
    for start, end in spans:
        text = without_placeholders(body[start:end])
        opens = "\n" in body[max(line_end, 0) : start] or not sentences
        line_end = end
        if word_count(text) < _FEWEST_WORDS or _is_polite(text):
            continue
        question = text.rstrip("\"'”’)").endswith(_ASKS)
        asks = question or (cues.ASKING.search(text) is not None and cues.PRESSING.search(text) is None)
        sentences.append(
            Sentence(
                (start, end),
                text,
                is_question=question,
                asks=asks,
                turns=cues.TURNING.match(text) is not None,
                links=cues.LINKING.match(text) is not None,
                opens=opens,
            )
        )
    return tuple(sentences)


def _before_closing(body: str, spans: list[Span]) -> list[Span]:
    """Return the sentences above the first short line that closes the letter, if half of it is above."""
    for number, (start, _) in enumerate(spans):
        begins_line = not body[:start].strip(" ") or body[:start].rstrip(" \t").endswith("\n")
        line = body[start : body.find("\n", start) if "\n" in body[start:] else len(body)]
        is_closing = len(line) <= _LONGEST_CLOSING and cues.CLOSING_LINE.match(line) is not None and "?" not in line
        if begins_line and number and start > len(body) * 0.4 and (is_closing or line.strip() in {"--", "-- ", "—"}):
            return spans[:number]
    return spans


def _is_polite(text: str) -> bool:
    words = word_count(text)
    if words <= _SHORT_GREETING and cues.GREETING.match(text) and not text.endswith(_ASKS):
        return True
    if cues.SENT_FROM.match(text):
        return True
    return words <= _SHORT_THANKS and cues.THANKING.search(text) is not None and not text.endswith(_ASKS)
