"""What the writers' desk works with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from api.writers.candidates import Candidates
from assistant.gaps.keeping import GapKeeper
from assistant.health.keeping import HealthKeeper
from assistant.health.ports import Episodes
from assistant.preview.comparing import Previews
from assistant.preview.models import Confirmed, PastQuestion
from assistant.record.events import Instant, Interaction
from assistant.writing.ports import DraftStore


@dataclass(frozen=True)
class Writers:
    """Gaps, drafts, candidates, and what they are tried on.

    Attributes:
        gaps: keeps gaps up to date.
        drafts: pages that are being written.
        candidates: builds generations that nobody is served.
        past_questions: returns a sample of what was asked until a moment.
        confirmed: returns answers that were confirmed until a moment.
        health: knows how pages do.
        episodes: finds the episodes behind figures.
        interaction: returns a recorded question by its id.
        previews: what is kept from one preview to the next.
    """

    gaps: GapKeeper
    drafts: DraftStore
    candidates: Candidates
    past_questions: Callable[[Instant], Sequence[PastQuestion]]
    confirmed: Callable[[Instant], Sequence[Confirmed]]
    health: HealthKeeper
    episodes: Episodes
    interaction: Callable[[str], Interaction | None]
    previews: Previews = field(default_factory=Previews)
