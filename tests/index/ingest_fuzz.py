"""Damaged files of every format through the real ingest: each gives documents or a reason, and harms no other."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.chunking import chunk_document
from index.embedding import HashingEmbedder
from index.library import Library
from index.loading import load_paths
from index.parsing import Parser
from tests.index import format_files

WITNESS = "witness.txt"
_BATCH = 50  # files that are added together with the witness


def seeds() -> dict[str, bytes]:
    """A whole file of each format, Chinese, English and mixed text in it."""
    word = format_files.docx("# 年度报告", "资本支出为 2000 亿元。", [["部门", "Budget"], ["研发", "12"]], "The end.")
    body = "<h1>季度报告</h1><p>预算为三亿元。It is 300 million.</p>"
    page = f"<html><head><title>季度</title></head><body>{body}</body></html>"
    book = [
        ("mimetype", "application/epub+zip"),
        (
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
            '<rootfile full-path="b.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        ),
        (
            "b.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest>'
            '<item id="c" href="c.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/>'
            "</spine></package>",
        ),
        ("c.xhtml", f'<?xml version="1.0"?>{page}'.replace("<html>", '<html xmlns="http://www.w3.org/1999/xhtml">')),
    ]
    return {
        "a.txt": "预算为三亿元。It is 300 million.\n".encode() * 5,
        "gbk.txt": ("本公司今年的预算为三亿元，比去年多一成。" * 5).encode("gb18030"),
        "a.md": "# 标题\n\n正文 text。\n\n## Second\n\n- 要点\n".encode(),
        "a.html": page.encode(),
        "a.pdf": format_files.pdf([["第一页的正文。", "And more."], ["第二页。"]], "报告"),
        "a.docx": word,
        "a.pptx": format_files.pptx(("产品", "第一点 point.", "备注")),
        "a.xlsx": format_files.xlsx({"销售": [["季度", "额"], ["一", 3.5]], "Cost": [["Item", "Cost"], ["Rent", 5]]}),
        "a.csv": "姓名,City\n张三,Leeds\n".encode(),
        "a.json": '[{"text": "第一条记录。"}, {"text": "Second record."}]'.encode(),
        "a.jsonl": '{"text": "第一条。"}\n{"text": "Second."}\n'.encode(),
        "a.eml": format_files.eml("关于 budget", "正文 text。", [("a.docx", word)]),
        "a.epub": format_files.packed(book),
        "a.zip": format_files.packed([("深/a.txt", "正文。"), ("b.docx", word)]),
    }


def mutated(files: Mapping[str, bytes], count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Names and damaged contents; the first of each format are whole, cut off, empty and one byte."""
    names = sorted(files)
    for number in range(count):
        source = random.Random(f"{seed}:{number}")
        name = names[number % len(names)]
        content = bytearray(files[name])
        match number // len(names):
            case 0:
                pass
            case 1:
                del content[len(content) // 2 :]
            case 2:
                content.clear()
            case 3:
                del content[1:]
            case _:
                for _ in range(source.choice((1, 1, 3, 20))):
                    _damage(content, files, source)
                if source.random() < 0.1:
                    name = "x" + Path(source.choice(names)).suffix  # the suffix of another format
        yield f"{number:05}-{name}", bytes(content)


def _damage(content: bytearray, files: Mapping[str, bytes], source: random.Random) -> None:
    position = source.randrange(len(content) + 1)
    match source.randrange(6):
        case 0 if position < len(content):
            content[position] ^= 1 << source.randrange(8)
        case 1:
            del content[position : position + source.randrange(1, 200)]
        case 2:
            content[position:position] = source.randbytes(source.randrange(1, 50))
        case 3:
            content[position:position] = content[: source.randrange(1, 2000)]
        case 4:
            other = files[source.choice(sorted(files))]
            start = source.randrange(len(other))
            content[position : position + 100] = other[start : start + 100]
        case _:
            content[position : position + 4] = source.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"<!--", b"]]>&"))


@dataclass(slots=True)
class Outcome:
    """What came of a run."""

    files: int = 0
    accepted: int = 0
    failures: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)


def run(folder: Path, count: int, seed: int) -> Outcome:
    """Add mutated files in batches, each beside a witness, and check what is promised of every one."""
    outcome = Outcome()
    library = Library(folder / "library", HashingEmbedder())
    witness = folder / "batch" / WITNESS
    batch = folder / "batch"
    batch.mkdir()
    mutations = list(mutated(seeds(), count, seed))
    with Parser() as parser:
        for start in range(0, count, _BATCH):
            for path in batch.iterdir():
                path.unlink()
            witness.write_text(f"见证 witness {start}。", "utf-8")
            for name, content in mutations[start : start + _BATCH]:
                (batch / name).write_bytes(content)
            loaded = [file for file in load_paths([batch], parser) if file.state]
            added = list(library.add_files(loaded))
            outcome.files += len(loaded) - 1
            for file in added:
                outcome.accepted += bool(file.documents) and not file.source.endswith(WITNESS)
                outcome.reasons.update(one.reason.partition(";")[0][:60] for one in file.rejected)
                if not file.documents and not file.rejected:
                    outcome.failures.append(f"{file.source}: neither documents nor a reason")
                if any(";" not in one.reason or "\n" in one.reason for one in file.rejected):
                    outcome.failures.append(f"{file.source}: a reason without what to do")
                for one in file.documents:
                    one.document.text.encode()
            again = list(library.add_files(file for file in load_paths([batch], parser) if file.state))
            outcome.failures += [f"{file.source}: {file.outcome}" for file in again if _changes(file.outcome)]
    outcome.failures += library.verify()
    outcome.failures += _misplaced(library)
    return outcome


def _changes(outcome: str) -> bool:
    return outcome not in ("unchanged", "rejected")


def _misplaced(library: Library) -> list[str]:
    """Chunks and places that do not point at their text."""
    with library.snapshot() as snapshot:
        documents = {summary.id: snapshot.document(summary.id) for summary in snapshot.documents()}
    wrong = []
    if not any(document.title == Path(WITNESS).stem for document in documents.values()):
        wrong.append("the witness is gone")
    for document in documents.values():
        starts = [place.start for place in document.places]
        if starts != sorted(starts) or any(start > len(document.text) for start in starts):
            wrong.append(f"{document.source}: places")
        if any(document.text[chunk.start : chunk.end] != chunk.text for chunk in chunk_document(document)):
            wrong.append(f"{document.source}: chunks")
    return wrong
