"""What the help centre tells machines: a sitemap, robots.txt, llms.txt, OpenSearch and structured data."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from api.help_addresses import absolute, alternates
from api.help_centre import HelpCentre
from api.help_text import description_of
from api.i18n import texts_for
from corpus.languages import language_name
from corpus.page import Page
from corpus.passage import Passage

_MOST_URLS = 50_000  # of one sitemap: https://www.sitemaps.org/protocol.html


def sitemap(centre: HelpCentre, base: str, default_locale: str) -> str:
    """Return the sitemap: the list of pages and every page that is served here, each with its other languages."""
    lists = {locale: f"{base}/help/{locale}" for locale in centre.shelves}
    entries = [_entry(address, alternates(lists, default_locale), "") for address in lists.values()]
    for page in centre.pages.values():
        if page.hosted:
            twins = {twin.locale: absolute(twin, base) for twin in centre.twins_of(page)}
            changed = page.updated.isoformat() if page.updated else ""
            entries.append(_entry(absolute(page, base), alternates(twins, default_locale), changed))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{"".join(entries[:_MOST_URLS])}</urlset>\n'
    )


def robots(base: str) -> str:
    """Return what crawlers may read: everything but what belongs to one visitor."""
    return (
        "User-agent: *\nDisallow: /support/*/tickets\nDisallow: /support/*/sign-in\nDisallow: /v1/\nAllow: /\n\n"
        f"Sitemap: {base}/sitemap.xml\n"
    )


def llms_txt(centre: HelpCentre, base: str, site_name: str) -> str:
    """Return the help centre in the llms.txt format (https://llmstxt.org): links to pages as Markdown, by language."""
    parts = [
        f"# {site_name}",
        f"> The help pages of {site_name}: answers to frequent questions, and documentation. Every link below leads "
        "to a page as Markdown; without its ending .md it is the page for people.",
    ]
    for locale, shelves in centre.shelves.items():
        texts = texts_for(locale)
        names = {"faq": texts.gettext("Frequently asked questions"), "docs": texts.gettext("Documentation")}
        for shelf in shelves:
            pages = [page for page in shelf.pages if page.hosted]
            if pages:
                parts.append(f"## {language_name(locale, in_locale=locale)}: {names[shelf.kind]}")
                parts.append("\n".join(_link(page, base, centre) for page in pages))
    return "\n\n".join(parts) + "\n"


def opensearch(base: str, site_name: str, locale: str, title: str) -> str:
    """Return the description by which a browser offers the help centre as a search engine.

    What is searched for stands in the fragment of the address, which browsers keep to themselves: no log gets it.
    """
    search = html.escape(f"{base}/support/{locale}#q={{searchTerms}}")
    suggestions = html.escape(f"{base}/v1/suggest/opensearch?q={{searchTerms}}&locale={locale}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{html.escape(site_name[:16])}</ShortName>\n<Description>{html.escape(title)}</Description>\n"
        f"<Language>{locale}</Language>\n<InputEncoding>UTF-8</InputEncoding>\n"
        f'<Image width="16" height="16" type="image/svg+xml">{html.escape(base)}/static/icon.svg</Image>\n'
        f'<Url type="text/html" method="get" template="{search}"/>\n'
        f'<Url type="application/x-suggestions+json" template="{suggestions}"/>\n</OpenSearchDescription>\n'
    )


def faq_data(questions: Sequence[Passage], locale: str) -> dict[str, Any]:
    """Return the questions of a page and their answers (https://schema.org/FAQPage)."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "inLanguage": locale,
        "mainEntity": [
            {
                "@type": "Question",
                "name": passage.question,
                "acceptedAnswer": {"@type": "Answer", "text": passage.text},
            }
            for passage in questions
        ],
    }


def crumbs_data(crumbs: Sequence[tuple[str, str]], base: str) -> dict[str, Any]:
    """Return the way to a page (https://schema.org/BreadcrumbList), given as (name, address below the base)."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": f"{base}{address}"}
            for position, (name, address) in enumerate(crumbs, start=1)
        ],
    }


def _entry(address: str, others: Sequence[tuple[str, str]], changed: str) -> str:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{locale}" href="{html.escape(other)}"/>' for locale, other in others
    )
    lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{html.escape(address)}</loc>{lastmod}{links}</url>\n"


def _link(page: Page, base: str, centre: HelpCentre) -> str:
    title = page.title.replace("[", "(").replace("]", ")")
    described = description_of(page, centre.questions_of(page))
    return f"- [{title}]({absolute(page, base)}.md)" + (f": {described}" if described else "")
