"""What the writers' desk works with, as the settings describe it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from api.settings import Settings
from api.wiring import make_store, new_policy, policy_for
from api.writers.candidates import Candidates, Tools
from api.writers.parts import Writers
from assistant.adapters.sql.confirmed import confirmed_answers, interaction, past_questions
from assistant.adapters.sql.drafts import SqlDrafts
from assistant.adapters.sql.engine import available
from assistant.adapters.sql.episodes_list import SqlEpisodes
from assistant.adapters.sql.gaps import SqlGaps
from assistant.adapters.sql.page_days import SqlPageDays
from assistant.asking.policy import dump_policy
from assistant.gaps.keeping import GapKeeper
from assistant.health.keeping import HealthKeeper
from assistant.preview.models import Confirmed, PastQuestion
from assistant.record.events import MS_PER_DAY, Instant, Interaction
from indexer.generations import Generations
from indexer.ports import Encoder
from indexer.recipe import Recipe

_PAST_DAYS = 90
_MOST_PAST = 1000


def make_writers(
    settings: Settings, engine: Engine, generations: Generations, encoder_of: Callable[[Path], Encoder]
) -> Writers:
    """Return what the writers' desk works with."""

    def policy_of(live: Path, encoder: Encoder) -> bytes:
        policy = new_policy(settings)
        return dump_policy(policy if policy.recipe == Recipe(encoder.model).digest else policy_for(live))

    def past(now: Instant) -> Sequence[PastQuestion]:
        with available():
            return past_questions(engine, since=now - _PAST_DAYS * MS_PER_DAY, until=now, most=_MOST_PAST)

    def confirmed(now: Instant) -> Sequence[Confirmed]:
        with available():
            return confirmed_answers(engine, now=now)

    def promoted_at() -> datetime | None:
        pointer = generations.pointer()
        return pointer.promoted_at if pointer is not None else None

    candidates = Candidates(settings, generations, Tools(encoder_of, make_store(settings), policy_of))

    def asked(identity: str) -> Interaction | None:
        with available():
            return interaction(engine, identity)

    return Writers(
        gaps=GapKeeper(SqlGaps(engine)),
        drafts=SqlDrafts(engine),
        candidates=candidates,
        past_questions=past,
        confirmed=confirmed,
        health=HealthKeeper(SqlPageDays(engine, ZoneInfo(settings.time_zone)), candidates.folder, promoted_at),
        episodes=SqlEpisodes(engine),
        interaction=asked,
    )
