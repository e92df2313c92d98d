"""The words of exported conversations that the page does not have, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ui.messages import InterfaceLanguage


@dataclass(frozen=True, slots=True)
class ExportMessages:
    """In one language; a field that is missing in one of them does not type-check."""

    untitled: str  # of a conversation without a question
    exported: str  # takes {time}
    made_by: str  # takes {version} of the program and {library}, the version of the library
    no_answer: str
    document: str  # takes {id}, {start} and {end}
    checksum: str  # takes {sha256}


EXPORT_MESSAGES: Mapping[InterfaceLanguage, ExportMessages] = {
    "zh": ExportMessages(
        untitled="新对话",
        exported="导出时间：{time}（UTC）",
        made_by="同文 {version}，资料库版本 {library}",
        no_answer="资料中没有答案。",
        document="文档 {id}，字符位置 {start}–{end}",
        checksum="SHA-256 {sha256}",
    ),
    "en": ExportMessages(
        untitled="New conversation",
        exported="Exported {time} (UTC)",
        made_by="Tongwen {version}, library version {library}",
        no_answer="The documents do not hold the answer.",
        document="Document {id}, character offsets {start}–{end}",
        checksum="SHA-256 {sha256}",
    ),
}
