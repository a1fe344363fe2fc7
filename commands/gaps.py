"""``askfirst gaps``: what the pages do not answer, for whoever runs the service."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from api.dependencies import system_clock
from api.settings import read_settings
from api.wiring import Encoders, make_curation, make_store, open_assistant, open_record
from assistant.adapters.sql.gaps import SqlGaps
from assistant.gaps.keeping import LEAST_PEOPLE, GapKeeper
from assistant.gaps.models import OPEN
from assistant.gaps.refreshing import refresh as refresh_gaps
from commands.console import progress, results
from indexer.generations import Generations

app = typer.Typer(no_args_is_help=True, help="What people ask and the pages do not answer.")


@app.command()
def refresh(
    anew: Annotated[
        bool, typer.Option("--anew", help="Look through all that is recorded, and group it anew; gaps keep their ids.")
    ] = False,
) -> None:
    """Take up what the pages failed, group it, count it, and find out what is wrong, as a running service does."""
    settings = read_settings()
    generations = Generations(settings.index_dir)
    record = open_record(settings)
    try:
        assistant = open_assistant(
            generations,
            generations.live(),
            encoder_of=Encoders(settings).of,
            store=make_store(settings),
            curation=make_curation(settings),
        )
        record.fold()
        keeper = GapKeeper(SqlGaps(record.engine))
        with progress() as bar:
            grouped = refresh_gaps(keeper, assistant, system_clock(), anew=anew, progress=bar("Embedding questions"))
        shown = sum(keeper.store.counted(least_people=LEAST_PEOPLE).values())
    finally:
        record.close()
    results.print(f"{grouped.questions} questions looked at; {shown} gaps with at least {LEAST_PEOPLE} people")


@app.command("list")
def list_gaps(most: Annotated[int, typer.Option(min=1, help="How many.")] = 20) -> None:
    """List what is still to be written, first what a page would spare most tickets for."""
    settings = read_settings()
    record = open_record(settings)
    try:
        store = SqlGaps(record.engine)
        found = store.gaps(states=OPEN, least_people=LEAST_PEOPLE, most=most)
        texts = store.texts([question for one in found for _, question in one.names])
    finally:
        record.close()
    table = Table("gap", "people", "tickets", "spared a week (80 %)", "what is wrong", "a question of it", box=None)
    language = settings.default_locale.split("-")[0]
    for one in found:
        cost = one.facts.cost
        spared = f"{cost.spared.mean:.1f} ({cost.spared.low:.1f} to {cost.spared.high:.1f})" if cost is not None else ""
        named = dict(one.names)
        name = next((texts[one] for one in (named.get(language, ""), *named.values()) if one in texts), "")
        wrong = one.diagnosis.value if one.diagnosis is not None else ""
        table.add_row(one.id, str(one.facts.people), str(one.facts.tickets), spared, wrong, Text(name))
    results.print(table if table.row_count else "there is no gap with enough people behind it")
