"""Names that lead astray, and a program that reads files of such names and tells what it opened.

python -m tests.index.hostile_names FOLDER     prints {"opened": […], "sources": […], "texts": n} as JSON
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

CANARY = "canary-6f2d"  # stands in the file outside the folder, and must never be read

_PREFIXES = ("", "../", "../../../../../../", "/", "//", "\\\\", "..\\..\\", "C:\\", "C:/", "file://", "file:///", "./")
_BODIES = (
    "outside.txt",
    "etc/passwd.txt",
    "proc/self/environ.txt",
    "CON.txt",
    "NUL.txt",
    "aux.md",
    "a\0b.txt",
    "a\nb.txt",
    "a\rb.md",
    "\x1b[31mred.txt",
    "\u202etxt.exe.txt",
    "\u2066a\u2069.txt",
    "报告" * 40 + ".txt",
    "x" * 300 + ".txt",
    unicodedata.normalize("NFC", "é.txt"),
    unicodedata.normalize("NFD", "é.txt"),
    "%2e%2e%2foutside.txt",
    "..%c0%af..%c0%afoutside.txt",
    "$(id).txt",
    "`id`.txt",
    "a;rm -rf.txt",
    "a'b\"c.txt",
    "-rf.txt",
    "~root.txt",
    "😀.txt",
    " .txt",
    "a .txt",
    "...txt",
    "a\tb.txt",
    "\ud800.txt",
    "\ufeffa.txt",
    "{x}.txt",
    "%s%n.txt",
    "a.txt.",
)


def names() -> Iterator[str]:
    """More than 300."""
    yield from (prefix + body for prefix in _PREFIXES for body in _BODIES)


def lay_out(root: Path) -> Path:
    """A folder to read, beside a file that must not be; returns the folder."""
    (root / "outside.txt").write_text(CANARY, "utf-8")
    folder = root / "folder"
    folder.mkdir()
    for name in names():
        try:
            (folder / name.replace("/", "_")).write_text("正文 text。", "utf-8")
        except (OSError, ValueError):
            continue  # the file system has no such names
    (folder / "link.txt").symlink_to(root / "outside.txt")
    (folder / "linked").symlink_to(root)
    (folder / "proc.txt").symlink_to("/proc/self/environ")
    return folder


def main() -> None:
    root = Path(sys.argv[1]).resolve()
    folder = lay_out(root)
    opened: list[str] = []

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str | bytes):
            opened.append(os.fsdecode(arguments[0]))

    sys.addaudithook(hook)
    from index.extraction import Extracted
    from index.formats import registry
    from index.loading import load_content, load_paths
    from index.parsing import Parser
    from tests.index import format_files

    sources, texts = [], []
    members = [(name, "正文 text。") for name in names() if "\ud800" not in name]
    containers = {"a.zip": _packed(members), "a.eml": format_files.eml("s", "b", _attachments(members))}
    with Parser() as parser:
        loaded = list(load_paths([folder], parser))
        named = [name for name in names() if "outside" not in name and not name.startswith("..")]
        loaded += list(load_paths([Path("/nowhere") / name.lstrip("/") for name in named], parser))
        for name in names():
            loaded.append(load_content("正文 text。".encode(), name=name, source="test", parser=parser))
        for name, content in containers.items():
            loaded.append(load_content(content, name=name, source=f"test/{name}", parser=parser))
    for file in loaded:
        sources += [document.source for document in file.documents]
        texts += [document.text for document in file.documents]
    # The readers in this process, where the hook sees what they open.
    for name, content in containers.items():
        texts += [item.text for item in registry.read(content, name) if isinstance(item, Extracted)]
    for name in names():
        if registry.is_supported(name):
            texts += [item.text for item in registry.read(b"text", name) if isinstance(item, Extracted)]
    print(json.dumps({"opened": opened, "sources": sources, "texts": len(texts), "leaked": CANARY in "".join(texts)}))


def _packed(members: list[tuple[str, str]]) -> bytes:
    import warnings

    from tests.index import format_files

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that two names are the same
        return format_files.packed(members)


def _attachments(members: list[tuple[str, str]]) -> list[tuple[str, bytes]]:
    return [(name, text.encode()) for name, text in members if name.isprintable()]


if __name__ == "__main__":
    main()
