"""``askfirst record replay``: past questions on the generation that served them, or any other."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from api.settings import read_settings
from api.wiring import Encoders, make_reranker, make_store, open_assistant
from assistant.adapters.sql.confirmed import interaction, replayable
from assistant.adapters.sql.record import SqlRecord
from assistant.asking.assistant import Assistant
from assistant.asking.curation import curation_from
from assistant.errors import RecordUnusable
from assistant.preview.models import Replayed
from assistant.preview.replaying import replay
from assistant.record.events import Interaction
from commands.console import errors, results
from indexer.errors import IndexerError
from indexer.generations import Generations


def replay_command(
    asked: Annotated[
        str | None, typer.Argument(metavar="INTERACTION", help="The id of an answer: 'answer_id' in the API.")
    ] = None,
    *,
    generation: Annotated[str | None, typer.Option(help="Ask this one, instead of the one that served it.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Replay the latest questions, and count.")] = False,
    sample: Annotated[int, typer.Option("--sample", min=1, help="With --all: at most so many.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Ask a recorded question again, and say whether the answer is the same to the last digit."""
    from commands.record import opened_record

    if (asked is None) != every:
        raise RecordUnusable("name one interaction, or add --all")
    with opened_record(read_settings()) as record:
        then = _Then(record)
        if asked is None:
            _replay_all(record, then, generation, sample, as_json=as_json)
            return
        found = interaction(record.engine, asked)
        if found is None:
            raise RecordUnusable(f"there is no interaction {asked!r} in the record")
        replayed = replay(found, then.assistant_of(found, generation))
    if as_json:
        typer.echo(json.dumps(asdict(replayed), ensure_ascii=False, indent=2))
    else:
        for difference in replayed.differences:
            results.print(difference, markup=False)
        if replayed.same:
            results.print(f"the same answer, to the last digit, from generation {replayed.generation}")
    if not replayed.same and generation is None:
        raise RecordUnusable(f"generation {replayed.generation} answers otherwise now")


class _Then:
    """Assistants as they were when questions were asked, each generation opened once."""

    def __init__(self, record: SqlRecord) -> None:
        self._record = record
        self._settings = read_settings()
        self._encoders = Encoders(self._settings)
        self._open: dict[str, Assistant] = {}
        self._curated: dict[tuple[str, str], Assistant] = {}

    def assistant_of(self, asked: Interaction, generation: str | None) -> Assistant:
        """Return the assistant that a question was asked of, or of another generation with the curation of then."""
        wanted = generation or asked.generation
        if (wanted, asked.curation) not in self._curated:
            if wanted not in self._open:
                self._open[wanted] = open_assistant(
                    Generations(self._settings.index_dir),
                    wanted,
                    encoder_of=self._encoders.of,
                    store=make_store(self._settings),
                    reranker=make_reranker(self._settings),
                )
            content = self._record.curation(asked.curation)
            plain = self._open[wanted]
            self._curated[wanted, asked.curation] = (
                plain.with_curation(curation_from(content)) if content is not None else plain
            )
        return self._curated[wanted, asked.curation]


def _replay_all(record: SqlRecord, then: _Then, generation: str | None, most: int, *, as_json: bool) -> None:
    done: list[Replayed] = []
    away: dict[str, int] = {}
    for one in replayable(record.engine, most=most):
        try:
            assistant = then.assistant_of(one, generation)
        except IndexerError:
            away[one.generation] = away.get(one.generation, 0) + 1
            continue
        done.append(replay(one, assistant))
    other = [one for one in done if not one.same]
    if as_json:
        counts = {"replayed": len(done), "same": len(done) - len(other), "not_kept": away}
        typer.echo(json.dumps({**counts, "differing": [asdict(one) for one in other]}, ensure_ascii=False, indent=2))
    else:
        for differing in other:
            results.print(f"{differing.interaction}: {'; '.join(differing.differences)}", markup=False)
        for name, count in away.items():
            errors.print(f"{count} questions were served by {name}, which is not kept or cannot be opened any more")
        results.print(f"{len(done) - len(other)} of {len(done)} answers are the same to the last digit")
    if other and generation is None:
        raise RecordUnusable(f"{len(other)} of {len(done)} answers differ")
