"""Pages from templates, in the visitor's language."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.dependencies import Services
from api.i18n import direction, environment_for, texts_for
from api.speaking import offered_locales
from corpus.languages import language_name


def render(
    request: Request,
    services: Services,
    template: str,
    locale: str,
    *,
    status: int = 200,
    private: bool = False,
    **context: Any,
) -> HTMLResponse:
    """Return a page made from a template.

    What is ``private``, or answers a form, is kept in no cache. Every template gets ``texts``, ``locale``,
    ``text_language`` (that of the texts, where there are none in the locale's), ``direction``, ``site_name``, and
    ``offered``: the locales with pages, as (code, its own name).
    """
    texts = texts_for(locale)
    page = environment_for(services.templates.env, texts).get_template(template)
    body = page.render(
        {
            "request": request,
            "texts": texts,
            "locale": locale,
            "text_language": texts.language,
            "direction": direction(locale),
            "site_name": services.settings.site_name,
            "offered": [(one, language_name(one, in_locale=one)) for one in offered_locales(services)],
            **context,
        }
    )
    response = HTMLResponse(body, status)
    own = request.method == "POST" or private
    response.headers["Cache-Control"] = "private, no-store" if own else "no-cache"
    return response
