"""The command `tongwen check`: whether the citations of a stored answer still stand."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from index.errors import TongwenError
from ui.contract import print_json
from ui.options import JsonOption, LibraryOption, open_library
from ui.rendering.escaping import printable

_MEANINGS = {
    "valid": "stands in the library as it was cited",
    "stale": "the text it was taken from was edited or removed since",
    "altered": "is not what an answer cited: its quote, offsets or hash were changed",
}


@dataclass(frozen=True, slots=True)
class _Cited:
    """A citation as `ask --json` printed it."""

    number: int
    document_id: str
    start: int
    end: int
    quote: str
    sha256: str


def check(
    answer: Annotated[str, typer.Argument(metavar="ANSWER.json|-", help="What `tongwen ask --json` printed.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check whether the citations of a stored answer still stand; exit status 1 where one does not."""
    from rag.citations import citation_state

    cited = _read(answer)
    with open_library(library).snapshot() as snapshot:
        states = [citation_state(snapshot, citation) for citation in cited]
    if as_json:
        print_json({"citations": [{"number": c.number, "state": s} for c, s in zip(cited, states, strict=True)]})
    else:
        for citation, state in zip(cited, states, strict=True):
            quote = printable(" ".join(citation.quote.split()))
            print(f"[{citation.number}] {state}: {_MEANINGS[state]}\n    {quote}")
    if any(state != "valid" for state in states):
        raise typer.Exit(1)


def _read(source: str) -> list[_Cited]:
    """The citations of the answer in a file or on standard input."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
        return [_cited(entry) for entry in json.loads(text)["citations"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TongwenError(
            f"{source} is not an answer as `tongwen ask --json` prints it ({error!r}); give a file that holds one"
        ) from error


def _cited(entry: dict[str, Any]) -> _Cited:
    offsets = entry["number"], entry["start"], entry["end"]
    texts = entry["document_id"], entry["quote"], entry["sha256"]
    if not all(type(offset) is int for offset in offsets) or not all(isinstance(text, str) for text in texts):
        raise ValueError("a citation has a field of another type")
    return _Cited(offsets[0], texts[0], offsets[1], offsets[2], texts[1], texts[2])
