"""`tongwen eval bitext`: what the embedder makes of translations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.contract import write_json
from ui.options import read_settings


def eval_bitext(
    files: Annotated[list[Path], typer.Argument(metavar="FILE ...", help="English, a tab, Chinese on each line.")],
    output: Annotated[Path | None, typer.Option("--json", metavar="OUT", help="Write the figures there.")] = None,
) -> None:
    """Measure the embedder alone: how often the nearest sentence of the other language is the translation."""
    from evals.bitext import read_bitext, run_bitext
    from index.embedding import open_embedder

    embedder = open_embedder(read_settings().embedder)
    found = [run_bitext(read_bitext(path), embedder) for path in files]
    for one in found:
        figures = "  ".join(
            f"{direction} {figure['mean']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"
            for direction, figure in one["accuracy"].items()
        )
        print(f"{one['name']}  n={one['n']}  {figures}")
    write_json(output, found)
