"""The command `tongwen eval follow-ups`: what is found by the stand-alone form of a follow-up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.contract import write_json


def eval_follow_ups(
    output: Annotated[Path | None, typer.Option("--json", metavar="OUT", help="Write figures and cases there.")] = None,
) -> None:
    """Make follow-up questions stand alone and print what they find, beside hand-written ones, with 95 % intervals."""
    from evals.follow_ups import print_figures, run_follow_ups
    from index.embedding import open_embedder
    from rag.settings import read_settings

    run = run_follow_ups("article", open_embedder(read_settings().embedder))
    print_figures(run)
    write_json(output, run.to_json())
