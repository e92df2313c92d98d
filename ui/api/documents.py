"""`/api/v1/documents`: list, show, add and remove. Files are read as `tongwen add` reads them, in a child process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import anyio
from fastapi import APIRouter, File, UploadFile
from starlette.responses import JSONResponse, Response

from ui.add_report import AddReport
from ui.api.nouns import AddObject, DocumentBody, DocumentObject, ListObject, RemovedObject
from ui.api.problems import Problem, Refused
from ui.api.services import Using
from ui.contract import json_object, list_json
from ui.offered import Offered, addable, read_offered

if TYPE_CHECKING:
    from index.library import Library

router = APIRouter(tags=["documents"])

TEXTS_PATH = "/api/v1/documents"
FILES_PATH = "/api/v1/documents/files"
MOST_FILES = 20  # in one request


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
    async with using.adding:
        return await _add(using.library, [Offered.text(body.text, body.name, body.kind, "api")])


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
        return await _add(using.library, [Offered.file(file.filename or "", await file.read()) for file in files])


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


async def _add(library: Library, offered: Iterable[Offered]) -> Response:
    report = await anyio.to_thread.run_sync(_read_and_add, library, offered)
    if report.failed and not report.documents:
        source, reason = report.failed[0]
        detail = f"{source} {reason}"
        raise Refused(Problem("unreadable", detail, members={"failed": report.as_json()["failed"]}))
    return JSONResponse(report.as_json())


def _read_and_add(library: Library, offered: Iterable[Offered]) -> AddReport:
    from index.parsing import Parser

    report = AddReport()
    with Parser() as parser:
        files = addable(read_offered(offered, parser), lambda file: report.note(file.source, file.rejected, file.notes))
        for added in library.add_files(files):
            report.add(added)
    return report
