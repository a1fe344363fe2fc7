"""``askfirst eval fit`` and ``askfirst eval certify``: policies from labelled questions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.settings import read_settings
from api.wiring import make_encoder
from assistant.asking.policy import SHIPPED, Policy, dump_policy, read_policy
from commands.console import errors, progress, results, say
from commands.sets import Adapter, Corpora, LabelledSet, gather, load_sets, writable
from eval.policies import fit_policy
from eval.risk import labels_needed
from indexer.manifest import write_durably

Risk = Annotated[
    float, typer.Option("--risk", min=0.001, max=0.5, help="Most share of wrong answers among those given.")
]
Out = Annotated[Path, typer.Option(help="Where to write the policy.")]


def fit(
    data: Annotated[list[Path], typer.Option(help="Folder of a set; may be given several times.")],
    cross_lingual: Annotated[
        list[Path], typer.Option("--cross-lingual-data", help="Folder of a set to be asked across languages.")
    ],
    out: Out,
    corpus: Corpora = None,
    most_risk: Risk = 0.1,
) -> None:
    """Choose the shares of the signals and fit a policy, on the tuning parts of sets; check it on their test parts."""
    writable(out)
    _make_policy(load_sets(data, corpus, cross_lingual), out, base=None, most_risk=most_risk)


def certify(
    data: Annotated[list[Path], typer.Option(help="Folder of labelled questions; may be given several times.")],
    out: Out,
    corpus: Corpora = None,
    most_risk: Risk = 0.1,
    adapter: Adapter = None,
) -> None:
    """Make a policy for your own labelled questions and say what it guarantees.

    One half of the questions, by the pages that answer them, fits it; the other half checks it.
    ASKFIRST_POLICY=FILE puts it beside the next index built.
    """
    writable(out)
    base = read_policy(read_settings().policy or SHIPPED)
    policy = _make_policy(load_sets(data, corpus), out, base=base, most_risk=most_risk, adapter=adapter)
    guarantee = policy.guarantee
    if guarantee is None:
        return
    answer_rate = max(0.3, guarantee.answer_rate)
    for risk in sorted({0.05, 0.1, 0.15, most_risk}):
        needed = labels_needed(risk, expected=0.8 * risk, answer_rate=answer_rate)
        errors.print(
            f"to show a risk of at most {risk:.0%}, if it is really {0.8 * risk:.0%}: about {needed:,} labelled "
            f"questions to check with, and as many to fit with",
            markup=False,
        )


def _make_policy(
    sets: Sequence[LabelledSet], out: Path, *, base: Policy | None, most_risk: float, adapter: Path | None = None
) -> Policy:
    settings = read_settings()
    with progress() as bar:
        encoder = make_encoder(settings, adapter=adapter, progress=bar("Making the model"))
        gathered = gather(settings, sets, encoder, bar)
    policy = fit_policy(
        gathered,
        base=base,
        most_risk=most_risk,
        current=read_policy(SHIPPED),
        say=lambda line: errors.print(line, markup=False),
    )
    write_durably(out, dump_policy(policy))
    _print_guarantee(policy)
    results.print(f"wrote {out}", markup=False)
    return policy


def _print_guarantee(policy: Policy) -> None:
    guarantee = policy.guarantee
    if guarantee is None or not guarantee.answered:
        say("not shown:", "no question of the test part was answered, so nothing is guaranteed", style="yellow")
        return
    risk = guarantee.wrong / guarantee.answered
    results.print(
        f"fitted on {sum(policy.fitted_on.values())} questions, answers from a confidence of {policy.answer_at} on; "
        f"on other questions {guarantee.wrong} of {guarantee.answered} answers were wrong: risk {risk:.1%}, "
        f"at most {guarantee.upper:.1%} (95 %); {guarantee.answer_rate:.1%} of the answerable questions were answered",
        markup=False,
    )
    if policy.same_language.languages:
        named = ", ".join(f"{name} {offset:+.2f}" for name, offset in policy.same_language.languages.items())
        results.print(f"calibrated by language: {named}; all others together", markup=False)
    else:
        results.print("calibrated for all languages together: none has questions enough of its own", markup=False)
    if not guarantee.shown:
        say("not shown:", f"these questions do not show a risk of at most {guarantee.risk:.0%}", style="yellow")
