"""The command `tongwen add`: files, folders, web pages and standard input into the library, and what became of each."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from ui.add_report import AddReport
from ui.contract import print_json
from ui.options import JsonOption, LibraryOption, open_library, read_settings
from ui.progress import embedding_progress
from ui.rendering.escaping import one_line

if TYPE_CHECKING:
    from index.extraction import LoadedFile
    from index.ingest import Added


def add(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="PATH|URL|- ...", help="Files, folders, web pages, or - .")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Add the two articles that ship with the program.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add documents: text, Markdown, web pages, PDF, Word, PowerPoint, Excel, CSV, EPUB, JSON, e-mail and zip files,
    folders of them, or Markdown on standard input.

    A changed file replaces what was added from it before; a file that cannot be read is reported and the others are
    added. In a folder, hidden files, links and what a file .tongwenignore names are passed over. A web page is fetched
    only from a host that TONGWEN_ALLOWED_HOSTS names (HOST, HOST:PORT or *.DOMAIN, with commas; none at first).
    """
    if not sources and not sample:
        raise typer.BadParameter("name a file or a folder, or use --sample", param_hint="PATH")
    opened = open_library(library)
    report = AddReport()
    with embedding_progress() as progress:
        for file in opened.add_files(_load(sources or (), sample, report), progress):
            report.add(file)
            if not as_json:
                for one in file.documents:
                    print(added_line(one))
    for source, reason in report.failed:
        print(f"tongwen: {one_line(f'{source} {reason}')}", file=sys.stderr)
    if as_json:
        print_json(report.as_json())
    else:
        for source, note in report.notes:
            print(f"note: {one_line(f'{source}: {note}')}")
    if report.failed:
        raise typer.Exit(1)


def added_line(added: Added) -> str:
    """What became of one document, on one line."""
    passages = "passage" if added.chunks == 1 else "passages"
    count = f"{added.chunks} {passages}, {added.embedded} embedded"
    return f"{added.outcome:<9}  {added.document.id}  {one_line(added.document.title)}  ({count})"


def _load(sources: Iterable[str], sample: bool, report: AddReport) -> Iterator[LoadedFile]:
    """What goes into the library; what is said of sources that are no files goes to the report at once."""
    from index.extraction import LoadedFile
    from index.loading import load_paths, load_samples, load_standard_input
    from index.loading_urls import load_url
    from index.parsing import Parser
    from index.web_address import is_web_address, parse_allowed_hosts

    allowed_hosts = parse_allowed_hosts(read_settings().allowed_hosts)
    if sample:
        yield from (LoadedFile(document.source, (document,)) for document in load_samples())
    with Parser() as parser:
        for source in sources:
            if source == "-":
                files: Iterable[LoadedFile] = [load_standard_input(parser)]
            elif "://" in source or is_web_address(source):
                files = [load_url(source, allowed_hosts, parser)]
            else:
                files = load_paths([source], parser)
            for loaded in files:
                if loaded.documents or loaded.state:
                    yield loaded
                else:
                    report.note(loaded.source, loaded.rejected, loaded.notes)
