"""`tongwen glossary`: a library's own names on top of those that ship with the program.

They stand in LIBRARY/glossary.tsv, which may be edited by hand; `tongwen glossary check` tells whether it can be read.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import LibraryMissing
from ui.contract import print_json
from ui.options import JsonOption, LibraryOption
from ui.rendering.escaping import printable

if TYPE_CHECKING:
    from rag.naming.glossary import Entry

glossary_app = typer.Typer(
    help="""Names that mean the same, in both languages, for checking answers.

    A library's own names stand in its file glossary.tsv: UTF-8, one entry a line, fields separated by tabs, the kind
    first (company, person, place, …), then the forms: full, short, abbreviated, in both languages. A form after "~"
    bears the name out and is no name (~American); a word after "!" holds a form and means something else (!小米粥).
    Lines that begin with # are comments.
    """,
    no_args_is_help=True,
)


@glossary_app.command("list")
def list_entries(
    everything: Annotated[bool, typer.Option("--all", help="Also the entries that ship with the program.")] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the library's own entries."""
    from rag.naming.glossary import open_glossary

    glossary = open_glossary(_folder(library))
    entries = (*glossary.own, *glossary.entries) if everything else glossary.own
    _print_entries("entries", entries, as_json)
    if not entries and not as_json:
        print("the library has no names of its own; add some with `tongwen glossary add FORM FORM`", file=sys.stderr)


@glossary_app.command()
def add(
    forms: Annotated[list[str], typer.Argument(metavar="FORM ...", help="Ways to write one name.")],
    kind: Annotated[str, typer.Option("--kind", help="What it is: company, product, person, place, ….")] = "name",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a name to the library's own, with the forms that mean the same."""
    from rag.naming.glossary import add_entry

    _print_entries("added", [add_entry(_folder(library), kind, forms)], as_json)


@glossary_app.command()
def remove(
    form: Annotated[str, typer.Argument(help="One of the forms of the name.")],
    library: LibraryOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove a name, with all its forms, from the library's own. Asks first when used at a terminal."""
    from rag.naming.glossary import remove_entries

    folder = _folder(library)
    if sys.stdin.isatty() and not yes:
        typer.confirm(f"Remove {form!r} and what means the same from the glossary?", abort=True, err=True)
    _print_entries("removed", remove_entries(folder, form), as_json)


@glossary_app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A glossary file.")], as_json: JsonOption = False
) -> None:
    """Tell whether a glossary file can be read, and where it cannot."""
    from rag.naming.glossary import read_entries

    entries = read_entries(file)
    forms = sum(len(entry.forms) for entry in entries)
    if as_json:
        print_json({"entries": len(entries), "forms": forms})
    else:
        print(f"{len(entries)} entries with {forms} forms, all as they should be")


def _folder(library: Path | None) -> Path:
    from rag.settings import read_settings

    folder = read_settings(library=library).library.absolute()
    if not folder.is_dir():
        raise LibraryMissing(f"no library at {folder}; make one with `tongwen add FILE` or `tongwen add --sample`")
    return folder


def _print_entries(name: str, entries: Sequence[Entry], as_json: bool) -> None:
    if as_json:
        print_json({name: [asdict(entry) for entry in entries]})
        return
    for entry in entries:
        extra = [*(f"~{form}" for form in entry.adjectives), *(f"!{word}" for word in entry.other_words)]
        print(printable(f"{entry.kind:<12} {' | '.join([*entry.forms, *extra])}"))
