"""``askfirst eval canaries``: made-up personal data through the real service, and where any of it comes out."""

from __future__ import annotations

import itertools
import json
import tempfile
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx2
import typer
from sqlalchemy import Engine, select

from api.settings import read_settings
from api.wiring import make_keys
from assistant.adapters.sql import persons, schema
from assistant.adapters.sql.backup import back_up
from assistant.adapters.sql.engine import open_engine
from assistant.privacy.redaction import PersonalData, Redactor
from commands.console import progress, results
from commands.serving import measuring
from eval.canaries import ORDER_PATTERN, Canary, canaries, leaks, wrongly_replaced
from eval.datasets import load_questions
from eval.errors import EvalError
from eval.service import Service, running_service

_KEY = "canaries"


@dataclass(frozen=True, slots=True)
class Sent:
    """A canary that was sent: by which way, and the id of what it became."""

    canary: Canary
    way: str
    id: str


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that came out, and where."""

    where: str
    kind: str
    language: str
    secret: str


def canaries_command(
    *,
    count: Annotated[int, typer.Option(min=10, help="How many messages with personal data.")] = 10_000,
    seed: Annotated[int, typer.Option(help="Which messages.")] = 1,
    questions: Annotated[
        list[Path] | None, typer.Option(help="Files of ordinary questions ('text', 'lang'): what is lost of them.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file.")] = None,
) -> None:
    """Ask, vote and write tickets with made-up personal data; search the record, files, logs, metrics and exports."""
    settings = read_settings()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with running_service(
            folder, index_dir=str(settings.index_dir), api_key=_KEY, order_pattern=ORDER_PATTERN
        ) as service:
            sent = _send(service, count, seed)
            found = list(_leaks(service, sent, folder))
            traces, rows = _traces_after_erasure(folder, [settings.index_dir / "cache"])
    lost = _lost(questions or [])
    results.print(f"{len(sent):,} messages with personal data: {len(found)} leaks", markup=False)
    for (where, kind), number in sorted(Counter((one.where, one.kind) for one in found).items()):
        results.print(f"  {number} × {kind} in {where}", markup=False)
    results.print(f"the person who sent them was erased, {rows:,} rows: {traces} traces left in tables and files")
    for name, (words, replaced) in lost.items():
        share = f"{replaced / words:.2%}" if words else "–"
        results.print(f"{name}: {replaced} of {words:,} words replaced ({share})", markup=False)
    if json_file is not None:
        figures = {"sent": len(sent), "leaks": [asdict(one) for one in found], "traces": traces, "lost": lost}
        json_file.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")
    if found:
        raise EvalError(f"{len(found)} of {len(sent)} messages came through with what they must not say")
    if traces:
        raise EvalError(f"{traces} traces of an erased person are left")


def _send(service: Service, count: int, seed: int) -> list[Sent]:
    """Send each message on one of the ways that texts take into the service."""
    sent = []
    operator = {"Authorization": f"Bearer {_KEY}"}
    ways = itertools.cycle(("question", "question", "question", "vote", "ticket", "page"))
    with httpx2.Client(base_url=service.address, timeout=60.0) as client, progress() as bar:
        report = bar("Sending messages")
        plain = {"question": "how fast do you reply?", "locale": "en", "intent": "ticket", "visitor": "canary-visitor"}
        token = client.post("/v1/answers", json=plain).raise_for_status().json()["token"]
        for number, canary in enumerate(canaries(count, seed), start=1):
            way = next(ways)
            identity = uuid.uuid4().hex
            if way == "question":
                body = {**plain, "question": canary.text, "locale": canary.language}
                identity = client.post("/v1/answers", json=body).raise_for_status().json()["answer_id"]
            elif way == "page":
                form = {"question": canary.text, "locale": canary.language}
                client.post("/", data=form).raise_for_status()
            else:
                event: dict[str, Any] = {"event_id": identity, "type": "voted", "token": token, "helpful": False}
                text = {"reason": canary.text[:1000]}
                if way == "ticket":
                    event = {"event_id": identity, "type": "ticket_created", "ticket": identity, "account": "canaries"}
                    text = {"text": canary.text, "locale": canary.language}
                response = client.post("/v1/events", json=[{**event, **text}], headers=operator).raise_for_status()
                if response.json()["results"][0]["status"] != "recorded":
                    raise EvalError(f"an event was not recorded: {response.text}")
            client.get("/v1/suggest", params={"q": canary.text, "locale": canary.language})
            sent.append(Sent(canary, way, identity))
            report(number, count)
    return sent


def _leaks(service: Service, sent: Sequence[Sent], folder: Path) -> Iterator[Leak]:
    """Look for every message's secret in its own row, and in everything else that the service has written."""
    engine = open_engine(f"sqlite:///{folder}/record.db")
    asked = schema.interactions.c
    with engine.connect() as connection:
        rows = dict(connection.execute(select(asked.id, asked.question)).all())
        rows |= dict(connection.execute(select(schema.events.c.id, schema.events.c.reason)).all())
        rows |= dict(connection.execute(select(schema.tickets.c.id, schema.tickets.c.text)).all())
        pages = [
            text for text in connection.scalars(select(asked.question).where(asked.entry == "page")) if text is not None
        ]
    for one in sent:
        texts = pages if one.way == "page" else [rows[one.id] or ""]
        # Of what was typed on the page no id comes back: there, all is searched, for the secret as it was typed.
        if one.way == "page" and not _is_telling(one.canary):
            continue
        if any(one.canary.secret in text if one.way == "page" else leaks(one.canary, text) for text in texts):
            yield Leak(f"the record ({one.way})", one.canary.kind, one.canary.language, one.canary.secret)
    for where, text in _written(service, folder, engine):
        for one in sent:
            if _is_telling(one.canary) and one.canary.secret in text:
                yield Leak(where, one.canary.kind, one.canary.language, one.canary.secret)


def _is_telling(canary: Canary) -> bool:
    """Say whether a secret can be searched for in all that was written: a first name stands in other words too."""
    return canary.kind is not PersonalData.NAME or len(canary.secret.split()) > 1


def _written(service: Service, folder: Path, engine: Engine) -> Iterator[tuple[str, str]]:
    operator = {"Authorization": f"Bearer {_KEY}"}
    with httpx2.Client(base_url=service.address, timeout=60.0) as client:
        yield "the log", service.log
        yield "the metrics", client.get("/metrics").text
        yield "the miss log", client.get("/v1/misses", params={"most": 1000}, headers=operator).text
        yield "the report", client.get("/v1/metrics/deflection", params={"by": "page"}, headers=operator).text
    for person in _senders(engine, folder):
        yield "an export", json.dumps(persons.export(engine, person), ensure_ascii=False)
    for file in sorted(folder.glob("record.db*")):
        yield f"the file {file.name}", file.read_bytes().decode("utf-8", "replace")
    back_up(engine, folder / "backup.zip", at=0)
    with zipfile.ZipFile(folder / "backup.zip") as backup:
        for name in backup.namelist():
            yield f"a backup ({name})", backup.read(name).decode()


def _senders(engine: Engine, folder: Path) -> list[persons.Person]:
    """Return the two who sent everything: a browser with questions and votes, and an account with tickets."""
    keys = make_keys(measuring(read_settings(), folder))
    return [
        persons.person_of(engine, keys.who(visitor="canary-visitor", account=None)),
        persons.person_of(engine, keys.who(visitor=None, account="canaries")),
    ]


def _traces_after_erasure(folder: Path, caches: Sequence[Path]) -> tuple[int, int]:
    """Erase the person who sent everything, while the service runs; count what is left of them, and what there was."""
    engine = open_engine(f"sqlite:///{folder}/record.db")
    senders = _senders(engine, folder)
    marks = {"canary-visitor", "canaries"}
    theirs = [rows for person in senders for rows in persons.export(engine, person).values()]
    for person in senders:
        marks |= person.accounts | person.browsers
    for rows in theirs:
        for row in rows:
            marks.update(str(row[name]) for name in ("id", "episode", "scope", "ticket") if row.get(name))
            marks.update(
                str(row[name]) for name in ("question", "text", "reason") if len(str(row.get(name) or "")) > 40
            )
    (folder / "backup.zip").unlink()
    for person in senders:
        persons.erase(engine, person, keys=make_keys(measuring(read_settings(), folder)), at=0)
    left = 0
    with engine.connect() as connection:
        # Nobody's questions from the page may say the same, word for word; those stay.
        texts = connection.scalars(select(schema.interactions.c.question).where(schema.interactions.c.entry == "page"))
        others = [text for text in texts if text is not None]
        marks = {mark for mark in marks if not any(mark in text for text in others)}
        for table in schema.metadata.sorted_tables:
            for values in connection.execute(select(table)):
                left += any(isinstance(value, str) and value in marks for value in values)
    files = [file for place in (folder, *caches) for file in sorted(place.rglob("*")) if file.is_file()]
    for file in files:
        content = file.read_bytes()
        left += sum(mark.encode() in content for mark in marks)
    engine.dispose()
    return left, sum(len(rows) for rows in theirs)


def _lost(files: Sequence[Path]) -> dict[str, tuple[int, int]]:
    redactor = Redactor()
    lost = {}
    for file in files:
        words, losses = wrongly_replaced([one.text for one in load_questions(file)], redactor)
        lost[f"{file.parent.name}/{file.name}"] = (words, sum(one.words for one in losses))
    return lost
