"""Digits that are nobody's: dates, times, versions, prices, addresses of machines, digests."""

from __future__ import annotations

import re

import regex

from assistant.privacy.models import BARRIER

_CURRENCY = r"(?:zł|zl|pln|eur|euro|euros|usd|gbp|chf|czk|kč|€|\$|£|dollar\w*|złotych)"
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_NO_PHONE = r"(?<!(?:\+|\b00) ?\d{1,3}[ .\-()]{1,3})"
_ORDINARY = regex.compile(
    r"(?<!\d)(?=\d)(?:"
    # dates; two digits are a year only where no other number stands before
    rf"(?<![\p{{N}}])(?<!\d[.\-/])(?:{_DAY}([.\-/]){_MONTH}\1{_YEAR}"
    rf"|(?<!\d[ )\-./]{{1,3}}){_DAY}([.\-/]){_MONTH}\2\d\d"
    rf"|{_YEAR}([.\-/]){_MONTH}\3{_DAY})(?:[ ,T]{{1,2}}\d\d?[:.]\d\d(?:[:.]\d\d)?(?![\d.\-/]))?(?![.\-/]?\d)"
    # times, opening hours
    r"|(?<![\d:])\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?(?!\d|:)|(?<![\d.])\d\d\.\d\d ?- ?\d\d\.\d\d(?![\d.])"
    # versions: at least one part has one digit only
    rf"|(?<![\d.]){_NO_PHONE}(?=[\d.]{{0,12}}(?<!\d)\d(?!\d))\d{{1,2}}(?:\.\d{{1,2}}){{2,3}}(?!\d)(?!\.\d)(?<![\d.]{{12}})"
    # fractions
    r"|(?<![\d.,+ ])0[.,](?=[\d ]{5})\d+(?: \d{2,3})*(?![\d.])"
    # networks
    r"|\b\d{1,3}(?:\.\d{1,3}){3}/\d\d?\b"
    rf"|{_NO_PHONE}(?<![\d.]|\d/)(?:192\.168|10\.\d{{1,3}}|127\.\d{{1,3}}|172\.\d\d)(?:\.\d{{1,3}}){{2}}\b"
    # prices, grouped by thousands
    rf"|(?<![\d.,])\d{{1,3}}(?:([ .,'])\d{{3}})(?:\4\d{{3}})*(?:[.,]\d\d)?(?= ?(?i:{_CURRENCY})(?![\p{{L}}]| ?\d))"
    rf"|(?<=(?<!\d ?)(?i:{_CURRENCY})\s?)\d{{1,3}}(?:([ .,'])\d{{3}})(?:\5\d{{3}})*(?:[.,]\d\d)?(?!\d)"
    r")"
)
_DIGEST = re.compile(
    r"\b(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?=[0-9]{0,63}[a-f])[0-9a-f]{32,64})\b",
    re.IGNORECASE,
)


def without_ordinary(plain: str) -> str:
    """Return a text of the same length in which the digits that are nobody's are hidden."""
    return _DIGEST.sub(_hidden, _ORDINARY.sub(_hidden, plain))


def _hidden(found: regex.Match[str] | re.Match[str]) -> str:
    return BARRIER * len(found.group())
