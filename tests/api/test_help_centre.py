"""The help centre as visitors browse it, and as crawlers, language models and browsers read it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from corpus.readers.directory import read_directory
from tests.api.conftest import build_small, client_over

BASE = "https://help.kramik.example"
XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
OPENSEARCH = {"o": "http://a9.com/-/spec/opensearch/1.1/"}
FILES = {
    "pl/faq/zwroty.md": (
        "---\nupdated: 2026-09-30\n---\n# Zwroty\n\n## Kiedy wrócą pieniądze?\n\nW tydzień.\n\n"
        "## Kto płaci za przesyłkę?\n\nKupujący.\n\n## Jak zwrócić?\n\nNapisz do nas.\n"
    ),
    "pl/docs/orders/etykiety.md": "# Etykiety\n\nWydrukuj je w panelu, gdy jest gotowe.\n\n## Drukarka\n\nDowolna.",
    "pl/docs/start.md": "# Pierwszy dzień\n\nZałóż konto i dodaj produkt.",
    "en/faq/zwroty.md": "# Returns\n\n## When does money come back?\n\nWithin </script><b>a week</b> & a day.",
    "en/docs/elsewhere.md": "---\nurl: https://shop.example/blog/elsewhere\n---\n# Elsewhere\n\nOn our blog.",
    "en/docs/manual.md": "---\nurl: /help/en/docs/manual\n---\n# The manual\n\nServed by the shop itself.",
    "en/docs/what? 100% & c#.md": "# Odd [names]\n\nThis page has an odd name.",
    "he/docs/orders/etykiety.md": "# תוויות\n\nהדפיסו אותן.\n\n| א | ב |\n|---|---|\n| ג | ד |\n",
}


@contextmanager
def serving(root: Path, files: dict[str, str] | None = None, **settings: Any) -> Iterator[TestClient]:
    for name, text in (files or FILES).items():
        path = root / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    build_small(root / "index", list(read_directory(root / "pages", strict=True).pages))
    with client_over(root / "index", **{"public_url": BASE, **settings}) as client:
        yield client


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestClient]:
    with serving(tmp_path) as client:
        yield client


def links_of(page: str) -> dict[str, str]:
    """Return the addresses of a page's links by their text."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    return {re.sub(r"<[^>]*>", "", text).strip(): html.unescape(href) for href, text in found}


def alternates_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', page))


def data_of(page: str) -> dict[str, Any]:
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return {data["@type"]: data for data in map(json.loads, blocks)}


def part(page: str, start: str, end: str) -> str:
    return page[page.index(start) : page.index(end, page.index(start))]


def test_the_list_has_the_faq_first_then_the_documentation_in_groups(site: TestClient) -> None:
    page = site.get("/help/pl").text

    faq, docs = part(page, '<section class="shelf shelf-faq"', "</section>"), part(page, "shelf-docs", "</section>")
    assert "Najczęstsze pytania</h2>" in faq
    assert links_of(faq) == {"Zwroty": "/help/pl/faq/zwroty"}
    assert "3 pytania" in faq
    assert links_of(docs) == {"Pierwszy dzień": "/help/pl/docs/start", "Etykiety": "/help/pl/docs/orders/etykiety"}
    assert re.findall("<h3>(.*?)</h3>", docs) == ["Zamówienia"]
    assert "1 strona" in page
    assert "2 strony" in page


def test_a_locale_with_one_kind_of_pages_has_no_empty_part(site: TestClient) -> None:
    page = site.get("/help/he").text

    assert "shelf-docs" in page
    assert "shelf-faq" not in page


@pytest.mark.parametrize("path", ["/help/pl", "/help/pl/faq/zwroty", "/help/pl/nic"])
def test_one_can_ask_from_every_page(site: TestClient, path: str) -> None:
    page = site.get(path).text

    form = part(page, "<form", "</form>")
    assert 'method="post" action="/support/pl"' in form
    assert '<input type="hidden" name="intent" value="browse">' in form
    assert 'name="question" required' in form
    assert '<label for="help-question">' in form
    assert links_of(page)["Nadal potrzebuję pomocy"] == "/support/pl"


def test_a_page_says_where_it_stands(site: TestClient) -> None:
    page = site.get("/help/pl/docs/orders/etykiety").text

    crumbs = part(page, '<nav class="crumbs"', "</nav>")
    assert links_of(crumbs) == {"Pomoc": "/help/pl", "Dokumentacja": "/help/pl#docs", "Zamówienia": "/help/pl#docs-1"}
    assert '<li aria-current="page" lang="pl">Etykiety</li>' in crumbs
    assert 'id="docs-1"' in site.get("/help/pl").text
    assert [
        (one["position"], one["name"], one["item"]) for one in data_of(page)["BreadcrumbList"]["itemListElement"]
    ] == [
        (1, "Pomoc", f"{BASE}/help/pl"),
        (2, "Dokumentacja", f"{BASE}/help/pl#docs"),
        (3, "Zamówienia", f"{BASE}/help/pl#docs-1"),
        (4, "Etykiety", f"{BASE}/help/pl/docs/orders/etykiety"),
    ]


def test_pages_lead_to_those_before_and_after_them_on_their_shelf(site: TestClient) -> None:
    first = site.get("/help/pl/docs/start").text
    second = site.get("/help/pl/docs/orders/etykiety").text
    alone = site.get("/help/pl/faq/zwroty").text

    assert '<a rel="next" href="/help/pl/docs/orders/etykiety">' in first
    assert 'rel="prev"' not in first
    assert '<a rel="prev" href="/help/pl/docs/start">' in second
    assert 'rel="next"' not in second
    assert 'class="neighbours"' not in alone


def test_a_long_page_has_its_contents_beside_and_above_the_text(site: TestClient) -> None:
    page = site.get("/help/pl/faq/zwroty").text
    contents = part(page, '<nav class="contents"', "</nav>")

    assert contents.count('href="#kiedy-wrócą-pieniądze"') == 2  # one is folded away, the other is for wide screens
    assert '<h2 id="kiedy-wrócą-pieniądze"><a class="self" href="#kiedy-wrócą-pieniądze">' in page
    assert '<nav class="contents"' not in site.get("/help/pl/docs/start").text


def test_the_title_stands_once_at_the_head(site: TestClient) -> None:
    page = site.get("/help/pl/faq/zwroty").text

    assert re.findall("<h1[^>]*>(.*?)</h1>", page) == ["Zwroty"]


def test_a_page_says_when_it_was_changed_in_its_language(site: TestClient) -> None:
    assert "Ostatnia zmiana: 30 września 2026" in site.get("/help/pl/faq/zwroty").text
    assert "Ostatnia zmiana" not in site.get("/help/pl/docs/start").text


def test_a_page_names_itself_and_its_translations_to_search_engines(site: TestClient) -> None:
    page = site.get("/help/pl/faq/zwroty").text

    assert f'<link rel="canonical" href="{BASE}/help/pl/faq/zwroty">' in page
    assert alternates_of(page) == {
        "en": f"{BASE}/help/en/faq/zwroty",
        "pl": f"{BASE}/help/pl/faq/zwroty",
        "x-default": f"{BASE}/help/en/faq/zwroty",
    }
    assert alternates_of(site.get("/help/pl/docs/start").text) == {}
    assert alternates_of(site.get("/help/he").text) == {
        **{locale: f"{BASE}/help/{locale}" for locale in ("en", "he", "pl")},
        "x-default": f"{BASE}/help/en",
    }


def test_everybody_else_is_sent_to_the_default_locale_where_the_page_is_in_it(tmp_path: Path) -> None:
    with serving(tmp_path, default_locale="pl") as client:
        both = alternates_of(client.get("/help/en/faq/zwroty").text)
        neither = alternates_of(client.get("/help/he/docs/orders/etykiety").text)

    assert both["x-default"] == f"{BASE}/help/pl/faq/zwroty"
    assert neither["x-default"] == f"{BASE}/help/pl/docs/orders/etykiety"


def test_without_a_public_address_pages_name_the_one_they_were_asked_under(tmp_path: Path) -> None:
    with serving(tmp_path, public_url=None) as client:
        page = client.get("/help/pl/docs/start").text

    assert '<link rel="canonical" href="http://testserver/help/pl/docs/start">' in page


def test_another_language_leads_to_the_same_page_or_else_to_its_list(site: TestClient) -> None:
    page = site.get("/help/pl/faq/zwroty").text

    languages = links_of(part(page, '<ul class="languages">', "</ul>"))
    assert languages == {"English": "/help/en/faq/zwroty", "עברית": "/help/he", "polski": "/help/pl/faq/zwroty"}
    assert 'hreflang="pl" aria-current="true"' in page


def test_a_page_is_described_to_search_engines(site: TestClient) -> None:
    assert '<meta name="description" content="Załóż konto i dodaj produkt.">' in site.get("/help/pl/docs/start").text
    questions = "Kiedy wrócą pieniądze? Kto płaci za przesyłkę? Jak zwrócić?"
    assert f'<meta name="description" content="{questions}">' in site.get("/help/pl/faq/zwroty").text


def test_questions_and_answers_are_structured_data_that_cannot_leave_its_block(site: TestClient) -> None:
    page = site.get("/help/en/faq/zwroty").text

    (question,) = data_of(page)["FAQPage"]["mainEntity"]
    assert question["@type"] == "Question"
    assert question["name"] == "When does money come back?"
    assert question["acceptedAnswer"] == {"@type": "Answer", "text": "Within a week & a day."}
    assert "FAQPage" not in data_of(site.get("/help/pl/docs/orders/etykiety").text)


def test_structured_data_holds_no_markup(tmp_path: Path) -> None:
    files = {"en/faq/a.md": "# A\n\n## Why `</script><script>alert(1)</script>`?\n\nBecause `<!--`."}
    with serving(tmp_path, files) as client:
        page = client.get("/help/en/faq/a").text

    assert "<script>alert" not in page
    assert data_of(page)["FAQPage"]["mainEntity"][0]["name"] == "Why </script><script>alert(1)</script>?"


def test_a_page_from_right_to_left_is_one(site: TestClient) -> None:
    page = site.get("/help/he/docs/orders/etykiety").text

    assert '<html lang="he" dir="rtl">' in page
    assert '<article class="page" lang="he">' in page
    assert '<div class="table" role="group" tabindex="0" aria-label="Table">' in page
    assert '<div class="help-end" lang="en">' in page  # the texts are English, for want of Hebrew ones


def test_a_page_that_is_published_elsewhere_is_listed_but_not_served(site: TestClient) -> None:
    listed = links_of(site.get("/help/en").text)

    assert listed["Elsewhere"] == "https://shop.example/blog/elsewhere"
    assert listed["The manual"] == "/help/en/docs/manual"
    assert site.get("/help/en/docs/manual").status_code == 404
    assert site.get("/help/en/docs/elsewhere").status_code == 404
    assert site.get("/help/en/docs/elsewhere.md").status_code == 404


def test_a_page_with_an_odd_name_is_found_everywhere(site: TestClient) -> None:
    address = f"/help/en/docs/{quote('what? 100% & c#')}"
    page = site.get(address)

    assert page.status_code == 200
    assert f'<link rel="canonical" href="{BASE}{address}">' in page.text
    assert links_of(site.get("/help/en").text)["Odd [names]"] == address
    assert f"<loc>{BASE}{address}</loc>" in site.get("/sitemap.xml").text
    assert f"[Odd (names)]({BASE}{address}.md)" in site.get("/llms.txt").text
    assert site.get(f"{address}.md").text.startswith("# Odd [names]\n")


@pytest.mark.parametrize("path", ["/help/en/nothing", "/help/cs", "/help/cs/faq/zwroty", "/help/en/faq/zwroty.html"])
def test_what_is_not_there_is_said_not_to_be(site: TestClient, path: str) -> None:
    page = site.get(path)

    assert page.status_code == 404
    assert "There is no such page." in page.text
    assert '<meta name="robots" content="noindex">' in page.text


def test_a_page_that_is_not_there_leads_to_all_that_are_where_there_are_some(site: TestClient) -> None:
    assert links_of(site.get("/help/pl/nic").text)["Wszystkie strony pomocy"] == "/help/pl"
    assert "All help pages" not in site.get("/help/cs").text


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/help/PL", "/help/pl"),
        ("/help/pl-PL/faq/zwroty", "/help/pl/faq/zwroty"),
        ("/help/pl/", "/help/pl"),
        ("/help/en-GB/docs/what%3F%20100%25%20&%20c%23", f"/help/en/docs/{quote('what? 100% & c#')}"),
    ],
)
def test_a_locale_written_otherwise_leads_to_the_pages_own_address(site: TestClient, path: str, leads_to: str) -> None:
    response = site.get(path, follow_redirects=False)

    assert (response.status_code, response.headers["location"]) == (307, leads_to)
    assert site.get(path).status_code == 200


@pytest.mark.parametrize(
    ("cookie", "browser", "leads_to"),
    [("", "pl-PL,en;q=0.5", "/help/pl"), ("he", "pl", "/help/he"), ("", "cs", "/help/en")],
)
def test_help_without_a_locale_leads_to_the_visitors(
    site: TestClient, cookie: str, browser: str, leads_to: str
) -> None:
    headers = {"accept-language": browser, "cookie": f"askfirst_locale={cookie}"}
    response = site.get("/help", headers=headers, follow_redirects=False)

    assert response.headers["location"] == leads_to
    assert response.headers["vary"] == "Accept-Language, Cookie, Origin"


@pytest.mark.parametrize("path", ["/help/pl", "/help/pl/faq/zwroty"])
def test_while_nothing_is_indexed_one_can_still_write(tmp_path: Path, path: str) -> None:
    with client_over(tmp_path) as client:
        page = client.get(path)

    assert page.status_code == 503
    assert page.headers["retry-after"] == "5"
    assert "Strony pomocy są właśnie przygotowywane." in page.text
    assert links_of(page.text)["Nadal potrzebuję pomocy"] == "/support/pl"


@pytest.mark.parametrize("path", ["/sitemap.xml", "/llms.txt", "/v1/suggest/opensearch?q=a"])
def test_while_nothing_is_indexed_machines_are_told_to_come_back(tmp_path: Path, path: str) -> None:
    with client_over(tmp_path) as client:
        response = client.get(path)

    assert (response.status_code, response.headers["retry-after"]) == (503, "5")


def test_the_sitemap_names_every_page_that_is_served_with_its_translations_and_last_change(site: TestClient) -> None:
    response = site.get("/sitemap.xml")
    entries = {
        entry.findtext("s:loc", namespaces=XML): entry
        for entry in ElementTree.fromstring(response.content).findall("s:url", XML)  # noqa: S314 - our own
    }

    assert response.headers["content-type"] == "application/xml"
    assert set(entries) == {
        *(f"{BASE}/help/{locale}" for locale in ("en", "he", "pl")),
        f"{BASE}/help/en/docs/{quote('what? 100% & c#')}",
        f"{BASE}/help/en/faq/zwroty",
        f"{BASE}/help/he/docs/orders/etykiety",
        f"{BASE}/help/pl/docs/orders/etykiety",
        f"{BASE}/help/pl/docs/start",
        f"{BASE}/help/pl/faq/zwroty",
    }
    returns = entries[f"{BASE}/help/pl/faq/zwroty"]
    assert returns.findtext("s:lastmod", namespaces=XML) == "2026-09-30"
    assert {link.get("hreflang"): link.get("href") for link in returns.findall("x:link", XML)} == {
        "en": f"{BASE}/help/en/faq/zwroty",
        "pl": f"{BASE}/help/pl/faq/zwroty",
        "x-default": f"{BASE}/help/en/faq/zwroty",
    }
    assert entries[f"{BASE}/help/pl/docs/start"].find("s:lastmod", XML) is None


def test_robots_find_the_sitemap_and_keep_off_what_belongs_to_one_visitor(site: TestClient) -> None:
    lines = site.get("/robots.txt").text.splitlines()

    assert f"Sitemap: {BASE}/sitemap.xml" in lines
    assert "Disallow: /support/*/tickets" in lines
    assert "Disallow: /support/*/sign-in" in lines


def test_language_models_get_a_list_of_pages_by_language_and_each_as_markdown(site: TestClient) -> None:
    lines = site.get("/llms.txt").text.splitlines()

    assert lines[0] == "# Kramik"
    assert lines[2].startswith("> ")
    assert [line for line in lines if line.startswith("## ")] == [
        "## English: Frequently asked questions",
        "## English: Documentation",
        "## עברית: Documentation",
        "## polski: Najczęstsze pytania",
        "## polski: Dokumentacja",
    ]
    assert f"- [Pierwszy dzień]({BASE}/help/pl/docs/start.md): Załóż konto i dodaj produkt." in lines
    assert not any("Elsewhere" in line for line in lines)

    page = site.get("/help/pl/faq/zwroty.md")
    assert page.headers["content-type"] == "text/markdown; charset=utf-8"
    assert page.headers["link"] == f'<{BASE}/help/pl/faq/zwroty>; rel="canonical"'
    assert page.text.startswith("# Zwroty\n\n## Kiedy wrócą pieniądze?\n\nW tydzień.\n")


def test_a_browser_can_search_the_help_pages_without_the_question_reaching_a_log(site: TestClient) -> None:
    (address,) = re.findall(r'<link rel="search" [^>]*href="([^"]*)"', site.get("/help/pl").text)
    response = site.get(address)
    described = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    templates = {url.get("type"): url.get("template") for url in described.findall("o:Url", OPENSEARCH)}

    assert response.headers["content-type"] == "application/opensearchdescription+xml"
    assert described.findtext("o:ShortName", namespaces=OPENSEARCH) == "Kramik"
    assert described.findtext("o:Description", namespaces=OPENSEARCH) == "Przeszukaj strony pomocy Kramik"
    assert templates == {
        "text/html": f"{BASE}/support/pl#q={{searchTerms}}",
        "application/x-suggestions+json": f"{BASE}/v1/suggest/opensearch?q={{searchTerms}}&locale=pl",
    }


def test_a_browsers_search_field_gets_suggestions(site: TestClient) -> None:
    response = site.get("/v1/suggest/opensearch", params={"q": "zwro", "locale": "pl"})

    assert response.headers["content-type"] == "application/x-suggestions+json"
    typed, titles, descriptions, addresses = response.json()
    assert typed == "zwro"
    assert dict(zip(titles, addresses, strict=True))["Zwroty"] == f"{BASE}/help/pl/faq/zwroty"
    assert len(descriptions) == len(titles)


@pytest.mark.parametrize(
    "path", ["/help/pl", "/help/pl/faq/zwroty", "/sitemap.xml", "/robots.txt", "/llms.txt", "/opensearch/pl.xml"]
)
def test_a_head_request_gets_the_headers_alone(site: TestClient, path: str) -> None:
    head = site.head(path)

    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("path", ["/help/pl", "/help/pl/faq/zwroty", "/help/he/docs/orders/etykiety", "/help/pl/nic"])
def test_nothing_on_a_page_needs_an_exception_from_the_security_policy(site: TestClient, path: str) -> None:
    page = site.get(path).text

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert all("application/ld+json" in tag or "src=" in tag for tag in re.findall("<script[^>]*>", page))


def test_a_new_generation_is_arranged_anew(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        before = client.get("/help/pl").text
        (tmp_path / "pages/pl/docs/nowa.md").write_text("# Nowa strona\n\nTekst.", "utf-8")
        build_small(tmp_path / "index", list(read_directory(tmp_path / "pages", strict=True).pages))
        client.app.state.services.live.refresh()  # type: ignore[attr-defined]
        after = client.get("/help/pl").text

    assert "Nowa strona" not in before
    assert links_of(after)["Nowa strona"] == "/help/pl/docs/nowa"


def test_images_from_elsewhere_are_allowed_where_a_page_has_some_and_nowhere_else(tmp_path: Path) -> None:
    pages = {
        "en/picture.md": "# Picture\n\n![A shop](https://cdn.example.com/shop.png)",
        "en/plain.md": "# Plain\n\nNothing to see.",
    }
    with serving(tmp_path, pages) as client:
        policies = [
            client.get(path).headers["content-security-policy"]
            for path in ("/help/en/picture", "/help/en/plain", "/support/en")
        ]

    assert ["img-src 'self' https: data:" in one for one in policies] == [True, False, False]
    assert all("unsafe" not in one and "script-src 'self';" in one for one in policies)
