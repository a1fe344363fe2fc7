"""What people are shown when a page cannot be: a sentence, and that nothing they typed is lost. Needs no index, no
database and no template, since any of them may be what failed."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup
from starlette.responses import HTMLResponse

from api.i18n import N_, direction, preferences, texts_for

_SENTENCES = {
    400: N_("What was sent could not be read. Go back: what you wrote is still there. Send fewer files at a time."),
    401: N_("Please sign in first."),
    422: N_("Something in what was sent is not right. Go back and look at it again; what you wrote is still there."),
    429: N_("That was a lot at once. Please wait a little and try again."),
    503: N_("This cannot be shown right now. Nothing is lost; please try again in a moment."),
    403: N_("This form was sent from another site. Open the page here and send it once more."),
    404: N_("There is no such page."),
    413: N_("That is too large. Go back, and send fewer or smaller files; what you wrote is still there."),
    500: N_("Something went wrong here. Go back: what you wrote is still there. Please try again in a moment."),
}
_PAGE = Markup(
    '<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{sentence}</title>'
    '<link rel="stylesheet" href="/static/flow.css"><link rel="stylesheet" href="/static/askfirst.css"></head>'
    '<body><main id="content"><h1>{sentence}</h1><p><a href="/support">{back}</a></p></main></body></html>'
)


def wants_page(headers: Mapping[str, str]) -> bool:
    """Say whether a request comes from a person in a browser, and not from a program or one of our scripts."""
    return "text/html" in headers.get("accept", "") and "askfirst-part" not in headers


def problem_page(status: int, headers: Mapping[str, str]) -> HTMLResponse:
    """Return a page that says in the visitor's language what is wrong."""
    accepted = preferences(headers.get("accept-language", ""))
    texts = texts_for(accepted[0] if accepted else "en")
    sentence = texts.gettext(_SENTENCES.get(status, _SENTENCES[404 if status < 500 else 500]))
    page = _PAGE.format(
        language=texts.language,
        direction=direction(texts.language),
        sentence=sentence,
        back=texts.gettext("Ask a question"),
    )
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
