"""From an answer to its page, from page to page, from language to language; and what is never written anywhere."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from fastapi.testclient import TestClient

from api.log import configure_logging
from corpus.readers.directory import read_directory
from indexer.ports import Vectors
from tests.api.conftest import app_over, build_small, client_over
from tests.fakes import WordEncoder, page


@contextmanager
def serving(root: Path, **files: str) -> Iterator[TestClient]:
    """Serve Markdown files, given by their paths."""
    for name, text in files.items():
        path = root / "pages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    build_small(root / "index", list(read_directory(root / "pages", strict=True).pages))
    with client_over(root / "index") as client:
        yield client


def first_answer(client: TestClient, question: str, locale: str = "en") -> dict[str, Any]:
    response = client.post("/v1/answers", json={"question": question, "locale": locale})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()["answers"][0]
    return answer


def links_of(html: str) -> dict[str, str]:
    """Return the addresses of a page's links by their text."""
    return {text: href for href, text in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>([^<]*)</a>', html)}


def twins_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', html))


LONG = "\n\n".join(f"Sentence {number} {'tells of many things ' * 10}." for number in range(20))


@pytest.mark.parametrize(
    ("locale", "text", "question", "anchor"),
    [
        (
            "en",
            "# Refunds\n\n## Where money goes\n\nMoney goes back to the card.",
            "money goes card",
            "where-money-goes",
        ),
        (
            "pl",
            "# Zwroty\n\n## Kiedy wrócą pieniądze?\n\nW tydzień.",
            "Kiedy wrócą pieniądze?",
            "kiedy-wrócą-pieniądze",
        ),
        ("ar", "# استرداد\n\n## متى تعود الأموال؟\n\nخلال أسبوع.", "متى تعود الأموال؟", "متى-تعود-الأموال"),
        ("ja", "# 返金\n\n## 返金はいつですか？\n\n一週間以内です。", "返金はいつですか？", "返金はいつですか"),
        ("en", "# Paying\n\nBy card?\n: Yes, any card.", "by card? yes any card", "by-card"),
        (
            "en",
            "# Refunds\n\n## Where <a id='Geld \"x\"'></a>money goes\n\nTo the card.",
            "money goes card",
            'Geld "x"',
        ),
    ],
)
def test_an_answers_address_opens_its_page_at_the_passage(
    tmp_path: Path, locale: str, text: str, question: str, anchor: str
) -> None:
    with serving(tmp_path, **{f"{locale}/refunds.md": text}) as client:
        url = urlsplit(first_answer(client, question, locale)["passage"]["url"])
        response = client.get(url.path)

    assert response.status_code == 200
    assert unquote(url.fragment) == anchor
    assert f'id="{anchor.replace(chr(34), "&quot;")}"' in response.text


def test_an_answer_in_the_middle_of_a_long_section_opens_the_page_there(tmp_path: Path) -> None:
    text = f"# Long\n\n{LONG}\n\nThe zebra stands here {'zebra ' * 30}.\n\n{LONG}"

    with serving(tmp_path, **{"en/long.md": text}) as client:
        url = urlsplit(first_answer(client, "zebra stands here")["passage"]["url"])
        response = client.get(url.path)

    assert url.fragment
    assert f'id="{url.fragment}"' in response.text
    assert response.text.index(f'id="{url.fragment}"') > response.text.index("Sentence 0")


def test_a_pages_contents_lead_to_ids_on_it(tmp_path: Path) -> None:
    text = "# Refunds\n\n" + "\n\n".join(f"## Część {number}\n\nTekst." for number in range(4))

    with serving(tmp_path, **{"pl/refunds.md": text}) as client:
        html = client.get("/help/pl/refunds").text

    contents = [href for href in links_of(html).values() if href.startswith("#") and href != "#content"]
    assert contents == [f"#część-{number}" for number in range(4)]
    assert all(f'id="{href[1:]}"' in html for href in contents)


def test_links_to_other_pages_lead_to_where_those_are(tmp_path: Path) -> None:
    refunds = (
        "# Refunds\n\nSee [shipping](shipping.md), [costs](shipping.md#what-it-costs), [in Polish](../pl/zwroty.md), "
        "[cards](pay/cards.md), [paying](pay/README.md) and [outside](https://example.com/x)."
    )
    with serving(
        tmp_path,
        **{
            "en/refunds.md": refunds,
            "en/shipping.md": "# Shipping\n\n## What it costs\n\nNothing.",
            "en/pay/cards.md": "# Cards\n\nAny card. [Back](../refunds.md)",
            "en/pay/README.md": "# Paying\n\nSome ways to pay.",
            "pl/zwroty.md": "# Zwroty\n\nPieniądze wracają.",
        },
    ) as client:
        links = links_of(client.get("/help/en/refunds").text)
        back = links_of(client.get("/help/en/pay/cards").text)["Back"]
        statuses = [
            client.get(links[text]).status_code for text in ("shipping", "costs", "in Polish", "cards", "paying")
        ]

    assert links["shipping"] == "/help/en/shipping"
    assert links["costs"] == "/help/en/shipping#what-it-costs"
    assert links["in Polish"] == "/help/pl/zwroty"
    assert links["cards"] == "/help/en/pay/cards"
    assert links["paying"] == "/help/en/pay"
    assert links["outside"] == "https://example.com/x"
    assert back == "/help/en/refunds"
    assert statuses == [200] * 5


def test_a_link_to_a_page_that_is_published_elsewhere_leads_there(tmp_path: Path) -> None:
    with serving(
        tmp_path,
        **{
            "en/refunds.md": "# Refunds\n\nSee [shipping](shipping.md#costs).",
            "en/shipping.md": "---\nurl: https://shop.example/how-we-ship\n---\n# Shipping\n\nDaily.",
        },
    ) as client:
        links = links_of(client.get("/help/en/refunds").text)

    assert links["shipping"] == "https://shop.example/how-we-ship#costs"


def test_a_link_to_a_page_that_there_is_not_keeps_its_text_without_an_address(tmp_path: Path) -> None:
    with serving(tmp_path, **{"en/refunds.md": "# Refunds\n\nSee [the lost page](lost.md#here) for more."}) as client:
        html = client.get("/help/en/refunds").text

    assert "the lost page" in html
    assert "the lost page" not in links_of(html)
    assert "page:" not in html


def test_translations_name_one_another(tmp_path: Path) -> None:
    with serving(
        tmp_path,
        **{
            "pl/faq/contact.md": "# Kontakt\n\nNapisz do nas.",
            "en/faq/contact.md": "# Contact\n\nWrite to us.",
            "he/faq/contact.md": "# צור קשר\n\nכתבו לנו.",
            "en/faq/other.md": "# Other\n\nSomething else.",
        },
    ) as client:
        twins = twins_of(client.get("/help/pl/faq/contact").text)
        back = twins_of(client.get("/help/en/faq/contact").text)
        alone = twins_of(client.get("/help/en/faq/other").text)

    everywhere = {one: f"http://testserver/help/{one}/faq/contact" for one in ("en", "he", "pl")}
    assert twins == back == {**everywhere, "x-default": "http://testserver/help/en/faq/contact"}
    assert alone == {}


def test_folders_named_as_people_write_locales_hold_translations_too(tmp_path: Path) -> None:
    with serving(
        tmp_path,
        **{
            "docs/en/contact.md": "# Contact\n\nWrite to us.",
            "docs/de/contact.md": "# Kontakt\n\nSchreiben Sie uns.",
            "docs/pt-br/contact.md": "# Contato\n\nEscreva para nós.",
            "docs/zh_Hant/contact.md": "# 聯絡\n\n寫信給我們。",
        },
    ) as client:
        html = client.get("/help/de/docs/contact").text
        statuses = [client.get(address).status_code for address in twins_of(html).values()]

    assert twins_of(html) == {
        "x-default": "http://testserver/help/en/docs/contact",
        **{one: f"http://testserver/help/{one}/docs/contact" for one in ("de", "en", "pt-BR", "zh-Hant")},
    }
    assert statuses == [200] * 5


@pytest.mark.parametrize("written", ["pt-BR", "pt-br", "pt_BR", "PT-br", "pt"])
def test_a_locale_is_understood_however_it_is_written(tmp_path: Path, written: str) -> None:
    with serving(tmp_path, **{"pt-br/contato.md": "# Contato\n\nEscreva.", "en/a.md": "# A\n\nText."}) as client:
        shown = client.get(f"/help/{written}/contato")
        listed = client.get(f"/help/{written}")

    assert (shown.status_code, listed.status_code) == (200, 200)
    assert '<html lang="pt-BR"' in shown.text
    assert links_of(listed.text)["Contato"] == "/help/pt-BR/contato"


def test_a_page_in_a_script_from_right_to_left_says_so(tmp_path: Path) -> None:
    with serving(tmp_path, **{"ar/a.md": "# استرداد\n\nالمال يعود."}) as client:
        html = client.get("/help/ar/a").text

    assert '<html lang="ar" dir="rtl">' in html


@pytest.mark.parametrize("path", ["/", "/help/en", "/help/en/refunds", "/healthz", "/readyz", "/static/askfirst.css"])
def test_a_head_request_gets_the_headers_without_the_body(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


def test_a_locales_folder_with_a_slash_leads_to_its_list(client: TestClient) -> None:
    response = client.get("/help/en/", follow_redirects=False)

    assert response.is_redirect
    assert response.headers["location"] == "/help/en"
    assert "Refunds" in client.get("/help/en/").text


def test_a_page_with_a_slash_at_its_end_is_the_page(client: TestClient) -> None:
    assert client.get("/help/en/refunds/").status_code == 200


def test_every_page_that_is_listed_opens(tmp_path: Path) -> None:
    with serving(
        tmp_path,
        **{"en/a b.md": "# One\n\nText.", "en/faq/ąę.md": "# Two\n\nText.", "en/README.md": "# Three\n\nText."},
    ) as client:
        links = links_of(client.get("/help/en").text)
        opened = {text: client.get(links[text]).status_code for text in ("One", "Two", "Three")}

    assert opened == {"One": 200, "Two": 200, "Three": 200}


def test_an_answer_in_another_language_is_said_to_be_so(tmp_path: Path) -> None:
    build_small(tmp_path, [page("en/card", "Card", "Card"), page("uk/a", "Оплата", "Картка", locale="uk")])

    with client_over(tmp_path) as client:
        german = first_answer(client, "card", "de")
        english = first_answer(client, "card", "en")

    assert (german["page"]["locale"], german["other_language"]) == ("en", True)
    assert (english["page"]["locale"], english["other_language"]) == ("en", False)


def test_an_answer_in_another_language_is_said_to_be_so_on_the_page(tmp_path: Path) -> None:
    build_small(tmp_path, [page("uk/kartka", "Картка", "Картка", locale="uk"), page("en/fees", "Fees", "Costs")])

    with client_over(tmp_path) as client:
        shown = client.post("/support/en", data={"question": "картка"}).text

    assert '<article class="hit" lang="uk"' in shown
    assert "Ukrainian" in shown


@pytest.mark.parametrize("name", ["why?", "c# and f#", "100% off", "a&b", "a+b", "„quoted”", 'say "hi"', "a;b=c"])
def test_a_page_in_a_file_of_any_name_is_reached_from_the_list_and_from_an_answer(tmp_path: Path, name: str) -> None:
    with serving(
        tmp_path, **{f"en/{name}.md": "# Zebras\n\n## Stripes\n\nThey have stripes.", "en/x.md": "# X\n\nText."}
    ) as client:
        listed = links_of(client.get("/help/en").text)["Zebras"].replace("&amp;", "&").replace("&#34;", '"')
        answered = first_answer(client, "zebras stripes they have")
        by_list = client.get(listed)
        by_answer = client.get(answered["passage"]["url"])
        by_page = client.get(answered["page"]["url"])

    assert [by_list.status_code, by_answer.status_code, by_page.status_code] == [200, 200, 200]
    assert all("They have stripes." in response.text for response in (by_list, by_answer, by_page))


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("why?", "why%3F.md"),
        ("100% off", "100%25%20off.md"),
        ("a&b", "a&b.md"),
        pytest.param(
            "c# guide",
            "c%23%20guide.md",
        ),
    ],
)
def test_a_link_to_a_file_of_any_name_leads_to_its_page(tmp_path: Path, name: str, link: str) -> None:
    with serving(
        tmp_path, **{f"en/{name}.md": "# Zebras\n\n## Stripes\n\nMany.", "en/x.md": f"# X\n\n[go]({link}#stripes)"}
    ) as client:
        address = links_of(client.get("/help/en/x").text)["go"].replace("&amp;", "&")
        response = client.get(address)

    assert address.endswith("#stripes")
    assert (response.status_code, "Many." in response.text) == (200, True)


UNEMBEDDABLE = "hippopotamus"


class FailingEncoder(WordEncoder):
    """Fails, as a model may, at questions with a certain word."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self._message = message

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        if any(UNEMBEDDABLE in text for text in texts):
            raise RuntimeError(self._message.format(text=texts[0]))
        return super().embed_queries(texts)


@contextmanager
def failing_client(root: Path, message: str) -> Iterator[TestClient]:
    """Serve with logging as ``askfirst serve`` has it and an encoder that fails."""
    build_small(root)
    configure_logging("json")
    logging.getLogger("uvicorn.access").disabled = True
    with TestClient(app_over(root, encoder=FailingEncoder(message)), raise_server_exceptions=False) as client:
        yield client


def requests_with(client: TestClient, word: str) -> list[int]:
    """Send a word in all the places where visitors' words may arrive, and return the statuses."""
    question = f"where is my {word}"
    return [
        client.post("/v1/answers", json={"question": question, "locale": "en"}).status_code,
        client.post("/support/en", data={"question": question}).status_code,
        client.get("/v1/suggest", params={"q": question, "locale": "en"}).status_code,
        client.post("/v1/answers", json={"question": question, "locale": word}).status_code,
        client.post("/v1/answers", json={"question": [question]}).status_code,
        client.post("/v1/answers", content=f"{{{question}").status_code,
        client.post("/v1/answers", json={"question": f"{word} " * 2000}).status_code,
        client.get(f"/help/en/{word}").status_code,
        client.get(f"/support/{word}").status_code,
    ]


def test_no_word_of_a_visitor_is_written_anywhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with failing_client(tmp_path, "the model failed") as client:
        statuses = requests_with(client, "elephant")
        metrics = client.get("/metrics").text

    written = capfd.readouterr()
    assert statuses == [200, 200, 200, 422, 422, 422, 422, 404, 200]
    assert "request.served" in written.err
    assert "elephant" not in written.out + written.err + metrics


def test_a_failure_is_a_problem_that_does_not_say_what_it_was(tmp_path: Path) -> None:
    with failing_client(tmp_path, "cannot embed {text}") as client:
        response = client.post("/v1/answers", json={"question": f"my {UNEMBEDDABLE}", "locale": "en"})
        well_again = client.post("/v1/answers", json={"question": "money", "locale": "en"})

    assert (response.status_code, response.headers["content-type"]) == (500, "application/problem+json")
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert UNEMBEDDABLE not in response.text
    assert "embed" not in response.text
    assert well_again.status_code == 200


@pytest.mark.parametrize(
    "message",
    [
        "the model failed",
        pytest.param(
            "cannot embed {text!r}",
        ),
    ],
)
def test_a_failure_is_logged_without_a_word_of_the_question(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], message: str
) -> None:
    with failing_client(tmp_path, message) as client:
        statuses = requests_with(client, UNEMBEDDABLE)

    written = capfd.readouterr()
    assert statuses[:3] == [500, 500, 500]
    assert written.err.count("request.failed") == 3
    assert UNEMBEDDABLE not in written.out + written.err
