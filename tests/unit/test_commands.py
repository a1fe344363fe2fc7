"""The command line as people run it: results, messages, exit codes. Never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "askfirst"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=PROJECT, env={**os.environ, **environment}, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (["index", "build", "--pages", "no/such/folder"], {}, "no/such/folder is not a folder"),
        (["index", "build", "--pages", "tests/unit"], {}, "holds no Markdown files"),
        (["ask", "anything"], {}, "askfirst index build --pages DIR"),
        (["index", "rollback"], {}, "no earlier generation"),
        (["index", "promote", "x"], {}, "no generation 'x'"),
        (["index", "verify"], {}, "there is no index"),
        (["eval", "retrieval", "--data", "tests"], {}, "tests has no corpus.jsonl and no Markdown pages"),
        (["ask", "anything"], {"ASKFIRST_PORT": "many"}, "the setting ASKFIRST_PORT is wrong"),
        (["ask", "anything"], {"ASKFIRST_STORE": "drawer"}, "the setting ASKFIRST_STORE is wrong"),
    ],
)
def test_a_known_error_is_one_message_and_exit_code_1(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], says: str
) -> None:
    done = run(*arguments, ASKFIRST_INDEX_DIR=str(tmp_path / "index"), **environment)

    assert done.returncode == 1
    assert says in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_strict_lists_every_unreadable_file_and_builds_nothing(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "good.md").write_text("# Good\n\nText.", "utf-8")
    (pages / "latin.md").write_bytes("# Zażółć".encode("iso-8859-2"))
    (pages / "front.md").write_text("---\ntitle: [\n---\nText.", "utf-8")

    done = run("index", "build", "--pages", str(pages), "--strict", ASKFIRST_INDEX_DIR=str(tmp_path / "index"))

    assert done.returncode == 1
    assert "latin.md: it is not UTF-8" in done.stderr
    assert "front.md: the front matter is not valid YAML" in done.stderr
    assert not (tmp_path / "index" / "generations").exists()


def test_an_unknown_model_is_one_message(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "good.md").write_text("# Good\n\nText.", "utf-8")

    done = run(
        "index",
        "build",
        "--pages",
        str(pages),
        ASKFIRST_INDEX_DIR=str(tmp_path / "index"),
        ASKFIRST_MODEL=str(tmp_path / "no-model"),
        HF_HUB_OFFLINE="1",
    )

    assert done.returncode == 1
    assert "no-model" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_is_indexed_asked_and_checked(tmp_path: Path) -> None:
    pages = tmp_path / "pages" / "en"
    pages.mkdir(parents=True)
    (pages / "opening.md").write_text(
        "# Opening hours\n\n## When are you open?\n\nFrom nine to five, Monday to Friday.\n", "utf-8"
    )
    (pages / "parking.md").write_text("# Parking\n\nCars can be left behind the building, free of charge.\n", "utf-8")
    (pages / "bad.md").write_bytes(b"\xff\xfe")
    index = {"ASKFIRST_INDEX_DIR": str(tmp_path / "index")}

    built = run("index", "build", "--pages", str(pages.parent), **index)
    asked = run("ask", "where do I park my car", "--locale", "en", "--json", **index)
    listed = run("index", "list", **index)
    checked = run("doctor", **index)

    assert built.returncode == 0, built.stderr
    assert "bad.md" in built.stderr
    generation = built.stdout.strip().splitlines()[-1]
    assert generation in listed.stdout
    reply = json.loads(asked.stdout)
    assert reply["generation"] == generation
    assert reply["answers"][0]["page"]["id"] == "en/parking"
    assert checked.returncode == 0, checked.stdout
    assert "all is well" in checked.stdout


def test_doctor_finds_a_damaged_index(tmp_path: Path, starter_index: Path) -> None:
    import shutil

    index = Path(shutil.copytree(starter_index, tmp_path / "index"))
    for passages in (index / "generations").glob("*/passages.jsonl"):
        passages.write_text("", "utf-8")

    done = run("doctor", ASKFIRST_INDEX_DIR=str(index))

    assert done.returncode == 1
    assert "passages.jsonl has changed" in done.stdout
