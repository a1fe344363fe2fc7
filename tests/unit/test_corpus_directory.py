"""A folder of files → pages, with all that could not be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from corpus.errors import NoPages, PagesUnreadable
from corpus.page import Page
from corpus.readers.directory import Reading, read_directory
from corpus.readers.markdown import MAX_FILE_BYTES, source_digest

_POLISH = "# Zwroty\n\nTowar można zwrócić w ciągu czternastu dni od otrzymania przesyłki.\n"
_GREEK = "# Επιστροφές\n\nΜπορείτε να επιστρέψετε το προϊόν εντός δεκατεσσάρων ημερών από την παραλαβή.\n"
_ARABIC = "# الإرجاع\n\nيمكنك إرجاع المنتج خلال أربعة عشر يومًا من استلام الطلب.\n"
_CHINESE = "# 退货\n\n您可以在收到订单后的十四天内退货，我们会把钱退给您。\n"


def _write(root: Path, **files: str | bytes) -> None:
    """Write files, named with ``__`` for a slash."""
    for name, content in files.items():
        path = root / (name.replace("__", "/") + ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def _locales(reading: Reading) -> dict[str, str]:
    return {page.id: page.locale for page in reading.pages}


def _kept(pages: tuple[Page, ...]) -> dict[tuple[str, str], Page]:
    """Return pages as an earlier build keeps them, marked so that a test can tell them from new ones."""
    return {(page.id, page.digest): replace(page, title="kept") for page in pages}


def test_a_folder_names_the_locale_of_the_pages_in_it(tmp_path: Path) -> None:
    _write(tmp_path, pl__a="Text.", docs__pt_BR__a="Text.")
    (tmp_path / "zh-hant").mkdir()
    (tmp_path / "zh-hant" / "a.md").write_text("Text.")

    reading = read_directory(tmp_path)

    assert _locales(reading) == {"pl/a": "pl", "docs/pt_BR/a": "pt-BR", "zh-hant/a": "zh-Hant"}


def test_front_matter_outweighs_the_folder(tmp_path: Path) -> None:
    _write(tmp_path, pl__a="---\nlocale: el\n---\nText.")

    assert _locales(read_directory(tmp_path)) == {"pl/a": "el"}


def test_where_no_folder_names_a_locale_the_language_of_the_folder_is_detected(tmp_path: Path) -> None:
    _write(tmp_path, pomoc__a=_POLISH, pomoc__b="# OK\n", voithia__a=_GREEK, arabiya__a=_ARABIC, bangzhu__a=_CHINESE)

    assert _locales(read_directory(tmp_path)) == {
        "arabiya/a": "ar",
        "bangzhu/a": "zh",
        "pomoc/a": "pl",
        "pomoc/b": "pl",
        "voithia/a": "el",
    }


def test_front_matter_in_english_does_not_hide_the_language_of_a_short_page(tmp_path: Path) -> None:
    front = "---\naudience: merchants and their customers\ncover: the image that is shown above this page\n---\n"
    _write(tmp_path, help__a=f"{front}Zwroty przyjmujemy.\n")

    assert _locales(read_directory(tmp_path)) == {"help/a": "pl"}


def test_where_the_language_is_not_clear_the_default_is_taken(tmp_path: Path) -> None:
    _write(tmp_path, a="12345\n")

    assert _locales(read_directory(tmp_path, default_locale="nl")) == {"a": "nl"}


def test_a_hosted_address_names_the_locale_once(tmp_path: Path) -> None:
    _write(tmp_path, pl__faq__README="Text.", pt_br__a="Text.", help__a=_GREEK)

    assert [page.url for page in read_directory(tmp_path).pages] == ["/help/el/help/a", "/help/pl/faq", "/help/pt-BR/a"]


def test_a_page_with_an_address_of_its_own_is_not_hosted(tmp_path: Path) -> None:
    _write(tmp_path, pl__a="---\nurl: https://sklep.example/a\n---\nText.")

    [page] = read_directory(tmp_path).pages

    assert (page.url, page.hosted) == ("https://sklep.example/a", False)


def test_hidden_files_and_other_kinds_are_no_pages_and_a_contents_file_is_passed_over(tmp_path: Path) -> None:
    _write(tmp_path, en__a="Text.", en__SUMMARY="* [A](a.md)", _x="Text.")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "b.md").write_text("Text.")
    (tmp_path / "en" / "c.txt").write_text("Text.")

    reading = read_directory(tmp_path)

    assert {page.id for page in reading.pages} == {"_x", "en/a"}
    assert reading.passed_over == (tmp_path / "en" / "SUMMARY.md",)


def test_files_that_cannot_be_read_are_collected_with_path_and_reason_and_the_others_are_pages(tmp_path: Path) -> None:
    _write(
        tmp_path,
        pl__bytes=b"# Zwroty\n\nza\xbf\xf3\xb3\xe6",
        pl__front="---\ntitle: [\n---\nText.",
        pl__good=_POLISH,
        pl__large=b"x" * (MAX_FILE_BYTES + 1),
        pl__nested="> " * 10 + "<div>" * 3000,
        pl__twice="Text.",
        pl__twice__README="Text.",
    )

    reading = read_directory(tmp_path)

    reasons = {problem.path.relative_to(tmp_path).as_posix(): problem.reason for problem in reading.problems}
    assert list(reasons) == ["pl/bytes.md", "pl/front.md", "pl/large.md", "pl/nested.md", "pl/twice/README.md"]
    assert reasons["pl/bytes.md"] == "it is not UTF-8: byte 12 is 0xbf"
    assert reasons["pl/front.md"].startswith("the front matter is not valid YAML")
    assert reasons["pl/large.md"] == "it has 5 MB; a help page may have 5 MB"
    assert reasons["pl/nested.md"] == "its lists, quotes or HTML elements are nested too deeply"
    assert reasons["pl/twice/README.md"] == "another file already gives the page 'pl/twice'"
    assert [page.id for page in reading.pages] == ["pl/good", "pl/twice"]


def test_two_pages_cannot_have_one_address(tmp_path: Path) -> None:
    _write(tmp_path, a="---\nurl: /x\n---\n", b="---\nurl: /x\n---\n")

    [problem] = read_directory(tmp_path).problems

    assert problem.reason == "the page 'a' already has the address /x"


def test_strict_reading_raises_with_every_problem(tmp_path: Path) -> None:
    _write(tmp_path, a=b"\xff", b="---\ntitle: [\n---\n", c="Text.")

    with pytest.raises(PagesUnreadable, match="2 of the files cannot be read") as raised:
        read_directory(tmp_path, strict=True)

    assert [problem.path.name for problem in raised.value.problems] == ["a.md", "b.md"]
    assert str(tmp_path / "a.md") in str(raised.value)


def test_a_folder_that_is_not_there_or_has_no_pages_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Text.")

    with pytest.raises(NoPages, match="is not a folder"):
        read_directory(tmp_path / "gone")
    with pytest.raises(NoPages, match="holds no Markdown files"):
        read_directory(tmp_path)


def test_progress_counts_every_file_that_was_opened(tmp_path: Path) -> None:
    _write(tmp_path, a="Text.", b="---\ntitle: [\n---\n")
    seen: list[tuple[int, int]] = []

    read_directory(tmp_path, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(1, 2), (2, 2)]


def test_reading_in_several_processes_gives_what_reading_one_by_one_gives(tmp_path: Path) -> None:
    texts = [_POLISH, _GREEK, _ARABIC, _CHINESE]
    _write(tmp_path, **{f"en__p{n}": texts[n % 4] + f"\n## {n}?\n\n[next](p{n + 1}.md)\n" for n in range(70)})
    _write(tmp_path, en__p3="---\ntitle: [\n---\n", en__p5=b"\xff", en__p7__README="Text.")

    together = read_directory(tmp_path)
    kept = {(page.id, page.digest): page for page in together.pages[:20]}
    one_by_one = read_directory(tmp_path, kept=kept)

    assert len(together.pages) == 68
    assert one_by_one.pages == together.pages
    assert [str(p) for p in one_by_one.problems] == [str(p) for p in together.problems]
    assert [p.path.name for p in together.problems] == ["p3.md", "p5.md", "README.md"]


def test_a_page_kept_from_an_earlier_build_is_not_read_again(tmp_path: Path) -> None:
    _write(tmp_path, pl__a=_POLISH)
    kept = _kept(read_directory(tmp_path).pages)

    assert [page.title for page in read_directory(tmp_path, kept=kept).pages] == ["kept"]


def test_a_page_whose_file_has_changed_is_read_again(tmp_path: Path) -> None:
    _write(tmp_path, pl__a=_POLISH, pl__b=_POLISH)
    kept = _kept(read_directory(tmp_path).pages)
    _write(tmp_path, pl__a=_POLISH + "\nNowe.\n")

    assert [page.title for page in read_directory(tmp_path, kept=kept).pages] == ["Zwroty", "kept"]


def test_a_page_whose_folder_is_taken_for_another_language_now_is_read_again(tmp_path: Path) -> None:
    _write(tmp_path, help__a="OK\n")
    kept = _kept(read_directory(tmp_path, default_locale="nl").pages)

    [page] = read_directory(tmp_path, default_locale="el", kept=kept).pages

    assert (page.title, page.locale) == ("A", "el")


def test_a_page_remembers_the_digest_of_its_file(tmp_path: Path) -> None:
    _write(tmp_path, pl__a=_POLISH)

    assert read_directory(tmp_path).pages[0].digest == source_digest(_POLISH, PurePosixPath("pl/a.md"))
