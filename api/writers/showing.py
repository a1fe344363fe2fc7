"""What was found when something was tried, as templates need it."""

from __future__ import annotations

from typing import Any

from api.i18n import Texts
from api.writers.words import change_names, loss_names
from assistant.preview.models import Change


def found_view(found: dict[str, Any] | None, texts: Texts) -> dict[str, Any]:
    """Return what was found with the words for it; ``found`` is ``None`` where nothing was tried."""
    return {
        "found": found,
        "changes": {one.value: words for one, words in change_names(texts).items()},
        "shown_changes": [Change.NEWLY_ANSWERED.value, Change.LOST.value, Change.CHANGED.value],
        "reasons": {one.value: words for one, words in loss_names(texts).items()},
    }
