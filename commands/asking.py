"""``askfirst ask`` and ``askfirst serve``."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Annotated

import typer
from rich.markup import escape

from api.links import shown_url
from api.main import make_app_with
from api.schemas import AnswerOut
from api.settings import Settings, read_settings
from api.wiring import Encoders, make_curation, make_reranker, make_store, open_assistant, open_record
from assistant.asking.models import Question, Shown, outcome_of
from commands.console import errors, fail, progress, results
from corpus.languages import language_name
from indexer.contents import adapter_in
from indexer.errors import IndexerError
from indexer.generations import Generations


def ask(
    question: Annotated[str, typer.Argument(help="What a visitor would type.")],
    locale: Annotated[str | None, typer.Option(help="Locale of the page it is typed on, such as pl.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome and its answers as JSON.")] = False,
) -> None:
    """Ask the live generation a question."""
    settings = read_settings()
    generations = Generations(settings.index_dir)
    live = generations.live()
    with progress() as bar:
        encoders = Encoders(settings, progress=bar("Making the model"))
        assistant = open_assistant(
            generations,
            live,
            encoder_of=encoders.of,
            store=make_store(settings),
            reranker=make_reranker(settings),
            curation=make_curation(settings),
        )
    reply = assistant.answer(Question(question, locale))
    outcome, reason = outcome_of(reply)
    if as_json:
        results.print_json(
            data={
                "outcome": outcome,
                "reason": reason,
                "locale": reply.locale,
                "generation": reply.generation,
                "answers": [
                    AnswerOut.of(
                        one, page_url=shown_url(assistant.index.pages[one.hit.passage.page_id].url)
                    ).model_dump()
                    for one in reply.shown
                ],
            }
        )
        return
    headline = {
        "answered": "[green]answered[/green]",
        "related": f"[yellow]not sure[/yellow] ({reason}); the nearest pages:",
        "missed": f"[red]not in the help pages[/red] ({reason})",
    }
    results.print(headline[outcome])
    for shown in reply.shown:
        _print(shown)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind; ASKFIRST_HOST unless given.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port, 0 for a free one; ASKFIRST_PORT unless given.")
    ] = None,
) -> None:
    """Serve the support page, the help pages and the HTTP API."""
    settings = read_settings()
    bound_host, bound_port = host or settings.host, settings.port if port is None else port
    try:
        listening = socket.create_server((bound_host, bound_port), family=_family(bound_host), backlog=2048)
    except OSError as exc:
        fail(f"cannot listen on {bound_host}:{bound_port}: {exc.strerror}; choose another port with --port")
    open_record(settings).close()  # what is wrong with it is to be said before anything takes long
    with progress() as bar:
        encoders = Encoders(settings, progress=bar("Making the model"))
        _load_live(settings, encoders)
    shown = f"[{bound_host}]" if ":" in bound_host else bound_host
    errors.print(f"Askfirst serves on http://{shown}:{listening.getsockname()[1]} - stop it with Ctrl-C", markup=False)
    import uvicorn

    config = uvicorn.Config(make_app_with(settings, encoders), log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


def _load_live(settings: Settings, encoders: Encoders) -> None:
    """Load what the live generation needs before the service says that it serves."""
    generations = Generations(settings.index_dir)
    pointer = generations.pointer()
    folder = generations.folder(pointer.generation) if pointer is not None else None
    if folder is None or adapter_in(folder) is None:
        encoders.plain.warm_up()
        return
    with suppress(IndexerError):  # the service says it again, and serves what does not need the index
        encoders.of(folder).warm_up()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _print(shown: Shown) -> None:
    hit, extract, passage = shown.hit, shown.extract, shown.hit.passage
    language = f" [yellow](in {language_name(passage.language, in_locale='en')})[/yellow]" if hit.other_language else ""
    path = " › ".join((passage.page_title, *passage.heading_path))
    results.print(f"\n[bold]{hit.rank}. {escape(path)}[/bold]{language}")
    parts = []
    position = 0
    for start, end in extract.highlights:
        parts += [escape(extract.text[position:start]), "[bold]", escape(extract.text[start:end]), "[/bold]"]
        position = end
    results.print("".join([*parts, escape(extract.text[position:])]))
    results.print(f"[dim]confidence {hit.confidence:.2f} · {escape(passage.url)}[/dim]")
