"""The gate before a promotion, as the commands that promote use and print it."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import make_url

from api.dependencies import system_clock
from api.settings import Settings
from api.wiring import Encoders, make_curation, make_reranker, make_store, open_assistant
from api.wiring_desk import make_accounts
from assistant.adapters.sql import migrating
from assistant.adapters.sql.confirmed import confirmed_answers
from assistant.adapters.sql.engine import open_engine
from assistant.asking.assistant import Assistant
from assistant.preview.gate import check_promotion
from assistant.preview.models import Confirmed, GateReport, Loss, LossReason
from assistant.staff.accounts import COMMAND_LINE
from assistant.staff.models import AuditEntry
from commands.console import errors, progress
from indexer.errors import IndexerError, IndexNotReady
from indexer.generations import Generations

_MOST_SHOWN = 20


class PromotionBlocked(IndexerError):
    """A generation would lose more confirmed answers than may be lost."""

    def __init__(self, report: GateReport) -> None:
        super().__init__(
            f"generation {report.after} is not promoted: it would lose {len(report.losses)} of {report.checked} "
            f"confirmed answers, and at most {report.allowed} may be lost (ASKFIRST_PROMOTION_LOSSES); mend the pages, "
            "or add --force to 'askfirst index promote'"
        )
        self.report = report


def pass_gate(settings: Settings, generations: Generations, generation: str, *, force: bool) -> None:
    """Print what the promotion of a generation would lose, and stop it if that is too much and nobody forces it.

    A first generation passes, and so does one of an installation in whose record nothing was confirmed yet.

    Raises:
        PromotionBlocked: if it is too much.
    """
    try:
        live = generations.live()
    except IndexNotReady:  # there is none, or its pointer is broken, which the promotion mends
        return
    if live == generation:
        return
    confirmed = confirmed_in(settings)
    if not confirmed:
        return
    open_ = Opening(settings, generations)
    try:
        before = open_(live)
    except IndexerError as exc:  # what cannot be opened answers nobody
        errors.print(f"the live generation cannot be opened, so nothing is compared with it: {exc}", markup=False)
        return
    with progress() as bar:
        report = check_promotion(
            confirmed,
            before,
            open_(generation),
            allowed=settings.promotion_losses,
            progress=bar("Asking what was confirmed"),
        )
    print_losses(report)
    if report.passed:
        return
    if not force:
        raise PromotionBlocked(report)
    _note(settings, report)
    errors.print(f"promoted all the same (--force): {len(report.losses)} confirmed answers are lost")


def _note(settings: Settings, report: GateReport) -> None:
    """Note in the desk's log that somebody has promoted a generation in spite of what it loses."""
    engine = open_engine(settings.database)
    try:
        details = f"losses={len(report.losses)} before={report.before}"
        make_accounts(settings, engine).store.note(
            AuditEntry(system_clock(), COMMAND_LINE, "generation.promoted", report.after, details)
        )
    finally:
        engine.dispose()


class Opening:
    """Opens generations of one index with what writers have decided, each model loaded once."""

    def __init__(self, settings: Settings, generations: Generations) -> None:
        self._settings = settings
        self._generations = generations
        self._encoders = Encoders(settings)
        self._curation = make_curation(settings)

    def __call__(self, generation: str) -> Assistant:
        """Return the assistant of a generation."""
        return open_assistant(
            self._generations,
            generation,
            encoder_of=self._encoders.of,
            store=make_store(self._settings),
            reranker=make_reranker(self._settings),
            curation=self._curation,
        )


def has_record(settings: Settings) -> bool:
    """Say whether there is a record: a command that only reads it does not make one."""
    url = make_url(settings.database)
    return url.get_backend_name() != "sqlite" or (url.database is not None and Path(url.database).is_file())


def confirmed_in(settings: Settings) -> list[Confirmed]:
    """Return the confirmed answers of the record; none where there is no record."""
    if not has_record(settings):
        return []
    engine = open_engine(settings.database)
    try:
        migrating.upgrade(engine)
        return confirmed_answers(engine, now=time.time_ns() // 1_000_000)
    finally:
        engine.dispose()


def print_losses(report: GateReport) -> None:
    """Print the losses of a promotion with their reasons, those first that most people were helped by."""
    for loss in report.losses[:_MOST_SHOWN]:
        errors.print(f"lost: {sentence(loss)}", markup=False)
    if len(report.losses) > _MOST_SHOWN:
        errors.print(f"… and {len(report.losses) - _MOST_SHOWN} more")


def sentence(loss: Loss) -> str:
    """Return a loss as a sentence that a writer understands."""
    one = loss.confirmed
    helped = "staff says that it answers" if one.by_staff else "1 person was helped by it"
    if one.people > 1:
        helped = f"{one.people} people were helped by it"
    return f"{_reason(loss)}; {helped}: “{one.question}”"


def _reason(loss: Loss) -> str:
    page = loss.confirmed.page
    match loss.reason:
        case LossReason.GONE:
            return f"the page {page} is gone, and its address {loss.url} with it"
        case LossReason.HIDDEN:
            return f"the page {page} is hidden"
        case LossReason.EMPTIED:
            return f"only {loss.detail} of the text of {page} is left"
        case LossReason.LANGUAGE:
            return f"the page {page} is, or has a paragraph, in another language than its own ({loss.detail})"
        case LossReason.MEANING:
            return f"the page {page} does not say any more what helped"
        case LossReason.RETITLED:
            return f"the title of {page}, now “{loss.detail}”, does not name any more what it is about"
        case LossReason.NOT_SHOWN:
            return f"the page {page} is not shown any more, but “{loss.detail}” is"
        case LossReason.NOT_ANSWERED:
            return f"the page {page} is there, but the question is not answered any more"
