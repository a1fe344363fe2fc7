"""``askfirst eval``: how good are we."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from http.client import HTTPConnection
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from api.settings import read_settings
from api.wiring import Encoders, make_encoder
from commands import (
    canarying,
    dashboard_measure,
    fair_use_measure,
    fitting,
    fuzzing,
    gaps_diagnosis,
    gaps_measure,
    gaps_savings,
    killing,
    loading,
    outbox,
    page_speed,
    preview_speed,
    queueing,
    regressing,
    reporting,
    simulating,
    ticket_checks,
    training,
    worlds,
)
from commands.console import errors, progress, results
from commands.serving import measuring, serving
from commands.sets import Adapter, Corpora, assistant_over, load_sets, writable
from eval.datasets import load_questions, sample
from eval.errors import EvalError
from eval.latency import measure_latency
from eval.retrieval import ask_all, language_pairs, report
from indexer.generations import Generations
from indexer.manifest import write_durably

app = typer.Typer(no_args_is_help=True, help="Measure how good the answers are.")
app.command()(fitting.fit)
app.command()(fitting.certify)
app.command()(reporting.report)
app.command("train-adapter")(training.train)
app.command()(reporting.compare)
app.command()(simulating.simulate)
app.command()(worlds.worlds)
app.command("canaries")(canarying.canaries_command)
app.command()(killing.kill)
app.command()(outbox.outbox)
app.command()(queueing.queue)
app.command("preview")(preview_speed.preview_speed)
app.command()(regressing.regressions)
app.command("page")(page_speed.page_command)
app.command("fuzz")(fuzzing.fuzz_command)
app.command("fair-use")(fair_use_measure.fair_use)
app.command()(gaps_measure.gaps)
app.command()(gaps_diagnosis.diagnoses)
app.command()(gaps_savings.savings)
app.command()(dashboard_measure.dashboard)
app.command("tickets")(ticket_checks.tickets_command)
app.command()(loading.load)
app.command()(loading.year)


@app.command()
def retrieval(
    data: Annotated[Path, typer.Option(help="Folder of a set: corpus.jsonl, queries.jsonl, qrels.tsv, oos.jsonl.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the measures to this file.")] = None,
    cross_lingual: Annotated[
        bool, typer.Option("--cross-lingual", help="Look only in languages other than the question's.")
    ] = False,
    sample_size: Annotated[
        int | None, typer.Option("--sample", min=1, help="Ask at most so many questions of each kind.")
    ] = None,
    corpus: Corpora = None,
    adapter: Adapter = None,
) -> None:
    """Index a set's corpus, ask its questions and print how they were answered."""
    settings = read_settings()
    labelled = load_sets([data], corpus)[0]
    dataset = labelled.dataset
    if json_file is not None:
        writable(json_file)
    with progress() as bar:
        encoder = make_encoder(settings, adapter=adapter, progress=bar("Making the model"))
        assistant = assistant_over(settings, labelled, encoder, bar("Embedding texts"))
        askings = ask_all(
            dataset,
            assistant,
            questions=sample(dataset.questions, sample_size),
            unanswerable=sample(dataset.unanswerable, sample_size),
            cross_lingual=cross_lingual,
            progress=bar("Asking questions"),
        )
    measured = report(dataset.name, assistant.index.manifest.recipe.digest, askings, assistant.policy)
    if cross_lingual:
        measured["by_pair"] = language_pairs(dataset, askings)
    _print_report(measured)
    if json_file is not None:
        write_durably(json_file, json.dumps(measured, indent=2, ensure_ascii=False).encode("utf-8") + b"\n")
        errors.print(f"wrote {json_file}", markup=False)


@app.command()
def latency(
    questions: Annotated[Path, typer.Option(help="JSON Lines with a 'text' and a 'lang' each.")],
    most: Annotated[int, typer.Option(min=1, help="Ask at most so many.")] = 200,
) -> None:
    """Serve the live index in this process and time questions over HTTP beside the model alone."""
    settings = read_settings()
    asked = sample(load_questions(questions), most)
    locales = {one.text: one.lang for one in asked}
    encoders = Encoders(settings)
    encoder = encoders.of(Generations(settings.index_dir).folder(Generations(settings.index_dir).live()))
    with tempfile.TemporaryDirectory() as folder, serving(measuring(settings, Path(folder)), encoders) as port:
        connection = HTTPConnection("127.0.0.1", port)

        def ask(text: str) -> None:
            body = json.dumps({"question": text, "locale": locales[text]})
            connection.request("POST", "/v1/answers", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise EvalError(f"the service answered {response.status}")

        measured = measure_latency(list(locales), ask=ask, forward=lambda text: encoder.embed_queries([text]))
    results.print_json(data=asdict(measured))


def _print_report(measured: dict[str, Any]) -> None:
    def number(value: float | None, form: str = ".3f") -> str:
        return "–" if value is None else format(value, form)

    table = Table("", "questions", "hit@1", "hit@3", "mrr@10", "ndcg@10", title=measured["dataset"], box=None)
    for name, row in (("all", measured), *measured["by_lang"].items()):
        table.add_row(name, str(row["queries"]), *(number(row[key]) for key in ("hit@1", "hit@3", "mrr@10", "ndcg@10")))
    results.print(table)
    oos, chosen, latency = measured["oos"], measured["selective"], measured["latency_ms"]
    results.print(
        f"unanswerable {oos['n']}: AUROC {number(oos['auroc'])}, "
        f"answered all the same {number(oos['false_answer_rate'])}"
    )
    results.print(
        f"answer rate {number(chosen['answer_rate'])}, risk {number(chosen['risk'])}, "
        f"coverage at 10 % risk {number(chosen['coverage_at_risk_10'])}, AURC {number(chosen['aurc'])}"
    )
    results.print(f"latency p50 {number(latency['p50'], '.1f')} ms, p95 {number(latency['p95'], '.1f')} ms")
    pairs: dict[str, dict[str, float]] = measured.get("by_pair", {})
    if pairs:
        columns = sorted({language for row in pairs.values() for language in row})
        grid = Table("question ↓ page →", *columns, title="hit@1 by language pair", box=None)
        for spoken, row in pairs.items():
            grid.add_row(spoken, *(number(row.get(language)) for language in columns))
        results.print(grid)
