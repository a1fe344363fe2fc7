"""E-mail addresses: as they are, with spaces in between, and spelled out against spam."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from assistant.privacy.models import PersonalData, Place

_AT_WORDS = r"at|ät|arobase|arobas|chez|ma[łl]pa|ape?n?staartje|aapje|klammeraffe"
_DOT_WORDS = r"dot|kropka|punkt|punt|point|pkt"
_OPEN, _CLOSE = r"[\[({<*_|~\"'/\\-]{1,3}", r"[\])}>*_|~\"'/\\-]{1,3}"
_CERTAIN_ENDS = r"com|net|org|info|biz|pl|nl|fr|eu|uk|cz|ch|us|edu|gov|online|shop|store|app|dev"
_WORDLIKE_ENDS = r"de|be|at|it|es|io|me|co|dk|se|pt|ie|sk|hu|lu"
_MAX_LOCAL = 100

_AT = regex.compile(
    rf"(?P<sign>@+|%40|&\#0*64;|&\#x40;|&commat;)"
    rf"|\s{{0,2}}{_OPEN}\s?(?P<fenced>{_AT_WORDS}|a|@)\s?{_CLOSE}\s{{0,2}}"
    rf"|\s{{1,2}}(?P<word>{_AT_WORDS})\s{{1,2}}",
    regex.IGNORECASE,
)
_LABEL = r"[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_-]{0,61}[\p{L}\p{M}\p{N}])?"
_DOT = rf"(?:\s?[.,。]+\s?|\s?{_OPEN}\s?(?:{_DOT_WORDS}|\.)\s?{_CLOSE}\s?|\s(?:{_DOT_WORDS})\s)"
_TIGHT_DOMAIN = regex.compile(
    rf"\[[\d.:a-f]{{3,40}}\]|{_LABEL}(?:(?:[.。]{{1,2}}|,(?=[a-z]{{2,4}}(?![^\W_]|[@.-]))){_LABEL}){{1,8}}",
    regex.IGNORECASE,
)
_LOOSE_DOMAIN = regex.compile(
    rf"\s{{0,3}}{_LABEL}(?:{_DOT}{_LABEL}){{0,3}}?"
    rf"(?:{_DOT}(?:{_CERTAIN_ENDS})|(?:[.,]|\s[.]\s|\s?{_OPEN}\s?(?:{_DOT_WORDS}|\.)\s?{_CLOSE}\s?"
    rf"|\s(?:{_DOT_WORDS})\s)(?:{_WORDLIKE_ENDS}))(?![\p{{L}}\p{{N}}])",
    regex.IGNORECASE,
)
_SPELLED_DOT = regex.compile(rf"{_OPEN}\s?(?:{_DOT_WORDS}|\.)\s?{_CLOSE}|\s(?:{_DOT_WORDS})\s", regex.IGNORECASE)
_ONE_LABEL = regex.compile(r"(?=[\p{N}-]*\p{L})[\p{L}\p{N}-]{2,40}")
_PART = r"[\p{L}\p{N}_][\p{L}\p{M}\p{N}._%+'~#$!*^{}|-]{0,70}"
_JOINT = (
    rf"(?:\s(?:{_DOT_WORDS}|underscore|podkre[śs]lnik|podkre[śs]lenie|minus|dash|my[śs]lnik|unterstrich|streepje"
    rf"|tiret"
    rf"|plus)\s|\s?{_OPEN}(?:{_DOT_WORDS}|\.){_CLOSE}\s?|\s[._-]\s)"
)
_LOCAL = regex.compile(
    rf'(?:"[^"\n]{{1,64}}"|(?<![\p{{L}}\p{{N}}]){_PART}(?:{_JOINT}{_PART}){{0,3}})$', regex.IGNORECASE
)
_TIGHT_LOCAL = regex.compile(rf'(?:"[^"\n]{{1,64}}"|{_PART}|[\p{{L}}\p{{N}}])$')
_TELLING_LOCAL = regex.compile(r"[._\d+]|(?i:mail)")
_MAILBOXES = regex.compile(
    r"\s*(?:gmail|googlemail|hotmail|outlook|live|yahoo|icloud|proton|protonmail|wp|o2|onet|interia|ziggo|kpn|xs4all"
    r"|gmx|web|t-online|freenet|orange|free|laposte|wanadoo|sfr)\b",
    regex.IGNORECASE,
)


def find_addresses(plain: str) -> Iterator[Place]:
    """Yield the places of e-mail addresses, from the first to the last."""
    past = 0
    for found in _AT.finditer(plain):
        if found.start() < past:
            continue
        span = _around(plain, found, past)
        if span is not None:
            past = span[1]
            yield Place(*span, PersonalData.EMAIL)


def _around(plain: str, found: regex.Match[str], past: int) -> tuple[int, int] | None:
    before = plain[max(past, found.start() - _MAX_LOCAL) : found.start()]
    end = found.end()
    if found["sign"]:
        tight = _TIGHT_LOCAL.search(before)
        domain = _TIGHT_DOMAIN.match(plain, end) or _LOOSE_DOMAIN.match(plain, end)
        if domain is None and tight is not None:
            domain = _ONE_LABEL.match(plain, end)
        local = tight or _LOCAL.search(before.rstrip())
        if tight is None and domain is not None and _LOOSE_DOMAIN.match(plain, end) is None:
            return None
    else:
        local = _LOCAL.search(before)
        domain = _LOOSE_DOMAIN.match(plain, end)
        if domain is None and found["fenced"]:
            domain = _TIGHT_DOMAIN.match(plain, end)
        if found["word"] and domain is not None and local is not None and not _is_meant(local[0], domain[0]):
            return None
    if local is None or domain is None:
        return None
    return found.start() - len(before) + local.start(), domain.end()


def _is_meant(local: str, domain: str) -> bool:
    """Tell "jan.k at gmail.com" and "jan at firm dot com" from "bought at shop.com"."""
    return bool(_SPELLED_DOT.search(domain) or _TELLING_LOCAL.search(local) or _MAILBOXES.match(domain))
