"""The commands about the files of suites: check, new, import. Nothing is asked of an assistant here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ui.contract import print_json
from ui.options import JsonOption
from ui.rendering.escaping import printable

SuiteArgument = Annotated[str, typer.Argument(metavar="SUITE", help="A shipped suite, or the folder of one.")]
SuiteFolder = Annotated[Path, typer.Option("--suite", metavar="DIR", help="The folder of the suite.")]


def eval_check(suite: SuiteArgument, as_json: JsonOption = False) -> None:
    """Check a suite: its settings, every case, and that each passage stands word for word in its document."""
    from evals.suite_folder import examine_suite

    opened, problems = examine_suite(suite)
    cases, documents = (len(opened.cases), len(opened.documents)) if opened else (0, 0)
    if as_json:
        print_json({"suite": suite, "cases": cases, "documents": documents, "problems": problems})
    else:
        for problem in problems:
            print(on_one_line(problem))
        if not problems:
            print(f"{cases} cases over {documents} documents: all as it should be")
    if problems:
        raise typer.Exit(1)


def eval_new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is not there yet, or empty.")],
    language: Annotated[Literal["zh", "en"], typer.Option(help="Of the headers of the table to fill in.")] = "en",
) -> None:
    """Start a suite: settings, a table to fill in, a folder for documents, and what to do next."""
    from evals.new_suite import start_suite

    for path in start_suite(folder, language):
        print(on_one_line(f"{path}{'/' if path.is_dir() else ''}"))


def eval_import(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A table (.csv, .xlsx) or SQuAD's format (.json).")],
    suite: SuiteFolder,
    again: Annotated[bool, typer.Option("--again", help="Replace what an earlier import of it wrote.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring cases into a suite; where any row is wrong all that are wrong are named and nothing is written."""
    from evals.imports import ImportFailed, import_cases

    try:
        imported = import_cases(source, suite, again)
    except ImportFailed as error:
        for problem in error.problems:
            typer.echo(f"tongwen: {on_one_line(problem)}", err=True)
        raise typer.Exit(1) from error
    if as_json:
        print_json(
            {
                "file": str(imported.file),
                "cases": imported.cases,
                "documents": imported.documents,
                "uncited": imported.uncited,
            }
        )
        return
    print(on_one_line(f"{imported.cases} cases in {imported.file}, {imported.documents} documents"))
    if imported.uncited:
        print(f"{imported.uncited} of them have an answer and no passage to cite: what is cited there is not judged")


def on_one_line(text: str) -> str:
    """Text of a file on one line, without what could drive the terminal."""
    return printable(" ".join(text.split()))
