"""The policy: how signals become scores, scores become confidences, and which confidence is enough to show."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.errors import PolicyUnusable

POLICY = "policy.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares in a score; ``label``, ``window`` and ``page`` add up to 1, ``words`` comes on top.

    See ``indexer.search.Found`` for what the four are. ``alias_discount`` is how much nearer than the title an alias
    must be to stand in for it.
    """

    label: float
    window: float
    page: float
    words: float
    alias_discount: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic regression from a hit's features to the probability that its page answers the question."""

    intercept: float
    score: float
    lead: float

    def confidence(self, *, score: float, lead: float) -> float:
        """Return the probability, 0 to 1.

        Args:
            score: the hit's own score.
            lead: how far its score is above the best of the other pages; negative for all hits but the first.
        """
        logit = self.intercept + self.score * score + self.lead * lead
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, logit))))


@dataclass(frozen=True, slots=True)
class Basis:
    """One of the two ways to judge a page: in the language of the question, or in another.

    ``lone_lead`` is the lead of a page that has no rival: the median of those of right first hits.
    """

    weights: Weights
    calibration: Calibration
    lone_lead: float


@dataclass(frozen=True, slots=True)
class Policy:
    """Fitted on labelled questions for one recipe, and void for any other.

    Attributes:
        recipe: digest of the recipe it was fitted for.
        same_language: how pages in the question's language are judged.
        other_language: how pages in another language are judged; their words do not count.
        answer_at: least confidence of the best hit to call it the answer.
        related_at: least confidence of the best hit to offer pages as related.
        most_shown: most hits that are shown.
        shown_at: least confidence of a further hit to be shown beside the answer.
        fitted_on: what it was fitted on, for people: set → number of questions.
    """

    recipe: str
    same_language: Basis
    other_language: Basis
    answer_at: float
    related_at: float
    shown_at: float
    most_shown: int
    fitted_on: Mapping[str, int]

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
        raise PolicyUnusable(f"the policy {path} cannot be understood: {exc.errors()[0]['msg']}") from exc


def dump_policy(policy: Policy) -> bytes:
    """Return the policy as its file."""
    return _adapter.dump_json(policy, indent=2) + b"\n"
