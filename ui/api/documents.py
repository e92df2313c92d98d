"""`/api/v1/documents`: list, show, add and remove. Files are read as `tongwen add` reads them, in a child process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import anyio
from fastapi import APIRouter, File, UploadFile
from starlette.responses import JSONResponse, Response

from ui.add_report import AddReport
from ui.api.nouns import AddObject, DocumentBody, DocumentObject, ListObject, RemovedObject
from ui.api.problems import Problem, Refused
from ui.api.services import Using
from ui.contract import json_object, list_json

if TYPE_CHECKING:
    from index.extraction import LoadedFile
    from index.library import Library

router = APIRouter(tags=["documents"])

TEXTS_PATH = "/api/v1/documents"
FILES_PATH = "/api/v1/documents/files"
MOST_FILES = 20  # in one request
_SUFFIXES = {"text": "txt", "markdown": "md"}


@dataclass(frozen=True, slots=True)
class _Offered:
    """A file that came over the wire. Its source is not a path: nothing on disk is meant."""

    name: str
    content: bytes
    source: str


@router.get(
    TEXTS_PATH,
    summary="List the documents",
    description="The object of `tongwen list --json`.",
    responses={200: {"model": ListObject}},
)
async def list_documents(using: Using) -> Response:
    return JSONResponse(list_json(await anyio.to_thread.run_sync(using.library.documents)))


@router.get(
    TEXTS_PATH + "/{document_id}",
    summary="Show a document",
    description="Its whole text, to which the offsets of citations refer, and where its pages, slides or parts begin.",
    responses={200: {"model": DocumentObject}},
)
async def show_document(document_id: str, using: Using) -> Response:
    def show() -> dict[str, Any]:
        with using.library.snapshot() as snapshot:
            document = snapshot.document(document_id)
        shown = asdict(document) | {"characters": len(document.text), "metadata": dict(document.metadata)}
        return json_object(shown)

    return JSONResponse(await anyio.to_thread.run_sync(show))


@router.post(
    TEXTS_PATH,
    summary="Add a text",
    description="What became of it, as `tongwen add --json` prints it; 422 where it cannot become a document.",
    responses={200: {"model": AddObject}},
)
async def add_text(body: DocumentBody, using: Using) -> Response:
    name = body.name.strip()
    offered = _Offered(f"{name or 'text'}.{_SUFFIXES[body.kind]}", body.text.encode(), f"api:{name}" if name else "-")
    async with using.adding:
        return await _add(using.library, [offered])


@router.post(
    FILES_PATH,
    summary="Add files",
    description="Files of every format that `tongwen add` reads, as multipart/form-data; a file of a name that was "
    "sent before takes its place. What became of each, with the reason where one cannot be read, as `tongwen add "
    "--json` prints it; 422 where none can.",
    responses={200: {"model": AddObject}},
)
async def add_files(files: Annotated[list[UploadFile], File(max_length=MOST_FILES)], using: Using) -> Response:
    async with using.adding:  # only now into memory
        return await _add(using.library, [await _received(file) for file in files])


async def _received(file: UploadFile) -> _Offered:
    name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1].strip() or "file"
    return _Offered(name, await file.read(), f"upload:{name}")


@router.delete(
    TEXTS_PATH + "/{document_id}",
    summary="Remove a document",
    description="Takes it out of the library for good; the file that it came from stays.",
    responses={200: {"model": RemovedObject}},
)
async def remove_document(document_id: str, using: Using) -> Response:
    async with using.adding:
        removed = await anyio.to_thread.run_sync(using.library.remove, document_id)
    return JSONResponse(json_object({"removed": [asdict(removed)]}))


async def _add(library: Library, offered: Iterable[_Offered]) -> Response:
    report = await anyio.to_thread.run_sync(_read_and_add, library, offered)
    if report.failed and not report.documents:
        source, reason = report.failed[0]
        detail = f"{source} {reason}"
        raise Refused(Problem("unreadable", detail, members={"failed": report.as_json()["failed"]}))
    return JSONResponse(report.as_json())


def _read_and_add(library: Library, offered: Iterable[_Offered]) -> AddReport:
    report = AddReport()
    for added in library.add_files(_load(offered, report)):
        report.add(added)
    return report


def _load(offered: Iterable[_Offered], report: AddReport) -> Iterator[LoadedFile]:
    """What goes into the library; what cannot is noted at once."""
    from index.formats.registry import is_supported, why_unsupported
    from index.loading import load_content
    from index.parsing import Parser

    with Parser() as parser:
        for one in offered:
            if not is_supported(one.name):
                report.failed.append((one.source, why_unsupported(one.name)))
                continue
            loaded = load_content(one.content, name=one.name, source=one.source, parser=parser)
            if loaded.documents:
                yield loaded
            else:
                report.note(loaded.source, loaded.rejected, loaded.notes)
