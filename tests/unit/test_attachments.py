"""Which files are taken, by what is in them."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tickets.attachments import AttachmentRefused, AttachmentRules, Kind, inspect, safe_name


def archive(*names: str) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for name in names:
            opened.writestr(name, "żółw")
    return packed.getvalue()


JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(30)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + bytes(17)
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0e\x00\x00\x00" + bytes(14)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CSV = b"sku;name;price\nMUG-01;Stoneware mug;14.90\n"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(40)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (JPG, Kind.JPG),
        (PNG, Kind.PNG),
        (WEBP, Kind.WEBP),
        (PDF, Kind.PDF),
        (CSV, Kind.TXT),
        (archive("orders.csv", "zdjęcia/kubek.jpg"), Kind.ZIP),
        (archive(), Kind.ZIP),
        (b"a", Kind.TXT),
        ("Zażółć gęślą jaźń\r\n\tkoniec".encode(), Kind.TXT),
        ("\ufeffnazwa;cena\nkubek;14,90".encode(), Kind.TXT),
        ("Zażółć gęślą jaźń".encode("cp1250"), Kind.TXT),
        ("Où est ma commande ?".encode("cp1252"), Kind.TXT),
        ("Где мой заказ?".encode("cp1251"), Kind.TXT),
        ("注文が届きません".encode(), Kind.TXT),
        ("أين طلبي؟".encode("utf-16"), Kind.TXT),
        ("Wo ist meine Bestellung?".encode("utf-16-be").join([b"\xfe\xff", b""]), Kind.TXT),
        (b"MZ is how we call the larger mug\n", Kind.TXT),
        (b"size < 30 cm and <b>bold</b>, as the import file has it\n", Kind.TXT),
    ],
)
def test_a_file_is_what_its_content_is_whatever_it_is_called(content: bytes, kind: Kind) -> None:
    for name in ("photo.png", "kubek.exe", "", "../../etc/passwd"):
        assert inspect(name, content) is kind


def test_a_text_is_a_table_if_it_is_called_one() -> None:
    assert inspect("Produkty.CSV", CSV) is Kind.CSV
    assert inspect("photo.csv", PNG) is Kind.PNG


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (HEIC, "image/heif"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "image/gif"),
        (archive("[Content_Types].xml", "xl/workbook.xml"), "application/zip"),
        (archive("mimetype", "content.xml"), "application/zip"),
        (archive("META-INF/MANIFEST.MF", "A.class"), "application/zip"),
        (b"PK\x03\x04 and then nothing that a ZIP has", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "application/msword"),
        (b"MZ\x90\x00" + bytes(200), "application/vnd.microsoft.portable-executable"),
        (b"<!doctype html><script>alert(1)</script>", "text/html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg">', "image/svg+xml"),
        (b"{\\rtf1 hello}", "application/rtf"),
    ],
)
def test_what_is_not_taken_is_refused_with_what_it_seems_to_be(content: bytes, found: str) -> None:
    with pytest.raises(AttachmentRefused, match="seems to be") as refused:
        inspect("photo.jpg", content)

    assert (refused.value.reason, refused.value.found) == ("kind", found)


@pytest.mark.parametrize(
    "content",
    [
        b"\x7fELF\x02\x01\x01" + bytes(60),
        b"\n\t <HTML lang='pl'>",
        b"<script>alert(1)</script>",
        b"\xef\xbb\xbf<svg onload='alert(1)'>",
        "<html><body>".encode("utf-16"),
        b"<?xml version='1.0'?><svg/>",
        b"<?php system('ls');",
        b"<!-- note --><html>",
        b"#!/bin/sh\nrm -rf /\n",
        b"%!PS-Adobe-3.0\n",
        b"\xff\xd8 is how a picture begins, but not this one\x00",
        b"text with a zero \x00 in it",
        b"\x1b[31mred\x1b[0m",
        b"RIFF\x1a\x00\x00\x00WAVEfmt " + bytes(20),
        PNG[:8] + bytes(20),
        bytes(range(256)),
    ],
)
def test_programs_pages_and_what_nobody_knows_are_refused(content: bytes) -> None:
    with pytest.raises(AttachmentRefused) as refused:
        inspect("notes.txt", content)

    assert refused.value.reason == "kind"


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(AttachmentRefused, match="empty") as refused:
        inspect("notes.txt", b"")

    assert refused.value.reason == "empty"


def test_a_file_may_be_as_large_as_the_rules_say_and_no_larger() -> None:
    rules = AttachmentRules(max_bytes=len(CSV))

    assert inspect("a.csv", CSV, rules) is Kind.CSV
    with pytest.raises(AttachmentRefused, match=f"has {len(CSV) + 1} bytes; at most {len(CSV)}") as refused:
        inspect("a.csv", CSV + b"\n", rules)
    assert refused.value.reason == "too_large"


def test_five_files_of_ten_megabytes_are_taken_as_the_help_pages_say() -> None:
    assert AttachmentRules() == AttachmentRules(most=5, max_bytes=10_485_760)


@given(
    st.one_of(
        st.binary(max_size=300),
        st.tuples(
            st.sampled_from([JPG, PNG, WEBP, PDF, HEIC, archive("a"), b"RIFF", b"<"]), st.binary(max_size=60)
        ).map(lambda parts: parts[0][: len(parts[1])] + parts[1]),
    )
)
def test_any_content_is_of_a_kind_or_refused(content: bytes) -> None:
    assert kind_or_reason(content) in {*Kind, "kind", "empty"}


def kind_or_reason(content: bytes) -> str:
    try:
        return inspect("a.txt", content)
    except AttachmentRefused as exc:
        return exc.reason


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("Zrzut ekranu.PNG", Kind.PNG, "Zrzut ekranu.png"),
        ("photo.JPEG", Kind.JPG, "photo.jpeg"),
        ("photo.png", Kind.JPG, "photo.png.jpg"),
        ("invoice.pdf.exe", Kind.PDF, "invoice.pdf.exe.pdf"),
        ("../../etc/passwd", Kind.TXT, "passwd.txt"),
        ("C:\\Users\\Ola\\kubek.csv", Kind.CSV, "kubek.csv"),
        ("invoice\u202egnp.exe", Kind.PNG, "invoice gnp.exe.png"),
        ("a\r\nX-Header: b.zip", Kind.ZIP, "a X-Header_ b.zip"),
        ('a"b;c%2e.txt', Kind.TXT, "a_b_c_2e.txt"),
        ("注文 書.pdf", Kind.PDF, "注文 書.pdf"),
        ("فاتورة.pdf", Kind.PDF, "فاتورة.pdf"),
        ("z\u0307o\u0301łw.txt", Kind.TXT, "żółw.txt"),
        ("", Kind.ZIP, "file.zip"),
        ("..", Kind.ZIP, "file.zip"),
        (".htaccess", Kind.TXT, "htaccess.txt"),
        (".png", Kind.PNG, "png.png"),
        ("\ud800.txt", Kind.TXT, "txt.txt"),
        ("x" * 300 + ".pdf", Kind.PDF, "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_and_ends_as_its_kind_does(name: str, kind: Kind, safe: str) -> None:
    assert safe_name(name, kind) == safe


@given(st.text(st.characters()), st.sampled_from(Kind))
def test_any_name_is_made_safe_and_stays_so(name: str, kind: Kind) -> None:
    safe = safe_name(name, kind)

    assert safe == safe_name(safe, kind)
    assert 5 <= len(safe) <= 120
    assert safe.endswith(kind.endings)
    assert safe.isprintable()
    assert not set(safe) & set('/\\<>:"|?*%;')
    assert not safe.startswith(".")
