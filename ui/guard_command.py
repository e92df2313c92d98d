"""The command `tongwen eval guard`: what the checks of figures and names catch, and how often they err."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ui.contract import write_json
from ui.options import read_settings
from ui.progress import question_progress


class _Set(StrEnum):
    measuring = "measuring"
    development = "development"


def eval_guard(
    answers: Annotated[
        _Set, typer.Option("--set", help="Which answers; rules are mended on development only.")
    ] = _Set.measuring,
    output: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write figures and failures there.")
    ] = None,
) -> None:
    """Change a figure or a name in right answers and print misses and false alarms with upper 95 % bounds."""
    from evals.guard import run_guard
    from index.embedding import open_embedder

    with question_progress() as report:
        run = run_guard(answers.value, open_embedder(read_settings().embedder), report)
    for row in run.figures():
        print(
            "{table:22} {group:15} {part:40.40} n={n:<5} failures={failures:<4} {rate:.2%} ≤ {upper95:.2%}".format(
                **row
            )
        )
    for trial in run.failures():
        print(f"\n{trial.group}, {trial.kind} ({trial.answer.id}): {trial.text}  {list(trial.reported)}")
        for quote in trial.held_against:
            print(f"    {quote}")
    write_json(output, run.to_json())
