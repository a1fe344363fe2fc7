"""``askfirst eval report`` and ``askfirst eval compare``."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from api.settings import Settings, read_settings
from api.wiring import make_encoder
from commands.console import Report, errors, progress, results
from commands.sets import Corpora, LabelledSet, assistant_over, load_sets
from eval.comparison import compare as compare_reports
from eval.comparison import comparison_text
from eval.errors import EvalError
from eval.peers.plain import PlainSearch
from eval.report import Measured, ask_test_part, report_of
from eval.report_page import render_report
from indexer.adapters.encoders import PLAIN
from indexer.manifest import write_durably
from indexer.ports import Encoder
from indexer.recipe import Recipe


def report(
    data: Annotated[list[Path], typer.Option(help="Folder of a set; may be given several times.")],
    out: Annotated[Path, typer.Option(help="Folder for report.html and report.json.")],
    cross_lingual: Annotated[
        list[Path] | None, typer.Option("--cross-lingual-data", help="Folder of a set to be asked across languages.")
    ] = None,
    corpus: Corpora = None,
    sample_size: Annotated[
        int | None, typer.Option("--sample", min=1, help="Ask at most so many questions of each kind and set.")
    ] = None,
) -> None:
    """Ask the test parts of sets, beside the plain recipe, and show all that can be measured on one page."""
    settings = read_settings()
    sets = load_sets(data, corpus, cross_lingual or ())
    if out.is_file():
        raise EvalError(f"{out} is a file; name a folder for report.html and report.json")
    with progress() as bar:
        encoder = make_encoder(settings, progress=bar("Making the model"))
        plain = make_encoder(settings.model_copy(update={"model": PLAIN}))
        measured = [_measure(settings, one, encoder, plain, bar, sample_size) for one in sets]
        errors.print("asking again: other languages, typing errors")
        made = report_of(
            measured,
            plain_recipe=Recipe(plain.model).digest,
            about={
                "made": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}",
                "version": version("askfirst"),
                "model": encoder.model.name,
                "recipe": measured[0].assistant.index.manifest.recipe.digest,
            },
        )
    out.mkdir(parents=True, exist_ok=True)
    write_durably(out / "report.json", json.dumps(made, indent=1, ensure_ascii=False).encode("utf-8") + b"\n")
    write_durably(out / "report.html", render_report(made).encode("utf-8"))
    _print_summary(made)
    results.print(f"wrote {out / 'report.html'} and {out / 'report.json'}", markup=False)


def compare(
    before: Annotated[Path, typer.Argument(help="report.json of the one.")],
    after: Annotated[Path, typer.Argument(help="report.json of the other.")],
) -> None:
    """Say what got better and worse between two reports, question by question."""
    for line in comparison_text(compare_reports(_read(before), _read(after))):
        results.print(line, markup=False)


def _measure(
    settings: Settings,
    one: LabelledSet,
    encoder: Encoder,
    plain: Encoder,
    bar: Callable[[str], Report],
    most: int | None,
) -> Measured:
    name = one.dataset.name
    assistant = assistant_over(settings, one, encoder, bar(f"Embedding {name}"))
    askings = ask_test_part(
        one.dataset, assistant, cross_lingual=one.cross_lingual, most=most, progress=bar(f"Asking {name}")
    )
    answerable = [asking for asking in askings if asking.relevance]
    if one.cross_lingual or not answerable:
        return Measured(one.dataset, assistant, one.cross_lingual, askings, plain=None)
    search = PlainSearch(
        one.dataset.pages,
        frozenset(asking.asked.language for asking in answerable),
        encoder=plain,
        cache=settings.cache_dir / "eval" / "plain",
        progress=bar(f"Plain recipe, {name}"),
    )
    rankings = search.rankings([(asking.asked.text, asking.asked.language) for asking in answerable])
    by_question = {asking.asked.id: ranking for asking, ranking in zip(answerable, rankings, strict=True)}
    return Measured(one.dataset, assistant, one.cross_lingual, askings, plain=by_question)


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text("utf-8"))
    except OSError as exc:
        raise EvalError(f"{path} cannot be read: {exc.strerror}") from exc
    except ValueError as exc:
        raise EvalError(f"{path} is not a report: {exc}") from exc
    if not isinstance(read, dict):
        raise EvalError(f"{path} is not a report: it holds no object")
    return read


def _print_summary(made: dict[str, Any]) -> None:
    ratio, risk = made["error_ratio"], made["risk"]
    for name, row in ratio["sets"].items():
        results.print(
            f"{name}: hit@1 {row['hit@1']:.3f}, plain {row['plain_hit@1']:.3f}, error ratio {_number(row['ratio'])}",
            markup=False,
        )
    results.print(
        f"error ratio {_number(ratio['mean'])}; risk {_number(risk['risk'])} (at most {_number(risk['upper'])}), "
        f"{_number(risk['answer_rate'])} of the answerable questions answered; "
        f"calibration error {_number(made['reliability']['ece'])}"
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
