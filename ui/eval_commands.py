"""The commands that run suites and question sets, compare runs, gate on them and print their tables."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.errors import SettingsError
from ui.contract import print_json, write_json
from ui.options import AnswererChoice, JsonOption, read_settings
from ui.progress import question_progress
from ui.rendering.escaping import printable
from ui.run_output import run_lines, some

if TYPE_CHECKING:
    from evals.judge import Judge
    from evals.records import Record, Run
    from evals.subject import Subject
    from evals.suite_folder import Suite
    from rag.settings import Settings

_REMOTE_JOBS = 4  # questions at a time where another machine answers

RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a run.")]


def eval_run(
    suite: Annotated[str, typer.Argument(help="A shipped suite, article for example, or the folder of one.")],
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the run. [runs/SUITE-TIME]")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run that is in the folder.")] = False,
    answerer: Annotated[AnswererChoice | None, typer.Option("--answerer", help="Who answers, as for `ask`.")] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, max=64, help="Questions at a time. [1; 4 where a language model answers]")
    ] = None,
    remote: Annotated[str | None, typer.Option(metavar="URL", help="Ask the assistant behind this HTTP API.")] = None,
    openai: Annotated[str | None, typer.Option(metavar="URL", help="Ask this OpenAI-compatible endpoint.")] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="The model of that endpoint.")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, max=3600, help="Seconds for an answer over HTTP.")] = 60.0,
    judge: Annotated[bool, typer.Option("--judge", help="Ask TONGWEN_LLM for its opinion, beside the scores.")] = False,
    output: Annotated[Path | None, typer.Option("--json", metavar="OUT", help="Write figures and cases there.")] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit's XML there.")] = None,
) -> None:
    """Ask the questions of a suite, keep everything in a folder, and print its figures with 95 % intervals.

    The documents go into a throw-away library. A key for --remote or --openai is read from TONGWEN_EVAL_API_KEY.
    """
    from evals.junit import write_junit
    from evals.runs import read_summary, run_suite
    from evals.suite_folder import open_suite

    if resume and out is None:
        raise typer.BadParameter("needs --out, the folder to go on with", param_hint="--resume")
    if sum((remote is not None, openai is not None, answerer is not None)) > 1:
        raise typer.BadParameter("only one of --remote, --openai and --answerer", param_hint="--remote")
    if (openai is None) != (model is None):
        raise typer.BadParameter("--openai and --model go together", param_hint="--model")
    opened = open_suite(suite)
    settings = read_settings()
    folder = out or _new_folder(opened.name)
    with ExitStack() as stack:
        subject = _subject(opened, settings, answerer, remote, openai, model, timeout, stack)
        written = settings.model_dump(mode="json", exclude={"llm_api_key", "library"}) if not (remote or openai) else {}
        at_a_time = jobs or (1 if subject.name == "extractive" else _REMOTE_JOBS)
        report = stack.enter_context(question_progress())
        opinion = _judge(settings) if judge else None
        run = run_suite(opened, subject, folder, written, at_a_time, resume, opinion, report)
    summary = read_summary(folder)
    for line in run_lines(run, summary):
        print(line)
    write_json(output, {**run.info, **summary, "cases": [record.to_json() for record in run.records]})
    if junit:
        write_junit(run, junit)


def _new_folder(name: str) -> Path:
    from datetime import datetime

    safe = "".join(character if character.isalnum() or character in "-_" else "-" for character in name)
    return Path("runs") / f"{safe}-{datetime.now():%Y%m%d-%H%M%S-%f}"


def _subject(
    suite: Suite,
    settings: Settings,
    answerer: AnswererChoice | None,
    remote: str | None,
    openai: str | None,
    model: str | None,
    timeout: float,
    stack: ExitStack,
) -> Subject:
    from evals.remote import KEY, OpenAiAssistant, RemoteAssistant

    key = os.environ.get(KEY)
    if remote:
        return RemoteAssistant(suite, remote, key, timeout)
    if openai and model:
        return OpenAiAssistant(suite, openai, model, key, timeout)
    from evals.local import LocalSubject
    from index.embedding import open_embedder
    from rag.grounding import GroundingRules

    options: dict[str, Any] = {
        "passages": settings.passages,
        "rules": GroundingRules(settings.wrong_figure, settings.missing_name),
    }
    if answerer == "llm" and settings.llm == "none":
        raise SettingsError("no language model is set; set TONGWEN_LLM, openai:MODEL for example")
    if answerer == "extractive" or settings.llm == "none":
        return stack.enter_context(LocalSubject(suite, open_embedder(settings.embedder), options=options))
    from rag.llm_answerer import open_llm_answerer
    from rag.llm_rewriter import LlmRewriter

    llm = open_llm_answerer(settings)
    options["rewriter"] = LlmRewriter(llm)
    return stack.enter_context(LocalSubject(suite, open_embedder(settings.embedder), llm, options))


def _judge(settings: Settings) -> Judge:
    from evals.judge import Judge
    from rag.llm_answerer import open_llm_answerer

    if settings.llm == "none":
        raise SettingsError("--judge needs a language model; set TONGWEN_LLM, openai:MODEL for example")
    return Judge(open_llm_answerer(settings), settings.llm)


def eval_compare(first: RunArgument, second: RunArgument, as_json: JsonOption = False) -> None:
    """Show what the second run does better and worse than the first, case by case, and what may be chance."""
    from evals.compare import compare_runs, comparison_json
    from evals.records import read_run

    comparison = compare_runs(read_run(first), read_run(second))
    if as_json:
        print_json(comparison_json(comparison))
        return
    if not comparison.same_cases:
        print("The cases or documents of the suite have changed; compared are the cases that both have.")
    width = max(map(len, comparison.figures))
    for name, one in comparison.figures.items():
        verdict = "same" if not one.by and one.p == 1 else "may be chance" if one.is_noise else "significant"
        print(
            f"{name:<{width}}  {one.first:.3f} → {one.second:.3f}  {one.by:+.3f} [{one.low:+.3f}, {one.high:+.3f}]  "
            f"p={one.p:.3f} ({one.test})  {verdict}"
        )
    for cause, (before, after) in comparison.causes.items():
        print(f"{cause}: {before} → {after}")
    for word, pairs in (("better", comparison.better), ("worse", comparison.worse)):
        print(f"{word}: {len(pairs)}")
        for before_case, after_case in pairs:
            print(f"  {_shown_case(before_case, after_case)}")
    for name, ids in (("first", comparison.only_first), ("second", comparison.only_second)):
        if ids:
            print(f"scored in the {name} alone: {some(ids)}")


def _shown_case(before: Record, after: Record) -> str:
    change = f"{before.cause or 'right'} → {after.cause or 'right'}"
    return printable(" ".join(f"{after.case.id}: {change}, {after.case.question}".split()))


def eval_gate(
    run: RunArgument,
    fail_under: Annotated[
        list[str] | None, typer.Option(metavar="FIGURE=SHARE", help="Instead of the suite's gates; may be repeated.")
    ] = None,
    no_worse_than: Annotated[Path | None, typer.Option(metavar="RUN", help="A run that must be reached.")] = None,
    tolerance: Annotated[
        float, typer.Option(min=0, max=1, help="How much worse than that run a figure may be, as a share.")
    ] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Exit with status 1 and the reasons where a run is not good enough, with 0 where it is.

    Without --fail-under the gates of the suite hold. Of false_refusals, SHARE is the most. A figure that is worse than
    in the other run is a reason; whether it may be chance is said. A language model answers a little differently each
    time: give --tolerance 0.02, say. An empty or unfinished run never passes.
    """
    from evals.gate import check_gate
    from evals.records import read_run

    if tolerance and no_worse_than is None:
        raise typer.BadParameter("goes with --no-worse-than", param_hint="--tolerance")
    opened = read_run(run)
    thresholds = _thresholds(fail_under) if fail_under else _suite_gates(opened)
    reasons = check_gate(opened, thresholds, read_run(no_worse_than) if no_worse_than else None, tolerance)
    if as_json:
        print_json({"passed": not reasons, "reasons": [reason.to_json() for reason in reasons]})
    else:
        for reason in reasons:
            print(printable(" ".join(reason.text.split())))
            if reason.causes:
                print("  causes: " + ", ".join(f"{cause} {count}" for cause, count in reason.causes.items()))
            if reason.ids:
                print(f"  cases: {some(reason.ids)}")
        if not reasons:
            print("passed")
    if reasons:
        raise typer.Exit(1)


def _suite_gates(run: Run) -> dict[str, float]:
    return {str(name): float(share) for name, share in run.info["suite"]["gates"].items()}


def _thresholds(given: list[str]) -> dict[str, float]:
    thresholds: dict[str, float] = {}
    for item in given:
        name, _, share = item.partition("=")
        try:
            thresholds[name] = float(share)
        except ValueError:
            raise typer.BadParameter(f"{item!r} is not FIGURE=SHARE", param_hint="--fail-under") from None
        if not 0 <= thresholds[name] <= 1:
            raise typer.BadParameter(f"{item!r}: the share must be from 0 to 1", param_hint="--fail-under")
    return thresholds


def eval_table(
    results: Annotated[list[Path], typer.Argument(metavar="RUN|FILE ...", help="Runs, and results of `eval squad`.")],
) -> None:
    """Print the figures of saved results as Markdown tables."""
    from evals.result_tables import write_tables

    print(write_tables(results))


def eval_squad(
    contexts: Annotated[Path, typer.Argument(metavar="CONTEXTS.json", help="A question set in SQuAD's format.")],
    questions: Annotated[Path | None, typer.Option(help="Take the questions, by id, from this set instead.")] = None,
    beside: Annotated[Path | None, typer.Option(help="Put the paragraphs of this translation beside them.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask only the first N questions.")] = None,
    output: Annotated[Path | None, typer.Option("--json", metavar="OUT", help="Write the figures there.")] = None,
) -> None:
    """Build a throw-away library of the paragraphs, ask every question, and print retrieval and answer figures."""
    from evals.squad import read_squad, run_squad, with_paragraphs_of, with_questions_of
    from index.embedding import open_embedder

    settings = read_settings()
    squad = read_squad(contexts)
    if questions:
        squad = with_questions_of(squad, read_squad(questions))
    if beside:
        squad = with_paragraphs_of(squad, read_squad(beside))
    with question_progress() as report:
        figures = run_squad(squad, open_embedder(settings.embedder), limit=limit, report=report)
    print_json(figures)
    write_json(output, figures)
