"""A help page as it is shown, described and handed to machines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.help_text import body_of, description_of, markdown_of
from api.i18n import texts_for
from corpus.page import Block, Page, Section
from tests.fakes import page

TEXTS = texts_for("pl")


def shown(html: str, *, title: str = "Zwroty") -> str:
    return str(body_of(replace(page("pl/a", title, "x", locale="pl"), html=html), {}, TEXTS))


def test_a_heading_leads_to_itself() -> None:
    assert shown('<h2 id="a-b">A &amp; <em>b</em></h2><p>x</p>') == (
        '<h2 id="a-b"><a class="self" href="#a-b">A &amp; <em>b</em></a></h2><p>x</p>'
    )


@pytest.mark.parametrize(
    "html",
    ["<h2>No id</h2>", '<h2 id="x">See <a href="/y">y</a></h2>', '<h3 id="x"><img loading="lazy" src="/a"></h3>'],
)
def test_a_heading_without_an_id_with_a_link_or_without_words_stays_as_it_is(html: str) -> None:
    assert shown(html.replace(' loading="lazy"', "")) == html


def test_the_title_is_not_said_twice_and_its_place_can_still_be_linked_to() -> None:
    assert shown('<h1 id="z">ZWROTY</h1><h1 id="y">Zwroty</h1>') == (
        '<span id="z"></span><h1 id="y"><a class="self" href="#y">Zwroty</a></h1>'
    )
    assert shown('<h1 id="z">Inne</h1>') == '<h1 id="z"><a class="self" href="#z">Inne</a></h1>'


def test_tables_and_code_can_be_scrolled_with_the_keyboard() -> None:
    html = shown('<table id="b1"><tr><td>x</td></tr></table><pre><code>y</code></pre><img src="/a">')

    assert html == (
        '<div class="table" role="group" tabindex="0" aria-label="Tabela">'
        '<table id="b1"><tr><td>x</td></tr></table></div>'
        '<pre tabindex="0"><code>y</code></pre><img loading="lazy" src="/a">'
    )


def with_sections(*sections: Section) -> Page:
    return replace(page("en/a", "Refunds", "x"), sections=sections)


def test_a_page_is_described_by_how_it_begins() -> None:
    short = with_sections(Section(0, "", "", (Block("Money comes\nback.", "b1"), Block("In ten days.", "b2"))))
    long = with_sections(Section(0, "", "", (Block("words and " * 60, "b1"),)))

    assert description_of(short) == "Money comes back. In ten days."
    assert description_of(long) == ("words and " * 16).strip().removesuffix(" and") + " and…"
    assert len(description_of(long)) <= 160
    assert description_of(with_sections()) == ""


def test_a_page_in_a_script_without_spaces_is_described_too() -> None:
    described = description_of(with_sections(Section(0, "", "", (Block("返金は一週間以内です。" * 30, "b1"),))))

    assert len(described) == 160
    assert described.endswith("…")


def test_a_page_as_markdown_has_its_headings_by_their_levels() -> None:
    text = markdown_of(
        with_sections(
            Section(0, "", "", (Block("Intro.", "b1"),)),
            Section(2, "When?", "when", (Block("Soon.\nVery soon.", "b2"),)),
            Section(9, "Deep", "deep", ()),
        )
    )

    assert text == "# Refunds\n\nIntro.\n\n## When?\n\nSoon.\nVery soon.\n\n###### Deep\n"
