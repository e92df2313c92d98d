"""Every word of the library's page, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index.errors import (
    DocumentUnknown,
    EmbedderUnavailable,
    LibraryBusy,
    LibraryDamaged,
    LibraryMismatch,
    LibraryMissing,
    ParserUnavailable,
    SourceTaken,
    StorageFailed,
    TongwenError,
)
from index.schema import Language
from ui.adding import Outcome
from ui.library_desk import CannotReadAgain
from ui.messages import InterfaceLanguage

Counted = tuple[str, str]  # of one, of any other number; both take {count}


@dataclass(frozen=True, slots=True)
class LibraryMessages:
    """The page in one language; a field that is missing in one of them does not type-check."""

    language: InterfaceLanguage
    tab: str
    # Adding
    upload: str
    upload_help: str
    paste: str
    paste_title: str
    paste_text: str
    paste_add: str
    pasted: str  # the name of a text without a title
    waiting: str
    read: Counted  # takes {done} too
    embedded: Counted
    stop: str
    stopping: str
    outcomes: Mapping[Outcome, str]
    parts_left: Counted  # of a file that was stopped
    documents_of: Counted  # that a file holds
    rejected_parts: Counted
    more: Counted
    # The list
    documents: Counted
    matching: Counted  # takes {total} too
    none: str
    none_matching: str
    times: str  # takes {zone}
    search: str
    title: str
    details: str
    size: str
    added: str
    source: str
    actions: str
    characters: Counted
    passages: Counted
    language_names: Mapping[Language, str]
    sources: Mapping[str, str]  # by what stands before the colon of a source; each takes {name}
    typed: str  # the source of a text that was pasted or piped in
    previous: str
    next: str
    position: str  # takes {number} and {pages}
    # Changing
    read_again: str
    remove: str
    of_title: str  # takes {title}; for those who hear a button without its row
    removed: str  # takes {title}
    undo: str
    restored: str  # takes {title}
    too_late: str
    not_allowed: str
    upload_failed: str
    unexpected: str  # takes {reference}, which the log has too
    problems: Mapping[type[TongwenError], str]

    def problem(self, error: TongwenError) -> str:
        """What to say of an error, in the language of the page: its own text is in English, for the log."""
        return next(self.problems[kind] for kind in type(error).__mro__ if kind in self.problems)


def counted(forms: Counted, count: int, **values: object) -> str:
    """The form for a number, with it."""
    return forms[count != 1].format(count=f"{count:,}", **values)


def _same(form: str) -> Counted:
    return form, form


LIBRARY_MESSAGES: Mapping[InterfaceLanguage, LibraryMessages] = {
    "zh": LibraryMessages(
        language="zh",
        tab="资料库",
        upload="上传文件",
        upload_help="可以上传纯文本（.txt）、Markdown（.md）、网页（.html）、PDF、Word（.docx）、PowerPoint（.pptx）、"
        "Excel（.xlsx）、CSV、EPUB、JSON、电子邮件（.eml）和 zip 压缩包；每个文件不超过 {file_megabytes} MB，"
        "一次合计不超过 {upload_megabytes} MB。文件与以前上传的同名时，会取代以前的那一份。",
        paste="粘贴文字",
        paste_title="标题（可不填；同名的文字会被取代）",
        paste_text="正文",
        paste_add="添加",
        pasted="粘贴的文字",
        waiting="正在等待资料库的另一项改动完成……",
        read=_same("已读取 {done} / {count} 个文件"),
        embedded=_same("已处理 {count} 个段落"),
        stop="停止",
        stopping="正在停止……",
        outcomes={
            "added": "已添加",
            "replaced": "已取代以前的内容",
            "unchanged": "资料库中已有，没有改动",
            "failed": "未能添加",
            "stopped": "已停止，没有添加",
        },
        parts_left=_same("已停止；资料库中有这个文件的 {count} 篇文档"),
        documents_of=_same("{count} 篇文档"),
        rejected_parts=_same("其中 {count} 部分未能读取："),
        more=_same("另有 {count} 条"),
        documents=_same("共 {count} 篇文档"),
        matching=_same("找到 {count} 篇，共 {total} 篇"),
        none="资料库里还没有文档。",
        none_matching="没有标题含有这些字的文档。",
        times="时间为 {zone} 时区",
        search="按标题查找",
        title="标题",
        details="语言",
        size="篇幅",
        added="添加时间",
        source="来源",
        actions="操作",
        characters=_same("{count} 个字符"),
        passages=_same("{count} 个段落"),
        language_names={"zh": "中文", "en": "英文", "mixed": "中英混合"},
        sources={
            "upload": "上传的文件：{name}",
            "pasted": "粘贴的文字：{name}",
            "api": "由程序添加：{name}",
            "sample": "自带的示例：{name}",
            "path": "服务器上的文件：{name}",
            "address": "网页：{name}",
            "": "{name}",
        },
        typed="直接输入的文字",
        previous="上一页",
        next="下一页",
        position="第 {number} 页，共 {pages} 页",
        read_again="重新读取",
        remove="移除",
        of_title="：{title}",
        removed="已移除“{title}”，10 分钟内可以撤销。",
        undo="撤销移除",
        restored="已恢复“{title}”。",
        too_late="已无法撤销；如有需要，请重新添加这篇文档。",
        not_allowed="您可以查看资料库，但不能改动；如需改动，请向管理员申请权限。",
        upload_failed="没有收到文件，请重新上传。",
        unexpected="程序出错了，请再试一次；如仍出错，请把编号 {reference} 告诉管理员，日志里有详情。",
        problems={
            LibraryBusy: "资料库正被另一个程序改动，这次没有改动；请稍后再试。",
            LibraryMissing: "资料库不在原处；请告诉管理员。",
            LibraryDamaged: "资料库有损坏，这次没有改动；请让管理员运行 tongwen verify。",
            LibraryMismatch: "资料库是用另一个模型或版本建立的，这次没有改动；请让管理员运行 tongwen rebuild。",
            StorageFailed: "磁盘已满或无法写入，没有丢失任何内容；请让管理员腾出空间后再试。",
            DocumentUnknown: "这篇文档已经不在资料库里了；请刷新列表。",
            SourceTaken: "它原来的位置已有另一篇同名文档；请先移除那一篇，再撤销。",
            ParserUnavailable: "服务器现在无法读取文件；请稍后再试，如仍不行，请告诉管理员。",
            EmbedderUnavailable: "服务器上的模型无法加载；请让管理员运行 tongwen doctor。",
            CannotReadAgain: "服务器上没有它的原文件；请重新上传。",
            TongwenError: "这次没有完成；请再试一次，如仍不行，请告诉管理员，日志里有详情。",
        },
    ),
    "en": LibraryMessages(
        language="en",
        tab="Library",
        upload="Upload files",
        upload_help="Plain text (.txt), Markdown (.md), web pages (.html), PDF, Word (.docx), PowerPoint (.pptx), "
        "Excel (.xlsx), CSV, EPUB, JSON, e-mail (.eml) and zip; up to {file_megabytes} MB for a file and "
        "{upload_megabytes} MB for all together. A file takes the place of one of the same name that was uploaded "
        "before.",
        paste="Paste text",
        paste_title="Title (optional; a text of the same title is replaced)",
        paste_text="Text",
        paste_add="Add",
        pasted="Pasted text",
        waiting="Waiting for another change of the library to finish…",
        read=("{done} of {count} file read", "{done} of {count} files read"),
        embedded=("{count} passage processed", "{count} passages processed"),
        stop="Stop",
        stopping="Stopping…",
        outcomes={
            "added": "Added",
            "replaced": "Replaced what was there before",
            "unchanged": "Already in the library, unchanged",
            "failed": "Not added",
            "stopped": "Stopped, not added",
        },
        parts_left=(
            "Stopped; the library has {count} document of this file",
            "Stopped; the library has {count} documents of this file",
        ),
        documents_of=("{count} document", "{count} documents"),
        rejected_parts=("{count} part of it could not be read:", "{count} parts of it could not be read:"),
        more=("and {count} more", "and {count} more"),
        documents=("{count} document", "{count} documents"),
        matching=("{count} of {total} documents", "{count} of {total} documents"),
        none="There are no documents in the library yet.",
        none_matching="No document has a title with these words.",
        times="Times are {zone}",
        search="Find by title",
        title="Title",
        details="Language",
        size="Size",
        added="Added",
        source="Source",
        actions="Actions",
        characters=("{count} character", "{count} characters"),
        passages=("{count} passage", "{count} passages"),
        language_names={"zh": "Chinese", "en": "English", "mixed": "Chinese and English"},
        sources={
            "upload": "Uploaded file: {name}",
            "pasted": "Pasted text: {name}",
            "api": "Added by a program: {name}",
            "sample": "Sample: {name}",
            "path": "File on the server: {name}",
            "address": "Web page: {name}",
            "": "{name}",
        },
        typed="Text that was typed in",
        previous="Previous page",
        next="Next page",
        position="Page {number} of {pages}",
        read_again="Read again",
        remove="Remove",
        of_title=": {title}",
        removed="“{title}” was removed. You can undo this for 10 minutes.",
        undo="Undo the removal",
        restored="“{title}” is back in the library.",
        too_late="This can no longer be undone; if you need the document, add it again.",
        not_allowed="You may look at the library but not change it; ask its administrator if you need to.",
        upload_failed="No file arrived; upload it again.",
        unexpected="Something went wrong. Please try again; if it happens again, tell the administrator the reference "
        "{reference}: the log has the details.",
        problems={
            LibraryBusy: "Another program is changing the library, so nothing was changed; try again in a while.",
            LibraryMissing: "The library is not where it was; tell the administrator.",
            LibraryDamaged: "The library is damaged, so nothing was changed; ask the administrator to check it.",
            LibraryMismatch: "The library was made with another model or release, so nothing was changed; ask the "
            "administrator to run tongwen rebuild.",
            StorageFailed: "The disk is full or cannot be written; nothing was lost. Ask the administrator to free "
            "some space, then try again.",
            DocumentUnknown: "This document is no longer in the library; reload the list.",
            SourceTaken: "Another document of the same name has taken its place; remove that one first, then undo.",
            ParserUnavailable: "The server cannot read files just now; try again later, or tell the administrator.",
            EmbedderUnavailable: "The server's model cannot be loaded; ask the administrator to run tongwen doctor.",
            CannotReadAgain: "The server does not have the file this came from; upload it again.",
            TongwenError: "This did not work; try again, or tell the administrator: the log has the details.",
        },
    ),
}
