"""``askfirst eval``: how good are we."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from api.settings import Settings, read_settings
from api.wiring import make_encoder, make_store, new_policy, open_assistant
from assistant.asking.assistant import Assistant
from assistant.asking.policy import Policy, dump_policy
from commands.console import Report, errors, progress, results
from commands.serving import serving
from eval.datasets import Dataset, load_dataset, load_questions, sample
from eval.errors import EvalError
from eval.latency import measure_latency
from eval.retrieval import ask_all, language_pairs, report
from indexer.build import build_generation
from indexer.generations import Generations
from indexer.manifest import write_durably
from indexer.ports import Encoder

if TYPE_CHECKING:
    from eval.fitting import Signals

app = typer.Typer(no_args_is_help=True, help="Measure how good the answers are.")


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
) -> None:
    """Index a set's corpus, ask its questions and print how they were answered."""
    settings = read_settings()
    dataset = load_dataset(data)
    if json_file is not None:
        _writable(json_file)
    with progress() as bar:
        encoder = make_encoder(settings, progress=bar("Making the bundled model"))
        assistant = _assistant(settings, dataset, data, encoder, bar("Embedding texts"))
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
def fit(
    data: Annotated[list[Path], typer.Option(help="Folder of a set; may be given several times.")],
    cross_lingual: Annotated[
        list[Path], typer.Option("--cross-lingual-data", help="Folder of a set to be asked across languages.")
    ],
    out: Annotated[Path, typer.Option(help="Where to write the policy.")],
    most_risk: Annotated[float, typer.Option(help="Share of wrong answers among those given, 0 to 1.")] = 0.1,
) -> None:
    """Fit a policy on the tuning half of labelled sets; ASKFIRST_POLICY=FILE puts it beside the next index built."""
    from eval.fitting import choose_thresholds, collect, fit_basis

    _writable(out)
    settings = read_settings()
    same: list[Signals] = []
    other: list[Signals] = []
    recipe = ""
    with progress() as bar:
        encoder = make_encoder(settings, progress=bar("Making the bundled model"))
        for folder, foreign in [*((path, False) for path in data), *((path, True) for path in cross_lingual)]:
            dataset = load_dataset(folder)
            assistant = _assistant(settings, dataset, folder, encoder, bar(f"Embedding {dataset.name}"))
            recipe = assistant.index.manifest.recipe.digest
            signals = collect(dataset, assistant, cross_lingual=foreign, progress=bar(f"Searching {dataset.name}"))
            (other if foreign else same).extend(signals)
    bases = []
    for signals, foreign in ((same, False), (other, True)):
        basis, table = fit_basis(signals, foreign=foreign)
        for tried in table[:8]:
            sets = "  ".join(f"{name} {first:.3f}/{third:.3f}" for name, (first, third) in tried.sets.items())
            errors.print(f"{tried.mean:.4f}  {tried.weights}  {sets}", markup=False)
        errors.print(f"chosen: {basis}", markup=False)
        bases.append(basis)
    policy = Policy(
        recipe=recipe,
        same_language=bases[0],
        other_language=bases[1],
        answer_at=1.0,
        related_at=1.0,
        shown_at=0.25,
        most_shown=3,
        fitted_on={
            name: sum(one.tuning for one in (*same, *other) if one.dataset == name)
            for name in sorted({one.dataset for one in (*same, *other)})
        },
    )
    answer_at, related_at = choose_thresholds([*same, *other], policy, most_risk=most_risk)
    fitted = replace(policy, answer_at=answer_at, related_at=related_at)
    write_durably(out, dump_policy(fitted))
    results.print(f"wrote {out}", markup=False)


@app.command()
def latency(
    questions: Annotated[Path, typer.Option(help="JSON Lines with a 'text' and a 'lang' each.")],
    most: Annotated[int, typer.Option(min=1, help="Ask at most so many.")] = 200,
) -> None:
    """Serve the live index in this process and time questions over HTTP beside the model alone."""
    settings = read_settings()
    asked = sample(load_questions(questions), most)
    locales = {one.text: one.lang for one in asked}
    encoder = make_encoder(settings)
    with serving(settings, encoder) as port:
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


def _writable(file: Path) -> None:
    """Say so before the work is done, and not after, if its result cannot be written."""
    if not file.absolute().parent.is_dir():
        raise EvalError(f"{file} cannot be written: there is no folder {file.absolute().parent}")


def _assistant(settings: Settings, dataset: Dataset, folder: Path, encoder: Encoder, report: Report) -> Assistant:
    """Return an assistant over a set's corpus, indexed now unless the cache holds just this corpus by this recipe."""
    place = hashlib.sha256(str(folder.resolve()).encode("utf-8")).hexdigest()[:8]
    generations = Generations(settings.cache_dir / "eval" / f"{dataset.name}-{place}")
    store = make_store(settings)
    made = build_generation(
        dataset.pages,
        generations=generations,
        encoder=encoder,
        store=store,
        policy=new_policy(settings),
        progress=report,
    )
    return open_assistant(generations, made.manifest.id, encoder=encoder, store=store)


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
