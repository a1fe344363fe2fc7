"""The assistant: a question in, the right page out."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.asking.decision import decide
from assistant.asking.extract import extract_of
from assistant.asking.language import Languages, known_locale, plan_languages
from assistant.asking.models import Answer, Extract, Hit, Miss, MissReason, Outcome, Question, Reply, Shown
from assistant.asking.policy import Policy
from assistant.asking.query import clean, has_words, query_of, without_names
from assistant.asking.ranking import rank
from assistant.asking.suggesting import Suggester
from indexer.ports import Vector
from indexer.search import PassageIndex

_NEAREST = 10


class Assistant:
    """Answers questions from one generation by one policy; immutable, safe to use from many threads.

    Args:
        index: the generation.
        policy: how signals become scores and confidences.
        trusted: whether the policy was fitted for the generation's recipe. If not, it still ranks, but nothing it
            says is called an answer.
    """

    def __init__(self, index: PassageIndex, policy: Policy, *, trusted: bool) -> None:
        self.index = index
        self.policy = policy
        self.trusted = trusted
        self.suggester = Suggester(index)
        self._matters = {page.id: page.matter or page.id for page in index.pages.values()}

    def answer(self, question: Question, *, languages: Languages | None = None) -> Reply:
        """Return the answer to a question, or what is related, or that there is nothing.

        Args:
            question: as the visitor typed it.
            languages: where to look; by default the visitor's language first, then the others.

        Raises:
            QuestionUnusable: if the text is empty or too long, or the locale is none.
        """
        text = clean(question.text)
        plan = languages or plan_languages(text, locale=known_locale(question.locale), available=self.index.languages)
        if not has_words(text):
            return self._reply(question, plan, "", [], Miss(MissReason.NO_WORDS))
        query, vector = self.query(text, plan.spoken)
        best: tuple[list[Hit], Outcome] = ([], decide([], self._trusted_policy))
        for tier in plan.tiers:
            hits = self._hits(query, vector, tier, plan.spoken)
            outcome = decide(hits, self._trusted_policy)
            if isinstance(outcome, Answer):
                return self._reply(question, plan, query, hits, outcome)
            # The first tier with anything to offer is kept, and failing that the first tier's nearest.
            if not best[0] or (isinstance(best[1], Miss) and not isinstance(outcome, Miss)):
                best = (hits, outcome)
        return self._reply(question, plan, query, *best)

    def query(self, text: str, spoken: str) -> tuple[str, Vector]:
        """Return what a cleaned question is searched with: its query, and the vector of that without names."""
        query = query_of(text, spoken)
        return query, self.index.embed(without_names(query, lambda word: self.index.is_name(word, spoken)))

    @property
    def _trusted_policy(self) -> Policy | None:
        return self.policy if self.trusted else None

    def _hits(self, query: str, vector: Vector, languages: Sequence[str], spoken: str) -> list[Hit]:
        found = self.index.search(query, vector, languages=languages, by_words=spoken in languages)
        ranked = rank(found, self.policy, spoken=spoken, matter_of=self._matters.__getitem__, most=_NEAREST)
        return [
            Hit(
                passage=one.found.passage,
                rank=number,
                score=one.score,
                confidence=self.policy.basis(foreign=one.other_language).calibration.confidence(
                    score=one.score, lead=one.lead
                ),
                best_window=one.found.best_window,
                other_language=one.other_language,
            )
            for number, one in enumerate(ranked, start=1)
        ]

    def _reply(
        self, question: Question, plan: Languages, query: str, nearest: Sequence[Hit], outcome: Outcome
    ) -> Reply:
        hits = () if isinstance(outcome, Miss) else outcome.hits
        return Reply(
            question=question,
            locale=plan.locale,
            outcome=outcome,
            shown=tuple(Shown(hit, self._extract(hit, query)) for hit in hits),
            nearest=tuple(nearest),
            generation=self.index.manifest.id,
        )

    def _extract(self, hit: Hit, query: str) -> Extract:
        return extract_of(hit.passage, hit.best_window, query, self.index.lexical(hit.passage.language))
