"""Markdown, GitBook's and HTML inside it → a page."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest

from corpus.page import Block, Page
from corpus.passage import Passage
from corpus.readers.markdown import read_markdown
from corpus.splitting import split_page


def _page(source: str, *, path: str = "pl/faq/zwroty.md", locale: str = "pl") -> Page:
    return read_markdown(Path(path), PurePosixPath(path), source, locale=locale)


def _passages(source: str, *, locale: str = "pl") -> list[Passage]:
    return split_page(_page(source, locale=locale))


def _texts(source: str) -> list[str]:
    return [passage.text for passage in _passages(source)]


def _ids(page: Page) -> list[str]:
    return re.findall(r' id="([^"]*)"', page.html)


def test_the_first_heading_is_the_pages_title() -> None:
    page = _page("# Zwroty i reklamacje\n\nWstęp.\n\n## Koszt\n\n0 zł.\n")

    assert page.title == "Zwroty i reklamacje"
    assert [(p.heading_path, p.text) for p in split_page(page)] == [((), "Wstęp."), (("Koszt",), "0 zł.")]


def test_a_title_that_is_said_again_as_a_heading_is_in_no_heading_path() -> None:
    page = _page("---\ntitle: FAQ\n---\n# FAQ\n\n## Faq\n\nWstęp.\n\n### Koszt\n\n0 zł.\n")

    assert page.title == "FAQ"
    assert [(p.heading_path, p.text) for p in split_page(page)] == [((), "Wstęp."), (("Koszt",), "0 zł.")]


def test_another_title_in_the_front_matter_leaves_the_heading_a_heading() -> None:
    page = _page("---\ntitle: Pomoc\n---\n# Zwroty\n\nText.\n")

    assert (page.title, page.sections[0].heading) == ("Pomoc", "Zwroty")


@pytest.mark.parametrize(
    ("path", "title"),
    [("pl/02-moje_zwroty.md", "Moje zwroty"), ("pl/zwroty/README.md", "Zwroty"), ("index.md", "Index")],
)
def test_a_page_without_heading_is_called_by_its_file(path: str, title: str) -> None:
    assert _page("Text.", path=path).title == title


def test_what_the_front_matter_describes_can_be_found() -> None:
    passages = _passages("---\ndescription: Jak oddać towar\n---\n# Zwroty\n\nWstęp.\n")

    assert [p.text for p in passages] == ["Jak oddać towar", "Wstęp."]


def test_hints_and_tabs_are_part_of_their_section() -> None:
    source = """## Płatność

{% hint style="warning" %}
Tylko **BLIK**.
{% endhint %}

{% tabs %}
{% tab title="Karta" %}
Visa.
{% endtab %}
{% tab title="Przelew" %}
* PKO
{% endtab %}
{% endtabs %}
"""

    page = _page(source)

    assert _texts(source) == ["Tylko BLIK.\n\nKarta\n\nVisa.\n\nPrzelew\n\n• PKO"]
    assert '<div class="hint hint-warning">' in page.html
    assert "{%" not in page.html


def test_a_hint_in_a_step_leaves_the_steps_one_list() -> None:
    source = "1. Raz\n   {% hint style=info %}\n   Uwaga\n   {% endhint %}\n2. Dwa\n"

    assert _texts(source) == ["1. Raz\n  Uwaga\n2. Dwa"]


def test_embeds_and_files_become_links() -> None:
    page = _page(
        '{% embed url="https://video.example/1?a=1&b=2" caption="Film" %}\n\n{% file src="https://x.example/a" %}\n'
    )

    assert 'href="https://video.example/1?a=1&amp;b=2" rel="noopener noreferrer">Film</a>' in page.html
    assert [p.text for p in split_page(page)] == ["Film\n\nhttps://x.example/a"]


def test_a_tag_that_is_not_known_is_shown_rather_than_lost() -> None:
    assert _texts('{% include "a" %}') == ['{% include "a" %}']


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('```\n{% hint style="info" %} ****\n```', '{% hint style="info" %} ****'),
        ('~~~ html\n```\n{% hint style="info" %}\n~~~', '```\n{% hint style="info" %}'),
        ("```\n```js\n{% endhint %}\n```", "```js\n{% endhint %}"),
        ("* ```\n  {% endhint %}\n  ```", "• {% endhint %}"),
        ("Wpisz `{% hint %}` oraz `**a:**b`.", "Wpisz {% hint %} oraz **a:**b."),
        ("```xml\n/*<![CDATA[*/ a /*]]>*/ <![CDATA[b]]>\n```", "/*<![CDATA[*/ a /*]]>*/ <![CDATA[b]]>"),
    ],
)
def test_code_is_left_as_it_is(source: str, text: str) -> None:
    assert _texts(source) == [text]


def test_a_line_of_code_between_backticks_opens_no_block_of_code() -> None:
    assert _texts('```a```\n\n{% hint style="info" %}\nTak.\n{% endhint %}\n') == ["a\n\nTak."]


def test_the_style_sheet_of_an_exported_contents_list_is_no_text() -> None:
    assert _texts("/\\*\\<!\\[CDATA\\[\\*/\\\ndiv.rbtoc1 {padding: 0px;}\\\n/\\*]]>\\*/\n\nText.\n") == ["Text."]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**注意：**请先登录。", "注意：请先登录。"),
        ("Wpisz **http://**www.a.example i **dalej**.", "Wpisz http://www.a.example i dalej."),
        ("Gotowe. ****\n", "Gotowe."),
        ("Gotowe.\n\n****Dalej\n", "Gotowe.\n\nDalej"),
        ("Karta **** 4242", "Karta **** 4242"),
        ("Hasło: \\*\\*\\*\\* i 2\\*\\*3", "Hasło: **** i 2**3"),
        ("**a** (b) **c**", "a (b) c"),
    ],
)
def test_bold_shows_no_asterisks(source: str, text: str) -> None:
    assert _texts(source) == [text]


def test_a_line_break_with_nothing_after_it_shows_no_backslash() -> None:
    source = "Raz\\\nDwa\\\n\n* Trzy\\\n* Cztery\\\n```\na \\\n```\nC:\\\\\n"

    assert _texts(source) == ["Raz\nDwa\n\n• Trzy\n• Cztery\n\na \\\n\nC:\\"]


def test_a_table_is_read_row_by_row() -> None:
    assert _texts("| Kraj | Cena |\n|---|---|\n| Polska | 10 zł |\n| Ελλάδα | 5 € |\n") == [
        "Kraj | Cena\nPolska | 10 zł\nΕλλάδα | 5 €"
    ]


def test_a_table_in_a_cell_is_read_once() -> None:
    assert _texts(
        "<table><caption>C</caption><tr><td>a<table><tr><td>b</td></tr></table></td><td>d</td></tr></table>"
    ) == ["C\na b | d"]


def test_nested_lists_keep_their_shape() -> None:
    source = "3. Raz\n   * a\n\n     więcej\n     * b\n4. Dwa\n\n   ```\n   x = 1\n     y\n   ```\n"

    assert _texts(source) == ["3. Raz\n  • a\n    więcej\n    • b\n4. Dwa\n  x = 1\n    y"]


def test_words_of_neighbouring_elements_are_not_glued_together() -> None:
    source = (
        "<ul>Przed<li><details><summary>Tytuł</summary>treść</details></li>"
        "<li><dl><dt>pojęcie</dt><dd>znaczenie</dd></dl></li>"
        "<li><span><p>jeden</p><p>dwa</p></span></li></ul>"
        "<figure><img src='https://x.example/a.jpg' alt='Mapa'><figcaption>Podpis</figcaption></figure>"
    )

    [text] = _texts(source)

    assert re.findall(r"\w+", text) == [
        *("Przed", "Tytuł", "treść", "pojęcie", "znaczenie", "jeden", "dwa", "Mapa", "Podpis")
    ]


def test_a_list_with_a_start_that_is_no_number_is_read() -> None:
    assert _texts('<ol start="x"><li>a</li></ol>') == ["1. a"]


def test_code_keeps_its_lines_and_indents() -> None:
    assert _texts("```php\n<?php\n    echo 'a';\n\n// b\n```\n") == ["<?php\n    echo 'a';\n\n// b"]


def test_code_of_blanks_only_is_no_block() -> None:
    assert _page("Text.\n\n```\n   \n```\n").sections[0].blocks == (Block("Text.", "b1"),)


def test_an_image_is_read_by_its_description_unless_that_is_a_file_name() -> None:
    source = (
        "A ![Przycisk „Zapisz”](https://x.example/a.png) B ![image1.PNG](https://x.example/b.png) ![(tick)](c.png) C"
    )

    assert _texts(source) == ["A [Przycisk „Zapisz”] B C"]


def test_an_image_that_nobody_serves_is_replaced_by_its_description() -> None:
    page = _page("![Mapa](../.gitbook/assets/mapa.png) ![](b.png) ![Logo](https://x.example/logo.png)\n")

    assert page.html == ('<p id="b1">[Mapa]  <img src="https://x.example/logo.png" alt="Logo" loading="lazy"></p>')


def test_scripts_styles_and_handlers_are_gone_and_ids_stay() -> None:
    source = """## Heading <a id="kept" onclick="x()"></a>

<script>alert(1)</script><style>p {}</style><iframe src="https://x.example"></iframe>
<p id="own" style="color: red" onmouseover="x()" class="big">Text <a href="javascript:x()">a</a>
<a href="JAVA&#x53;cript:x()">b</a> <a href="data:text/html,x">c</a> <a href="page:pl/x">d</a>
<img src="javascript:x()" onerror="x()" alt="I"></p>
<form action="/x"><input name="q" value="v"><button>Go</button></form>
"""

    page = _page(source)

    assert not re.search(r"script|alert|style|\bon\w+=|javascript|data:|iframe|form|input|big|page:", page.html, re.I)
    assert {"kept", "own"} <= set(_ids(page))
    assert "Text a b c d [I]" in split_page(page)[0].text


def test_every_anchor_of_a_page_is_an_id_in_its_html_and_there_once() -> None:
    source = """Wstęp.

## Koszt <a id="twice"></a>

## Koszt

## Inny <a href="#x" id="twice"></a>

## Stary <a name="old"></a>

<p id="koszt">Tekst</p>

## b1

- punkt

الإرجاع: term
: definition
"""

    page = _page(source)

    anchors = [a for s in page.sections for a in (s.anchor, *(b.anchor for b in s.blocks)) if a]
    assert [s.anchor for s in page.sections if s.level == 2] == ["twice", "koszt-2", "inny", "old", "b1"]
    assert set(anchors) <= set(_ids(page))
    assert len(set(_ids(page))) == len(_ids(page))


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Koszt zwrotu — 2026", "koszt-zwrotu--2026"),
        ("كيف أُرجع المنتج؟", "كيف-أرجع-المنتج"),
        ("Πώς επιστρέφω;", "πώς-επιστρέφω"),
        ("如何退货？", "如何退货"),
        ("???", "section"),
    ],
)
def test_a_heading_in_any_script_has_an_anchor(heading: str, anchor: str) -> None:
    [passage] = _passages(f"## {heading}\n\nText.\n")

    assert passage.url == f"/help/pl/faq/zwroty#{anchor}"


def test_an_anchor_that_an_export_left_in_a_heading_is_the_headings() -> None:
    [passage] = _passages('## Zwrot <a href="#zwroty-koszt" id="zwroty-koszt"></a>\n\nText.\n')

    assert passage.heading_path == ("Zwrot",)
    assert passage.url == "/help/pl/faq/zwroty#zwroty-koszt"


def test_links_on_the_page_find_their_heading_as_exports_write_it() -> None:
    source = """[a](#Zwroty-Ko%C5%84cowyKoszt), [b](zwroty.md#usługi-płatne?), [c](#gone), [d](#koniec), [e](#) i już.

## Koszt <a id="zwroty-koncowykoszt"></a>

## Usługi płatne

## Koniec
"""

    html = _page(source).html

    assert re.findall(r'<a (?:href="([^"]*)" )?rel="[^"]*">(\w)</a>', html) == [
        ("#zwroty-koncowykoszt", "a"),
        ("#usługi-płatne", "b"),
        ("", "c"),
        ("#koniec", "d"),
        ("#", "e"),
    ]


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("kontakt.md", "page:pl/faq/kontakt"),
        ("kontakt.md#telefon", "page:pl/faq/kontakt#telefon"),
        ("../docs/", "page:pl/docs"),
        ("../docs/README.md#a", "page:pl/docs#a"),
        ("../docs", "page:pl/docs"),
        ("zam%C3%B3wienia.md", "page:pl/faq/zam%C3%B3wienia"),
        ("../../en/faq/returns.md?x=1#a", "page:en/faq/returns#a"),
        ("https://x.example/a.md", "https://x.example/a.md"),
        ("//x.example/a", "//x.example/a"),
        ("mailto:a@x.example", "mailto:a@x.example"),
        ("/cart", "/cart"),
        ("#top", "#top"),
    ],
)
def test_a_link_leads_to_the_page_it_means(target: str, shown: str) -> None:
    assert f'href="{shown}"' in _page(f"[a]({target})").html


@pytest.mark.parametrize("target", ["../../../out.md", "price-list.pdf", "zwroty.md", "http://[broken", ""])
def test_a_link_that_leads_nowhere_keeps_its_text_only(target: str) -> None:
    page = _page(f"Tu [jest]({target}) tekst")

    assert "href" not in page.html or target.startswith("http")
    assert split_page(page)[0].text == "Tu jest tekst"


def test_a_contents_list_and_its_caption_give_no_text() -> None:
    contents = "Spis treści:\n\n* [Koszt](#koszt)\n  * [Termin](zwroty.md#termin)\n\n"
    source = contents + "## Koszt\n\n0 zł.\n\n## Termin\n\n14 dni.\n"

    assert _texts(source) == ["0 zł.", "14 dni."]


def test_a_contents_list_under_a_heading_of_its_own_gives_no_text() -> None:
    contents = "## Spis treści\n\n* [Koszt](#koszt)\n* [Termin](#termin)\n\n"
    source = f"Wstęp.\n\n{contents}## Koszt\n\n0 zł.\n\n## Termin\n\n14 dni."

    assert [(p.heading_path, p.text) for p in _passages(source)] == [
        ((), "Wstęp."),
        (("Koszt",), "0 zł."),
        (("Termin",), "14 dni."),
    ]


def test_a_heading_over_its_own_contents_list_stays_in_the_path_of_what_it_lists() -> None:
    source = "## FAQ\n\n* [Koszt](#koszt)\n* [Termin](#termin)\n\n### Koszt\n\n0 zł.\n\n### Termin\n\n14 dni."

    assert [p.heading_path for p in _passages(source)] == [("FAQ", "Koszt"), ("FAQ", "Termin")]


def test_links_to_the_page_in_a_row_are_a_contents_list_even_as_a_heading() -> None:
    source = "[Koszt](#koszt)[Termin zwrotu](#termin)\n-----\n\n[Koszt](#koszt) [Termin](#termin)\n\n## Koszt\n\n0 zł."

    assert [(p.heading_path, p.text) for p in _passages(source)] == [(("Koszt",), "0 zł.")]


@pytest.mark.parametrize("before", ["Zwrot jest za darmo.", "Chcesz oddać towar?", "退货免费。", "هل تريد الإرجاع؟"])
def test_a_sentence_before_a_contents_list_is_no_caption(before: str) -> None:
    assert before in _texts(f"{before}\n\n* [Koszt](#koszt)\n* [Termin](#termin)\n\n## Koszt\n\n## Termin\n")[0]


def test_a_list_of_links_to_other_pages_is_text() -> None:
    assert _texts("* [Koszt](koszt.md)\n* [Termin](#a)\n") == ["• Koszt\n• Termin"]


@pytest.mark.parametrize(
    ("locale", "asked"),
    [
        ("pl", ("Ile to kosztuje?", "Kiedy dostanę zwrot?")),
        ("ar", ("كم التكلفة؟", "متى أسترد أموالي؟")),
        ("el", ("Πόσο κοστίζει;", "Πότε θα λάβω τα χρήματά μου;")),
        ("zh", ("多少钱？", "什么时候退款？")),
    ],
)
@pytest.mark.parametrize(
    "written",
    [
        "## {}\n\nA1\n\n### More\n\nA2\n\n## {}\n\nB\n",
        "{}\n: A1\n\n    More\n\n    A2\n\n{}\n: B\n",
        "<dl><div><dt>{}</dt><dd>A1<p>More</p><p>A2</p></dd></div><div><dt>{}</dt><dd>B</dd></div></dl>",
        "<details><summary>{}</summary>A1<h4>More</h4>\n\nA2\n\n</details>\n<details><summary>{}</summary>B</details>",
    ],
    ids=["headings", "definitions", "html definitions", "accordions"],
)
def test_a_question_in_any_form_becomes_one_passage(written: str, locale: str, asked: tuple[str, str]) -> None:
    passages = _passages("# FAQ\n\n" + written.format(*asked), locale=locale)

    assert [(p.heading_path[-1], p.text) for p in passages] == [(asked[0], "A1\n\nMore\n\nA2"), (asked[1], "B")]
    assert [p.question for p in passages] == list(asked)


def test_a_heading_after_questions_in_accordions_or_definitions_is_not_under_them() -> None:
    accordion = "<details><summary>Ile?</summary>\n\n0 zł.\n\n</details>\n\n"
    source = f"{accordion}Dalej.\n\nKiedy?\n: Dziś.\n\n#### Kontakt\n\nTelefon.\n"

    assert [(p.heading_path, p.text) for p in _passages(source)] == [
        (("Ile?",), "0 zł."),
        ((), "Dalej."),
        (("Kiedy?",), "Dziś."),
        (("Kontakt",), "Telefon."),
    ]


def test_text_after_an_accordion_goes_on_with_the_section_around_it() -> None:
    source = "## Zwroty\n\nRaz.\n\n<details><summary>Ile?</summary>0 zł.</details>\n\nDwa.\n"

    passages = _passages(source)

    assert [(p.heading_path, p.text) for p in passages] == [
        (("Zwroty",), "Raz."),
        (("Zwroty", "Ile?"), "0 zł."),
        (("Zwroty",), "Dwa."),
    ]
    assert [p.id.partition("#")[2] for p in passages] == ["zwroty", "zwroty/ile", "zwroty~2"]
    assert passages[2].url.partition("#")[2] in _ids(_page(source))


def test_an_accordion_that_asks_nothing_is_part_of_its_section() -> None:
    assert _texts("## Zwroty\n\n<details><summary>Więcej</summary>\n\n0 zł.\n\n</details>\n") == ["Więcej\n\n0 zł."]


def test_each_part_of_a_long_section_links_to_an_id_in_the_html() -> None:
    sentence = "يمكنك إرجاع المنتج خلال أربعة عشر يومًا من استلام الطلب. "
    page = _page("## الإرجاع\n\n" + "\n\n".join(sentence * 12 for _ in range(8)), locale="ar")

    passages = split_page(page)

    blocks = {block.anchor: block.text for section in page.sections for block in section.blocks}
    assert len(passages) > 2
    for passage in passages[1:]:
        anchor = passage.url.partition("#")[2]
        assert anchor in _ids(page)
        assert passage.text[:50] in blocks[anchor]


def test_right_to_left_marks_and_directions_are_kept() -> None:
    page = _page('<p dir="rtl" lang="ar">اضغط على \u200f"حفظ"</p>', locale="ar")

    assert 'dir="rtl" lang="ar"' in page.html
    assert split_page(page)[0].text == 'اضغط على \u200f"حفظ"'
