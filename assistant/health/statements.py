"""Where two sentences are about the same and yet differ, in a number or in whether it is so.

A plain rule, so that a writer sees at once why a pair is shown: the sentences share most of their words, and then
either name different numbers of the same unit, or one of them says no and the other does not. It knows nothing of
meaning: whoever says the same in other words contradicts himself unseen, and two prices of two things with one name
are shown though both are right. People judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.health.models import Contradiction, Difference
from corpus.sentences import sentence_spans
from indexer.lexical import fold, term_of, words_of

_LEAST_SHARED = 3
_SHARED_WITH_NUMBERS = 0.5
_SHARED_WITH_NEGATION = 0.75
"""Shares of all words of the two, 0 to 1: without a number only sentences that are nearly equal are comparable."""
_MOST_CHARS = 400
_NUMBER = re.compile(r"(?<![\w.,])(\d{1,3}(?:[ \u00a0\u202f.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)(?![\w])")
_CURRENCIES = {"€": "eur", "eur": "eur", "euro": "eur", "euros": "eur", "zł": "pln", "zl": "pln", "pln": "pln",
               "$": "usd", "usd": "usd", "£": "gbp", "gbp": "gbp", "chf": "chf"}  # fmt: skip
_UNITS = {
    "minute": ("minute", "minutes", "minuta", "minuty", "minut", "minuut", "minuten"),
    "hour": ("hour", "hours", "godzina", "godziny", "godzin", "uur", "uren", "stunde", "stunden", "heure", "heures"),
    "day": (
        *("day", "days", "dzien", "dni", "dniach", "dniami", "dnia", "dag", "dagen", "tag", "tage", "tagen"),
        *("jour", "jours"),
    ),
    "week": ("week", "weeks", "tydzien", "tygodnie", "tygodni", "weken", "woche", "wochen", "semaine", "semaines"),
    "month": ("month", "months", "miesiac", "miesiace", "miesiecy", "maand", "maanden", "monat", "monate", "monaten"),
    "year": ("year", "years", "rok", "lata", "lat", "jaar", "jaren", "jahr", "jahre", "jahren", "an", "ans", "annees"),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_WORKING = frozenset(
    (
        *("working", "business", "roboczych", "robocze", "roboczy", "werkdagen", "werktage", "werktagen"),
        *("ouvres", "ouvrables", "ouvrable"),
    )
)
_SAID_NUMBERS = {
    "en": "one two three four five six seven eight nine ten eleven twelve",
    "de": "ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf",
    "nl": "een twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "fr": "un deux trois quatre cinq six sept huit neuf dix onze douze",
    "pl": "jeden dwa trzy cztery piec szesc siedem osiem dziewiec dziesiec jedenascie dwanascie",
}
_SAID_BESIDES = {
    "en": {"fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30},
    "de": {"vierzehn": 14, "funfzehn": 15, "zwanzig": 20, "dreissig": 30},
    "nl": {"veertien": 14, "vijftien": 15, "twintig": 20, "dertig": 30},
    "fr": {"quatorze": 14, "quinze": 15, "vingt": 20, "trente": 30},
    "pl": {
        **{"dwoch": 2, "trzech": 3, "czterech": 4, "pieciu": 5, "szesciu": 6, "siedmiu": 7, "osmiu": 8},
        **{"dziewieciu": 9, "dziesieciu": 10, "czternastu": 14, "czternascie": 14, "trzydziestu": 30},
        **{"dwudziestu": 20, "dwadziescia": 20, "trzydziesci": 30},
    },
}
_SAID = {
    language: {word: number for number, word in enumerate(words.split(), start=1)} | _SAID_BESIDES[language]
    for language, words in _SAID_NUMBERS.items()
}
_ARTICLES = {"de": frozenset({"ein"}), "nl": frozenset({"een"}), "fr": frozenset({"un"}), "en": frozenset({"one"})}
"""Number words that mostly count nothing."""
_NEGATIONS = {
    "en": frozenset(("not", "no", "never", "cannot", "without", "nor", "don", "doesn", "didn", "isn", "aren", "won")),
    "de": frozenset(["nicht", "kein", "keine", "keinen", "keinem", "keiner", "nie", "niemals", "ohne"]),
    "nl": frozenset(["niet", "geen", "nooit", "zonder"]),
    "fr": frozenset(["ne", "pas", "jamais", "aucun", "aucune", "sans", "n"]),
    "pl": frozenset(["nie", "nigdy", "bez", "zadnych", "zadnego", "zaden", "zadna"]),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, taken apart: the stems of its words but numbers and negations, its numbers by unit, and whether it
    says no."""

    text: str
    words: frozenset[str]
    quantities: frozenset[tuple[str, float]]
    denies: bool

    @property
    def units(self) -> frozenset[str]:
        """What its numbers count."""
        return frozenset(unit for unit, _ in self.quantities)


def statements_of(text: str, language: str) -> list[Statement]:
    """Return the sentences of a text that say enough to be compared."""
    found = []
    for start, end in sentence_spans(text, language):
        sentence = text[start:end]
        if len(sentence) <= _MOST_CHARS and not sentence.endswith("?"):
            statement = _statement(sentence, language)
            if len(statement.words) >= _LEAST_SHARED:
                found.append(statement)
    return found


def contradictions(ours: Sequence[Statement], theirs: Sequence[Statement]) -> list[Contradiction]:
    """Return the pairs of statements that are about the same and differ."""
    found = []
    for one in ours:
        for other in theirs:
            difference = difference_of(one, other)
            if difference is not None:
                found.append(Contradiction(one.text, other.text, difference))
    return found


def difference_of(one: Statement, other: Statement) -> Difference | None:
    """Return in what two statements differ, ``None`` where they are not about the same or agree."""
    if not (one.quantities and other.quantities) and one.denies == other.denies:
        return None
    shared = len(one.words & other.words)
    if shared < _LEAST_SHARED:
        return None
    share = shared / len(one.words | other.words)
    if share >= _SHARED_WITH_NUMBERS and one.denies == other.denies:
        for unit in one.units & other.units:
            if _of(one, unit).isdisjoint(_of(other, unit)):
                return Difference.QUANTITY
    if share >= _SHARED_WITH_NEGATION and one.denies != other.denies:
        return Difference.NEGATION
    return None


def _of(statement: Statement, unit: str) -> frozenset[float]:
    return frozenset(value for its, value in statement.quantities if its == unit)


def _statement(sentence: str, language: str) -> Statement:
    negations = _NEGATIONS.get(language, frozenset())
    said = _SAID.get(language, {})
    quantities = set(_quantities(sentence, language, said))
    words, denies = set(), False
    for word in words_of(sentence):
        folded = fold(word)
        if folded in negations:
            denies = True
        elif not word.isdigit() and folded not in said and len(folded) > 2:
            words.add(term_of(word, language))
    return Statement(sentence, frozenset(words), frozenset(quantities), denies)


def _quantities(sentence: str, language: str, said: dict[str, int]) -> Iterator[tuple[str, float]]:
    for match in _NUMBER.finditer(sentence):
        before = sentence[: match.start()].rstrip()[-3:].casefold()
        unit = _CURRENCIES.get(before[-1:]) or _unit(sentence[match.end() :], language)
        yield unit, _value(match.group(1))
    words = words_of(sentence)
    for place, word in enumerate(words[:-1]):
        folded = fold(word)
        if folded in said and folded not in _ARTICLES.get(language, ()):
            yield _unit(" ".join(words[place + 1 : place + 3]), language), float(said[folded])


def _unit(rest: str, language: str) -> str:
    """Return what a number before ``rest`` counts: a known unit, else the next word's stem."""
    rest = rest.lstrip()
    if rest[:1] in ("%", "€", "$", "£"):
        return _CURRENCIES.get(rest[0], "%")
    words = words_of(rest[:40])[:3]
    if not words:
        return ""
    first = fold(words[0])
    if first in _CURRENCIES or words[0] in _CURRENCIES:
        return _CURRENCIES.get(words[0], _CURRENCIES.get(first, ""))
    for number, word in enumerate(map(fold, words)):
        if word in _UNIT_OF and (number == 0 or fold(words[0]) in _WORKING):
            return _UNIT_OF[word]
    return "day" if first in _WORKING else term_of(words[0], language)


def _value(written: str) -> float:
    """Return a number as it is meant: ``1.500``, ``1 500`` and ``1,500`` are the same; ``2,5`` and ``2.5`` too."""
    plain = re.sub(r"[ \u00a0\u202f]", "", written)
    decimals = re.search(r"[.,](\d{1,2})$", plain)
    whole = plain[: decimals.start()] if decimals else plain
    value = float(re.sub(r"[.,]", "", whole))
    return value + (float(f"0.{decimals.group(1)}") if decimals else 0.0)
