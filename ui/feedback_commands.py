"""The commands about what people said of answers: `feedback`, and `eval pending`, `approve` and `dismiss`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ui.contract import print_json
from ui.options import JsonOption, LibraryOption, open_library
from ui.suite_commands import SuiteFolder, on_one_line

FeedbackId = Annotated[str, typer.Argument(metavar="ID", help="As `tongwen eval pending` lists it.")]


def feedback(
    answer: Annotated[Path, typer.Argument(metavar="ANSWER.json", help="What `tongwen ask --json` printed.")],
    down: Annotated[bool, typer.Option("--down/--up", help="Whether the answer is wrong or right.")],
    reason: Annotated[str, typer.Option("--reason", help="What is wrong with it.")] = "",
    correction: Annotated[str, typer.Option("--correction", help="The right answer.")] = "",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say of an answer that it is right or wrong; a correction can become a case of a suite."""
    from ui.feedback import keep_feedback, read_answer

    kept = keep_feedback(open_library(library), "down" if down else "up", read_answer(answer), reason, correction)
    if as_json:
        print_json(asdict(kept))
    else:
        print(kept.id)


def eval_pending(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the answers that were found wrong and are not decided on, with their corrections."""
    from evals.from_feedback import pending_feedback

    pending = pending_feedback(open_library(library))
    if as_json:
        print_json({"feedback": [asdict(one) for one in pending]})
        return
    for one in pending:
        print(on_one_line(f"{one.id}  {one.created_at:%Y-%m-%d}  {one.question}"))
        for label, text in (("correction", one.correction), ("reason", one.reason)):
            if text:
                print(f"    {label}: {on_one_line(text)}")
    if not pending:
        print("nothing is pending")


def eval_approve(
    feedback_id: FeedbackId,
    suite: SuiteFolder,
    answer: Annotated[
        list[str] | None, typer.Option("--answer", help="A right answer, in place of the correction; may be repeated.")
    ] = None,
    cite: Annotated[
        list[str] | None, typer.Option("--cite", help="A sentence to cite, word for word; may be repeated.")
    ] = None,
    unanswerable: Annotated[
        bool, typer.Option("--unanswerable", help="It should have been refused: the documents do not answer it.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a case of a suite of an answer that was found wrong."""
    from evals.cases import case_json
    from evals.from_feedback import FILE, approve_feedback

    if unanswerable and (answer or cite):
        raise typer.BadParameter("what is not answerable has no answer", param_hint="--unanswerable")
    case = approve_feedback(open_library(library), feedback_id, suite, answer or (), cite or (), unanswerable)
    if as_json:
        print_json(case_json(case))
    else:
        print(on_one_line(f"{case.id} is a case in {suite / FILE}"))


def eval_dismiss(feedback_id: FeedbackId, library: LibraryOption = None) -> None:
    """Leave an answer that was found wrong as it is: it becomes no case."""
    kept = open_library(library).set_feedback_state(feedback_id, "dismissed")
    print(f"{kept.id} is dismissed")
