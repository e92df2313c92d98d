"""The command `tongwen eval draft`: cases proposed from documents, for a person to edit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import SettingsError, TongwenError
from ui.options import read_settings
from ui.suite_commands import on_one_line

if TYPE_CHECKING:
    from evals.cases import Case
    from evals.drafting import Draft
    from index.schema import Document

_FOR_A_PERSON = (
    "These are drafts: read each question, mend or delete it, and check those tagged review / "
    "这些只是草稿：请逐条阅读、修改或删除，并核对带 review 标签的问题"
)


def eval_draft(
    documents: Annotated[list[Path], typer.Argument(metavar="DOCUMENT ...", help="Files of any format that is read.")],
    suite: Annotated[
        Path | None, typer.Option("--suite", metavar="DIR", help="Write them there; else they are printed.")
    ] = None,
    llm: Annotated[bool, typer.Option("--llm", help="Let the model of TONGWEN_LLM propose some as well.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Replace an earlier draft, edits included.")] = False,
) -> None:
    """Propose cases from documents: their figures, dates and names, each with the sentence that it must cite."""
    from evals.case_files import case_line
    from evals.drafting import draft_document, draft_into_suite

    draft = _drafter(llm)
    failed = drafted = False
    for path in documents:
        try:
            if suite is None:
                cases = draft_document(path, draft)
                for case in cases:
                    print(case_line(case), end="")
            else:
                target, cases = draft_into_suite(path, suite, draft, again)
                print(on_one_line(f"{len(cases)} cases in {target}"))
        except TongwenError as error:
            failed = True
            typer.echo(f"tongwen: {on_one_line(str(error))}", err=True)
        else:
            drafted = drafted or bool(cases)
    if drafted:
        typer.echo(_FOR_A_PERSON, err=True)
    if failed:
        raise typer.Exit(1)


def _drafter(llm: bool) -> Draft:
    from evals.draft import draft_cases

    if not llm:
        return draft_cases
    from evals.llm_draft import draft_with_model
    from rag.llm import ModelFault
    from rag.llm_answerer import open_llm_answerer

    settings = read_settings()
    if settings.llm == "none":
        raise SettingsError("no language model is set; set TONGWEN_LLM, openai:MODEL for example")
    model = open_llm_answerer(settings)

    def draft(document: Document, name: str | None) -> Sequence[Case]:
        try:
            drafted = draft_with_model(document, model, name)
        except ModelFault as fault:
            raise TongwenError(f"the model {settings.llm} did not answer ({fault}); check it and try again") from fault
        if drafted.passed_over:
            typer.echo(f"{drafted.passed_over} proposals of the model could not be used", err=True)
        return [*draft_cases(document, name), *drafted.cases]

    return draft
