"""Pages of the desk."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.dependencies import Services
from api.desk.signed_in import DeskVisit
from api.i18n import LANGUAGES
from api.rendering import render
from assistant.staff.models import Right
from corpus.languages import language_name


def render_desk(
    request: Request, services: Services, visit: DeskVisit, template: str, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """Return a page of the desk in the language of whoever works there; it is kept in no cache."""
    places = [right.value for right in Right if visit.member.may(right)]
    response = render(
        request,
        services,
        template,
        visit.locale,
        status=status,
        private=True,
        member=visit.member,
        places=places,
        languages=[(one, language_name(one, in_locale=one)) for one in LANGUAGES],
        **context,
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response
