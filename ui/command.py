"""The command `tongwen`. Imports are inside the commands, so that `--help` and errors come at once.

Errors are one line on standard error that ends with what to do, exit status 1; a usage error is 2.
"""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from index.errors import DocumentUnknown, LoadError, SettingsError, TongwenError, UnsupportedFormat
from ui.calibrate_command import calibrate
from ui.check_command import check
from ui.contract import answer_json, hit_json, print_json, read_history, write_json
from ui.follow_ups_command import eval_follow_ups
from ui.glossary_commands import glossary_app
from ui.guard_command import eval_guard
from ui.options import AnswererChoice, JsonOption, LibraryOption, open_assistant, open_library, read_settings
from ui.progress import embedding_progress, question_progress
from ui.render import plain_text, printable

if TYPE_CHECKING:
    from index.ingest import Added
    from index.library import Library
    from index.schema import Document

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
app.command()(check)
eval_app.command("follow-ups")(eval_follow_ups)
app.command()(calibrate)
eval_app.command("guard")(eval_guard)

_INTERRUPTED = 130  # exit status
_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}  # what a full or failing disk gives

SAMPLE_QUESTIONS = (
    "亚马逊 2026 年的资本支出是多少？",
    "为什么投资者感到不安？",
    "What share of the budget goes to AWS?",
    "How many corporate jobs has Amazon cut?",
)

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


@app.command()
def add(
    sources: Annotated[list[str] | None, typer.Argument(metavar="PATH|- ...", help="Files, folders, or - .")] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Add the two articles that ship with the program.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add documents: text and Markdown files, folders of them, or standard input.

    A changed file replaces what was added from it before; a file that cannot be read is reported and the others are
    added.
    """
    if not sources and not sample:
        raise typer.BadParameter("name a file or a folder, or use --sample", param_hint="PATH")
    opened = open_library(library)
    failed: list[tuple[str, str]] = []
    documents = _load(sources or (), sample, failed)
    added = []
    with embedding_progress() as progress:
        for outcome in opened.add(documents, progress):
            added.append(outcome)
            if not as_json:
                print(_added_line(outcome))
    for _, error in failed:
        _print_error(error)
    if as_json:
        entries = [
            {
                "id": one.document.id,
                "title": one.document.title,
                "source": one.document.source,
                "outcome": one.outcome,
                "chunks": one.chunks,
                "embedded": one.embedded,
            }
            for one in added
        ]
        print_json({"documents": entries, "failed": [{"source": source, "error": error} for source, error in failed]})
    if failed:
        raise typer.Exit(1)


@app.command(name="list")
def list_documents(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List the documents of the library."""
    summaries = open_library(library).documents()
    if as_json:
        print_json({"documents": [asdict(summary) for summary in summaries]})
        return
    for summary in summaries:
        size = f"{summary.characters:,} characters, {summary.chunks} passages"
        print(f"{summary.id}  {_shown(summary.title)}  [{summary.language}, {size}]  {_shown(summary.source)}")
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
            print(f"removed {document_id}  {_shown(removed[-1].title)}")
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
    hits = open_assistant(library, "extractive").search(text, k)
    if as_json:
        print_json({"question": text, "hits": [hit_json(hit) for hit in hits]})
        return
    for rank, hit in enumerate(hits, 1):
        place = " › ".join((hit.title, *hit.chunk.section[1:]))
        print(f"{rank}. {_shown(place)}  ({hit.score:.2f})\n   {_shown(hit.chunk.text)}\n")


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


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; only loopback addresses.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    library: LibraryOption = None,
) -> None:
    """Open the web chat. An empty library is filled with the sample articles first."""
    import threading

    from ui.web import build_app
    from ui.web import serve as serve_app

    if host not in ("127.0.0.1", "localhost", "::1"):
        raise SettingsError(f"{host} is not a loopback address and the chat has no log-in yet; use 127.0.0.1")
    assistant = open_assistant(library)
    _fill_with_sample(assistant.library)
    sample = any(summary.source.startswith("sample:") for summary in assistant.library.documents())
    page = build_app(assistant, SAMPLE_QUESTIONS if sample else (), lambda: len(assistant.library.documents()))
    # The model loads while the page opens, so that the first question does not wait for it.
    threading.Thread(target=assistant.warm_up, daemon=True).start()
    serve_app(page, host, port)


@eval_app.command("run")
def eval_run(
    suite: Annotated[str, typer.Argument(help="A shipped suite: article.")],
    output: Annotated[Path | None, typer.Option("--json", metavar="OUT", help="Write figures and cases there.")] = None,
) -> None:
    """Ask the questions of a fact suite and print accuracy, citations and refusals, each with a 95 % interval."""
    from evals.suite import run_suite
    from index.embedding import open_embedder

    settings = read_settings()
    with question_progress() as report:
        run = run_suite(suite, open_embedder(settings.embedder), report=report)
    width = max(len(name) for name in run.figures())
    for name, value in run.figures().items():
        print(f"{name:<{width}}  {value}  n={value.n}")
    print(f"{len(run.records)} questions in {run.seconds:.1f} s")
    write_json(output, run.to_json())


@eval_app.command("squad")
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


def _load(sources: Iterable[str], sample: bool, failed: list[tuple[str, str]]) -> Iterator[Document]:
    """The documents of all sources; what cannot be loaded goes to `failed`."""
    from index.loading import find_files, load_file, load_samples, load_standard_input

    if sample:
        yield from load_samples()
    for source in sources:
        try:
            if source == "-":
                yield load_standard_input()
                continue
            if "://" in source:
                raise UnsupportedFormat(f"{source} is an address, only files are read; save the page and add the file")
            files = find_files(Path(source))
        except LoadError as error:
            failed.append((source, str(error)))
            continue
        for file in files:
            try:
                yield load_file(file)
            except LoadError as error:
                failed.append((str(file), str(error)))


def _fill_with_sample(library: Library) -> None:
    from index.loading import load_samples

    if library.exists() and library.documents():
        return
    print("The library is empty; adding the two sample articles.", flush=True)
    with embedding_progress() as progress:
        for outcome in library.add(load_samples(), progress):
            print(_added_line(outcome), flush=True)


def _added_line(added: Added) -> str:
    count = f"{added.chunks} passages, {added.embedded} embedded"
    return f"{added.outcome:<9}  {added.document.id}  {_shown(added.document.title)}  ({count})"


def _read_question(question: str) -> str:
    return sys.stdin.read() if question == "-" else question


def _complain(message: str, status: int = 1) -> NoReturn:
    _print_error(message)
    raise SystemExit(status)


def _print_error(message: str) -> None:
    print(f"tongwen: {_shown(message)}", file=sys.stderr)


def _shown(text: str) -> str:
    """Text of a document or a file name on one line, without what could drive the terminal."""
    return printable(" ".join(text.split()))
