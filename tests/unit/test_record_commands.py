"""``askfirst record`` and ``askfirst report`` as people run them: results, one message for an error, exit codes."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assistant.adapters.attachment_store import AttachmentStore
from assistant.adapters.sql.desk import SqlTickets
from assistant.adapters.sql.migrating import newest
from assistant.adapters.sql.record import SqlRecord
from assistant.asking.assistant import Assistant
from assistant.asking.models import Question
from assistant.record.checking import check
from assistant.record.evidence import MACHINE, Evidence, EvidencePassage, Finding, Verdict
from assistant.record.keys import Keys, secret_bytes
from assistant.record.ports import Append
from assistant.tickets.models import Conversation, Customer, DeskTicket, FeeState, File, TicketState
from assistant.tickets.ports import AttachmentMissing, KeptFile
from assistant.tickets.promises import Lane
from commands.main import main
from tests.record_story import DAY, event, missed, question, ticket, ticket_event

SECRET = "a secret of the tests"  # noqa: S105
KEYS = Keys(secret_bytes(SECRET))
ANN = KEYS.who(visitor="ann-s-browser", account="ann@example.org")
BEN = KEYS.who(visitor="ben-s-browser", account=None)
NOW = time.time_ns() // 1_000_000
WHEN = NOW - 10 * DAY


@dataclass(frozen=True)
class Done:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/kept/record.db"


@pytest.fixture
def run(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process, over a database and an index of the test's own."""
    settings = {"DATABASE": database, "SECRET": SECRET, "INDEX_DIR": str(tmp_path / "index"), "TIME_ZONE": "UTC"}
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


def fill(database: str) -> None:
    """Keep a record of Ann, whose ticket followed an answer, and of Ben, for whom there was none."""
    record = SqlRecord(database)
    record.submit(
        Append(
            interactions=[
                question("q1", WHEN, who=ANN, question="[bold]gdzie[/bold] są pieniądze"),
                missed("q2", WHEN + 1, episode="e2", who=BEN, question="=1+1, החזר"),
            ],
            events=[replace(ticket_event(WHEN + 2)), event("opened", WHEN + 1)],
            tickets=[ticket(at=WHEN + 2, text="my ticket")],
        )
    ).result(5)
    record.fold()
    record.close()


def rows_in(database: str, table: str) -> int:
    with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as connection:
        number: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
        return number


def test_a_schema_is_brought_up_to_date_and_taken_back(run: Run, database: str) -> None:
    assert run("record", "upgrade") == Done(0, f"schema none → {newest()}\n", "")
    assert run("record", "upgrade") == Done(0, f"schema {newest()} → {newest()}\n", "")
    refused = run("record", "downgrade", "0001")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == ("error: going back loses what the later schema holds: take a backup, then add --force\n")

    assert run("record", "downgrade", "0001", "--force") == Done(0, f"schema {newest()} → 0001\n", "")


def test_a_backup_is_written_and_put_back(run: Run, database: str, tmp_path: Path) -> None:
    fill(database)
    path = str(tmp_path / "backup.zip")

    done = run("record", "backup", path)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(f"rows of schema {newest()} written to {path}\n")
    there = run("record", "backup", path)
    assert (there.code, there.err) == (1, f"error: {path} is there already; add --force to replace it\n")
    full = run("record", "restore", path)
    assert (full.code, full.err) == (
        1,
        "error: the database holds a record already; add --force to replace it by the backup\n",
    )
    restored = run("record", "restore", path, "--force")
    assert (restored.code, restored.out) == (0, done.out.replace(f"of schema {newest()} written to", "restored from"))
    assert rows_in(database, "interactions") == 2


def test_a_person_is_exported_as_json(run: Run, database: str, tmp_path: Path) -> None:
    fill(database)

    done = run("record", "export", "--account", "ann@example.org")
    assert {name: len(rows) for name, rows in json.loads(done.out).items()} == {
        "interactions": 1,
        "events": 2,
        "episodes": 1,
        "tickets": 1,
        "verdicts": 0,
        "desk_tickets": 0,
        "gap_questions": 0,
        "desk_files": 0,
        "messages": 0,
        "deliveries": 0,
        "checklists": 0,
        "standings": 0,
        "contests": 0,
    }
    assert "החזר" not in done.out
    out = tmp_path / "ann.json"
    written = run("record", "export", "--account", "ann@example.org", "--out", str(out))
    assert (written.out, written.err) == ("", f"5 rows written to {out}\n")
    assert out.read_text("utf-8") == done.out


def test_a_person_is_erased_when_that_is_meant(run: Run, database: str) -> None:
    fill(database)

    asked = run("record", "erase", "--visitor", "ann-s-browser")
    assert (asked.code, asked.out) == (1, "")
    assert asked.err == ("error: 5 rows are recorded of this person: add --force to delete them for good\n")
    done = run("record", "erase", "--visitor", "ann-s-browser", "--force")
    assert (done.code, done.out, done.err) == (0, "5 rows deleted\n", "")
    assert rows_in(database, "interactions") == 1


@pytest.mark.parametrize("command", ["export", "erase"])
@pytest.mark.parametrize("names", [[], ["--visitor", "a", "--account", "b"]])
def test_one_person_has_to_be_named(run: Run, command: str, names: list[str]) -> None:
    done = run("record", command, *names)

    assert (done.code, done.out) == (1, "")
    assert done.err == "error: name one person: --account ACCOUNT, or --visitor ID\n"


def test_what_is_past_its_retention_is_deleted(run: Run, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(database)
    monkeypatch.setenv("ASKFIRST_KEEP_TEXT_DAYS", "9")
    monkeypatch.setenv("ASKFIRST_KEEP_EVENT_DAYS", "9")

    assert run("record", "retain") == Done(0, "3 texts emptied, the events of 2 episodes and 0 episodes deleted\n", "")
    assert rows_in(database, "interactions") == 0


def test_what_is_in_the_files_of_old_tickets_is_deleted_too(
    run: Run, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKFIRST_ATTACHMENTS", f"file:{tmp_path}/attachments")
    monkeypatch.setenv("ASKFIRST_KEEP_TEXT_DAYS", "9")
    contents, record = AttachmentStore(f"file:{tmp_path}/attachments"), SqlRecord(database)
    store, file = SqlTickets(record.engine), File("f" * 32, "bill.pdf", "pdf", 4)
    store.add_file(KeptFile(file, "ann", None, WHEN))
    contents.put(file.id, b"%PDF")
    asked = DeskTicket(
        id="T-1",
        key="k" * 12,
        account="ann",
        customer=Customer("ann"),
        locale="pl",
        text="Gdzie są pieniądze?",
        wanted=Lane.STANDARD,
        lane=Lane.STANDARD,
        fee=FeeState.NONE,
        state=TicketState.RECEIVED,
        written_at=WHEN,
        sent_at=WHEN,
        promised_at=WHEN,
        conversation=Conversation(),
    )
    store.add(asked, files=[file.id])
    record.close()

    assert run("record", "retain").code == 0
    with pytest.raises(AttachmentMissing):
        contents.get(file.id)


def test_episodes_are_folded_again(run: Run, database: str) -> None:
    fill(database)

    assert run("record", "refold") == Done(0, "2 episodes folded\n", "")


def test_verdicts_of_the_staff_become_labelled_questions(run: Run, database: str, tmp_path: Path) -> None:
    fill(database)
    record = SqlRecord(database)
    found = EvidencePassage("en/refunds#1", "en/refunds", "refunds", "d", "text", 1, 0.9, shown=True, opened=False)
    evidence = Evidence("where is my money", "en", "g1", "c1", answered=True, confidence=0.9, passages=(found,))
    record.add_verdict(Verdict("T-1", MACHINE, Finding.SHOWN_NOT_OPENED, "", WHEN), evidence)
    record.add_verdict(Verdict("T-1", "zofia", Finding.SHOWN_NOT_OPENED, "", WHEN))
    record.close()
    out = tmp_path / "labels"

    assert (
        run("record", "labels", str(out)).out == f"1 questions that the docs answer and 0 that they do not, in {out}\n"
    )
    assert json.loads((out / "queries.jsonl").read_text("utf-8")) == {
        "id": "T-1",
        "text": "where is my money",
        "lang": "en",
    }
    assert (out / "qrels.tsv").read_text("utf-8") == "query_id\tdoc_id\trelevance\nT-1\ten/refunds\t1\n"
    assert run("record", "labels", str(out)).err.startswith(f"error: {out} holds labelled questions already")


def test_what_staff_says_of_the_ticket_stands_with_the_miss(run: Run, database: str) -> None:
    fill(database)
    record = SqlRecord(database)
    record.add_verdict(Verdict("T-1", "zofia", Finding.NOT_SHOWN, "", WHEN))
    record.close()

    rows = list(csv.DictReader(io.StringIO(run("record", "misses", "--csv").out)))
    assert "in_docs_not_shown" in {row["staff"] for row in rows}


def test_misses_are_listed_as_they_were_typed(run: Run, database: str) -> None:
    fill(database)

    done = run("record", "misses")
    assert (done.code, done.err) == (0, "2 of what the pages did not answer\n")
    assert "[bold]gdzie[/bold] są pieniądze" in done.out
    assert "nearest: en/refunds" in done.out
    assert run("record", "misses", "--most", "1").err == "1 of what the pages did not answer\n"
    assert run("record", "misses", "--to", "2020-01-01").err == "0 of what the pages did not answer\n"


def test_misses_are_written_as_csv_that_no_spreadsheet_takes_for_formulas(run: Run, database: str) -> None:
    fill(database)

    rows = list(csv.DictReader(io.StringIO(run("record", "misses", "--csv").out)))
    assert [(row["became"], row["shown"], row["nearest"]) for row in rows] == [
        ("B", "missed", "en/refunds"),
        ("F", "answered", "en/refunds"),
    ]
    assert rows[1]["question"] == "[bold]gdzie[/bold] są pieniądze"
    assert rows[0]["question"].lstrip("'") == "=1+1, החזר"
    assert not rows[0]["question"].startswith("=")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["record", "misses", "--from", "2026-02-02", "--to", "2026-02-01"], "ends before it, on 2026-02-01"),
        (["report", "--from", "2026-02-02", "--to", "2026-02-01"], "ends before it, on 2026-02-01"),
        (["record", "check", "T-404"], "there is no evidence on ticket 'T-404'"),
        (["record", "restore", "no/such.zip"], "no/such.zip: No such file or directory"),
        (["record", "restore", "README.md"], "README.md: not a backup, or not whole"),
        (["record", "downgrade", "0042", "--force"], "cannot be taken to '0042'"),
        (["record", "backup", "no/such/folder/b.zip"], "no/such/folder"),
        (["record", "export", "--visitor", "a", "--out", "no/such/folder/a.json"], "no/such/folder"),
    ],
)
def test_a_known_error_is_one_message_and_exit_code_1(run: Run, arguments: list[str], says: str) -> None:
    run("record", "upgrade")
    done = run(*arguments)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert says in done.err
    assert done.err.count("\n") == 1


COMMANDS = [
    ["record", "upgrade"],
    ["record", "backup", "never-written.zip"],
    ["record", "retain"],
    ["record", "refold"],
    ["record", "misses"],
    ["record", "check", "T-1"],
    ["record", "export", "--visitor", "a"],
    ["record", "erase", "--visitor", "a", "--force"],
    ["report"],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("here", "no address of a database"),
        ("postgresql://askfirst@127.0.0.1:1/nothing", "database"),
        ("sqlite:///{folder}", "unable to open database file"),
        ("sqlite:///{folder}/text.db", "not a database"),
    ],
    ids=["no address", "nobody there", "a folder", "another file"],
)
def test_a_database_that_cannot_be_used_is_one_message(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    address: str,
    says: str,
) -> None:
    (tmp_path / "text.db").write_text("dear diary, today I have kept no record at all\n" * 99, "utf-8")
    monkeypatch.setenv("ASKFIRST_DATABASE", address.format(folder=tmp_path))

    done = run(*arguments)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert says in done.err
    assert done.err.count("\n") == 1


def test_a_report_is_printed_and_as_json_is_what_the_service_says(run: Run, database: str) -> None:
    fill(database)

    told = run("report")
    assert (told.code, told.err) == (0, "")
    assert "50" in told.out
    total = json.loads(run("report", "--json").out)["total"]
    assert total["counts"] == {"C": 0, "S": 0, "F": 1, "N": 0, "B": 1, "P": 0}
    assert (total["deflection"]["numerator"], total["deflection"]["denominator"]) == (0, 2)


def test_a_report_of_nothing_is_a_report(run: Run, tmp_path: Path) -> None:
    assert run("report").code == 0
    page = tmp_path / "new" / "report.html"
    done = run("report", "--html", str(page), "--by", "page")

    assert (done.code, done.err) == (0, f"written to {page}\n")
    assert "</html>" in page.read_text("utf-8")


def test_evidence_is_checked_against_its_generation(
    run: Run, database: str, assistant: Assistant, starter_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKFIRST_INDEX_DIR", str(starter_index))
    asked = ticket(at=WHEN, text="How do I change my password?", generation=assistant.index.manifest.id)
    verdict, evidence = check(
        asked,
        Question("How do I change my password?", "en"),
        assistant=assistant,
        interactions=[],
        events=[],
        texts_of=lambda _: {},
        at=WHEN,
    )
    record = SqlRecord(database)
    record.submit(Append(tickets=[asked])).result(5)
    record.add_verdict(verdict, evidence)
    record.close()

    done = run("record", "check", "T-1")

    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == f"machine: {verdict.finding.value}. {verdict.reason}"
    assert done.out.endswith(f"the same answer, to the last digit, from generation {evidence.generation}\n")
