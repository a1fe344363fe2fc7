"""``askfirst doctor``: checks an installation."""

from __future__ import annotations

import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import typer

from api.settings import Settings, read_settings
from api.wiring import Encoders, make_curation, make_encoder, make_keys, make_reranker, make_store, open_assistant
from assistant.adapters.sql import migrating
from assistant.adapters.sql.engine import open_engine
from assistant.asking.assistant import Assistant
from assistant.asking.curation import PINNED
from assistant.asking.pinning import place_pins
from commands.console import progress, results
from commands.doctor_support import check_support
from indexer.adapters.model_folder import problems_of_model_folder
from indexer.contents import read_passages
from indexer.errors import IndexNotReady
from indexer.generations import Generations

_LIBRARIES = ("torch", "sentence-transformers", "faiss-cpu", "fastapi", "markdown-it-py", "numpy")
_FREE_GB = 2.0

Check = tuple[bool, str]
"""Whether something is as it should be, and what was found, with the mend where it is not."""


def doctor() -> None:
    """Check settings, libraries, the model, the index and its policy; exit code 1 if something needs mending."""
    settings = read_settings()
    broken = 0
    for name, check in _checks(settings):
        try:
            for good, message in check():
                results.print(f"[{'green' if good else 'red'}]{'ok ' if good else 'BAD'}[/] {name}: ", end="")
                results.print(message, markup=False)
                broken += not good
        except Exception as exc:  # a check that fails is a finding, whatever it raised
            results.print(f"[red]BAD[/] {name}: ", end="")
            results.print(str(exc), markup=False)
            broken += 1
    if broken:
        results.print(f"{broken} to mend")
        raise typer.Exit(1)
    results.print("all is well")


def _checks(settings: Settings) -> Iterator[tuple[str, Callable[[], Iterator[Check]]]]:
    yield "python", _python
    yield "libraries", _libraries
    yield "disk", lambda: _disk(settings)
    yield "model", lambda: _model(settings)
    yield "index", lambda: _index(settings)
    yield "curation", lambda: _curation(settings)
    yield "record", lambda: _record(settings)
    yield "support", lambda: check_support(settings)


def _python() -> Iterator[Check]:
    yield sys.version_info >= (3, 11), f"Python {platform.python_version()} on {platform.machine()}"


def _libraries() -> Iterator[Check]:
    for name in _LIBRARIES:
        try:
            yield True, f"{name} {version(name)}"
        except PackageNotFoundError:
            yield False, f"{name} is not installed: run 'make install'"


def _disk(settings: Settings) -> Iterator[Check]:
    for folder in (settings.cache_dir, settings.index_dir):
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free / 1e9
        yield free >= _FREE_GB, f"{free:.1f} GB free for {folder}"


def _model(settings: Settings) -> Iterator[Check]:
    with progress() as bar:
        encoder = make_encoder(settings, progress=bar("Making the model"))
    folder = Path(encoder.folder)
    if folder.is_relative_to(settings.cache_dir):
        problems = problems_of_model_folder(folder)
        mend = f"; delete {folder} and it is made again"
        yield not problems, "; ".join(problems) + mend if problems else f"the files of {folder.name} are whole"
    encoder.warm_up()
    seconds = []
    for _ in range(10):
        started = time.perf_counter()
        row = encoder.embed_queries(["How long does a reply take?"])[0]
        seconds.append(time.perf_counter() - started)
    length = float(np.linalg.norm(row))
    yield abs(length - 1.0) < 1e-3, f"{encoder.model.name}: {encoder.model.dim} dimensions, length {length:.3f}"
    yield True, f"a short question takes {np.median(seconds) * 1000.0:.1f} ms"


def _index(settings: Settings) -> Iterator[Check]:
    generations = Generations(settings.index_dir)
    manifest = generations.verify(generations.live())
    yield True, f"generation {manifest.id} is whole: {manifest.counts.pages} pages, {manifest.counts.windows} windows"
    assistant = open_assistant(
        generations,
        manifest.id,
        encoder_of=Encoders(settings).of,
        store=make_store(settings),
        reranker=make_reranker(settings),
    )
    yield assistant.trusted, _policy_says(assistant)


def _policy_says(assistant: Assistant) -> str:
    if not assistant.trusted:
        return (
            "the policy was fitted for another recipe: pages are offered as related, none as the answer; "
            "make one with 'askfirst eval certify --data DIR --out FILE', set ASKFIRST_POLICY=FILE, build again"
        )
    guarantee = assistant.policy.guarantee
    if assistant.policy.carried_over:
        return (
            "the policy was carried over from the model before it was adapted, so nothing is guaranteed; "
            "'askfirst eval certify --adapter DIR' makes one that is checked"
        )
    if guarantee is None or not guarantee.answered:
        return "the policy was fitted for this recipe, and not checked on other questions"
    return (
        f"the policy was fitted for this recipe; on other questions {guarantee.wrong} of {guarantee.answered} answers "
        f"were wrong, at most {guarantee.upper:.1%} (95 %)"
    )


def _curation(settings: Settings) -> Iterator[Check]:
    if settings.curation is None:
        yield True, "no synonyms and no pinned answers; ASKFIRST_CURATION names a folder with some"
        return
    curation = make_curation(settings)
    yield True, f"{len(curation.synonyms)} synonyms and {len(curation.pins)} pinned answers in {settings.curation}"
    generations = Generations(settings.index_dir)
    try:
        passages = read_passages(generations.folder(generations.live()))
    except IndexNotReady:  # which the check of the index says
        return
    for pin in place_pins(curation.pins, passages)[1]:
        yield (
            False,
            f"{PINNED}, line {pin.line}: no page or passage of the index is called '{pin.target}'; name a page by its "
            "path without the ending, such as pl/faq/contact, or build the index again if it is new",
        )


def _record(settings: Settings) -> Iterator[Check]:
    make_keys(settings)
    engine = open_engine(settings.database)
    try:
        revision = migrating.current(engine)
    finally:
        engine.dispose()
    if revision is None:
        yield True, "nothing is recorded yet; the service makes the database when it starts"
    else:
        mend = (
            "" if revision == migrating.newest() else "; 'askfirst record upgrade', or a starting service, changes it"
        )
        yield not mend, f"{engine.dialect.name}, schema {revision}{mend}"
    if settings.api_key is None:
        yield (
            True,
            "ASKFIRST_API_KEY is not set: no helpdesk can report tickets, so every episode looks solved or silent",
        )
