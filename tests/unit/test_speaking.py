"""Which locale a visitor is spoken to in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.i18n import preferences
from api.speaking import spoken_locale

OFFERED = ["en", "pl", "pt", "pt-BR", "ar"]


@pytest.mark.parametrize(
    ("wanted", "kept", "browser", "spoken"),
    [
        ("pl", "en", "ar", "pl"),
        ("pt-br", "", "", "pt-BR"),
        ("pt-PT", "", "", "pt"),
        ("pl_PL", "", "", "pl"),
        ("cs", "pl", "pl", "cs"),  # what is asked for and is not there is said to be missing in its own locale
        ("<script>", "pl", "ar", "pl"),
        ("", "pl", "ar", "pl"),
        ("", "cs", "ar", "ar"),
        ("", "../etc", "ar-EG", "ar"),
        ("", "", "cs, pt-BR;q=0.9, pl;q=0.8", "pt-BR"),
        ("", "", "cs;q=0.9, *;q=0.1", "en"),
        ("", "", "pl;q=0, ar;q=x", "en"),
        ("", "", "", "en"),
    ],
)
def test_the_path_comes_before_what_was_kept_and_that_before_the_browser(
    wanted: str, kept: str, browser: str, spoken: str
) -> None:
    assert spoken_locale(OFFERED, wanted=wanted, kept=kept, accept_language=browser, default="en") == spoken


def test_a_browsers_preferences_are_ordered_by_weight_then_by_place() -> None:
    assert preferences("de;q=0.5, pl-PL, en;q=0.8, fr;q=0.8") == ["pl-PL", "en", "fr", "de"]


@given(st.text(), st.text(), st.text())
def test_whatever_is_sent_the_visitor_is_spoken_to_in_a_locale(wanted: str, kept: str, browser: str) -> None:
    spoken = spoken_locale(OFFERED, kept=kept, accept_language=browser, default="en")

    assert spoken in OFFERED
    assert spoken_locale(OFFERED, wanted=wanted, kept=kept, accept_language=browser, default="en")
