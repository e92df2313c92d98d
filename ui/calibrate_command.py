"""`tongwen calibrate`: fit refusal to the library, or go back to what ships."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.contract import print_json
from ui.progress import question_progress

if TYPE_CHECKING:
    from rag.calibration import Calibration


def calibrate(
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="FILE.jsonl", help="Labelled cases, as evals/CASES.md has them.")
    ] = None,
    most: Annotated[
        float,
        typer.Option("--max-false-refusals", min=0.0, max=0.5, help="Share of answerable questions that may be lost."),
    ] = 0.05,
    reset: Annotated[bool, typer.Option("--reset", help="Go back to the thresholds that ship.")] = False,
    library: Annotated[
        Path | None, typer.Option("--library", metavar="PATH", help="Folder of the library. [default: ./library]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")] = False,
) -> None:
    """Fit to this library when a question is refused, by its own labelled cases or by questions drawn from it."""
    from evals.calibrate import calibrate_on_cases, calibrate_on_library
    from evals.cases import read_cases
    from index.embedding import open_embedder
    from index.library import Library
    from rag.assistant import Assistant
    from rag.calibration import remove_calibration, write_calibration
    from rag.settings import read_settings

    if reset and cases:
        raise typer.BadParameter("give either --reset or --cases", param_hint="--reset")
    settings = read_settings(library=library)
    opened = Library(settings.library.absolute(), open_embedder(settings.embedder))
    opened.documents()  # raises where there is no library
    if reset:
        removed = remove_calibration(opened.folder)
        if as_json:
            print_json({"reset": removed})
        else:
            print("back to the shipped calibration" if removed else "the library had the shipped calibration already")
        return
    assistant = Assistant(opened, passages=settings.passages)
    if cases:
        read = read_cases(cases)
        with question_progress() as report:
            calibration = calibrate_on_cases(assistant, read, most, report)
    else:
        calibration = calibrate_on_library(assistant, most)
    write_calibration(opened.folder, calibration)
    if as_json:
        print_json(asdict(calibration))
    else:
        print(_report(calibration))


def _report(calibration: Calibration) -> str:
    questions = "labelled cases" if calibration.source == "cases" else "questions drawn from the library"
    lines = [
        f"calibrated on {questions}: {calibration.answerable} with an answer, {calibration.unanswerable} without",
        "false refusals  refusal recall",
        *(f"{point.false_refusals:>14.3f}  {point.refusal_recall:>14.3f}" for point in calibration.curve),
        f"{calibration.chosen.false_refusals:>14.3f}  {calibration.chosen.refusal_recall:>14.3f}  chosen",
    ]
    if calibration.source == "drawn":
        lines.append("the shares are of drawn questions, which are easier than those that people ask")
    return "\n".join(lines)
