"""Gaps in words, for those who write."""

from __future__ import annotations

from babel.numbers import format_decimal, format_percent

from api.i18n import Texts, formatting_locale
from assistant.gaps.models import Diagnosis, GapState, Interval, Signal
from assistant.preview.models import Change, LossReason


def state_names(texts: Texts) -> dict[GapState, str]:
    """Return what each state is called."""
    return {
        GapState.NEW: texts.pgettext("gap", "New"),
        GapState.PLANNED: texts.pgettext("gap", "Planned"),
        GapState.WRITTEN: texts.pgettext("gap", "Written"),
        GapState.VERIFIED: texts.pgettext("gap", "Verified"),
        GapState.DISMISSED: texts.pgettext("gap", "Dismissed"),
    }


def diagnosis_names(texts: Texts) -> dict[Diagnosis, str]:
    """Return each diagnosis in a few words."""
    return {
        Diagnosis.NO_PAGE: texts.gettext("no page about it"),
        Diagnosis.OTHER_WORDS: texts.gettext("a page answers it in other words"),
        Diagnosis.BURIED: texts.gettext("the answer is buried in a page"),
        Diagnosis.OTHER_LANGUAGE: texts.gettext("a page only in another language"),
        Diagnosis.WRONG_OR_OLD: texts.gettext("the page is wrong or old"),
    }


def advice(diagnosis: Diagnosis, texts: Texts) -> str:
    """Return what to do about it."""
    return {
        Diagnosis.NO_PAGE: texts.gettext(
            "Look at the nearest pages first. Then write a page, or a section on one of them."
        ),
        Diagnosis.OTHER_WORDS: texts.gettext(
            "People use other words than the page. Add one of their questions to the page, or a synonym."
        ),
        Diagnosis.BURIED: texts.gettext(
            "The answer stands in a part of the page that is about something else. Give it a heading of its own."
        ),
        Diagnosis.OTHER_LANGUAGE: texts.gettext("Translate the page into the language of those who ask."),
        Diagnosis.WRONG_OR_OLD: texts.gettext(
            "People read the page and need a ticket all the same. Check whether it is right and complete."
        ),
    }[diagnosis]


def signal_names(texts: Texts) -> dict[Signal, str]:
    """Return why a question counts."""
    return {
        Signal.MISSED: texts.gettext("no answer shown"),
        Signal.FAILED: texts.gettext("the answer did not help"),
        Signal.NOT_IN_DOCS: texts.gettext("staff: not in the docs"),
    }


def change_names(texts: Texts) -> dict[Change, str]:
    """Return what becomes of a question."""
    return {
        Change.NEWLY_ANSWERED: texts.gettext("Newly answered"),
        Change.CHANGED: texts.gettext("Another page comes first"),
        Change.LOST: texts.gettext("Lost"),
        Change.UNCHANGED: texts.gettext("Unchanged"),
    }


def loss_names(texts: Texts) -> dict[LossReason, str]:
    """Return why a confirmed answer would be lost."""
    return {
        LossReason.GONE: texts.gettext("the page is gone, and its address with it"),
        LossReason.HIDDEN: texts.gettext("the page is hidden"),
        LossReason.EMPTIED: texts.gettext("little is left of the page"),
        LossReason.LANGUAGE: texts.gettext("the page, or a part of it, is in another language"),
        LossReason.MEANING: texts.gettext("the page does not say any more what was confirmed"),
        LossReason.RETITLED: texts.gettext("the title does not name any more what the page is about"),
        LossReason.NOT_SHOWN: texts.gettext("the question is answered without this page"),
        LossReason.NOT_ANSWERED: texts.gettext("the question is not answered any more"),
    }


def number(value: float, texts: Texts) -> str:
    """Return a number as people say it: one decimal below ten, none above."""
    written = "#,##0.0" if abs(value) < 9.95 else "#,##0"
    return str(format_decimal(value, format=written, locale=formatting_locale(texts.language)))


def percent(share: float, texts: Texts) -> str:
    """Return a share as a percentage."""
    return str(format_percent(share, locale=formatting_locale(texts.language)))


def interval(value: Interval, texts: Texts) -> str:
    """Return an estimate with its 80 % interval: ``2.4 (1.1 to 4.0)``."""
    ends = {
        "value": number(value.mean, texts),
        "low": number(value.low, texts),
        "high": number(value.high, texts),
    }
    return texts.gettext("%(value)s (%(low)s to %(high)s)") % ends
