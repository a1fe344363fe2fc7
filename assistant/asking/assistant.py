"""The assistant: a question in, the right page out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.asking.confidence import hits_of
from assistant.asking.contrast import apart_from
from assistant.asking.curation import NO_CURATION, Curation
from assistant.asking.decision import decide
from assistant.asking.extract import extract_of
from assistant.asking.hidden import place_hidden
from assistant.asking.language import Languages, known_locale, plan_languages
from assistant.asking.models import Answer, Extract, Hit, Miss, MissReason, Outcome, Question, Reply, Shown
from assistant.asking.pinning import pin_for, pinned_first, place_pins
from assistant.asking.policy import Policy
from assistant.asking.ports import Reranker
from assistant.asking.query import clean, has_words, query_of, without_names, word_count
from assistant.asking.query_vectors import QueryVectors
from assistant.asking.ranking import NEAREST, Ranked, rank
from assistant.asking.reranking import reranked
from assistant.asking.suggesting import Suggester
from assistant.asking.twins import in_own_language, passages_by_matter
from assistant.privacy.redaction import without_placeholders
from indexer.ports import Vector
from indexer.search import Found, PassageIndex, Searches


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A question up to its vector: what of it is ``asked``, its ``query`` with synonyms, and what of that is embedded.

    Without words in it, all three are empty.
    """

    question: Question
    plan: Languages
    asked: str = ""
    query: str = ""
    embedded: str = ""


class Assistant:
    """Answers questions from one generation by one policy; immutable, safe to use from many threads.

    Args:
        index: the generation.
        policy: how signals become scores and confidences.
        trusted: whether the policy was fitted for the generation's recipe. If not, it still ranks, but nothing it
            says is called an answer.
        reranker: judges the nearest pages again.
        curation: synonyms, pinned answers and hidden pages. Pins count even without trust: a person has decided them.
        suggester: one made from the same index; made anew unless given.
    """

    def __init__(
        self,
        index: PassageIndex,
        policy: Policy,
        *,
        trusted: bool,
        reranker: Reranker | None = None,
        curation: Curation = NO_CURATION,
        suggester: Suggester | None = None,
    ) -> None:
        self._reranker = reranker
        self.index = index
        self.policy = policy
        self.trusted = trusted
        self.curation = curation
        self.hidden, self.lost_hidden = place_hidden(curation.hidden, index.pages)
        self.suggester = (suggester or Suggester(index)).hiding(self.hidden)
        visible = [one for one in index.passages if one.page_id not in self.hidden] if self.hidden else index.passages
        # Of a page, the index gives out only the passages that a search finds; a pin leads to any.
        self._pins, self.lost_pins = place_pins(curation.pins, visible)
        self._matters = {page.id: page.matter or page.id for page in index.pages.values()}
        self._twins = passages_by_matter(visible, self._matters.__getitem__)

    def with_curation(self, curation: Curation) -> Assistant:
        """Return an assistant that differs in nothing but what writers have decided; nothing is embedded for it."""
        return Assistant(
            self.index,
            self.policy,
            trusted=self.trusted,
            reranker=self._reranker,
            curation=curation,
            suggester=self.suggester,
        )

    def answer(
        self, question: Question, *, languages: Languages | None = None, besides: Sequence[Vector] = ()
    ) -> Reply:
        """Return the answer to a question, or what is related, or that there is nothing.

        Args:
            question: as the visitor typed it.
            languages: where to look; by default the visitor's language first, then the others.
            besides: of the same letter, the vectors of sentences that are about other things; see ``apart_from``.

        Raises:
            QuestionUnusable: if the text is empty or too long, or the locale is none.
        """
        prepared = self._prepared(question, languages)
        if not prepared.asked:
            return self._without_words(prepared)
        vector = self.index.embed(prepared.embedded)
        return self._answered(prepared, apart_from(vector, besides) if besides else vector)

    def answer_all(
        self,
        questions: Sequence[Question],
        *,
        vectors: QueryVectors | None = None,
        searches: Searches | None = None,
    ) -> list[Reply]:
        """Return the answers to many questions, in their order, embedded together.

        A score may differ from that of ``answer`` in the last digits: see ``QueryVectors``.

        Args:
            questions: each as its visitor typed it.
            vectors: what keeps vectors, shared with other generations; for this call alone unless given.
            searches: what other generations have found for the same questions, where they hold the same pages.

        Raises:
            QuestionUnusable: if one of them is; see ``answer``.
        """
        prepared = [self._prepared(question, None) for question in questions]
        texts = [one.embedded for one in prepared if one.asked]
        known = (vectors or QueryVectors()).of(self.index, texts)
        return [self._answered(one, known[one.embedded]) if one.asked else self._without_words(one) for one in prepared]

    def _prepared(self, question: Question, languages: Languages | None) -> _Prepared:
        text = without_placeholders(clean(question.text))
        plan = languages or plan_languages(text, locale=known_locale(question.locale), available=self.index.languages)
        if not has_words(text):
            return _Prepared(question, plan)
        asked = query_of(text, plan.spoken)
        return _Prepared(question, plan, asked, *self._searched(asked, plan.spoken))

    def _without_words(self, prepared: _Prepared) -> Reply:
        return self._reply(prepared.question, prepared.plan, "", [], Miss(MissReason.NO_WORDS))

    def _answered(self, prepared: _Prepared, vector: Vector, searches: Searches | None = None) -> Reply:
        question, plan, asked, query = prepared.question, prepared.plan, prepared.asked, prepared.query
        # Of a long text a pin sees only what it asks, or its words would be found scattered in it.
        pin = pin_for(self._pins, asked, plan.spoken)
        at_home: list[Found] = []
        best: tuple[list[Hit], Outcome] = ([], decide([], self._trusted_policy))
        for tier in plan.tiers:
            found = self.search(query, vector, languages=tier, spoken=plan.spoken, known=searches)
            hits = self._hits(found, plan.spoken, words=word_count(asked))
            if plan.spoken in tier:
                at_home = found
            elif at_home:
                hits = in_own_language(
                    hits, at_home, twins=self._twins, matter_of=self._matters.__getitem__, language=plan.spoken
                )
            outcome = decide(hits, self._trusted_policy)
            if pin is not None and plan.spoken in tier:
                weights = self.policy.basis(foreign=False).weights
                hits, outcome = pinned_first(
                    pin, found, hits, outcome, weights=weights, matter_of=self._matters.__getitem__, most=NEAREST
                )
            if isinstance(outcome, Answer):
                return self._reply(question, plan, query, hits, outcome)
            # The first tier with anything to offer is kept, and failing that the first tier's nearest.
            if not best[0] or (isinstance(best[1], Miss) and not isinstance(outcome, Miss)):
                best = (hits, outcome)
        return self._reply(question, plan, query, *best)

    def matter_of(self, page: str) -> str:
        """Return what a page is about, which it shares with its translations."""
        return self._matters.get(page, page)

    def query(self, text: str, spoken: str) -> tuple[str, Vector]:
        """Return what a cleaned question is searched with: its query with synonyms, and the vector without names."""
        query, embedded = self._searched(query_of(text, spoken), spoken)
        return query, self.index.embed(embedded)

    def _searched(self, asked: str, spoken: str) -> tuple[str, str]:
        """Return what is searched for by words, and what of it is embedded."""
        query = self.curation.expanded(asked, spoken)
        return query, without_names(query, lambda word: self.index.is_name(word, spoken))

    def search(
        self, query: str, vector: Vector, *, languages: Sequence[str], spoken: str, known: Searches | None = None
    ) -> list[Found]:
        """Return the passages near to a query in some languages, the nearest judged by the reranker if there is one."""
        found = self.index.search(query, vector, languages=languages, by_words=spoken in languages, known=known)
        if self.hidden:
            found = [one for one in found if one.passage.page_id not in self.hidden]
        if self._reranker is None:
            return found
        return reranked(found, self._rank(found, spoken), query, self._reranker)

    @property
    def reranker_digest(self) -> str:
        """What stands for the reranker; empty if there is none."""
        return self._reranker.digest if self._reranker is not None else ""

    def _rank(self, found: Sequence[Found], spoken: str) -> list[Ranked]:
        return rank(found, self.policy, spoken=spoken, matter_of=self._matters.__getitem__)

    @property
    def certified(self) -> bool:
        """Whether the policy's risk was checked on questions that it was not fitted on, and is kept."""
        guarantee = self.policy.guarantee
        return self.trusted and guarantee is not None and guarantee.shown

    @property
    def _trusted_policy(self) -> Policy | None:
        return self.policy if self.trusted else None

    def _hits(self, found: Sequence[Found], spoken: str, *, words: int) -> list[Hit]:
        ranked = self._rank(found, spoken)
        return hits_of(ranked, self.policy, spoken=spoken, words=words)

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
