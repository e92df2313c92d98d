"""The command `tongwen`. Imports are inside the commands, so that `--help` and errors come at once.

Errors are one line on standard error that ends with what to do, exit status 1; a usage error is 2.
"""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Callable
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from index.errors import DocumentUnknown, TongwenError
from rag.answer_json import answer_json
from ui.add_command import add
from ui.backup_commands import backup, compact, restore
from ui.bench_command import bench
from ui.bitext_command import eval_bitext
from ui.calibrate_command import calibrate
from ui.check_command import check
from ui.contract import list_json, print_json, read_history, search_json
from ui.doctor_command import doctor
from ui.draft_command import eval_draft
from ui.eval_commands import eval_compare, eval_gate, eval_run, eval_squad, eval_table
from ui.feedback_commands import eval_approve, eval_dismiss, eval_pending, feedback
from ui.follow_ups_command import eval_follow_ups
from ui.glossary_commands import glossary_app
from ui.guard_command import eval_guard
from ui.key_commands import keys_app
from ui.mcp_command import mcp
from ui.options import AnswererChoice, JsonOption, LibraryOption, open_assistant, open_library
from ui.progress import embedding_progress
from ui.rendering.escaping import one_line
from ui.rendering.terminal import hit_path, plain_text
from ui.report_command import eval_report
from ui.serve_command import serve
from ui.suite_commands import eval_check, eval_import, eval_new
from ui.sync_command import sync

app = typer.Typer(
    name="tongwen",
    help="Answers questions in Chinese and English from your documents, and shows the exact sentence each rests on.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
eval_app = typer.Typer(help="Measure answers against questions whose answers are known.", no_args_is_help=True)
app.add_typer(eval_app, name="eval")
app.add_typer(glossary_app, name="glossary")
app.add_typer(keys_app, name="keys")
for command in (add, sync, check, feedback, calibrate, backup, restore, compact, doctor, bench, serve, mcp):
    app.command()(command)
_EVAL_COMMANDS: dict[str, Callable[..., None]] = {
    "run": eval_run,
    "compare": eval_compare,
    "gate": eval_gate,
    "report": eval_report,
    "table": eval_table,
    "new": eval_new,
    "draft": eval_draft,
    "import": eval_import,
    "check": eval_check,
    "pending": eval_pending,
    "approve": eval_approve,
    "dismiss": eval_dismiss,
    "squad": eval_squad,
    "bitext": eval_bitext,
    "guard": eval_guard,
    "follow-ups": eval_follow_ups,
}
for name, measure in _EVAL_COMMANDS.items():
    eval_app.command(name)(measure)

_INTERRUPTED = 130  # exit status
_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}  # what a full or failing disk gives

QuestionArgument = Annotated[str, typer.Argument(help='The question, or "-" to read it from standard input.')]


def main() -> NoReturn:
    """Run the command line and leave with its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a character gets its number
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    try:
        app()
    except TongwenError as error:
        _complain(str(error))
    except SystemExit as end:
        if end.code == _INTERRUPTED:  # what Typer makes of a KeyboardInterrupt
            _complain("interrupted; what was stored stays, run the command again to go on", status=_INTERRUPTED)
        _flush_output()
        raise
    except OSError as error:
        if error.errno not in _UNWRITABLE:
            raise
        _give_up_output(error)
    raise SystemExit(0)


def _flush_output() -> None:
    """Write what is still buffered while an error can be reported."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _give_up_output(error)


def _give_up_output(error: OSError) -> NoReturn:
    sys.stdout = None  # what is left in its buffer cannot be written either
    _complain(f"the output cannot be written ({error.strerror or error}); check where it goes")


@app.command(name="list")
def list_documents(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the documents of the library."""
    summaries = open_library(library).documents()
    if as_json:
        print_json(list_json(summaries))
        return
    for summary in summaries:
        size = f"{summary.characters:,} characters, {summary.chunks} passages"
        print(f"{summary.id}  {one_line(summary.title)}  [{summary.language}, {size}]  {one_line(summary.source)}")
    if not summaries:
        print("the library is empty; add documents with `tongwen add FILE`", file=sys.stderr)


@app.command()
def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID ...", help="Document ids, as `tongwen list` shows them.")],
    library: LibraryOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove documents from the library; the files they came from stay. Asks first when used at a terminal."""
    opened = open_library(library)
    titles = {summary.id: summary.title for summary in opened.documents()}
    for document_id in ids:
        if document_id not in titles:
            raise DocumentUnknown(f"no document {document_id!r} in the library; `tongwen list` shows the ids")
    removed = []
    for document_id in dict.fromkeys(ids):
        if sys.stdin.isatty() and not yes:
            typer.confirm(f"Remove {titles[document_id]!r} from the library?", abort=True, err=True)
        removed.append(opened.remove(document_id))
        if not as_json:
            print(f"removed {document_id}  {one_line(removed[-1].title)}")
    if as_json:
        print_json({"removed": [asdict(summary) for summary in removed]})


@app.command()
def rebuild(library: LibraryOption = None) -> None:
    """Cut and embed every document anew, as after a change of the embedder. Searches go on meanwhile."""
    with embedding_progress() as progress:
        chunks = open_library(library).rebuild(progress)
    print(f"rebuilt {chunks} passages")


@app.command()
def verify(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Read every stored byte of the library and report what is damaged; exit status 1 where anything is."""
    problems = open_library(library).verify()
    if as_json:
        print_json({"problems": problems})
    else:
        print("\n".join(problems) or "all documents, passages and vectors are what was written")
    if problems:
        raise typer.Exit(1)


@app.command()
def search(
    question: QuestionArgument,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages at most.")] = 5,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the passages that are nearest to a question."""
    text = _read_question(question)
    assistant = open_assistant(library, "extractive")
    hits = assistant.search(text, k)
    if degraded := assistant.library.degraded():
        _print_error(degraded)
    if as_json:
        print_json(search_json(text, hits, degraded))
        return
    for rank, hit in enumerate(hits, 1):
        path = one_line(" › ".join((hit.title, *hit_path(hit))))
        print(f"{rank}. {path}  ({hit.score:.2f})\n   {one_line(hit.chunk.text)}\n")


@app.command()
def ask(
    question: QuestionArgument,
    answerer: Annotated[
        AnswererChoice | None,
        typer.Option("--answerer", help="Who answers. [default: llm where TONGWEN_LLM names one, else extractive]"),
    ] = None,
    history: Annotated[
        Path | None, typer.Option("--history", metavar="FILE.json", help="Earlier turns, as a list of `ask --json`.")
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question from the library, with the exact sentences that the answer rests on."""
    text = _read_question(question)
    answer = open_assistant(library, answerer).ask(text, read_history(history) if history else ())
    if as_json:
        print_json(answer_json(answer))
    else:
        print(plain_text(answer))


def _read_question(question: str) -> str:
    return sys.stdin.read() if question == "-" else question


def _complain(message: str, status: int = 1) -> NoReturn:
    _print_error(message)
    raise SystemExit(status)


def _print_error(message: str) -> None:
    print(f"tongwen: {one_line(message)}", file=sys.stderr)
