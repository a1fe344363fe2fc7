"""``askfirst index compare``, the gate of ``promote`` and ``build``, and ``record replay``, as people run them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.adapters.sql.record import SqlRecord
from assistant.asking.assistant import Assistant
from assistant.asking.curation import snapshot_of
from assistant.asking.models import Question
from assistant.record.events import Who
from assistant.record.keys import Keys
from assistant.record.ports import Append
from assistant.record.recorder import Asking, Experiment, Recorder
from commands.main import main
from tests.record_story import DAY, HOUR, event

NOW = time.time_ns() // 1_000_000
DOMAIN = "How do I connect my own domain to the shop?"
RETURNS = "Jak długo klient może zwrócić towar?"
PAGES = {
    "en/domain.md": "# Connect your own domain\n\nHow do I connect my own domain to the shop? Open Settings, choose "
    "Domains, and type the name of your own domain. Then point its DNS records to us, as the page shows.\n",
    "en/invoices.md": "# Invoices\n\nEach order has an invoice, which you print or send as a PDF.\n",
    "pl/zwroty.md": "# Jak długo klient może zwrócić towar\n\nKlient może zwrócić towar w ciągu czternastu dni od "
    "odebrania paczki, bez podania powodu. Czas liczy się od dnia dostawy.\n",
    "ar/invoices.md": "# الفواتير\n\nلكل طلب فاتورة يمكنك طباعتها أو إرسالها من صفحة الطلب.\n",
}


@dataclass(frozen=True)
class Done:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process, over a database and an index of the test's own."""
    settings = {
        "DATABASE": f"sqlite:///{tmp_path}/record.db",
        "SECRET": "a secret of the tests",
        "INDEX_DIR": str(tmp_path / "index"),
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"ASKFIRST_{name}", value)

    def run(*arguments: str) -> Done:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["askfirst", *arguments])
        code: object = 0
        try:
            main()
        except SystemExit as exc:
            code = exc.code
        said = capsys.readouterr()
        return Done(int(str(code or 0)), said.out, said.err)

    return run


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    for name, text in PAGES.items():
        (tmp_path / "pages" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pages" / name).write_text(text, "utf-8")
    return tmp_path / "pages"


@pytest.fixture
def recorder(run: Run, tmp_path: Path) -> Iterator[tuple[Recorder, SqlRecord]]:
    record = SqlRecord(f"sqlite:///{tmp_path}/record.db")
    recorder = Recorder(record, Keys(b"0" * 32), Experiment("1", 0.0))
    yield recorder, record
    recorder.close()
    record.close()


def solved(recorder: tuple[Recorder, SqlRecord], assistant: Assistant, text: str, locale: str, *, people: int) -> str:
    """Record that some people asked a question and that the answer solved it; return the last one's id."""
    for number in range(people):
        name, at = f"{locale}-{number}", NOW - 10 * DAY + number * HOUR
        reply = assistant.answer(Question(text, locale))
        asked, committed = recorder[0].asked(
            Asking(name, at, text, Who(visitor=name), "support", with_ticket_intent=True),
            reply,
            matter_of=assistant.matter_of,
            curation=snapshot_of(assistant.curation.sources),
        )
        committed.result(5)
        solves = event("solved", at + 1, scope=name, episode=asked.episode, rank=1)
        recorder[1].submit(Append(events=[solves])).result(5)
    recorder[1].fold()
    return name


def opened(tmp_path: Path, generation: str) -> Assistant:
    from api.settings import Settings
    from commands.gating import Opening
    from indexer.generations import Generations

    return Opening(Settings(), Generations(tmp_path / "index"))(generation)


def test_a_build_that_loses_what_helped_is_not_promoted_unless_forced(
    run: Run, pages: Path, recorder: tuple[Recorder, SqlRecord], tmp_path: Path
) -> None:
    live = run("index", "build", "--pages", str(pages)).out.strip()
    assistant = opened(tmp_path, live)
    solved(recorder, assistant, DOMAIN, "en", people=2)
    interaction = solved(recorder, assistant, RETURNS, "pl", people=1)
    (pages / "pl/zwroty.md").unlink()
    (pages / "en/domain.md").write_text("# Connect your own domain\n\nSoon.\n", "utf-8")

    blocked = run("index", "build", "--pages", str(pages))

    assert blocked.code == 1
    assert f"only 3% of the text of en/domain is left; 2 people were helped by it: “{DOMAIN}”" in blocked.err
    gone = (
        f"the page pl/zwroty is gone, and its address /help/pl/zwroty with it; 1 person was helped by it: “{RETURNS}”"
    )
    assert gone in blocked.err
    assert "it would lose 2 of 2 confirmed answers, and at most 0 may be lost" in blocked.err
    listed = run("index", "list").out.splitlines()
    assert [line.split()[:2] for line in listed if "live" in line] == [["live", live]]
    candidate = listed[-1].split()[0]
    assert candidate != live

    compared = run("index", "compare", "--json", str(tmp_path / "compared.json"))

    assert compared.code == 0
    assert f"{live} → {candidate}: 2 questions, asked 3 times" in compared.out
    assert "lost: 1 questions, asked 1 times" in compared.out  # the emptied page still comes first for its title
    written = json.loads((tmp_path / "compared.json").read_text("utf-8"))
    assert written["times"] == {"lost": 1, "changed": 0, "newly_answered": 0, "unchanged": 2}

    assert run("index", "promote", candidate).code == 1
    forced = run("index", "promote", candidate, "--force")

    assert (forced.code, forced.out) == (0, f"{candidate} is live\n")
    assert "promoted all the same (--force): 2 confirmed answers are lost" in forced.err

    same = run("record", "replay", interaction)
    other = run("record", "replay", interaction, "--generation", candidate)
    every = run("record", "replay", "--all", "--json")

    assert (same.code, same.out) == (0, f"the same answer, to the last digit, from generation {live}\n")
    assert other.code == 0
    assert "pl/zwroty" in other.out
    assert json.loads(every.out) == {"replayed": 3, "same": 3, "not_kept": {}, "differing": []}


def test_harmless_edits_pass_and_more_losses_pass_if_they_are_allowed(
    run: Run, pages: Path, recorder: tuple[Recorder, SqlRecord], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = run("index", "build", "--pages", str(pages)).out.strip()
    solved(recorder, opened(tmp_path, live), DOMAIN, "en", people=1)
    (pages / "en/domain.md").write_text(PAGES["en/domain.md"] + "\nStill stuck? Write to us.\n", "utf-8")

    mended = run("index", "build", "--pages", str(pages))
    (pages / "en/domain.md").unlink()
    blocked = run("index", "build", "--pages", str(pages))
    monkeypatch.setenv("ASKFIRST_PROMOTION_LOSSES", "1")
    allowed = run("index", "build", "--pages", str(pages))

    assert (mended.code, blocked.code, allowed.code) == (0, 1, 0)
    assert "the page en/domain is gone" in allowed.err
    assert run("index", "rollback").out == f"{mended.out.strip()} is live again\n"


def test_questions_of_a_file_are_compared_without_a_record(run: Run, pages: Path, tmp_path: Path) -> None:
    live = run("index", "build", "--pages", str(pages)).out.strip()
    (pages / "en/zebras.md").write_text(
        "# Where do zebras cross the street\n\nZebras cross on zebra crossings.\n", "utf-8"
    )
    draft = run("index", "build", "--pages", str(pages), "--no-promote").out.strip()
    asked = [
        {"id": "1", "text": "where do zebras cross the street", "lang": "en"},
        {"id": "2", "text": DOMAIN, "lang": "en"},
    ]
    (tmp_path / "asked.jsonl").write_text("".join(json.dumps(one) + "\n" for one in asked), "utf-8")

    compared = run("index", "compare", live, draft, "--questions", str(tmp_path / "asked.jsonl"))

    assert compared.code == 0
    assert "newly answered: 1 questions, asked 1 times\n  en  “where do zebras cross the street”" in compared.out
    assert "unchanged: 1 questions" in compared.out
    assert not (tmp_path / "record.db").exists()


def test_what_cannot_be_compared_or_replayed_is_said_in_one_message(run: Run, pages: Path) -> None:
    run("index", "build", "--pages", str(pages))

    assert "there is nothing to compare" in run("index", "compare").err
    run("index", "build", "--pages", str(pages), "--full", "--no-promote")
    assert "there are no past questions in the record" in run("index", "compare").err
    assert "there is no interaction 'nothing'" in run("record", "replay", "nothing").err
    assert "name one interaction, or add --all" in run("record", "replay").err
