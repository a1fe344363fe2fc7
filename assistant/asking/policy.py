"""The policy: how signals become scores, scores become confidences, and which confidence is enough to show."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import PolicyUnusable

POLICY = "policy.json"
MOST_SHOWN = 5
"""Most pages that an answer set may have."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares in a score; ``label``, ``window`` and ``page`` add up to 1, ``words`` comes on top.

    See ``indexer.search.Found`` for what the four are. ``alias`` is the share of an alias, the rest being the title's,
    where that mix is nearer than the title alone.
    """

    label: float
    window: float
    page: float
    words: float
    alias: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a ranking says for its first pages, the answer set.

    Attributes:
        score: of the first page.
        lead: how far that is above the first page after the set.
        standing: how far it is above the mean of the other pages near the question.
        coverage: how much of the question's words, by weight, the best of the set covers, 0 to 1.
        words: how many words the question has, as a logarithm: log(1 + n).
    """

    score: float
    lead: float
    standing: float
    coverage: float
    words: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic regression from evidence to the probability that a set holds a page that answers the question."""

    intercept: float
    score: float
    lead: float
    standing: float
    coverage: float
    words: float

    def probability(self, evidence: Evidence, *, offset: float = 0.0) -> float:
        """Return the probability, 0 to 1; ``offset`` is added to its logit."""
        logit = (
            self.intercept
            + offset
            + self.score * evidence.score
            + self.lead * evidence.lead
            + self.standing * evidence.standing
            + self.coverage * evidence.coverage
            + self.words * evidence.words
        )
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, logit))))


@dataclass(frozen=True, slots=True)
class Basis:
    """One of the two ways to judge pages: in the language of the question, or in another.

    ``sets`` has a calibration for the first page, for the first two, and so on up to ``MOST_SHOWN``. ``lone_lead``
    stands in for the lead and the standing of a page that has no rival: the median lead of right first pages.
    ``languages`` are offsets of the logit for languages of questions that the data carried; others go without.
    """

    weights: Weights
    sets: tuple[Calibration, ...]
    lone_lead: float
    languages: Mapping[str, float] = field(default_factory=dict)

    def confidences(self, evidence: Sequence[Evidence], *, language: str) -> list[float]:
        """Return, for each set, the probability that it holds an answer: never less than that of a smaller set."""
        offset = self.languages.get(language, 0.0)
        found = (one.probability(seen, offset=offset) for one, seen in zip(self.sets, evidence, strict=False))
        return list(accumulate(found, max))


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What was measured of a policy on questions that it was not fitted on.

    Attributes:
        risk: most that the share of wrong answers may be, 0 to 1, over the mix of 80 % answerable questions.
        answered: how many questions of such a mix were answered.
        wrong: how many of those answers held no right page.
        upper: upper end of the exact 95 % interval of the risk.
        answer_rate: share of the answerable questions that were answered.
        shown: whether these questions show that the risk is kept; see ``eval.risk.is_shown``.
        generations: the generations that were asked.
        data: SHA-256 of each set's questions.
    """

    risk: float
    answered: int
    wrong: int
    upper: float
    answer_rate: float
    shown: bool
    generations: tuple[str, ...]
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Policy:
    """Fitted on labelled questions for one recipe, and void for any other.

    Attributes:
        recipe: digest of the recipe it was fitted for.
        same_language: how pages in the question's language are judged.
        other_language: how pages in another language are judged; their words do not count.
        answer_at: least confidence of a set to call it the answer.
        related_at: least confidence of the first three pages to offer them as related.
        fitted_on: what it was fitted on, for people: set → number of questions.
        guarantee: what was measured on other questions; ``None`` if nothing was.
        carried_over: the recipe that it was fitted for at first, where it was carried over to an adapted model without
            labelled questions.
        reranker: the digest of the reranker it was fitted with; empty for none.
    """

    recipe: str
    same_language: Basis
    other_language: Basis
    answer_at: float
    related_at: float
    fitted_on: Mapping[str, int]
    guarantee: Guarantee | None = None
    carried_over: str = ""
    reranker: str = ""

    def basis(self, *, foreign: bool) -> Basis:
        """Return how to judge a page, in the question's language or ``foreign``."""
        return self.other_language if foreign else self.same_language


_adapter = TypeAdapter(Policy)

SHIPPED = Path(__file__).parent / "shipped_policy.json"
"""Fitted for the bundled model by ``askfirst eval fit``."""


def read_policy(path: Path) -> Policy:
    """Return the policy in a file.

    Raises:
        PolicyUnusable: if it is missing or cannot be understood.
    """
    try:
        return _adapter.validate_json(path.read_bytes())
    except OSError as exc:
        raise PolicyUnusable(f"the policy {path} cannot be read: {exc.strerror}") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PolicyUnusable(f"the policy {path} cannot be understood: {place} {first['msg']}") from exc


def dump_policy(policy: Policy) -> bytes:
    """Return the policy as its file."""
    return _adapter.dump_json(policy, indent=2) + b"\n"
