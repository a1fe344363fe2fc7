"""``askfirst report``: what became of those who asked before writing to us."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from api.deflection_page import page_of
from api.schemas_record import DeflectionResponse
from api.settings import Settings, read_settings
from assistant.errors import RecordUnusable
from assistant.record.deflection import Dimension, tell
from assistant.record.summary import summarise
from commands.console import errors, results
from commands.deflection_text import show
from commands.periods import From, To, period
from commands.record import opened_record
from indexer.contents import read_pages
from indexer.errors import IndexerError
from indexer.generations import Generations

_BREAKDOWNS = (Dimension.LOCALE, Dimension.ENTRY, Dimension.PAGE)


def report(
    *,
    first: From = None,
    last: To = None,
    by: Annotated[Dimension, typer.Option(help="What the table is told by.")] = Dimension.WEEK,
    html: Annotated[Path | None, typer.Option(help="Write the report as a page with plots to this file.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace that file.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print it as JSON, as GET /v1/metrics/deflection does.")
    ] = False,
) -> None:
    """Tell what became of the people who asked in a period: helped, failed, unanswered, abandoned."""
    if html is not None and html.exists() and not force:
        raise RecordUnusable(f"{html} is there already; add --force to replace it")
    settings = read_settings()
    zone = ZoneInfo(settings.time_zone)
    first_day, last_day = period(first, last, zone)
    now = time.time_ns() // 1_000_000
    with opened_record(settings) as record:
        record.fold()
        summary = summarise(record, by, first_day=first_day, last_day=last_day, now=now)
        if html is not None:
            wanted = [one for one in (Dimension.DAY, *_BREAKDOWNS) if one is not by]
            others = {
                one: tell(
                    record.counts(one, first_day=first_day, last_day=last_day, now=now),
                    one,
                    design_effect=summary.design_effect,
                )
                for one in wanted
            }
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        lines = {**others, by: summary.lines}
        html.write_text(page_of(summary, lines, site=settings.site_name, titles=_titles(settings), zone=zone), "utf-8")
    if as_json:
        typer.echo(json.dumps(json.loads(DeflectionResponse.of(summary).model_dump_json()), indent=2))
    else:
        show(summary, results, site=settings.site_name, titles=_titles(settings), zone=zone)
    if html is not None:
        errors.print(f"written to {html}")


def _titles(settings: Settings) -> dict[str, str]:
    """Return the titles of the pages that are live now, by their ids; none where there is no index."""
    try:
        generations = Generations(settings.index_dir)
        return {page.id: page.title for page in read_pages(generations.folder(generations.live()))}
    except IndexerError:
        return {}
