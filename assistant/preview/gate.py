"""The gate: a generation that would lose confirmed answers is not promoted unnoticed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.asking.assistant import Assistant
from assistant.asking.models import Question
from assistant.preview.comparing import Previews, can_be_asked, seen_in
from assistant.preview.models import Confirmed, GateReport, Loss, LossReason, Seen
from assistant.preview.page_changes import (
    Opened,
    foreign_language,
    letters_left,
    meaning_kept,
    says_the_same,
    title_change,
)
from corpus.page import Page
from corpus.passage import Passage
from indexer.search import Searches

OnProgress = Callable[[int, int], None]
"""Called with the answers looked at and the answers to look at."""
_BLOCK = 100


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on an edit is taken for a loss.

    Chosen between the seeded regressions and the harmless edits of a third of the starter help centre's pages; on the
    others they are measured: ``askfirst eval regressions``.

    Attributes:
        left: least share of a page's letters.
        name: least similarity of a new title to the old one; what is below is a loss only if ``name_fit`` says so too.
        name_fit: most by which the new title may fit the page worse.
        nearest: least similarity of any part of a passage to what the page says now.
        words: least share of the passage's words that the page still has, where ``reworded`` says that it has changed.
        reworded: similarity from which on a passage is taken for unchanged, whatever its words.
        twins: most by which the page may have drifted from its translations.
        hair: a page that is still shown, if not as the answer, is not lost if its confidence is less by no more; and an
            answer given by no more than that above the policy's bar is lost by nothing but what becomes of its page.
    """

    left: float = 0.35
    name: float = 0.85
    name_fit: float = 0.03
    nearest: float = 0.90
    words: float = 0.82
    reworded: float = 0.995
    twins: float = 0.06
    hair: float = 0.05


BOUNDS = Bounds()


def check_promotion(
    confirmed: Sequence[Confirmed],
    before: Assistant | None,
    after: Assistant,
    *,
    allowed: int = 0,
    previews: Previews | None = None,
    bounds: Bounds = BOUNDS,
    progress: OnProgress | None = None,
) -> GateReport:
    """Return which confirmed answers would be lost if a generation were promoted.

    An answer counts if the live generation has its page. That its question finds the page counts if it finds it now.

    Args:
        confirmed: each question with what it is about once.
        before: what answers now; without it nothing can be lost.
        after: what is to be promoted.
        allowed: how many may be lost.
        previews: what is kept between previews.
        bounds: from where on an edit is taken for a loss.
        progress: told how far it is.
    """
    if before is None:
        return GateReport("", after.index.manifest.id, len(confirmed), 0, (), allowed)
    kept = previews or Previews()
    pages = _Pages(before, after, bounds)
    asked = [one for one in confirmed if can_be_asked(one.question)]
    checked = 0
    losses: list[Loss] = []
    for start in range(0, len(asked), _BLOCK):
        block = asked[start : start + _BLOCK]
        texts = [Question(one.question, one.locale or None) for one in block]
        searches: Searches = {}
        was = kept.seen(texts, before, searches)
        now = [seen_in(reply, after) for reply in after.answer_all(texts, vectors=kept.vectors, searches=searches)]
        for one, seen_before, seen_after in zip(block, was, now, strict=True):
            if not _shows(seen_before, one.matter) and one.page not in pages.before.pages:
                continue
            checked += 1
            loss = pages.loss_of(one) or _not_shown(one, seen_before, seen_after, pages)
            if loss is not None:
                losses.append(loss)
        if progress is not None:
            progress(start + len(block), len(asked))
    losses.sort(key=lambda one: (-one.confirmed.people, one.confirmed.page, one.confirmed.question))
    return GateReport(
        before.index.manifest.id, after.index.manifest.id, len(confirmed), checked, tuple(losses), allowed
    )


class _Pages:
    """What has become of pages, each looked at once."""

    def __init__(self, before: Assistant, after: Assistant, bounds: Bounds) -> None:
        same = before.index.manifest.recipe == after.index.manifest.recipe
        self.before = Opened(before, encoded_by=None if same else after)
        self.after = Opened(after, encoded_by=None if same else after)
        self.bounds = bounds
        self._found: dict[str, tuple[LossReason, str] | None] = {}
        self._meanings: dict[str, bool] = {}

    def loss_of(self, one: Confirmed) -> Loss | None:
        """Return the loss of an answer by what has become of its page."""
        page = self.before.pages.get(one.page)
        if page is None:
            return None
        if page.id not in self._found:
            self._found[page.id] = self._of_page(page)
        found = self._found[page.id]
        if found is None and not self._means_the_same(one, page):
            found = LossReason.MEANING, ""
        return Loss(one, found[0], page.title, page.url, found[1]) if found is not None else None

    def now(self, page: Page) -> Page | None:
        """Return what a page's address leads to now."""
        return self.after.pages.get(page.id) or self.after.by_url.get(page.url)

    def _of_page(self, page: Page) -> tuple[LossReason, str] | None:
        now = self.now(page)
        if now is None:
            return LossReason.GONE, ""
        if page.id in self.after.assistant.hidden and page.id not in self.before.assistant.hidden:
            return LossReason.HIDDEN, ""
        if now == page or says_the_same(page, now):
            return None
        left = letters_left(page, now)
        if left < self.bounds.left:
            return LossReason.EMPTIED, f"{left:.0%}"
        language = foreign_language(page, now)
        if language:
            return LossReason.LANGUAGE, language
        if now.title != page.title:
            name, name_fit = title_change(page, now, self.before, self.after)
            if name < self.bounds.name and name_fit > self.bounds.name_fit:
                return LossReason.RETITLED, now.title
        return None

    def _means_the_same(self, one: Confirmed, page: Page) -> bool:
        now = self.now(page)
        if now is None or now == page or says_the_same(page, now):
            return True
        return all(self._kept(passage, now) for passage in self._passages(one, page))

    def _passages(self, one: Confirmed, page: Page) -> Sequence[Passage]:
        """Return the passage that was confirmed, or all of the page where it is not known or has changed since."""
        passages = self.before.passages.get(page.id, ())
        return [passage for passage in passages if passage.id == one.passage] or passages

    def _kept(self, passage: Passage, now: Page) -> bool:
        if passage.id not in self._meanings:
            meaning = meaning_kept(passage, now, self.before, self.after)
            bounds = self.bounds
            reworded = meaning.nearest < bounds.reworded and meaning.words < bounds.words
            self._meanings[passage.id] = (
                not reworded and meaning.nearest >= bounds.nearest and meaning.twins <= bounds.twins
            )
        return self._meanings[passage.id]


def _not_shown(one: Confirmed, before: Seen, after: Seen, pages: _Pages) -> Loss | None:
    """Return the loss of an answer whose question does not find it any more."""
    if not _shows(before, one.matter) or _shows(after, one.matter):
        return None
    shown = next(page for page in before.pages if page.matter == one.matter)
    page = pages.before.pages[shown.page]
    if pages.now(page) is None:
        return Loss(one, LossReason.GONE, page.title, page.url)
    if not after.answered and before.confidence < pages.before.assistant.policy.answer_at + pages.bounds.hair:
        return None  # given by a hair, it comes and goes with any edit of any page
    still_seen = any(seen.matter == one.matter for seen in after.pages)
    if still_seen and after.confidence >= before.confidence - pages.bounds.hair:
        return None
    reason = LossReason.NOT_SHOWN if after.answered else LossReason.NOT_ANSWERED
    return Loss(one, reason, page.title, page.url, after.pages[0].title if after.answered else "")


def _shows(seen: Seen, matter: str) -> bool:
    return seen.answered and any(page.matter == matter for page in seen.pages)
